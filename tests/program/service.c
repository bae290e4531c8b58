/* SPDX-License-Identifier: MIT */
/* service.c - a program that is a service, and one that controls it: the same file twice.
 *
 * As a service ("serve WHAT" behind its name) it does what its first argument says and writes what
 * it heard into a section that both share; each step sets an event. Without arguments it creates,
 * starts, controls and deletes that service and looks at what came over. */
#include "check.h"

#include <dbt.h>

#define NAME  "CoveTestService"
#define STEPS 64
#define MANY  30000 /* a limit for what must happen */

struct shared {
    LONG step_count;
    DWORD step[STEPS];
    DWORD argument_count, process_id, argument_sum;
    char name[64], folder[MAX_PATH];
    DWORD control_count;
};

static struct shared *Shared;
static HANDLE Stepped, Go;
static SERVICE_STATUS_HANDLE Handle;
static SERVICE_STATUS Status;
static HANDLE Stop;

static void Attach(void)
{
    HANDLE section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0,
                                        sizeof *Shared, "CoveTestServiceSection");
    Shared = MapViewOfFile(section, FILE_MAP_ALL_ACCESS, 0, 0, 0);
    Stepped = CreateSemaphoreA(NULL, 0, 1000, "CoveTestServiceStepped");
    Go = CreateEventA(NULL, FALSE, FALSE, "CoveTestServiceGo");
}

/* ---- the service ------------------------------------------------------------------------------
 */

static void Step(DWORD What)
{
    LONG at = InterlockedIncrement(&Shared->step_count) - 1;
    char line[64];
    if (at < STEPS)
        Shared->step[at] = What;
    sprintf(line, "service: step %lx\n", What);
    OutputDebugStringA(line);
    ReleaseSemaphore(Stepped, 1, NULL);
}

static void Say(DWORD State, DWORD Controls)
{
    Status.dwServiceType = SERVICE_WIN32_OWN_PROCESS;
    Status.dwCurrentState = State;
    Status.dwControlsAccepted = Controls;
    SetServiceStatus(Handle, &Status);
}

#define ACCEPTED                                                                     \
    (SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_PAUSE_CONTINUE | SERVICE_ACCEPT_SHUTDOWN | \
     SERVICE_ACCEPT_POWEREVENT)

/* Nobody here waits for it: it shows in the service's state. */
static void Happened(DWORD What)
{
    Step(What);
    Status.dwServiceSpecificExitCode = What;
    Say(SERVICE_RUNNING, ACCEPTED);
}

static DWORD WINAPI Handler(DWORD Control, DWORD Type, LPVOID Data, LPVOID Context)
{
    const DEV_BROADCAST_DEVICEINTERFACE_A *device = Data;
    if (Context != (LPVOID)&Shared)
        Step(0xbad);
    switch (Control) {
    case SERVICE_CONTROL_INTERROGATE:
        break;
    case SERVICE_CONTROL_STOP:
    case SERVICE_CONTROL_SHUTDOWN:
        Say(SERVICE_STOP_PENDING, 0);
        SetEvent(Stop);
        break;
    case SERVICE_CONTROL_PAUSE:
        Say(SERVICE_PAUSED, ACCEPTED);
        break;
    case SERVICE_CONTROL_CONTINUE:
        Say(SERVICE_RUNNING, ACCEPTED);
        break;
    case 200: /* what a handler refuses is told to who asked */
        return ERROR_INVALID_DATA;
    case 201: /* it dies */
        ExitProcess(77);
    case 202: /* it never comes back */
        WaitForSingleObject(Go, INFINITE);
        break;
    case SERVICE_CONTROL_POWEREVENT:
        Happened(0x1000 + Type);
        return NO_ERROR;
    case SERVICE_CONTROL_DEVICEEVENT:
        if (device->dbcc_devicetype == DBT_DEVTYP_DEVICEINTERFACE &&
            !strncmp(device->dbcc_name, "\\\\?\\", 4))
            Happened(Type);
        return NO_ERROR;
    default:
        if (Control < 128)
            return ERROR_CALL_NOT_IMPLEMENTED;
    }
    Step(Control);
    return NO_ERROR;
}

static void WINAPI ServiceMain(DWORD Count, LPSTR *Arguments)
{
    Handle = RegisterServiceCtrlHandlerExA(NAME, Handler, (LPVOID)&Shared);
    strcpy(Shared->name, Arguments[0]);
    GetModuleFileNameA(NULL, Shared->folder, MAX_PATH);
    Shared->argument_count = Count;
    Shared->argument_sum = 0;
    for (DWORD i = 1; i < Count; i++)
        Shared->argument_sum += (DWORD)strlen(Arguments[i]);
    Shared->process_id = GetCurrentProcessId();
    Say(SERVICE_START_PENDING, 0);
    DEV_BROADCAST_DEVICEINTERFACE_A every = {.dbcc_size = sizeof every,
                                             .dbcc_devicetype = DBT_DEVTYP_DEVICEINTERFACE};
    HDEVNOTIFY devices = RegisterDeviceNotificationA(
        Handle, &every, DEVICE_NOTIFY_SERVICE_HANDLE | DEVICE_NOTIFY_ALL_INTERFACE_CLASSES);
    if (!devices)
        Step(0xbad);
    Say(SERVICE_RUNNING, ACCEPTED);
    Step(1000);
    WaitForSingleObject(Stop, INFINITE);
    UnregisterDeviceNotification(devices);
    Status.dwWin32ExitCode = ERROR_SERVICE_SPECIFIC_ERROR;
    Status.dwServiceSpecificExitCode = 42;
    Say(SERVICE_STOPPED, 0);
}

/* Two services of one process, with the wide functions and a handler that has no context. */
static SERVICE_STATUS_HANDLE Pair[2];
static HANDLE PairStop[2];

static void PairSay(int Which, DWORD State)
{
    SERVICE_STATUS status = {.dwServiceType = SERVICE_WIN32_SHARE_PROCESS,
                             .dwCurrentState = State,
                             .dwControlsAccepted =
                                 State == SERVICE_RUNNING ? SERVICE_ACCEPT_STOP : 0};
    SetServiceStatus(Pair[Which], &status);
}

static void WINAPI PairStopping(DWORD Control)
{
    if (Control == SERVICE_CONTROL_STOP)
        SetEvent(PairStop[0]);
    Step(3000 + Control);
}

static DWORD WINAPI PairStoppingEx(DWORD Control, DWORD Type, LPVOID Data, LPVOID Context)
{
    (void)Type, (void)Data, (void)Context;
    if (Control == SERVICE_CONTROL_STOP)
        SetEvent(PairStop[1]);
    Step(4000 + Control);
    return NO_ERROR;
}

static void WINAPI PairMain(DWORD Count, LPWSTR *Arguments)
{
    int which = wcscmp(Arguments[0], L"CoveTestPair1") != 0;
    if (which) {
        RegisterServiceCtrlHandlerA("CoveTestPair2", PairStopping); /* the last one counts */
        Pair[1] = RegisterServiceCtrlHandlerExW(Arguments[0], PairStoppingEx, NULL);
    } else {
        Pair[0] = RegisterServiceCtrlHandlerW(Arguments[0], PairStopping);
    }
    Shared->process_id = GetCurrentProcessId();
    PairSay(which, SERVICE_RUNNING);
    Step(1000 + which + Count);
    WaitForSingleObject(PairStop[which], INFINITE);
    PairSay(which, SERVICE_STOPPED);
}

static int ServePair(void)
{
    static const SERVICE_TABLE_ENTRYW table[] = {
        {(WCHAR *)L"CoveTestPair1", PairMain}, {(WCHAR *)L"CoveTestPair2", PairMain}, {NULL, NULL}};
    PairStop[0] = CreateEventA(NULL, TRUE, FALSE, NULL);
    PairStop[1] = CreateEventA(NULL, TRUE, FALSE, NULL);
    Step(StartServiceCtrlDispatcherW(table) ? 2000 : GetLastError());
    return 0;
}

static int Serve(const char *What)
{
    static const SERVICE_TABLE_ENTRYA table[] = {{(char *)"any name", ServiceMain}, {NULL, NULL}};
    Stop = CreateEventA(NULL, TRUE, FALSE, NULL);
    if (!strcmp(What, "never")) { /* calls no dispatcher until it is ended */
        WaitForSingleObject(Stop, INFINITE);
        return 1;
    }
    if (!strcmp(What, "leave"))
        return 5;
    if (!strcmp(What, "pair"))
        return ServePair();
    if (!StartServiceCtrlDispatcherA(table)) {
        Step(GetLastError());
        return 1;
    }
    Step(2000); /* the dispatcher comes back when the service has stopped */
    return 0;
}

/* ---- who controls it --------------------------------------------------------------------------
 */

static SC_HANDLE Manager;

static SC_HANDLE Create(const char *Name, const char *What, const char *Dependencies)
{
    char module[MAX_PATH], line[MAX_PATH + 32];
    GetModuleFileNameA(NULL, module, MAX_PATH);
    sprintf(line, "\"%s\" serve %s", module, What);
    return CreateServiceA(Manager, Name, "Display", SERVICE_ALL_ACCESS, SERVICE_WIN32_OWN_PROCESS,
                          SERVICE_DEMAND_START, SERVICE_ERROR_NORMAL, line, NULL, NULL,
                          Dependencies, NULL, NULL);
}

static SC_HANDLE CreateOfPair(const WCHAR *Name)
{
    WCHAR module[MAX_PATH], line[MAX_PATH + 32];
    GetModuleFileNameW(NULL, module, MAX_PATH);
    wcscpy(line, L"\"");
    wcscat(line, module);
    wcscat(line, L"\" serve pair");
    return CreateServiceW(Manager, Name, NULL, SERVICE_ALL_ACCESS, SERVICE_WIN32_SHARE_PROCESS,
                          SERVICE_DEMAND_START, SERVICE_ERROR_NORMAL, line, NULL, NULL, NULL, NULL,
                          NULL);
}

static int Stepping(DWORD What)
{
    return WaitForSingleObject(Stepped, MANY) == WAIT_OBJECT_0 &&
           Shared->step[Shared->control_count++] == What;
}

static DWORD State(SC_HANDLE Service)
{
    SERVICE_STATUS status = {0};
    return QueryServiceStatus(Service, &status) ? status.dwCurrentState : 0;
}

/* Its process is waited for, so its last word has been said. */
static SERVICE_STATUS_PROCESS Ended(SC_HANDLE Service, HANDLE Process)
{
    SERVICE_STATUS_PROCESS status = {0};
    DWORD needed;
    Check("its process ends", WaitForSingleObject(Process, MANY) == WAIT_OBJECT_0);
    CloseHandle(Process);
    do /* the manager hears of it, a moment later perhaps */
        QueryServiceStatusEx(Service, SC_STATUS_PROCESS_INFO, (BYTE *)&status, sizeof status,
                             &needed);
    while (status.dwCurrentState != SERVICE_STOPPED);
    return status;
}

static HANDLE Process(SC_HANDLE Service)
{
    SERVICE_STATUS_PROCESS status;
    DWORD needed;
    if (!QueryServiceStatusEx(Service, SC_STATUS_PROCESS_INFO, (BYTE *)&status, sizeof status,
                              &needed))
        return NULL;
    Check("its process is told", status.dwProcessId && status.dwProcessId == Shared->process_id);
    return OpenProcess(SYNCHRONIZE | PROCESS_QUERY_INFORMATION, FALSE, status.dwProcessId);
}

static void CheckLife(SC_HANDLE Service)
{
    const char *arguments[] = {"one", "three"};
    SERVICE_STATUS status;
    SERVICE_STATUS_PROCESS last;
    char module[MAX_PATH];

    Check("a service never started is stopped", State(Service) == SERVICE_STOPPED);
    CheckFails("and takes no control",
               ControlService(Service, SERVICE_CONTROL_INTERROGATE, &status),
               ERROR_SERVICE_NOT_ACTIVE);
    Check("it starts", StartServiceA(Service, 2, arguments));
    Check("it runs", Stepping(1000) && State(Service) == SERVICE_RUNNING);
    Check("it is told its name", !strcmp(Shared->name, NAME));
    Check("and its arguments", Shared->argument_count == 3 && Shared->argument_sum == 8);
    GetModuleFileNameA(NULL, module, MAX_PATH);
    Check("it is the same program", !_stricmp(module, Shared->folder));
    CheckFails("it does not start twice", StartServiceA(Service, 0, NULL),
               ERROR_SERVICE_ALREADY_RUNNING);
    Check("it pauses", ControlService(Service, SERVICE_CONTROL_PAUSE, &status) &&
                           status.dwCurrentState == SERVICE_PAUSED && Stepping(2));
    Check("goes on", ControlService(Service, SERVICE_CONTROL_CONTINUE, &status) &&
                         status.dwCurrentState == SERVICE_RUNNING && Stepping(3));
    Check("answers", ControlService(Service, SERVICE_CONTROL_INTERROGATE, &status) && Stepping(4));
    Check("hears codes of its own", ControlService(Service, 128, &status) && Stepping(128) &&
                                        ControlService(Service, 255, &status) && Stepping(255));
    CheckFails("what it refuses is told", ControlService(Service, 200, &status),
               ERROR_INVALID_DATA);
    CheckFails("a code that is nobody's", ControlService(Service, 100, &status),
               ERROR_INVALID_SERVICE_CONTROL);
    CheckFails("a code that it did not ask for",
               ControlService(Service, SERVICE_CONTROL_PARAMCHANGE, &status),
               ERROR_INVALID_SERVICE_CONTROL);
    CheckFails("a shutdown is not ours to send",
               ControlService(Service, SERVICE_CONTROL_SHUTDOWN, &status),
               ERROR_INVALID_SERVICE_CONTROL);
    HANDLE process = Process(Service);
    Check("it stops", ControlService(Service, SERVICE_CONTROL_STOP, &status) && Stepping(1));
    Check("its dispatcher comes back", Stepping(2000));
    last = Ended(Service, process);
    Check("with its own exit code", last.dwWin32ExitCode == ERROR_SERVICE_SPECIFIC_ERROR &&
                                        last.dwServiceSpecificExitCode == 42 && !last.dwProcessId);
    CheckFails("a stopped one does not stop",
               ControlService(Service, SERVICE_CONTROL_STOP, &status), ERROR_SERVICE_NOT_ACTIVE);
}

static void CheckDeath(SC_HANDLE Service)
{
    SERVICE_STATUS status;
    Check("it starts again", StartServiceA(Service, 0, NULL) && Stepping(1000));
    Check("without arguments", Shared->argument_count == 1);
    HANDLE process = Process(Service);
    CheckFails("it dies in its handler", ControlService(Service, 201, &status),
               ERROR_PROCESS_ABORTED);
    Check("which shows", Ended(Service, process).dwWin32ExitCode == ERROR_PROCESS_ABORTED);
}

/* The registry says how long an answer may take. */
static void Patience(DWORD Milliseconds)
{
    HKEY key;
    RegOpenKeyExA(HKEY_LOCAL_MACHINE, "SYSTEM\\CurrentControlSet\\Control", 0, KEY_WRITE, &key);
    RegSetValueExA(key, "ServicesPipeTimeout", 0, REG_DWORD, (BYTE *)&Milliseconds,
                   sizeof Milliseconds);
    RegCloseKey(key);
}

static void CheckSilence(SC_HANDLE Service)
{
    SERVICE_STATUS status;
    SC_HANDLE never = Create("CoveTestNever", "never", NULL),
              leave = Create("CoveTestLeave", "leave", NULL);
    Check("it starts once more", StartServiceA(Service, 0, NULL) && Stepping(1000));
    Patience(300);
    CheckFails("a handler that does not answer", ControlService(Service, 202, &status),
               ERROR_SERVICE_REQUEST_TIMEOUT);
    CheckFails("a program that is no service", StartServiceA(never, 0, NULL),
               ERROR_SERVICE_REQUEST_TIMEOUT);
    Check("is stopped", State(never) == SERVICE_STOPPED);
    Patience(MANY);
    SetEvent(Go);
    Check("the handler comes back", Stepping(202));
    CheckFails("a program that leaves", StartServiceA(leave, 0, NULL),
               ERROR_SERVICE_REQUEST_TIMEOUT);
    Check("is stopped, too", State(leave) == SERVICE_STOPPED);
    Check("both are deleted", DeleteService(never) && DeleteService(leave));
    CloseServiceHandle(never);
    CloseServiceHandle(leave);
}

static void CheckDependencies(SC_HANDLE Service)
{
    union {
        QUERY_SERVICE_CONFIGA config;
        ENUM_SERVICE_STATUSA entries[1];
        BYTE bytes[4096];
    } all;
    DWORD needed, count = 0;
    SERVICE_STATUS status;
    SC_HANDLE first = Create("CoveTestFirst", "leave", NAME "\0"),
              second = Create("CoveTestSecond", "leave", "CoveTestNobody\0");
    Check("dependencies are kept",
          QueryServiceConfigA(first, &all.config, sizeof all, &needed) &&
              !memcmp(all.config.lpDependencies, NAME "\0", sizeof NAME + 1));
    Check("and found from the other end",
          EnumDependentServicesA(Service, SERVICE_STATE_ALL, all.entries, sizeof all, &needed,
                                 &count) &&
              count == 1 && !strcmp(all.entries[0].lpServiceName, "CoveTestFirst"));
    CheckFails("what is not there cannot be started first", StartServiceA(second, 0, NULL),
               ERROR_SERVICE_DEPENDENCY_DELETED);
    CheckFails("what it needs is started first", StartServiceA(first, 0, NULL),
               ERROR_SERVICE_REQUEST_TIMEOUT);
    Check("and runs", Stepping(1000) && State(Service) == SERVICE_RUNNING);
    HANDLE process = Process(Service);
    Check("it stops when nobody needs it", ControlService(Service, SERVICE_CONTROL_STOP, &status));
    Check("in order", Stepping(1) && Stepping(2000));
    Ended(Service, process);
    DeleteService(first);
    DeleteService(second);
    CloseServiceHandle(first);
    CloseServiceHandle(second);
}

static void CheckPair(void)
{
    union {
        ENUM_SERVICE_STATUSW entries[1];
        SERVICE_DESCRIPTIONW description;
        BYTE bytes[1024];
    } all;
    SERVICE_DESCRIPTIONW description = {(WCHAR *)L"one of two"};
    SERVICE_STATUS status;
    DWORD needed, count = 7, first_process;
    SC_HANDLE first = CreateOfPair(L"CoveTestPair1"), second = CreateOfPair(L"CoveTestPair2");
    Check("one of two starts", StartServiceW(first, 0, NULL) && Stepping(1001));
    first_process = Shared->process_id;
    Check("and the other, in the same process",
          StartServiceW(second, 0, NULL) && Stepping(1002) && Shared->process_id == first_process);
    HANDLE process = Process(first);
    Check("nobody depends on it", EnumDependentServicesW(first, SERVICE_STATE_ALL, all.entries,
                                                         sizeof all, &needed, &count) &&
                                      count == 0);
    Check("it has a description",
          ChangeServiceConfig2W(first, SERVICE_CONFIG_DESCRIPTION, &description) &&
              QueryServiceConfig2W(first, SERVICE_CONFIG_DESCRIPTION, all.bytes, sizeof all,
                                   &needed) &&
              !wcscmp(all.description.lpDescription, L"one of two"));
    Check("the first stops",
          ControlService(first, SERVICE_CONTROL_STOP, &status) && Stepping(3001));
    Check("the other runs on", State(second) == SERVICE_RUNNING);
    Check("until it stops", ControlService(second, SERVICE_CONTROL_STOP, &status) &&
                                Stepping(4001) && Stepping(2000));
    Check("as does the first", Ended(first, process).dwWin32ExitCode == NO_ERROR);
    Check("both are deleted", DeleteService(first) && DeleteService(second));
    CloseServiceHandle(first);
    CloseServiceHandle(second);
}

static void CheckFailureActions(SC_HANDLE Service)
{
    SC_ACTION restart = {SC_ACTION_RESTART, 0};
    SERVICE_FAILURE_ACTIONSA actions = {
        .dwResetPeriod = 60, .lpCommand = (char *)"none", .cActions = 1, .lpsaActions = &restart};
    SERVICE_DESCRIPTIONA description = {(char *)"what it does"};
    union {
        SERVICE_FAILURE_ACTIONSA actions;
        SERVICE_DESCRIPTIONA description;
        BYTE bytes[1024];
    } got;
    SERVICE_STATUS status;
    DWORD needed;
    Check("a description is kept",
          ChangeServiceConfig2A(Service, SERVICE_CONFIG_DESCRIPTION, &description) &&
              QueryServiceConfig2A(Service, SERVICE_CONFIG_DESCRIPTION, got.bytes, sizeof got,
                                   &needed) &&
              !strcmp(got.description.lpDescription, "what it does"));
    Check("failure actions are kept",
          ChangeServiceConfig2A(Service, SERVICE_CONFIG_FAILURE_ACTIONS, &actions) &&
              QueryServiceConfig2A(Service, SERVICE_CONFIG_FAILURE_ACTIONS, got.bytes, sizeof got,
                                   &needed) &&
              got.actions.cActions == 1 && got.actions.lpsaActions[0].Type == SC_ACTION_RESTART &&
              got.actions.dwResetPeriod == 60 && !strcmp(got.actions.lpCommand, "none"));
    CheckFails("they need room",
               QueryServiceConfig2A(Service, SERVICE_CONFIG_FAILURE_ACTIONS, NULL, 0, &needed),
               ERROR_INSUFFICIENT_BUFFER);
    Check("it starts", StartServiceA(Service, 0, NULL) && Stepping(1000));
    HANDLE process = Process(Service);
    CheckFails("it dies", ControlService(Service, 201, &status), ERROR_PROCESS_ABORTED);
    Check("and is gone", WaitForSingleObject(process, MANY) == WAIT_OBJECT_0);
    CloseHandle(process);
    Check("it is started again by itself", Stepping(1000) && State(Service) == SERVICE_RUNNING);
    process = Process(Service);
    Check("deleting waits for its end", DeleteService(Service));
    CheckFails("nobody else uses it", DeleteService(Service), ERROR_SERVICE_MARKED_FOR_DELETE);
    Check("it stops",
          ControlService(Service, SERVICE_CONTROL_STOP, &status) && Stepping(1) && Stepping(2000));
    Check("and its process ends", WaitForSingleObject(process, MANY) == WAIT_OBJECT_0);
    CloseHandle(process);
    CheckFails("then it is gone", OpenServiceA(Manager, NAME, SERVICE_ALL_ACCESS) != NULL,
               ERROR_SERVICE_DOES_NOT_EXIST);
}

static int Control(void)
{
    SERVICE_TABLE_ENTRYA table[] = {{(char *)NAME, ServiceMain}, {NULL, NULL}};
    Manager = OpenSCManagerA(NULL, NULL, SC_MANAGER_ALL_ACCESS);
    CheckFails("a program that nobody started as one is no service",
               StartServiceCtrlDispatcherA(table), ERROR_FAILED_SERVICE_CONTROLLER_CONNECT);
    CheckFails("nor has a handler", RegisterServiceCtrlHandlerExA(NAME, Handler, NULL) != NULL,
               ERROR_FAILED_SERVICE_CONTROLLER_CONNECT);
    CheckFails("nor a state", SetServiceStatus((SERVICE_STATUS_HANDLE)&Status, &Status),
               ERROR_INVALID_HANDLE);
    SC_HANDLE service = Create(NAME, "well", NULL);
    Check("the service is created", service != NULL);
    CheckLife(service);
    CheckDeath(service);
    CheckSilence(service);
    SERVICE_STATUS status;
    HANDLE process = Process(service);
    Check("it stops",
          ControlService(service, SERVICE_CONTROL_STOP, &status) && Stepping(1) && Stepping(2000));
    Ended(service, process);
    CheckDependencies(service);
    CheckPair();
    CheckFailureActions(service);
    CloseServiceHandle(service);
    CloseServiceHandle(Manager);
    return Result();
}

int main(int Count, char **Arguments)
{
    Attach();
    return Count > 2 ? Serve(Arguments[2]) : Control();
}
