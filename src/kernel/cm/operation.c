/* SPDX-License-Identifier: MIT */
/* operation.c - the operations of cm.h, with the drivers that watch them around each.
 *
 * With nobody watching an operation costs one load more. Otherwise the drivers are asked
 * with the documented structure, the operation is done unless one of them refused it or did
 * it itself, and they are told how it went.
 */
#include "cm_internal.h"

/* What watchers are told of where a name starts: the key that it is relative to, or \REGISTRY and
 * the rest of an absolute one. */
static void *root_get(const OBJECT_ATTRIBUTES *attributes, KPROCESSOR_MODE mode,
                      UNICODE_STRING *out_rest)
{
    static UNICODE_STRING registry = RTL_CONSTANT_STRING(L"\\REGISTRY");
    void *root = NULL;
    *out_rest = attributes->ObjectName ? *attributes->ObjectName : (UNICODE_STRING){0};
    if (attributes->RootDirectory) {
        ob_handle_reference(attributes->RootDirectory, 0, NULL, mode, &root, NULL);
        return root;
    }
    if (!RtlPrefixUnicodeString(&registry, out_rest, TRUE))
        return NULL;
    OBJECT_ATTRIBUTES above;
    InitializeObjectAttributes(&above, &registry, OBJ_CASE_INSENSITIVE, NULL, NULL);
    if (!NT_SUCCESS(key_open_raw(&above, KEY_READ, KernelMode, false, 0, NULL, NULL, &root)))
        return NULL;
    USHORT skipped = registry.Length;
    if (out_rest->Length > skipped && out_rest->Buffer[skipped / sizeof(WCHAR)] == '\\')
        skipped += sizeof(WCHAR);
    out_rest->Buffer += skipped / sizeof(WCHAR);
    out_rest->Length = (USHORT)(out_rest->Length - skipped);
    out_rest->MaximumLength = out_rest->Length;
    return root;
}

NTSTATUS cm_key_open(const OBJECT_ATTRIBUTES *attributes, ACCESS_MASK access, KPROCESSOR_MODE mode,
                     bool create, ULONG options, ULONG *out_disposition, void **out_key)
{
    return cm_key_open_transacted(attributes, access, mode, create, options, NULL, out_disposition,
                                  out_key);
}

NTSTATUS cm_key_open_transacted(const OBJECT_ATTRIBUTES *attributes, ACCESS_MASK access,
                                KPROCESSOR_MODE mode, bool create, ULONG options, void *transaction,
                                ULONG *out_disposition, void **out_key)
{
    ULONG disposition = 0;
    void *root = NULL, *key = NULL;
    if (!registry_is_watched())
        return key_open_raw(attributes, access, mode, create, options, transaction, out_disposition,
                            out_key);
    UNICODE_STRING rest;
    root = root_get(attributes, mode, &rest);
    REG_CREATE_KEY_INFORMATION_V1 information = {
        .CompleteName = attributes->ObjectName,
        .RootObject = root,
        .ObjectType = cm_key_type,
        .Options = options,
        .DesiredAccess = access,
        .Disposition = &disposition,
        .ResultObject = &key,
        .Transaction = transaction,
        .Version = 1,
        .RemainingName = &rest,
        .Attributes = attributes->Attributes,
        .CheckAccessMode = mode,
    };
    struct registry_operation operation = {
        .before = create ? RegNtPreCreateKeyEx : RegNtPreOpenKeyEx,
        .after = create ? RegNtPostCreateKeyEx : RegNtPostOpenKeyEx,
        .information = &information,
        .call_context = &information.CallContext,
        .subject = root,
    };
    NTSTATUS status = registry_before(&operation);
    if (status == STATUS_SUCCESS) {
        status = key_open_raw(attributes, access, mode, create, options, transaction, &disposition,
                              &key);
        operation.object = NT_SUCCESS(status) ? key : NULL;
    }
    NTSTATUS result = registry_after(&operation, status);
    if (root)
        ob_dereference(root);
    if (!NT_SUCCESS(result) || !key) {
        if (key)
            ob_dereference(key);
        return NT_SUCCESS(result) ? STATUS_OBJECT_NAME_NOT_FOUND : result;
    }
    *out_key = key;
    if (out_disposition)
        *out_disposition = disposition;
    return result;
}

NTSTATUS cm_key_delete(void *key)
{
    if (!registry_is_watched())
        return key_delete_raw(key);
    REG_DELETE_KEY_INFORMATION information = {.Object = key};
    struct registry_operation operation = {RegNtPreDeleteKey, RegNtPostDeleteKey, key, &information,
                                           &information.CallContext};
    return WATCHED(operation, key_delete_raw(key));
}

NTSTATUS cm_value_set(void *key, const UNICODE_STRING *name, ULONG type, const void *data,
                      ULONG length)
{
    static const UNICODE_STRING unnamed;
    if (!registry_is_watched())
        return value_set_raw(key, name, type, data, length);
    REG_SET_VALUE_KEY_INFORMATION information = {
        .Object = key,
        .ValueName = (UNICODE_STRING *)(name ? name : &unnamed),
        .Type = type,
        .Data = (void *)data,
        .DataSize = length,
    };
    struct registry_operation operation = {RegNtPreSetValueKey, RegNtPostSetValueKey, key,
                                           &information, &information.CallContext};
    return WATCHED(operation, value_set_raw(key, name, type, data, length));
}

NTSTATUS cm_value_delete(void *key, const UNICODE_STRING *name)
{
    if (!registry_is_watched())
        return value_delete_raw(key, name);
    REG_DELETE_VALUE_KEY_INFORMATION information = {.Object = key,
                                                    .ValueName = (UNICODE_STRING *)name};
    struct registry_operation operation = {RegNtPreDeleteValueKey, RegNtPostDeleteValueKey, key,
                                           &information, &information.CallContext};
    return WATCHED(operation, value_delete_raw(key, name));
}

NTSTATUS cm_key_query(void *key, KEY_INFORMATION_CLASS kind, void *buffer, ULONG length,
                      ULONG *out_length)
{
    if (!registry_is_watched())
        return key_query_raw(key, kind, buffer, length, out_length);
    REG_QUERY_KEY_INFORMATION information = {.Object = key,
                                             .KeyInformationClass = kind,
                                             .KeyInformation = buffer,
                                             .Length = length,
                                             .ResultLength = out_length};
    struct registry_operation operation = {RegNtPreQueryKey, RegNtPostQueryKey, key, &information,
                                           &information.CallContext};
    return WATCHED(operation, key_query_raw(key, kind, buffer, length, out_length));
}

NTSTATUS cm_key_enumerate(void *key, ULONG index, KEY_INFORMATION_CLASS kind, void *buffer,
                          ULONG length, ULONG *out_length)
{
    if (!registry_is_watched())
        return key_enumerate_raw(key, index, kind, buffer, length, out_length);
    REG_ENUMERATE_KEY_INFORMATION information = {.Object = key,
                                                 .Index = index,
                                                 .KeyInformationClass = kind,
                                                 .KeyInformation = buffer,
                                                 .Length = length,
                                                 .ResultLength = out_length};
    struct registry_operation operation = {RegNtPreEnumerateKey, RegNtPostEnumerateKey, key,
                                           &information, &information.CallContext};
    return WATCHED(operation, key_enumerate_raw(key, index, kind, buffer, length, out_length));
}

NTSTATUS cm_value_query(void *key, const UNICODE_STRING *name, KEY_VALUE_INFORMATION_CLASS kind,
                        void *buffer, ULONG length, ULONG *out_length)
{
    if (!registry_is_watched())
        return value_query_raw(key, name, kind, buffer, length, out_length);
    REG_QUERY_VALUE_KEY_INFORMATION information = {.Object = key,
                                                   .ValueName = (UNICODE_STRING *)name,
                                                   .KeyValueInformationClass = kind,
                                                   .KeyValueInformation = buffer,
                                                   .Length = length,
                                                   .ResultLength = out_length};
    struct registry_operation operation = {RegNtPreQueryValueKey, RegNtPostQueryValueKey, key,
                                           &information, &information.CallContext};
    return WATCHED(operation, value_query_raw(key, name, kind, buffer, length, out_length));
}

NTSTATUS cm_value_enumerate(void *key, ULONG index, KEY_VALUE_INFORMATION_CLASS kind, void *buffer,
                            ULONG length, ULONG *out_length)
{
    if (!registry_is_watched())
        return value_enumerate_raw(key, index, kind, buffer, length, out_length);
    REG_ENUMERATE_VALUE_KEY_INFORMATION information = {.Object = key,
                                                       .Index = index,
                                                       .KeyValueInformationClass = kind,
                                                       .KeyValueInformation = buffer,
                                                       .Length = length,
                                                       .ResultLength = out_length};
    struct registry_operation operation = {RegNtPreEnumerateValueKey, RegNtPostEnumerateValueKey,
                                           key, &information, &information.CallContext};
    return WATCHED(operation, value_enumerate_raw(key, index, kind, buffer, length, out_length));
}

NTSTATUS cm_key_rename(void *key, const UNICODE_STRING *name)
{
    if (!registry_is_watched())
        return key_rename_raw(key, name);
    REG_RENAME_KEY_INFORMATION information = {.Object = key, .NewName = (UNICODE_STRING *)name};
    struct registry_operation operation = {RegNtPreRenameKey, RegNtPostRenameKey, key, &information,
                                           &information.CallContext};
    return WATCHED(operation, key_rename_raw(key, name));
}

NTSTATUS cm_key_time_set(void *key, LARGE_INTEGER time)
{
    if (!registry_is_watched())
        return key_time_set_raw(key, time);
    KEY_WRITE_TIME_INFORMATION written = {time};
    REG_SET_INFORMATION_KEY_INFORMATION information = {.Object = key,
                                                       .KeySetInformationClass =
                                                           KeyWriteTimeInformation,
                                                       .KeySetInformation = &written,
                                                       .KeySetInformationLength = sizeof written};
    struct registry_operation operation = {RegNtPreSetInformationKey, RegNtPostSetInformationKey,
                                           key, &information, &information.CallContext};
    return WATCHED(operation, key_time_set_raw(key, time));
}

NTSTATUS cm_key_flush(void *key)
{
    if (!registry_is_watched())
        return cm_store_flush();
    REG_FLUSH_KEY_INFORMATION information = {.Object = key};
    struct registry_operation operation = {RegNtPreFlushKey, RegNtPostFlushKey, key, &information,
                                           &information.CallContext};
    return WATCHED(operation, cm_store_flush());
}

NTSTATUS cm_key_security_set(void *key, SECURITY_INFORMATION what, PSECURITY_DESCRIPTOR descriptor)
{
    if (!registry_is_watched())
        return key_security_set_raw(key, what, descriptor);
    REG_SET_KEY_SECURITY_INFORMATION information = {
        .Object = key, .SecurityInformation = &what, .SecurityDescriptor = descriptor};
    struct registry_operation operation = {RegNtPreSetKeySecurity, RegNtPostSetKeySecurity, key,
                                           &information, &information.CallContext};
    return WATCHED(operation, key_security_set_raw(key, what, descriptor));
}

NTSTATUS cm_key_security_query(void *key, SECURITY_INFORMATION what,
                               PSECURITY_DESCRIPTOR descriptor, ULONG *in_out_length)
{
    if (!registry_is_watched())
        return key_security_query_raw(key, what, descriptor, in_out_length);
    REG_QUERY_KEY_SECURITY_INFORMATION information = {.Object = key,
                                                      .SecurityInformation = &what,
                                                      .SecurityDescriptor = descriptor,
                                                      .Length = in_out_length};
    struct registry_operation operation = {RegNtPreQueryKeySecurity, RegNtPostQueryKeySecurity, key,
                                           &information, &information.CallContext};
    return WATCHED(operation, key_security_query_raw(key, what, descriptor, in_out_length));
}

/* The last handle is gone already when we hear of it, so nobody can refuse. */
void cm_key_closed(void *process, void *body, ACCESS_MASK granted, uint64_t process_handles,
                   uint64_t system_handles)
{
    if (system_handles > 0)
        return;
    host_lock_take(&cm_lock);
    watch_end_locked(NULL, body);
    host_lock_give(&cm_lock);
    if (!registry_is_watched())
        return;
    REG_KEY_HANDLE_CLOSE_INFORMATION information = {.Object = body};
    struct registry_operation operation = {RegNtPreKeyHandleClose, RegNtPostKeyHandleClose, body,
                                           &information, &information.CallContext};
    WATCHED(operation, STATUS_SUCCESS);
}
