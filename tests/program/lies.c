/* SPDX-License-Identifier: MIT */
/* lies.c - every pointer that a program can lie to a driver about, for programs of both widths.
 * Driver: lies_driver.
 *
 * Without an argument: the lies. "apart NUMBER": many requests with structures that hold pointers
 * and transfers of files, whose bytes are this program's own; several run at once. "endless": the
 * same until it is killed.
 */
#include "check.h"

#include <stdint.h>

#include "lies.h"

static HANDLE Device;

static LONG Touch(ULONGLONG Address, DWORD Length, DWORD Alignment, DWORD How)
{
    struct lies_touch touch = {Address, Length, Alignment, How, 0};
    LONG status = 1;
    DWORD count;
    if (!DeviceIoControl(Device, LIES_TOUCH, &touch, sizeof touch, &status, sizeof status, &count,
                         NULL))
        return 2;
    return status;
}

#define VIOLATION  ((LONG)0xc0000005)
#define MISALIGNED ((LONG)0x80000002)
#define GUARDED    ((LONG)0x80000001)

/* Nothing is there, however it is asked for. */
static void CheckNothing(const char *What, ULONGLONG Address, DWORD Length)
{
    LONG got[4];
    for (DWORD how = LIES_READ; how <= LIES_LOCK_WRITE; how++)
        got[how] = Touch(Address, Length, 1, how);
    Check(What,
          got[0] == VIOLATION && got[1] == VIOLATION && got[2] == VIOLATION && got[3] == VIOLATION);
    if (got[0] != VIOLATION || got[1] != VIOLATION || got[2] != VIOLATION || got[3] != VIOLATION)
        printf("    (%lx %lx %lx %lx)\n", got[0], got[1], got[2], got[3]);
}

static ULONGLONG Number(const void *Pointer)
{
    return (ULONGLONG)(uintptr_t)Pointer;
}

static void CheckAddresses(void)
{
    CheckNothing("NULL", 0, 16);
    CheckNothing("a small number", 0x18, 4);
    /* There a sanitized machine has the sanitizer's own memory. */
    if (!GetEnvironmentVariableA("COVE_SANITIZED", NULL, 0))
        CheckNothing("behind 2 GiB", 0x80000000u, 16);
    CheckNothing("far behind 2 GiB", 0x90000000u, 16);
    CheckNothing("where this program's host lies", 0xc0000000u, 16);
    CheckNothing("over the end of 32 bits", 0xfffffff0u, 64);
    CheckNothing("just behind 32 bits", 0x100000000ull, 16);
    CheckNothing("the kernel's", 0xffff800000000000ull, 16);
    CheckNothing("the last byte there is", 0xffffffffffffffffull, 1);
    CheckNothing("around the end of everything", 0xfffffffffffffff0ull, 64);
    CheckNothing("no processor's address", 0x8000000000000000ull, 16);
    int here[2] = {1, 2};
    Check("an odd one where four are wanted",
          Touch(Number(here) + 1, 4, 4, LIES_READ) == MISALIGNED &&
              Touch(Number(here) + 2, 4, 4, LIES_WRITE) == MISALIGNED);
    Check("and the truth", Touch(Number(here), 8, 4, LIES_READ) == 0 &&
                               Touch(Number(here), 8, 4, LIES_WRITE) == 0 && here[0] != 1);
}

static void CheckPages(void)
{
    DWORD old;
    char *memory = VirtualAlloc(NULL, 0x4000, MEM_RESERVE, PAGE_READWRITE);
    CheckNothing("reserved only", Number(memory), 16);
    VirtualAlloc(memory, 0x2000, MEM_COMMIT, PAGE_READWRITE);
    memory[0] = memory[0x1fff] = 1;
    for (DWORD how = LIES_READ; how <= LIES_LOCK_WRITE; how++)
        Check("committed", Touch(Number(memory), 0x2000, 1, how) == 0);
    Check("what was written is there", memory[0] == 0x5a && memory[0x1fff] == 0x5a);
    CheckNothing("one byte too many", Number(memory) + 1, 0x2000);
    VirtualProtect(memory, 0x1000, PAGE_READONLY, &old);
    memory[0x1fff] = 1;
    Check("read-only may be read", Touch(Number(memory), 16, 1, LIES_READ) == 0 &&
                                       Touch(Number(memory), 16, 1, LIES_LOCK_READ) == 0);
    Check("not written", Touch(Number(memory), 0x2000, 1, LIES_WRITE) == VIOLATION &&
                             Touch(Number(memory), 0x2000, 1, LIES_LOCK_WRITE) == VIOLATION &&
                             memory[0x1fff] == 1);
    VirtualProtect(memory, 0x1000, PAGE_NOACCESS, &old);
    CheckNothing("no access", Number(memory), 16);
    VirtualProtect(memory, 0x1000, PAGE_READWRITE | PAGE_GUARD, &old);
    Check("a guard, once", Touch(Number(memory), 16, 1, LIES_READ) == GUARDED &&
                               Touch(Number(memory), 16, 1, LIES_READ) == 0);
    VirtualFree(memory + 0x1000, 0x1000, MEM_DECOMMIT);
    CheckNothing("decommitted", Number(memory) + 0x1000, 16);
    VirtualFree(memory, 0, MEM_RELEASE);
    CheckNothing("freed", Number(memory), 16);
    Check("code is not written", Touch(Number((void *)CheckPages), 1, 1, LIES_WRITE) == VIOLATION &&
                                     Touch(Number((void *)CheckPages), 1, 1, LIES_READ) == 0);
}

static void CheckNeither(void)
{
    char in[16] = "0123456789abcde", out[16] = "";
    DWORD count = 0;
    Check("both where they are",
          DeviceIoControl(Device, LIES_NEITHER, in, sizeof in, out, sizeof out, &count, NULL) &&
              count == 16 && out[3] == (char)~'3');
    CheckFails("no input",
               DeviceIoControl(Device, LIES_NEITHER, NULL, 16, out, sizeof out, &count, NULL),
               ERROR_NOACCESS);
    CheckFails("no output",
               DeviceIoControl(Device, LIES_NEITHER, in, sizeof in, NULL, 16, &count, NULL),
               ERROR_NOACCESS);
    CheckFails(
        "an output that is code",
        DeviceIoControl(Device, LIES_NEITHER, in, sizeof in, (void *)CheckPages, 16, &count, NULL),
        ERROR_NOACCESS);
    CheckFails("an input that wraps around",
               DeviceIoControl(Device, LIES_NEITHER, (void *)(uintptr_t)-8, 16, out, sizeof out,
                               &count, NULL),
               ERROR_NOACCESS);
    CheckFails("a structure that is not there",
               DeviceIoControl(Device, LIES_TOUCH, (void *)16, sizeof(struct lies_touch), out,
                               sizeof out, &count, NULL),
               ERROR_NOACCESS);
}

/* ---- several at once ------------------------------------------------------------------------- */

#define NODES 64
#define BLOCK 0x3000

/* Nodes lie below 2 GiB in programs of either width. */
static BOOL Chained(DWORD Seed)
{
    static struct lies_node *nodes;
    DWORD sum = 0, wanted = 0, count;
    if (!nodes)
        nodes = VirtualAlloc(sizeof(void *) == 4 ? NULL : (void *)0x10000000, 0x10000,
                             MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    if (!nodes)
        return TRUE; /* a 64-bit program has no addresses that low */
    for (int i = 0; i < NODES; i++) {
        nodes[i].value = Seed * 31 + (DWORD)i;
        nodes[i].next = i + 1 < NODES ? (unsigned)(uintptr_t)&nodes[i + 1] : 0;
        wanted += nodes[i].value;
    }
    return DeviceIoControl(Device, LIES_CHAIN, nodes, sizeof *nodes, &sum, sizeof sum, &count,
                           NULL) &&
           sum == wanted;
}

static BOOL Transferred(HANDLE File, BYTE Mark)
{
    static BYTE out[BLOCK], in[BLOCK];
    DWORD count;
    memset(out, Mark, sizeof out);
    memset(in, 0, sizeof in);
    SetFilePointer(File, 0, NULL, FILE_BEGIN);
    if (!WriteFile(File, out, sizeof out, &count, NULL) || count != sizeof out)
        return FALSE;
    SetFilePointer(File, 0, NULL, FILE_BEGIN);
    return ReadFile(File, in, sizeof in, &count, NULL) && count == sizeof in &&
           !memcmp(in, out, sizeof in);
}

static BOOL Piped(BYTE Mark)
{
    static HANDLE ends[2];
    BYTE out[512], in[512];
    DWORD count;
    if (!ends[0] && !CreatePipe(&ends[0], &ends[1], NULL, 0))
        return FALSE;
    memset(out, Mark, sizeof out);
    return WriteFile(ends[1], out, sizeof out, &count, NULL) && count == sizeof out &&
           ReadFile(ends[0], in, sizeof in, &count, NULL) && count == sizeof in &&
           !memcmp(in, out, sizeof in);
}

static void Apart(DWORD Number, DWORD Turns)
{
    char name[32];
    int chains = 0, files = 0, pipes = 0;
    snprintf(name, sizeof name, "apart%lu.tmp", GetCurrentProcessId());
    HANDLE file = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS,
                              FILE_FLAG_DELETE_ON_CLOSE, NULL);
    printf("ready\n");
    fflush(stdout);
    for (DWORD i = 0; i < Turns; i++) {
        chains += Chained(Number * 1000 + i);
        files += Transferred(file, (BYTE)(Number * 16 + i % 16));
        pipes += Piped((BYTE)(Number * 16 + i % 16));
    }
    Check("structures with pointers", chains == (int)Turns);
    Check("files", files == (int)Turns);
    Check("pipes", pipes == (int)Turns);
    CloseHandle(file);
}

int main(int argc, char **argv)
{
    Device = CreateFileA("\\\\.\\Lies", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ, NULL,
                         OPEN_EXISTING, 0, NULL);
    Check("the device", Device != INVALID_HANDLE_VALUE);
    if (argc > 2) {
        Apart((DWORD)atoi(argv[2]), 300);
    } else if (argc > 1) {
        Apart(1, 0x7fffffff);
    } else {
        CheckAddresses();
        CheckPages();
        CheckNeither();
    }
    CloseHandle(Device);
    return Result();
}
