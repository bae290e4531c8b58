/* SPDX-License-Identifier: MIT */
/* inaddr.h - an IPv4 address, in network byte order. */
#ifndef _INADDR_
#define _INADDR_

#include <basetsd.h>

typedef struct in_addr {
    union {
        struct {
            UINT8 s_b1, s_b2, s_b3, s_b4;
        } S_un_b;
        struct {
            UINT16 s_w1, s_w2;
        } S_un_w;
        UINT32 S_addr;
    } S_un;
#define s_addr  S_un.S_addr
#define s_net   S_un.S_un_b.s_b1
#define s_host  S_un.S_un_b.s_b2
#define s_lh    S_un.S_un_b.s_b3
#define s_impno S_un.S_un_b.s_b4
#define s_imp   S_un.S_un_w.s_w2
} IN_ADDR, *PIN_ADDR, *LPIN_ADDR;

#endif
