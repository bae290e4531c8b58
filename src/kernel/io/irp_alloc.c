/* SPDX-License-Identifier: MIT */
/* irp_alloc.c - the memory of IRPs: three shelves of equal blocks and a drawer per processor.
 *
 * In: a number of stack locations; out: a zeroed, initialised IRP with our header in front.
 * A shelf is a reserved range that is committed as it grows and never shrinks, so an address
 * tells whether an IRP is ours, a visitor may walk blocks while others come and go, and a
 * block completed after its end is still readable. Small IRPs (up to 4 locations) go through
 * the drawer of the processor the caller holds: no lock, since native code is not interrupted.
 */
#include "io_internal.h"

#include <string.h>

#include "callout/ddi_frame.h"

#define IRP_SHELVES     3u
#define IRP_CHUNK       (64u << 10)
#define IRP_DRAWER_MOST 64u
#define IRP_PROCESSORS  64u
#define IRP_STACK_MOST  127

char *irp_memory;
static _Atomic uint32_t irp_searches; /* atomic: visits that are under way */

struct irp_shelf {
    const char stacks;
    const size_t reserved;
    size_t block;          /* set once at init */
    char *base;            /* same */
    _Atomic size_t blocks; /* made so far; grows under lock */
    struct host_lock lock; /* guards: committed, free */
    size_t committed;
    struct irp *free;
};

static struct irp_shelf irp_shelf[IRP_SHELVES] = {
    {.stacks = 4, .reserved = IRP_MEMORY_BYTES / IRP_SHELVES},
    {.stacks = 16, .reserved = IRP_MEMORY_BYTES / IRP_SHELVES},
    {.stacks = IRP_STACK_MOST, .reserved = IRP_MEMORY_BYTES / IRP_SHELVES},
};

/* Owner: whoever holds the processor. */
struct irp_drawer {
    struct irp *free;
    unsigned count;
} __attribute__((aligned(128)));
static struct irp_drawer irp_drawer[IRP_PROCESSORS];

/* The first IRPs that want a small system buffer get one for good: pages taken once, so that what
 * waits for the next request is nobody's block of pool. */
#define IRP_BUFFER_SMALL 256u
#define IRP_BUFFER_PAGES 16u

static struct {
    char *base;            /* set once at init */
    struct host_lock lock; /* guards: free */
    void *free;
} irp_buffers;

static bool irp_buffers_init(void)
{
    irp_buffers.base = ex_pages_allocate(IRP_BUFFER_PAGES, IO_TAG_DATA);
    irp_buffers.free = NULL;
    if (irp_buffers.base == NULL)
        return false;
    for (size_t i = IRP_BUFFER_PAGES * PAGE_SIZE / IRP_BUFFER_SMALL; i-- > 0;) {
        void *buffer = irp_buffers.base + i * IRP_BUFFER_SMALL;
        *(void **)buffer = irp_buffers.free;
        irp_buffers.free = buffer;
    }
    return true;
}

NTSTATUS irp_shelves_init(void)
{
    void *memory;
    if (!irp_buffers_init() || host_memory_reserve(NULL, IRP_MEMORY_BYTES, &memory) != 0)
        return STATUS_INSUFFICIENT_RESOURCES;
    irp_memory = memory;
    for (unsigned i = 0; i < IRP_SHELVES; i++) {
        struct irp_shelf *shelf = &irp_shelf[i];
        size_t bytes = sizeof(struct irp) + (size_t)shelf->stacks * sizeof(IO_STACK_LOCATION);
        shelf->block = (bytes + 63) & ~(size_t)63;
        shelf->base = irp_memory + i * shelf->reserved;
        shelf->committed = 0;
        shelf->free = NULL;
        atomic_store(&shelf->blocks, 0);
    }
    return STATUS_SUCCESS;
}

void irp_shelves_fini(void)
{
    for (unsigned i = 0; i < IRP_PROCESSORS; i++)
        irp_drawer[i] = (struct irp_drawer){0};
    ex_pages_free(irp_buffers.base);
    irp_buffers.base = NULL;
    if (irp_memory != NULL)
        host_memory_release(irp_memory, IRP_MEMORY_BYTES);
    irp_memory = NULL;
}

/* ---- taking and giving blocks ------------------------------------------------------ */

static struct irp *irp_block(const struct irp_shelf *shelf, size_t index)
{
    return (struct irp *)(shelf->base + index * shelf->block);
}

static struct irp *irp_shelf_take(unsigned number)
{
    struct irp_shelf *shelf = &irp_shelf[number];
    struct irp *irp = NULL;
    host_lock_take(&shelf->lock);
    if (shelf->free != NULL) {
        irp = shelf->free;
        shelf->free = irp->next_free;
        goto out;
    }
    size_t end = (atomic_load_explicit(&shelf->blocks, memory_order_relaxed) + 1) * shelf->block;
    while (end > shelf->committed) {
        if (shelf->committed + IRP_CHUNK > shelf->reserved ||
            host_memory_commit(shelf->base + shelf->committed, IRP_CHUNK, HOST_READ | HOST_WRITE) !=
                0)
            goto out;
        shelf->committed += IRP_CHUNK;
    }
    irp = irp_block(shelf, atomic_load_explicit(&shelf->blocks, memory_order_relaxed));
    irp->shelf = (uint8_t)number;
    atomic_fetch_add_explicit(&shelf->blocks, 1, memory_order_release);
out:
    host_lock_give(&shelf->lock);
    return irp;
}

static void irp_shelf_give(struct irp *irp)
{
    struct irp_shelf *shelf = &irp_shelf[irp->shelf];
    host_lock_take(&shelf->lock);
    irp->next_free = shelf->free;
    shelf->free = irp;
    host_lock_give(&shelf->lock);
}

static struct irp *irp_block_take(CCHAR stacks)
{
    unsigned number = 0;
    while (irp_shelf[number].stacks < stacks)
        number++;
    if (number == 0 && ke_processor_is_held()) {
        struct irp_drawer *drawer = &irp_drawer[ke_processor_number()];
        struct irp *irp = drawer->free;
        if (irp != NULL) {
            drawer->free = irp->next_free;
            drawer->count--;
            return irp;
        }
    }
    return irp_shelf_take(number);
}

void irp_activity_clear(struct irp *irp)
{
    if (irp->activity != NULL)
        ExFreePoolWithTag(irp->activity, IO_TAG);
    irp->activity = NULL;
}

static void irp_block_give(struct irp *irp)
{
    if (__builtin_expect(irp->activity != NULL, 0))
        irp_activity_clear(irp);
    trace_point(TRACE_IRP_FREED, &irp->abi, 0, 0);
    atomic_store_explicit(&irp->state, IRP_STATE_FREE, memory_order_relaxed);
    if (irp->shelf == 0 && ke_processor_is_held()) {
        struct irp_drawer *drawer = &irp_drawer[ke_processor_number()];
        if (drawer->count < IRP_DRAWER_MOST) {
            irp->next_free = drawer->free;
            drawer->free = irp;
            drawer->count++;
            return;
        }
    }
    irp_shelf_give(irp);
}

/* ---- IRPs ---------------------------------------------------------------------------- */

static void irp_init(PIRP abi, USHORT bytes, CCHAR stacks)
{
    abi->Type = IO_TYPE_IRP;
    abi->Size = bytes;
    abi->StackCount = stacks;
    abi->CurrentLocation = (CHAR)(stacks + 1);
    abi->Tail.Overlay.CurrentStackLocation = (PIO_STACK_LOCATION)(abi + 1) + stacks;
    InitializeListHead(&abi->ThreadListEntry);
}

PIRP irp_allocate(CCHAR stacks)
{
    if (stacks < 1 || stacks > IRP_STACK_MOST - 1 || ex_allocation_fails())
        return NULL;
    struct irp *irp = irp_block_take(stacks);
    if (irp == NULL)
        return NULL;
    atomic_store_explicit(&irp->owns, 0, memory_order_relaxed);
    irp->output_length = 0;
    irp->wait = NULL;
    atomic_store_explicit(&irp->thread, NULL, memory_order_relaxed);
    irp->creator = ddi_top != NULL ? (const void *)ddi_top->rip : NULL;
    atomic_store_explicit(&irp->holds, 1, memory_order_relaxed);
    USHORT bytes = IoSizeOfIrp(stacks);
    memset(&irp->abi, 0, bytes);
    irp_init(&irp->abi, bytes, stacks);
    irp->abi.AllocationFlags = IRP_ALLOCATED_FIXED_SIZE;
    atomic_store_explicit(&irp->state, IRP_STATE_ALIVE, memory_order_release);
    return &irp->abi;
}

void irp_free(PIRP abi)
{
    irp_hold_drop(irp_of_known(abi));
}

/* Who drops the only hold need not change it atomically while nobody searches: a search passes
 * the heavy half of a barrier after it has counted itself, so it sees IRP_STATE_DROPPED or is
 * seen here. */
void irp_hold_drop(struct irp *irp)
{
    if (atomic_load_explicit(&irp->holds, memory_order_relaxed) == 1) {
        atomic_store_explicit(&irp->state, IRP_STATE_DROPPED, memory_order_relaxed);
        host_fence_light();
        if (atomic_load_explicit(&irp_searches, memory_order_relaxed) == 0) {
            atomic_store_explicit(&irp->holds, 0, memory_order_relaxed);
            irp_block_give(irp);
            return;
        }
    }
    if (atomic_fetch_sub_explicit(&irp->holds, 1, memory_order_acq_rel) == 1)
        irp_block_give(irp);
}

bool irp_hold_try(struct irp *irp)
{
    uint32_t holds = atomic_load(&irp->holds);
    while (holds != 0)
        if (atomic_compare_exchange_weak(&irp->holds, &holds, holds + 1))
            return true;
    return false;
}

void irp_reuse(PIRP abi, NTSTATUS status)
{
    UCHAR flags = abi->AllocationFlags;
    USHORT bytes = abi->Size;
    CCHAR stacks = abi->StackCount;
    memset(abi, 0, IoSizeOfIrp(stacks));
    irp_init(abi, bytes, stacks);
    abi->AllocationFlags = flags;
    abi->IoStatus.Status = status;
}

void irp_init_foreign(PIRP abi, USHORT bytes, CCHAR stacks)
{
    memset(abi, 0, bytes);
    irp_init(abi, bytes, stacks);
    if (irp_of(abi) != NULL)
        abi->AllocationFlags = IRP_ALLOCATED_FIXED_SIZE;
}

/* ---- system buffers --------------------------------------------------------------------- */

static void *irp_buffer_keep(struct irp *irp)
{
    host_lock_take(&irp_buffers.lock);
    void *buffer = irp_buffers.free;
    if (buffer != NULL)
        irp_buffers.free = *(void **)buffer;
    host_lock_give(&irp_buffers.lock);
    return irp->buffer = buffer;
}

/* A small one is the IRP's own; what comes from pool is charged to the process that asks. */
void *irp_buffer_allocate(struct irp *irp, size_t length, NTSTATUS *out_status)
{
    if (__builtin_expect(length <= IRP_BUFFER_SMALL, 1)) {
        if (ex_allocation_fails()) {
            *out_status = STATUS_INSUFFICIENT_RESOURCES;
            return NULL;
        }
        void *buffer = irp->buffer;
        if (__builtin_expect(buffer != NULL, 1) || (buffer = irp_buffer_keep(irp)) != NULL)
            return buffer;
    }
    return ex_pool_take_charged(length, IO_TAG_DATA, out_status);
}

/* ---- looking at all of them --------------------------------------------------------------- */

void irp_visit(void (*visit)(PIRP irp, void *context), void *context)
{
    atomic_fetch_add(&irp_searches, 1);
    host_fence_heavy();
    for (unsigned i = 0; i < IRP_SHELVES; i++) {
        size_t blocks = atomic_load_explicit(&irp_shelf[i].blocks, memory_order_acquire);
        for (size_t k = 0; k < blocks; k++) {
            struct irp *irp = irp_block(&irp_shelf[i], k);
            if (atomic_load(&irp->state) == IRP_STATE_ALIVE)
                visit(&irp->abi, context);
        }
    }
    atomic_fetch_sub(&irp_searches, 1);
}

static void irp_count_one(PIRP irp, void *context)
{
    (void)irp;
    ++*(uint64_t *)context;
}

uint64_t irp_count_alive(void)
{
    uint64_t count = 0;
    irp_visit(irp_count_one, &count);
    return count;
}
