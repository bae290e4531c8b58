/* SPDX-License-Identifier: MIT */
/* console.c - arguments, environment, standard handles, text in and out.
 *
 *   console echo ARGS…   prints its arguments, one in a line
 *   console cat          copies standard input to standard output
 *   console err          writes to standard error and exits with 9
 *   console              checks */
#include "check.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <wchar.h>

static int Echo(int argc, char **argv)
{
    for (int i = 2; i < argc; i++)
        printf("[%s]\n", argv[i]);
    return 0;
}

static int Cat(void)
{
    HANDLE in = GetStdHandle(STD_INPUT_HANDLE), out = GetStdHandle(STD_OUTPUT_HANDLE);
    char bytes[512];
    DWORD count, written;
    while (ReadFile(in, bytes, sizeof bytes, &count, NULL) && count)
        if (!WriteFile(out, bytes, count, &written, NULL) || written != count)
            return 1;
    return 0;
}

static void CheckEnvironment(void)
{
    char value[64] = "";
    Check("set a variable", SetEnvironmentVariableA("COVE_TEST", "value"));
    Check("get it, in any case", GetEnvironmentVariableA("cove_test", value, sizeof value) == 5 &&
                                     !strcmp(value, "value"));
    Check("how much room it needs", GetEnvironmentVariableA("COVE_TEST", value, 3) == 6);
    Check("remove it", SetEnvironmentVariableA("COVE_TEST", NULL));
    CheckFails("it is gone", GetEnvironmentVariableA("COVE_TEST", value, sizeof value) != 0,
               ERROR_ENVVAR_NOT_FOUND);
    char *strings = GetEnvironmentStringsA();
    Check("there are others", strings && *strings);
    FreeEnvironmentStringsA(strings);
    Check("no command interpreter", !system(NULL));
    errno = 0;
    Check("so no command", system("pause") == -1 && errno == ENOENT);
}

static void CheckHandles(void)
{
    char name[MAX_PATH] = "";
    Check("the command line", strstr(GetCommandLineA(), "console") != NULL);
    Check("the module's name", GetModuleFileNameA(NULL, name, MAX_PATH) > 0 &&
                                   strstr(name, "console.exe") != NULL && name[1] == ':');
    Check("the module", GetModuleHandleA(NULL) != NULL &&
                            GetModuleHandleA("kernel32.dll") != NULL &&
                            GetModuleHandleA("nothing.dll") == NULL);
    HMODULE kernel32 = GetModuleHandleA("KERNEL32");
    Check("a function by name", (void *)GetProcAddress(kernel32, "CreateFileA") != NULL);
    CheckFails("no such function", (void *)GetProcAddress(kernel32, "NoSuchFunction") != NULL,
               ERROR_PROC_NOT_FOUND);
    HANDLE out = GetStdHandle(STD_OUTPUT_HANDLE), copy = NULL;
    DWORD count = 0;
    Check("standard output is a handle", out && out != INVALID_HANDLE_VALUE);
    Check("duplicated", DuplicateHandle(GetCurrentProcess(), out, GetCurrentProcess(), &copy, 0,
                                        FALSE, DUPLICATE_SAME_ACCESS));
    Check("and written through", WriteFile(copy, "copy\r\n", 6, &count, NULL) && count == 6);
    CloseHandle(copy);
}

static void CheckFormats(void)
{
    char text[64];
    wchar_t wide[64];
    snprintf(text, sizeof text, "%5d|%-5s|%05.1f|%" PRId64 "|%p", 42, "ab", 2.5, (int64_t)1 << 40,
             (void *)16);
    Check("printf", !strncmp(text, "   42|ab   |002.5|1099511627776|", 32));
    swprintf(wide, 64, L"%ls-%d", L"wide", 7);
    Check("swprintf", !wcscmp(wide, L"wide-7"));
    int number = 0;
    char word[8] = "";
    Check("sscanf",
          sscanf("12 abc", "%d %7s", &number, word) == 2 && number == 12 && !strcmp(word, "abc"));
    Check("strtol", strtol("0x1f", NULL, 0) == 31);
    Check("to wide and back",
          MultiByteToWideChar(CP_UTF8, 0, "\xc3\xa4", -1, wide, 64) == 2 && wide[0] == 0xe4 &&
              WideCharToMultiByte(CP_UTF8, 0, wide, -1, text, 64, NULL, NULL) == 3);
}

int main(int argc, char **argv)
{
    if (argc > 1 && !strcmp(argv[1], "echo"))
        return Echo(argc, argv);
    if (argc > 1 && !strcmp(argv[1], "cat"))
        return Cat();
    if (argc > 1 && !strcmp(argv[1], "err")) {
        fprintf(stderr, "to standard error\n");
        exit(9);
    }
    CheckEnvironment();
    CheckHandles();
    CheckFormats();
    return Result();
}
