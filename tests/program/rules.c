/* SPDX-License-Identifier: MIT */
/* rules.c - asks the driver rules.sys to break the rules named on the command line. "-o" before
 * one sends it overlapped, and cancels what is pending then. */
#include "check.h"

#include "../drivers/rules.h"

#define RULES_TEXT(name, text) text,

static DWORD overlapped_ask(HANDLE device, DWORD code)
{
    OVERLAPPED overlapped = {.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL)};
    DWORD count, error = 0;

    if (!DeviceIoControl(device, code, NULL, 0, NULL, 0, NULL, &overlapped)) {
        error = GetLastError();
        if (error == ERROR_IO_PENDING) {
            CancelIoEx(device, &overlapped);
            error = GetOverlappedResult(device, &overlapped, &count, TRUE) ? 0 : GetLastError();
        }
    }
    CloseHandle(overlapped.hEvent);
    return error;
}

int main(int argc, char **argv)
{
    static const char *const texts[] = {RULES(RULES_TEXT)};
    BOOL is_overlapped = argc > 1 && strcmp(argv[1], "-o") == 0;
    HANDLE device = CreateFileA(RULES_DEVICE_PATH, GENERIC_READ, 0, NULL, OPEN_EXISTING,
                                is_overlapped ? FILE_FLAG_OVERLAPPED : 0, NULL);

    if (device == INVALID_HANDLE_VALUE) {
        printf("cannot open %s: error %lu\n", RULES_DEVICE_PATH, GetLastError());
        return 2;
    }
    for (int i = 1 + is_overlapped; i < argc; i++) {
        for (int rule = 0; rule < RULES_COUNT; rule++) {
            DWORD error = 0, count;
            if (strcmp(texts[rule], argv[i]))
                continue;
            printf("%s\n", argv[i]);
            fflush(stdout);
            if (is_overlapped)
                error = overlapped_ask(device, RULES_IOCTL(rule));
            else if (!DeviceIoControl(device, RULES_IOCTL(rule), NULL, 0, NULL, 0, &count, NULL))
                error = GetLastError();
            if (error != 0) {
                printf("%s: error %lu\n", argv[i], error);
                return 3;
            }
        }
    }
    CloseHandle(device);
    printf("done\n");
    return 0;
}
