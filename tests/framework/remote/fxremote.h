/* SPDX-License-Identifier: MIT */
/* fxremote.h - what the test's program asks the driver fxremote for. */
#ifndef FXREMOTE_H
#define FXREMOTE_H

#define FXREMOTE_CODE(n) \
    CTL_CODE(FILE_DEVICE_UNKNOWN, 0xa00 + (n), METHOD_BUFFERED, FILE_ANY_ACCESS)
#define FXREMOTE_OPEN      FXREMOTE_CODE(1) /* in: one of the ways below */
#define FXREMOTE_CLOSE     FXREMOTE_CODE(2)
#define FXREMOTE_STATE     FXREMOTE_CODE(3) /* out: struct fxremote_state */
#define FXREMOTE_VETO      FXREMOTE_CODE(4) /* in: whether the far device refuses to be removed */
#define FXREMOTE_FAIL      FXREMOTE_CODE(5) /* the far device fails: removed by surprise */
#define FXREMOTE_WAIT_GONE FXREMOTE_CODE(6) /* until EvtIoTargetRemoveComplete has run */
#define FXREMOTE_ASK       FXREMOTE_CODE(7) /* a control through the target; fails if it cannot */

enum { FXREMOTE_DEFAULT, FXREMOTE_REFUSES, FXREMOTE_FOLLOWS };

struct fxremote_state {
    unsigned state; /* WDF_IO_TARGET_STATE */
    unsigned queries, cancels, completes;
};

#endif
