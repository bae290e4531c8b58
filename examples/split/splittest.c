/* SPDX-License-Identifier: MIT */
/* splittest.c - transfers of many lengths through both devices, an error in the middle, and a
 * cancellation in the middle. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <windows.h>
#include <winioctl.h>

#include "split_ioctl.h"

#define LONG_BYTES 65536u

static int Failures;
static HANDLE Transport;
static unsigned char Out[LONG_BYTES + 7], In[LONG_BYTES + 7];

static void Check(const char *What, int IsRight)
{
    printf("%-56s %s\n", What, IsRight ? "ok" : "FAILED");
    if (!IsRight) {
        printf("    (GetLastError %lu)\n", GetLastError());
        Failures++;
    }
}

static void Tell(DWORD Code, DWORD Number)
{
    DWORD count;
    if (!DeviceIoControl(Transport, Code, &Number, sizeof Number, NULL, 0, &count, NULL)) {
        printf("the transport cannot be told: error %lu\n", GetLastError());
        exit(3); /* it may hold what the next check would wait for */
    }
}

static TRANSPORT_STATE State(void)
{
    TRANSPORT_STATE state = {0};
    DWORD count;
    if (!DeviceIoControl(Transport, IOCTL_TRANSPORT_STATE, NULL, 0, &state, sizeof state, &count,
                         NULL)) {
        printf("the transport does not answer: error %lu\n", GetLastError());
        exit(3);
    }
    return state;
}

/* Write or read at an offset, waiting; the error, 0: all of it was moved. */
static DWORD Move(HANDLE Device, BOOL IsWrite, DWORD Offset, DWORD Length)
{
    OVERLAPPED overlapped = {.Offset = Offset};
    DWORD count = 0;
    BOOL done;

    overlapped.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
    done = IsWrite ? WriteFile(Device, Out, Length, NULL, &overlapped)
                   : ReadFile(Device, In, Length, NULL, &overlapped);
    if (!done && GetLastError() == ERROR_IO_PENDING)
        done = TRUE;
    if (done)
        done = GetOverlappedResult(Device, &overlapped, &count, TRUE);
    DWORD error = !done ? GetLastError() : count == Length ? 0 : ERROR_HANDLE_EOF;
    CloseHandle(overlapped.hEvent);
    return error;
}

static void CheckLengths(HANDLE Device)
{
    static const DWORD lengths[] = {0, 1, 1023, 1024, 1025, 2048, 10000, LONG_BYTES + 7};
    char what[80];

    for (unsigned i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        DWORD length = lengths[i];
        for (DWORD k = 0; k < length; k++)
            Out[k] = (unsigned char)(k * 7 + i + (k >> 10));
        memset(In, 0, sizeof In);
        State();
        BOOL good = Move(Device, TRUE, 100, length) == 0;
        TRANSPORT_STATE state = State();
        good = good && state.Parts == (length + TRANSPORT_MOST - 1) / TRANSPORT_MOST &&
               state.Longest <= TRANSPORT_MOST;
        good = good && Move(Device, FALSE, 100, length) == 0 && !memcmp(In, Out, length);
        sprintf(what, "  %lu bytes there and back", length);
        Check(what, good);
    }
}

static void CheckError(HANDLE Device, BOOL IsParallel)
{
    State();
    Tell(IOCTL_TRANSPORT_BREAK, 5000); /* in the fifth part */
    Check("  a part that fails fails the whole",
          Move(Device, TRUE, 0, 10000) == ERROR_CRC); /* STATUS_DEVICE_DATA_ERROR */
    TRANSPORT_STATE state = State();
    Check("  and the rest does not happen",
          state.Held == 0 && (IsParallel ? state.Parts <= 10 : state.Parts == 5));
    Tell(IOCTL_TRANSPORT_BREAK, MAXDWORD);
    Check("  afterwards all is well", Move(Device, TRUE, 0, 10000) == 0);
}

static void CheckCancel(HANDLE Device, BOOL IsParallel)
{
    OVERLAPPED overlapped = {0};
    TRANSPORT_STATE state;
    DWORD count, held = IsParallel ? LONG_BYTES / TRANSPORT_MOST - 3 : 1;

    Tell(IOCTL_TRANSPORT_HOLD, 3);
    State();
    overlapped.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
    BOOL isPending = !WriteFile(Device, Out, LONG_BYTES, NULL, &overlapped) &&
                     GetLastError() == ERROR_IO_PENDING;
    Check("  a long write is pending", isPending);
    if (!isPending) {
        Tell(IOCTL_TRANSPORT_HOLD, MAXDWORD);
        CloseHandle(overlapped.hEvent);
        return;
    }
    DWORD parts = 0, most = 0;
    do {
        Sleep(0);
        state = State();
        parts += state.Parts;
        if (state.Most > most)
            most = state.Most;
    } while (!HasOverlappedIoCompleted(&overlapped) &&
             (state.Held != held || parts != (IsParallel ? LONG_BYTES / TRANSPORT_MOST : 4)));
    Check(IsParallel ? "  many parts wait at once" : "  one part waits at a time",
          IsParallel ? most >= held : most == 1);
    Check("  it is cancelled", CancelIoEx(Device, &overlapped));
    Check("  its error says so", !GetOverlappedResult(Device, &overlapped, &count, TRUE) &&
                                     GetLastError() == ERROR_OPERATION_ABORTED);
    state = State();
    Check("  nothing waits below", state.Held == 0 && state.Parts == 0);
    CloseHandle(overlapped.hEvent);
    Tell(IOCTL_TRANSPORT_HOLD, MAXDWORD);
    Check("  afterwards all is well", Move(Device, TRUE, 0, LONG_BYTES) == 0);
}

static void CheckMany(HANDLE Device)
{
    OVERLAPPED overlapped[8];
    BOOL started[8];
    DWORD count;
    int good = 0;

    memset(overlapped, 0, sizeof overlapped);
    for (int i = 0; i < 8; i++) {
        overlapped[i].hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
        overlapped[i].Offset = (DWORD)i * 8000;
        started[i] = WriteFile(Device, Out + i, 7000, NULL, &overlapped[i]) ||
                     GetLastError() == ERROR_IO_PENDING;
    }
    for (int i = 0; i < 8; i++) {
        good += started[i] && GetOverlappedResult(Device, &overlapped[i], &count, TRUE) &&
                count == 7000;
        CloseHandle(overlapped[i].hEvent);
    }
    Check("  eight transfers at a time", good == 8);
}

static void CheckDevice(const char *Path, BOOL IsParallel)
{
    HANDLE device = CreateFileA(Path, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
                                FILE_FLAG_OVERLAPPED, NULL);

    printf("%s\n", Path);
    if (device == INVALID_HANDLE_VALUE) {
        Check("  open", FALSE);
        return;
    }
    CheckLengths(device);
    CheckError(device, IsParallel);
    CheckCancel(device, IsParallel);
    CheckMany(device);
    CloseHandle(device);
}

int main(void)
{
    DWORD count;

    Transport =
        CreateFileA(TRANSPORT_PATH, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    if (Transport == INVALID_HANDLE_VALUE) {
        printf("cannot open %s: error %lu\n", TRANSPORT_PATH, GetLastError());
        return 2;
    }
    Check("the transport alone refuses 1,025 bytes",
          !WriteFile(Transport, Out, 1025, &count, NULL));
    CheckDevice(SPLIT_SERIAL_PATH, FALSE);
    CheckDevice(SPLIT_PARALLEL_PATH, TRUE);
    CloseHandle(Transport);
    printf(Failures ? "%d checks failed\n" : "all checks passed\n", Failures);
    return Failures ? 1 : 0;
}
