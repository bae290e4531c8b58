/* SPDX-License-Identifier: MIT */
/* object.c - objects: made, counted, and deleted when nobody refers to them.
 *
 * In comes a type and a size, out goes a zeroed body. Invariant: a body is alive exactly
 * as long as its reference count is above zero; the type's delete runs once, at
 * PASSIVE_LEVEL, with no lock held.
 */
#include "ob_internal.h"

#include "ke/ke.h"

static struct host_lock object_list_lock; /* guards: object_list */
static struct list object_list = LIST_INIT(object_list);
static _Atomic uint64_t object_count;
extern _Atomic uint64_t ob_handles_open;

NTSTATUS ob_create(struct object_type *type, size_t size, void **out_body)
{
    struct object_header *header =
        ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof *header + size, OB_TAG);
    if (!header)
        return STATUS_INSUFFICIENT_RESOURCES;
    header->references = 1;
    header->type = type;
    host_lock_take(&object_list_lock);
    list_push_back(&object_list, &header->link);
    host_lock_give(&object_list_lock);
    atomic_fetch_add_explicit(&object_count, 1, memory_order_relaxed);
    if (type)
        atomic_fetch_add_explicit(&type->objects, 1, memory_order_relaxed);
    *out_body = body_of(header);
    return STATUS_SUCCESS;
}

enum ob_block ob_block_kind(const struct ex_pool_block *block, void **out_body)
{
    *out_body = NULL;
    switch (block->tag) {
    case OB_TAG:
        *out_body = body_of((struct object_header *)block->address);
        return OB_BLOCK_OBJECT;
    case OB_TAG_NAME:
    case OB_TAG_HANDLE:
    case OB_TAG_SECURITY:
        return OB_BLOCK_PART;
    default:
        return OB_BLOCK_NONE;
    }
}

static void object_destroy(struct object_header *header)
{
    struct object_type *type = header->type;
    if (type->ops.delete_body)
        type->ops.delete_body(body_of(header));
    void *security = atomic_load(&header->security);
    if (security)
        ExFreePoolWithTag(security, OB_TAG_SECURITY);
    handle_count_free(header);
    host_lock_take(&object_list_lock);
    list_remove(&header->link);
    host_lock_give(&object_list_lock);
    atomic_fetch_sub_explicit(&object_count, 1, memory_order_relaxed);
    atomic_fetch_sub_explicit(&type->objects, 1, memory_order_relaxed);
    ExFreePoolWithTag(header, OB_TAG);
}

static void object_destroy_deferred(void *context)
{
    object_destroy(context);
}

/* The last reference is gone. The name goes at once, so that nobody finds a dying object. */
static void object_end(struct object_header *header, bool is_deferred)
{
    ob_name_remove(body_of(header));
    if (is_deferred || ke_irql() > PASSIVE_LEVEL)
        ex_work_queue(&header->deferred, object_destroy_deferred, header);
    else
        object_destroy(header);
}

void ob_reference(void *body)
{
    int64_t old = atomic_fetch_add_explicit(&header_of(body)->references, 1, memory_order_relaxed);
    COVE_ASSERT(old > 0);
}

bool object_reference_unless_dead(struct object_header *header)
{
    int64_t old = atomic_load_explicit(&header->references, memory_order_relaxed);
    while (old > 0)
        if (atomic_compare_exchange_weak(&header->references, &old, old + 1))
            return true;
    return false;
}

/* Returns true when the reference dropped was the last. More dereferences than references
 * are a driver's fault: the machine stops as documented. */
static bool object_drop(struct object_header *header)
{
    int64_t old = atomic_fetch_sub_explicit(&header->references, 1, memory_order_acq_rel);
    if (__builtin_expect(old <= 0, 0)) {
        struct bugcheck stop = {.code = 0x18 /* REFERENCE_BY_POINTER */,
                                .parameter = {(ULONG_PTR)header->type, (ULONG_PTR)body_of(header),
                                              2, (ULONG_PTR)(old - 1)}};
        ke_bugcheck(&stop);
    }
    return old == 1;
}

void ob_dereference(void *body)
{
    if (object_drop(header_of(body)))
        object_end(header_of(body), false);
}

void ob_dereference_deferred(void *body)
{
    if (object_drop(header_of(body)))
        object_end(header_of(body), true);
}

bool ob_reference_unless_dead(void *body)
{
    return object_reference_unless_dead(header_of(body));
}

struct object_type *ob_type_of(const void *body)
{
    return header_of(body)->type;
}

const void *ob_header_of(const void *body)
{
    return header_of(body);
}

uint64_t ob_reference_count(const void *body)
{
    int64_t raw = atomic_load(&header_of(body)->references);
    return (uint64_t)raw & (OB_REFERENCE_BIAS - 1);
}

uint64_t ob_handle_count(const void *body)
{
    return atomic_load(&header_of(body)->handles);
}

bool ob_is_permanent(const void *body)
{
    return atomic_load(&header_of(body)->flags) & OBJECT_PERMANENT;
}

DISPATCHER_HEADER *ob_waitable_of(void *body)
{
    struct object_type *type = ob_type_of(body);
    return type->ops.waitable ? type->ops.waitable(body) : NULL;
}

void ob_counts(struct ob_counts *out_counts)
{
    out_counts->objects = atomic_load(&object_count);
    out_counts->handles = atomic_load(&ob_handles_open);
}

/* Walks with a reference on the object under the hand, so that no lock is held in visit
 * and the place in the list is not lost. */
void ob_visit(void (*visit)(struct object_type *type, void *body, void *context), void *context)
{
    struct object_header *at = NULL;
    for (;;) {
        struct object_header *next = NULL;
        host_lock_take(&object_list_lock);
        struct list *node = at ? at->link.next : object_list.next;
        for (; node != &object_list; node = node->next) {
            next = list_entry(node, struct object_header, link);
            if (object_reference_unless_dead(next))
                break;
            next = NULL;
        }
        host_lock_give(&object_list_lock);
        if (at)
            ob_dereference(body_of(at));
        if (!next)
            return;
        visit(next->type, body_of(next), context);
        at = next;
    }
}
