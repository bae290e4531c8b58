/* SPDX-License-Identifier: MIT */
/* sim_internal.h - the simulated ground's own thread and its scheduler.
 *
 * One thread holds the baton and runs; all others are parked, each on its own word.
 * Everything here belongs to the holder of the baton, so nothing needs a lock.
 * No decision may depend on an address, on real time or on who of two real threads
 * was faster: that is what makes a seed replayable.
 */
#ifndef HOST_SIM_INTERNAL_H
#define HOST_SIM_INTERNAL_H

#include "base/list.h"
#include "host_internal.h"

/* What one scheduling point costs, so that polling loops come to an end. */
#define SIM_STEP_NS 100u
/* What reading the clock costs: a loop that does nothing else ends too. */
#define SIM_LOOK_NS 10u

enum sim_state {
    SIM_READY,   /* may be drawn; the running thread is ready too */
    SIM_WAITING, /* on word, until deadline */
    SIM_JOINING, /* until joined has ended */
    SIM_ENDED,
};

struct sim_thread {
    struct host_thread host;
    struct list link;    /* in the scheduler's list, in order of creation */
    unsigned int number; /* 0: the first that called */
    enum sim_state state;
    _Atomic uint32_t *word;
    uint32_t expected;
    uint64_t deadline;
    int result;                 /* of the wait */
    struct sim_thread *joined;  /* SIM_JOINING */
    _Atomic uint32_t baton;     /* atomic: 1 when it is this thread's turn */
    struct sim_thread *arrival; /* next in the list of foreign threads that wait to be let in */
};

/* The calling thread, adopted if need be: the first becomes thread 0 and holds the baton. */
struct sim_thread *sim_self(void);

/* Puts a thread that has not run yet among those that may be drawn. */
void sim_enter(struct sim_thread *thread);
/* The first thread takes the baton; a later foreign one waits to be let in and drawn. */
void sim_arrive(struct sim_thread *thread);
/* A scheduling point of the calling thread, whose state says whether it may be drawn again.
 * Returns when it is drawn, with the result of its wait (0 if it did not wait), having offered
 * it the interrupt that it is due. */
int sim_point(struct sim_thread *self);
/* The last point of a thread that has ended: passes the baton on and returns at once. */
void sim_leave(struct sim_thread *self);
/* Blocks a new thread until it is drawn for the first time. */
void sim_await(struct sim_thread *self);
/* Makes up to count threads that wait on word ready; which, is drawn. */
void sim_wake(const _Atomic uint32_t *word, int count);

/* Virtual time. */
uint64_t sim_now(void);
void sim_advance(uint64_t ns);

#endif
