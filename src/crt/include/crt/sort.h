/* SPDX-License-Identifier: MIT */
/* crt/sort.h - qsort, bsearch and rand with Windows-convention callbacks.
 *
 * A comparison that contradicts itself gives some order, never an access outside the array.
 */
#pragma once

#include "crt/abi.h"

#include <stddef.h>
#include <stdint.h>

typedef int crt_compare(const void *a, const void *b) CRT_MS_ABI;
typedef int crt_compare_s(void *context, const void *a, const void *b) CRT_MS_ABI;

void crt_qsort(void *base, size_t count, size_t size, crt_compare *compare);
void crt_qsort_s(void *base, size_t count, size_t size, crt_compare_s *compare, void *context);
void *crt_bsearch(const void *key, const void *base, size_t count, size_t size,
                  crt_compare *compare);
void *crt_bsearch_s(const void *key, const void *base, size_t count, size_t size,
                    crt_compare_s *compare, void *context);

/* The generator of Microsoft's run-time: 15 bits a step; the state after srand(n) is n, and 1 at
 * the start. The caller keeps the state (per thread in msvcrt). */
#define CRT_RAND_MAX 0x7fff
int crt_rand(uint32_t *state);
