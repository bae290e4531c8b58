/* SPDX-License-Identifier: MIT */
/* sixteen.c - 16-bit programs are for the host of 32-bit ones. */
#include "sixteen.h"

bool sixteen_is_here(void)
{
    return false;
}

void sixteen_offer(const char *folder, const char *host_folder)
{
}

void sixteen_run(void *bytes, size_t size, const char *path, const char *folder,
                 const char *host_folder)
{
    __builtin_unreachable();
}
