/* SPDX-License-Identifier: MIT */
/* image_ddi.c - what drivers ask about images: exports by name, headers, whose an address is.
 */
#include <string.h>

#include "image_internal.h"
#include "pe/dos.h"

#include <ntimage.h>

PVOID NTAPI RtlPcToFileHeader(PVOID PcValue, PVOID *BaseOfImage);
PIMAGE_NT_HEADERS NTAPI RtlImageNtHeader(PVOID BaseAddress);
NTSTATUS NTAPI RtlImageNtHeaderEx(ULONG Flags, PVOID BaseAddress, ULONG64 Size,
                                  PIMAGE_NT_HEADERS *OutHeaders);
PVOID NTAPI RtlImageDirectoryEntryToData(PVOID BaseAddress, BOOLEAN MappedAsImage, USHORT Directory,
                                         PULONG Size);
PVOID NTAPI RtlFindExportedRoutineByName(PVOID BaseAddress, PCSTR Name);

#define NAME_MAX_BYTES 128

/* IRQL:    PASSIVE_LEVEL
 * Doc:     wdm.h MmGetSystemRoutineAddress
 */
PVOID NTAPI MmGetSystemRoutineAddress(PUNICODE_STRING SystemRoutineName)
{
    char name[NAME_MAX_BYTES];
    size_t length = SystemRoutineName->Length / sizeof(WCHAR);
    if (length >= sizeof(name))
        return NULL;
    for (size_t i = 0; i < length; i++) {
        if (SystemRoutineName->Buffer[i] > 0x7e)
            return NULL;
        name[i] = (char)SystemRoutineName->Buffer[i];
    }
    name[length] = '\0';
    return image_export(NULL, name);
}

/* IRQL:    any
 * Doc:     RtlPcToFileHeader (Microsoft Learn)
 */
PVOID NTAPI RtlPcToFileHeader(PVOID PcValue, PVOID *BaseOfImage)
{
    const struct image *image = image_of_address((uint64_t)PcValue);
    *BaseOfImage = image != NULL ? (PVOID)image->base : NULL;
    return *BaseOfImage;
}

/* IRQL:    any at which the image may be read
 * Doc:     ntifs.h; "PE Format" (Microsoft Learn)
 */
PIMAGE_NT_HEADERS NTAPI RtlImageNtHeader(PVOID BaseAddress)
{
    const uint8_t *base = BaseAddress;
    uint16_t magic;
    uint32_t offset, signature;
    if (base == NULL || BaseAddress == (PVOID)-1)
        return NULL;
    memcpy(&magic, base, sizeof(magic));
    memcpy(&offset, base + 0x3c, sizeof(offset));
    if (magic != pe_dos_signature() || offset > PE_IMAGE_SIZE_MAX)
        return NULL;
    memcpy(&signature, base + offset, sizeof(signature));
    return signature == 0x4550 ? (PIMAGE_NT_HEADERS)(base + offset) : NULL;
}

#define NO_RANGE_CHECK 1u /* of Flags: Size is not known */

/* IRQL:    any at which the image may be read
 * Errors:  STATUS_INVALID_IMAGE_FORMAT, STATUS_INVALID_PARAMETER
 * Doc:     as RtlImageNtHeader, within Size bytes; "PE Format" (Microsoft Learn)
 */
NTSTATUS NTAPI RtlImageNtHeaderEx(ULONG Flags, PVOID BaseAddress, ULONG64 Size,
                                  PIMAGE_NT_HEADERS *OutHeaders)
{
    bool is_checked = (Flags & NO_RANGE_CHECK) == 0;
    uint32_t offset;
    if (OutHeaders == NULL || (Flags & ~NO_RANGE_CHECK) != 0)
        return STATUS_INVALID_PARAMETER;
    *OutHeaders = NULL;
    if (BaseAddress == NULL || BaseAddress == (PVOID)-1)
        return STATUS_INVALID_PARAMETER;
    if (is_checked && Size < sizeof(IMAGE_DOS_HEADER))
        return STATUS_INVALID_IMAGE_FORMAT;
    memcpy(&offset, (const uint8_t *)BaseAddress + 0x3c, sizeof(offset));
    if (is_checked &&
        (offset >= Size || Size - offset < FIELD_OFFSET(IMAGE_NT_HEADERS64, OptionalHeader)))
        return STATUS_INVALID_IMAGE_FORMAT;
    *OutHeaders = RtlImageNtHeader(BaseAddress);
    return *OutHeaders != NULL ? STATUS_SUCCESS : STATUS_INVALID_IMAGE_FORMAT;
}

/* Where an RVA lies in a file that was read but not laid out; 0: in no section. */
static ULONG file_offset(const IMAGE_NT_HEADERS64 *headers, ULONG rva)
{
    const IMAGE_SECTION_HEADER *section = IMAGE_FIRST_SECTION(headers);
    if (rva < headers->OptionalHeader.SizeOfHeaders)
        return rva;
    for (USHORT i = 0; i < headers->FileHeader.NumberOfSections; i++)
        if (rva >= section[i].VirtualAddress &&
            rva - section[i].VirtualAddress < section[i].SizeOfRawData)
            return section[i].PointerToRawData + (rva - section[i].VirtualAddress);
    return 0;
}

/* A base with its lowest bit set is that of a file as it was read, whatever MappedAsImage says.
 *
 * IRQL:    any at which the image may be read
 * Doc:     ntimage.h; as ImageDirectoryEntryToData (Microsoft Learn)
 */
PVOID NTAPI RtlImageDirectoryEntryToData(PVOID BaseAddress, BOOLEAN MappedAsImage, USHORT Directory,
                                         PULONG Size)
{
    UCHAR *base = (UCHAR *)((ULONG_PTR)BaseAddress & ~(ULONG_PTR)1);
    const IMAGE_NT_HEADERS64 *headers = RtlImageNtHeader(base);
    const IMAGE_DATA_DIRECTORY *directory;
    ULONG count;
    *Size = 0;
    if (headers == NULL)
        return NULL;
    if (headers->OptionalHeader.Magic == IMAGE_NT_OPTIONAL_HDR64_MAGIC) {
        directory = headers->OptionalHeader.DataDirectory;
        count = headers->OptionalHeader.NumberOfRvaAndSizes;
    } else {
        const IMAGE_NT_HEADERS32 *narrow = (const IMAGE_NT_HEADERS32 *)headers;
        directory = narrow->OptionalHeader.DataDirectory;
        count = narrow->OptionalHeader.NumberOfRvaAndSizes;
    }
    if (Directory >= count || directory[Directory].VirtualAddress == 0)
        return NULL;
    ULONG at = directory[Directory].VirtualAddress;
    if (!MappedAsImage || base != BaseAddress)
        at = file_offset(headers, at);
    if (at == 0)
        return NULL;
    *Size = directory[Directory].Size;
    return base + at;
}

/* IRQL:    PASSIVE_LEVEL
 * Doc:     ntddk.h; as MmGetSystemRoutineAddress, in one image
 */
PVOID NTAPI RtlFindExportedRoutineByName(PVOID BaseAddress, PCSTR Name)
{
    struct image *image = image_of_address((uint64_t)BaseAddress);
    bool is_base = image != NULL && image->base == (uint64_t)BaseAddress;
    return is_base ? image_export(image->name, Name) : NULL;
}
