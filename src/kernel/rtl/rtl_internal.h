/* SPDX-License-Identifier: MIT */
/* rtl_internal.h - what the files of this room share: the allocator and string basics. */
#ifndef RTL_INTERNAL_H
#define RTL_INTERNAL_H

#include "rtl/rtl.h"

/* Tag of strings that this room allocates: "Strg" in a dump. */
#define RTL_STRING_TAG 0x67727453u

/* From the allocator that ex set. NULL: no memory. */
void *rtl_allocate(size_t length, ULONG tag);

/* A counted UTF-16 string never holds more bytes than this. */
#define UNICODE_STRING_BYTES_MAX 0xfffeu

#endif
