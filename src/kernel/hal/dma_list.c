/* SPDX-License-Identifier: MIT */
/* dma_list.c - scatter/gather lists: a buffer as the runs of addresses a device is told.
 *
 * The list is the driver's memory or ours; its Reserved field names what belongs to it: the map
 * registers and the request it was built from.
 */
#include "dma.h"

#include "callout/callout.h"
#include "ke/ke.h"

#define LIST_BYTES(count) \
    (FIELD_OFFSET(SCATTER_GATHER_LIST, Elements) + (size_t)(count) * sizeof(SCATTER_GATHER_ELEMENT))

struct dma_list {
    struct dma_registers *registers;
    PMDL mdl;
    ULONGLONG offset;
    ULONG length;
    PMDL seen;     /* what dma_list_mdl gave; NULL: nothing yet */
    bool is_built; /* seen is ours, not the original */
    bool is_copied;
    bool is_list_ours;
};

static void list_fill(struct dma_adapter *adapter, struct dma_list *own, struct dma_cursor cursor,
                      bool to_device, SCATTER_GATHER_LIST *list)
{
    ULONG left = own->length;

    list->NumberOfElements = 0;
    while (left != 0) {
        SCATTER_GATHER_ELEMENT *element = &list->Elements[list->NumberOfElements++];
        struct dma_cursor at = cursor;
        ULONG length = left, run;
        uint64_t plain = dma_cursor_next(&at, left, &run);

        element->Address.QuadPart =
            (LONGLONG)dma_map(adapter, own->registers, &cursor, &length, to_device);
        element->Length = length;
        element->Reserved = 0;
        own->is_copied |= (uint64_t)element->Address.QuadPart != plain;
        if (element->Address.QuadPart == 0)
            break;
        left -= length;
    }
}

/* The list's own half, with enough registers for the worst case. */
static struct dma_list *list_create(struct dma_adapter *adapter,
                                    const struct dma_list_request *request, ULONG registers)
{
    struct dma_list *own = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*own), DMA_TAG);

    if (own == NULL)
        return NULL;
    own->registers = dma_registers_create(adapter, registers);
    if (own->registers == NULL) {
        ExFreePoolWithTag(own, DMA_TAG);
        return NULL;
    }
    own->mdl = request->mdl;
    own->offset = request->offset;
    own->length = request->length;
    return own;
}

static void list_destroy(struct dma_list *own)
{
    dma_registers_destroy(own->registers);
    ExFreePoolWithTag(own, DMA_TAG);
}

static void list_call(const struct dma_list_request *request, SCATTER_GATHER_LIST *list)
{
    PDEVICE_OBJECT device = request->device;
    uint64_t arguments[4] = {(uintptr_t)device,
                             (uintptr_t)(device != NULL ? device->CurrentIrp : NULL),
                             (uintptr_t)list, (uintptr_t)request->context};
    KIRQL irql = ke_irql();

    if (irql < DISPATCH_LEVEL)
        ke_irql_raise(DISPATCH_LEVEL);
    (void)callout_invoke((const void *)request->routine, arguments, 4);
    ke_irql_lower(irql);
}

NTSTATUS dma_list_get(struct dma_adapter *adapter, const struct dma_list_request *request,
                      SCATTER_GATHER_LIST **out_list)
{
    SCATTER_GATHER_LIST *list = request->buffer;
    struct dma_cursor cursor;
    struct dma_list *own;
    ULONG registers;

    if (!dma_cursor_init(request->mdl, request->offset, request->length, &cursor, &registers))
        return STATUS_BUFFER_TOO_SMALL;
    if (registers > adapter->register_limit)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (list != NULL && request->buffer_length < LIST_BYTES(registers))
        return STATUS_BUFFER_TOO_SMALL;
    own = list_create(adapter, request, registers);
    if (own == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (list == NULL) {
        list = ExAllocatePool2(POOL_FLAG_NON_PAGED, LIST_BYTES(registers), DMA_TAG);
        own->is_list_ours = true;
    }
    if (list == NULL) {
        list_destroy(own);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    list->Reserved = (ULONG_PTR)own;
    list_fill(adapter, own, cursor, request->to_device, list);
    if (list->NumberOfElements != 0 &&
        list->Elements[list->NumberOfElements - 1].Address.QuadPart == 0) {
        dma_list_put(list, true); /* no memory in the device's reach */
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    if (out_list != NULL)
        *out_list = list;
    if (request->routine != NULL)
        list_call(request, list);
    return STATUS_SUCCESS;
}

void dma_list_put(SCATTER_GATHER_LIST *list, bool to_device)
{
    struct dma_list *own = (struct dma_list *)list->Reserved;
    ULONG left = own->length;
    ULONGLONG offset = own->offset;

    for (PMDL mdl = own->mdl; mdl != NULL && left != 0; mdl = mdl->Next) {
        ULONG bytes = MmGetMdlByteCount(mdl), here;

        if (offset >= bytes) {
            offset -= bytes;
            continue;
        }
        here = bytes - (ULONG)offset < left ? bytes - (ULONG)offset : left;
        dma_flush(own->registers, mdl, offset, here, to_device);
        left -= here;
        offset = 0;
    }
    if (own->is_built)
        IoFreeMdl(own->seen);
    if (own->is_list_ours)
        ExFreePoolWithTag(list, DMA_TAG);
    list_destroy(own);
}

NTSTATUS dma_list_size(struct dma_adapter *adapter, PMDL mdl, ULONGLONG offset, const void *address,
                       ULONG length, ULONG *out_size, ULONG *out_registers)
{
    ULONG registers = ADDRESS_AND_SIZE_TO_SPAN_PAGES(address, length);
    struct dma_cursor cursor;

    if (mdl != NULL && !dma_cursor_init(mdl, offset, length, &cursor, &registers))
        return STATUS_BUFFER_TOO_SMALL;
    if (registers > adapter->register_limit)
        return STATUS_INSUFFICIENT_RESOURCES;
    *out_size = (ULONG)LIST_BYTES(registers);
    if (out_registers != NULL)
        *out_registers = registers;
    return STATUS_SUCCESS;
}

/* Frames of all runs, page by page, in order. */
static PMDL list_describe(const SCATTER_GATHER_LIST *list, const struct dma_list *own)
{
    ULONG first = (ULONG)list->Elements[0].Address.QuadPart & (PAGE_SIZE - 1);
    PMDL mdl = IoAllocateMdl((PVOID)(ULONG_PTR)first, own->length, FALSE, FALSE, NULL);
    PFN_NUMBER *frames;

    if (mdl == NULL)
        return NULL;
    frames = MmGetMdlPfnArray(mdl);
    for (ULONG i = 0; i < list->NumberOfElements; i++) {
        uint64_t address = (uint64_t)list->Elements[i].Address.QuadPart;
        uint64_t end = address + list->Elements[i].Length;

        for (address &= ~(uint64_t)(PAGE_SIZE - 1); address < end; address += PAGE_SIZE)
            *frames++ = address >> PAGE_SHIFT;
    }
    mdl->MdlFlags |= MDL_PAGES_LOCKED; /* the registers' pages do not move */
    return mdl;
}

/* Can one MDL describe the runs: do all but the first begin, all but the last end, at a page? */
static bool list_is_describable(const SCATTER_GATHER_LIST *list)
{
    for (ULONG i = 0; i < list->NumberOfElements; i++) {
        uint64_t start = (uint64_t)list->Elements[i].Address.QuadPart;

        if (i != 0 && (start & (PAGE_SIZE - 1)) != 0)
            return false;
        if (i + 1 != list->NumberOfElements &&
            ((start + list->Elements[i].Length) & (PAGE_SIZE - 1)) != 0)
            return false;
    }
    return true;
}

NTSTATUS dma_list_mdl(SCATTER_GATHER_LIST *list, PMDL original, PMDL *out_mdl)
{
    struct dma_list *own = (struct dma_list *)list->Reserved;

    if (original == NULL)
        return STATUS_INVALID_PARAMETER;
    if (own->seen != NULL)
        return STATUS_NONE_MAPPED;
    own->seen = original;
    if (own->is_copied) {
        own->seen = list_is_describable(list) ? list_describe(list, own) : NULL;
        if (own->seen == NULL)
            return STATUS_INSUFFICIENT_RESOURCES;
        own->is_built = true;
    }
    *out_mdl = own->seen;
    return STATUS_SUCCESS;
}
