/* SPDX-License-Identifier: MIT */
/* nonpnptest.c - a control device by each transfer method, and what it makes of bad addresses. */
#include <stdio.h>
#include <string.h>

#include <windows.h>

#include <winioctl.h>

#include "nonpnp_ioctl.h"

static int Failures;

static void Check(const char *What, int IsRight)
{
    printf("%-52s %s\n", What, IsRight ? "ok" : "FAILED");
    if (!IsRight) {
        printf("    (GetLastError %lu)\n", GetLastError());
        Failures++;
    }
}

static HANDLE Open(void)
{
    return CreateFileA("\\\\.\\NonPnp", GENERIC_READ | GENERIC_WRITE,
                       FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING, 0, NULL);
}

/* The error, and in *Count how many bytes came back. */
static DWORD Ask(HANDLE Device, DWORD Code, void *In, DWORD InLength, void *Out, DWORD OutLength,
                 DWORD *Count)
{
    *Count = 0;
    return DeviceIoControl(Device, Code, In, InLength, Out, OutLength, Count, NULL)
               ? 0
               : GetLastError();
}

static void Methods(HANDLE Device)
{
    static const DWORD codes[] = {IOCTL_NONPNP_BUFFERED, IOCTL_NONPNP_OUT_DIRECT,
                                  IOCTL_NONPNP_NEITHER};
    static const char *const names[] = {"buffered", "direct out", "neither"};
    char text[] = "control device", answer[40], what[80];
    DWORD count;

    for (int i = 0; i < 3; i++) {
        memset(answer, 0, sizeof answer);
        snprintf(what, sizeof what, "%s: a text is turned around", names[i]);
        Check(what, Ask(Device, codes[i], text, 14, answer, sizeof answer, &count) == 0 &&
                        count == 14 && strcmp(answer, "ecived lortnoc") == 0);
        snprintf(what, sizeof what, "%s: too little room", names[i]);
        Check(what,
              Ask(Device, codes[i], text, 14, answer, 13, &count) == ERROR_INSUFFICIENT_BUFFER);
    }
    Check("direct in: the second buffer goes in",
          Ask(Device, IOCTL_NONPNP_IN_DIRECT, text, 1, text, 14, &count) == 0 && count == 14);
}

/* Memory of the program's that is not there, or may not be written to. */
static void BadAddresses(HANDLE Device)
{
    char *page = VirtualAlloc(NULL, 4096, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    char text[8] = "abcdefg";
    NONPNP_PIECE piece = {(void *)(ULONG_PTR)16, 4};
    NONPNP_SUM sum;
    DWORD count, old;

    memcpy(page, text, sizeof text);
    VirtualProtect(page, 4096, PAGE_READONLY, &old);
    Check("neither: input may be read-only",
          Ask(Device, IOCTL_NONPNP_NEITHER, page, 7, text, 7, &count) == 0 &&
              memcmp(text, "gfedcba", 7) == 0);
    Check("neither: output may not",
          Ask(Device, IOCTL_NONPNP_NEITHER, text, 7, page, 7, &count) == ERROR_NOACCESS);
    VirtualFree(page, 0, MEM_RELEASE);
    Check("neither: nor memory that is gone",
          Ask(Device, IOCTL_NONPNP_NEITHER, page, 7, text, 7, &count) == ERROR_NOACCESS);
    Check("an address in a structure: nothing there",
          Ask(Device, IOCTL_NONPNP_SUM, &piece, sizeof piece, &sum, sizeof sum, &count) ==
              ERROR_NOACCESS);
}

static void Pointers(HANDLE Device)
{
    UCHAR bytes[100];
    NONPNP_PIECE piece = {bytes, sizeof bytes};
    NONPNP_SUM sum = {0, 0};
    DWORD count;

    memset(bytes, 3, sizeof bytes);
    Check("an address in a structure: the bytes there are added",
          Ask(Device, IOCTL_NONPNP_SUM, &piece, sizeof piece, &sum, sizeof sum, &count) == 0 &&
              sum.Sum == 300);
    Check("the driver knows how wide it was", sum.PointerBytes == sizeof(void *));
    Check("half a structure is refused", Ask(Device, IOCTL_NONPNP_SUM, &piece, 4, &sum, sizeof sum,
                                             &count) == ERROR_INSUFFICIENT_BUFFER);
}

static void Files(HANDLE First)
{
    HANDLE second = Open();
    char text[20] = "";
    DWORD count;

    Check("a write", WriteFile(First, "hello, world", 12, &count, NULL) && count == 12);
    SetFilePointer(First, 7, NULL, FILE_BEGIN);
    Check("a read at a position", ReadFile(First, text, sizeof text, &count, NULL) && count == 5 &&
                                      memcmp(text, "world", 5) == 0);
    Check("the end", !ReadFile(second, text, 1, &count, NULL) || count == 0);
    Check("each file has bytes of its own", WriteFile(second, "x", 1, &count, NULL) &&
                                                SetFilePointer(First, 0, NULL, FILE_BEGIN) == 0 &&
                                                ReadFile(First, text, 1, &count, NULL) &&
                                                text[0] == 'h');
    CloseHandle(second);
}

int main(void)
{
    HANDLE device = Open();

    Check("the device is there", device != INVALID_HANDLE_VALUE);
    if (device == INVALID_HANDLE_VALUE)
        return 1;
    Methods(device);
    BadAddresses(device);
    Pointers(device);
    Files(device);
    CloseHandle(device);
    return Failures != 0;
}
