/* SPDX-License-Identifier: MIT */
/* io_internal.h - what the files of this room know of each other's objects.
 *
 * Each contract structure is embedded in one of ours and called abi; the *_of functions
 * are the only way across. Every field says what guards it.
 */
#ifndef IO_INTERNAL_H
#define IO_INTERNAL_H

#include <stdatomic.h>

#include "base/assert.h"
#include "base/list.h"
#include "base/trace.h"
#include "ex/ex.h"
#include "host/host.h"
#include "image/image.h"
#include "ddi_prototypes.h"
#include "io/io.h"
#include "ke/ke.h"
#include "mm/mm.h"
#include "rtl/rtl.h"

#define IO_TAG      'oIvC' /* "CvIo" */
#define IO_TAG_NAME 'nIvC'
#define IO_TAG_DATA 'bIvC' /* system buffers */

/* ---- IRPs ------------------------------------------------------------------------- */

/* Who sleeps until an IRP is finished. Lies on the sender's stack; the sender does not
 * leave before state is IRP_WAIT_DONE. */
enum { IRP_WAIT_RUNNING, IRP_WAIT_DONE, IRP_WAIT_SLEEPING };
struct irp_wait {
    _Atomic uint32_t state;
    struct thread *sender; /* set once */
    NTSTATUS status;       /* set before state is DONE */
    ULONG_PTR information; /* same */
    KEVENT event;          /* initialised by the sleeper, before it says SLEEPING */
};

/* A completion packet; an IRP that was sent for a port carries its own. */
struct io_packet {
    struct list link; /* guarded by the port's lock */
    struct io_completion_packet content;
    struct irp *irp; /* the IRP it lies in, NULL: pool */
};

/* One step of an IRP: which device got it or gave it back, with which status. */
struct irp_step {
    const DEVICE_OBJECT *device;
    NTSTATUS status; /* on the way up */
    uint8_t major, minor;
    bool is_up;
    bool is_pending; /* on the way up: the location was marked pending */
};
#define IRP_STEPS 8u

enum irp_state {
    IRP_STATE_FREE,
    IRP_STATE_ALIVE,
    IRP_STATE_DROPPED, /* its last hold is being dropped, or one but a search's was */
    IRP_STATE_PACKET,  /* finished, lies in a completion port */
};

/* References that the end of the IRP drops. */
#define IRP_OWNS_FILE  1u
#define IRP_OWNS_EVENT 2u
/* The requestor's thread has given up on it: its memory must not be touched any more. */
#define IRP_ABANDONED 4u

/* Our header in front of every IRP that we allocated. The holder of the IRP owns it, except
 * where a field says otherwise. */
struct irp {
    struct irp *next_free;  /* while free: its shelf's or processor's list */
    _Atomic uint32_t state; /* enum irp_state */
    _Atomic uint32_t holds; /* 1 for the IRP itself, 1 for each canceller */
    _Atomic uint32_t owns;  /* IRP_OWNS_*, IRP_ABANDONED */
    uint32_t output_length; /* bytes at UserBuffer that the finish may write */
    uint8_t shelf;          /* set once */
    /* How many since the block was made: the ring holds the last ones. Never starts again, so
     * that who gave the IRP away can tell whether it has moved since. */
    _Atomic uint32_t steps;
    struct irp_wait *wait; /* NULL: nobody sleeps */
    /* Whose request it is; that thread does not end before this is NULL again. atomic: set by
     * the sender, cleared by the finish, read by searches */
    struct process_thread *_Atomic thread;
    struct process *process; /* of thread; to be compared only */
    const void *creator;     /* driver's call that allocated it; NULL: ours */
    void *buffer;            /* for small system buffers; NULL until one was wanted; the block's */
    GUID *activity;          /* IoSetActivityIdIrp; owned, NULL whenever the block is free */
    struct irp_step step[IRP_STEPS];
    struct io_packet packet;
    _Alignas(16) IRP abi;
};

static inline struct irp *irp_of_known(PIRP abi)
{
    return (struct irp *)((char *)abi - offsetof(struct irp, abi));
}
/* Where all our IRPs lie, whatever their size. */
#define IRP_MEMORY_BYTES (768ull << 20)
extern char *irp_memory; /* set once at init */
/* NULL: the IRP lies in memory of a driver's own. */
static inline struct irp *irp_of(const IRP *abi)
{
    bool is_ours = (uintptr_t)abi - (uintptr_t)irp_memory < IRP_MEMORY_BYTES;
    return __builtin_expect(is_ours, 1) ? irp_of_known((PIRP)abi) : NULL;
}

NTSTATUS irp_shelves_init(void);
void irp_shelves_fini(void);
/* A zeroed IRP with stacks locations, IoInitializeIrp done. NULL: no memory. */
PIRP irp_allocate(CCHAR stacks);
/* Ends it; the memory goes back when the last hold is dropped. */
void irp_free(PIRP abi);
void irp_hold_drop(struct irp *irp);
/* Holds an IRP that a search came across; false: it is free. */
bool irp_hold_try(struct irp *irp);
uint64_t irp_count_alive(void);
void irp_reuse(PIRP abi, NTSTATUS status);
void irp_activity_clear(struct irp *irp);
void irp_init_foreign(PIRP abi, USHORT bytes, CCHAR stacks);
/* The IRP's system buffer; a small one may be the IRP's own, and stays with it. NULL: no memory. */
void *irp_buffer_allocate(struct irp *irp, size_t length, NTSTATUS *out_status);
/* buffer: what the driver has left in the IRP. */
static inline void irp_buffer_free(struct irp *irp, void *buffer)
{
    if (__builtin_expect(buffer != irp->buffer, 0))
        ExFreePool(buffer);
}

/* From attach to detach the IRP is found by a search for its thread or process. */
static inline void irp_thread_attach(struct irp *irp, struct process_thread *thread)
{
    if (thread == NULL)
        return;
    irp->abi.Tail.Overlay.Thread = (PETHREAD)thread;
    irp->process = thread->process;
    atomic_store_explicit(&irp->thread, thread, memory_order_release);
}
static inline void irp_thread_detach(struct irp *irp)
{
    atomic_store_explicit(&irp->thread, NULL, memory_order_release);
}
static inline bool irp_is_attached(struct irp *irp)
{
    return atomic_load_explicit(&irp->thread, memory_order_relaxed) != NULL;
}
/* The holder's own marks; only an ending thread sets one from outside (IRP_ABANDONED). */
static inline void irp_owns_add(struct irp *irp, uint32_t what)
{
    uint32_t owns = atomic_load_explicit(&irp->owns, memory_order_relaxed);
    atomic_store_explicit(&irp->owns, owns | what, memory_order_relaxed);
}
void irp_wait_done(struct irp_wait *wait, NTSTATUS status, ULONG_PTR information);
void irp_wait_sleep(struct irp_wait *wait);
/* The step is written before it is counted: see irp_answer.c. Returns the new count. */
static inline uint32_t irp_step_record(struct irp *irp, const struct irp_step *step)
{
    uint32_t count = atomic_load_explicit(&irp->steps, memory_order_relaxed) + 1;
    irp->step[(count - 1) % IRP_STEPS] = *step;
    atomic_store_explicit(&irp->steps, count, memory_order_release);
    return count;
}
/* A dispatch routine has answered; steps: the count when it was called. Its answer must agree
 * with what it did to the IRP, which may be long gone; bug check 0xC9 if it does not. */
void irp_answer_check(struct irp *irp, const IO_STACK_LOCATION *stack, uint32_t steps,
                      const void *routine, NTSTATUS status);
static inline void irp_answer_look(struct irp *irp, const IO_STACK_LOCATION *stack, uint32_t steps,
                                   const void *routine, NTSTATUS status)
{
    uint32_t since = atomic_load_explicit(&irp->steps, memory_order_acquire) - steps;
    const struct irp_step *last = &irp->step[steps % IRP_STEPS];
    if (__builtin_expect(
            since == 0 || (since == 1 && last->is_pending != (status == STATUS_PENDING)), 0))
        irp_answer_check(irp, stack, steps, routine, status);
}

static inline void irp_free_mdls(PIRP abi)
{
    for (PMDL mdl = abi->MdlAddress, next; __builtin_expect(mdl != NULL, 0); mdl = next) {
        next = mdl->Next;
        mm_mdl_free(mdl);
    }
    abi->MdlAddress = NULL;
}

/* Next stack location down, and the driver is called. */
NTSTATUS irp_call_next(PDEVICE_OBJECT device, PIRP irp);
/* Sends an IRP of the kernel's own that waits for its end, whatever the driver answers. */
NTSTATUS irp_send_and_wait(PDEVICE_OBJECT device, PIRP irp, ULONG_PTR *out_information);
/* The way up; IoCompleteRequest after its checks. */
void irp_unwind(PIRP irp);
NTSTATUS irp_build_information(const struct io_request *request, PIRP *out_irp);
NTSTATUS irp_build_plain(const struct io_request *request, PIRP *out_irp);
NTSTATUS irp_build_lock(const struct io_request *request, PIRP *out_irp);
/* Common head of every builder: allocates for the file's top device, fills who asks. */
NTSTATUS irp_build_start(const struct io_request *request, PIRP *out_irp,
                         PIO_STACK_LOCATION *out_stack);
void irp_discard(PIRP irp);
bool irp_cancel(PIRP irp);
void irp_cancel_lock_take(KIRQL *out_irql);
void irp_cancel_lock_give(KIRQL irql);
void irp_thread_cancel_all(struct process_thread *thread);
void irp_thread_wait_all(struct process_thread *thread);
/* ---- devices ------------------------------------------------------------------------- */

struct device {
    DEVICE_OBJECT abi;
    DEVOBJ_EXTENSION extension;
    struct device *attached_to;      /* guarded by io_database_lock */
    _Atomic uint32_t state;          /* DEVICE_* */
    struct list shutdown, last_call; /* guarded by shutdown's lock */
    bool is_start_io_deferred;       /* IoSetStartIoAttributes; set once */
    bool is_start_io_not_cancelable; /* same */
    _Atomic int32_t start_io_depth;  /* StartIo calls that run now */
    _Atomic uint32_t start_io_asked; /* START_IO_* of a deferred IoStartNextPacket */
    ULONG start_io_key;
    KSPIN_LOCK queue_lock; /* drivers' own use is none; StartIo's */
    KTIMER timer;          /* IoInitializeTimer */
    KDPC timer_dpc;
    PIO_TIMER_ROUTINE timer_routine;
    PVOID timer_context;
};
#define DEVICE_DELETE_PENDING 1u
#define DEVICE_UNLOAD_PENDING 2u
#define DEVICE_DELETED        4u
#define DEVICE_SHUT           8u /* its stack is on its way out: no new files */

static inline struct device *device_of(const DEVICE_OBJECT *abi)
{
    return (struct device *)((char *)abi - offsetof(struct device, abi));
}

/* Guards NextDevice and AttachedDevice chains, ReferenceCount and the drivers' list. Nothing
 * is taken under it. */
extern struct host_lock io_database_lock;

NTSTATUS device_type_create(void);
static inline PDEVICE_OBJECT device_top(PDEVICE_OBJECT device)
{
    while (__builtin_expect(device->AttachedDevice != NULL, 0))
        device = device->AttachedDevice;
    return device;
}
/* Counts an open file; refuses while the device or its driver goes away. */
NTSTATUS device_open_begin(PDEVICE_OBJECT device, bool is_related);
/* One reference of a file or attachment less; ends what waited for it. */
void device_open_end(PDEVICE_OBJECT device);
NTSTATUS device_create(PDRIVER_OBJECT driver, ULONG extension_bytes, PUNICODE_STRING name,
                       DEVICE_TYPE type, ULONG characteristics, BOOLEAN exclusive,
                       PSECURITY_DESCRIPTOR descriptor, PDEVICE_OBJECT *out_device);
void device_delete(PDEVICE_OBJECT device);
uint64_t device_count(void);
/* Puts source on top of target's stack; the device it was put on, NULL: it goes away. */
PDEVICE_OBJECT device_attach(PDEVICE_OBJECT source, PDEVICE_OBJECT target,
                             PDEVICE_OBJECT *out_attached);
void device_detach(PDEVICE_OBJECT lower);
PDEVICE_OBJECT device_lower_get(PDEVICE_OBJECT device, bool to_bottom);
PDEVICE_OBJECT device_top_get(PDEVICE_OBJECT device);
/* Is upper the device itself, or attached somewhere above it? */
bool device_is_above(PDEVICE_OBJECT upper, PDEVICE_OBJECT device);

/* ---- drivers ------------------------------------------------------------------------- */

struct driver_extension_block {
    struct list link; /* guarded by io_database_lock */
    PVOID id;
};

struct driver_reinitialize {
    struct list link;
    PDRIVER_REINITIALIZE routine;
    PVOID context;
};

struct driver {
    DRIVER_OBJECT abi;
    DRIVER_EXTENSION extension;
    struct list link;              /* io_drivers, in order of loading; io_database_lock */
    struct list extensions;        /* IoAllocateDriverObjectExtension; io_database_lock */
    struct list reinitialize;      /* io_database_lock */
    struct image *image;           /* NULL: native */
    UNICODE_STRING service_key;    /* owned */
    char name[64];                 /* "wdm1" */
    struct ex_work unload_work;    /* used once: an unload that waited for the last file */
    _Atomic bool is_unload_called; /* once only */
    _Atomic bool is_unload_asked;
    const char *_Atomic stuck_in; /* the routine that was given up; NULL: none */
};

static inline struct driver *driver_of(const DRIVER_OBJECT *abi)
{
    return (struct driver *)((char *)abi - offsetof(struct driver, abi));
}
extern struct list io_drivers; /* io_database_lock */

NTSTATUS driver_type_create(void);
NTSTATUS driver_create(const char *folder, const UNICODE_STRING *name, const UNICODE_STRING *key,
                       struct driver **out_driver);
void driver_dispatch_fill(PDRIVER_OBJECT driver);
void driver_initialized(struct driver *driver);
void driver_reinitialize_run(struct driver *driver);
/* Frees everything: no DriverUnload is called. */
void driver_remove(struct driver *driver);
/* The last file of a driver's device was closed, or it was detached: a pending unload runs. */
void driver_unload_check(struct driver *driver);
struct driver *driver_find_get(const UNICODE_STRING *name);
uint64_t driver_count(void);
NTSTATUS driver_host_path(const UNICODE_STRING *nt_path, char **out_path);
/* Calls run in a thread of the system process at PASSIVE_LEVEL and waits, for as long as a routine
 * of a driver may take. routine: its name. *out_status: what run returned; STATUS_IO_TIMEOUT: it
 * has not come back and goes on by itself. Errors: it could not be called. */
typedef NTSTATUS driver_routine(struct driver *driver, void *context, struct io_load_error *error);
NTSTATUS driver_call(struct driver *driver, const char *routine, driver_routine *run, void *context,
                     enum io_driver_caller caller, struct io_load_error *error,
                     NTSTATUS *out_status);
void io_error_set(struct io_load_error *error, NTSTATUS status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* ---- files --------------------------------------------------------------------------- */

struct file {
    FILE_OBJECT abi;
    ACCESS_MASK granted;        /* set once at create */
    struct thread *lock_owner;  /* who opened it; set once, to be compared only */
    _Atomic bool lock_held;     /* the owner's alone: it has locked the file by this */
    _Atomic uint32_t sharing;   /* FILE_OWNED…: never goes back */
    bool is_counted;            /* the device's ReferenceCount has one for this file */
    bool is_open;               /* IRP_MJ_CREATE has succeeded: CLOSE is owed */
    _Atomic bool is_cleaned_up; /* IRP_MJ_CLEANUP was sent */
    IO_COMPLETION_CONTEXT port; /* where abi.CompletionContext points once bound */
    bool ignores_sharing;       /* IoSetFileObjectIgnoreSharing */
    PDEVICE_OBJECT hint;        /* requests enter the stack here; referenced, NULL: at the top */
};

static inline struct file *file_of(const FILE_OBJECT *abi)
{
    return (struct file *)((char *)abi - offsetof(struct file, abi));
}
static inline bool file_is_synchronous(const FILE_OBJECT *file)
{
    return (file->Flags & FO_SYNCHRONOUS_IO) != 0;
}

/* What ob hands through to the parse callbacks. */
struct file_open {
    struct io_create *create;
};

/* The device that gets the file's requests. */
static inline PDEVICE_OBJECT file_top(FILE_OBJECT *file)
{
    PDEVICE_OBJECT hint = file_of(file)->hint;
    return __builtin_expect(hint != NULL, 0) ? hint : device_top(file->DeviceObject);
}

NTSTATUS file_type_create(void);
/* A file that no name leads to, made for a file system's own use; CLOSE is owed. */
NTSTATUS file_stream_create(FILE_OBJECT *related, PDEVICE_OBJECT device, FILE_OBJECT **out_file);
NTSTATUS file_open_device(PDEVICE_OBJECT device, FILE_OBJECT *related, struct ob_parse *parse,
                          struct file_open *open, UNICODE_STRING *out_name, void **out_body);
void file_cleanup(FILE_OBJECT *file);
void file_unlock_all(FILE_OBJECT *file, const void *process);
void file_close(void *body);
/* Drops a reference; ob defers the end if the caller is above PASSIVE_LEVEL. */
static inline void file_put(FILE_OBJECT *file)
{
    ob_dereference(file);
}
/* Serialises requests on a synchronous file. */
NTSTATUS file_lock(FILE_OBJECT *file, KPROCESSOR_MODE mode);
void file_unlock(FILE_OBJECT *file);
uint64_t file_count(void);
void file_count_drop(void);
/* Position, mode, access …: information that the I/O manager itself keeps. False: the
 * driver must be asked. */
bool file_information_serve(const struct io_request *request, NTSTATUS *out_status,
                            ULONG_PTR *out_information);

/* True: the top driver's fast I/O table has served it, and says how. */
bool io_fast_serve(const struct io_request *request, IO_STATUS_BLOCK *out_status);

/* ---- the rest --------------------------------------------------------------------------- */

NTSTATUS completion_type_create(void);
/* Posts the packet that lies in the IRP; the port owns the IRP's memory then. */
void completion_post_irp(void *port, void *key, struct irp *irp, void *apc_context);
void work_items_init(void);
void cancel_lock_init(void);
void timers_stop(PDEVICE_OBJECT device);
void shutdown_forget(PDEVICE_OBJECT device);
void wmi_forget(PDEVICE_OBJECT device);
/* Native dispatch routine of every entry that a driver left alone. */
/* User APC of a finished request; false: no APC queue for the thread. */
bool io_apc_post(struct process_thread *thread, PIO_APC_ROUTINE routine, void *context,
                 void *user_status);

[[noreturn]] void io_bugcheck(ULONG code, ULONG_PTR p1, ULONG_PTR p2, ULONG_PTR p3, ULONG_PTR p4);
/* Rules of drivers checked at the door, reported as DRIVER_VERIFIER_IOMANAGER_VIOLATION (0xC9)
 * with the published first parameter. */
enum io_rule {
    IO_RULE_FREE_NOT_IRP = 0x01,
    IO_RULE_FREE_QUEUED = 0x02,
    IO_RULE_CALL_NOT_IRP = 0x03,
    IO_RULE_CALL_NOT_DEVICE = 0x04,
    IO_RULE_CALL_CHANGED_IRQL = 0x05,
    IO_RULE_COMPLETE_PENDING = 0x06,
    IO_RULE_NOT_ANSWERED = 0x226,
    IO_RULE_PENDING_NOT_MARKED = 0x23D,
    IO_RULE_MARKED_NOT_PENDING = 0x23E,
    IO_RULE_DELETED_TWICE = 0x240,
};
/* Third byte of the first parameter of IRQL_UNEXPECTED_VALUE: parameter 2 is a routine called. */
#define IO_IRQL_OF_CALLOUT 2
/* The driver's call into us, for reports. */
const void *io_caller(void);

/* ---- module_list_ddi.c ------------------------------------------------------------------- */

void module_list_init(void);
void module_list_fini(void);
/* Images have come or gone. IRQL: PASSIVE_LEVEL. */
void module_list_update(void);
/* What DriverSection of image's driver points at; NULL: there was no memory for it. */
PVOID module_list_entry(const struct image *image);

#endif
