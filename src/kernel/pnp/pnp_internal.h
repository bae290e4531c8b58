/* SPDX-License-Identifier: MIT */
/* pnp_internal.h - what the files of this room know of each other.
 *
 * The tree is the worker's: only the thread that runs actions changes nodes and links. Others
 * read under pnp_tree_lock, under which links and what pnp_status_get shows are changed.
 */
#ifndef PNP_INTERNAL_H
#define PNP_INTERNAL_H

#include <stdatomic.h>
#include <string.h>

#include "base/assert.h"
#include "base/list.h"
#include "ex/ex.h"
#include "host/host.h"
#include "io/io.h"
#include "ke/ke.h"
#include "pnp/pnp.h"
#include "rtl/rtl.h"

#define PNP_TAG 'pPvC' /* "CvPp" */

/* Zeroed nonpaged pool of the kernel's own; NULL: none. ExFreePoolWithTag(…, PNP_TAG). */
void *pnp_allocate(size_t bytes);
void pnp_free(void *memory); /* NULL is nothing */
/* A terminated copy; Buffer NULL and STATUS_INSUFFICIENT_RESOURCES without memory. */
NTSTATUS pnp_string_copy(const WCHAR *text, size_t characters, UNICODE_STRING *out_copy);
void pnp_string_free(UNICODE_STRING *string);

/* ---- state.c: the documented states of a device node -------------------------------------------
 */

/* Names and numbers as the public debugger shows them. */
enum node_state {
    NODE_UNINITIALIZED = 0x301,
    NODE_INITIALIZED,
    NODE_DRIVERS_ADDED,
    NODE_RESOURCES_ASSIGNED,
    NODE_START_PENDING,
    NODE_START_COMPLETION,
    NODE_START_POST_WORK,
    NODE_STARTED,
    NODE_QUERY_STOPPED,
    NODE_STOPPED,
    NODE_RESTART_COMPLETION,
    NODE_ENUMERATE_PENDING,
    NODE_ENUMERATE_COMPLETION,
    NODE_AWAITING_QUEUED_DELETION,
    NODE_AWAITING_QUEUED_REMOVAL,
    NODE_QUERY_REMOVED,
    NODE_REMOVE_PENDING_CLOSES,
    NODE_REMOVED,
    NODE_DELETE_PENDING_CLOSES,
    NODE_DELETED,
};
#define NODE_STATE_COUNT (NODE_DELETED - NODE_UNINITIALIZED + 1)
const char *node_state_name(enum node_state state);
bool node_state_may_follow(enum node_state from, enum node_state to);
/* How often the machine has gone from one to the other: which rows of the table were seen. */
uint64_t node_state_seen(enum node_state from, enum node_state to);
void node_state_set(struct device_node *node, enum node_state to);

/* ---- node.c, tree.c ---------------------------------------------------------------------------
 */

/* Requests that arrive at any time; the worker takes them all at once. */
#define NODE_ASK_ENUMERATE 1u /* children may have come or gone */
#define NODE_ASK_STATE     2u /* IRP_MN_QUERY_PNP_DEVICE_STATE again */
#define NODE_ASK_EJECT     4u
#define NODE_ASK_CLOSED    8u  /* the last file of a device that waits for that was closed */
#define NODE_ASK_BACK      16u /* a driver that had been given up has answered */

/* What the worker has to do with a node when it passes. */
#define NODE_DO_ENUMERATE 1u
#define NODE_DO_RESTART   2u /* start again what was removed: drivers, stack */
/* Facts. */
#define NODE_IS_ROOT        0x100u  /* made by the root enumerator */
#define NODE_IS_MISSING     0x200u  /* its bus does not report it any more */
#define NODE_IS_SURPRISED   0x400u  /* IRP_MN_SURPRISE_REMOVAL was sent */
#define NODE_IS_ADDED       0x800u  /* AddDevice was called: a remove is owed */
#define NODE_IS_STUCK       0x1000u /* a driver has not come back from a call */
#define NODE_IS_IN_TREE     0x2000u
#define NODE_IS_REPORTED    0x4000u   /* used while an enumeration is compared */
#define NODE_IS_KEYED       0x8000u   /* it has an Enum key */
#define NODE_IS_ASKED       0x10000u  /* query-remove or query-stop is under way for it */
#define NODE_IS_NEW         0x20000u  /* no install was asked for yet */
#define NODE_IS_SHARED      0x40000u  /* the Services\…\Enum list has it */
#define NODE_IS_BACK_AGAIN  0x80000u  /* reported once more before it had quite gone */
#define NODE_IS_REMOVE_SENT 0x100000u /* IRP_MN_REMOVE_DEVICE is with its drivers */

/* Uninstalled while its bus still has it: nobody sees it, it only waits for the bus to report it
 * anew or not any more. */
#define NODE_IS_HIDDEN 0x200000u

/* When the remove was sent the bus did not report it any more: the PDO goes with it. */
#define NODE_IS_REMOVE_LAST 0x400000u

#define NODE_HISTORY 20u

/* The drivers of every device in a stack; each referenced, pool. */
struct stack_drivers {
    DRIVER_OBJECT **driver;
    unsigned count;
};

struct device_node {
    _Atomic uint32_t references;
    struct list sibling, children;  /* pnp_tree_lock */
    struct device_node *parent;     /* pnp_tree_lock; a reference while in the tree */
    DEVICE_OBJECT *pdo;             /* referenced until the node ends; pnp_tree_lock */
    bool is_pdo_gone;               /* removed for good: nothing is sent to it any more */
    enum node_state state;          /* pnp_tree_lock */
    enum node_state back;           /* where a cancelled query leads */
    uint16_t history[NODE_HISTORY]; /* states before, newest at history_at - 1 */
    unsigned history_at;
    uint32_t flags;         /* NODE_DO_*, NODE_IS_*; the worker's */
    _Atomic uint32_t asked; /* NODE_ASK_* */
    struct list ask_link;   /* action lock: waits for the worker */
    ULONG problem;          /* pnp_tree_lock */
    NTSTATUS problem_status;
    UNICODE_STRING instance; /* "ROOT\X\0000"; set once before it is in the tree */
    UNICODE_STRING service;  /* of the function driver; pnp_tree_lock */
    LARGE_INTEGER arrival;   /* when it was first seen, system time; constant */
    DEVICE_CAPABILITIES capabilities;
    PNP_BUS_INFORMATION bus; /* what its parent's bus is */
    bool has_bus;
    PNP_DEVICE_STATE device_state;
    CM_RESOURCE_LIST *boot, *raw, *translated; /* owned; NULL: none. pnp_tree_lock */
    IO_RESOURCE_REQUIREMENTS_LIST *wanted;     /* the bus says; owned; NULL: none */
    IO_RESOURCE_REQUIREMENTS_LIST *filtered;   /* its drivers say; owned; NULL: none */
    struct stack_drivers drivers; /* while IRP_MN_REMOVE_DEVICE is with them; referenced */
};
extern struct host_lock pnp_tree_lock;
extern struct device_node *pnp_root; /* set once at init */

struct device_node *node_create(DEVICE_OBJECT *pdo); /* takes the caller's reference to pdo */
void node_insert(struct device_node *parent, struct device_node *node);
void node_unlink(struct device_node *node); /* and forget who it was */
void node_problem_set(struct device_node *node, ULONG problem, NTSTATUS why);
static inline bool node_is(const struct device_node *node, uint32_t flags)
{
    return (node->flags & flags) != 0;
}
struct device_node *node_of_pdo(const DEVICE_OBJECT *pdo); /* the worker's; no reference */
void node_unanswered_count(void);
/* "ROOT\X\0000" as UTF-8, valid until the eighth call after. */
const char *node_text(const struct device_node *node);
/* Parents before children; the worker's. NULL: the last. */
struct device_node *tree_next(struct device_node *top, struct device_node *at);
/* Children before parents, top last. */
struct device_node *tree_first_up(struct device_node *top);
struct device_node *tree_next_up(struct device_node *top, struct device_node *at);
bool tree_is_below(const struct device_node *node, const struct device_node *top);

/* ---- registry.c: the keys of devices, classes and services --------------------------------------
 */

/* Start of a service key. */
#define SERVICE_BOOT_START   0u
#define SERVICE_SYSTEM_START 1u
#define SERVICE_AUTO_START   2u

#define PNP_ENUM_PATH     L"\\Registry\\Machine\\System\\CurrentControlSet\\Enum"
#define PNP_CLASS_PATH    L"\\Registry\\Machine\\System\\CurrentControlSet\\Control\\Class"
#define PNP_SERVICES_PATH L"\\Registry\\Machine\\System\\CurrentControlSet\\Services"
#define PNP_CONTROL_PATH  L"\\Registry\\Machine\\System\\CurrentControlSet\\Control"

/* base\relative; makes what is missing when create. Gives a reference to a key object. */
NTSTATUS key_open(const WCHAR *base, const UNICODE_STRING *relative, bool create, void **out_key);
NTSTATUS key_child_open(void *parent, const WCHAR *name, bool create, ULONG options,
                        void **out_key);
void key_close(void *key);
/* The value's bytes in pool (ExFreePool), with two zero characters behind them; NULL: there is
 * no such value or it is of another type. */
void *key_value_get(void *key, const WCHAR *name, ULONG type, ULONG *out_length);
bool key_number_get(void *key, const WCHAR *name, ULONG *out_number);
NTSTATUS key_value_set(void *key, const WCHAR *name, ULONG type, const void *data, ULONG length);
NTSTATUS key_number_set(void *key, const WCHAR *name, ULONG number);
NTSTATUS key_text_set(void *key, const WCHAR *name, const WCHAR *text);
bool key_value_is(void *key, const WCHAR *name); /* any type */
/* Calls visit with each subkey's name; it may open, not delete, keys. */
NTSTATUS key_children_visit(void *key, void (*visit)(const UNICODE_STRING *name, void *context),
                            void *context);
/* key itself with all that is below. */
NTSTATUS key_tree_delete(void *key);
NTSTATUS node_key(const struct device_node *node, bool create, void **out_key);
/* Control\Class\{ClassGUID}; NULL: the device has no class or the class no key. */
void *device_class_key_open(void *device_key);
/* Values of ConfigFlags (regstr.h). */
#define CONFIGFLAG_DISABLED 0x00000001u

/* ---- call.c: driver code runs, and may not come back --------------------------------------------
 */

/* Brackets every call into driver code that the worker makes for node. Between the two the
 * thread may be given up: then call_end says true, the tree is another thread's, and all that is
 * left to do is to give back what the caller alone holds, and call_leave. */
void call_begin(struct device_node *node, const DRIVER_OBJECT *driver, PIRP irp, const char *what);
bool call_end(void);
[[noreturn]] void call_leave(void);
bool call_is_worker(void); /* the calling thread runs actions */
struct call_thread_room {
    uint64_t word[16];
}; /* on the stack of a worker, for as long as it is one */
void call_thread_begin(struct call_thread_room *room);
void call_thread_end(void);
void call_watch_init(void);
void call_watch(bool is_working);
ULONG call_limit_ms(void);
extern KEVENT call_expired; /* the request that is waited for has had its time (pnp_call_expire) */

/* ---- irp_pnp.c: each IRP_MN_* ------------------------------------------------------------------
 */

/* Sends a PnP request to the top of the stack and waits for its end, or for the limit
 * (STATUS_IO_OPERATION_TIMEOUT; what comes later is dropped). */
NTSTATUS pnp_irp_send(struct device_node *node, const IO_STACK_LOCATION *parameters,
                      ULONG_PTR *in_out_information);
NTSTATUS irp_plain(struct device_node *node, UCHAR minor); /* those without parameters */
NTSTATUS irp_start(struct device_node *node);
NTSTATUS irp_query_id(struct device_node *node, BUS_QUERY_ID_TYPE type, WCHAR **out_text);
NTSTATUS irp_query_text(struct device_node *node, DEVICE_TEXT_TYPE type, WCHAR **out_text);
NTSTATUS irp_query_capabilities(struct device_node *node, DEVICE_CAPABILITIES *out_capabilities);
NTSTATUS irp_query_bus(struct device_node *node, PNP_BUS_INFORMATION *out_bus);
NTSTATUS irp_query_resources(struct device_node *node, CM_RESOURCE_LIST **out_list);
NTSTATUS irp_query_requirements(struct device_node *node, IO_RESOURCE_REQUIREMENTS_LIST **out_list);
NTSTATUS irp_filter_requirements(struct device_node *node, IO_RESOURCE_REQUIREMENTS_LIST *wanted,
                                 IO_RESOURCE_REQUIREMENTS_LIST **out_list);
NTSTATUS irp_query_state(struct device_node *node, PNP_DEVICE_STATE *out_state);
/* Pool; NULL with success: nobody had any. Each object is referenced. */
NTSTATUS irp_query_relations(struct device_node *node, DEVICE_RELATION_TYPE type,
                             DEVICE_RELATIONS **out_relations);
void irp_query_legacy_bus(struct device_node *node);
void irp_eject(struct device_node *node);
void irp_set_lock(struct device_node *node, bool is_locked);

/* ---- the walk
 * ------------------------------------------------------------------------------------
 */

/* Brings every node below top as far as it goes: identify, add, assign, start, enumerate. */
void tree_process(struct device_node *top);
bool tree_is_held(void); /* pnp_hold */
NTSTATUS node_identify(struct device_node *node);
/* What the bus says of resources, again: an installation may have given a root device some. */
void node_resources_ask(struct device_node *node);
void node_enumerate(struct device_node *node);
void relations_lost(void); /* what a worker that was lost held */
/* Errors: the node's problem is set. */
NTSTATUS node_add(struct device_node *node);
NTSTATUS node_start(struct device_node *node);
void node_state_query(struct device_node *node);
void node_state_changed(struct device_node *node);
void node_requirements_changed(struct device_node *node);

struct driver_pick {
    WCHAR *service; /* owned */
    bool is_function;
};
struct driver_picks {
    struct driver_pick *pick; /* lower filters, function driver, upper filters: as they are added */
    unsigned count;
    bool is_raw; /* no function driver is named */
};
NTSTATUS driver_picks_read(struct device_node *node, struct driver_picks *out_picks);
void driver_picks_free(struct driver_picks *picks);
/* Loads the driver of a service unless it is there. On an error *out_problem is CM_PROB_*. */
NTSTATUS driver_get(struct device_node *node, const WCHAR *service, DRIVER_OBJECT **out_driver,
                    ULONG *out_problem);
/* Unloads a PnP driver that has no device left, and gives the reference back. */
void driver_release(DRIVER_OBJECT *driver);
NTSTATUS stack_drivers_get(struct device_node *node, struct stack_drivers *out_drivers);
void stack_drivers_release(struct stack_drivers *drivers);
void stack_properties_apply(struct device_node *node);
void service_device_add(struct device_node *node);
void service_device_remove(struct device_node *node);

/* ---- resources ----------------------------------------------------------------------------------
 */

size_t resource_list_bytes(const CM_RESOURCE_LIST *list);
NTSTATUS resources_assign(struct device_node *node);
void resources_release(struct device_node *node);
/* Does anyone but owner have something of list? */
bool resources_conflict(const struct device_node *owner, const CM_RESOURCE_LIST *list);
void interrupts_start(void);
void interrupts_stop(void);

/* ---- stop, remove ------------------------------------------------------------------------------
 */

/* QUERY_STOP, then STOP or CANCEL_STOP, of one device. */
NTSTATUS node_query_stop(struct device_node *node);
void node_cancel_stop(struct device_node *node);
NTSTATUS node_stop(struct device_node *node);
NTSTATUS node_restart(struct device_node *node);

/* The device, its subtree and what its drivers say must go with it. */
struct removal {
    struct device_node **node; /* children before parents; each referenced; pool */
    unsigned count, room;
};
NTSTATUS removal_collect(struct device_node *node, bool ejects, struct removal *out_removal);
void removal_free(struct removal *removal);
void removal_lost(void); /* a worker was lost: the list that it went by */
NTSTATUS removal_query(struct removal *removal, struct pnp_veto *veto);
void node_stays(struct device_node *node); /* nothing comes of the question */
void removal_cancel(struct removal *removal, unsigned asked);
void removal_run(struct removal *removal, ULONG problem);
/* Sends REMOVE_DEVICE to a stack and unloads drivers. */
void node_remove_stack(struct device_node *node);
void node_delete(struct device_node *node);
NTSTATUS tree_remove(struct device_node *node, ULONG problem, struct pnp_veto *veto);
NTSTATUS tree_eject(struct device_node *node, struct pnp_veto *veto);
/* Not asked: the device is not there any more, or does not work. */
void surprise_lost(void); /* what a worker that was lost held */
void tree_surprise(struct device_node *node, ULONG problem);
void node_closed(struct device_node *node);
unsigned stack_open_count(struct device_node *node);

/* ---- actions -----------------------------------------------------------------------------------
 */

enum action_kind {
    ACTION_CREATE_ROOT,
    ACTION_REPORT,
    ACTION_CONFIGURE,
    ACTION_DISABLE,
    ACTION_ENABLE,
    ACTION_RESTART,
    ACTION_REMOVE,
    ACTION_EJECT,
    ACTION_ENUMERATE,
    ACTION_STOP_ALL,
    ACTION_PROCESS,
    ACTION_RECOVER, /* after a worker was lost */
};
struct action {
    struct list link; /* action lock */
    enum action_kind kind;
    struct device_node *node; /* referenced; NULL: none */
    void *context;
    NTSTATUS status;
    struct pnp_veto veto;
    _Atomic uint32_t references; /* who waits, and the worker */
    KEVENT done;
};
NTSTATUS actions_init(void);
void actions_fini(void);
/* Runs it on the worker and waits. veto may be NULL. */
NTSTATUS action_run(enum action_kind kind, struct device_node *node, void *context,
                    struct pnp_veto *veto);
/* Not waited for; false: it will not be done. IRQL: <= DISPATCH_LEVEL */
bool action_post(enum action_kind kind, struct device_node *node, void *context);
void node_ask(struct device_node *node, uint32_t what); /* IRQL: <= DISPATCH_LEVEL */
NTSTATUS action_do(struct action *action);              /* what each is: action_do.c */
void node_asked(struct device_node *node, uint32_t what);
bool install_ask(struct device_node *node); /* false: nobody installs */
/* The worker has not come back from a driver: its action ends, another thread goes on. */
void worker_replace(struct device_node *stuck);

/* ---- root --------------------------------------------------------------------------------------
 */

NTSTATUS root_init(void);
void root_fini(void);
/* A PDO for Enum\Root\<relative>, unless there is one. Not referenced for the caller. */
NTSTATUS root_device_make(const UNICODE_STRING *instance_path, DEVICE_OBJECT **out_pdo);
NTSTATUS root_key_make(const UNICODE_STRING *device_id, const UNICODE_STRING *hardware_ids,
                       UNICODE_STRING *out_instance);
/* The root enumerator does not report it any more. */
void root_device_drop(DEVICE_OBJECT *pdo);
void root_devices_drop(void);
void root_keys_read(void);
void boot_drivers_start(ULONG start_type);

/* ---- tell.c: who hears of what happens to devices -----------------------------------------------
 */

enum pnp_event {
    PNP_EVENT_ARRIVED,         /* the node is in the tree, its Enum key is there */
    PNP_EVENT_STARTED,         /* started, or started again */
    PNP_EVENT_QUERY_REMOVE,    /* may it go? a failure is a veto; before the drivers are asked */
    PNP_EVENT_REMOVE_CANCELED, /* it stays: for those who were asked */
    PNP_EVENT_REMOVE_PENDING,  /* it goes, surprisingly or not: before IRP_MN_REMOVE_DEVICE */
    PNP_EVENT_STACK_REMOVED,   /* its drivers are gone; the node may stay */
    PNP_EVENT_GONE,            /* the node has left the tree */
};
/* Called on the worker at PASSIVE_LEVEL, no lock held. veto is filled by who says no. */
struct pnp_event_sink {
    struct list link; /* set before pnp_start */
    NTSTATUS (*event)(struct device_node *node, enum pnp_event event, struct pnp_veto *veto);
};
void pnp_event_sink_add(struct pnp_event_sink *sink); /* before pnp_start; static memory */
/* STATUS_SUCCESS, or who said no; then those who had agreed are told that it stays. */
NTSTATUS node_tell(struct device_node *node, enum pnp_event event, struct pnp_veto *veto);

[[noreturn]] void pnp_bugcheck(ULONG_PTR kind, const void *one, const void *two, ULONG_PTR three);

#endif
