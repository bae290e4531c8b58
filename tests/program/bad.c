/* SPDX-License-Identifier: MIT */
/* bad.c - asks the driver bad.sys for the misdeeds named on the command line. */
#include "check.h"

#include "../drivers/bad_ioctl.h"

int main(int argc, char **argv)
{
    static const char *const names[] = BAD_NAMES;
    HANDLE device = CreateFileA(BAD_DEVICE_PATH, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    DWORD count;

    if (device == INVALID_HANDLE_VALUE) {
        printf("cannot open %s: error %lu\n", BAD_DEVICE_PATH, GetLastError());
        return 2;
    }
    for (int i = 1; i < argc; i++) {
        for (int deed = 0; deed < BAD_DEEDS; deed++) {
            if (strcmp(names[deed], argv[i]))
                continue;
            printf("%s\n", argv[i]);
            fflush(stdout);
            if (!DeviceIoControl(device, BAD_IOCTL(deed), NULL, 0, NULL, 0, &count, NULL)) {
                printf("%s: error %lu\n", argv[i], GetLastError());
                return 3;
            }
        }
    }
    CloseHandle(device);
    printf("done\n");
    return 0;
}
