/* SPDX-License-Identifier: MIT */
/* selector_ddi.c - KERNEL: selectors that programs make and change.
 *
 * Those of global blocks and modules are theirs: they are not freed here.
 */
#include "abi/win16.h"
#include "kernel_internal.h"
#include "loader16/memory16.h"
#include "loader16/module16.h"

#define TILE        8u
#define TILE_BYTES  0x10000u
#define ARRAY_MOST  256u
#define RIGHTS_CODE 0x0008u
#define RIGHTS_DATA 0x00f2u /* present, privilege 3, writable */
#define RIGHTS_EXEC 0x00fau
#define RIGHTS_READ 0x00f0u

static uint16_t alias(uint16_t selector, enum cpu16_segment kind)
{
    return selector_is(selector)
               ? selector_take(selector_base(selector), selector_bytes(selector), kind)
               : 0;
}

/* A copy of a selector; of 0 one that describes nothing yet. */
uint32_t kernel16_AllocSelector(uint16_t selector)
{
    static uint8_t nothing;
    return selector ? alias(selector, selector_kind(selector))
                    : selector_take(&nothing, 1, CPU16_DATA);
}

uint32_t kernel16_AllocSelectorArray(uint16_t count)
{
    static uint8_t nothing;
    uint16_t first = count && count <= ARRAY_MOST
                         ? selector_take_tiled(&nothing, (size_t)count * TILE_BYTES, CPU16_DATA)
                         : 0;
    for (unsigned i = 0; first && i < count; i++)
        selector_set((uint16_t)(first + i * TILE), &nothing, 1, CPU16_DATA);
    return first;
}

/* 0, or the selector when it is none that may be freed. */
uint32_t kernel16_FreeSelector(uint16_t selector)
{
    unsigned segment;
    if (!selector_is(selector) || block16_find(selector) ||
        module16_by_selector(selector, &segment))
        return selector;
    selector_give(selector, 1);
    return 0;
}

uint32_t kernel16_AllocCStoDSAlias(uint16_t selector)
{
    return alias(selector, CPU16_DATA);
}

uint32_t kernel16_AllocDStoCSAlias(uint16_t selector)
{
    return alias(selector, CPU16_CODE);
}

uint32_t kernel16_AllocAlias(uint16_t selector)
{
    return alias(selector, CPU16_DATA);
}

/* to becomes what from is, code for data and data for code. */
uint32_t kernel16_PrestoChangoSelector(uint16_t from, uint16_t to)
{
    enum cpu16_segment kind = selector_kind(from) == CPU16_CODE ? CPU16_DATA : CPU16_CODE;
    if (!selector_is(from) || !selector_is(to) ||
        selector_set(to, selector_base(from), selector_bytes(from), kind))
        return 0;
    return to;
}

uint32_t kernel16_GetSelectorBase(uint16_t selector)
{
    return (uint32_t)(uintptr_t)selector_base(selector);
}

uint32_t kernel16_SetSelectorBase(uint16_t selector, uint32_t base)
{
    return selector_set(selector, (void *)(uintptr_t)base, selector_bytes(selector),
                        selector_kind(selector))
               ? 0
               : selector;
}

uint32_t kernel16_GetSelectorLimit(uint16_t selector)
{
    return selector_limit(selector);
}

uint32_t kernel16_SetSelectorLimit(uint16_t selector, uint32_t limit)
{
    if (limit < UINT32_MAX)
        selector_set(selector, selector_base(selector), (size_t)limit + 1, selector_kind(selector));
    return 0;
}

/* what 0: answers the rights; 1: sets them. */
uint32_t kernel16_SelectorAccessRights(uint16_t selector, uint16_t what, uint16_t rights)
{
    static const uint16_t of_kind[] = {RIGHTS_DATA, RIGHTS_EXEC, RIGHTS_READ};
    if (!selector_is(selector))
        return 0;
    if (!what)
        return of_kind[selector_kind(selector)];
    selector_set(selector, selector_base(selector), selector_bytes(selector),
                 rights & RIGHTS_CODE ? CPU16_CODE : CPU16_DATA);
    return 0;
}
