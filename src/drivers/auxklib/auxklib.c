/* SPDX-License-Identifier: MIT */
/* auxklib.c - aux_klib.lib: loaded modules, exports of an image, what the bug check was.
 *
 * Every routine but the first refuses until AuxKlibInitialize has been called. Lists of modules
 * are those of SystemModuleInformation, in the shape that the caller asked for.
 */
#include <aux_klib.h>
#include <ntimage.h>

#define TAG               'bKxA'
#define SYSTEM_MODULES    11
#define ROUNDS            8u /* the list may grow between two looks */
#define DIRECTORY_EXPORT  0
#define INITIALIZED       1
#define MODULE_PATH_BYTES AUX_KLIB_MODULE_PATH_LEN
#define IS_ELEMENT_SIZE(number) \
    ((number) == sizeof(AUX_MODULE_BASIC_INFO) || (number) == sizeof(AUX_MODULE_EXTENDED_INFO))

typedef struct _SYSTEM_MODULE {
    PVOID Section, MappedBase, ImageBase;
    ULONG ImageSize, Flags;
    USHORT LoadOrder, InitOrder, LoadCount, NameOffset;
    UCHAR FullPath[MODULE_PATH_BYTES];
} SYSTEM_MODULE;

typedef struct _SYSTEM_MODULES_ANSWER {
    ULONG Count;
    SYSTEM_MODULE Modules[1];
} SYSTEM_MODULES_ANSWER;

NTSYSAPI NTSTATUS NTAPI ZwQuerySystemInformation(ULONG Class, PVOID Buffer, ULONG Length,
                                                 PULONG Returned);
NTSYSAPI PVOID NTAPI RtlImageDirectoryEntryToData(PVOID Base, BOOLEAN IsMapped, USHORT Directory,
                                                  PULONG Size);
extern NTKERNELAPI ULONG_PTR KiBugCheckData[5];

static volatile LONG State;

/* Doc:     nf-aux_klib-auxklibinitialize */
NTSTATUS NTAPI AuxKlibInitialize(VOID)
{
    InterlockedExchange(&State, INITIALIZED);
    return STATUS_SUCCESS;
}

static NTSTATUS ModulesGet(SYSTEM_MODULES_ANSWER **Answer)
{
    ULONG size = 0;

    ZwQuerySystemInformation(SYSTEM_MODULES, NULL, 0, &size);
    for (ULONG round = 0; round < ROUNDS; round++) {
        ULONG room = size + sizeof(SYSTEM_MODULE);
        SYSTEM_MODULES_ANSWER *answer = ExAllocatePoolWithTag(PagedPool, room, TAG);
        NTSTATUS status;

        if (answer == NULL)
            return STATUS_INSUFFICIENT_RESOURCES;
        status = ZwQuerySystemInformation(SYSTEM_MODULES, answer, room, &size);
        if (NT_SUCCESS(status)) {
            *Answer = answer;
            return STATUS_SUCCESS;
        }
        ExFreePoolWithTag(answer, TAG);
        if (status != STATUS_INFO_LENGTH_MISMATCH)
            return status;
    }
    return STATUS_INSUFFICIENT_RESOURCES;
}

static VOID ElementPut(PVOID At, ULONG ElementSize, const SYSTEM_MODULE *Module)
{
    AUX_MODULE_EXTENDED_INFO *extended = At;

    ((AUX_MODULE_BASIC_INFO *)At)->ImageBase = Module->ImageBase;
    if (ElementSize != sizeof *extended)
        return;
    extended->ImageSize = Module->ImageSize;
    extended->FileNameOffset = Module->NameOffset;
    RtlCopyMemory(extended->FullPathName, Module->FullPath, sizeof extended->FullPathName);
}

/* IRQL:    PASSIVE_LEVEL
 * Doc:     nf-aux_klib-auxklibquerymoduleinformation
 */
NTSTATUS NTAPI AuxKlibQueryModuleInformation(PULONG BufferSize, ULONG ElementSize, PVOID QueryInfo)
{
    SYSTEM_MODULES_ANSWER *answer;
    NTSTATUS status;
    ULONG needed;

    if (State != INITIALIZED)
        return STATUS_UNSUCCESSFUL;
    if (!IS_ELEMENT_SIZE(ElementSize))
        return STATUS_INVALID_PARAMETER_2;
    status = ModulesGet(&answer);
    if (!NT_SUCCESS(status))
        return status;
    needed = answer->Count * ElementSize;
    if (QueryInfo != NULL && *BufferSize < needed)
        status = STATUS_BUFFER_TOO_SMALL;
    else if (QueryInfo != NULL)
        for (ULONG i = 0; i < answer->Count; i++)
            ElementPut((PUCHAR)QueryInfo + (SIZE_T)i * ElementSize, ElementSize,
                       &answer->Modules[i]);
    *BufferSize = needed;
    ExFreePoolWithTag(answer, TAG);
    return status;
}

/* Doc:     nf-aux_klib-auxklibgetimageexportdirectory; NULL: it exports nothing */
PIMAGE_EXPORT_DIRECTORY NTAPI AuxKlibGetImageExportDirectory(PVOID ImageBase)
{
    ULONG size;

    return RtlImageDirectoryEntryToData(ImageBase, TRUE, DIRECTORY_EXPORT, &size);
}

/* IRQL:    any; in a bug check callback
 * Doc:     nf-aux_klib-auxklibgetbugcheckdata
 */
NTSTATUS NTAPI AuxKlibGetBugCheckData(PKBUGCHECK_DATA BugCheckData)
{
    if (State != INITIALIZED)
        return STATUS_UNSUCCESSFUL;
    if (BugCheckData->BugCheckDataSize != sizeof *BugCheckData)
        return STATUS_INFO_LENGTH_MISMATCH;
    BugCheckData->BugCheckCode = (ULONG)KiBugCheckData[0];
    BugCheckData->Parameter1 = KiBugCheckData[1];
    BugCheckData->Parameter2 = KiBugCheckData[2];
    BugCheckData->Parameter3 = KiBugCheckData[3];
    BugCheckData->Parameter4 = KiBugCheckData[4];
    return STATUS_SUCCESS;
}
