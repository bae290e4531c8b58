/* SPDX-License-Identifier: MIT */
/* irql.c - the interrupt request level of the processor that the calling thread holds.
 *
 * Raising is a store. Lowering is a store and a look at what became deliverable:
 * interrupts, DPCs, kernel APCs, a yield, in this order.
 */
#include "rtl/rtl.h"
#include "ke_internal.h"

KIRQL ke_irql_raise(KIRQL irql)
{
    struct processor *processor = processor_self;
    KIRQL old;

    COVE_ASSERT(processor != NULL);
    old = __c11_atomic_load(&processor->pcr.irql, __ATOMIC_RELAXED);
    __c11_atomic_store(&processor->pcr.irql, irql, __ATOMIC_RELAXED);
    return old;
}

static void irql_lower_slow(struct processor *processor, KIRQL irql)
{
    processor_service(processor, irql);
    if (irql < APC_LEVEL && (processor->pending & PENDING_APC) != 0) {
        __c11_atomic_fetch_and(&processor->pending, ~(uint32_t)PENDING_APC, __ATOMIC_SEQ_CST);
        if (thread_self->is_apc_pending)
            apcs_deliver();
    }
    /* An APC may have waited: the processor may be another one by now. */
    if (irql <= APC_LEVEL && (processor_self->pending & PENDING_YIELD) != 0)
        processor_yield();
}

void ke_irql_lower(KIRQL irql)
{
    struct processor *processor = processor_self;

    COVE_ASSERT(processor != NULL);
    __c11_atomic_store(&processor->pcr.irql, irql, __ATOMIC_RELAXED);
    if (__builtin_expect(__c11_atomic_load(&processor->pending, __ATOMIC_RELAXED) != 0, 0))
        irql_lower_slow(processor, irql);
}

void ke_irql_write(KIRQL irql)
{
    if (irql >= ke_irql())
        ke_irql_raise(irql);
    else
        ke_irql_lower(irql);
}

void ke_irql_violation(const char *function, KIRQL limit)
{
    static const char *_Atomic told; /* the last function that was told of */
    KIRQL irql = ke_irql();

    if (irql <= APC_LEVEL) {
        if (__c11_atomic_exchange(&told, function, __ATOMIC_RELAXED) != function)
            rtl_debug_printf("%s called at APC_LEVEL (in a fast mutex or guarded region?); "
                             "PASSIVE_LEVEL is documented\n",
                             function);
        return;
    }
    rtl_debug_printf("%s called at IRQL %u; the highest it may be called at is %u\n", function,
                     irql, limit);
    bugcheck(IRQL_NOT_LESS_OR_EQUAL, 0, irql, 0, (uintptr_t)__builtin_return_address(0));
}
