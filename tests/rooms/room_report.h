/* SPDX-License-Identifier: MIT */
/* room_report.h - what a room's test hands to a driver of its own, and gets back.
 *
 * The drivers here are entered by a room's test and not by a machine: DriverEntry gets this in
 * place of a driver object, runs the part asked for, and notes each check that failed.
 */
#ifndef TESTS_ROOM_REPORT_H
#define TESTS_ROOM_REPORT_H

#define ROOM_FAILURES_MAX 32

struct room_report {
    unsigned part; /* in: which checks to run */
    unsigned checks, failed;
    struct {
        const char *what;
        int line;
        unsigned long long is;
    } failures[ROOM_FAILURES_MAX];
    void *argument; /* in: for the part */
};

#ifdef ROOM_DRIVER
static struct room_report *room;

static void room_check(int is_right, unsigned long long is, const char *what, int line)
{
    room->checks++;
    if (is_right)
        return;
    if (room->failed < ROOM_FAILURES_MAX) {
        room->failures[room->failed].what = what;
        room->failures[room->failed].line = line;
        room->failures[room->failed].is = is;
    }
    room->failed++;
}

#define CHECK(condition) room_check((condition) ? 1 : 0, 0, #condition, __LINE__)
#define CHECK_IS(value, wanted)                                                                \
    do {                                                                                       \
        unsigned long long is_ = (unsigned long long)(value);                                  \
        room_check(is_ == (unsigned long long)(wanted), is_, #value " is " #wanted, __LINE__); \
    } while (0)
#endif

#endif
