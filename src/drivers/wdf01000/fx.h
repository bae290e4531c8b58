/* SPDX-License-Identifier: MIT */
/* fx.h - what all rooms of the Framework share: objects, types, handles, clients, voices.
 *
 * A client is one driver that has bound itself to the Framework: struct fx_globals. Everything that
 * it is given is a struct fx_object with a type; what it holds is a handle, which is no address: a
 * client that looks into one faults. Objects form a tree under the client's driver object.
 *
 * Rules of use
 *   - An entry of the table (imp_WdfXxx) turns handles into objects first: fx_object_of. A handle
 * of the wrong kind ends the machine there (WDF_INVALID_HANDLE), as documented.
 *   - Client structures come in older sizes: fx_struct_copy before the first field is read.
 *   - Memory of an object is one allocation: the room's struct (fx_object first), the extra bytes
 *     that were asked for, the client's first context. It goes with the last reference.
 *   - No lock of ours is held over a client's callback, except a struct fx_callback_lock.
 */
#ifndef WDF01000_FX_H
#define WDF01000_FX_H

#include <ntddk.h>

#ifndef FX_FRAMEWORK
#define FX_FRAMEWORK 1 /* structures and inlines of wdf.h, not the calls through the table */
#endif
#include <wdf.h>

#define FX_TAG 'WxFC'

struct fx_type;
struct fx_object;
struct fx_globals;
struct fx_context;
struct fx_callback_lock;
struct fx_driver;   /* object/object.h */
struct fx_device;   /* device/device.h */
struct fx_recorder; /* watch/watch.h */

/* ---- types ------------------------------------------------------------------------------- */

enum fx_type_flags {
    FX_TYPE_PASSIVE = 0x01,       /* cleanup and destroy run at PASSIVE_LEVEL, whoever deletes */
    FX_TYPE_NO_DELETE = 0x02,     /* WdfObjectDelete of it is a violation */
    FX_TYPE_PARENT_FIXED = 0x04,  /* attributes may name no ParentObject */
    FX_TYPE_PARENT_NEEDED = 0x08, /* attributes must name a ParentObject */
    FX_TYPE_LEVEL_ALLOWED = 0x10, /* attributes may set ExecutionLevel */
    FX_TYPE_NOT_DEFERRED = 0x40,  /* what is below it should not want PASSIVE_LEVEL: verifier */
    FX_TYPE_SCOPE_ALLOWED = 0x20, /* attributes may set SynchronizationScope */
};

/* One a kind of object; each room defines its own: `const struct fx_type fx_type_timer = {...}`. */
struct fx_type {
    const char *name;             /* "WDFTIMER", in logs and lists of leaks */
    ULONG size;                   /* of the room's struct; struct fx_object is its first member */
    ULONG flags;                  /* enum fx_type_flags */
    const struct fx_type *parent; /* a control device is a device, a USB target an I/O target */
    /* Stops what the object does (timers run out, work is waited for), before the client's
     * EvtCleanupCallback and after the children's. References may remain; each may be NULL.
     * PASSIVE_LEVEL with FX_TYPE_PASSIVE, else <= DISPATCH_LEVEL.
     */
    void (*dispose)(struct fx_object *object);
    /* Gives back what the struct holds; after the client's EvtDestroyCallback. */
    void (*destroy)(struct fx_object *object);
    /* Gives back the memory itself; NULL: pool. */
    void (*free)(struct fx_object *object);
    /* The client's WdfObjectDelete. FALSE: the room deletes the object itself, now or later. */
    BOOLEAN (*remove)(struct fx_object *object);
};

/* ---- objects ----------------------------------------------------------------------------- */

enum fx_object_state {
    FX_OBJECT_ALIVE = 1,
    FX_OBJECT_DISPOSING, /* cleanup of its children, then of itself, is running */
    FX_OBJECT_DISPOSED,  /* cleaned up; kept by references, or by a parent still at it */
    FX_OBJECT_DELETED,   /* its own reference is gone */
};

enum fx_object_flags {
    FX_OBJECT_PASSIVE = 0x01,   /* this one wants PASSIVE_LEVEL cleanup (type or level) */
    FX_OBJECT_LINGERING = 0x02, /* deleted, but referenced: in globals->lingering */
    FX_OBJECT_DELETE_CALLED = 0x04,
    FX_OBJECT_NO_DELETE = 0x08,     /* this one of its type may not be deleted by the client */
    FX_OBJECT_TRACKED = 0x10,       /* references are kept with tags (verifier, TrackHandles) */
    FX_OBJECT_FREE_CONTEXTS = 0x20, /* contexts were added after creation */
};

#define FX_OBJECT_MAGIC 0x6a624f46u

struct fx_object {
    const struct fx_type *type; /* set once at create; NULL in freed memory */
    struct fx_globals *globals; /* set once at create: the client that it belongs to */
    ULONG magic;                /* FX_OBJECT_MAGIC while it lives */
    volatile LONG references;   /* atomic; 1 is its own, given back by deletion */
    UCHAR execution_level;      /* WDF_EXECUTION_LEVEL, never "inherit"; set once at create */
    UCHAR sync_scope;           /* WDF_SYNCHRONIZATION_SCOPE, never "inherit"; set once at create */
    volatile UCHAR flags;       /* enum fx_object_flags, changed under lock */
    volatile UCHAR state;       /* enum fx_object_state, changed under lock */
    ULONG type_number;          /* of custom types: how many were given */
    /* guards: children, flags, state, contexts (added to); after: the parent's */
    KSPIN_LOCK lock;
    struct fx_object *parent; /* NULL: root, or taken out; under the parent's lock */
    LIST_ENTRY children;      /* in order of creation */
    LIST_ENTRY sibling;       /* in the parent's children; later in globals->lingering */
    struct fx_context *volatile contexts;   /* the first lies in the object's own memory */
    struct fx_device *device;               /* nearest device above, or itself; NULL: none */
    struct fx_callback_lock *callback_lock; /* devices and queues, and who inherits; NULL: none */
    PVOID creator;                          /* where the client asked for it, for lists of leaks */
};

/* A client's memory for one object, by type. data is aligned to 16. */
struct fx_context {
    struct fx_context *next;
    PCWDF_OBJECT_CONTEXT_TYPE_INFO type; /* NULL: only callbacks */
    PFN_WDF_OBJECT_CONTEXT_CLEANUP cleanup;
    PFN_WDF_OBJECT_CONTEXT_DESTROY destroy;
    ULONG_PTR size;
    struct fx_object *object;
    BOOLEAN is_separate; /* added later, in memory of its own */
    DECLSPEC_ALIGN(16) UCHAR data[];
};

/* ---- clients ----------------------------------------------------------------------------- */

/* What Parameters\Wdf of the client's service asked for; zero but for break_on_error when
 * VerifierOn is not there. */
struct fx_verifier {
    BOOLEAN on;             /* VerifierOn */
    BOOLEAN downlevel;      /* VerifyDownLevel: rules of versions newer than the client's, too */
    BOOLEAN track_handles;  /* TrackHandles: references with tags (all types) */
    BOOLEAN break_on_error; /* DbgBreakOnError */
    ULONG options;          /* EnhancedVerifierOptions */
    ULONG wait_seconds;     /* DbgWaitForSignalTimeoutInSec; always set, 0: no time-out */
    BOOLEAN count_allocations;
    volatile LONG allocations_left; /* VerifierAllocateFailCount: then each fails */
    PCZZWSTR tracked;               /* TrackHandles' names of types; NULL: none. "*": all */
};

struct fx_globals {
    WDF_DRIVER_GLOBALS abi; /* what the client holds; first */
    LIST_ENTRY entry;       /* of all clients, under bind's lock */
    struct fx_driver *driver;
    PDRIVER_OBJECT driver_object;
    UNICODE_STRING registry_path; /* of the client's service, our copy */
    ULONG minor, build;           /* the version that the client was built for: 1.minor */
    PVOID bind;                   /* the loader's WDF_BIND_INFO */
    PVOID image;                  /* where the client lies, for its name in logs */
    ULONG image_size;
    struct fx_recorder *recorder; /* watch; NULL until bound, never after */
    struct fx_verifier verifier;
    /* guards: lingering */
    KSPIN_LOCK lock;
    LIST_ENTRY lingering;   /* objects deleted and still referenced: at unload these are leaks */
    LONG late_runs;         /* support room: routines inside which their object was deleted */
    PKEVENT late_runs_over; /* who waits for none */
    struct fx_dispose *dispose;    /* object room: deletion at PASSIVE_LEVEL */
    volatile LONG absent_seen[16]; /* one bit an entry of the table: said once */
};

/* The client behind the first argument of every entry. */
static __forceinline struct fx_globals *fx_globals_of(PWDF_DRIVER_GLOBALS abi)
{
    return CONTAINING_RECORD(abi, struct fx_globals, abi);
}

/* Is the client built for 1.minor or newer? */
static __forceinline BOOLEAN fx_client_is(const struct fx_globals *globals, ULONG minor)
{
    return globals->minor >= minor;
}

/* Do rules apply to the client that came to the verifier with 1.minor? */
static __forceinline BOOLEAN fx_verifier_is(const struct fx_globals *globals, ULONG minor)
{
    return globals->verifier.on && (globals->minor >= minor || globals->verifier.downlevel);
}

/* ---- voices (watch room) ----------------------------------------------------------------- */

enum fx_log_level { FX_LOG_ERROR = 2, FX_LOG_WARNING = 3, FX_LOG_NOTE = 4, FX_LOG_TRACE = 5 };

/* One line into the client's recorder; errors are printed, too, with the driver's name: say what
 * happened, to which handle, with which status, and what the driver's author should do.
 * IRQL: <= DISPATCH_LEVEL. Differs from printf: no floating point, %wZ is there.
 */
void fx_log(struct fx_globals *globals, enum fx_log_level level, const char *format, ...);

/* The client broke a documented rule: bug check WDF_VIOLATION with these parameters.
 * The recorder's last line should already say which rule.
 */
DECLSPEC_NORETURN void fx_violation(struct fx_globals *globals, ULONG code, ULONG_PTR parameter2,
                                    ULONG_PTR parameter3, ULONG_PTR parameter4);

/* An entry of the table without an implementation was called: says so once a client. */
void fx_absent(struct fx_globals *globals, ULONG index, PVOID caller);

/* Waits for an event that the client must bring about. Whenever the client's time-out is over it
 * says so: what is waited for ("requests of WDFQUEUE"), and its handle. IRQL: <= APC_LEVEL
 */
void fx_wait(struct fx_globals *globals, PKEVENT event, const char *what, const void *handle);

/* Where a callback is called; as large as what is passed in a register. */
struct fx_place {
    BOOLEAN is_watched, in_region;
    KIRQL irql;
    UCHAR pad;
};

#define FX_VERIFY_CALLBACKS 0x1u /* of EnhancedVerifierOptions */

static __forceinline struct fx_place fx_place_of(const struct fx_globals *globals)
{
    if (__builtin_expect((globals->verifier.options & FX_VERIFY_CALLBACKS) == 0, 1))
        return (struct fx_place){0};
    return (struct fx_place){TRUE, KeAreApcsDisabled(), KeGetCurrentIrql()};
}

/* It came back elsewhere: WDF_VERIFIER_IRQL_MISMATCH, WDF_VERIFIER_CRITICAL_REGION_MISMATCH. */
void fx_place_left(struct fx_globals *globals, struct fx_place before, const void *callback);

/* The client's callback, in call, is looked at if its settings say so (queues' callbacks and
 * EvtDriverDeviceAdd: verify/callbacks.c). */
#define FX_WATCHED(client, callback, call)                                   \
    do {                                                                     \
        struct fx_globals *watched_globals = (client);                       \
        const void *watched_callback = (const void *)(callback);             \
        struct fx_place watched_place = fx_place_of(watched_globals);        \
        call;                                                                \
        if (watched_place.is_watched)                                        \
            fx_place_left(watched_globals, watched_place, watched_callback); \
    } while (0)

/* ---- handles ----------------------------------------------------------------------------- */

static __forceinline PVOID fx_handle_of(const struct fx_object *object)
{
    return (PVOID)(~(ULONG_PTR)object);
}

/* The slow half of fx_object_of: a derived type, or a violation. */
struct fx_object *fx_object_of_derived(struct fx_globals *globals, const void *handle,
                                       const struct fx_type *type);

/* Any object at all. */
extern const struct fx_type fx_type_any;

/* The object behind a handle, of this type or one derived from it. Never NULL: a handle that is
 * none of these is WDF_INVALID_HANDLE. No reference is taken.
 */
static __forceinline struct fx_object *fx_object_of(struct fx_globals *globals, const void *handle,
                                                    const struct fx_type *type)
{
    struct fx_object *object = (struct fx_object *)(~(ULONG_PTR)handle);

    if (((ULONG_PTR)handle & 7) == 7 &&
        (object->type == type || (type == &fx_type_any && object->magic == FX_OBJECT_MAGIC)))
        return object;
    return fx_object_of_derived(globals, handle, type);
}

/* Is it of this type, or derived from it? */
BOOLEAN fx_object_is(const struct fx_object *object, const struct fx_type *type);

/* A parameter that may not be NULL: WDF_REQUIRED_PARAMETER_IS_NULL. */
void fx_null_check_failed(struct fx_globals *globals, PVOID caller);
#define fx_needed(globals, pointer)                            \
    do {                                                       \
        if ((pointer) == NULL)                                 \
            fx_null_check_failed((globals), _ReturnAddress()); \
    } while (0)

/* ---- structures of clients (bind room) --------------------------------------------------- */

/* Copies a client's structure, which begins with its Size, into the newest form of it: what an
 * older client's structure lacks is zero in destination.
 * Errors: STATUS_INFO_LENGTH_MISMATCH, logged: no version ever had this size.
 */
NTSTATUS fx_struct_copy(struct fx_globals *globals, void *destination, ULONG size,
                        const void *source, ULONG struct_id);

#endif
