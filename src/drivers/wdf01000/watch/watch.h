/* SPDX-License-Identifier: MIT */
/* watch.h - the watch room's door: the recorder of one client, as a debugger reads it too.
 *
 * fx.h declares what every room calls (fx_log, fx_violation, fx_absent). This header says how the
 * recorder lies in memory. It is found from the client's fx_globals (recorder) or by its first
 * words in pool with tag FX_RECORDER_TAG.
 */
#ifndef WDF01000_WATCH_H
#define WDF01000_WATCH_H

#include "../fx.h"

#define FX_RECORDER_TAG       'RxFC'
#define FX_RECORDER_MAGIC     0x31525846u /* "FXR1" */
#define FX_RECORDER_BYTES     0x1000u /* of text, unless Parameters\Wdf LogPages (of 4 KiB) says */
#define FX_RECORDER_PAGES_MAX 16u

/* A ring of lines. Line n begins at the offset that the line before ended at, modulo bytes; each is
 * a struct fx_record and its text (no terminator), rounded up to 8 bytes; a record never wraps:
 * length 0 in a record's place, or fewer bytes than a record's head, means "go on at offset 0".
 */
struct fx_recorder {
    ULONG magic; /* FX_RECORDER_MAGIC */
    ULONG bytes; /* of the ring */
    CHAR driver[32];
    KSPIN_LOCK lock; /* guards all below */
    ULONG64 count;   /* lines ever written */
    ULONG next;      /* offset of the next record */
    ULONG oldest;    /* offset of the oldest record that is whole; = next when empty */
    ULONG held;      /* records from oldest to next */
    ULONG pad;
    UCHAR ring[];
};

struct fx_record {
    USHORT length; /* of the text */
    UCHAR level;   /* enum fx_log_level */
    UCHAR irql;
    ULONG number; /* low half of count when it was written */
    LONG64 time;  /* system time, 100 ns */
    CHAR text[];
};

struct fx_recorder *fx_recorder_create(const char *driver, ULONG pages);
void fx_recorder_destroy(struct fx_recorder *recorder);

/* The lines from oldest to newest; visit answers FALSE to stop. IRQL: <= DISPATCH_LEVEL. */
void fx_recorder_walk(struct fx_recorder *recorder,
                      BOOLEAN (*visit)(const struct fx_record *record, void *context),
                      void *context);

#endif
