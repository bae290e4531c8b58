/* SPDX-License-Identifier: MIT */
/* irql_ddi.c - IRQL for drivers that import it; others read and write CR8, see kernel/trap. */
#include "ke_internal.h"

/* Inline in our headers; images built with others import them. */
KIRQL NTAPI ddi_KeRaiseIrqlToDpcLevel(VOID);
VOID NTAPI KfLowerIrql(KIRQL NewIrql);

/* Doc: wdm.h KeGetCurrentIrql */
KIRQL NTAPI KeGetCurrentIrql(VOID)
{
    return ke_irql();
}

/* Raises the processor's IRQL; returns the old one.
 *
 * Errors:  bug check 0x9 when NewIrql is below the current IRQL
 * Doc:     wdm.h KeRaiseIrql
 */
KIRQL NTAPI KfRaiseIrql(KIRQL NewIrql)
{
    KIRQL irql = ke_irql();

    if (NewIrql < irql)
        bugcheck(IRQL_NOT_GREATER_OR_EQUAL, 0, irql, 0, (uintptr_t)__builtin_return_address(0));
    return ke_irql_raise(NewIrql);
}

/* Doc: wdm.h KeRaiseIrqlToDpcLevel. IRQL: <= DISPATCH_LEVEL */
KIRQL NTAPI ddi_KeRaiseIrqlToDpcLevel(VOID)
{
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    return ke_irql_raise(DISPATCH_LEVEL);
}

/* Restores an IRQL; runs what became deliverable.
 *
 * Errors:  bug check 0xA when NewIrql is above the current IRQL
 * Doc:     wdm.h KeLowerIrql
 */
VOID NTAPI KeLowerIrql(KIRQL NewIrql)
{
    KIRQL irql = ke_irql();

    if (NewIrql > irql)
        bugcheck(IRQL_NOT_LESS_OR_EQUAL, 0, irql, 0, (uintptr_t)__builtin_return_address(0));
    ke_irql_lower(NewIrql);
}

/* Another name of KeLowerIrql. Doc: wdm.h KeLowerIrql */
VOID NTAPI KfLowerIrql(KIRQL NewIrql)
{
    KeLowerIrql(NewIrql);
}
