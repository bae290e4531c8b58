/* SPDX-License-Identifier: MIT */
/* kit.h - a machine with the toy drivers installed as services, for the tests beside it.
 *
 * The test's thread becomes a kernel thread of the machine. A machine that stops must have left
 * nothing behind.
 */
#ifndef PNP_KIT_H
#define PNP_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <ntifs.h>

#include "pnp/pnp.h"
#include "toy.h"

extern struct toy_shared toy;

int machine_start(void **state); /* cmocka's setup and teardown */
int machine_stop(void **state);
/* Boot and shutdown without a test; machine_down returns what was left behind. */
void machine_up(void);
unsigned machine_down(void);

/* A driver's service; the shared memory's address stands in its Parameters key. */
void service_make(const char *folder, const char *name, void *shared);

/* What the log has said since the machine started. */
bool log_has(const char *text);

/* A value below \Registry\Machine\System\CurrentControlSet. */
void value_set(const char *key, const char *name, ULONG type, const void *data, ULONG length);
void text_set(const char *key, const char *name, const char *text);
/* texts: "a", "b", NULL */
void list_set(const char *key, const char *name, const char *const *texts);
bool value_get(const char *key, const char *name, void *out, ULONG room);

/* ROOT\TOYBUS\0000 with its driver, started; referenced. */
struct device_node *bus_create(void);
/* The Enum key of a slot's device names toy_function and the two filters. */
void slot_install(const char *instance);
void plug(int at, int id); /* serial id, unique */
void unplug(int at);
/* The bus reports; returns when everything it leads to is done. */
void bus_look(struct device_node *bus);
struct device_node *node_get(const char *instance); /* referenced; NULL: none */
struct pnp_status status_of(const char *instance);
bool is_started(const char *instance);

/* The journal as "role:what:device ..." of the requests between two points. */
void journal_clear(void);
/* Entries of one kind, any role when role < 0. */
unsigned journal_count(int role, unsigned what);
/* The place of an entry; -1: none. */
int journal_find(unsigned role, unsigned what, int device);

/* Until impatience_end: once a driver keeps a request, or (is_inside) stays inside of one or lets
 * one above it stay, its time is up. */
void impatience_begin(bool is_inside);
void impatience_end(void);

/* A file on a device's stack; NULL: it could not be opened. */
void *toy_open(const char *instance, NTSTATUS *out_status);
void toy_close(void *file);
/* Sends a read that pends; the state tells how it ended. */
struct pending_read {
    KEVENT done;
    NTSTATUS status;
};
void toy_read(void *file, struct pending_read *read);
void toy_send(void *file, unsigned char major, struct pending_read *read);
NTSTATUS toy_read_wait(struct pending_read *read);

#endif
