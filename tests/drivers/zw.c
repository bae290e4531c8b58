/* SPDX-License-Identifier: MIT */
/* zw.c - tests of system services called by a driver: Zw names in a request's thread, Nt names
 * in a system thread, where the caller is believed because its previous mode is the kernel. */
#include "drivertest.h"

/* Exported, but not in every header of the kit. */
NTSTATUS NTAPI ZwYieldExecution(VOID);
NTSTATUS NTAPI ZwOpenThread(PHANDLE thread, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes,
                            PCLIENT_ID id);
NTSTATUS NTAPI ZwWaitForMultipleObjects(ULONG count, HANDLE *handles, WAIT_TYPE type,
                                        BOOLEAN alertable, PLARGE_INTEGER timeout);
NTSTATUS NTAPI ZwQueryInformationProcess(HANDLE process, ULONG class, PVOID buffer, ULONG length,
                                         PULONG needed);
NTSTATUS NTAPI ZwQueryInformationThread(HANDLE thread, ULONG class, PVOID buffer, ULONG length,
                                        PULONG needed);
NTSTATUS NTAPI ZwSetInformationProcess(HANDLE process, ULONG class, PVOID buffer, ULONG length);
NTSTATUS NTAPI ZwOpenProcessToken(HANDLE process, ACCESS_MASK access, PHANDLE token);
NTSTATUS NTAPI ZwOpenThreadToken(HANDLE thread, ACCESS_MASK access, BOOLEAN self, PHANDLE token);
NTSTATUS NTAPI ZwPrivilegeCheck(HANDLE token, PPRIVILEGE_SET required, PBOOLEAN result);
NTSTATUS NTAPI ZwAdjustPrivilegesToken(HANDLE token, BOOLEAN none, PTOKEN_PRIVILEGES wanted,
                                       ULONG length, PTOKEN_PRIVILEGES previous, PULONG needed);
NTSTATUS NTAPI ZwSetInformationToken(HANDLE token, TOKEN_INFORMATION_CLASS class, PVOID buffer,
                                     ULONG length);
NTSTATUS NTAPI ZwDisplayString(PUNICODE_STRING text);
NTSTATUS NTAPI ZwCreateSymbolicLinkObject(PHANDLE link, ACCESS_MASK access,
                                          POBJECT_ATTRIBUTES attributes, PUNICODE_STRING target);
NTSTATUS NTAPI ObReferenceObjectByName(PUNICODE_STRING name, ULONG attributes, PACCESS_STATE state,
                                       ACCESS_MASK access, POBJECT_TYPE type, KPROCESSOR_MODE mode,
                                       PVOID context, PVOID *object);
NTSTATUS NTAPI ObOpenObjectByName(POBJECT_ATTRIBUTES attributes, POBJECT_TYPE type,
                                  KPROCESSOR_MODE mode, PACCESS_STATE state, ACCESS_MASK access,
                                  PVOID context, PHANDLE handle);
NTSTATUS NTAPI NtCreateEvent(PHANDLE event, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes,
                             EVENT_TYPE type, BOOLEAN state);
NTSTATUS NTAPI NtSetEvent(HANDLE event, PLONG previous);
NTSTATUS NTAPI NtWaitForSingleObject(HANDLE handle, BOOLEAN alertable, PLARGE_INTEGER timeout);
NTSTATUS NTAPI NtWaitForMultipleObjects(ULONG count, HANDLE *handles, WAIT_TYPE type,
                                        BOOLEAN alertable, PLARGE_INTEGER timeout);
NTSTATUS NTAPI NtDuplicateObject(HANDLE from, HANDLE handle, HANDLE to, PHANDLE copy,
                                 ACCESS_MASK access, ULONG attributes, ULONG options);
NTSTATUS NTAPI NtOpenProcessToken(HANDLE process, ACCESS_MASK access, PHANDLE token);
NTSTATUS NTAPI NtOpenProcessTokenEx(HANDLE process, ACCESS_MASK access, ULONG attributes,
                                    PHANDLE token);
NTSTATUS NTAPI NtOpenThreadToken(HANDLE thread, ACCESS_MASK access, BOOLEAN self, PHANDLE token);
NTSTATUS NTAPI NtQueryInformationToken(HANDLE token, TOKEN_INFORMATION_CLASS class, PVOID buffer,
                                       ULONG length, PULONG needed);
NTSTATUS NTAPI NtQuerySystemInformation(ULONG class, PVOID buffer, ULONG length, PULONG needed);
NTSTATUS NTAPI NtOpenDirectoryObject(PHANDLE directory, ACCESS_MASK access,
                                     POBJECT_ATTRIBUTES attributes);

static UNICODE_STRING of(PCWSTR text)
{
    UNICODE_STRING string;

    RtlInitUnicodeString(&string, text);
    return string;
}

static OBJECT_ATTRIBUTES named(PUNICODE_STRING name)
{
    OBJECT_ATTRIBUTES attributes;

    InitializeObjectAttributes(&attributes, name, OBJ_KERNEL_HANDLE | OBJ_CASE_INSENSITIVE, NULL,
                               NULL);
    return attributes;
}

static void timers_and_events(void)
{
    UNICODE_STRING name = of(L"\\BaseNamedObjects\\ZwTestTimer");
    UNICODE_STRING event_name = of(L"\\BaseNamedObjects\\ZwTestEvent");
    OBJECT_ATTRIBUTES attributes = named(&name), event_attributes = named(&event_name);
    HANDLE handles[2] = {NULL, NULL}, second = NULL;
    LARGE_INTEGER due = {.QuadPart = -1}, far_off = {.QuadPart = -600000000000ll}, none = {0};
    BOOLEAN state = TRUE;
    PVOID event;

    expect_status(ZwCreateTimer(&handles[0], TIMER_ALL_ACCESS, &attributes, NotificationTimer),
                  STATUS_SUCCESS);
    expect_status(ZwOpenTimer(&second, TIMER_ALL_ACCESS, &attributes), STATUS_SUCCESS);
    expect_status(ZwSetTimer(second, &far_off, NULL, NULL, FALSE, 0, &state), STATUS_SUCCESS);
    expect(!state);
    expect_status(ZwCancelTimer(handles[0], &state), STATUS_SUCCESS);
    expect(!state); /* not signalled */
    expect_status(ZwSetTimer(second, &due, NULL, NULL, FALSE, 0, NULL), STATUS_SUCCESS);
    expect_status(
        ZwCreateEvent(&handles[1], EVENT_ALL_ACCESS, &event_attributes, NotificationEvent, TRUE),
        STATUS_SUCCESS);
    expect_status(ZwWaitForMultipleObjects(2, handles, WaitAll, FALSE, NULL), STATUS_SUCCESS);
    ZwClose(second);
    expect_status(ZwOpenEvent(&second, EVENT_MODIFY_STATE, &event_attributes), STATUS_SUCCESS);
    ZwClose(second);
    expect_status(ObOpenObjectByName(&event_attributes, *ExEventObjectType, KernelMode, NULL,
                                     EVENT_ALL_ACCESS, NULL, &second),
                  STATUS_SUCCESS);
    expect_status(ZwWaitForSingleObject(second, FALSE, &none), STATUS_SUCCESS);
    ZwClose(second);
    expect_status(ObReferenceObjectByName(&event_name, OBJ_CASE_INSENSITIVE, NULL, 0,
                                          *ExEventObjectType, KernelMode, NULL, &event),
                  STATUS_SUCCESS);
    ObDereferenceObject(event);
    ZwYieldExecution();
    ZwClose(handles[0]);
    ZwClose(handles[1]);
    expect_status(ZwOpenEvent(&second, EVENT_ALL_ACCESS, &event_attributes),
                  STATUS_OBJECT_NAME_NOT_FOUND);
}

static void permanent_names(void)
{
    UNICODE_STRING name = of(L"\\BaseNamedObjects\\ZwTestLink"),
                   target = of(L"\\Device\\DriverTest");
    WCHAR room[32];
    UNICODE_STRING found = {0, sizeof room, room};
    OBJECT_ATTRIBUTES attributes = named(&name);
    HANDLE link = NULL, again = NULL;
    PVOID object;

    attributes.Attributes |= OBJ_PERMANENT;
    expect_status(ZwCreateSymbolicLinkObject(&link, SYMBOLIC_LINK_ALL_ACCESS, &attributes, &target),
                  STATUS_SUCCESS);
    ZwClose(link);
    expect_status(ZwOpenSymbolicLinkObject(&link, SYMBOLIC_LINK_ALL_ACCESS, &attributes),
                  STATUS_SUCCESS); /* it is permanent */
    expect_status(ZwQuerySymbolicLinkObject(link, &found, NULL), STATUS_SUCCESS);
    expect(RtlEqualUnicodeString(&found, &target, FALSE));
    expect_status(ZwMakeTemporaryObject(link), STATUS_SUCCESS);
    expect_status(ObReferenceObjectByHandle(link, 0, NULL, KernelMode, &object, NULL),
                  STATUS_SUCCESS);
    ObMakeTemporaryObject(object); /* again: nothing happens */
    ObDereferenceObject(object);
    ZwClose(link);
    expect_status(ZwOpenSymbolicLinkObject(&again, SYMBOLIC_LINK_ALL_ACCESS, &attributes),
                  STATUS_OBJECT_NAME_NOT_FOUND);
}

static void processes_and_threads(void)
{
    OBJECT_ATTRIBUTES attributes = named(NULL);
    CLIENT_ID id = {PsGetCurrentProcessId(), PsGetCurrentThreadId()};
    HANDLE process = NULL, thread = NULL;
    ULONG_PTR basic[6];
    ULONG length, priority = 8;

    expect_status(ZwOpenProcess(&process, PROCESS_ALL_ACCESS, &attributes, &id), STATUS_SUCCESS);
    id.UniqueProcess = (HANDLE)0xfffff0;
    expect_status(ZwOpenProcess(&thread, PROCESS_ALL_ACCESS, &attributes, &id), STATUS_INVALID_CID);
    id.UniqueProcess = NULL;
    expect_status(ZwOpenThread(&thread, THREAD_ALL_ACCESS, &attributes, &id), STATUS_SUCCESS);
    expect_status(ZwQueryInformationProcess(process, 0, basic, sizeof basic, &length),
                  STATUS_SUCCESS);
    expect(basic[4] == (ULONG_PTR)PsGetCurrentProcessId());
    expect_status(ZwQueryInformationThread(thread, 0, basic, sizeof basic, &length),
                  STATUS_SUCCESS);
    expect(basic[3] == (ULONG_PTR)PsGetCurrentThreadId());
    expect_status(ZwSetInformationProcess(process, 5, &priority, sizeof priority), STATUS_SUCCESS);
    expect_status(ZwSetInformationProcess(process, 0x500, &priority, sizeof priority),
                  STATUS_INVALID_INFO_CLASS);
    expect_status(ZwSetInformationThread(thread, ThreadBasePriority, &priority, 1),
                  STATUS_INFO_LENGTH_MISMATCH);
    expect_status(ZwTerminateProcess((HANDLE)(ULONG_PTR)0x3ffc, 0), STATUS_INVALID_HANDLE);
    ZwClose(thread);
    ZwClose(process);
}

static void tokens(void)
{
    PRIVILEGE_SET set = {1, PRIVILEGE_SET_ALL_NECESSARY, {{{SE_LOAD_DRIVER_PRIVILEGE, 0}, 0}}};
    TOKEN_PRIVILEGES wanted = {1, {{{SE_LOAD_DRIVER_PRIVILEGE, 0}, SE_PRIVILEGE_ENABLED}}};
    TOKEN_PRIVILEGES previous;
    HANDLE token = NULL, none = NULL;
    BOOLEAN result = FALSE, was = FALSE;
    ULONG length, session = 0;
    LUID one, two;

    expect_status(ZwOpenProcessToken(ZwCurrentProcess(), TOKEN_ALL_ACCESS, &token), STATUS_SUCCESS);
    expect_status(ZwOpenThreadToken(ZwCurrentThread(), TOKEN_QUERY, TRUE, &none), STATUS_NO_TOKEN);
    expect_status(ZwPrivilegeCheck(token, &set, &was), STATUS_SUCCESS);
    expect_status(
        ZwAdjustPrivilegesToken(token, FALSE, &wanted, sizeof previous, &previous, &length),
        STATUS_SUCCESS);
    expect_status(ZwPrivilegeCheck(token, &set, &result), STATUS_SUCCESS);
    expect(result);
    wanted.Privileges[0].Attributes = was ? SE_PRIVILEGE_ENABLED : 0;
    expect_status(ZwAdjustPrivilegesToken(token, FALSE, &wanted, 0, NULL, NULL), STATUS_SUCCESS);
    expect_status(ZwSetInformationToken(token, TokenSessionId, &session, sizeof session),
                  STATUS_SUCCESS);
    expect_status(ZwSetInformationToken(token, TokenUser, &session, sizeof session),
                  STATUS_INVALID_INFO_CLASS);
    ZwClose(token);
    expect_status(ZwAllocateLocallyUniqueId(&one), STATUS_SUCCESS);
    ZwAllocateLocallyUniqueId(&two);
    expect(one.LowPart != two.LowPart);
}

static void registry_and_files(void)
{
    UNICODE_STRING path = of(L"\\Registry\\Machine\\Software"), text = of(L"shown by zw.c");
    UNICODE_STRING device = of(L"\\Device\\DriverTest"), service = of(L"\\Registry\\Machine\\No");
    OBJECT_ATTRIBUTES attributes = named(&path), device_attributes = named(&device);
    FILE_NETWORK_OPEN_INFORMATION network;
    FILE_FS_DEVICE_INFORMATION volume;
    IO_STATUS_BLOCK status;
    UCHAR buffer[512];
    HANDLE key = NULL, file = NULL;
    ULONG length = 0;

    expect_status(ZwOpenKeyEx(&key, KEY_READ, &attributes, 0), STATUS_SUCCESS);
    expect_status(ZwQueryKey(key, KeyBasicInformation, buffer, sizeof buffer, &length),
                  STATUS_SUCCESS);
    expect_number(((PKEY_BASIC_INFORMATION)buffer)->NameLength, 16);
    ZwClose(key);
    expect_status(ZwDisplayString(&text), STATUS_SUCCESS);
    expect(!NT_SUCCESS(ZwLoadDriver(&service)));
    expect(!NT_SUCCESS(ZwUnloadDriver(&service)));
    expect_status(ZwOpenFile(&file, SYNCHRONIZE | FILE_READ_DATA, &device_attributes, &status, 0,
                             FILE_SYNCHRONOUS_IO_NONALERT),
                  STATUS_SUCCESS);
    expect_status(ZwQueryObject(file, ObjectBasicInformation, buffer,
                                sizeof(PUBLIC_OBJECT_BASIC_INFORMATION), &length),
                  STATUS_SUCCESS);
    /* The driver under test answers neither. */
    expect_status(ZwQueryVolumeInformationFile(file, &status, &volume, sizeof volume,
                                               FileFsDeviceInformation),
                  STATUS_INVALID_DEVICE_REQUEST);
    expect_status(ZwFlushBuffersFile(file, &status), STATUS_INVALID_DEVICE_REQUEST);
    ZwClose(file);
    device = of(L"\\??\\C:\\NoSuchFile");
    expect(!NT_SUCCESS(ZwQueryFullAttributesFile(&device_attributes, &network)));
}

/* ---- Nt names, in a system thread ---------------------------------------------------------- */

static void nt_objects(void)
{
    OBJECT_ATTRIBUTES attributes = named(NULL);
    LARGE_INTEGER none = {0};
    UCHAR buffer[256];
    HANDLE event = NULL, copy = NULL, token = NULL;
    ULONG length;

    expect_status(NtCreateEvent(&event, EVENT_ALL_ACCESS, &attributes, SynchronizationEvent, FALSE),
                  STATUS_SUCCESS);
    expect_status(NtWaitForSingleObject(event, FALSE, &none), STATUS_TIMEOUT);
    expect_status(NtSetEvent(event, NULL), STATUS_SUCCESS);
    expect_status(NtWaitForMultipleObjects(1, &event, WaitAny, FALSE, &none), STATUS_SUCCESS);
    expect_status(NtDuplicateObject(ZwCurrentProcess(), event, ZwCurrentProcess(), &copy, 0,
                                    OBJ_KERNEL_HANDLE, 2 /* the same access */),
                  STATUS_SUCCESS);
    expect_status(NtQueryObject(copy, ObjectTypeInformation, buffer, sizeof buffer, &length),
                  STATUS_SUCCESS);
    expect_status(NtClose(copy), STATUS_SUCCESS);
    expect_status(NtClose(event), STATUS_SUCCESS);
    expect_status(NtOpenProcessToken(ZwCurrentProcess(), TOKEN_QUERY, &token), STATUS_SUCCESS);
    expect_status(NtQueryInformationToken(token, TokenUser, buffer, sizeof buffer, &length),
                  STATUS_SUCCESS);
    expect(RtlEqualSid(((PTOKEN_USER)buffer)->User.Sid, SeExports->SeLocalSystemSid));
    NtClose(token);
    expect_status(NtOpenProcessTokenEx(ZwCurrentProcess(), TOKEN_QUERY, OBJ_KERNEL_HANDLE, &token),
                  STATUS_SUCCESS);
    NtClose(token);
    expect_status(NtOpenThreadToken(ZwCurrentThread(), TOKEN_QUERY, TRUE, &token), STATUS_NO_TOKEN);
    expect_status(NtQuerySystemInformation(0, buffer, sizeof buffer, &length), STATUS_SUCCESS);
    expect_number(length, 64);
}

static void nt_files(void)
{
    UNICODE_STRING device = of(L"\\Device\\DriverTest"), devices = of(L"\\Device");
    OBJECT_ATTRIBUTES attributes = named(&device), directory_attributes = named(&devices);
    FILE_POSITION_INFORMATION position = {{0}};
    LARGE_INTEGER offset = {0};
    IO_STATUS_BLOCK status;
    HANDLE file = NULL, directory = NULL;
    UCHAR buffer[128];

    expect_status(NtOpenDirectoryObject(&directory, DIRECTORY_QUERY, &directory_attributes),
                  STATUS_SUCCESS);
    NtClose(directory);
    expect_status(NtCreateFile(&file, FILE_READ_DATA | FILE_WRITE_DATA | SYNCHRONIZE, &attributes,
                               &status, NULL, 0, 0, FILE_OPEN, FILE_SYNCHRONOUS_IO_NONALERT, NULL,
                               0),
                  STATUS_SUCCESS);
    expect_status(
        NtQueryInformationFile(file, &status, &position, sizeof position, FilePositionInformation),
        STATUS_SUCCESS);
    position.CurrentByteOffset.QuadPart = 77;
    expect_status(
        NtSetInformationFile(file, &status, &position, sizeof position, FilePositionInformation),
        STATUS_SUCCESS);
    /* The driver under test has none of these. */
    expect_status(NtReadFile(file, NULL, NULL, NULL, &status, buffer, 8, &offset, NULL),
                  STATUS_INVALID_DEVICE_REQUEST);
    expect_status(NtWriteFile(file, NULL, NULL, NULL, &status, buffer, 8, &offset, NULL),
                  STATUS_INVALID_DEVICE_REQUEST);
    expect_status(
        NtDeviceIoControlFile(file, NULL, NULL, NULL, &status, 0x222000, NULL, 0, NULL, 0),
        STATUS_INVALID_DEVICE_REQUEST);
    expect_status(
        NtFsControlFile(file, NULL, NULL, NULL, &status, FSCTL_LOCK_VOLUME, NULL, 0, NULL, 0),
        STATUS_INVALID_DEVICE_REQUEST);
    NtClose(file);
    expect_status(
        NtOpenFile(&file, SYNCHRONIZE, &attributes, &status, 0, FILE_SYNCHRONOUS_IO_NONALERT),
        STATUS_SUCCESS);
    NtClose(file);
}

static VOID NTAPI nt_thread(PVOID context)
{
    expect_number(ExGetPreviousMode(), KernelMode);
    nt_objects();
    nt_files();
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void in_a_system_thread(void)
{
    OBJECT_ATTRIBUTES attributes = named(NULL);
    HANDLE thread = NULL;

    expect_status(
        PsCreateSystemThread(&thread, THREAD_ALL_ACCESS, &attributes, NULL, NULL, nt_thread, NULL),
        STATUS_SUCCESS);
    expect_status(ZwWaitForSingleObject(thread, FALSE, NULL), STATUS_SUCCESS);
    ZwClose(thread);
}

DRIVERTEST_LIST = {
    DRIVERTEST(timers_and_events),
    DRIVERTEST(permanent_names),
    DRIVERTEST(processes_and_threads),
    DRIVERTEST(tokens),
    DRIVERTEST(registry_and_files),
    DRIVERTEST(in_a_system_thread),
    DRIVERTEST_END,
};
