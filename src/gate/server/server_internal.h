/* SPDX-License-Identifier: MIT */
/* server_internal.h - a connected program and the kernel halves of its threads. */
#ifndef SERVER_INTERNAL_H
#define SERVER_INTERNAL_H

#include "base/list.h"
#include "host/host.h"
#include "ps/ps.h"
#include "server/server.h"
#include "wire/wire.h"

struct program;

/* The kernel half of one thread of a program; one for each channel in use. */
struct companion {
    struct program *program;
    uint32_t index;               /* of the channel; set once */
    struct wire_channel *channel; /* set once */
    uint64_t window_base;         /* of the program's window; set once */
    uint64_t window_here;         /* where it lies here; set once */
    KEVENT may_begin;             /* not signalled while created suspended */
    int32_t suspend_count;        /* guarded by the companions' lock */
    bool has_begun;               /* the same */
};

struct program {
    struct list link;         /* server's list; guarded by the server's lock */
    int socket;               /* set once; closed by its connection thread */
    struct process *process;  /* referenced */
    struct wire_link *shared; /* the link file, mapped */
    int link_fd;
    struct host_lock lock; /* guards: companions, shared->map_head */
    struct companion *companions[WIRE_CHANNELS];
    _Atomic bool is_over;     /* the socket is closed or a goodbye was said */
    _Atomic uint32_t is_gone; /* the process was run down; waited on */
};

/* program.c: all of a program's life, on its connection's thread (a system thread that
 * holds no processor). Takes the socket and the descriptors. */
void program_serve(int socket, const struct wire_hello *hello, const int *descriptors,
                   unsigned count);
void program_goodbye(struct program *program, const char *text, uint32_t code);
/* The list of programs; server.c. */
void program_enlist(struct program *program);
void program_delist(struct program *program);

/* companion.c: a new channel with a thread behind it, in program. Gives a reference. */
NTSTATUS companion_create(struct program *program, bool is_suspended,
                          struct companion **out_companion, struct process_thread **out_thread);
/* The companion of a thread, with the companions' lock held; NULL (and not held) when it has
 * none. Given back with companion_unlock. */
struct companion *companion_lock(struct process_thread *thread);
void companion_unlock(void);
/* Asks the program's half of a thread for something (enum wire_ask); under the lock. */
void companion_ask(struct companion *companion, uint32_t ask);
/* Wakes all companions so that they see that their process ends. */
void companions_close(struct program *program);

/* freeze.c: programs stand still while the machine sleeps. freeze_wait holds up who wants to be
 * served; false: it is being ended. */
void freeze_init(void);
void thread_services_init(void);
bool freeze_is_on(void);
bool freeze_wait(void);
void program_freeze(struct program *program, bool freezes);
void programs_freeze(bool freezes); /* all in the list; server.c */

/* child_services_ddi.c: what the holder of a ticket inherits; standard is 0 where it has nothing of
 * its own. False: no such ticket. */
bool child_inherit(uint64_t ticket, struct process *process, uint64_t *standard,
                   bool *out_is_suspended);
/* It has come in: its parent is told. */
void child_came(uint64_t ticket, struct process *process, struct process_thread *thread);
/* A child of the system process is to come with the ticket (0: no memory); hear is called with the
 * children's lock held when it has. Taken back: its process, referenced, or NULL. */
uint64_t child_expect(void (*hear)(struct process *process, void *context), void *context);
struct process *child_expected_take(uint64_t ticket);
/* The parent ends: what it announced and never collected. */
void children_forget(struct process *parent);

/* place.c: the program's name for a folder of the host, and what there is to set and free. */
void place_drive_set(const char *folder);
NTSTATUS place_of_folder(const char *folder, int descriptor, char *out_directory, size_t size);
void place_forget_all(void);

#endif
