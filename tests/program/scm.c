/* SPDX-License-Identifier: MIT */
/* scm.c - a program that brings its own driver: installs its.sys from the current folder
 * through the service control manager, uses it and takes it away again. */
#include "check.h"

#include "../../examples/wdm1/wdm1_ioctl.h"

static char Path[MAX_PATH];

static void Beside(const char *Name)
{
    DWORD length = GetCurrentDirectoryA(MAX_PATH, Path);
    if (length && Path[length - 1] != '\\')
        strcat(Path, "\\");
    strcat(Path, Name);
}

static SC_HANDLE Create(SC_HANDLE Manager, const char *Name)
{
    return CreateServiceA(Manager, Name, Name, SERVICE_ALL_ACCESS, SERVICE_KERNEL_DRIVER,
                          SERVICE_DEMAND_START, SERVICE_ERROR_NORMAL, Path, NULL, NULL, NULL, NULL,
                          NULL);
}

static DWORD State(SC_HANDLE Service)
{
    SERVICE_STATUS status = {0};
    return QueryServiceStatus(Service, &status) ? status.dwCurrentState : 0;
}

static void CheckConfig(SC_HANDLE Service)
{
    union {
        QUERY_SERVICE_CONFIGA config;
        char bytes[2048];
    } buffer;
    DWORD needed = 0;
    CheckFails("a configuration needs room", QueryServiceConfigA(Service, NULL, 0, &needed),
               ERROR_INSUFFICIENT_BUFFER);
    Check("its configuration is there",
          QueryServiceConfigA(Service, &buffer.config, sizeof buffer, &needed) &&
              buffer.config.dwServiceType == SERVICE_KERNEL_DRIVER &&
              buffer.config.dwStartType == SERVICE_DEMAND_START);
    Check("with the path of the file", strstr(buffer.config.lpBinaryPathName, "its.sys") != NULL);
}

static void CheckUse(void)
{
    DWORD size = 77, count = 0, value = 0xabcdef;
    HANDLE device = CreateFileA(WDM1_DEVICE_PATH, GENERIC_READ | GENERIC_WRITE, 0, NULL,
                                OPEN_EXISTING, 0, NULL);
    Check("its device opens", device != INVALID_HANDLE_VALUE);
    Check("writes", WriteFile(device, &value, 3, &count, NULL) && count == 3);
    Check("answers", DeviceIoControl(device, IOCTL_WDM1_GET_BUFFER_SIZE, NULL, 0, &size,
                                     sizeof size, &count, NULL) &&
                         size == 3 && count == 4);
    Check("and closes", CloseHandle(device));
}

static void CheckService(SC_HANDLE Manager)
{
    SERVICE_STATUS status = {0};
    SC_HANDLE service, again;

    Beside("its.sys");
    service = Create(Manager, "CoveTestIts");
    Check("the service is created", service != NULL);
    again = Create(Manager, "CoveTestIts");
    CheckFails("not twice", again != NULL, ERROR_SERVICE_EXISTS);
    Check("it is stopped", State(service) == SERVICE_STOPPED);
    CheckConfig(service);
    Check("it starts", StartServiceA(service, 0, NULL));
    CheckFails("not twice", StartServiceA(service, 0, NULL), ERROR_SERVICE_ALREADY_RUNNING);
    Check("it runs", State(service) == SERVICE_RUNNING);
    CheckUse();
    again = OpenServiceA(Manager, "covetestits", SERVICE_QUERY_STATUS);
    Check("another handle, another case", again != NULL && State(again) == SERVICE_RUNNING);
    CloseServiceHandle(again);
    Check("it stops", ControlService(service, SERVICE_CONTROL_STOP, &status) &&
                          (status.dwCurrentState == SERVICE_STOPPED ||
                           status.dwCurrentState == SERVICE_STOP_PENDING));
    CheckFails("not twice", ControlService(service, SERVICE_CONTROL_STOP, &status),
               ERROR_SERVICE_NOT_ACTIVE);
    CheckFails("its device is gone",
               CreateFileA(WDM1_DEVICE_PATH, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL) !=
                   INVALID_HANDLE_VALUE,
               ERROR_FILE_NOT_FOUND);
    Check("it starts again", StartServiceA(service, 0, NULL));
    Check("and stops", ControlService(service, SERVICE_CONTROL_STOP, &status));
    Check("it is deleted", DeleteService(service));
    CloseServiceHandle(service);
    CheckFails("it does not exist any more",
               OpenServiceA(Manager, "CoveTestIts", SERVICE_ALL_ACCESS) != NULL,
               ERROR_SERVICE_DOES_NOT_EXIST);
}

static void CheckBadFiles(SC_HANDLE Manager)
{
    static const struct {
        const char *file;
        DWORD error;
    } bad[] = {{"missing.sys", ERROR_FILE_NOT_FOUND}, {"text.sys", ERROR_BAD_EXE_FORMAT}};
    for (int i = 0; i < 2; i++) {
        char what[64];
        Beside(bad[i].file);
        SC_HANDLE service = Create(Manager, "CoveTestBad");
        sprintf(what, "%s can be a service", bad[i].file);
        Check(what, service != NULL);
        sprintf(what, "%s cannot start", bad[i].file);
        CheckFails(what, StartServiceA(service, 0, NULL), bad[i].error);
        DeleteService(service);
        CloseServiceHandle(service);
    }
}

int main(void)
{
    SC_HANDLE manager = OpenSCManagerA(NULL, NULL, SC_MANAGER_ALL_ACCESS);
    Check("the service control manager opens", manager != NULL);
    CheckFails("a service that does not exist",
               OpenServiceA(manager, "NoSuchService", SERVICE_ALL_ACCESS) != NULL,
               ERROR_SERVICE_DOES_NOT_EXIST);
    Beside("its.sys");
    CheckFails("a name with a slash", Create(manager, "not/a\\name") != NULL, ERROR_INVALID_NAME);
    CheckService(manager);
    CheckBadFiles(manager);
    Check("the manager closes", CloseServiceHandle(manager));
    CheckFails("once", CloseServiceHandle(NULL), ERROR_INVALID_HANDLE);
    return Result();
}
