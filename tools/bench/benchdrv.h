/* SPDX-License-Identifier: MIT */
/* benchdrv.h - the controls of benchdrv.sys, for the driver and for both of its callers.
 *
 * Included after a header that has CTL_CODE, or without one: the numbers are given then.
 */
#ifndef BENCHDRV_H
#define BENCHDRV_H

#include <stdint.h>

/* CTL_CODE(FILE_DEVICE_UNKNOWN, 0x830 + n, method, FILE_ANY_ACCESS) */
#define BENCH_CODE(n, method) (0x22u << 16 | (0x830u + (n)) << 2 | (method))

#define IOCTL_BENCH          BENCH_CODE(0, 0) /* adds one to 8 bytes */
#define IOCTL_BENCH_DIRECT   BENCH_CODE(1, 2) /* METHOD_OUT_DIRECT: answers, touches nothing */
#define IOCTL_BENCH_ECHO     BENCH_CODE(2, 0) /* answers what came in */
#define IOCTL_BENCH_PEND     BENCH_CODE(3, 0) /* waits for one of the next two */
#define IOCTL_BENCH_COMPLETE BENCH_CODE(4, 0) /* completes all that wait */
#define IOCTL_BENCH_LOOP     BENCH_CODE(5, 0) /* struct bench_loop */
#define IOCTL_BENCH_FORWARD  BENCH_CODE(6, 0) /* kmdfbench: as the first, by a manual queue */
#define IOCTL_BENCH_OBJECTS  BENCH_CODE(7, 0) /* kmdfbench: struct bench_loop, turns: objects */
#define IOCTL_BENCH_STARTED  BENCH_CODE(8, 0) /* struct bench_loop: ns of the last start, starts */

enum bench_loop_kind {
    BENCH_LOOP_EMPTY,
    BENCH_LOOP_IRQL,
    BENCH_LOOP_RAISE,
    BENCH_LOOP_TIME,
    BENCH_LOOP_VALUE
};

/* What the driver does turns times. */
struct bench_loop {
    uint32_t what; /* enum bench_loop_kind */
    uint32_t turns;
    uint64_t sum; /* of what it read, so that it is not left out */
};

#endif
