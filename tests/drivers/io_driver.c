/* SPDX-License-Identifier: MIT */
/* io_driver.c - tests of what a driver asks for itself: claims on hardware, checks of attribute
 * lists, threads and their stacks, the error log, where it lies, notifications.
 */
#include "drivertest.h"

static PDEVICE_OBJECT device; /* without a name: one to ask about */

static void device_make(void)
{
    expect_status(
        IoCreateDevice(drivertest_driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device),
        STATUS_SUCCESS);
}

static void device_drop(void)
{
    IoDeleteDevice(device);
    device = NULL;
}

/* ---- hardware that nobody has
 * ------------------------------------------------------------------------- */

static void list_fill(PCM_RESOURCE_LIST list, ULONG port, ULONG length)
{
    RtlZeroMemory(list, sizeof *list);
    list->Count = 1;
    list->List[0].InterfaceType = Isa;
    list->List[0].PartialResourceList.Count = 1;
    list->List[0].PartialResourceList.PartialDescriptors[0].Type = CmResourceTypePort;
    list->List[0].PartialResourceList.PartialDescriptors[0].ShareDisposition =
        CmResourceShareDeviceExclusive;
    list->List[0].PartialResourceList.PartialDescriptors[0].u.Port.Start.QuadPart = port;
    list->List[0].PartialResourceList.PartialDescriptors[0].u.Port.Length = length;
}

static void claims(void)
{
    UNICODE_STRING class_name = RTL_CONSTANT_STRING(L"Test");
    IO_RESOURCE_REQUIREMENTS_LIST wanted = {0};
    PCM_RESOURCE_LIST got = NULL;
    CM_RESOURCE_LIST list;
    BOOTDISK_INFORMATION boot;
    INTERFACE_TYPE bus = Isa;
    PDEVICE_OBJECT second;
    BOOLEAN conflict = TRUE;

    device_make();
    IoCreateDevice(drivertest_driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &second);
    list_fill(&list, 0x300, 8);
    expect_status(IoReportResourceForDetection(drivertest_driver, NULL, 0, device, &list,
                                               sizeof list, &conflict),
                  STATUS_SUCCESS);
    expect(!conflict);
    list_fill(&list, 0x304, 8);
    expect_status(IoReportResourceForDetection(drivertest_driver, NULL, 0, second, &list,
                                               sizeof list, &conflict),
                  STATUS_CONFLICTING_ADDRESSES);
    expect(conflict);
    expect_status(IoReportResourceUsage(&class_name, drivertest_driver, NULL, 0, second, &list,
                                        sizeof list, TRUE, &conflict),
                  STATUS_SUCCESS); /* overrides */
    expect(conflict);
    list.Count = 0;
    IoReportResourceUsage(NULL, drivertest_driver, NULL, 0, second, &list, sizeof list, FALSE,
                          &conflict);
    wanted.ListSize = sizeof wanted;
    wanted.InterfaceType = Isa;
    wanted.AlternativeLists = 1;
    wanted.List[0].Count = 1;
    wanted.List[0].Descriptors[0].Type = CmResourceTypePort;
    wanted.List[0].Descriptors[0].u.Port.Length = 4;
    wanted.List[0].Descriptors[0].u.Port.Alignment = 4;
    wanted.List[0].Descriptors[0].u.Port.MinimumAddress.QuadPart = 0x300;
    wanted.List[0].Descriptors[0].u.Port.MaximumAddress.QuadPart = 0x30f;
    expect_status(IoAssignResources(&class_name, NULL, drivertest_driver, second, &wanted, &got),
                  STATUS_SUCCESS);
    expect(got && got->List[0].PartialResourceList.PartialDescriptors[0].u.Port.Start.QuadPart ==
                      0x308); /* the first that device has not claimed */
    ExFreePool(got);
    IoDeleteDevice(second); /* and its claim with it */
    device_drop();
    expect_status(IoQueryDeviceDescription(&bus, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
                  STATUS_OBJECT_NAME_NOT_FOUND);
    expect_status(IoGetBootDiskInformation(&boot, sizeof boot), STATUS_TOO_LATE);
    expect_status(IoGetBootDiskInformation(&boot, 4), STATUS_INVALID_PARAMETER);
    expect_number(IoGetConfigurationInformation()->DiskCount, 0);
}

/* ---- lists of attributes
 * ---------------------------------------------------------------------------- */

static void attribute_lists(void)
{
    union {
        FILE_FULL_EA_INFORMATION ea;
        FILE_QUOTA_INFORMATION quota;
        UCHAR bytes[128];
    } list;
    PFILE_FULL_EA_INFORMATION second = (PVOID)(list.bytes + 16);
    ULONG where = 99;

    RtlZeroMemory(&list, sizeof list);
    list.ea.NextEntryOffset = 16;
    list.ea.EaNameLength = 1;
    list.ea.EaValueLength = 2;
    list.ea.EaName[0] = 'A';
    second->EaNameLength = 3;
    RtlCopyMemory(second->EaName, "BCD", 4);
    expect_status(IoCheckEaBufferValidity(&list.ea, 28, &where), STATUS_SUCCESS);
    expect_status(IoCheckEaBufferValidity(&list.ea, 27, &where), STATUS_EA_LIST_INCONSISTENT);
    expect_number(where, 16);
    list.ea.NextEntryOffset = 14;
    expect_status(IoCheckEaBufferValidity(&list.ea, 28, &where), STATUS_EA_LIST_INCONSISTENT);
    expect_number(where, 0);
    list.ea.NextEntryOffset = 16;
    second->EaName[3] = 'E'; /* no zero behind the name */
    expect_status(IoCheckEaBufferValidity(&list.ea, 28, &where), STATUS_EA_LIST_INCONSISTENT);

    RtlZeroMemory(&list, sizeof list);
    list.quota.SidLength = RtlLengthRequiredSid(1);
    list.quota.Sid.Revision = SID_REVISION;
    list.quota.Sid.SubAuthorityCount = 1;
    expect_status(IoCheckQuotaBufferValidity(&list.quota, sizeof list, &where), STATUS_SUCCESS);
    list.quota.SidLength--;
    expect_status(IoCheckQuotaBufferValidity(&list.quota, sizeof list, &where),
                  STATUS_QUOTA_LIST_INCONSISTENT);
    expect_number(where, 0);
}

/* ---- the driver, its threads, its log
 * ----------------------------------------------------------------------
 */

static KEVENT thread_event;

static VOID thread_routine(PVOID context)
{
    ULONG_PTR low, high;

    expect(context == &thread_event && IoIsSystemThread(PsGetCurrentThread()));
    IoGetStackLimits(&low, &high);
    expect(low < (ULONG_PTR)&low && (ULONG_PTR)&low < high);
    expect(IoWithinStackLimits((ULONG_PTR)&low, sizeof low));
    expect(!IoWithinStackLimits(high - 4, 8));
    expect((ULONG_PTR)IoGetInitialStack() > (ULONG_PTR)&low);
    expect(IoGetRemainingStackSize() > 1024 && IoGetRemainingStackSize() < high - low);
    KeSetEvent(&thread_event, 0, FALSE);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void threads(void)
{
    ULONG_PTR(NTAPI * remaining)(VOID);
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"IoGetRemainingStackSize");
    HANDLE handle;
    PVOID thread;

    KeInitializeEvent(&thread_event, NotificationEvent, FALSE);
    expect_status(IoCreateSystemThread(drivertest_device, &handle, THREAD_ALL_ACCESS, NULL, NULL,
                                       NULL, thread_routine, &thread_event),
                  STATUS_SUCCESS);
    ObReferenceObjectByHandle(handle, SYNCHRONIZE, *PsThreadType, KernelMode, &thread, NULL);
    KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, NULL);
    expect(KeReadStateEvent(&thread_event) != 0);
    ObDereferenceObject(thread);
    ZwClose(handle);
    remaining = (ULONG_PTR(NTAPI *)(VOID))(ULONG_PTR)MmGetSystemRoutineAddress(&name);
    expect(remaining && remaining() > 1024 && remaining() <= IoGetRemainingStackSize());
}

static void error_log(void)
{
    PIO_ERROR_LOG_PACKET packet = IoAllocateErrorLogEntry(drivertest_device, sizeof *packet);

    expect(packet != NULL);
    packet->ErrorCode = 0x40001234;
    packet->UniqueErrorValue = 5;
    packet->FinalStatus = STATUS_IO_DEVICE_ERROR;
    packet->MajorFunctionCode = IRP_MJ_READ;
    IoWriteErrorLogEntry(packet);
    packet = IoAllocateErrorLogEntry(drivertest_driver, ERROR_LOG_LIMIT_SIZE);
    expect(packet != NULL);
    IoFreeErrorLogEntry(packet);
    expect(IoAllocateErrorLogEntry(drivertest_device, 4) == NULL);
    expect(IoAllocateErrorLogEntry(NULL, sizeof *packet) == NULL);
}

static void driver_paths(void)
{
    UNICODE_STRING path = {0};

    expect_status(IoQueryFullDriverPath(drivertest_driver, &path), STATUS_SUCCESS);
    expect(path.Length > 2 * sizeof(WCHAR));
    ExFreePool(path.Buffer);
    expect(IoIsWdmVersionAvailable(1, 0x10) && IoIsWdmVersionAvailable(6, 0));
    expect(!IoIsWdmVersionAvailable(7, 0));
}

static ULONG reinitialized;

static VOID reinitialize(PDRIVER_OBJECT driver, PVOID context, ULONG count)
{
    UNREFERENCED_PARAMETER(context);
    expect(driver == drivertest_driver && count > 0);
    reinitialized++;
}

/* The driver runs already, so both kinds wait for a start that does not come again: no call, and
 * nothing left when the driver goes. */
static void late_reinitialization(void)
{
    IoRegisterDriverReinitialization(drivertest_driver, reinitialize, NULL);
    IoRegisterBootDriverReinitialization(drivertest_driver, reinitialize, NULL);
    expect_number(reinitialized, 0);
}

static void named_events(void)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\BaseNamedObjects\\DriverTestSync");
    HANDLE handle;
    PKEVENT event = IoCreateSynchronizationEvent(&name, &handle);

    expect(event != NULL && event->Header.Type == SynchronizationEvent);
    expect(KeReadStateEvent(event) != 0);
    ZwClose(handle);
}

static void start_io_attributes(void)
{
    device_make();
    IoSetStartIoAttributes(device, TRUE, TRUE);
    expect(device->CurrentIrp == NULL);
    device_drop();
}

static void shutdown_both_kinds(void)
{
    device_make();
    expect_status(IoRegisterShutdownNotification(device), STATUS_SUCCESS);
    expect_status(IoRegisterLastChanceShutdownNotification(device), STATUS_SUCCESS);
    expect(device->Flags & DO_SHUTDOWN_REGISTERED);
    IoUnregisterShutdownNotification(device);
    expect(!(device->Flags & DO_SHUTDOWN_REGISTERED));
    device_drop();
}

DRIVERTEST_LIST = {
    DRIVERTEST(claims),       DRIVERTEST(attribute_lists),     DRIVERTEST(threads),
    DRIVERTEST(error_log),    DRIVERTEST(driver_paths),        DRIVERTEST(late_reinitialization),
    DRIVERTEST(named_events), DRIVERTEST(start_io_attributes), DRIVERTEST(shutdown_both_kinds),
    DRIVERTEST_END,
};
