/* SPDX-License-Identifier: MIT */
/* image_ddi.c - what drivers ask about images: exports by name, headers, whose an address is.
 */
#include <string.h>

#include "image_internal.h"

#include <ntimage.h>

PVOID NTAPI RtlPcToFileHeader(PVOID PcValue, PVOID *BaseOfImage);
PIMAGE_NT_HEADERS NTAPI RtlImageNtHeader(PVOID BaseAddress);
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
    if (magic != 0x5a4d || offset > PE_IMAGE_SIZE_MAX)
        return NULL;
    memcpy(&signature, base + offset, sizeof(signature));
    return signature == 0x4550 ? (PIMAGE_NT_HEADERS)(base + offset) : NULL;
}

/* The parsed image at a base, or NULL. */
static struct image *image_at(PVOID base)
{
    struct image *image = image_of_address((uint64_t)base);
    return image != NULL && !image->is_native && image->base == (uint64_t)base ? image : NULL;
}

/* IRQL:    any
 * Doc:     ntimage.h; as ImageDirectoryEntryToData (Microsoft Learn)
 * Differs: loaded driver images only, as they are mapped
 */
PVOID NTAPI RtlImageDirectoryEntryToData(PVOID BaseAddress, BOOLEAN MappedAsImage, USHORT Directory,
                                         PULONG Size)
{
    const struct image *image = image_at(BaseAddress);
    (void)MappedAsImage;
    *Size = 0;
    if (image == NULL || Directory >= PE_DIRECTORY_LIMIT ||
        image->pe.directories[Directory].rva == 0)
        return NULL;
    *Size = image->pe.directories[Directory].size;
    return (PVOID)(image->base + image->pe.directories[Directory].rva);
}

/* IRQL:    PASSIVE_LEVEL
 * Doc:     ntddk.h; as MmGetSystemRoutineAddress, in one image
 */
PVOID NTAPI RtlFindExportedRoutineByName(PVOID BaseAddress, PCSTR Name)
{
    struct image *image = image_at(BaseAddress);
    return image != NULL ? image_export(image->name, Name) : NULL;
}
