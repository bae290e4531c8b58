/* SPDX-License-Identifier: MIT */
/* fxkit.h - a machine with the toy drivers of the Framework, for the tests beside it.
 *
 * Children of the toy bus are FXBUS\TOY\1 to 4: the function driver, and a filter above it.
 */
#ifndef FXKIT_H
#define FXKIT_H

#include "kit.h"

#include "fxtoy.h"
#include "po/po.h"
#include "tables.h"

extern struct fxtoy_shared fxtoy;
extern KEVENT exit_event, entry_event, read_event, wake_event, gone_event;

int fx_machine_start(void **state); /* cmocka's setup and teardown */
int fx_machine_stop(void **state);
/* A test between the file's begin and end, with the machine's signal handlers: drivers read the
 * shared-data page, and cmocka would take the first such read for a crash. */
void fx_test_run(void **state);
#define FX_TEST(test) {#test, fx_test_run, begin, end, (void *)(test)}
/* The bus, started, its callbacks forgotten; referenced. */
struct device_node *fx_bus_create(void);
void fx_plug(int id); /* and lets the bus look */
void fx_unplug(int id);
const char *fx_name(int id); /* the child's instance */

/* Waits for one of the events above, or for the end of the one function device. */
void fx_wait(PKEVENT event);
void fx_wait_gone(void);

/* A command to the function driver of a child, or to the bus (id 0); its status. */
int fx_command(int id, enum fxtoy_command command, int argument);
void fx_states(int id, int *out_pnp, int *out_power, int *out_policy);

/* The bus says that a child has signalled. */
int fx_bus_wake(int id);
int fx_bus_wake_with(int id, int status);
/* Looks until the child's policy says that it has idled and rests in its low state. */
void fx_idle_settle(int id);

/* A PNP IRP of the test's own to a child's stack: the Plug and Play manager does not know of it. */
int fx_pnp(int id, unsigned char minor);
int fx_usage(int id, DEVICE_USAGE_NOTIFICATION_TYPE type, bool in);

/* The callbacks of a role since the last call of fx_forget, names with blanks between. */
void fx_forget(void);
const char *fx_journal(int role, int id);
#define fx_expect(role, id, text) assert_string_equal(fx_journal(role, id), text)
#define bus_did(text)             fx_expect(FXTOY_BUS, -1, text)
#define child_did(text)           fx_expect(FXTOY_CHILD, 1, text) /* the first child's PDO */
#define function_did(text)        fx_expect(FXTOY_FUNCTION, 1, text)
#define filter_did(text)          fx_expect(FXTOY_FILTER, -1, text)
/* The place of a callback in the journal; -1: it did not come. */
int fx_place(int role, int callback, int id);
int fx_argument(int role, int callback, int id);

/* What every start and every orderly removal look like. */
#define STARTS "PrepareHardware D0Entry PostInterrupts SelfInit"
#define STOPS  "SelfSuspend PreInterrupts D0Exit ReleaseHardware"
#define GOES   "SelfFlush SelfCleanup Cleanup Destroy"
#define DOWN   "SelfSuspend PreInterrupts D0Exit"
#define UP     "D0Entry PostInterrupts SelfRestart"

/* The three tables of wdf01000.sys. */
const struct fx_table *fx_table(unsigned which);
/* In a file's end: the rows that its machine has walked. */
void fx_rows_collect(void);
/* Has one been walked by now? text: as fx_rows_check prints it. */
bool fx_row_is_walked(const char *text);
/* A file's last test: those that are marked with its name must have been among them. */
void fx_rows_check(const char *mark);
#define FX_ROWS_TEST(name)            \
    static void name##_rows(void **s) \
    {                                 \
        (void)s;                      \
        fx_rows_check(#name);         \
    }

#endif
