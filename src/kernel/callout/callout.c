/* SPDX-License-Identifier: MIT */
/* callout.c - one typed function for each kind of driver routine.
 *
 * All of them put their arguments in a row and go through callout_ops, so a watcher sees
 * every entry into driver code by replacing one pointer.
 */
#include "callout/callout.h"

#include <stddef.h>

uint64_t callout_enter(const void *routine, const uint64_t *arguments, unsigned count);
extern const char callout_return[];

_Static_assert(offsetof(struct callout_frame, previous) == 0 &&
                   offsetof(struct callout_frame, ddi) == 8 &&
                   offsetof(struct callout_frame, routine) == 16 &&
                   offsetof(struct callout_frame, rsp) == 24 && sizeof(struct callout_frame) == 32,
               "callout_invoke.S knows this layout");

__thread struct callout_frame *callout_top __attribute__((tls_model("initial-exec")));

static const struct callout_ops ops_plain = {.invoke = callout_enter};
const struct callout_ops *_Atomic callout_ops = &ops_plain;

uint64_t callout_invoke(const void *routine, const uint64_t *arguments, unsigned count)
{
    return __c11_atomic_load(&callout_ops, __ATOMIC_RELAXED)->invoke(routine, arguments, count);
}

bool callout_is_boundary(uint64_t rip)
{
    return rip == (uint64_t)callout_return;
}

bool callout_in_ddi(void)
{
    /* The stack grows down: the newer crossing lies lower. */
    return ddi_top && (!callout_top || (uintptr_t)ddi_top < (uintptr_t)callout_top);
}

void callout_unwind_to(uint64_t rsp)
{
    while (ddi_top && (uint64_t)ddi_top < rsp)
        ddi_top = ddi_top->previous;
    while (callout_top && (uint64_t)callout_top < rsp)
        callout_top = callout_top->previous;
}

#define INVOKE(routine, ...)                                                 \
    callout_invoke((const void *)(routine), (const uint64_t[]){__VA_ARGS__}, \
                   sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t))
#define ARG(value) ((uint64_t)(value))

NTSTATUS callout_driver_entry(PDRIVER_INITIALIZE routine, PDRIVER_OBJECT driver,
                              PUNICODE_STRING registry_path)
{
    return (NTSTATUS)INVOKE(routine, ARG(driver), ARG(registry_path));
}

void callout_unload(PDRIVER_UNLOAD routine, PDRIVER_OBJECT driver)
{
    INVOKE(routine, ARG(driver));
}

NTSTATUS callout_add_device(PDRIVER_ADD_DEVICE routine, PDRIVER_OBJECT driver,
                            PDEVICE_OBJECT physical_device)
{
    return (NTSTATUS)INVOKE(routine, ARG(driver), ARG(physical_device));
}

NTSTATUS callout_dispatch(PDRIVER_DISPATCH routine, PDEVICE_OBJECT device, PIRP irp)
{
    return (NTSTATUS)INVOKE(routine, ARG(device), ARG(irp));
}

NTSTATUS callout_completion(PIO_COMPLETION_ROUTINE routine, PDEVICE_OBJECT device, PIRP irp,
                            PVOID context)
{
    return (NTSTATUS)INVOKE(routine, ARG(device), ARG(irp), ARG(context));
}

void callout_cancel(PDRIVER_CANCEL routine, PDEVICE_OBJECT device, PIRP irp)
{
    INVOKE(routine, ARG(device), ARG(irp));
}

void callout_start_io(PDRIVER_STARTIO routine, PDEVICE_OBJECT device, PIRP irp)
{
    INVOKE(routine, ARG(device), ARG(irp));
}

void callout_dpc(PKDEFERRED_ROUTINE routine, PKDPC dpc, PVOID context, PVOID argument1,
                 PVOID argument2)
{
    /* It runs over whatever the processor was doing, perhaps inside a driver's call that lowered
     * IRQL, but not for it: no frame of that driver may handle its exceptions. */
    struct ddi_frame *interrupted = ddi_top;
    ddi_top = NULL;
    INVOKE(routine, ARG(dpc), ARG(context), ARG(argument1), ARG(argument2));
    ddi_top = interrupted;
}

BOOLEAN callout_isr(PKSERVICE_ROUTINE routine, PKINTERRUPT interrupt, PVOID context)
{
    struct ddi_frame *interrupted = ddi_top; /* as for a DPC */
    ddi_top = NULL;
    BOOLEAN is_claimed = (BOOLEAN)INVOKE(routine, ARG(interrupt), ARG(context));
    ddi_top = interrupted;
    return is_claimed;
}

BOOLEAN callout_synchronize(PKSYNCHRONIZE_ROUTINE routine, PVOID context)
{
    return (BOOLEAN)INVOKE(routine, ARG(context));
}

void callout_thread_start(PKSTART_ROUTINE routine, PVOID context)
{
    INVOKE(routine, ARG(context));
}

void callout_work_item(PIO_WORKITEM_ROUTINE routine, PDEVICE_OBJECT device, PVOID context)
{
    INVOKE(routine, ARG(device), ARG(context));
}

void callout_work_item_ex(PIO_WORKITEM_ROUTINE_EX routine, PVOID object, PVOID context,
                          PIO_WORKITEM item)
{
    INVOKE(routine, ARG(object), ARG(context), ARG(item));
}

void callout_worker(PWORKER_THREAD_ROUTINE routine, PVOID parameter)
{
    INVOKE(routine, ARG(parameter));
}

void callout_timer_routine(PIO_TIMER_ROUTINE routine, PDEVICE_OBJECT device, PVOID context)
{
    INVOKE(routine, ARG(device), ARG(context));
}

void callout_reinitialize(PDRIVER_REINITIALIZE routine, PDRIVER_OBJECT driver, PVOID context,
                          ULONG count)
{
    INVOKE(routine, ARG(driver), ARG(context), ARG(count));
}

void callout_etw_enable(PETWENABLECALLBACK routine, const GUID *source, ULONG code, UCHAR level,
                        ULONGLONG any, ULONGLONG all, PVOID context)
{
    INVOKE(routine, ARG(source), ARG(code), ARG(level), ARG(any), ARG(all), 0, ARG(context));
}

IO_ALLOCATION_ACTION callout_controller(PDRIVER_CONTROL routine, PDEVICE_OBJECT device, PIRP irp,
                                        PVOID context)
{
    return (IO_ALLOCATION_ACTION)INVOKE(routine, ARG(device), ARG(irp), 0, ARG(context));
}

void callout_fs_notification(PDRIVER_FS_NOTIFICATION routine, PDEVICE_OBJECT device, bool is_active)
{
    INVOKE(routine, ARG(device), ARG(is_active));
}

NTSTATUS callout_dll_initialize(const void *routine, PUNICODE_STRING registry_path)
{
    return (NTSTATUS)INVOKE(routine, ARG(registry_path));
}

NTSTATUS callout_dll_unload(const void *routine)
{
    return (NTSTATUS)callout_invoke(routine, NULL, 0);
}

void callout_wmi_notification(WMI_NOTIFICATION_CALLBACK routine, PVOID wnode, PVOID context)
{
    INVOKE(routine, ARG(wnode), ARG(context));
}

NTSTATUS callout_notification(PDRIVER_NOTIFICATION_CALLBACK_ROUTINE routine, PVOID notification,
                              PVOID context)
{
    return (NTSTATUS)INVOKE(routine, ARG(notification), ARG(context));
}

void callout_power_completion(PREQUEST_POWER_COMPLETE routine, PDEVICE_OBJECT device, UCHAR minor,
                              POWER_STATE state, PVOID context, PIO_STATUS_BLOCK status)
{
    INVOKE(routine, ARG(device), ARG(minor), ARG(state.SystemState), ARG(context), ARG(status));
}

void callout_device_eject(PIO_DEVICE_EJECT_CALLBACK routine, NTSTATUS status, PVOID context)
{
    (void)INVOKE(routine, ARG(status), ARG(context));
}

NTSTATUS callout_power_setting(PPOWER_SETTING_CALLBACK routine, LPCGUID setting, PVOID value,
                               ULONG length, PVOID context)
{
    return (NTSTATUS)INVOKE(routine, ARG(setting), ARG(value), ARG(length), ARG(context));
}

/* ---- fast I/O; the caller may wait, always -------------------------------------------- */

BOOLEAN callout_fast_control(PFAST_IO_DEVICE_CONTROL routine, PFILE_OBJECT file,
                             const struct callout_control *control, PIO_STATUS_BLOCK status,
                             PDEVICE_OBJECT device)
{
    return (BOOLEAN)INVOKE(routine, ARG(file), TRUE, ARG(control->input),
                           ARG(control->input_length), ARG(control->output),
                           ARG(control->output_length), ARG(control->code), ARG(status),
                           ARG(device));
}

BOOLEAN callout_fast_transfer(const void *routine, PFILE_OBJECT file, PLARGE_INTEGER offset,
                              ULONG length, ULONG key, PVOID buffer, PIO_STATUS_BLOCK status,
                              PDEVICE_OBJECT device)
{
    return (BOOLEAN)INVOKE(routine, ARG(file), ARG(offset), ARG(length), TRUE, ARG(key),
                           ARG(buffer), ARG(status), ARG(device));
}

BOOLEAN callout_fast_query(const void *routine, PFILE_OBJECT file, PVOID information,
                           PIO_STATUS_BLOCK status, PDEVICE_OBJECT device)
{
    return (BOOLEAN)INVOKE(routine, ARG(file), TRUE, ARG(information), ARG(status), ARG(device));
}
