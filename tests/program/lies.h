/* SPDX-License-Identifier: MIT */
/* lies.h - what lies.c and lies_driver.c agree on; the same for programs of every width. */
#ifndef LIES_H
#define LIES_H

#define LIES_TOUCH   0x00222000 /* METHOD_BUFFERED: struct lies_touch, answered by a status */
#define LIES_CHAIN   0x00222007 /* METHOD_NEITHER: struct lies_node in, a number out */
#define LIES_NEITHER 0x0022200b /* METHOD_NEITHER: bytes from in to out, inverted */

enum { LIES_READ, LIES_WRITE, LIES_LOCK_READ, LIES_LOCK_WRITE };

struct lies_touch {
    unsigned long long address;
    unsigned int length, alignment, how, unused;
};

/* A list in the program's memory. */
struct lies_node {
    unsigned int next; /* address; 0: the last */
    unsigned int value;
};

#endif
