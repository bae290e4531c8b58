/* SPDX-License-Identifier: MIT */
/* crt_memory_ddi.c - memory functions for drivers: the native C library's, entered by ms_abi.
 *
 * IRQL: any, as long as the memory is resident. Doc: the C run-time reference, page by name.
 */
#include "crt_ddi.h"

#include "crt/string.h"

#include <string.h>

DDI(void *, ddi_memcpy, (void *to, const void *from, size_t count))
{
    /* Windows' memcpy is memmove in disguise, and drivers have come to rely on it. */
    return memmove(to, from, count);
}

DDI(void *, ddi_memmove, (void *to, const void *from, size_t count))
{
    return memmove(to, from, count);
}

DDI(void *, ddi_memset, (void *to, int value, size_t count))
{
    return memset(to, value, count);
}

DDI(int, ddi_memcmp, (const void *a, const void *b, size_t count))
{
    return memcmp(a, b, count);
}

DDI(void *, ddi_memchr, (const void *in, int value, size_t count))
{
    return memchr(in, value, count);
}

DDI(int, ddi_memcpy_s, (void *to, size_t size, const void *from, size_t count))
{
    return crt_memcpy_s(to, size, from, count);
}

DDI(int, ddi_memmove_s, (void *to, size_t size, const void *from, size_t count))
{
    return crt_memmove_s(to, size, from, count);
}

DDI(void *, ddi__memccpy, (void *to, const void *from, int value, size_t count))
{
    return memccpy(to, from, value, count);
}

DDI(int, ddi__memicmp, (const void *a, const void *b, size_t count))
{
    const unsigned char *x = a, *y = b;
    for (size_t i = 0; i < count; i++) {
        int order = crt_tolower(x[i]) - crt_tolower(y[i]);
        if (order)
            return order < 0 ? -1 : 1;
    }
    return 0;
}
