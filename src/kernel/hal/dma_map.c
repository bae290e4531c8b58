/* SPDX-License-Identifier: MIT */
/* dma_map.c - map registers: runs of physical addresses in a device's reach.
 *
 * Logical addresses are physical ones. A run that the device can take is mapped as it is; any
 * other is copied to pages of the registers' own, which are allocated with the first such run.
 * What was copied is remembered until it is flushed.
 */
#include "dma.h"

#include "ke/ke.h"

/* A run that goes through the registers' own pages. */
struct dma_copy {
    PMDL mdl;
    ULONG offset, length; /* in the MDL */
    ULONG place;          /* in the registers' pages, in bytes */
};

/* What a driver calls a map register base. The driver's own lock keeps it whole. */
struct dma_registers {
    const struct dma_adapter *adapter;
    ULONG count;            /* registers */
    ULONG used;             /* of them, by copies */
    ULONG copies;           /* in use */
    char *memory;           /* count pages, or NULL as long as nothing was copied */
    struct dma_copy copy[]; /* count of them */
};

struct dma_registers *dma_registers_create(const struct dma_adapter *adapter, ULONG count)
{
    struct dma_registers *registers =
        ExAllocatePool2(POOL_FLAG_NON_PAGED,
                        sizeof(*registers) + (size_t)count * sizeof(registers->copy[0]), DMA_TAG);

    if (registers == NULL)
        return NULL;
    registers->adapter = adapter;
    registers->count = count;
    return registers;
}

void dma_registers_destroy(struct dma_registers *registers)
{
    if (registers->memory != NULL)
        MmFreeContiguousMemory(registers->memory);
    ExFreePoolWithTag(registers, DMA_TAG);
}

bool dma_cursor_init(PMDL mdl, ULONGLONG offset, ULONG length, struct dma_cursor *out_cursor,
                     ULONG *out_registers)
{
    ULONG registers = 0, place;

    while (mdl != NULL && offset >= MmGetMdlByteCount(mdl)) {
        offset -= MmGetMdlByteCount(mdl);
        mdl = mdl->Next;
    }
    *out_cursor = (struct dma_cursor){.mdl = mdl, .offset = (ULONG)offset};
    for (place = (ULONG)offset; mdl != NULL && length != 0; mdl = mdl->Next, place = 0) {
        ULONG here = MmGetMdlByteCount(mdl) - place;
        ULONG first = (MmGetMdlByteOffset(mdl) + place) & (PAGE_SIZE - 1);

        if (here > length)
            here = length;
        registers += (first + here + PAGE_SIZE - 1) >> PAGE_SHIFT;
        length -= here;
    }
    *out_registers = registers;
    return length == 0;
}

uint64_t dma_cursor_next(struct dma_cursor *cursor, ULONG limit, ULONG *out_length)
{
    const PFN_NUMBER *frames = MmGetMdlPfnArray(cursor->mdl);
    ULONG left = MmGetMdlByteCount(cursor->mdl) - cursor->offset;
    ULONG place = MmGetMdlByteOffset(cursor->mdl) + cursor->offset;
    ULONG index = place >> PAGE_SHIFT, length = PAGE_SIZE - (place & (PAGE_SIZE - 1));
    uint64_t address = ((uint64_t)frames[index] << PAGE_SHIFT) + (place & (PAGE_SIZE - 1));

    if (limit < left)
        left = limit;
    for (; length < left && frames[index + 1] == frames[index] + 1; index++)
        length += PAGE_SIZE;
    if (length > left)
        length = left;
    cursor->offset += length;
    if (cursor->offset == MmGetMdlByteCount(cursor->mdl))
        *cursor = (struct dma_cursor){.mdl = cursor->mdl->Next};
    *out_length = length;
    return address;
}

static void copy_move(const struct dma_registers *registers, const struct dma_copy *copy,
                      bool to_device)
{
    char *memory = registers->memory + copy->place;
    char *buffer = MmGetSystemAddressForMdlSafe(copy->mdl, NormalPagePriority);

    if (buffer == NULL)
        return; /* no addresses left: the data stays what it was */
    buffer += copy->offset;
    __builtin_memcpy(to_device ? memory : buffer, to_device ? buffer : memory, copy->length);
}

/* Up to *length bytes of one MDL through the registers' own pages. */
static uint64_t map_copy(struct dma_registers *registers, struct dma_cursor *cursor, ULONG *length,
                         bool to_device)
{
    struct dma_copy *copy = &registers->copy[registers->copies];
    ULONG left = MmGetMdlByteCount(cursor->mdl) - cursor->offset;
    PHYSICAL_ADDRESS highest = {.QuadPart = (LONGLONG)registers->adapter->highest};

    if (registers->used == registers->count)
        return 0;
    if (registers->memory == NULL)
        registers->memory =
            MmAllocateContiguousMemory((SIZE_T)registers->count << PAGE_SHIFT, highest);
    if (registers->memory == NULL)
        return 0;
    if (*length > left)
        *length = left;
    if (*length > (registers->count - registers->used) << PAGE_SHIFT)
        *length = (registers->count - registers->used) << PAGE_SHIFT;
    *copy = (struct dma_copy){.mdl = cursor->mdl,
                              .offset = cursor->offset,
                              .length = *length,
                              .place = registers->used << PAGE_SHIFT};
    registers->copies++;
    registers->used += (*length + PAGE_SIZE - 1) >> PAGE_SHIFT;
    if (to_device)
        copy_move(registers, copy, true);
    cursor->offset += *length;
    if (cursor->offset == MmGetMdlByteCount(cursor->mdl))
        *cursor = (struct dma_cursor){.mdl = cursor->mdl->Next};
    return (uint64_t)MmGetPhysicalAddress(registers->memory + copy->place).QuadPart;
}

uint64_t dma_map(const struct dma_adapter *adapter, struct dma_registers *registers,
                 struct dma_cursor *cursor, ULONG *length, bool to_device)
{
    struct dma_cursor next = *cursor;
    ULONG wanted = *length, run;
    uint64_t address = dma_cursor_next(&next, wanted, &run);

    if (address + run - 1 <= adapter->highest && (run == wanted || adapter->is_scatter_gather)) {
        *cursor = next;
        *length = run;
        return address;
    }
    if (adapter->is_scatter_gather)
        *length = run;
    return map_copy(registers, cursor, length, to_device);
}

void dma_flush(struct dma_registers *registers, PMDL mdl, ULONGLONG offset, ULONG length,
               bool to_device)
{
    ULONG kept = 0;

    for (ULONG i = 0; i < registers->copies; i++) {
        const struct dma_copy *copy = &registers->copy[i];

        if (copy->mdl != mdl || copy->offset < offset ||
            (ULONGLONG)copy->offset + copy->length > offset + length) {
            registers->copy[kept++] = *copy;
            continue;
        }
        if (!to_device)
            copy_move(registers, copy, false);
    }
    registers->copies = kept;
    if (kept == 0)
        registers->used = 0;
}
