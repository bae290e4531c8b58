/* SPDX-License-Identifier: MIT */
/* callout.h - the one way out of native code into driver code.
 *
 * Rules of use. Whoever wants a driver's routine to run calls the typed function
 * below, never the pointer. No lock of ours may be held and nothing may be half done:
 * an exception that the outer driver handles drops every native frame between. The
 * boundary is recorded on the thread (callout_top), so that the unwinder knows where
 * one driver's frames end and from which DDI call (ddi_top, ddi_frame.h) the frames
 * of the driver above it go on. The table callout_ops is what watchers swap.
 */
#ifndef CALLOUT_CALLOUT_H
#define CALLOUT_CALLOUT_H

#include <stdbool.h>
#include <stdint.h>

#include <ntifs.h>

#include "callout/ddi_frame.h"

/* Lies on the stack for as long as the driver routine runs. */
struct callout_frame {
    struct callout_frame *previous;
    struct ddi_frame
        *ddi; /* ddi_top when the callout was made: the driver call we are inside, or NULL */
    const void *routine; /* what was called */
    uint64_t rsp; /* stack pointer at the boundary: the return address callout_return lies here */
};

/* Innermost callout of this thread; NULL outside. owner thread only */
extern __thread struct callout_frame *callout_top;

/* Calls an ms_abi routine with count (0..10) integer or pointer arguments and records the
 * boundary. Returns RAX. All typed functions go through it. */
uint64_t callout_invoke(const void *routine, const uint64_t *arguments, unsigned count);

/* Is rip the address to which a routine called by callout_invoke returns? */
bool callout_is_boundary(uint64_t rip);

/* Drops the ddi and callout frames that lie below stack address rsp (an unwind goes there). */
void callout_unwind_to(uint64_t rsp);

/* True when the newest crossing of this thread is a driver's call into us: native code is
 * running on behalf of the driver call ddi_top. False: driver code, or native code of our own. */
bool callout_in_ddi(void);

/* What a FastIoDeviceControl routine is given. */
struct callout_control {
    PVOID input, output;
    ULONG input_length, output_length;
    ULONG code;
};

/* ---- typed callouts: one per kind of routine ------------------------------------ */
NTSTATUS callout_driver_entry(PDRIVER_INITIALIZE routine, PDRIVER_OBJECT driver,
                              PUNICODE_STRING registry_path);
void callout_unload(PDRIVER_UNLOAD routine, PDRIVER_OBJECT driver);
NTSTATUS callout_add_device(PDRIVER_ADD_DEVICE routine, PDRIVER_OBJECT driver,
                            PDEVICE_OBJECT physical_device);
NTSTATUS callout_dispatch(PDRIVER_DISPATCH routine, PDEVICE_OBJECT device, PIRP irp);
NTSTATUS callout_completion(PIO_COMPLETION_ROUTINE routine, PDEVICE_OBJECT device, PIRP irp,
                            PVOID context);
void callout_cancel(PDRIVER_CANCEL routine, PDEVICE_OBJECT device, PIRP irp);
void callout_start_io(PDRIVER_STARTIO routine, PDEVICE_OBJECT device, PIRP irp);
void callout_dpc(PKDEFERRED_ROUTINE routine, PKDPC dpc, PVOID context, PVOID argument1,
                 PVOID argument2);
BOOLEAN callout_isr(PKSERVICE_ROUTINE routine, PKINTERRUPT interrupt, PVOID context);
BOOLEAN callout_synchronize(PKSYNCHRONIZE_ROUTINE routine, PVOID context);
void callout_thread_start(PKSTART_ROUTINE routine, PVOID context);
void callout_work_item(PIO_WORKITEM_ROUTINE routine, PDEVICE_OBJECT device, PVOID context);
void callout_work_item_ex(PIO_WORKITEM_ROUTINE_EX routine, PVOID object, PVOID context,
                          PIO_WORKITEM item);
void callout_worker(PWORKER_THREAD_ROUTINE routine, PVOID parameter);
void callout_timer_routine(PIO_TIMER_ROUTINE routine, PDEVICE_OBJECT device, PVOID context);
void callout_reinitialize(PDRIVER_REINITIALIZE routine, PDRIVER_OBJECT driver, PVOID context,
                          ULONG count);
void callout_etw_enable(PETWENABLECALLBACK routine, const GUID *source, ULONG code, UCHAR level,
                        ULONGLONG any, ULONGLONG all, PVOID context);

IO_ALLOCATION_ACTION callout_controller(PDRIVER_CONTROL routine, PDEVICE_OBJECT device, PIRP irp,
                                        PVOID context);
void callout_fs_notification(PDRIVER_FS_NOTIFICATION routine, PDEVICE_OBJECT device,
                             bool is_active);
NTSTATUS callout_dll_initialize(const void *routine, PUNICODE_STRING registry_path);
NTSTATUS callout_dll_unload(const void *routine);
void callout_wmi_notification(WMI_NOTIFICATION_CALLBACK routine, PVOID wnode, PVOID context);
NTSTATUS callout_notification(PDRIVER_NOTIFICATION_CALLBACK_ROUTINE routine, PVOID notification,
                              PVOID context);
void callout_power_completion(PREQUEST_POWER_COMPLETE routine, PDEVICE_OBJECT device, UCHAR minor,
                              POWER_STATE state, PVOID context, PIO_STATUS_BLOCK status);
NTSTATUS callout_power_setting(PPOWER_SETTING_CALLBACK routine, LPCGUID setting, PVOID value,
                               ULONG length, PVOID context);
void callout_device_eject(PIO_DEVICE_EJECT_CALLBACK routine, NTSTATUS status, PVOID context);
/* Entries of a fast I/O table, named by what they take beside file and device. */
BOOLEAN callout_fast_control(PFAST_IO_DEVICE_CONTROL routine, PFILE_OBJECT file,
                             const struct callout_control *control, PIO_STATUS_BLOCK status,
                             PDEVICE_OBJECT device);
BOOLEAN callout_fast_transfer(const void *routine, PFILE_OBJECT file, PLARGE_INTEGER offset,
                              ULONG length, ULONG key, PVOID buffer, PIO_STATUS_BLOCK status,
                              PDEVICE_OBJECT device);
BOOLEAN callout_fast_query(const void *routine, PFILE_OBJECT file, PVOID information,
                           PIO_STATUS_BLOCK status, PDEVICE_OBJECT device);

/* What a watcher may replace; every typed function calls through it. atomic pointer */
struct callout_ops {
    uint64_t (*invoke)(const void *routine, const uint64_t *arguments, unsigned count);
};
extern const struct callout_ops *_Atomic callout_ops;

#endif
