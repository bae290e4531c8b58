/* SPDX-License-Identifier: MIT */
/* fxtoy.h - what the toy drivers of the Framework share with the test that loads them: what they
 * shall do, and a journal of the callbacks that came. It is the test's own memory; its address
 * stands in each driver's Parameters key. Included by PE drivers and by the native test.
 */
#ifndef FXTOY_H
#define FXTOY_H

#define FXTOY_SLOTS   4
#define FXTOY_JOURNAL 4096
#define FXTOY_READS   8

enum fxtoy_role { FXTOY_BUS, FXTOY_CHILD, FXTOY_FUNCTION, FXTOY_FILTER, FXTOY_ROLES };

/* Callbacks, and their names in expectations. */
/* clang-format off */
#define FXTOY_CALLBACKS(X)                                                                   \
    X(Add) X(PrepareHardware) X(ReleaseHardware) X(D0Entry) X(D0Exit) X(PostInterrupts)      \
    X(PreInterrupts) X(SelfInit) X(SelfSuspend) X(SelfRestart) X(SelfFlush) X(SelfCleanup)   \
    X(Surprise) X(QueryStop) X(QueryRemove) X(Usage) X(Relations) X(ArmS0) X(DisarmS0)       \
    X(WokenS0) X(ArmSx) X(DisarmSx) X(WokenSx) X(EnableWake) X(DisableWake) X(Eject) X(Lock) \
    X(Missing) X(Scan) X(IoStop) X(IoResume) X(Read) X(Cleanup) X(Destroy)                   \
    X(RemoveRequirements) X(AddRequirements) X(RemoveAdded) X(Resources) X(Requirements)     \
    X(InterruptOn) X(DmaOn) X(FxRegistered) X(FxUnregisters) X(FxActive) X(FxIdle)           \
    X(FxState)
/* clang-format on */
enum fxtoy_callback {
#define X(name) FXTOY_##name,
    FXTOY_CALLBACKS(X)
#undef X
        FXTOY_CALLBACK_COUNT
};

enum fxtoy_command {
    FXTOY_SCAN,      /* the bus reports what is present */
    FXTOY_STOP_IDLE, /* and waits for D0 */
    FXTOY_STOP_IDLE_NO_WAIT,
    FXTOY_RESUME_IDLE,
    FXTOY_WAKE,       /* the bus: the child in argument has signalled with status */
    FXTOY_SET_FAILED, /* argument: action */
    FXTOY_SET_STATE,  /* argument: one bit a member of WDF_DEVICE_STATE */
    FXTOY_STATES,     /* argument becomes the pnp state, others power and policy */
    FXTOY_IDLE,       /* assigns the idle settings anew */
    FXTOY_STATIC,     /* WdfDeviceSetStaticStopRemove(argument) */
    FXTOY_ACTION,     /* argument becomes WdfDeviceGetSystemPowerAction */
    FXTOY_MANAGE,     /* assigns power framework settings; argument: enum fxtoy_settings */
};

/* Who manages the idle time-out; WDF_POWER_POLICY_IDLE_TIMEOUT_TYPE. */
enum fxtoy_managed { FXTOY_BY_DRIVER, FXTOY_BY_SYSTEM, FXTOY_BY_SYSTEM_WITH_HINT };
enum fxtoy_settings { FXTOY_GOOD, FXTOY_NONE, FXTOY_NO_STATES, FXTOY_NO_CALLBACK, FXTOY_BAD_SIZE };

/* A point of a driver's way at which something is done once: a callback, or the entry into a state
 * of one of the function's machines (public value; set before the device is made). */
enum fxtoy_where {
    FXTOY_NOWHERE,
    FXTOY_IN_CALLBACK,
    FXTOY_IN_PNP,
    FXTOY_IN_POWER,
    FXTOY_IN_POLICY
};
#define FXTOY_HOLD (-1) /* says held_event and waits for go_event */
#define FXTOY_EXPIRES                                                          \
    (-2) /* waits until a timer that was set before and is as long has expired \
          */
#define FXTOY_MOMENTS 2

struct fxtoy_moment {
    volatile int where;
    int role, at;
    int what; /* enum fxtoy_command, or one of the above */
    int argument;
};

/* A WDM filter below the function driver, another above all: what each does with the one IRP that
 * it is told of. */
enum fxtoy_gate_place { FXTOY_BELOW, FXTOY_ABOVE, FXTOY_GATES };
enum fxtoy_gate_what {
    FXTOY_PASS,
    FXTOY_FAIL,       /* with status, and it goes no further */
    FXTOY_FAIL_AFTER, /* on its way back */
    FXTOY_KEEP,       /* not passed; the test passes or completes it */
    FXTOY_KEEP_AFTER,
    FXTOY_CANCELED, /* kept until it is cancelled, then completed with status */
    FXTOY_STAY,     /* completed with status, and the caller held until go_event */
};

struct fxtoy_gate {
    volatile int what; /* FXTOY_PASS again once it has come */
    int major, minor;
    int state; /* of power: what is set; -1: any */
    int status;
    void *volatile irp; /* kept, with its location */
    void *lower;
};

enum fxtoy_stop { FXTOY_ACKNOWLEDGE, FXTOY_REQUEUE, FXTOY_COMPLETE };

struct fxtoy_entry {
    int role, callback, id, argument;
};

struct fxtoy_shared {
    int fails[FXTOY_ROLES][FXTOY_CALLBACK_COUNT]; /* NTSTATUS that the callback answers */
    int fails_once; /* a failure is forgotten when it has been answered */
    int present[FXTOY_SLOTS];
    /* The function driver's. */
    int is_not_owner; /* of the power policy */
    int is_np;        /* WdfDeviceInitSetPowerNotPageable */
    int idles;        /* 0: never; else idle settings: 1 without wake, 2 with wake */
    int idle_ms;
    int managed;          /* enum fxtoy_managed */
    int managed_how;      /* enum fxtoy_settings */
    volatile int f_state; /* of its component, when it has said so */
    int wakes_system;
    int power_up_on_wake; /* PowerUpIdleDeviceOnSystemWake */
    int holds_reads;      /* they are kept until the device goes down or the test lets go */
    int stop_how;         /* enum fxtoy_stop */
    int bus_cannot_wake;  /* the bus says of its children */
    int child_not_there_after_eject;
    int special; /* WdfDeviceSetSpecialFileSupport of paging files, both */
    int listens; /* registers for states */
    int has_interrupt, has_dma;
    int child_is_owner, bus_idles;
    int has_interface;
    volatile int heard; /* state-change callbacks that came */
    /* A command through IRP_MJ_WRITE. */
    int command, on_child; /* on_child: the bus does it to that child */
    volatile int argument, argument2, argument3, status;
    volatile int count; /* of the journal */
    struct fxtoy_entry journal[FXTOY_JOURNAL];
    volatile int devices; /* contexts that are alive */
    volatile int d0;      /* function devices between D0Entry and D0Exit */
    volatile int reads_held;
    int previous, target;        /* of the function's last D0Entry and D0Exit */
    int action;                  /* WdfDeviceGetSystemPowerAction in its last D0Exit */
    void *exit_event;            /* PKEVENT: the function left D0 */
    void *entry_event;           /* it came to D0, with its queues (SelfInit or SelfRestart) */
    void *read_event;            /* it holds a read */
    void *wake_event;            /* the bus has armed a child */
    void *gone_event;            /* a function device is destroyed */
    void *held_event, *go_event; /* of FXTOY_HOLD and FXTOY_STAY */
    void *kept_event;            /* a gate has kept its IRP */
    struct fxtoy_moment moments[FXTOY_MOMENTS];
    struct fxtoy_gate gates[FXTOY_GATES];
};

#endif
