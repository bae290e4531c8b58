/* SPDX-License-Identifier: MIT */
/* status_text.c - a status value as a person reads it. */
#include <stdio.h>

#include "base/abi_names.h"
#include "rtl/rtl.h"

#define STATUS_TEXTS      4
#define STATUS_TEXT_BYTES 96

const char *rtl_status_text(NTSTATUS status)
{
    static __thread char texts[STATUS_TEXTS][STATUS_TEXT_BYTES];
    static __thread unsigned next;
    const char *name = abi_status_name((uint32_t)status);
    char *text = texts[next++ % STATUS_TEXTS];

    if (name != NULL)
        snprintf(text, STATUS_TEXT_BYTES, "%s (0x%08x)", name, (uint32_t)status);
    else
        snprintf(text, STATUS_TEXT_BYTES, "0x%08x", (uint32_t)status);
    return text;
}
