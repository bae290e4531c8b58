/* SPDX-License-Identifier: MIT */
/* check.h - how a test program says what it found: a line for each check, "ok" or "FAILED"
 * at its end, and an exit code. */
#ifndef TESTS_CHECK_H
#define TESTS_CHECK_H

#include <stdio.h>
#include <string.h>

#include <windows.h>
#include <winioctl.h>

/* A thread's place, by the names of its width. */
#ifdef _WIN64
#define CONTEXT_IP(context) ((context).Rip)
#define CONTEXT_SP(context) ((context).Rsp)
#else
#define CONTEXT_IP(context) ((context).Eip)
#define CONTEXT_SP(context) ((context).Esp)
#endif

static int Failures;

static inline void Check(const char *What, int IsRight)
{
    DWORD error = GetLastError();
    printf("%-56s %s\n", What, IsRight ? "ok" : "FAILED");
    if (!IsRight) {
        printf("    (GetLastError %lu)\n", error);
        Failures++;
    }
    fflush(stdout);
}

/* The call failed, and with this error. */
static inline void CheckFails(const char *What, int HasSucceeded, DWORD Error)
{
    DWORD error = GetLastError();
    Check(What, !HasSucceeded && error == Error);
}

/* The file holds this text and nothing else. */
static inline int Holds(const char *Name, const char *Text)
{
    char bytes[64] = "";
    DWORD done = 0;
    HANDLE file = CreateFileA(Name, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    if (file == INVALID_HANDLE_VALUE)
        return 0;
    ReadFile(file, bytes, sizeof bytes - 1, &done, NULL);
    CloseHandle(file);
    return !strcmp(bytes, Text);
}

static inline int Result(void)
{
    printf(Failures ? "%d checks failed\n" : "all checks passed\n", Failures);
    return Failures ? 1 : 0;
}

#endif
