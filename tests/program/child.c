/* SPDX-License-Identifier: MIT */
/* child.c - programs that start programs: this one starts itself. Handles, standard handles,
 * pipes, environment, directory, exit codes, suspended starts, ends. Driver: any. */
#include "check.h"

#include <stdlib.h>

/* ---- as the child ------------------------------------------------------------------------- */

/* Upper-cases what comes in. */
static int Filter(void)
{
    char text[64];
    DWORD count;
    HANDLE in = GetStdHandle(STD_INPUT_HANDLE), out = GetStdHandle(STD_OUTPUT_HANDLE);
    while (ReadFile(in, text, sizeof text, &count, NULL) && count) {
        for (DWORD i = 0; i < count; i++)
            text[i] = (char)(text[i] >= 'a' && text[i] <= 'z' ? text[i] - 32 : text[i]);
        WriteFile(out, text, count, &count, NULL);
    }
    printf("done");
    return 21;
}

static int Child(int Count, char **Arguments)
{
    if (!strcmp(Arguments[1], "filter"))
        return Filter();
    if (!strcmp(Arguments[1], "code"))
        return atoi(Arguments[2]);
    if (!strcmp(Arguments[1], "event"))
        return SetEvent((HANDLE)(ULONG_PTR)strtoull(Arguments[2], NULL, 16)) ? 0 : 1;
    if (!strcmp(Arguments[1], "words"))
        return Count == 4 && !strcmp(Arguments[2], "two words") && !strcmp(Arguments[3], "a\"b")
                   ? 0
                   : 1;
    if (!strcmp(Arguments[1], "variable")) {
        char text[32] = "";
        return GetEnvironmentVariableA("COVE_TEST_CHILD", text, sizeof text) == 5 &&
                       !strcmp(text, "value") && !GetEnvironmentVariableA("COVE_TEST_GONE", text, 1)
                   ? 0
                   : 1;
    }
    if (!strcmp(Arguments[1], "sleep"))
        Sleep(INFINITE);
    return 99;
}

/* ---- as the parent ------------------------------------------------------------------------- */

static STARTUPINFOA Startup = {.cb = sizeof Startup};

static BOOL Start(const char *Words, BOOL Inherit, DWORD Flags, void *Environment,
                  PROCESS_INFORMATION *Process)
{
    char line[512], file[MAX_PATH];
    GetModuleFileNameA(NULL, file, sizeof file);
    snprintf(line, sizeof line, "\"%s\" %s", file, Words);
    return CreateProcessA(NULL, line, NULL, NULL, Inherit, Flags, Environment, NULL, &Startup,
                          Process);
}

static DWORD End(PROCESS_INFORMATION *Process)
{
    DWORD code = 1000;
    if (WaitForSingleObject(Process->hProcess, 60000) == WAIT_OBJECT_0)
        GetExitCodeProcess(Process->hProcess, &code);
    CloseHandle(Process->hThread);
    CloseHandle(Process->hProcess);
    return code;
}

static DWORD Run(const char *Words, BOOL Inherit, void *Environment)
{
    PROCESS_INFORMATION process;
    return Start(Words, Inherit, 0, Environment, &process) ? End(&process) : 2000;
}

static void CheckPlain(void)
{
    PROCESS_INFORMATION process;
    DWORD code = 0;
    Check("a child's code", Run("code 37", FALSE, NULL) == 37);
    Check("all 32 bits", Run("code -5", FALSE, NULL) == (DWORD)-5);
    Check("its words", Run("words \"two words\" a\\\"b", FALSE, NULL) == 0);
    Check("its environment",
          Run("variable", FALSE, (void *)"COVE_TEST_CHILD=value\0Path=C:\\\0") == 0);
    CheckFails(
        "no such program",
        CreateProcessA("nothing.exe", NULL, NULL, NULL, FALSE, 0, NULL, NULL, &Startup, &process),
        ERROR_FILE_NOT_FOUND);
    Check("a suspended start", Start("code 5", FALSE, CREATE_SUSPENDED, NULL, &process) &&
                                   WaitForSingleObject(process.hProcess, 0) == WAIT_TIMEOUT &&
                                   GetExitCodeProcess(process.hProcess, &code) &&
                                   code == STILL_ACTIVE);
    Check("its numbers", GetProcessId(process.hProcess) == process.dwProcessId &&
                             GetThreadId(process.hThread) == process.dwThreadId &&
                             process.dwProcessId != GetCurrentProcessId());
    Check("goes on", ResumeThread(process.hThread) == 1 && End(&process) == 5);
    Start("sleep", FALSE, 0, NULL, &process);
    HANDLE opened = OpenProcess(PROCESS_ALL_ACCESS, FALSE, process.dwProcessId);
    Check("a child is terminated", opened && TerminateProcess(opened, 44) && End(&process) == 44);
    CloseHandle(opened);
}

static void CheckInherited(void)
{
    char words[64];
    DWORD flags = 1;
    SECURITY_ATTRIBUTES inherit = {sizeof inherit, NULL, TRUE};
    HANDLE hole = CreateEventA(NULL, FALSE, FALSE, NULL);
    HANDLE event = CreateEventA(&inherit, FALSE, FALSE, NULL);
    CloseHandle(hole);
    snprintf(words, sizeof words, "event %llx", (unsigned long long)(ULONG_PTR)event);
    Check("a handle is inherited by its number",
          Run(words, TRUE, NULL) == 0 && WaitForSingleObject(event, 0) == WAIT_OBJECT_0);
    Check("only when asked for", Run(words, FALSE, NULL) == 1);
    Check("the flag is shown", GetHandleInformation(event, &flags) && flags == HANDLE_FLAG_INHERIT);
    Check("and taken off",
          SetHandleInformation(event, HANDLE_FLAG_INHERIT, 0) && Run(words, TRUE, NULL) == 1);
    CloseHandle(event);
}

static void CheckPipes(void)
{
    PROCESS_INFORMATION process;
    HANDLE in[2], out[2];
    char text[64] = "";
    DWORD count = 0, all = 0;
    SECURITY_ATTRIBUTES inherit = {sizeof inherit, NULL, TRUE};
    Check("pipes",
          CreatePipe(&in[0], &in[1], &inherit, 0) && CreatePipe(&out[0], &out[1], &inherit, 0));
    SetHandleInformation(in[1], HANDLE_FLAG_INHERIT, 0);
    SetHandleInformation(out[0], HANDLE_FLAG_INHERIT, 0);
    Startup.dwFlags = STARTF_USESTDHANDLES;
    Startup.hStdInput = in[0];
    Startup.hStdOutput = out[1];
    Startup.hStdError = GetStdHandle(STD_ERROR_HANDLE);
    Check("a child between two pipes", Start("filter", TRUE, 0, NULL, &process));
    Startup.dwFlags = 0;
    CloseHandle(in[0]);
    CloseHandle(out[1]);
    Check("what is written", WriteFile(in[1], "some text", 9, &count, NULL) && count == 9);
    CloseHandle(in[1]);
    while (ReadFile(out[0], text + all, sizeof text - 1 - all, &count, NULL) && count)
        all += count;
    Check("comes back, and what it printed", !strcmp(text, "SOME TEXTdone"));
    CheckFails("then the pipe is broken", ReadFile(out[0], text, 1, &count, NULL),
               ERROR_BROKEN_PIPE);
    Check("its end", End(&process) == 21);
    CloseHandle(out[0]);
}

int main(int Count, char **Arguments)
{
    if (Count > 1)
        return Child(Count, Arguments);
    CheckPlain();
    CheckInherited();
    CheckPipes();
    return Result();
}
