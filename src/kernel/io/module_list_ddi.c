/* SPDX-License-Identifier: MIT */
/* module_list_ddi.c - the list of loaded modules as drivers walk it.
 *
 * Each loaded image has an entry; its driver object's DriverSection points at it. The list
 * follows the image room's when images have come or gone, under PsLoadedModuleResource;
 * ntoskrnl.exe and hal.dll are always its first two.
 */
#include <string.h>

#include "io_internal.h"

#include "ex/ex.h"

#define TAG             'dMoI'
#define SYSTEM_FOLDER   "\\SystemRoot\\System32\\"
#define FOLDER          SYSTEM_FOLDER "drivers\\"
#define FORCE_INTEGRITY 0x80u /* of DllCharacteristics: /INTEGRITYCHECK */

/* KLDR_DATA_TABLE_ENTRY, whose layout every debugger's symbols show and many drivers know. */
struct module_entry {
    LIST_ENTRY InLoadOrderLinks;
    PVOID ExceptionTable;
    ULONG ExceptionTableSize;
    PVOID GpValue;
    PVOID NonPagedDebugInfo;
    PVOID DllBase;
    PVOID EntryPoint;
    ULONG SizeOfImage;
    UNICODE_STRING FullDllName;
    UNICODE_STRING BaseDllName;
    ULONG Flags; /* FLAG_… */
    USHORT LoadCount;
    USHORT SignatureLevels;
    PVOID SectionPointer;
    ULONG CheckSum;
    ULONG CoverageSectionSize;
    PVOID CoverageSection;
    PVOID LoadedImports;
    PVOID Spare;
    ULONG SizeOfImageNotRounded;
    ULONG TimeDateStamp;
    /* ours from here on */
    bool is_loaded;
};
_Static_assert(offsetof(struct module_entry, is_loaded) == 0xa0, "what drivers see");
_Static_assert(offsetof(struct module_entry, DllBase) == 0x30, "what drivers see");
_Static_assert(offsetof(struct module_entry, Flags) == 0x68, "what drivers see");

#define FLAG_INTEGRITY 0x20u
#define FLAG_DRIVER    0x4000u

LIST_ENTRY PsLoadedModuleList;
ERESOURCE PsLoadedModuleResource;

void module_list_init(void)
{
    InitializeListHead(&PsLoadedModuleList);
    ExInitializeResourceLite(&PsLoadedModuleResource);
}

void module_list_fini(void)
{
    while (!IsListEmpty(&PsLoadedModuleList)) {
        PLIST_ENTRY at = RemoveHeadList(&PsLoadedModuleList);
        ExFreePoolWithTag(CONTAINING_RECORD(at, struct module_entry, InLoadOrderLinks), TAG);
    }
    ExDeleteResourceLite(&PsLoadedModuleResource);
}

static struct module_entry *entry_find(uint64_t base)
{
    for (PLIST_ENTRY at = PsLoadedModuleList.Flink; at != &PsLoadedModuleList; at = at->Flink) {
        struct module_entry *entry = CONTAINING_RECORD(at, struct module_entry, InLoadOrderLinks);
        if (entry->DllBase == (PVOID)base)
            return entry;
    }
    return NULL;
}

/* Writes both parts, and a zero, to at. */
static void name_put(UNICODE_STRING *out_name, WCHAR *at, const char *first, const char *second)
{
    USHORT length = 0;
    for (; *first; first++)
        at[length++] = (UCHAR)*first;
    for (; *second; second++)
        at[length++] = (UCHAR)*second;
    *out_name = (UNICODE_STRING){.Length = length * sizeof(WCHAR),
                                 .MaximumLength = (length + 1) * sizeof(WCHAR),
                                 .Buffer = at};
}

static struct module_entry *entry_make(const struct image *image)
{
    const char *folder = image->is_native ? SYSTEM_FOLDER : FOLDER;
    size_t full = strlen(folder) + strlen(image->name) + 1;
    struct module_entry *entry = ExAllocatePool2(
        POOL_FLAG_NON_PAGED, sizeof *entry + (full + strlen(image->name) + 1) * sizeof(WCHAR), TAG);
    if (entry == NULL)
        return NULL;
    ex_pool_disown(entry); /* a driver may have asked for the load */
    WCHAR *text = (WCHAR *)(entry + 1);
    name_put(&entry->FullDllName, text, folder, image->name);
    name_put(&entry->BaseDllName, text + full, image->name, "");
    entry->DllBase = (PVOID)image->base;
    entry->EntryPoint = (PVOID)image->entry;
    entry->SizeOfImage = entry->SizeOfImageNotRounded = (ULONG)image->size;
    entry->ExceptionTable = (PVOID)image->pdata;
    entry->ExceptionTableSize = (ULONG)image->pdata_size;
    entry->TimeDateStamp = image->timestamp;
    entry->CheckSum = image->pe.checksum;
    entry->LoadCount = 1;
    entry->Flags =
        FLAG_DRIVER | (image->pe.dll_characteristics & FORCE_INTEGRITY ? FLAG_INTEGRITY : 0);
    return entry;
}

static void image_seen(struct image *image, void *unused)
{
    struct module_entry *entry = entry_find(image->base);
    if (entry == NULL && (entry = entry_make(image)) != NULL)
        InsertTailList(&PsLoadedModuleList, &entry->InLoadOrderLinks);
    if (entry != NULL)
        entry->is_loaded = true;
}

/* Images have come or gone.
 *
 * IRQL:    PASSIVE_LEVEL
 */
void module_list_update(void)
{
    KeEnterCriticalRegion();
    ExAcquireResourceExclusiveLite(&PsLoadedModuleResource, TRUE);
    for (PLIST_ENTRY at = PsLoadedModuleList.Flink; at != &PsLoadedModuleList; at = at->Flink)
        CONTAINING_RECORD(at, struct module_entry, InLoadOrderLinks)->is_loaded = false;
    image_visit(image_seen, NULL);
    for (PLIST_ENTRY at = PsLoadedModuleList.Flink, next; at != &PsLoadedModuleList; at = next) {
        struct module_entry *entry = CONTAINING_RECORD(at, struct module_entry, InLoadOrderLinks);
        next = at->Flink;
        if (entry->is_loaded)
            continue;
        RemoveEntryList(at);
        ExFreePoolWithTag(entry, TAG);
    }
    ExReleaseResourceLite(&PsLoadedModuleResource);
    KeLeaveCriticalRegion();
}

PVOID module_list_entry(const struct image *image)
{
    KeEnterCriticalRegion();
    ExAcquireResourceSharedLite(&PsLoadedModuleResource, TRUE);
    PVOID entry = entry_find(image->base);
    ExReleaseResourceLite(&PsLoadedModuleResource);
    KeLeaveCriticalRegion();
    return entry;
}
