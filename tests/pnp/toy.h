/* SPDX-License-Identifier: MIT */
/* toy.h - what the toy drivers share with the test that loads them: what they shall do, and a
 * journal of what they were asked. It is the test's own memory; its address stands in each
 * driver's Parameters key. Included by PE drivers and by the native test.
 */
#ifndef PNP_TOY_H
#define PNP_TOY_H

#define TOY_SLOTS    8
#define TOY_JOURNAL  4096
#define TOY_MINORS   32
#define TOY_MESSAGES 8

enum toy_role { TOY_BUS, TOY_LOWER, TOY_FUNCTION, TOY_UPPER, TOY_PDO, TOY_ROLES };

/* Entries of the journal beside the minor codes. */
#define TOY_ENTRY  0x100 /* DriverEntry */
#define TOY_ADD    0x101 /* AddDevice */
#define TOY_UNLOAD 0x102
#define TOY_UP     0x200 /* | minor: the request on its way back up */

struct toy_slot {
    int is_present;   /* the test plugs and unplugs */
    int id;           /* which device: TOYBUS\DEV<id> */
    int serial;       /* its instance */
    int is_unique;    /* UniqueID */
    int is_raw;       /* RawDeviceOK */
    int can_lock;     /* LockSupported */
    int pages;        /* of memory it wants; 0: none */
    int line;         /* the interrupt line it wants; 0: none */
    int last_line;    /* not 0: any line up to this one would do, but it does not share it */
    int ports;        /* it wants these many ports from a small range; 0: none */
    int channel;      /* it wants a DMA channel 0..1 */
    int is_channel_0; /* and no other than 0 would do */
    int messages;     /* it wants these many messages for interrupts */
    int container;    /* not 0: which container it says it is in */
    int is_removable; /* Removable: it can be taken out of its parent */
    void *pdo;        /* the bus's own */
};

struct toy_entry {
    unsigned role, what;
    int device; /* the slot's id; -1: the bus itself */
};

struct toy_shared {
    int fails[TOY_ROLES][TOY_MINORS];  /* NTSTATUS that the driver completes the request with */
    int pends[TOY_ROLES][TOY_MINORS];  /* it completes the request later, on a worker */
    int eats[TOY_ROLES][TOY_MINORS];   /* it keeps the request until released */
    int blocks[TOY_ROLES][TOY_MINORS]; /* it stays inside its dispatch routine until released */
    int only; /* id of the device whose requests are eaten or kept inside; 0: all */
    int fails_entry[TOY_ROLES], fails_add[TOY_ROLES];
    int fails_power[TOY_ROLES];   /* NTSTATUS that the driver answers IRP_MN_QUERY_POWER with */
    int power_first, power_last;  /* roles: who was told of the system's state first, and last */
    int state;                    /* what IRP_MN_QUERY_PNP_DEVICE_STATE says of a slot's device */
    int slot_of_state;            /* its id */
    int reports_twice;            /* the bus reports its first child twice */
    int removal_of, removal_with; /* ids: the first names the second as a removal relation */
    struct toy_slot slot[TOY_SLOTS];
    volatile int count; /* of the journal */
    struct toy_entry journal[TOY_JOURNAL];
    volatile int devices, adds, removes, reads_pending, released;
    void *volatile eaten;    /* the request that was eaten */
    volatile int stuck;      /* how often a request was eaten or a driver stayed inside */
    long long start, length; /* what the last START brought: first memory or port range */
    unsigned vector;
    unsigned message_count;                         /* connected by the last START */
    volatile unsigned message_vector[TOY_MESSAGES]; /* of each */
    volatile int message_calls[TOY_MESSAGES];       /* of the service routine */
};

#endif
