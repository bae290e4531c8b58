/* SPDX-License-Identifier: MIT */
/* interrupt_ddi.c - WdfInterruptXxx as a client calls it. */
#include "interrupt.h"
#include <wdf_entries.h>

static struct fx_interrupt *interrupt_of(PWDF_DRIVER_GLOBALS abi, WDFINTERRUPT handle)
{
    return fx_interrupt_of(fx_globals_of(abi), handle);
}

NTSTATUS NTAPI imp_WdfInterruptCreate(PWDF_DRIVER_GLOBALS abi, WDFDEVICE Device,
                                      PWDF_INTERRUPT_CONFIG Configuration,
                                      PWDF_OBJECT_ATTRIBUTES Attributes, WDFINTERRUPT *Interrupt)
{
    struct fx_globals *globals = fx_globals_of(abi);
    struct fx_device *device = (struct fx_device *)fx_object_of(globals, Device, &fx_type_device);
    struct fx_interrupt *interrupt;
    WDF_INTERRUPT_CONFIG config;
    NTSTATUS status;

    fx_needed(globals, Configuration);
    fx_needed(globals, Interrupt);
    *Interrupt = NULL;
    status =
        fx_struct_copy(globals, &config, sizeof config, Configuration, INDEX_WDF_INTERRUPT_CONFIG);
    if (NT_SUCCESS(status))
        status = fx_interrupt_create(device, &config, Attributes, &interrupt);
    if (!NT_SUCCESS(status))
        return status;
    fx_object_creator(&interrupt->object, _ReturnAddress());
    *Interrupt = fx_handle_of(&interrupt->object);
    return STATUS_SUCCESS;
}

BOOLEAN NTAPI imp_WdfInterruptQueueDpcForIsr(PWDF_DRIVER_GLOBALS abi, WDFINTERRUPT Interrupt)
{
    struct fx_interrupt *interrupt = interrupt_of(abi, Interrupt);

    fx_needed(interrupt->object.globals, interrupt->config.EvtInterruptDpc);
    return KeInsertQueueDpc(&interrupt->dpc, NULL, NULL);
}

BOOLEAN NTAPI imp_WdfInterruptQueueWorkItemForIsr(PWDF_DRIVER_GLOBALS abi, WDFINTERRUPT Interrupt)
{
    struct fx_interrupt *interrupt = interrupt_of(abi, Interrupt);

    fx_needed(interrupt->object.globals, interrupt->config.EvtInterruptWorkItem);
    if (KeGetCurrentIrql() > DISPATCH_LEVEL)
        return KeInsertQueueDpc(&interrupt->dpc, NULL, NULL);
    return fx_passive_post(&interrupt->work);
}

struct synchronizing {
    WDFINTERRUPT interrupt;
    PFN_WDF_INTERRUPT_SYNCHRONIZE callback;
    WDFCONTEXT context;
};

static BOOLEAN NTAPI synchronized(PVOID context)
{
    struct synchronizing *what = context;

    return what->callback(what->interrupt, what->context);
}

BOOLEAN NTAPI imp_WdfInterruptSynchronize(PWDF_DRIVER_GLOBALS abi, WDFINTERRUPT Interrupt,
                                          PFN_WDF_INTERRUPT_SYNCHRONIZE Callback,
                                          WDFCONTEXT Context)
{
    struct fx_interrupt *interrupt = interrupt_of(abi, Interrupt);
    struct synchronizing what = {Interrupt, Callback, Context};
    BOOLEAN answer;

    fx_needed(interrupt->object.globals, Callback);
    if (interrupt->kernel && !interrupt->config.PassiveHandling)
        return KeSynchronizeExecution(interrupt->kernel, synchronized, &what);
    fx_interrupt_lock(interrupt);
    answer = Callback(Interrupt, Context);
    fx_interrupt_unlock(interrupt);
    return answer;
}

VOID NTAPI imp_WdfInterruptAcquireLock(PWDF_DRIVER_GLOBALS abi, WDFINTERRUPT Interrupt)
{
    fx_interrupt_lock(interrupt_of(abi, Interrupt));
}

BOOLEAN NTAPI imp_WdfInterruptTryToAcquireLock(PWDF_DRIVER_GLOBALS abi, WDFINTERRUPT Interrupt)
{
    struct fx_interrupt *interrupt = interrupt_of(abi, Interrupt);

    if (!interrupt->config.PassiveHandling) {
        fx_log(interrupt->object.globals, FX_LOG_ERROR,
               "WdfInterruptTryToAcquireLock: WDFINTERRUPT %p is not handled at passive level",
               Interrupt);
        return FALSE;
    }
    return fx_interrupt_try_lock(interrupt);
}

VOID NTAPI imp_WdfInterruptReleaseLock(PWDF_DRIVER_GLOBALS abi, WDFINTERRUPT Interrupt)
{
    fx_interrupt_unlock(interrupt_of(abi, Interrupt));
}

VOID NTAPI imp_WdfInterruptEnable(PWDF_DRIVER_GLOBALS abi, WDFINTERRUPT Interrupt)
{
    (void)fx_interrupt_switch(interrupt_of(abi, Interrupt), TRUE);
}

VOID NTAPI imp_WdfInterruptDisable(PWDF_DRIVER_GLOBALS abi, WDFINTERRUPT Interrupt)
{
    (void)fx_interrupt_switch(interrupt_of(abi, Interrupt), FALSE);
}

PKINTERRUPT NTAPI imp_WdfInterruptWdmGetInterrupt(PWDF_DRIVER_GLOBALS abi, WDFINTERRUPT Interrupt)
{
    return interrupt_of(abi, Interrupt)->kernel;
}

VOID NTAPI imp_WdfInterruptGetInfo(PWDF_DRIVER_GLOBALS abi, WDFINTERRUPT Interrupt,
                                   PWDF_INTERRUPT_INFO Info)
{
    struct fx_interrupt *interrupt = interrupt_of(abi, Interrupt);
    ULONG size;

    fx_needed(interrupt->object.globals, Info);
    size = Info->Size;
    if (size != sizeof *Info && size != FIELD_OFFSET(WDF_INTERRUPT_INFO, Group)) {
        fx_log(interrupt->object.globals, FX_LOG_ERROR,
               "WdfInterruptGetInfo: Size is %u: WDF_INTERRUPT_INFO_INIT sets it", size);
        return;
    }
    RtlCopyMemory(Info, &interrupt->info, size);
    Info->Size = size;
}

WDFDEVICE NTAPI imp_WdfInterruptGetDevice(PWDF_DRIVER_GLOBALS abi, WDFINTERRUPT Interrupt)
{
    return fx_handle_of(&interrupt_of(abi, Interrupt)->device->object);
}

VOID NTAPI imp_WdfInterruptSetExtendedPolicy(PWDF_DRIVER_GLOBALS abi, WDFINTERRUPT Interrupt,
                                             PWDF_INTERRUPT_EXTENDED_POLICY PolicyAndGroup)
{
    struct fx_interrupt *interrupt = interrupt_of(abi, Interrupt);
    WDF_INTERRUPT_EXTENDED_POLICY policy;

    fx_needed(interrupt->object.globals, PolicyAndGroup);
    if (!NT_SUCCESS(fx_struct_copy(interrupt->object.globals, &policy, sizeof policy,
                                   PolicyAndGroup, INDEX_WDF_INTERRUPT_EXTENDED_POLICY)))
        return;
    interrupt->policy = policy;
    interrupt->has_policy = TRUE;
}

VOID NTAPI imp_WdfInterruptSetPolicy(PWDF_DRIVER_GLOBALS abi, WDFINTERRUPT Interrupt,
                                     WDF_INTERRUPT_POLICY Policy, WDF_INTERRUPT_PRIORITY Priority,
                                     KAFFINITY TargetProcessorSet)
{
    WDF_INTERRUPT_EXTENDED_POLICY policy;

    WDF_INTERRUPT_EXTENDED_POLICY_INIT(&policy);
    policy.Policy = Policy;
    policy.Priority = Priority;
    policy.TargetProcessorSetAndGroup.Mask = TargetProcessorSet;
    imp_WdfInterruptSetExtendedPolicy(abi, Interrupt, &policy);
}

/* What the device itself says of its line, for as long as it is up. */
static void activity_set(struct fx_interrupt *interrupt, BOOLEAN active)
{
    if (!interrupt->kernel) {
        fx_log(interrupt->object.globals, FX_LOG_ERROR, "WDFINTERRUPT %p is not connected",
               fx_handle_of(&interrupt->object));
        return;
    }
    interrupt->is_inactive = !active;
    fx_interrupt_report(interrupt->kernel, active);
}

VOID NTAPI imp_WdfInterruptReportActive(PWDF_DRIVER_GLOBALS abi, WDFINTERRUPT Interrupt)
{
    activity_set(interrupt_of(abi, Interrupt), TRUE);
}

VOID NTAPI imp_WdfInterruptReportInactive(PWDF_DRIVER_GLOBALS abi, WDFINTERRUPT Interrupt)
{
    activity_set(interrupt_of(abi, Interrupt), FALSE);
}
