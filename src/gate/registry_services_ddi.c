/* SPDX-License-Identifier: MIT */
/* registry_services_ddi.c - keys and values by handle. */
#include "cm/cm.h"
#include "ex/ex.h"
#include "services.h"

#define TAG_REGISTRY 'geRG'
#define DATA_LIMIT   (1024u * 1024)

static NTSTATUS key_of(HANDLE handle, ACCESS_MASK access, void **out_key)
{
    return ob_handle_reference(handle, access, cm_key_type, gate_mode(), out_key, NULL);
}

static NTSTATUS open_or_create(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES user,
                               bool create, ULONG options, PUNICODE_STRING class_name,
                               PULONG disposition)
{
    return gate_key_open(handle, access, user, create, options, class_name, NULL, disposition);
}

NTSTATUS gate_key_open(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES user, bool create,
                       ULONG options, PUNICODE_STRING class_name, void *transaction,
                       PULONG disposition)
{
    struct gate_attributes attributes;
    ULONG outcome = 0;
    void *key;
    HANDLE made;
    NTSTATUS status = gate_probe_write(handle, sizeof *handle, sizeof(ULONG));
    if (NT_SUCCESS(status) && disposition)
        status = gate_probe_write(disposition, sizeof *disposition, sizeof(ULONG));
    if (NT_SUCCESS(status))
        status = gate_capture_attributes(user, &attributes);
    if (!NT_SUCCESS(status))
        return status;
    OBJECT_ATTRIBUTES where = attributes.attributes;
    UNICODE_STRING path;
    bool is_redirected = gate_key_redirect(access, &where, &path);
    access &= ~(ACCESS_MASK)(KEY_WOW64_32KEY | KEY_WOW64_64KEY); /* they chose, and grant nothing */
    status = cm_key_open_transacted(&where, access, gate_mode(), create, options, transaction,
                                    &outcome, &key);
    if (is_redirected)
        gate_key_redirect_end(&path);
    if (NT_SUCCESS(status)) {
        if (class_name && outcome == REG_CREATED_NEW_KEY) {
            UNICODE_STRING name;
            status = gate_capture_string(class_name, &name);
            if (NT_SUCCESS(status))
                status = cm_key_class_set(key, &name);
            gate_release_string(&name);
        }
        if (NT_SUCCESS(status))
            status = ob_handle_create(key, access, attributes.attributes.Attributes, &made);
        ob_dereference(key);
    }
    gate_release_attributes(&attributes);
    if (NT_SUCCESS(status))
        status = gate_copy_out(handle, &made, sizeof made);
    return NT_SUCCESS(status) && disposition ? gate_copy_out(disposition, &outcome, sizeof outcome)
                                             : status;
}

SERVICE NtCreateKey(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
                    ULONG TitleIndex, PUNICODE_STRING Class, ULONG Options, PULONG Disposition)
{
    return open_or_create(Handle, Access, Attributes, true, Options, Class, Disposition);
}

SERVICE NtOpenKey(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes)
{
    return open_or_create(Handle, Access, Attributes, false, 0, NULL, NULL);
}

SERVICE NtOpenKeyEx(PHANDLE Handle, ACCESS_MASK Access, POBJECT_ATTRIBUTES Attributes,
                    ULONG Options)
{
    return open_or_create(Handle, Access, Attributes, false, Options, NULL, NULL);
}

SERVICE NtDeleteKey(HANDLE Handle)
{
    void *key;
    NTSTATUS status = key_of(Handle, DELETE, &key);
    if (!NT_SUCCESS(status))
        return status;
    status = cm_key_delete(key);
    ob_dereference(key);
    return status;
}

/* The registry is kept in memory: there is nothing to write back. */
SERVICE NtFlushKey(HANDLE Handle)
{
    void *key;
    NTSTATUS status = key_of(Handle, 0, &key);
    if (!NT_SUCCESS(status))
        return status;
    status = cm_key_flush(key);
    ob_dereference(key);
    return status;
}

/* Doc: nf-winternl-ntrenamekey */
SERVICE NtRenameKey(HANDLE Handle, PUNICODE_STRING NewName)
{
    UNICODE_STRING name;
    void *key;
    NTSTATUS status = gate_capture_string(NewName, &name);
    if (!NT_SUCCESS(status))
        return status;
    status = key_of(Handle, KEY_WRITE, &key);
    if (NT_SUCCESS(status)) {
        status = cm_key_rename(key, &name);
        ob_dereference(key);
    }
    gate_release_string(&name);
    return status;
}

/* Doc: nf-wdm-zwsetinformationkey */
SERVICE NtSetInformationKey(HANDLE Handle, KEY_SET_INFORMATION_CLASS Class, PVOID Information,
                            ULONG Length)
{
    KEY_WRITE_TIME_INFORMATION time;
    void *key;
    if (Class != KeyWriteTimeInformation)
        return STATUS_INVALID_PARAMETER;
    NTSTATUS status = Length != sizeof time ? STATUS_INFO_LENGTH_MISMATCH
                                            : gate_copy_in(&time, Information, sizeof time);
    if (NT_SUCCESS(status))
        status = key_of(Handle, KEY_SET_VALUE, &key);
    if (!NT_SUCCESS(status))
        return status;
    status = cm_key_time_set(key, time.LastWriteTime);
    ob_dereference(key);
    return status;
}

/* ---- queries: one shape, four questions ------------------------------------------------------ */

struct question {
    enum { ASK_KEY, ASK_SUBKEY, ASK_VALUE, ASK_VALUE_AT } kind;
    ULONG index, information_class;
    const UNICODE_STRING *name;
};

static NTSTATUS ask(void *key, const struct question *question, void *buffer, ULONG length,
                    ULONG *out_length)
{
    switch (question->kind) {
    case ASK_KEY:
        return cm_key_query(key, question->information_class, buffer, length, out_length);
    case ASK_SUBKEY:
        return cm_key_enumerate(key, question->index, question->information_class, buffer, length,
                                out_length);
    case ASK_VALUE:
        return cm_value_query(key, question->name, question->information_class, buffer, length,
                              out_length);
    default:
        return cm_value_enumerate(key, question->index, question->information_class, buffer, length,
                                  out_length);
    }
}

/* Asks into pool, then copies out: cm sees kernel memory only. */
static NTSTATUS query(HANDLE handle, ACCESS_MASK access, const struct question *question,
                      PVOID information, ULONG length, PULONG result_length)
{
    void *key;
    ULONG needed = 0, room = length < DATA_LIMIT ? length : DATA_LIMIT;
    NTSTATUS status = gate_probe_write(result_length, sizeof *result_length, sizeof(ULONG));
    if (NT_SUCCESS(status) && length)
        status = gate_probe_write(information, length, 1);
    if (NT_SUCCESS(status))
        status = key_of(handle, access, &key);
    if (!NT_SUCCESS(status))
        return status;
    void *buffer = ExAllocatePool2(POOL_FLAG_PAGED, room ? room : 1, TAG_REGISTRY);
    status = buffer ? ask(key, question, buffer, room, &needed) : STATUS_INSUFFICIENT_RESOURCES;
    ob_dereference(key);
    if (NT_SUCCESS(status) || status == STATUS_BUFFER_OVERFLOW) {
        NTSTATUS copied = gate_copy_out(information, buffer, needed < room ? needed : room);
        status = NT_SUCCESS(copied) ? status : copied;
    }
    if (buffer)
        ExFreePoolWithTag(buffer, TAG_REGISTRY);
    NTSTATUS told = gate_copy_out(result_length, &needed, sizeof needed);
    return NT_SUCCESS(status) && !NT_SUCCESS(told) ? told : status;
}

SERVICE NtQueryKey(HANDLE Handle, KEY_INFORMATION_CLASS Class, PVOID Information, ULONG Length,
                   PULONG ResultLength)
{
    struct question question = {.kind = ASK_KEY, .information_class = Class};
    return query(Handle, KEY_QUERY_VALUE, &question, Information, Length, ResultLength);
}

SERVICE NtEnumerateKey(HANDLE Handle, ULONG Index, KEY_INFORMATION_CLASS Class, PVOID Information,
                       ULONG Length, PULONG ResultLength)
{
    struct question question = {.kind = ASK_SUBKEY, .index = Index, .information_class = Class};
    return query(Handle, KEY_ENUMERATE_SUB_KEYS, &question, Information, Length, ResultLength);
}

SERVICE NtEnumerateValueKey(HANDLE Handle, ULONG Index, KEY_VALUE_INFORMATION_CLASS Class,
                            PVOID Information, ULONG Length, PULONG ResultLength)
{
    struct question question = {.kind = ASK_VALUE_AT, .index = Index, .information_class = Class};
    return query(Handle, KEY_QUERY_VALUE, &question, Information, Length, ResultLength);
}

SERVICE NtQueryValueKey(HANDLE Handle, PUNICODE_STRING Name, KEY_VALUE_INFORMATION_CLASS Class,
                        PVOID Information, ULONG Length, PULONG ResultLength)
{
    UNICODE_STRING name;
    NTSTATUS status = gate_capture_string(Name, &name);
    if (!NT_SUCCESS(status))
        return status;
    struct question question = {.kind = ASK_VALUE, .information_class = Class, .name = &name};
    status = query(Handle, KEY_QUERY_VALUE, &question, Information, Length, ResultLength);
    gate_release_string(&name);
    return status;
}

/* ---- changes -----------------------------------------------------------------------------------
 */

SERVICE NtSetValueKey(HANDLE Handle, PUNICODE_STRING Name, ULONG TitleIndex, ULONG Type, PVOID Data,
                      ULONG Size)
{
    UNICODE_STRING name;
    void *key, *data = NULL;
    if (Size > DATA_LIMIT)
        return STATUS_INSUFFICIENT_RESOURCES;
    NTSTATUS status = gate_capture_string(Name, &name);
    if (!NT_SUCCESS(status))
        return status;
    data = ExAllocatePool2(POOL_FLAG_PAGED, Size ? Size : 1, TAG_REGISTRY);
    status = data ? gate_copy_in(data, Data, Size) : STATUS_INSUFFICIENT_RESOURCES;
    if (NT_SUCCESS(status))
        status = key_of(Handle, KEY_SET_VALUE, &key);
    if (NT_SUCCESS(status)) {
        status = cm_value_set(key, &name, Type, data, Size);
        ob_dereference(key);
    }
    if (data)
        ExFreePoolWithTag(data, TAG_REGISTRY);
    gate_release_string(&name);
    return status;
}

SERVICE NtDeleteValueKey(HANDLE Handle, PUNICODE_STRING Name)
{
    UNICODE_STRING name;
    void *key;
    NTSTATUS status = gate_capture_string(Name, &name);
    if (!NT_SUCCESS(status))
        return status;
    status = key_of(Handle, KEY_SET_VALUE, &key);
    if (NT_SUCCESS(status)) {
        status = cm_value_delete(key, &name);
        ob_dereference(key);
    }
    gate_release_string(&name);
    return status;
}
