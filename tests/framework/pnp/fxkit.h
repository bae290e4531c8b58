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
extern KEVENT held_event, go_event, kept_event;

int fx_machine_start(void **state); /* cmocka's setup and teardown */
int fx_machine_stop(void **state);
/* A test between the file's begin and end, with the machine's signal handlers: drivers read the
 * shared-data page, and cmocka would take the first such read for a crash. */
void fx_test_run(void **state);
#define FX_TEST(test) {#test, fx_test_run, begin, end, (void *)(test)}
/* The bus, started, its callbacks forgotten; referenced. */
struct device_node *fx_bus_create(void);
/* A machine with it; and the end of both, with every child pulled out and no read held. */
struct device_node *fx_bus_begin(void **state);
int fx_bus_end(void **state, struct device_node *bus);
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

/* A START_DEVICE of the test's own, with these resources. */
int fx_pnp_start(int id, PCM_RESOURCE_LIST resources);

/* ---- fxgate.c: IRPs of the test's own, filters that keep or fail one ------------------------- */

/* The filters stand below and above the function driver from the next plugging on. */
void fx_gates_install(void);
void fx_device_disable_next(int id); /* disabled when it is plugged */
void fx_gate(enum fxtoy_gate_place place, enum fxtoy_gate_what what, int major, int minor,
             int state);
#define fx_gate_power(place, what, state) \
    fx_gate(place, what, IRP_MJ_POWER, IRP_MN_SET_POWER, PowerDevice##state)
#define fx_gate_wake(what) fx_gate(FXTOY_BELOW, what, IRP_MJ_POWER, IRP_MN_WAIT_WAKE, -1)
/* What a gate has kept, once it has: goes on down, or back with a status. */
void fx_gate_pass(enum fxtoy_gate_place place);
void fx_gate_end(enum fxtoy_gate_place place, int status);

/* What the function driver does once, in a callback or on entering a state. Before fx_plug for the
 * latter: drivers say beforehand what they want to hear. */
void fx_moment(enum fxtoy_where where, const char *state, int callback, int what, int argument);
void fx_held(void); /* waits until FXTOY_HOLD or FXTOY_STAY has come */
void fx_go(void);   /* lets it go on */

/* Power IRPs that the power manager knows nothing of: to the whole stack, or to the PDO alone. */
struct fx_irp {
    PIRP irp;
    PDEVICE_OBJECT top;
    KEVENT done;
};
enum fx_to { FX_STACK, FX_PDO };
void fx_system_begin(struct fx_irp *to, int id, SYSTEM_POWER_STATE state);
void fx_device_begin(struct fx_irp *to, int id, enum fx_to where, DEVICE_POWER_STATE state);
void fx_wake_begin(struct fx_irp *to, int id, enum fx_to where);
int fx_irp_wait(struct fx_irp *irp); /* its status */
void fx_irp_cancel(struct fx_irp *irp);
int fx_system(int id, SYSTEM_POWER_STATE state);
int fx_device(int id, enum fx_to where, DEVICE_POWER_STATE state);

/* Waits until a row has been walked since the machine started, text as in fx_row_is_walked; or one
 * time more than that. */
void fx_row_wait(const char *text);
unsigned fx_row_count(const char *text);
void fx_row_wait_more(const char *text, unsigned than);
/* Waits until so many devices of the toys are left. */
void fx_devices_wait(int count);
/* Waits until the function's policy is in a state. */
void fx_policy_wait(int id, const char *state);

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
void fx_row_text(const struct fx_table *table, unsigned at, char *text, size_t size);
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
