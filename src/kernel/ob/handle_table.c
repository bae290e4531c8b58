/* SPDX-License-Identifier: MIT */
/* handle_table.c - slots that hold an object and the access granted to it.
 *
 * Slots lie in a tree of chunks that only grows, so that a reader needs no lock to find
 * one. A slot is two words changed together:
 *
 *   object   bits 0-42 header address / 16, 43-44 attributes, 48-63 lookups in flight
 *   access   bits 0-31 granted access, 32-63 generation
 *
 * A lookup adds one to "in flight": while that counts, the object cannot go. It then takes
 * a real reference and subtracts one again. A closer empties the slot in one step and
 * reads how many lookups were in flight; it turns them into references of theirs, and the
 * lookups notice by the generation that this was done.
 *
 * Who holds a processor looks up without changing the slot: it shows in `looking` which slot it
 * reads, takes the reference and takes the sign down. A closer that has emptied the slot waits
 * until nobody shows it, after a barrier of all threads. Invariant: an object's reference
 * count never falls to zero while a slot refers to it or a lookup is in flight.
 */
#include "ob_internal.h"

#include "ke/ke.h"

#include <string.h>

#define BRANCH_FANOUT  256u
#define LEAF_SLOTS     256u
#define TABLE_SLOTS    (256u * BRANCH_FANOUT * LEAF_SLOTS) /* 16 million */
#define OBJECT_BITS    43
#define OBJECT_MASK    ((1ull << OBJECT_BITS) - 1)
#define SLOT_INHERIT   (1ull << 43)
#define SLOT_PROTECT   (1ull << 44)
#define FLIGHT_ONE     (1ull << 48)
#define FLIGHT_LIMIT   0xffffull
#define GENERATION_ONE (1ull << 32)

union slot_word {
    struct {
        uint64_t object, access;
    };
    unsigned __int128 both;
};

struct slot_leaf {
    union slot_word slots[LEAF_SLOTS];
};

struct slot_branch {
    struct slot_leaf *_Atomic leaves[BRANCH_FANOUT];
};

_Atomic uint64_t ob_handles_open;
static struct handle_table *kernel_table;

/* The halves may belong to different moments; slot_change finds out. */
static union slot_word slot_load(const union slot_word *slot)
{
    union slot_word value;
    value.access = __atomic_load_n(&slot->access, __ATOMIC_ACQUIRE);
    value.object = __atomic_load_n(&slot->object, __ATOMIC_ACQUIRE);
    return value;
}

static bool slot_change(union slot_word *slot, union slot_word from, union slot_word to)
{
    return __sync_bool_compare_and_swap(&slot->both, from.both, to.both);
}

static struct object_header *slot_header(union slot_word value)
{
    return (struct object_header *)((value.object & OBJECT_MASK) << 4);
}

static uint64_t attribute_bits(ULONG attributes)
{
    return (attributes & OBJ_INHERIT ? SLOT_INHERIT : 0) |
           (attributes & OB_PROTECT_CLOSE ? SLOT_PROTECT : 0);
}

static void slot_value_of(union slot_word word, struct slot_value *out_value)
{
    out_value->header = slot_header(word);
    out_value->granted = (ACCESS_MASK)word.access;
    out_value->attributes = (word.object & SLOT_INHERIT ? OBJ_INHERIT : 0) |
                            (word.object & SLOT_PROTECT ? OB_PROTECT_CLOSE : 0);
}

/* Finds a slot that was made before; NULL: never. No lock. */
static union slot_word *slot_find(struct handle_table *table, uint32_t index)
{
    if (index >= TABLE_SLOTS)
        return NULL;
    struct slot_branch *branch = atomic_load_explicit(
        &table->branches[index / (BRANCH_FANOUT * LEAF_SLOTS)], memory_order_acquire);
    if (!branch)
        return NULL;
    struct slot_leaf *leaf = atomic_load_explicit(
        &branch->leaves[index / LEAF_SLOTS % BRANCH_FANOUT], memory_order_acquire);
    return leaf ? &leaf->slots[index % LEAF_SLOTS] : NULL;
}

/* Makes the slot behind the last one. Pool is taken under the table's lock, which is rare
 * (once in LEAF_SLOTS) and short. */
static union slot_word *table_extend_locked(struct handle_table *table, uint32_t *out_index)
{
    uint32_t index = table->extent ? table->extent : 1; /* handle 0 is no handle */
    if (index >= TABLE_SLOTS)
        return NULL;
    struct slot_branch *_Atomic *branch = &table->branches[index / (BRANCH_FANOUT * LEAF_SLOTS)];
    if (!*branch) {
        struct slot_branch *fresh =
            ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof *fresh, OB_TAG_HANDLE);
        if (!fresh)
            return NULL;
        ex_pool_disown(fresh);
        atomic_store_explicit(branch, fresh, memory_order_release);
    }
    struct slot_leaf *_Atomic *leaf = &(*branch)->leaves[index / LEAF_SLOTS % BRANCH_FANOUT];
    if (!*leaf) {
        struct slot_leaf *fresh =
            ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof *fresh, OB_TAG_HANDLE);
        if (!fresh)
            return NULL;
        ex_pool_disown(fresh);
        atomic_store_explicit(leaf, fresh, memory_order_release);
    }
    table->extent = index + 1;
    *out_index = index;
    return &(*leaf)->slots[index % LEAF_SLOTS];
}

NTSTATUS slot_put(struct handle_table *table, const struct slot_value *value, uint32_t *out_index)
{
    NTSTATUS status = STATUS_SUCCESS;
    union slot_word *slot = NULL;
    uint32_t index = 0;
    host_lock_take(&table->lock);
    if (table->is_closed) {
        status = STATUS_PROCESS_IS_TERMINATING;
    } else if (table->free_first) {
        index = table->free_first;
        slot = slot_find(table, index);
        table->free_first = (uint32_t)slot->access;
    } else {
        slot = table_extend_locked(table, &index);
        if (!slot)
            status = STATUS_INSUFFICIENT_RESOURCES;
    }
    if (slot) {
        /* Empty slots change only under the lock, so this cannot fail but for a torn load. */
        union slot_word old, fresh;
        do {
            old = slot_load(slot);
            fresh.object =
                (uint64_t)(uintptr_t)value->header >> 4 | attribute_bits(value->attributes);
            fresh.access = (old.access & ~(GENERATION_ONE - 1)) | value->granted;
        } while (!slot_change(slot, old, fresh));
        atomic_fetch_add_explicit(&table->count, 1, memory_order_relaxed);
        atomic_fetch_add_explicit(&ob_handles_open, 1, memory_order_relaxed);
        *out_index = index;
    }
    host_lock_give(&table->lock);
    return status;
}

NTSTATUS slot_put_at(struct handle_table *table, const struct slot_value *value, uint32_t index)
{
    NTSTATUS status = STATUS_SUCCESS;
    union slot_word *slot = NULL;
    host_lock_take(&table->lock);
    if (table->is_closed)
        status = STATUS_PROCESS_IS_TERMINATING;
    else if (index < table->extent)
        status = STATUS_INVALID_HANDLE;
    while (NT_SUCCESS(status) && table->extent <= index) {
        uint32_t made;
        slot = table_extend_locked(table, &made);
        if (!slot) {
            status = STATUS_INSUFFICIENT_RESOURCES;
        } else if (made != index) {
            slot->access = table->free_first;
            table->free_first = made;
        }
    }
    if (NT_SUCCESS(status)) {
        /* Nobody looks for a slot that was never made, but a hostile program might guess. */
        uint64_t object =
            (uint64_t)(uintptr_t)value->header >> 4 | attribute_bits(value->attributes);
        __atomic_store_n(&slot->access, value->granted, __ATOMIC_RELEASE);
        __atomic_store_n(&slot->object, object, __ATOMIC_RELEASE);
        atomic_fetch_add_explicit(&table->count, 1, memory_order_relaxed);
        atomic_fetch_add_explicit(&ob_handles_open, 1, memory_order_relaxed);
    }
    host_lock_give(&table->lock);
    return status;
}

/* What the holder of each processor looks at. */
static struct {
    const union slot_word *_Atomic slot;
} __attribute__((aligned(128))) looking[64];

enum look { LOOK_DONE, LOOK_EMPTY, LOOK_AGAIN };

/* LOOK_AGAIN: it must be done the slow way. */
static enum look slot_look(const union slot_word *slot, union slot_word *out_seen)
{
    enum look look = LOOK_DONE;
    if (!ke_processor_is_held())
        return LOOK_AGAIN;
    const union slot_word *_Atomic *sign = &looking[ke_processor_number()].slot;
    atomic_store_explicit(sign, slot, memory_order_relaxed);
    host_fence_light();
    *out_seen = slot_load(slot);
    if (__atomic_load_n(&slot->access, __ATOMIC_ACQUIRE) != out_seen->access)
        look = LOOK_AGAIN; /* the halves may not belong together */
    else if (!slot_header(*out_seen))
        look = LOOK_EMPTY;
    else
        atomic_fetch_add_explicit(&slot_header(*out_seen)->references, 1, memory_order_relaxed);
    atomic_store_explicit(sign, NULL, memory_order_release);
    return look;
}

/* After a slot was emptied: whoever saw what was in it has its reference when this returns. */
static void slot_lookers_wait(const union slot_word *slot)
{
    host_fence_heavy();
    for (unsigned i = 0; i < ke_processor_count(); i++)
        while (atomic_load_explicit(&looking[i].slot, memory_order_acquire) == slot)
            host_thread_yield();
}

struct object_header *slot_reference_quick(struct handle_table *table, uint32_t index,
                                           ACCESS_MASK *out_granted)
{
    const union slot_word *slot = slot_find(table, index);
    union slot_word seen;
    if (__builtin_expect(!slot || slot_look(slot, &seen) != LOOK_DONE, 0))
        return NULL;
    *out_granted = (ACCESS_MASK)seen.access;
    return slot_header(seen);
}

NTSTATUS slot_reference(struct handle_table *table, uint32_t index, struct slot_value *out_value)
{
    union slot_word *slot = slot_find(table, index);
    union slot_word seen, next;
    if (!slot)
        return STATUS_INVALID_HANDLE;
    enum look look = slot_look(slot, &seen);
    if (look == LOOK_DONE)
        slot_value_of(seen, out_value);
    if (look != LOOK_AGAIN)
        return look == LOOK_DONE ? STATUS_SUCCESS : STATUS_INVALID_HANDLE;
    for (;;) {
        seen = slot_load(slot);
        if (!slot_header(seen))
            return STATUS_INVALID_HANDLE;
        if (seen.object / FLIGHT_ONE == FLIGHT_LIMIT) {
            host_spin_pause();
            continue;
        }
        next = seen;
        next.object += FLIGHT_ONE;
        if (slot_change(slot, seen, next))
            break;
    }
    struct object_header *header = slot_header(seen);
    atomic_fetch_add_explicit(&header->references, 1, memory_order_relaxed);
    for (;;) {
        union slot_word now = slot_load(slot);
        if ((now.access ^ seen.access) >> 32) {
            /* Closed meanwhile: the closer gives this lookup a reference as well, and
             * its bias keeps the count up until it has. */
            atomic_fetch_sub_explicit(&header->references, 1, memory_order_relaxed);
            break;
        }
        next = now;
        next.object -= FLIGHT_ONE;
        if (slot_change(slot, now, next))
            break;
    }
    slot_value_of(seen, out_value);
    return STATUS_SUCCESS;
}

NTSTATUS slot_remove(struct handle_table *table, uint32_t index, const struct slot_value *expected)
{
    union slot_word *slot = slot_find(table, index);
    struct object_header *header = expected->header;
    NTSTATUS status = STATUS_INVALID_HANDLE;
    if (!slot)
        return status;
    atomic_fetch_add(&header->references, OB_REFERENCE_BIAS);
    int64_t flight = 0;
    host_lock_take(&table->lock);
    for (;;) {
        union slot_word old = slot_load(slot), empty;
        if (slot_header(old) != header)
            break;
        empty.object = 0;
        empty.access = ((old.access & ~(GENERATION_ONE - 1)) + GENERATION_ONE) | table->free_first;
        if (slot_change(slot, old, empty)) {
            flight = (int64_t)(old.object / FLIGHT_ONE);
            table->free_first = index;
            atomic_fetch_sub_explicit(&table->count, 1, memory_order_relaxed);
            atomic_fetch_sub_explicit(&ob_handles_open, 1, memory_order_relaxed);
            status = STATUS_SUCCESS;
            break;
        }
    }
    host_lock_give(&table->lock);
    if (NT_SUCCESS(status))
        slot_lookers_wait(slot);
    atomic_fetch_sub(&header->references, OB_REFERENCE_BIAS - flight);
    return status;
}

NTSTATUS slot_attributes_set(struct handle_table *table, uint32_t index, ULONG attributes)
{
    union slot_word *slot = slot_find(table, index);
    for (;;) {
        union slot_word old, next;
        if (!slot)
            return STATUS_INVALID_HANDLE;
        old = next = slot_load(slot);
        if (!slot_header(old))
            return STATUS_INVALID_HANDLE;
        next.object = (old.object & ~(SLOT_INHERIT | SLOT_PROTECT)) | attribute_bits(attributes);
        if (slot_change(slot, old, next))
            return STATUS_SUCCESS;
    }
}

NTSTATUS ob_handle_table_create(void *process, struct handle_table **out_table)
{
    struct handle_table *table = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof *table, OB_TAG_HANDLE);
    if (!table)
        return STATUS_INSUFFICIENT_RESOURCES;
    table->process = process;
    *out_table = table;
    return STATUS_SUCCESS;
}

void ob_handle_table_close_all(struct handle_table *table)
{
    host_lock_take(&table->lock);
    table->is_closed = true;
    uint32_t extent = table->extent;
    host_lock_give(&table->lock);
    for (uint32_t index = 1; index < extent; index++) {
        HANDLE handle = (HANDLE)((uintptr_t)index * 4);
        handle_close_in(table, index, handle, KernelMode, true);
    }
}

void ob_handle_table_destroy(struct handle_table *table)
{
    ob_handle_table_close_all(table);
    COVE_ASSERT(table->count == 0);
    for (unsigned i = 0; i < 256; i++) {
        struct slot_branch *branch = table->branches[i];
        for (unsigned j = 0; branch && j < BRANCH_FANOUT; j++)
            if (branch->leaves[j])
                ExFreePoolWithTag(branch->leaves[j], OB_TAG_HANDLE);
        if (branch)
            ExFreePoolWithTag(branch, OB_TAG_HANDLE);
    }
    ExFreePoolWithTag(table, OB_TAG_HANDLE);
}

uint64_t ob_handle_table_count(const struct handle_table *table)
{
    return atomic_load(&table->count);
}

void ob_handle_table_visit(struct handle_table *table,
                           void (*visit)(HANDLE handle, void *body, ACCESS_MASK granted,
                                         ULONG attributes, void *context),
                           void *context)
{
    host_lock_take(&table->lock);
    uint32_t extent = table->extent;
    host_lock_give(&table->lock);
    for (uint32_t index = 1; index < extent; index++) {
        struct slot_value value;
        if (!NT_SUCCESS(slot_reference(table, index, &value)))
            continue;
        visit((HANDLE)((uintptr_t)index * 4), body_of(value.header), value.granted,
              value.attributes, context);
        ob_dereference(body_of(value.header));
    }
}

struct handle_table *ob_handle_table_kernel(void)
{
    return kernel_table;
}

NTSTATUS handle_table_kernel_init(void)
{
    return ob_handle_table_create(NULL, &kernel_table);
}

void handle_table_kernel_fini(void)
{
    ob_handle_table_destroy(kernel_table);
    kernel_table = NULL;
}
