/* SPDX-License-Identifier: MIT */
/* heartbeattest.c - installs nothing: waits for two beats of a service that runs already.
 *
 * heartbeattest [MILLISECONDS]: what the service's parameter is expected to be. */
#include <stdio.h>
#include <stdlib.h>

#include <windows.h>
#include <winioctl.h>

#include "heartbeat_ioctl.h"

int main(int argc, char **argv)
{
    unsigned long wanted = argc > 1 ? strtoul(argv[1], NULL, 10) : 10;
    HEARTBEAT first = {0}, second = {0};
    DWORD count;
    HANDLE heart =
        CreateFileA(HEARTBEAT_DEVICE_PATH, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);

    if (heart == INVALID_HANDLE_VALUE) {
        printf("the service does not run: cove sc start heartbeat (error %lu)\n", GetLastError());
        return 1;
    }
    if (!DeviceIoControl(heart, IOCTL_HEARTBEAT_NEXT, NULL, 0, &first, sizeof first, &count,
                         NULL) ||
        !DeviceIoControl(heart, IOCTL_HEARTBEAT_NEXT, NULL, 0, &second, sizeof second, &count,
                         NULL)) {
        printf("no beat: error %lu\n", GetLastError());
        return 1;
    }
    CloseHandle(heart);
    printf("beat %lu, then %lu, every %lu ms\n", first.Beats, second.Beats, second.Milliseconds);
    return second.Beats <= first.Beats || second.Milliseconds != wanted;
}
