/* SPDX-License-Identifier: MIT */
/* operation_hive.c - the operations with hive files, with the drivers that watch them around each.
 *
 * Whether the caller has the privilege for it has been looked at before.
 */
#include "cm_internal.h"

NTSTATUS cm_key_save(void *key, HANDLE file, ULONG format)
{
    if (!registry_is_watched())
        return key_save_raw(key, file);
    REG_SAVE_KEY_INFORMATION information = {.Object = key, .FileHandle = file, .Format = format};
    struct registry_operation operation = {RegNtPreSaveKey, RegNtPostSaveKey, key, &information,
                                           &information.CallContext};
    return WATCHED(operation, key_save_raw(key, file));
}

NTSTATUS cm_key_restore(void *key, HANDLE file, ULONG flags)
{
    if (!registry_is_watched())
        return key_restore_raw(key, file, flags);
    REG_RESTORE_KEY_INFORMATION information = {.Object = key, .FileHandle = file, .Flags = flags};
    struct registry_operation operation = {RegNtPreRestoreKey, RegNtPostRestoreKey, key,
                                           &information, &information.CallContext};
    return WATCHED(operation, key_restore_raw(key, file, flags));
}

/* The key above the one that target names, and that one's name (within target's). */
static NTSTATUS target_split(const OBJECT_ATTRIBUTES *target, UNICODE_STRING *out_name,
                             void **out_parent)
{
    if (!target->ObjectName || target->ObjectName->Length == 0)
        return STATUS_OBJECT_NAME_INVALID;
    UNICODE_STRING above = *target->ObjectName;
    size_t count = above.Length / sizeof(WCHAR), at = count;
    while (at > 0 && above.Buffer[at - 1] != '\\')
        at--;
    *out_name = (UNICODE_STRING){(USHORT)((count - at) * sizeof(WCHAR)),
                                 (USHORT)((count - at) * sizeof(WCHAR)), above.Buffer + at};
    if (at == count)
        return STATUS_OBJECT_NAME_INVALID;
    above.Length = at > 0 ? (USHORT)((at - 1) * sizeof(WCHAR)) : 0;
    if (above.Length == 0)
        return target->RootDirectory ? ob_handle_reference(target->RootDirectory, 0, cm_key_type,
                                                           KernelMode, out_parent, NULL)
                                     : STATUS_OBJECT_PATH_SYNTAX_BAD;
    OBJECT_ATTRIBUTES attributes = *target;
    attributes.ObjectName = &above;
    return key_open_raw(&attributes, KEY_READ, KernelMode, false, 0, NULL, NULL, out_parent);
}

NTSTATUS cm_key_load(const OBJECT_ATTRIBUTES *target, const OBJECT_ATTRIBUTES *file,
                     KPROCESSOR_MODE mode, ULONG flags)
{
    UNICODE_STRING name;
    void *parent;
    if (flags & ~(ULONG)(REG_NO_LAZY_FLUSH | REG_HIVE_SINGLE_LOG | REG_HIVE_EXACT_FILE_GROWTH))
        return STATUS_INVALID_PARAMETER;
    NTSTATUS status = target_split(target, &name, &parent);
    if (!NT_SUCCESS(status))
        return status;
    REG_LOAD_KEY_INFORMATION information = {
        .Object = parent, .KeyName = &name, .SourceFile = file->ObjectName, .Flags = flags};
    struct registry_operation operation = {RegNtPreLoadKey, RegNtPostLoadKey, parent, &information,
                                           &information.CallContext};
    status = registry_is_watched() ? WATCHED(operation, key_load_raw(parent, &name, file, mode))
                                   : key_load_raw(parent, &name, file, mode);
    ob_dereference(parent);
    return status;
}

NTSTATUS cm_key_unload(const OBJECT_ATTRIBUTES *target, KPROCESSOR_MODE mode, ULONG flags)
{
    void *key;
    NTSTATUS status = key_open_raw(target, KEY_WRITE, mode, false, 0, NULL, NULL, &key);
    if (!NT_SUCCESS(status))
        return status;
    REG_UNLOAD_KEY_INFORMATION information = {.Object = key};
    struct registry_operation operation = {RegNtPreUnLoadKey, RegNtPostUnLoadKey, key, &information,
                                           &information.CallContext};
    status = registry_is_watched() ? WATCHED(operation, key_unload_raw(key, flags))
                                   : key_unload_raw(key, flags);
    ob_dereference(key);
    return status;
}

NTSTATUS cm_key_replace(void *key, const OBJECT_ATTRIBUTES *new_file,
                        const OBJECT_ATTRIBUTES *old_file, KPROCESSOR_MODE mode)
{
    if (!registry_is_watched())
        return key_replace_raw(key, new_file, old_file, mode);
    REG_REPLACE_KEY_INFORMATION information = {
        .Object = key, .OldFileName = old_file->ObjectName, .NewFileName = new_file->ObjectName};
    struct registry_operation operation = {RegNtPreReplaceKey, RegNtPostReplaceKey, key,
                                           &information, &information.CallContext};
    return WATCHED(operation, key_replace_raw(key, new_file, old_file, mode));
}
