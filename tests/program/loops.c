/* SPDX-License-Identifier: MIT */
/* loops.c - a program that stays in a loop of its own code is ended by another one.
 *
 * With a word it is the program that loops; without, the one that starts it, ends it as each of the
 * words says, and looks at its end: exit code, and a pipe that nobody holds open any more.
 */
#include "check.h"

#define CODE 77u

static DWORD WINAPI Loop(void *Unused)
{
    (void)Unused;
    for (volatile unsigned turns = 0;; turns++)
        ;
    return 0;
}

static int LoopFor(const char *Word)
{
    DWORD written;
    if (!strcmp(Word, "threads"))
        CloseHandle(CreateThread(NULL, 0, Loop, NULL, 0, NULL));
    WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), ".", 1, &written, NULL);
    return (int)Loop(NULL);
}

static void ChildEnds(const char *Word)
{
    SECURITY_ATTRIBUTES inherited = {sizeof(inherited), NULL, TRUE};
    STARTUPINFOA startup = {.cb = sizeof(startup), .dwFlags = STARTF_USESTDHANDLES};
    PROCESS_INFORMATION child;
    char image[MAX_PATH], line[MAX_PATH + 32], byte;
    BOOL is_begun = strcmp(Word, "unborn") != 0;
    HANDLE from;
    DWORD got, code;

    GetModuleFileNameA(NULL, image, sizeof(image));
    snprintf(line, sizeof(line), "\"%s\" %s", image, Word);
    Check("a pipe", CreatePipe(&from, &startup.hStdOutput, &inherited, 0));
    Check("whose end stays here", SetHandleInformation(from, HANDLE_FLAG_INHERIT, 0));
    Check(Word, CreateProcessA(image, line, NULL, NULL, TRUE, is_begun ? 0 : CREATE_SUSPENDED, NULL,
                               NULL, &startup, &child));
    CloseHandle(startup.hStdOutput);
    if (is_begun)
        Check("it loops", ReadFile(from, &byte, 1, &got, NULL) && got == 1);
    if (!strcmp(Word, "suspended"))
        Check("it stands", SuspendThread(child.hThread) == 0);
    Check("it is told to end", TerminateProcess(child.hProcess, CODE));
    Check("it ends", WaitForSingleObject(child.hProcess, INFINITE) == WAIT_OBJECT_0);
    Check("with that code", GetExitCodeProcess(child.hProcess, &code) && code == CODE);
    Check("so does its thread", WaitForSingleObject(child.hThread, INFINITE) == WAIT_OBJECT_0);
    CheckFails("nobody has the pipe's other end", ReadFile(from, &byte, 1, &got, NULL),
               ERROR_BROKEN_PIPE);
    CloseHandle(child.hProcess);
    CloseHandle(child.hThread);
    CloseHandle(from);
}

int main(int Count, char **Words)
{
    static const char *const words[] = {"one", "threads", "suspended", "unborn"};
    if (Count > 1)
        return LoopFor(Words[1]);
    for (unsigned i = 0; i < sizeof(words) / sizeof(*words); i++)
        ChildEnds(words[i]);
    return Result();
}
