/* SPDX-License-Identifier: MIT */
/* ob_more.c - tests of objects and handles by pointer, tag and process; of drivers that watch
 * handles; and of the services that ask about names and the system. */
#include "drivertest.h"

struct handle_flags {
    BOOLEAN inherit, protect;
};
NTSTATUS NTAPI ObSetHandleAttributes(HANDLE handle, struct handle_flags *flags,
                                     KPROCESSOR_MODE mode);
NTSTATUS NTAPI ObDuplicateObject(PEPROCESS from, HANDLE handle, PEPROCESS to, PHANDLE copy,
                                 ACCESS_MASK access, ULONG attributes, ULONG options,
                                 KPROCESSOR_MODE mode);
BOOLEAN NTAPI ObFindHandleForObject(PEPROCESS process, PVOID object, POBJECT_TYPE type,
                                    POBJECT_HANDLE_INFORMATION like, PHANDLE handle);
LONG_PTR NTAPI ObfReferenceObjectWithTag(PVOID object, ULONG tag);
LONG_PTR NTAPI ObfDereferenceObjectWithTag(PVOID object, ULONG tag);
POBJECT_TYPE NTAPI ObGetObjectType(PVOID object);
NTSTATUS NTAPI ZwSetInformationObject(HANDLE handle, ULONG class, PVOID buffer, ULONG length);
extern DECLSPEC_IMPORT POBJECT_TYPE *ExTimerObjectType;
#ifndef DUPLICATE_SAME_ACCESS
#define DUPLICATE_SAME_ACCESS 2
#endif
NTSTATUS NTAPI ZwQueryDirectoryObject(HANDLE directory, PVOID buffer, ULONG length, BOOLEAN single,
                                      BOOLEAN restart, PULONG context, PULONG returned);
NTSTATUS NTAPI ZwQuerySystemInformation(ULONG class, PVOID buffer, ULONG length, PULONG returned);

static HANDLE event_make(ULONG attributes)
{
    OBJECT_ATTRIBUTES all;
    HANDLE event = NULL;

    InitializeObjectAttributes(&all, NULL, attributes, NULL, NULL);
    expect_status(ZwCreateEvent(&event, EVENT_ALL_ACCESS, &all, NotificationEvent, FALSE),
                  STATUS_SUCCESS);
    return event;
}

static void references(void)
{
    HANDLE handle = event_make(OBJ_KERNEL_HANDLE), other = NULL;
    LONG_PTR count;
    PVOID event;

    expect(ObIsKernelHandle(handle));
    expect_status(ObReferenceObjectByHandleWithTag(handle, EVENT_MODIFY_STATE, *ExEventObjectType,
                                                   KernelMode, 'gaT1', &event, NULL),
                  STATUS_SUCCESS);
    expect(ObGetObjectType(event) == *ExEventObjectType);
    expect(ObGetObjectType(event) != *ExSemaphoreObjectType);
    expect_status(
        ObReferenceObjectByPointerWithTag(event, 0, *ExTimerObjectType, KernelMode, 'gaT1'),
        STATUS_OBJECT_TYPE_MISMATCH);
    expect_status(
        ObReferenceObjectByPointerWithTag(event, 0, *ExEventObjectType, KernelMode, 'gaT1'),
        STATUS_SUCCESS);
    count = ObfReferenceObjectWithTag(event, 'gaT1');
    expect_number(ObfReferenceObject(event), count + 1);
    expect(ObReferenceObjectSafe(event));
    ObDereferenceObjectDeferDeleteWithTag(event, 'gaT1');
    ObfDereferenceObjectWithTag(event, 'gaT1');
    ObfDereferenceObjectWithTag(event, 'gaT1');
    ObDereferenceObject(event);
    expect_status(ObOpenObjectByPointerWithTag(event, OBJ_KERNEL_HANDLE, NULL, EVENT_ALL_ACCESS,
                                               *ExEventObjectType, KernelMode, 'gaT1', &other),
                  STATUS_SUCCESS);
    expect_status(ObCloseHandle(other, KernelMode), STATUS_SUCCESS);
    ObDereferenceObject(event);
    ZwClose(handle);
    expect_number(ObGetFilterVersion(), OB_FLT_REGISTRATION_VERSION);
}

static void handles(void)
{
    struct handle_flags flags = {FALSE, TRUE};
    PEPROCESS process = PsGetCurrentProcess();
    HANDLE handle = event_make(0), copy = NULL, found = NULL;
    BOOLEAN generate = TRUE;
    PVOID event;

    expect_status(ObReferenceObjectByHandle(handle, 0, NULL, KernelMode, &event, NULL),
                  STATUS_SUCCESS);
    expect_status(ObSetHandleAttributes(handle, &flags, KernelMode), STATUS_SUCCESS);
    expect_status(ZwClose(handle), STATUS_HANDLE_NOT_CLOSABLE);
    flags.protect = FALSE;
    expect_status(ZwSetInformationObject(handle, 4, &flags, sizeof flags), STATUS_SUCCESS);
    expect_status(
        ObDuplicateObject(process, handle, process, &copy, 0, 0, DUPLICATE_SAME_ACCESS, KernelMode),
        STATUS_SUCCESS);
    expect(copy != NULL && copy != handle);
    expect_status(ObQueryObjectAuditingByHandle(copy, &generate), STATUS_SUCCESS);
    expect(!generate);
    ZwClose(handle);
    expect(ObFindHandleForObject(process, event, *ExEventObjectType, NULL, &found));
    expect(found == copy);
    ZwClose(copy);
    expect(!ObFindHandleForObject(process, event, NULL, NULL, &found));
    ObDereferenceObject(event);
}

/* ---- drivers that watch ----------------------------------------------------------------- */

static ULONG before_count, after_count, duplicates;

static OB_PREOP_CALLBACK_STATUS NTAPI before(PVOID context, POB_PRE_OPERATION_INFORMATION what)
{
    before_count++;
    if (what->Operation == OB_OPERATION_HANDLE_CREATE) {
        what->Parameters->CreateHandleInformation.DesiredAccess &= ~PROCESS_TERMINATE;
    } else {
        duplicates++;
        what->Parameters->DuplicateHandleInformation.DesiredAccess &= ~PROCESS_TERMINATE;
    }
    return OB_PREOP_SUCCESS;
}

static VOID NTAPI after(PVOID context, POB_POST_OPERATION_INFORMATION what)
{
    after_count++;
}

static void watchers(void)
{
    OB_OPERATION_REGISTRATION operation = {
        PsProcessType, OB_OPERATION_HANDLE_CREATE | OB_OPERATION_HANDLE_DUPLICATE, before, after};
    OB_CALLBACK_REGISTRATION registration = {OB_FLT_REGISTRATION_VERSION, 1,
                                             RTL_CONSTANT_STRING(L"321500"), NULL, &operation};
    OBJECT_HANDLE_INFORMATION information;
    PVOID watch = NULL, second = NULL, process;
    HANDLE handle = NULL, copy = NULL;

    before_count = after_count = duplicates = 0;
    expect_status(ObRegisterCallbacks(&registration, &watch), STATUS_SUCCESS);
    expect_status(ObRegisterCallbacks(&registration, &second),
                  STATUS_FLT_INSTANCE_ALTITUDE_COLLISION);
    expect_status(ObOpenObjectByPointer(PsInitialSystemProcess, 0, NULL,
                                        PROCESS_TERMINATE | PROCESS_DUP_HANDLE, *PsProcessType,
                                        KernelMode, &handle),
                  STATUS_SUCCESS);
    expect(before_count == 1 && after_count == 1);
    expect_status(ObReferenceObjectByHandle(handle, 0, NULL, KernelMode, &process, &information),
                  STATUS_SUCCESS);
    expect_number(information.GrantedAccess, PROCESS_DUP_HANDLE);
    ObDereferenceObject(process);
    expect_status(ZwDuplicateObject(ZwCurrentProcess(), handle, ZwCurrentProcess(), &copy,
                                    PROCESS_TERMINATE | PROCESS_VM_READ, 0, 0),
                  STATUS_SUCCESS);
    expect_number(duplicates, 1);
    ZwClose(copy);
    ZwClose(handle);
    ObUnRegisterCallbacks(watch);
    expect_status(ObOpenObjectByPointer(PsInitialSystemProcess, OBJ_KERNEL_HANDLE, NULL,
                                        PROCESS_TERMINATE, *PsProcessType, KernelMode, &handle),
                  STATUS_SUCCESS);
    expect_number(before_count, 2);
    ZwClose(handle);
}

/* ---- services ---------------------------------------------------------------------------- */

static void directories(void)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device"),
                   wanted = RTL_CONSTANT_STRING(L"DriverTest");
    OBJECT_ATTRIBUTES attributes;
    HANDLE directory = NULL;
    UNICODE_STRING entry[64];
    ULONG context = 0, length;
    BOOLEAN restart = TRUE, found = FALSE;

    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE, NULL,
                               NULL);
    expect_status(ZwOpenDirectoryObject(&directory, DIRECTORY_QUERY, &attributes), STATUS_SUCCESS);
    while (NT_SUCCESS(
        ZwQueryDirectoryObject(directory, entry, sizeof entry, TRUE, restart, &context, &length))) {
        restart = FALSE;
        if (RtlEqualUnicodeString(&entry[0], &wanted, TRUE))
            found = TRUE;
    }
    expect(found);
    expect_status(ZwQueryDirectoryObject(directory, entry, 8, TRUE, TRUE, &context, &length),
                  STATUS_BUFFER_TOO_SMALL);
    ZwClose(directory);
}

static void about_the_system(void)
{
    static const struct {
        ULONG class, length;
    } fixed[] = {{0, 64}, {1, 12}, {3, 48}, {33, 16}, {35, 2}, {103, 8}};
    UCHAR *buffer = ExAllocatePool2(POOL_FLAG_PAGED, 0x20000, 'yStT');
    ULONG i, length = 0, at = 0;
    BOOLEAN has_system = FALSE, has_us = FALSE;

    for (i = 0; i < RTL_NUMBER_OF(fixed); i++) {
        expect_status(ZwQuerySystemInformation(fixed[i].class, buffer, 0, &length),
                      STATUS_INFO_LENGTH_MISMATCH);
        expect_number(length, fixed[i].length);
        expect_status(ZwQuerySystemInformation(fixed[i].class, buffer, length, &length),
                      STATUS_SUCCESS);
    }
    expect_status(ZwQuerySystemInformation(0x7777, buffer, 16, &length), STATUS_INVALID_INFO_CLASS);
    expect_status(ZwQuerySystemInformation(5, buffer, 0x20000, &length), STATUS_SUCCESS);
    for (;;) {
        if (*(HANDLE *)(buffer + at + 0x50) == (HANDLE)4) {
            has_system = TRUE;
            expect(*(PULONG)(buffer + at + 4) > 0); /* threads */
        }
        if (*(PULONG)(buffer + at) == 0)
            break;
        at += *(PULONG)(buffer + at);
    }
    expect(has_system);
    expect_status(ZwQuerySystemInformation(11, buffer, 0x20000, &length), STATUS_SUCCESS);
    expect_number(length, 8 + *(PULONG)buffer * 296);
    for (i = 0; i < *(PULONG)buffer; i++)
        if (*(PVOID *)(buffer + 8 + i * 296 + 16) == drivertest_driver->DriverStart)
            has_us = TRUE;
    expect(has_us);
    ExFreePoolWithTag(buffer, 'yStT');
}

static void device_security(void)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\DriverTest");
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK status;
    HANDLE file = NULL;
    UCHAR buffer[512];
    ULONG length = 0;

    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE, NULL,
                               NULL);
    expect_status(ZwOpenFile(&file, READ_CONTROL | SYNCHRONIZE, &attributes, &status, 0,
                             FILE_SYNCHRONOUS_IO_NONALERT),
                  STATUS_SUCCESS);
    expect_status(
        ZwQuerySecurityObject(file, DACL_SECURITY_INFORMATION, buffer, sizeof buffer, &length),
        STATUS_SUCCESS);
    expect(RtlValidSecurityDescriptor(buffer) && length >= sizeof(SECURITY_DESCRIPTOR_RELATIVE));
    ZwClose(file);
}

DRIVERTEST_LIST = {
    DRIVERTEST(references),  DRIVERTEST(handles),          DRIVERTEST(watchers),
    DRIVERTEST(directories), DRIVERTEST(about_the_system), DRIVERTEST(device_security),
    DRIVERTEST_END,
};
