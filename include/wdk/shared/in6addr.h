/* SPDX-License-Identifier: MIT */
/* in6addr.h - an IPv6 address, in network byte order. */
#ifndef _IN6ADDR_
#define _IN6ADDR_

#include <basetsd.h>

typedef struct in6_addr {
    union {
        UINT8 Byte[16];
        UINT16 Word[8];
    } u;
} IN6_ADDR, *PIN6_ADDR, *LPIN6_ADDR;
#define in_addr6 in6_addr
#define _S6_un   u
#define _S6_u8   Byte
#define s6_addr  _S6_un._S6_u8
#define s6_bytes u.Byte
#define s6_words u.Word

#endif
