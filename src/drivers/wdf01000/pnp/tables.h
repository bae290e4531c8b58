/* SPDX-License-Identifier: MIT */
/* tables.h - a state machine whose transitions are rows of data.
 *
 * Each table is a file of rows (*_states.def): in STATE, on EVENT, go to NEXT. Entering a state
 * runs its action, which answers an event of its own (a result: the row for it is taken at once)
 * or FX_EVENT_NONE: then the machine waits for its queue. An event without a row in the present
 * state is found among the rows for ANY state; there it may also stay queued (LATER) or be
 * dropped (IGNORE). A test that looks at the counters includes this file, too.
 */
#ifndef WDF01000_PNP_TABLES_H
#define WDF01000_PNP_TABLES_H

#include <ntddk.h>

struct fx_device;

#define FX_EVENT_NONE     0
#define FX_EVENT_DONE     1 /* results of actions, the same in all machines */
#define FX_EVENT_FAILED   2
#define FX_EVENT_YES      3
#define FX_EVENT_NO       4
#define FX_EVENT_FIRST    5 /* the machine's own events begin here */
#define FX_STATE_ANY      0xFF
#define FX_NEXT_LATER     0xFE /* stays in the queue until the state has changed */
#define FX_NEXT_IGNORE    0xFD
#define FX_EVENTS_MAX     32 /* an event stands in the queue once */
#define FX_HISTORY_LENGTH 16

struct fx_row {
    UCHAR state;
    UCHAR event;
    UCHAR next;
    const char *mark; /* the test that has walked the row; NULL: none has */
};

struct fx_state {
    const char *name;
    USHORT public_state;    /* the public enumeration's value */
    USHORT public_state_np; /* the same for a device that may not page; equal when it has none */
    UCHAR (*enter)(struct fx_device *device);
};

/* One a table, constant, but for the counters. */
struct fx_table {
    const char *name;
    const struct fx_state *states;
    UCHAR state_count;
    UCHAR first_state;
    const char *const *event_names;
    const struct fx_row *rows;
    ULONG row_count;
    volatile LONG *walked; /* how often each row was taken, since the Framework was loaded */
    /* The client's state-change callbacks; NULL: nobody may listen. */
    void (*notify)(struct fx_device *device, ULONG type, ULONG state, ULONG next);
    /* An event was dropped: who waits for an answer gets it. */
    void (*ignored)(struct fx_device *device, UCHAR event);
};

#define FX_TABLES 3

#endif
