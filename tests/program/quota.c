/* SPDX-License-Identifier: MIT */
/* quota.c - a program that is charged for pool: by the driver quota_driver.sys, and for the
 * buffers of its own requests. "keep": leaves a block behind that is charged to it; "free": frees
 * what another process was charged for. */
#include <stdlib.h>

#include "check.h"
#include "quota.h"

static HANDLE device;

static DWORD ask(DWORD code, void *input, DWORD input_length, void *output, DWORD output_length)
{
    DWORD count;

    return DeviceIoControl(device, code, input, input_length, output, output_length, &count, NULL)
               ? 0
               : GetLastError();
}

static DWORD used(void)
{
    DWORD value = 0;

    ask(IOCTL_QUOTA_USED, NULL, 0, &value, sizeof(value));
    return value;
}

static void check_requests(void)
{
    DWORD room = 256 * 1024, limit = used() + 100 * 1024, before = used();
    char *buffer = calloc(1, room);

    Check("a large buffer while there is no limit",
          ask(IOCTL_QUOTA_USED, NULL, 0, buffer, room) == 0);
    Check("and it is charged", *(DWORD *)buffer == before + room);
    Check("until the request is done", used() == before);
    Check("a limit", ask(IOCTL_QUOTA_LIMIT, &limit, sizeof(limit), NULL, 0) == 0);
    Check("a buffer beyond it",
          ask(IOCTL_QUOTA_USED, NULL, 0, buffer, room) == ERROR_NOT_ENOUGH_QUOTA);
    Check("a buffer within it", ask(IOCTL_QUOTA_USED, NULL, 0, buffer, 50 * 1024) == 0);
    Check("nothing stays charged", used() == before);
    free(buffer);
}

int main(int argc, char **argv)
{
    DWORD line = MAXDWORD, bytes = 5000;

    device = CreateFileA(QUOTA_DEVICE_PATH, 0, 0, NULL, OPEN_EXISTING, 0, NULL);
    Check("the device", device != INVALID_HANDLE_VALUE);
    if (argc > 1 && strcmp(argv[1], "keep") == 0) {
        Check("keep", ask(IOCTL_QUOTA_KEEP, &bytes, sizeof(bytes), NULL, 0) == 0);
        Check("it is charged", used() >= bytes);
        return Result();
    }
    if (argc > 1 && strcmp(argv[1], "free") == 0) {
        DWORD before = used();
        Check("free", ask(IOCTL_QUOTA_FREE, NULL, 0, NULL, 0) == 0);
        Check("it was not ours", used() == before);
        return Result();
    }
    Check("the driver's checks", ask(IOCTL_QUOTA_CHECK, NULL, 0, &line, sizeof(line)) == 0);
    if (line != 0)
        printf("quota_driver.c, line %lu\n", line);
    Check("all of them", line == 0);
    check_requests();
    CloseHandle(device);
    return Result();
}
