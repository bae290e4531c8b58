/* SPDX-License-Identifier: MIT */
/* hard_error_ddi.c - errors that on Windows a dialog would show: media to insert, devices to
 * verify.
 *
 * Nobody sits in front of a machine, so the dialog's text goes to the debug log and the request
 * ends as it does when the user dismisses the dialog. Which device is to be verified is
 * remembered with the thread that asked.
 */
#include "io_internal.h"

/* Doc:     ntddk.h IoSetHardErrorOrVerifyDevice */
VOID NTAPI IoSetHardErrorOrVerifyDevice(PIRP Irp, PDEVICE_OBJECT DeviceObject)
{
    struct process_thread *thread = (struct process_thread *)Irp->Tail.Overlay.Thread;
    KE_REQUIRE_IRQL_AT_MOST(DISPATCH_LEVEL);
    if (thread != NULL)
        thread->device_to_verify = DeviceObject;
}

/* Doc:     ntifs.h IoGetDeviceToVerify */
PDEVICE_OBJECT NTAPI IoGetDeviceToVerify(PETHREAD Thread)
{
    return ((struct process_thread *)Thread)->device_to_verify;
}

/* Doc:     ntifs.h IoSetDeviceToVerify */
VOID NTAPI IoSetDeviceToVerify(PETHREAD Thread, PDEVICE_OBJECT DeviceObject)
{
    ((struct process_thread *)Thread)->device_to_verify = DeviceObject;
}

/* Doc:     ntddk.h IoSetThreadHardErrorMode */
BOOLEAN NTAPI IoSetThreadHardErrorMode(BOOLEAN EnableHardErrors)
{
    struct process_thread *thread = ps_thread_current();
    if (thread == NULL)
        return TRUE;
    BOOLEAN was_on = !thread->are_hard_errors_off;
    thread->are_hard_errors_off = !EnableHardErrors;
    return was_on;
}

/* Doc:     ntddk.h IoRaiseHardError
 * Differs: no dialog; the request ends with its error as if the user had cancelled
 */
VOID NTAPI IoRaiseHardError(PIRP Irp, PVPB Vpb, PDEVICE_OBJECT RealDeviceObject)
{
    const struct process_thread *thread = (struct process_thread *)Irp->Tail.Overlay.Thread;
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    (void)Vpb;
    if (thread == NULL || !thread->are_hard_errors_off)
        rtl_debug_printf("hard error: %s: %s\n", driver_of(RealDeviceObject->DriverObject)->name,
                         rtl_status_text(Irp->IoStatus.Status));
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_DISK_INCREMENT);
}

/* Doc:     ntddk.h IoRaiseInformationalHardError
 * Differs: no dialog; the text goes to the debug log
 */
BOOLEAN NTAPI IoRaiseInformationalHardError(NTSTATUS ErrorStatus, PUNICODE_STRING String,
                                            PKTHREAD Thread)
{
    const struct process_thread *thread =
        Thread != NULL ? (struct process_thread *)Thread : ps_thread_current();
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    if (thread != NULL && thread->are_hard_errors_off)
        return FALSE;
    char *text = String != NULL ? rtl_utf8_of(String) : NULL;
    rtl_debug_printf("hard error: %s %s\n", rtl_status_text(ErrorStatus), text != NULL ? text : "");
    rtl_free(text);
    return TRUE;
}
