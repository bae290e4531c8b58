/* SPDX-License-Identifier: MIT */
/* room.h - what the files of this room share: struct fx_pnp, events, actions.
 *
 * Rules of use: fields of a machine's section are written by the thread that walks that machine;
 * fields under `lock` by anybody who holds it. IRPs that a machine keeps are marked pending and
 * are this room's until it completes or passes them.
 */
#ifndef WDF01000_PNP_ROOM_H
#define WDF01000_PNP_ROOM_H

#include "../device/device.h"
#include "../object/object.h"
#include "../queue/queue.h"
#include "machine.h"
#include "pnp.h"

enum fx_pnp_event {
    PNP_Create = FX_EVENT_FIRST,
    PNP_StartDevice,
    PNP_QueryStop,
    PNP_CancelStop,
    PNP_Stop,
    PNP_QueryRemove,
    PNP_CancelRemove,
    PNP_Remove,
    PNP_SurpriseRemove,
    PNP_Eject,
    PNP_Cancel, /* never told to anybody, or a PDO whose parent goes */
    PNP_PolicyStarted,
    PNP_PolicyStartFailed,
    PNP_PolicyStopped,
    PNP_PolicyStopFailed,
    PNP_PolicyRemoved,
    PNP_Awake,
    PNP_AwakeFailed,
    PNP_PowerFailed, /* went down or up and failed */
    PNP_EVENTS
};

enum fx_power_event {
    POWER_ImplicitD0 = FX_EVENT_FIRST,
    POWER_ImplicitD3,
    POWER_D0, /* IRPs */
    POWER_Dx,
    POWER_CompleteD0, /* the policy's answers to HardwareStarted and IoStopped */
    POWER_CompleteDx,
    POWER_WakeArrived, /* a PDO's wait-wake IRP */
    POWER_WakeGone,
    POWER_EVENTS
};

enum fx_policy_event {
    POLICY_Start = FX_EVENT_FIRST,
    POLICY_Stop,
    POLICY_Remove,
    POLICY_PowerUp,
    POLICY_PowerUpFailed,
    POLICY_HardwareStarted,
    POLICY_IoStopped,
    POLICY_PowerDown,
    POLICY_PowerDownFailed,
    POLICY_ImplicitDown, /* the power machine is stopped */
    POLICY_ImplicitDownFailed,
    POLICY_RequestFailed, /* the IRP that the policy asked for */
    POLICY_IoPresent,
    POLICY_Idle,
    POLICY_Settings,
    POLICY_Sx,
    POLICY_S0,
    POLICY_WakeArrived,
    POLICY_WakeSucceeded,
    POLICY_WakeGone,      /* failed or cancelled */
    POLICY_PowerRequired, /* the power framework's words */
    POLICY_PowerNotRequired,
    POLICY_EVENTS
};

enum fx_self_managed { FX_SELF_NEW, FX_SELF_STARTED, FX_SELF_SUSPENDED, FX_SELF_CLEANED };

/* Closed: queues do not deliver. The rest of the word counts the uses of the device. */
#define FX_USES_CLOSED 0x80000000u

struct fx_idle_settings {
    BOOLEAN is_set; /* WdfDeviceAssignS0IdleSettings was called */
    BOOLEAN is_enabled;
    BOOLEAN wakes;        /* IdleCanWakeFromS0 */
    BOOLEAN selects_wake; /* DxState was PowerDeviceMaximum */
    BOOLEAN user_control;
    BOOLEAN power_up_on_system_wake;
    DEVICE_POWER_STATE state;
    ULONG timeout_ms;
    WDF_POWER_POLICY_IDLE_TIMEOUT_TYPE timeout_type;
    WDF_POWER_POLICY_S0_IDLE_CAPABILITIES caps;
};

struct fx_wake_settings {
    BOOLEAN is_set;
    BOOLEAN is_enabled;
    BOOLEAN user_control;
    BOOLEAN arm_if_children_armed;
    BOOLEAN indicate_child_wake;
    DEVICE_POWER_STATE state;
};

/* Of a device whose idle time-out the system manages; power_framework.c. */
struct fx_power_framework {
    WDF_POWER_FRAMEWORK_SETTINGS settings; /* the component is our copy; NULL: F0 alone */
    POHANDLE handle;                       /* NULL: not registered */
    BOOLEAN is_held;                       /* the policy machine's reference to the component */
    volatile LONG is_active;               /* the client has been told so */
    volatile LONG owes_on, owes_off;       /* told, and not reported or completed */
    KEVENT changed;                        /* one of these has */
};

struct fx_relations {
    PDEVICE_OBJECT *devices; /* each referenced */
    ULONG count, room;
};

struct fx_pnp {
    struct fx_device *device;
    struct fx_machine pnp, power, policy;
    WDF_PNPPOWER_EVENT_CALLBACKS evt;
    WDF_POWER_POLICY_EVENT_CALLBACKS policy_evt;
    WDF_FDO_EVENT_CALLBACKS fdo_evt;
    WDF_PDO_EVENT_CALLBACKS pdo_evt;
    LIST_ENTRY state_callbacks[3]; /* constant after creation */
    WDF_RELEASE_HARDWARE_ORDER_ON_FAILURE release_order;
    BOOLEAN is_owner;
    KSPIN_LOCK lock; /* guards: what says so below */

    /* The Plug and Play machine's. */
    PIRP irp;            /* the one that it works at; NULL between */
    NTSTATUS irp_status; /* what it will end with */
    UCHAR irp_event;
    KEVENT removed; /* notification: RemovedPdoWait or Final was reached */
    BOOLEAN is_final;
    BOOLEAN is_started;
    BOOLEAN was_started;   /* since its last start IRP */
    BOOLEAN owns_hardware; /* EvtDevicePrepareHardware was called and not undone */
    BOOLEAN is_awake_held; /* a use counted for a query */
    BOOLEAN wants_awake;   /* the machine waits for Awake; lock */
    volatile BOOLEAN is_missing;
    BOOLEAN is_surprise;         /* callbacks know: the device is not there any more */
    volatile LONG failed_action; /* WDF_DEVICE_FAILED_ACTION */

    /* The power machine's. */
    PIRP d_irp; /* set or query by the dispatch routine, one at a time by the power manager */
    BOOLEAN is_parent_held;
    BOOLEAN is_going_down; /* and has not said so yet */
    BOOLEAN io_started;
    NTSTATUS down_status;
    WDF_POWER_DEVICE_STATE previous_state; /* for EvtDeviceD0Entry */
    WDF_POWER_DEVICE_STATE target_state;   /* for EvtDeviceD0Exit */
    enum fx_self_managed self_managed;
    BOOLEAN self_managed_used; /* Init was called: Flush and Cleanup will be */
    BOOLEAN interrupts_on, interrupts_connected;
    PIRP wake_irp; /* of a PDO, pended with a cancel routine; lock */
    SYSTEM_POWER_STATE wake_irp_state;

    /* The power policy machine's. */
    PIRP system_irp; /* going to sleep; kept until the device has gone down */
    SYSTEM_POWER_STATE system_state;
    POWER_ACTION system_action;
    BOOLEAN in_system_transition; /* the present transition is the system's */
    BOOLEAN request_pending;      /* lock */
    UCHAR request_report;         /* what the power machine said meanwhile; lock */
    PIRP asked_wake_irp;          /* the wait-wake that the policy asked for; lock */
    BOOLEAN wake_is_ours;         /* asked and not back; lock */
    volatile LONG wake_hold;      /* see wake.c */
    struct fx_idle_settings idle;
    struct fx_wake_settings wake;
    struct fx_power_framework framework;
    BOOLEAN settings_loaded;
    DEVICE_CAPABILITIES caps; /* of the stack below, asked once */
    BOOLEAN caps_known;
    volatile LONG policy_failed; /* the device can not come to D0 any more */

    /* Uses and idling; see idle.c. */
    volatile LONG uses;
    KEVENT up_event; /* notification: D0 reached, or it never will be */
    KTIMER idle_timer;
    KDPC idle_dpc;
    volatile LONG idle_watching;
    volatile LONG idle_armed; /* the timer is set */
    LONG64 last_use;          /* interrupt time, 100 ns */

    /* What the client has said of the device; lock. */
    WDF_DEVICE_PNP_CAPABILITIES pnp_caps;
    WDF_DEVICE_POWER_CAPABILITIES power_caps;
    WDF_DEVICE_STATE state;
    BOOLEAN static_stop_remove; /* FALSE: stop and removal are refused */
    LONG special_count[WdfSpecialFileMax];
    BOOLEAN special_supported[WdfSpecialFileMax];
    struct fx_relations dependent; /* told of special files too */
};

/* Order of the lists in fx_pnp_init. */
enum { FX_LISTEN_PNP, FX_LISTEN_POWER, FX_LISTEN_POLICY };

extern const struct fx_table fx_pnp_table, fx_power_table, fx_policy_table;

static __forceinline WDFDEVICE fx_device_handle(struct fx_device *device)
{
    return (WDFDEVICE)fx_handle_of(&device->object);
}

/* ---- callbacks.c: one function a callback of the client; success when it has none ----------- */
NTSTATUS fx_evt_prepare_hardware(struct fx_device *device);
NTSTATUS fx_evt_release_hardware(struct fx_device *device);
NTSTATUS fx_evt_d0_entry(struct fx_device *device, WDF_POWER_DEVICE_STATE previous);
NTSTATUS fx_evt_d0_exit(struct fx_device *device, WDF_POWER_DEVICE_STATE target);
NTSTATUS fx_evt_d0_entry_post(struct fx_device *device, WDF_POWER_DEVICE_STATE previous);
NTSTATUS fx_evt_d0_exit_pre(struct fx_device *device, WDF_POWER_DEVICE_STATE target);
NTSTATUS fx_evt_self_managed_start(struct fx_device *device);
NTSTATUS fx_evt_self_managed_suspend(struct fx_device *device);
void fx_evt_self_managed_flush(struct fx_device *device);
void fx_evt_self_managed_cleanup(struct fx_device *device);
void fx_evt_surprise_removal(struct fx_device *device);
NTSTATUS fx_evt_query_stop(struct fx_device *device);
NTSTATUS fx_evt_query_remove(struct fx_device *device);
NTSTATUS fx_evt_eject(struct fx_device *device);
NTSTATUS fx_evt_arm_s0(struct fx_device *device);
void fx_evt_disarm_s0(struct fx_device *device);
void fx_evt_woken_s0(struct fx_device *device);
NTSTATUS fx_evt_arm_sx(struct fx_device *device);
void fx_evt_disarm_sx(struct fx_device *device);
void fx_evt_woken_sx(struct fx_device *device);
NTSTATUS fx_evt_wake_at_bus(struct fx_device *device, BOOLEAN enable);
void fx_listen_pnp(struct fx_device *device, ULONG type, ULONG state, ULONG next);
void fx_listen_power(struct fx_device *device, ULONG type, ULONG state, ULONG next);
void fx_listen_policy(struct fx_device *device, ULONG type, ULONG state, ULONG next);

/* ---- extension.c: class extensions around the client's callbacks ------------------------------
 */
enum fx_cx_moment {
    FX_CX_PREPARE_HARDWARE,
    FX_CX_RELEASE_HARDWARE,
    FX_CX_D0_ENTRY,
    FX_CX_D0_EXIT,
    FX_CX_SURPRISE_REMOVAL,
    FX_CX_INIT,
    FX_CX_RESTART,
    FX_CX_SUSPEND,
    FX_CX_FLUSH,
    FX_CX_CLEANUP,
};
/* before: a failure on the way up means that the client is not called and after is not, either.
 * after: status is the client's (on the way down: or before's, if that had failed). */
NTSTATUS fx_cx_before(struct fx_device *device, enum fx_cx_moment which,
                      WDF_POWER_DEVICE_STATE state);
NTSTATUS fx_cx_after(struct fx_device *device, enum fx_cx_moment which,
                     WDF_POWER_DEVICE_STATE state, NTSTATUS status);

/* ---- pnp_irp.c, power_irp.c ----------------------------------------------------------------- */
/* Sends an IRP down and waits for it; it is ours again. PASSIVE_LEVEL. */
NTSTATUS fx_irp_forward_and_wait(struct fx_device *device, PIRP irp);
/* The same for a start: without the resources that EvtDeviceRemoveAddedResources takes out. */
NTSTATUS fx_start_below(struct fx_device *device, PIRP irp);
/* Ends an IRP: sends it to the lower device when status is a success (completes it for a PDO),
 * completes it with status otherwise. Leaves the device. */
NTSTATUS fx_irp_pass(struct fx_device *device, PIRP irp, NTSTATUS status);
NTSTATUS fx_irp_finish(struct fx_device *device, PIRP irp, NTSTATUS status);
/* The same for the D-IRP that the power machine works at; nothing when there is none. */
void fx_power_irp_end(struct fx_device *device, NTSTATUS status);
void fx_system_irp_end(struct fx_device *device);
void fx_power_irp_check(struct fx_device *device, PIRP irp, BOOLEAN was_asked_for);

/* ---- query.c: questions about the device; each ends the IRP --------------------------------- */
NTSTATUS fx_query_capabilities(struct fx_device *device, PIRP irp);
NTSTATUS fx_query_pnp_state(struct fx_device *device, PIRP irp);
NTSTATUS fx_query_resources(struct fx_device *device, PIRP irp);
NTSTATUS fx_query_requirements(struct fx_device *device, PIRP irp);
NTSTATUS fx_filter_requirements(struct fx_device *device, PIRP irp);
NTSTATUS fx_usage_notification(struct fx_device *device, PIRP irp);
NTSTATUS fx_set_lock(struct fx_device *device, PIRP irp);
BOOLEAN fx_special_in_use(struct fx_device *device);

/* ---- idle.c --------------------------------------------------------------------------------- */
void fx_uses_init(struct fx_pnp *pnp);
void fx_uses_open(struct fx_device *device);  /* D0: queues may deliver */
void fx_uses_tell(struct fx_device *device);  /* who waits for D0: nothing of it can fail now */
void fx_uses_close(struct fx_device *device); /* whether used or not */
BOOLEAN fx_uses_close_idle(struct fx_device *device);
void fx_uses_fail(struct fx_device *device); /* who waits for D0 waits in vain */
ULONG fx_uses_count(struct fx_device *device);
void fx_idle_watch(struct fx_device *device);
void fx_idle_unwatch(struct fx_device *device);
/* Counts a use and waits for D0 (PASSIVE_LEVEL). The use is counted only on success. */
NTSTATUS fx_power_reference_wait(struct fx_device *device);

/* ---- wake.c: the policy owner's half, then the bus's half ----------------------------------- */
UCHAR fx_wake_send(struct fx_device *device);
void fx_wake_cancel(struct fx_device *device);
NTSTATUS fx_wake_dispatch(struct fx_device *device, PIRP irp);
BOOLEAN fx_wake_is_pending(struct fx_device *device);
/* Ends the wait-wake IRP of a PDO. STATUS_INVALID_DEVICE_REQUEST: it has none. */
NTSTATUS fx_wake_indicate(struct fx_device *device, NTSTATUS status);

/* ---- user_control.c ------------------------------------------------------------------------- */

/* Users may switch idling, or waking, through WMI. IRQL: <= DISPATCH_LEVEL. Errors:
 * STATUS_WMI_GUID_DISCONNECTED: the client provides that block itself; those of creation */
NTSTATUS fx_user_idle_offer(struct fx_device *device);
NTSTATUS fx_user_wake_offer(struct fx_device *device);

/* ---- power_framework.c: each does nothing where the system does not manage the time-out. The
 * policy machine's, but for assign: PASSIVE_LEVEL */
NTSTATUS fx_power_framework_assign(struct fx_device *device,
                                   const WDF_POWER_FRAMEWORK_SETTINGS *set);
void fx_power_framework_free(struct fx_pnp *pnp);
/* The device has come to D0 with its start. Errors: those of registering, the client's */
NTSTATUS fx_power_framework_start(struct fx_device *device);
void fx_power_framework_end(struct fx_device *device);
void fx_power_framework_hold(struct fx_device *device);
/* Registered and held. PowerNotRequired comes, unless the component is held again. */
void fx_power_framework_idle(struct fx_device *device);
void fx_power_framework_down(struct fx_device *device); /* it has gone down, or will not */
/* The device has power; returns when its component is active, if it is held. */
void fx_power_framework_up(struct fx_device *device);
BOOLEAN fx_power_framework_wants_power(struct fx_device *device);

/* ---- settings.c ----------------------------------------------------------------------------- */
NTSTATUS fx_idle_assign(struct fx_device *device, const WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS *set);
NTSTATUS fx_wake_assign(struct fx_device *device, const WDF_DEVICE_POWER_POLICY_WAKE_SETTINGS *set);
NTSTATUS fx_caps_ask(struct fx_device *device);
BOOLEAN fx_wants_sx_wake(struct fx_device *device);

#endif
