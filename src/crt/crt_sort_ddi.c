/* SPDX-License-Identifier: MIT */
/* crt_sort_ddi.c - qsort, bsearch and rand for drivers.
 *
 * The comparison is the driver's own code and runs inside the call; an exception in it drops
 * the sort's frames, which own nothing. IRQL: any, as long as code and array are resident.
 * Doc: the C run-time reference, page by name.
 */
#include "crt_ddi.h"

#include "crt/sort.h"

/* One generator for all drivers, as in the kernel. atomic: lost steps do no harm. */
static uint32_t rand_state = 1;

DDI(void, ddi_qsort, (void *base, size_t count, size_t size, crt_compare *compare))
{
    crt_qsort(base, count, size, compare);
}

DDI(void *, ddi_bsearch,
    (const void *key, const void *base, size_t count, size_t size, crt_compare *compare))
{
    return crt_bsearch(key, base, count, size, compare);
}

DDI(int, ddi_rand, (void))
{
    uint32_t state = __atomic_load_n(&rand_state, __ATOMIC_RELAXED);
    int value = crt_rand(&state);
    __atomic_store_n(&rand_state, state, __ATOMIC_RELAXED);
    return value;
}

DDI(void, ddi_srand, (unsigned seed))
{
    __atomic_store_n(&rand_state, seed, __ATOMIC_RELAXED);
}

DDI(void, ddi_qsort_s,
    (void *base, size_t count, size_t size, crt_compare_s *compare, void *context))
{
    crt_qsort_s(base, count, size, compare, context);
}

DDI(void *, ddi_bsearch_s,
    (const void *key, const void *base, size_t count, size_t size, crt_compare_s *compare,
     void *context))
{
    return crt_bsearch_s(key, base, count, size, compare, context);
}
