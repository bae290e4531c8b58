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
#define FXTOY_CALLBACKS(X)                                                                    \
    X(Add)                                                                                    \
    X(PrepareHardware)                                                                        \
    X(ReleaseHardware)                                                                        \
    X(D0Entry)                                                                                \
    X(D0Exit)                                                                                 \
    X(PostInterrupts)                                                                         \
    X(PreInterrupts)                                                                          \
    X(SelfInit)                                                                               \
    X(SelfSuspend)                                                                            \
    X(SelfRestart)                                                                            \
    X(SelfFlush) X(SelfCleanup) X(Surprise) X(QueryStop) X(QueryRemove) X(Usage) X(Relations) \
        X(ArmS0) X(DisarmS0) X(WokenS0) X(ArmSx) X(DisarmSx) X(WokenSx) X(EnableWake)         \
            X(DisableWake) X(Eject) X(Lock) X(Missing) X(Scan) X(IoStop) X(IoResume) X(Read)  \
                X(Cleanup) X(Destroy) X(RemoveRequirements) X(AddRequirements) X(RemoveAdded) \
                    X(Resources) X(Requirements)
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
    int wakes_system;
    int power_up_on_wake; /* PowerUpIdleDeviceOnSystemWake */
    int holds_reads;      /* they are kept until the device goes down or the test lets go */
    int stop_how;         /* enum fxtoy_stop */
    int bus_cannot_wake;  /* the bus says of its children */
    int child_not_there_after_eject;
    int special; /* WdfDeviceSetSpecialFileSupport of paging files, both */
    int listens; /* registers for states */
    int has_no_queue;
    volatile int heard; /* state-change callbacks that came */
    /* A command through IRP_MJ_WRITE. */
    int command;
    volatile int argument, argument2, argument3, status;
    volatile int count; /* of the journal */
    struct fxtoy_entry journal[FXTOY_JOURNAL];
    volatile int devices; /* contexts that are alive */
    volatile int d0;      /* function devices between D0Entry and D0Exit */
    volatile int reads_held;
    int previous, target; /* of the function's last D0Entry and D0Exit */
    int action;           /* WdfDeviceGetSystemPowerAction in its last D0Exit */
    void *exit_event;     /* PKEVENT: the function left D0 */
    void *entry_event;    /* it came to D0, with its queues (SelfInit or SelfRestart) */
    void *read_event;     /* it holds a read */
    void *wake_event;     /* the bus has armed a child */
    void *gone_event;     /* a function device is destroyed */
};

#endif
