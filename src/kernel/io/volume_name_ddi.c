/* SPDX-License-Identifier: MIT */
/* volume_name_ddi.c - what a program would call a file or the device of a volume: C:\dir\x.
 *
 * In: a device or a file; out: the drive letter whose link in \GLOBAL?? leads to the device, in
 * pool that the caller frees.
 */
#include "io_internal.h"

#include <string.h>

NTSTATUS NTAPI RtlVolumeDeviceToDosName(PVOID VolumeDeviceObject, PUNICODE_STRING DosName);

struct letter_search {
    const UNICODE_STRING *device;
    WCHAR letter; /* 0: none found */
};

static void letter_visit(const UNICODE_STRING *name, void *body, void *context)
{
    struct letter_search *search = context;
    if (name->Length != 2 * sizeof(WCHAR) || name->Buffer[1] != ':' ||
        ob_type_of(body) != ob_symbolic_link_type)
        return;
    if (RtlEqualUnicodeString(ob_symbolic_link_target(body), search->device, TRUE))
        search->letter = RtlUpcaseUnicodeChar(name->Buffer[0]);
}

static NTSTATUS device_letter(PDEVICE_OBJECT device, WCHAR *out_letter)
{
    UNICODE_STRING name;
    NTSTATUS status = ob_name_of(device_of(device), &name);
    if (!NT_SUCCESS(status))
        return status;
    struct letter_search search = {.device = &name};
    if (name.Length != 0)
        status = ob_directory_visit("\\GLOBAL??", letter_visit, &search);
    if (name.Buffer != NULL)
        RtlFreeUnicodeString(&name);
    *out_letter = search.letter;
    return NT_SUCCESS(status) && search.letter == 0 ? STATUS_OBJECT_NAME_NOT_FOUND : status;
}

/* IRQL:    PASSIVE_LEVEL
 * Errors:  STATUS_OBJECT_NAME_NOT_FOUND: no drive letter leads to it
 * Doc:     ntddk.h IoVolumeDeviceToDosName
 */
NTSTATUS NTAPI IoVolumeDeviceToDosName(PVOID VolumeDeviceObject, PUNICODE_STRING DosName)
{
    WCHAR letter;
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    NTSTATUS status = device_letter(VolumeDeviceObject, &letter);
    if (!NT_SUCCESS(status))
        return status;
    WCHAR *buffer = ExAllocatePool2(POOL_FLAG_PAGED, 3 * sizeof(WCHAR), IO_TAG_NAME);
    if (buffer == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    buffer[0] = letter;
    buffer[1] = ':';
    *DosName = (UNICODE_STRING){2 * sizeof(WCHAR), 3 * sizeof(WCHAR), buffer};
    return STATUS_SUCCESS;
}

/* The older name of the same.
 * Doc:     ntddk.h RtlVolumeDeviceToDosName
 */
NTSTATUS NTAPI RtlVolumeDeviceToDosName(PVOID VolumeDeviceObject, PUNICODE_STRING DosName)
{
    return IoVolumeDeviceToDosName(VolumeDeviceObject, DosName);
}

/* IRQL:    PASSIVE_LEVEL
 * Takes:   gives pool with the structure and its text, to be freed as one
 * Doc:     ntifs.h IoQueryFileDosDeviceName
 */
NTSTATUS NTAPI IoQueryFileDosDeviceName(PFILE_OBJECT FileObject,
                                        POBJECT_NAME_INFORMATION *ObjectNameInformation)
{
    WCHAR letter;
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    NTSTATUS status = device_letter(FileObject->DeviceObject, &letter);
    if (!NT_SUCCESS(status))
        return status;
    size_t bytes = 2 * sizeof(WCHAR) + FileObject->FileName.Length;
    if (bytes + sizeof(WCHAR) > 0xfffe)
        return STATUS_NAME_TOO_LONG;
    OBJECT_NAME_INFORMATION *name =
        ExAllocatePool2(POOL_FLAG_PAGED, sizeof(*name) + bytes + sizeof(WCHAR), IO_TAG_NAME);
    if (name == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    WCHAR *text = (WCHAR *)(name + 1);
    text[0] = letter;
    text[1] = ':';
    if (FileObject->FileName.Length != 0)
        memcpy(text + 2, FileObject->FileName.Buffer, FileObject->FileName.Length);
    name->Name = (UNICODE_STRING){(USHORT)bytes, (USHORT)(bytes + sizeof(WCHAR)), text};
    *ObjectNameInformation = name;
    return STATUS_SUCCESS;
}
