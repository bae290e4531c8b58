/* SPDX-License-Identifier: MIT */
/* raw.c - a 32-bit program that tries to reach the host's kernel past everything.
 *
 *   raw [second-|caught-]WAY FILE     tries to make FILE on the host by an instruction of its own
 *
 * second-: in a thread that it makes; caught-: with a handler, which says what it was given. Exit
 * code 0 and "still here": the instruction did nothing that was noticed.
 */
#include <stdlib.h>

#include "check.h"

#define CREATE_FLAGS 0101 /* O_CREAT | O_WRONLY */
#define MODE         0644

static const char *Path;
static void (*Way)(void);

/* open is call 5 for 32-bit code, 2 for 64-bit code. */
#define OPEN      "a"(5), "b"(Path), "c"(CREATE_FLAGS), "d"(MODE)
#define OPEN_LONG "a"(2), "D"(Path), "S"(CREATE_FLAGS), "d"(MODE)

static void Interrupt(void)
{
    __asm__ volatile("int $0x80" : : OPEN : "memory");
}

/* As the kernel's own page does it. */
#define AS_THE_PAGE(how)                 \
    "call 1f\n\tjmp 2f\n"                \
    "1:\tpushl %%ecx\n\tpushl %%edx\n\t" \
    "pushl %%ebp\n\t" how "\n\tint3\n2:"

static void Enter(void)
{
    __asm__ volatile(AS_THE_PAGE("movl %%esp, %%ebp\n\tsysenter") : : OPEN : "memory");
}

static void Call(void)
{
    __asm__ volatile(AS_THE_PAGE("movl %%ecx, %%ebp\n\tsyscall") : : OPEN : "memory");
}

/* As the host's C library does it. */
static void Library(void)
{
    __asm__ volatile("call *%%gs:0x10" : : OPEN : "memory");
}

/* Into 64-bit code (what is said in bytes here), and back with 0x23. */
#define LONG_CODE(what)                                                                         \
    "ljmp $0x33, $1f\n"                                                                         \
    "1:\t.byte 0x89, 0xff, 0x89, 0xf6, 0x89, 0xd2, 0x89, 0xe4\n\t" /* mov edi, edi and so on */ \
        what "\n\t"                                                                             \
    ".byte 0x6a, 0x23, 0x68\n\t.long 2f\n\t.byte 0x48, 0xcb\n2:" /* push; retfq */

static void LongCall(void)
{
    __asm__ volatile(LONG_CODE("syscall") : : OPEN_LONG : "ecx", "memory");
}

static void LongInterrupt(void)
{
    __asm__ volatile(LONG_CODE("int $0x80") : : OPEN : "memory");
}

static void LongIllegal(void)
{
    __asm__ volatile(LONG_CODE("ud2") : : : "memory");
}

static void LongLoad(void)
{
    __asm__ volatile(LONG_CODE("movb 0x10, %%al") : : : "eax", "memory");
}

/* The host's code finds its thread through GS. */
static void NoSegment(void)
{
    __asm__ volatile("movl %0, %%gs" : : "r"(0));
    __asm__ volatile("movl $0, 0x10");
}

static void NoThreadBlock(void)
{
    __asm__ volatile("movl %0, %%fs\n\tud2" : : "r"(0));
}

static const struct {
    const char *Name;
    void (*Try)(void);
} Ways[] = {
    {"interrupt", Interrupt},      {"enter", Enter},        {"call", Call},
    {"library", Library},          {"long-call", LongCall}, {"long-interrupt", LongInterrupt},
    {"long-illegal", LongIllegal}, {"long-load", LongLoad}, {"no-segment", NoSegment},
    {"no-block", NoThreadBlock}};

static LONG NTAPI Handler(EXCEPTION_POINTERS *Pointers)
{
    printf("caught %08lx\n", Pointers->ExceptionRecord->ExceptionCode);
    fflush(stdout);
    ExitProcess(40);
}

static DWORD WINAPI Thread(void *Unused)
{
    (void)Unused;
    Way();
    return 0;
}

int main(int argc, char **argv)
{
    const char *name = argc > 2 ? argv[1] : "";
    int isSecond = !strncmp(name, "second-", 7), isCaught = !strncmp(name, "caught-", 7);

    Path = argc > 2 ? argv[2] : NULL;
    for (unsigned i = 0; i < sizeof(Ways) / sizeof(Ways[0]); i++)
        if (!strcmp(Ways[i].Name, name + (isSecond || isCaught ? 7 : 0)))
            Way = Ways[i].Try;
    if (!Way)
        return 2;
    if (isCaught)
        AddVectoredExceptionHandler(1, Handler);
    if (isSecond)
        WaitForSingleObject(CreateThread(NULL, 0, Thread, NULL, 0, NULL), INFINITE);
    else
        Way();
    printf("still here\n");
    return 0;
}
