/* SPDX-License-Identifier: MIT */
/* hive_services_ddi.c - keys saved to files, restored from them, hives loaded and unloaded.
 *
 * The registry's room knows no files: it is given the few steps below, which are the services for
 * files as a driver calls them. Saving wants SeBackupPrivilege, the others SeRestorePrivilege.
 */
#include <stdlib.h>
#include <string.h>

#include "cm/cm.h"
#include "io/io.h"
#include "services.h"

#define PART_BYTES (1024u * 1024)
#define HIVE_LIMIT (1024u * 1024 * 1024)

/* ---- files, for the registry
 * --------------------------------------------------------------------- */

static NTSTATUS transfer_wait(HANDLE file, NTSTATUS status, const IO_STATUS_BLOCK *block)
{
    if (status == STATUS_PENDING) {
        NtWaitForSingleObject(file, FALSE, NULL);
        status = block->Status;
    }
    return status;
}

static NTSTATUS hive_open_file(const OBJECT_ATTRIBUTES *attributes, KPROCESSOR_MODE mode,
                               bool create, HANDLE *out_file)
{
    OBJECT_ATTRIBUTES kernel = *attributes;
    IO_STATUS_BLOCK block;
    kernel.Attributes |= OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE;
    uint8_t before = ke_previous_mode_swap(KernelMode);
    NTSTATUS status =
        NtCreateFile(out_file, FILE_READ_DATA | FILE_WRITE_DATA | DELETE | SYNCHRONIZE, &kernel,
                     &block, NULL, FILE_ATTRIBUTE_NORMAL, 0, create ? FILE_OPEN_IF : FILE_OPEN,
                     FILE_SYNCHRONOUS_IO_NONALERT | FILE_NON_DIRECTORY_FILE, NULL, 0);
    ke_previous_mode_swap(before);
    return status;
}

static NTSTATUS bytes_read(HANDLE file, char *bytes, size_t length)
{
    NTSTATUS status = STATUS_SUCCESS;
    for (size_t at = 0; at < length && NT_SUCCESS(status);) {
        IO_STATUS_BLOCK block = {0};
        LARGE_INTEGER offset = {.QuadPart = (LONGLONG)at};
        size_t part = length - at < PART_BYTES ? length - at : PART_BYTES;
        status = transfer_wait(
            file,
            NtReadFile(file, NULL, NULL, NULL, &block, bytes + at, (ULONG)part, &offset, NULL),
            &block);
        if (NT_SUCCESS(status) && block.Information == 0)
            status = STATUS_END_OF_FILE;
        at += block.Information;
    }
    return status;
}

static NTSTATUS hive_read_file(HANDLE file, void **out_bytes, size_t *out_length)
{
    FILE_STANDARD_INFORMATION standard;
    IO_STATUS_BLOCK block;
    uint8_t before = ke_previous_mode_swap(KernelMode);
    NTSTATUS status =
        NtQueryInformationFile(file, &block, &standard, sizeof standard, FileStandardInformation);
    char *bytes = NULL;
    if (NT_SUCCESS(status) && standard.EndOfFile.QuadPart > HIVE_LIMIT)
        status = STATUS_INSUFFICIENT_RESOURCES;
    if (NT_SUCCESS(status) && !(bytes = malloc((size_t)standard.EndOfFile.QuadPart + 1)))
        status = STATUS_INSUFFICIENT_RESOURCES;
    if (NT_SUCCESS(status))
        status = bytes_read(file, bytes, (size_t)standard.EndOfFile.QuadPart);
    ke_previous_mode_swap(before);
    if (!NT_SUCCESS(status)) {
        free(bytes);
        return status;
    }
    *out_bytes = bytes;
    *out_length = (size_t)standard.EndOfFile.QuadPart;
    return STATUS_SUCCESS;
}

static NTSTATUS hive_write_file(HANDLE file, size_t offset, const void *bytes, size_t length)
{
    NTSTATUS status = STATUS_SUCCESS;
    uint8_t before = ke_previous_mode_swap(KernelMode);
    for (size_t at = 0; at < length && NT_SUCCESS(status);) {
        IO_STATUS_BLOCK block = {0};
        LARGE_INTEGER to = {.QuadPart = (LONGLONG)(offset + at)};
        size_t part = length - at < PART_BYTES ? length - at : PART_BYTES;
        status = transfer_wait(file,
                               NtWriteFile(file, NULL, NULL, NULL, &block,
                                           (char *)(uintptr_t)bytes + at, (ULONG)part, &to, NULL),
                               &block);
        if (NT_SUCCESS(status) && block.Information == 0)
            status = STATUS_DISK_FULL;
        at += block.Information;
    }
    ke_previous_mode_swap(before);
    return status;
}

static NTSTATUS hive_end_file(HANDLE file, size_t length)
{
    FILE_END_OF_FILE_INFORMATION end = {.EndOfFile.QuadPart = (LONGLONG)length};
    IO_STATUS_BLOCK block;
    uint8_t before = ke_previous_mode_swap(KernelMode);
    NTSTATUS status =
        NtSetInformationFile(file, &block, &end, sizeof end, FileEndOfFileInformation);
    ke_previous_mode_swap(before);
    return status;
}

static NTSTATUS hive_flush_file(HANDLE file)
{
    IO_STATUS_BLOCK block;
    uint8_t before = ke_previous_mode_swap(KernelMode);
    NTSTATUS status = NtFlushBuffersFile(file, &block);
    ke_previous_mode_swap(before);
    return status;
}

static void hive_remove_file(HANDLE file)
{
    FILE_DISPOSITION_INFORMATION disposition = {TRUE};
    IO_STATUS_BLOCK block;
    uint8_t before = ke_previous_mode_swap(KernelMode);
    NtSetInformationFile(file, &block, &disposition, sizeof disposition,
                         FileDispositionInformation);
    ke_previous_mode_swap(before);
}

static void hive_close_file(HANDLE file)
{
    ob_handle_close(file, KernelMode);
}

void gate_hives_start(void)
{
    static const struct cm_files files = {
        .open = hive_open_file,
        .read = hive_read_file,
        .write = hive_write_file,
        .end = hive_end_file,
        .flush = hive_flush_file,
        .remove = hive_remove_file,
        .close = hive_close_file,
    };
    cm_files_set(&files);
}

/* ---- services
 * -------------------------------------------------------------------------------------- */

static NTSTATUS privilege_check(ULONG privilege)
{
    return SeSinglePrivilegeCheck(RtlConvertUlongToLuid(privilege), gate_mode())
               ? STATUS_SUCCESS
               : STATUS_PRIVILEGE_NOT_HELD;
}

/* The key, after file was found to be one that the caller may use so. */
static NTSTATUS key_and_file(HANDLE key_handle, HANDLE file_handle, ACCESS_MASK file_access,
                             void **out_key)
{
    void *file;
    NTSTATUS status =
        ob_handle_reference(file_handle, file_access, io_file_type, gate_mode(), &file, NULL);
    if (!NT_SUCCESS(status))
        return status;
    ob_dereference(file);
    return ob_handle_reference(key_handle, 0, cm_key_type, gate_mode(), out_key, NULL);
}

/* Errors: STATUS_PRIVILEGE_NOT_HELD, STATUS_INVALID_PARAMETER (the format), those of the file
 * Doc:    nf-winreg-regsavekeyexw */
SERVICE NtSaveKeyEx(HANDLE KeyHandle, HANDLE FileHandle, ULONG Format)
{
    void *key;
    if (Format != REG_STANDARD_FORMAT && Format != REG_LATEST_FORMAT &&
        Format != REG_NO_COMPRESSION)
        return STATUS_INVALID_PARAMETER;
    NTSTATUS status = privilege_check(SE_BACKUP_PRIVILEGE);
    if (NT_SUCCESS(status))
        status = key_and_file(KeyHandle, FileHandle, FILE_WRITE_DATA, &key);
    if (!NT_SUCCESS(status))
        return status;
    status = cm_key_save(key, FileHandle, Format);
    ob_dereference(key);
    return status;
}

SERVICE NtSaveKey(HANDLE KeyHandle, HANDLE FileHandle)
{
    return NtSaveKeyEx(KeyHandle, FileHandle, REG_STANDARD_FORMAT);
}

/* Doc: nf-winreg-regrestorekeyw */
SERVICE NtRestoreKey(HANDLE KeyHandle, HANDLE FileHandle, ULONG Flags)
{
    void *key;
    NTSTATUS status = privilege_check(SE_RESTORE_PRIVILEGE);
    if (NT_SUCCESS(status))
        status = key_and_file(KeyHandle, FileHandle, FILE_READ_DATA, &key);
    if (!NT_SUCCESS(status))
        return status;
    status = cm_key_restore(key, FileHandle, Flags);
    ob_dereference(key);
    return status;
}

static NTSTATUS load(POBJECT_ATTRIBUTES target_user, POBJECT_ATTRIBUTES file_user, ULONG flags)
{
    struct gate_attributes target, file;
    NTSTATUS status = privilege_check(SE_RESTORE_PRIVILEGE);
    if (NT_SUCCESS(status))
        status = gate_capture_attributes(target_user, &target);
    if (!NT_SUCCESS(status))
        return status;
    status = gate_capture_attributes(file_user, &file);
    if (NT_SUCCESS(status)) {
        status = cm_key_load(&target.attributes, &file.attributes, gate_mode(), flags);
        gate_release_attributes(&file);
    }
    gate_release_attributes(&target);
    return status;
}

/* Doc: nf-winreg-regloadkeyw */
SERVICE NtLoadKey(POBJECT_ATTRIBUTES TargetKey, POBJECT_ATTRIBUTES SourceFile)
{
    return load(TargetKey, SourceFile, 0);
}

SERVICE NtLoadKey2(POBJECT_ATTRIBUTES TargetKey, POBJECT_ATTRIBUTES SourceFile, ULONG Flags)
{
    return load(TargetKey, SourceFile, Flags);
}

/* Differs: application hives, a key to trust, an event and a handle are refused */
SERVICE NtLoadKeyEx(POBJECT_ATTRIBUTES TargetKey, POBJECT_ATTRIBUTES SourceFile, ULONG Flags,
                    HANDLE TrustClassKey, HANDLE Event, ACCESS_MASK DesiredAccess,
                    PHANDLE RootHandle, PVOID Reserved)
{
    if (TrustClassKey || Event || RootHandle || Reserved)
        return STATUS_NOT_SUPPORTED;
    return load(TargetKey, SourceFile, Flags);
}

/* Doc: nf-winreg-regunloadkeyw */
SERVICE NtUnloadKey2(POBJECT_ATTRIBUTES TargetKey, ULONG Flags)
{
    struct gate_attributes target;
    NTSTATUS status = privilege_check(SE_RESTORE_PRIVILEGE);
    if (NT_SUCCESS(status))
        status = gate_capture_attributes(TargetKey, &target);
    if (!NT_SUCCESS(status))
        return status;
    status = cm_key_unload(&target.attributes, gate_mode(), Flags);
    gate_release_attributes(&target);
    return status;
}

SERVICE NtUnloadKey(POBJECT_ATTRIBUTES TargetKey)
{
    return NtUnloadKey2(TargetKey, 0);
}

/* Differs: the machine's own registry is in no hive file, only hives that were loaded can be
 *          replaced
 * Doc: nf-winreg-regreplacekeyw */
SERVICE NtReplaceKey(POBJECT_ATTRIBUTES NewFile, HANDLE KeyHandle, POBJECT_ATTRIBUTES OldFile)
{
    struct gate_attributes fresh, old;
    void *key;
    NTSTATUS status = privilege_check(SE_RESTORE_PRIVILEGE);
    if (NT_SUCCESS(status))
        status = gate_capture_attributes(NewFile, &fresh);
    if (!NT_SUCCESS(status))
        return status;
    status = gate_capture_attributes(OldFile, &old);
    if (NT_SUCCESS(status)) {
        status = ob_handle_reference(KeyHandle, 0, cm_key_type, gate_mode(), &key, NULL);
        if (NT_SUCCESS(status)) {
            status = cm_key_replace(key, &fresh.attributes, &old.attributes, gate_mode());
            ob_dereference(key);
        }
        gate_release_attributes(&old);
    }
    gate_release_attributes(&fresh);
    return status;
}
