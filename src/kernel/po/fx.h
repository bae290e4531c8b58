/* SPDX-License-Identifier: MIT */
/* fx.h - the power framework: registered devices, their components and where each stands. */
#ifndef PO_FX_H
#define PO_FX_H

#include "po_internal.h"

#include "base/list.h"
#include "ex/ex.h"
#include "host/host.h"

/* Whether a driver may use a component. */
enum fx_condition {
    FX_ACTIVE,
    FX_IDLING, /* the driver is told, and has not completed it */
    FX_IDLE,
};

enum fx_power {
    FX_ON,
    FX_LEAVING, /* told that it is not required, not completed */
    FX_OFF,     /* completed; whether it is in D0 is the driver's affair */
    FX_COMING,  /* told that it is required, not reported on */
};

struct fx_perf; /* fx_perf.c */

struct fx_component {
    /* set once */
    ULONG state_count, deepest_wakeable;
    PO_FX_COMPONENT_IDLE_STATE *states;
    ULONGLONG flags; /* PO_FX_COMPONENT_FLAG_* */
    ULONG provider_count;
    ULONG *providers;
    struct fx_perf *perf; /* set before it is used */

    /* guarded by the device's lock */
    ULONG references; /* the driver's, and one of each active dependent */
    enum fx_condition condition;
    ULONG state;      /* the F-state it is in */
    bool is_changing; /* told to change to next_state, not completed */
    ULONG next_state;
    bool holds_providers;
    bool wakes;
    ULONGLONG latency_100ns, residency_100ns;

    KEVENT active, idle; /* the driver has been told so */
};

struct fx_device {
    struct list link;           /* guarded by fx_lock */
    PDEVICE_OBJECT physical;    /* referenced */
    PO_FX_DEVICE_V3 registered; /* callbacks and context; its components are below */
    ULONG component_count;
    struct fx_component *components;

    struct host_lock lock; /* guards: what follows, and the components */
    bool is_started, is_ended;
    bool is_running; /* a thread is calling the driver for it */
    PKTHREAD runner; /* that thread */
    bool is_queued;  /* work is, or runs */
    bool runs_again; /* something has changed meanwhile */
    ULONG holds;     /* the system needs it in D0 with all components active */
    enum fx_power power;
    ULONGLONG timeout_100ns;
    bool timer_is_set, timeout_is_over;
    DEVICE_POWER_STATE target; /* of PoFxSetTargetDripsDevicePowerState */

    KTIMER timer;
    KDPC dpc;
    struct ex_work work;
    KEVENT quiet;   /* no thread runs and no work is queued */
    KEVENT changed; /* for a thread that waits within a routine of the driver */
};

/* How a device is asked to be worked on: by this thread now, or by a worker. */
enum fx_how { FX_HERE, FX_ELSEWHERE };

/* fx.c */
void fx_device_start(struct fx_device *device); /* it is in the list from now on */
void fx_device_end(struct fx_device *device);   /* no routine of the driver runs any more */
/* Does what is to be done: tells the driver what has changed, one thing after the other. */
void fx_run(struct fx_device *device, enum fx_how how);
void fx_reference(struct fx_device *device, ULONG component, ULONG flags, bool adds);
struct fx_device *fx_find(PDEVICE_OBJECT physical); /* borrowed; NULL: not registered */
[[noreturn]] void fx_stop(ULONG kind, const void *p2, ULONG_PTR p3, ULONG_PTR p4);
struct fx_component *fx_component_of(struct fx_device *device, ULONG component);

/* fx_perf.c */
NTSTATUS fx_perf_register(struct fx_device *device, ULONG component, ULONGLONG flags,
                          PPO_FX_COMPONENT_PERF_STATE_CALLBACK callback,
                          const PO_FX_COMPONENT_PERF_INFO *input,
                          PPO_FX_COMPONENT_PERF_INFO *output);
void fx_perf_free(struct fx_perf *perf);
void fx_perf_change(struct fx_device *device, ULONG flags, ULONG component, ULONG count,
                    const PO_FX_PERF_STATE_CHANGE *changes, PVOID context);
NTSTATUS fx_perf_query(struct fx_device *device, ULONG component, ULONG set,
                       ULONGLONG *out_current);
void fx_perf_drain(struct fx_device *device);

#endif
