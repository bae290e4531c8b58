/* SPDX-License-Identifier: MIT */
/* sort.c - qsort as a heap sort in place, bsearch, and Microsoft's rand.
 *
 * Heap sort: no recursion on a driver's stack, no bad case, and every index is computed from
 * counts alone, so a comparison that lies cannot lead outside the array.
 */
#include "crt/sort.h"

#include <stdbool.h>
#include <string.h>

/* Either kind of comparison behind one call. */
struct order {
    crt_compare *compare;
    crt_compare_s *compare_s;
    void *context;
};

static int order_of(const struct order *order, const void *a, const void *b)
{
    return order->compare ? order->compare(a, b) : order->compare_s(order->context, a, b);
}

static void swap_elements(char *a, char *b, size_t size)
{
    char temporary[64];
    while (size) {
        size_t n = size < sizeof(temporary) ? size : sizeof(temporary);
        memcpy(temporary, a, n);
        memcpy(a, b, n);
        memcpy(b, temporary, n);
        a += n;
        b += n;
        size -= n;
    }
}

/* Lets the element at root sink until the heap of count elements is one again. */
static void sink(char *base, size_t root, size_t count, size_t size, const struct order *order)
{
    while (root < count / 2) {
        size_t child = 2 * root + 1;
        if (child + 1 < count &&
            order_of(order, base + child * size, base + (child + 1) * size) < 0)
            child++;
        if (order_of(order, base + root * size, base + child * size) >= 0)
            return;
        swap_elements(base + root * size, base + child * size, size);
        root = child;
    }
}

static void sort(char *base, size_t count, size_t size, const struct order *order)
{
    if (count < 2 || size == 0)
        return;
    for (size_t root = count / 2; root-- > 0;)
        sink(base, root, count, size, order);
    for (size_t last = count - 1; last > 0; last--) {
        swap_elements(base, base + last * size, size);
        sink(base, 0, last, size, order);
    }
}

static void *search(const void *key, const char *base, size_t count, size_t size,
                    const struct order *order)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int r = order_of(order, key, base + middle * size);
        if (r == 0)
            return (void *)(base + middle * size);
        if (r < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

void crt_qsort(void *base, size_t count, size_t size, crt_compare *compare)
{
    sort(base, count, size, &(struct order){.compare = compare});
}

void crt_qsort_s(void *base, size_t count, size_t size, crt_compare_s *compare, void *context)
{
    sort(base, count, size, &(struct order){.compare_s = compare, .context = context});
}

void *crt_bsearch(const void *key, const void *base, size_t count, size_t size,
                  crt_compare *compare)
{
    return search(key, base, count, size, &(struct order){.compare = compare});
}

void *crt_bsearch_s(const void *key, const void *base, size_t count, size_t size,
                    crt_compare_s *compare, void *context)
{
    return search(key, base, count, size,
                  &(struct order){.compare_s = compare, .context = context});
}

int crt_rand(uint32_t *state)
{
    *state = *state * 214013u + 2531011u;
    return (int)(*state >> 16 & CRT_RAND_MAX);
}
