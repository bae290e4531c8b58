/* SPDX-License-Identifier: MIT */
/* system_more.c - what drivers ask the system at large: modules by the auxiliary library,
 * resources of an image, power, files by name. */
#include "drivertest.h"

#include <aux_klib.h>
#include <ntimage.h>

#define TAG          'tseT'
#define TYPE_MESSAGE 11
#define ENGLISH      0x409

NTSYSAPI PVOID NTAPI RtlImageNtHeader(PVOID base);
NTSYSAPI NTSTATUS NTAPI RtlImageNtHeaderEx(ULONG flags, PVOID base, ULONG64 size, PVOID *headers);
NTSYSAPI PVOID NTAPI RtlImageDirectoryEntryToData(PVOID base, BOOLEAN is_mapped, USHORT directory,
                                                  PULONG size);
NTSYSAPI NTSTATUS NTAPI LdrFindResource_U(PVOID base, const ULONG_PTR *path, ULONG length,
                                          PIMAGE_RESOURCE_DATA_ENTRY *entry);
NTSYSAPI NTSTATUS NTAPI LdrAccessResource(PVOID base, const IMAGE_RESOURCE_DATA_ENTRY *entry,
                                          PVOID *address, PULONG size);
NTSYSAPI NTSTATUS NTAPI ZwPowerInformation(POWER_INFORMATION_LEVEL level, PVOID input,
                                           ULONG input_length, PVOID output, ULONG output_length);
NTSYSAPI NTSTATUS NTAPI NtPowerInformation(POWER_INFORMATION_LEVEL level, PVOID input,
                                           ULONG input_length, PVOID output, ULONG output_length);
NTSYSAPI NTSTATUS NTAPI NtDeleteFile(POBJECT_ATTRIBUTES attributes);
NTSYSAPI NTSTATUS NTAPI ZwDeleteFile(POBJECT_ATTRIBUTES attributes);

/* ---- the auxiliary library --------------------------------------------------------------------
 */

static void modules(void)
{
    ULONG size = 0, small, own = 0;
    AUX_MODULE_EXTENDED_INFO *all;
    expect_status(AuxKlibQueryModuleInformation(&size, sizeof *all, NULL), STATUS_UNSUCCESSFUL);
    expect_status(AuxKlibInitialize(), STATUS_SUCCESS);
    expect_status(AuxKlibQueryModuleInformation(&size, 7, NULL), STATUS_INVALID_PARAMETER_2);
    expect_status(AuxKlibQueryModuleInformation(&size, sizeof *all, NULL), STATUS_SUCCESS);
    expect(size >= 3 * sizeof *all && size % sizeof *all == 0);
    all = ExAllocatePool2(POOL_FLAG_PAGED, size, TAG);
    if (!all)
        return;
    small = size - 1;
    expect_status(AuxKlibQueryModuleInformation(&small, sizeof *all, all), STATUS_BUFFER_TOO_SMALL);
    expect_number(small, size);
    expect_status(AuxKlibQueryModuleInformation(&size, sizeof *all, all), STATUS_SUCCESS);
    for (ULONG i = 0; i < size / sizeof *all; i++)
        own += all[i].BasicInfo.ImageBase == drivertest_driver->DriverStart &&
               all[i].ImageSize == drivertest_driver->DriverSize;
    expect_number(own, 1);
    expect(strcmp((PCSTR)all[0].FullPathName + all[0].FileNameOffset, "ntoskrnl.exe") == 0);
    const IMAGE_EXPORT_DIRECTORY *exports =
        AuxKlibGetImageExportDirectory(all[0].BasicInfo.ImageBase);
    expect(exports != NULL && exports->NumberOfNames > 900);
    expect(!AuxKlibGetImageExportDirectory(drivertest_driver->DriverStart));
    ExFreePoolWithTag(all, TAG);
    AUX_MODULE_BASIC_INFO one;
    size = sizeof one;
    expect_status(AuxKlibQueryModuleInformation(&size, sizeof one, &one), STATUS_BUFFER_TOO_SMALL);
    KBUGCHECK_DATA data = {.BugCheckDataSize = 3};
    expect_status(AuxKlibGetBugCheckData(&data), STATUS_INFO_LENGTH_MISMATCH);
    data.BugCheckDataSize = sizeof data;
    expect_status(AuxKlibGetBugCheckData(&data), STATUS_SUCCESS);
    expect_number(data.BugCheckCode, 0);
}

/* ---- resources of an image that the driver has laid out itself --------------------------------
 */

typedef struct _LEVEL {
    IMAGE_RESOURCE_DIRECTORY Directory;
    ULONG Name, Offset;
} LEVEL;

typedef struct _MADE {
    IMAGE_DOS_HEADER Dos;
    IMAGE_NT_HEADERS64 Nt;
    IMAGE_SECTION_HEADER Section;
    struct {
        LEVEL Type, Name, Language;
        IMAGE_RESOURCE_DATA_ENTRY Data;
        USHORT Text[8];
    } Tree;
    CHAR Message[8];
} MADE;

#define IN_TREE(member) FIELD_OFFSET(MADE, Tree.member) - FIELD_OFFSET(MADE, Tree)
#define IS_DEEPER       0x80000000u

static void image_make(MADE *made)
{
    RtlZeroMemory(made, sizeof *made);
    made->Dos.e_magic = IMAGE_DOS_SIGNATURE;
    made->Dos.e_lfanew = FIELD_OFFSET(MADE, Nt);
    made->Nt.Signature = IMAGE_NT_SIGNATURE;
    made->Nt.FileHeader.SizeOfOptionalHeader = sizeof made->Nt.OptionalHeader;
    made->Nt.FileHeader.NumberOfSections = 1;
    made->Nt.OptionalHeader.Magic = IMAGE_NT_OPTIONAL_HDR64_MAGIC;
    made->Nt.OptionalHeader.SizeOfImage = sizeof *made;
    made->Nt.OptionalHeader.SizeOfHeaders = FIELD_OFFSET(MADE, Tree);
    made->Nt.OptionalHeader.NumberOfRvaAndSizes = IMAGE_NUMBEROF_DIRECTORY_ENTRIES;
    made->Nt.OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_RESOURCE].VirtualAddress =
        FIELD_OFFSET(MADE, Tree);
    made->Nt.OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_RESOURCE].Size = sizeof made->Tree;
    made->Section.VirtualAddress = FIELD_OFFSET(MADE, Tree);
    made->Section.PointerToRawData = FIELD_OFFSET(MADE, Tree) - 16;
    made->Section.SizeOfRawData = sizeof made->Tree;
    made->Tree.Type.Directory.NumberOfIdEntries = 1;
    made->Tree.Type.Name = TYPE_MESSAGE;
    made->Tree.Type.Offset = IS_DEEPER | (IN_TREE(Name));
    made->Tree.Name.Directory.NumberOfNamedEntries = 1;
    made->Tree.Name.Name = IS_DEEPER | (IN_TREE(Text));
    made->Tree.Name.Offset = IS_DEEPER | (IN_TREE(Language));
    made->Tree.Language.Directory.NumberOfIdEntries = 1;
    made->Tree.Language.Name = ENGLISH;
    made->Tree.Language.Offset = IN_TREE(Data);
    made->Tree.Data.OffsetToData = FIELD_OFFSET(MADE, Message);
    made->Tree.Data.Size = sizeof made->Message;
    RtlCopyMemory(made->Tree.Text, L"\x0004Main", 5 * sizeof(WCHAR));
}

static void resources(void)
{
    MADE *made = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof *made, TAG);
    ULONG_PTR path[3] = {TYPE_MESSAGE, (ULONG_PTR)L"MAIN", ENGLISH};
    PIMAGE_RESOURCE_DATA_ENTRY entry = NULL;
    PVOID address = NULL;
    ULONG size = 0;
    if (!made)
        return;
    image_make(made);
    expect_status(LdrFindResource_U(made, path, 3, &entry), STATUS_SUCCESS);
    expect(entry == &made->Tree.Data);
    expect_status(LdrAccessResource(made, &made->Tree.Data, &address, &size), STATUS_SUCCESS);
    expect(address == made->Message && size == sizeof made->Message);
    path[2] = 0x407; /* German: there is English only */
    expect_status(LdrFindResource_U(made, path, 3, &entry), STATUS_SUCCESS);
    path[1] = (ULONG_PTR)L"Mai";
    expect_status(LdrFindResource_U(made, path, 3, &entry), STATUS_RESOURCE_NAME_NOT_FOUND);
    path[1] = 4;
    expect_status(LdrFindResource_U(made, path, 3, &entry), STATUS_RESOURCE_NAME_NOT_FOUND);
    path[0] = 12;
    expect_status(LdrFindResource_U(made, path, 3, &entry), STATUS_RESOURCE_TYPE_NOT_FOUND);
    path[0] = TYPE_MESSAGE;
    made->Tree.Type.Offset = IS_DEEPER | 0x7fff0000u;
    expect_status(LdrFindResource_U(made, path, 3, &entry), STATUS_INVALID_IMAGE_FORMAT);
    made->Tree.Type.Directory.NumberOfIdEntries = 0xffff;
    expect_status(LdrFindResource_U(made, path, 3, &entry), STATUS_INVALID_IMAGE_FORMAT);
    expect_status(LdrFindResource_U(drivertest_driver->DriverStart, path, 3, &entry),
                  STATUS_RESOURCE_DATA_NOT_FOUND);
    ExFreePoolWithTag(made, TAG);
}

static void headers(void)
{
    MADE *made = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof *made, TAG);
    PVOID found = NULL;
    ULONG size = 0;
    if (!made)
        return;
    image_make(made);
    expect_status(RtlImageNtHeaderEx(0, made, sizeof *made, &found), STATUS_SUCCESS);
    expect(found == &made->Nt && RtlImageNtHeader(made) == found);
    expect_status(RtlImageNtHeaderEx(0, made, made->Dos.e_lfanew, &found),
                  STATUS_INVALID_IMAGE_FORMAT);
    expect(found == NULL);
    expect_status(RtlImageNtHeaderEx(1, made, 0, &found), STATUS_SUCCESS);
    expect_status(RtlImageNtHeaderEx(2, made, 0, &found), STATUS_INVALID_PARAMETER);
    /* Laid out, and as a file, whose section lies 16 bytes lower. */
    PUCHAR mapped = RtlImageDirectoryEntryToData(made, TRUE, IMAGE_DIRECTORY_ENTRY_RESOURCE, &size);
    expect(mapped == (PUCHAR)&made->Tree && size == sizeof made->Tree);
    expect(RtlImageDirectoryEntryToData(made, FALSE, IMAGE_DIRECTORY_ENTRY_RESOURCE, &size) ==
           mapped - 16);
    made->Dos.e_magic = 0;
    expect_status(RtlImageNtHeaderEx(0, made, sizeof *made, &found), STATUS_INVALID_IMAGE_FORMAT);
    expect(!RtlImageDirectoryEntryToData(made, TRUE, IMAGE_DIRECTORY_ENTRY_RESOURCE, &size));
    ExFreePoolWithTag(made, TAG);
}

/* ---- power, files -----------------------------------------------------------------------------
 */

static void power(void)
{
    POWER_PLATFORM_INFORMATION platform = {.AoAc = TRUE};
    ULONGLONG time = 1;
    expect_status(ZwPowerInformation(PlatformInformation, NULL, 0, &platform, sizeof platform - 1),
                  STATUS_BUFFER_TOO_SMALL);
    expect_status(NtPowerInformation(PlatformInformation, &time, 8, &platform, sizeof platform),
                  STATUS_INVALID_PARAMETER);
    expect_status(ZwPowerInformation(PlatformInformation, NULL, 0, &platform, sizeof platform),
                  STATUS_SUCCESS);
    expect(!platform.AoAc);
    expect_status(ZwPowerInformation(LastSleepTime, NULL, 0, &time, sizeof time), STATUS_SUCCESS);
    expect(time == 0);
    expect_status(ZwPowerInformation(SystemReserveHiberFile, NULL, 0, &time, sizeof time),
                  STATUS_NOT_IMPLEMENTED);
}

static void delete_by_name(void)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\??\\C:\\system_more.bin");
    UNICODE_STRING none = RTL_CONSTANT_STRING(L"\\Device\\CoveHasNoSuchDevice\\file");
    OBJECT_ATTRIBUTES attributes;
    InitializeObjectAttributes(&attributes, &none, OBJ_KERNEL_HANDLE, NULL, NULL);
    expect_status(ZwDeleteFile(&attributes), STATUS_OBJECT_PATH_NOT_FOUND);
    /* In the mode of the program that sent the test: it may not name kernel memory. */
    expect_status(NtDeleteFile(&attributes), STATUS_ACCESS_VIOLATION);
    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE, NULL, NULL);
    IO_STATUS_BLOCK done;
    HANDLE file = NULL;
    expect_status(ZwCreateFile(&file, GENERIC_WRITE | SYNCHRONIZE, &attributes, &done, NULL, 0, 0,
                               FILE_CREATE, FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0),
                  STATUS_SUCCESS);
    expect_status(ZwDeleteFile(&attributes), STATUS_SHARING_VIOLATION);
    expect_status(ZwClose(file), STATUS_SUCCESS);
    expect_status(ZwDeleteFile(&attributes), STATUS_SUCCESS);
    expect_status(ZwDeleteFile(&attributes), STATUS_OBJECT_NAME_NOT_FOUND);
}

DRIVERTEST_LIST = {
    DRIVERTEST(modules), DRIVERTEST(resources),      DRIVERTEST(headers),
    DRIVERTEST(power),   DRIVERTEST(delete_by_name), DRIVERTEST_END,
};
