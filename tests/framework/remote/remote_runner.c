/* SPDX-License-Identifier: MIT */
/* remote_runner.c - a device that another driver has open is disabled, is not allowed to go, fails:
 * what becomes of the other's target (fxremote.c).
 */
#include <stdio.h>
#include <string.h>

#include <windows.h>

#include <cfgmgr32.h>
#include <setupapi.h>
#include <winioctl.h>

#include "fxremote.h"

static HANDLE driver;
static int failures;

#define check(condition) \
    ((condition) ? (void)0 : (void)(failures++, printf("line %d: %s\n", __LINE__, #condition)))

static BOOL ask(DWORD code, DWORD value)
{
    DWORD bytes;

    return DeviceIoControl(driver, code, &value, sizeof value, NULL, 0, &bytes, NULL);
}

static BOOL tell(DWORD code)
{
    DWORD bytes;

    return DeviceIoControl(driver, code, NULL, 0, NULL, 0, &bytes, NULL);
}

static struct fxremote_state state(void)
{
    struct fxremote_state now = {0};
    DWORD bytes;

    check(DeviceIoControl(driver, FXREMOTE_STATE, NULL, 0, &now, sizeof now, &bytes, NULL));
    return now;
}

static DEVINST far_find(void)
{
    HDEVINFO all = SetupDiGetClassDevsA(NULL, NULL, NULL, DIGCF_ALLCLASSES);
    SP_DEVINFO_DATA data = {.cbSize = sizeof data};
    DEVINST found = 0;

    for (DWORD i = 0; SetupDiEnumDeviceInfo(all, i, &data); i++) {
        char id[128] = "";

        SetupDiGetDeviceRegistryPropertyA(all, &data, SPDRP_HARDWAREID, NULL, (BYTE *)id, sizeof id,
                                          NULL);
        if (!_stricmp(id, "Root\\FxRemoteFar"))
            found = data.DevInst;
    }
    SetupDiDestroyDeviceInfoList(all);
    return found;
}

int main(void)
{
    DEVINST far_device = far_find();

    driver = CreateFileA("\\\\.\\FxRemote", GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0,
                         NULL);
    if (driver == INVALID_HANDLE_VALUE || far_device == 0) {
        printf("no driver: error %lu\n", GetLastError());
        return 2;
    }
    /* Nobody is asked: closed for the query, then for good. */
    check(ask(FXREMOTE_OPEN, FXREMOTE_DEFAULT));
    check(state().state == 1 && tell(FXREMOTE_ASK));
    check(CM_Disable_DevNode(far_device, 0) == CR_SUCCESS);
    check(state().state == 4 && !tell(FXREMOTE_ASK));
    check(!ask(FXREMOTE_OPEN, FXREMOTE_DEFAULT));
    check(CM_Enable_DevNode(far_device, 0) == CR_SUCCESS);
    check(ask(FXREMOTE_OPEN, FXREMOTE_DEFAULT) && tell(FXREMOTE_ASK));

    /* Nobody is asked, and the removal is called off: open again. */
    check(ask(FXREMOTE_VETO, 1));
    check(CM_Disable_DevNode(far_device, 0) != CR_SUCCESS);
    check(state().state == 1 && tell(FXREMOTE_ASK));
    check(ask(FXREMOTE_VETO, 0));
    check(tell(FXREMOTE_CLOSE) && state().state == 4);

    /* The target's owner refuses. */
    check(ask(FXREMOTE_OPEN, FXREMOTE_REFUSES));
    check(CM_Disable_DevNode(far_device, 0) != CR_SUCCESS);
    check(state().queries == 1 && state().state == 1 && tell(FXREMOTE_ASK));
    check(tell(FXREMOTE_CLOSE));

    /* He follows; the device itself refuses afterwards. */
    check(ask(FXREMOTE_OPEN, FXREMOTE_FOLLOWS));
    check(ask(FXREMOTE_VETO, 1));
    check(CM_Disable_DevNode(far_device, 0) != CR_SUCCESS);
    check(state().queries == 1 && state().cancels == 1 && state().completes == 0);
    check(state().state == 1 && tell(FXREMOTE_ASK));
    check(ask(FXREMOTE_VETO, 0));

    /* And goes without a question. */
    if (failures == 0) { /* else it may not be there to fail */
        check(tell(FXREMOTE_FAIL));
        check(tell(FXREMOTE_WAIT_GONE));
    }
    check(state().queries == 1 && state().completes == 1 && state().state == 4);
    check(!tell(FXREMOTE_ASK));
    CloseHandle(driver);
    printf(failures ? "%d failed\n" : "all is well\n", failures);
    return failures != 0;
}
