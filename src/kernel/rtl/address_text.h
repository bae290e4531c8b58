/* SPDX-License-Identifier: MIT */
/* address_text.h - Internet addresses read from text and written; for address_ddi.c only. */
#ifndef RTL_ADDRESS_TEXT_H
#define RTL_ADDRESS_TEXT_H

#include <stdbool.h>

#include "rtl/rtl.h"

/* The longest text: "[ffff:…:255.255.255.255%4294967295]:65535" and its end. */
#define ADDRESS_TEXT_MAX 72

/* Text of either kind of character that ends with 0; only ASCII has a meaning in it. */
struct address_text {
    const WCHAR *wide; /* NULL: narrow */
    const char *narrow;
};

/* Writes without an end; answers how many characters. */
unsigned address4_write(const UCHAR bytes[4], char *out_text);
unsigned address6_write(const UCHAR bytes[16], char *out_text);
/* With port (network byte order, 0: none) and scope (0: none). */
unsigned address4_write_full(const UCHAR bytes[4], USHORT port, char *out_text);
unsigned address6_write_full(const UCHAR bytes[16], ULONG scope, USHORT port, char *out_text);

/* false: no address. *out_end: the first character that does not belong to it. */
bool address4_read(const struct address_text *text, bool is_strict, unsigned *out_end,
                   UCHAR out_bytes[4]);
bool address6_read(const struct address_text *text, unsigned at, unsigned *out_end,
                   UCHAR out_bytes[16]);
/* The whole text must be an address with its port; the port in network byte order. */
bool address4_read_full(const struct address_text *text, bool is_strict, UCHAR out_bytes[4],
                        USHORT *out_port);
bool address6_read_full(const struct address_text *text, UCHAR out_bytes[16], ULONG *out_scope,
                        USHORT *out_port);

#endif
