/* SPDX-License-Identifier: MIT */
/* signals.c - crosses every border again and again and checks that no register changes, while the
 * host sends signals.
 *
 *   signals rounds N
 *   signals seconds N
 *
 * The borders: a loop that calls nothing, an exception that is continued, a call into a driver, an
 * APC. Driver: wdm1.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <windows.h>
#include <winioctl.h>

#include "../../examples/wdm1/wdm1_ioctl.h"

#define LOOKS 200

/* ---- in assembly: what is set, left alone and looked at ---------------------------------------
 */

/* Runs LOOKS looks at all registers, an exception, and as many again; bit n of the answer: the n-th
 * register has changed. Vectors go in by the first array and out by the second. */
uint32_t LookPlain(const void *Vectors, void *OutVectors);
/* Calls a function of the system's convention; the answer as above, of what a call must keep. */
uint32_t LookCall(void *Function, const uintptr_t *Words, uintptr_t Count, uintptr_t *OutResult);

#ifdef _WIN64
#define VECTORS 16
#define LOOK(register, bit)                                             \
    "movabsq $0x" #bit "1112222333344" #bit ", %rax\n\t"                \
    "cmpq %rax, %" #register "\n\t"                                     \
                             "je 9f\n\t"                                \
                             "orl $(1 << 0x" #bit "), LookBits(%rip)\n" \
                             "9:\n\t"
#define SET(register, bit) "movabsq $0x" #bit "1112222333344" #bit ", %" #register "\n\t"
#define KEPT(DO) \
    DO(rbx, 0) DO(rsi, 1) DO(rdi, 2) DO(rbp, 3) DO(r12, 4) DO(r13, 5) DO(r14, 6) DO(r15, 7)
#define ALL(DO) KEPT(DO) DO(rcx, 8) DO(rdx, 9) DO(r8, a) DO(r9, b) DO(r10, c) DO(r11, d)
#define SAVE                                                                               \
    "pushq %rbp\n\tpushq %rbx\n\tpushq %rsi\n\tpushq %rdi\n\tpushq %r12\n\tpushq %r13\n\t" \
    "pushq %r14\n\tpushq %r15\n\tsubq $184, %rsp\n\t"                                      \
    "movups %xmm6, (%rsp)\n\tmovups %xmm7, 16(%rsp)\n\tmovups %xmm8, 32(%rsp)\n\t"         \
    "movups %xmm9, 48(%rsp)\n\tmovups %xmm10, 64(%rsp)\n\tmovups %xmm11, 80(%rsp)\n\t"     \
    "movups %xmm12, 96(%rsp)\n\tmovups %xmm13, 112(%rsp)\n\tmovups %xmm14, 128(%rsp)\n\t"  \
    "movups %xmm15, 144(%rsp)\n\tmovq %rsp, LookStack(%rip)\n\tmovl $0, LookBits(%rip)\n\t"
#define RESTORE                                                                           \
    "cmpq LookStack(%rip), %rsp\n\tje 9f\n\torl $0x40000000, LookBits(%rip)\n9:\n\t"      \
    "pushfq\n\tpopq %rax\n\ttestl $0x400, %eax\n\tje 9f\n\t"                              \
    "orl $0x20000000, LookBits(%rip)\n\tcld\n9:\n\t"                                      \
    "movq LookStack(%rip), %rsp\n\t"                                                      \
    "movups (%rsp), %xmm6\n\tmovups 16(%rsp), %xmm7\n\tmovups 32(%rsp), %xmm8\n\t"        \
    "movups 48(%rsp), %xmm9\n\tmovups 64(%rsp), %xmm10\n\tmovups 80(%rsp), %xmm11\n\t"    \
    "movups 96(%rsp), %xmm12\n\tmovups 112(%rsp), %xmm13\n\tmovups 128(%rsp), %xmm14\n\t" \
    "movups 144(%rsp), %xmm15\n\taddq $184, %rsp\n\t"                                     \
    "popq %r15\n\tpopq %r14\n\tpopq %r13\n\tpopq %r12\n\tpopq %rdi\n\tpopq %rsi\n\t"      \
    "popq %rbx\n\tpopq %rbp\n\tmovl LookBits(%rip), %eax\n\tret\n"
#define VECTOR(n, at)     "movups " #at "(%rcx), %xmm" #n "\n\t"
#define VECTOR_OUT(n, at) "movups %xmm" #n ", " #at "(%rax)\n\t"
/* clang-format off */
#define EACH_VECTOR(DO)                                                               \
    DO(0, 0) DO(1, 16) DO(2, 32) DO(3, 48) DO(4, 64) DO(5, 80) DO(6, 96) DO(7, 112)   \
    DO(8, 128) DO(9, 144) DO(10, 160) DO(11, 176) DO(12, 192) DO(13, 208) DO(14, 224) \
    DO(15, 240)
/* clang-format on */
#define LOOKS_ALL(label)                                                                        \
    "movl $200, LookCount(%rip)\n" label ":\n\t" ALL(LOOK) "decl LookCount(%rip)\n\tjnz " label \
                                                           "b\n\t"
uint32_t LookBits, LookCount;
uintptr_t LookStack, LookOut, LookResult;
__asm__(".globl LookPlain\nLookPlain:\n\t" SAVE "movq %rdx, LookOut(%rip)\n\t" EACH_VECTOR(VECTOR)
            ALL(SET) LOOKS_ALL("1") "ud2\n\t" LOOKS_ALL(
                "2") "movq LookOut(%rip), %rax\n\t" EACH_VECTOR(VECTOR_OUT) RESTORE);
/* Function, words and their number, where the answer goes. */
__asm__(".globl LookCall\nLookCall:\n\t" SAVE
        "movq %r9, LookOut(%rip)\n\tmovq %rcx, %rax\n\tmovq %rdx, %rsi\n\tmovq %r8, %rcx\n\t"
        "leaq 15(, %rcx, 8), %rdx\n\tandq $-16, %rdx\n\tsubq %rdx, %rsp\n\t"
        "movq %rsp, %rdi\n\trep movsq\n\t"
        "movq (%rsp), %rcx\n\tmovq 8(%rsp), %rdx\n\tmovq 16(%rsp), %r8\n\tmovq 24(%rsp), %r9\n\t"
        "movq %rax, %r10\n\t" KEPT(SET) "call *%r10\n\tmovq %rax, LookResult(%rip)\n\t" KEPT(
            LOOK) "movq LookOut(%rip), %rcx\n\tmovq LookResult(%rip), %rax\n\tmovq %rax, (%rcx)\n\t"
                  "movq LookStack(%rip), %rsp\n\t" RESTORE);
#else
#define VECTORS 8
#define LOOK(register, bit)                                                             \
    "cmpl $0x" #bit "112233" #bit ", %" #register "\n\t"                                \
                                                  "je 9f\n\t"                           \
                                                  "orl $(1 << 0x" #bit "), _LookBits\n" \
                                                  "9:\n\t"
#define SET(register, bit) "movl $0x" #bit "112233" #bit ", %" #register "\n\t"
#define KEPT(DO)           DO(ebx, 0) DO(esi, 1) DO(edi, 2) DO(ebp, 3)
#define ALL(DO)            KEPT(DO) DO(ecx, 8) DO(edx, 9) DO(eax, a)
#define SEGMENT(name, at)                                                     \
    "movl %" #name ", %ecx\n\tcmpw _LookSegments + " #at ", %cx\n\tje 9f\n\t" \
    "orl $(0x10000 << " #at "), _LookBits\n9:\n\t"
#define SEGMENT_SAVE(name, at) "movl %" #name ", %ecx\n\tmovw %cx, _LookSegments + " #at "\n\t"
#define EACH_SEGMENT(DO)       DO(ds, 0) DO(es, 2) DO(fs, 4) DO(gs, 6) DO(ss, 8)
#define SAVE                                                                                    \
    "pushl %ebp\n\tmovl %esp, %ebp\n\tpushl %ebx\n\tpushl %esi\n\tpushl %edi\n\t" EACH_SEGMENT( \
        SEGMENT_SAVE) "movl %esp, _LookStack\n\tmovl $0, _LookBits\n\t"
#define RESTORE                                                                                  \
    "cmpl _LookStack, %esp\n\tje 9f\n\torl $0x40000000, _LookBits\n9:\n\t"                       \
    "pushfl\n\tpopl %eax\n\ttestl $0x400, %eax\n\tje 9f\n\t"                                     \
    "orl $0x20000000, _LookBits\n\tcld\n9:\n\t" EACH_SEGMENT(                                    \
        SEGMENT) "movl _LookStack, %esp\n\tpopl %edi\n\tpopl %esi\n\tpopl %ebx\n\tpopl %ebp\n\t" \
                 "movl _LookBits, %eax\n\tret\n"
#define VECTOR(n, at)     "movups " #at "(%eax), %xmm" #n "\n\t"
#define VECTOR_OUT(n, at) "movups %xmm" #n ", " #at "(%eax)\n\t"
#define EACH_VECTOR(DO) \
    DO(0, 0) DO(1, 16) DO(2, 32) DO(3, 48) DO(4, 64) DO(5, 80) DO(6, 96) DO(7, 112)
#define LOOKS_ALL(label) \
    "movl $200, _LookCount\n" label ":\n\t" ALL(LOOK) "decl _LookCount\n\tjnz " label "b\n\t"
uint32_t LookBits, LookCount;
uintptr_t LookStack, LookOut, LookResult;
uint16_t LookSegments[5];
__asm__(".globl _LookPlain\n_LookPlain:\n\t" SAVE
        "movl 12(%ebp), %eax\n\tmovl %eax, _LookOut\n\tmovl 8(%ebp), %eax\n\t" EACH_VECTOR(VECTOR)
            ALL(SET) LOOKS_ALL("1") "ud2\n\t" LOOKS_ALL("2") "movl _LookOut, %eax\n\t" EACH_VECTOR(
                VECTOR_OUT) RESTORE);
__asm__(
    ".globl _LookCall\n_LookCall:\n\t" SAVE
    "movl 20(%ebp), %eax\n\tmovl %eax, _LookOut\n\tmovl 8(%ebp), %eax\n\t"
    "movl 12(%ebp), %esi\n\tmovl 16(%ebp), %ecx\n\t"
    "leal (, %ecx, 4), %edx\n\tsubl %edx, %esp\n\tmovl %esp, %edi\n\trep movsl\n\t" KEPT(
        SET) "call *%eax\n\tmovl %eax, _LookResult\n\t" KEPT(LOOK) "movl _LookOut, %ecx\n\tmovl "
                                                                   "_LookResult, %eax\n\tmovl "
                                                                   "%eax, (%ecx)\n\t" RESTORE);
#endif

/* ---- the borders -------------------------------------------------------------------------------
 */

static unsigned long Exceptions, Apcs, Changed;

static LONG CALLBACK Continue(EXCEPTION_POINTERS *Pointers)
{
    if (Pointers->ExceptionRecord->ExceptionCode != EXCEPTION_ILLEGAL_INSTRUCTION)
        return EXCEPTION_CONTINUE_SEARCH;
    Exceptions++;
#ifdef _WIN64
    Pointers->ContextRecord->Rip += 2;
#else
    Pointers->ContextRecord->Eip += 2;
#endif
    return EXCEPTION_CONTINUE_EXECUTION;
}

static void CALLBACK Apc(ULONG_PTR Unused)
{
    (void)Unused;
    Apcs++;
}

static void Judge(const char *What, uint32_t Bits, int IsRight)
{
    if (Bits == 0 && IsRight)
        return;
    if (Changed++ < 20)
        printf("%s: registers %lx, answer %s\n", What, (unsigned long)Bits,
               IsRight ? "right" : "wrong");
}

static void Plain(void)
{
    static uint64_t in[2 * VECTORS], out[2 * VECTORS];
    for (int i = 0; i < 2 * VECTORS; i++)
        in[i] = 0x0123456789abcdefull * (2 * (unsigned)i + 1);
    memset(out, 0, sizeof out);
    uint32_t bits = LookPlain(in, out);
    Judge("a loop with an exception", bits, memcmp(in, out, sizeof in) == 0);
}

static void Driver(HANDLE Device)
{
    static ULONG size;
    static DWORD count;
    const uintptr_t words[] = {
        (uintptr_t)Device, IOCTL_WDM1_GET_BUFFER_SIZE, 0, 0, (uintptr_t)&size,
        sizeof size,       (uintptr_t)&count,          0};
    uintptr_t result = 0;
    size = count = 77;
    uint32_t bits = LookCall((void *)DeviceIoControl, words, 8, &result);
    Judge("a driver's call", bits, (BOOL)result && size == 0 && count == sizeof size);
}

static void Alerted(void)
{
    const uintptr_t words[] = {0, TRUE, 0, 0};
    unsigned long before = Apcs;
    uintptr_t result = 0;
    QueueUserAPC(Apc, GetCurrentThread(), 0);
#ifdef _WIN64
    uint32_t bits = LookCall((void *)SleepEx, words, 4, &result);
#else
    uint32_t bits = LookCall((void *)SleepEx, words, 2, &result);
#endif
    Judge("an APC", bits, (DWORD)result == WAIT_IO_COMPLETION && Apcs == before + 1);
}

int main(int argc, char **argv)
{
    unsigned long number = argc > 2 ? strtoul(argv[2], NULL, 0) : 1, rounds = 0;
    int is_timed = argc > 1 && !strcmp(argv[1], "seconds");
    ULONGLONG end = GetTickCount64() + number * 1000ull;
    HANDLE device =
        CreateFileA("\\\\.\\Wdm1", GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);

    if (device == INVALID_HANDLE_VALUE || !AddVectoredExceptionHandler(1, Continue)) {
        puts("no device");
        return 2;
    }
    puts("started");
    fflush(stdout);
    do {
        Plain();
        Driver(device);
        Alerted();
        rounds++;
    } while (is_timed ? GetTickCount64() < end : rounds < number);
    Judge("the exceptions", 0, Exceptions == rounds);
    printf("%lu rounds\n%s\n", rounds, Changed ? "a register has changed" : "nothing has changed");
    return Changed != 0;
}
