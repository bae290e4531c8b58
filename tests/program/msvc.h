/* SPDX-License-Identifier: MIT */
/* msvc.h - what a test program built for MSVC's target needs: there are no headers of Windows
 * for it here, so the few declarations are made by hand. Included by one file of a program. */
#ifndef TESTS_MSVC_H
#define TESTS_MSVC_H

#ifdef __cplusplus
#define DEFINE  extern "C"
#define OUTSIDE extern "C" __declspec(dllimport)
#else
#define DEFINE
#define OUTSIDE __declspec(dllimport)
#endif
/* Of the C library, and of the system. */
#define IMPORT(type) OUTSIDE type __cdecl
#define SYSTEM(type) OUTSIDE type __stdcall

typedef unsigned long DWORD;
typedef unsigned long long QWORD;
typedef __SIZE_TYPE__ size_type;
typedef struct {
    DWORD Code, Flags;
    void *Next, *Address;
    DWORD Count;
    size_type Information[15];
} Record;
typedef struct {
    Record *Record;
    unsigned char *Context;
} Pointers;

IMPORT(int) puts(const char *text);
IMPORT(int) __stdio_common_vfprintf(QWORD, void *, const char *, void *, __builtin_va_list);
IMPORT(void *) __acrt_iob_func(unsigned);
IMPORT(int) fflush(void *stream);
IMPORT(void) exit(int code);
IMPORT(void) qsort(void *, size_type, size_type, int(__cdecl *)(const void *, const void *));
IMPORT(void *)
bsearch(const void *, const void *, size_type, size_type,
        int(__cdecl *)(const void *, const void *));
IMPORT(void *) memset(void *, int, size_type);
IMPORT(void *) memcpy(void *, const void *, size_type);
IMPORT(size_type) strlen(const char *);
IMPORT(int) strcmp(const char *, const char *);
SYSTEM(void) RaiseException(DWORD, DWORD, DWORD, const size_type *);
SYSTEM(void *) CreateThread(void *, size_type, DWORD(__stdcall *)(void *), void *, DWORD, DWORD *);
SYSTEM(DWORD) WaitForSingleObject(void *, DWORD);
SYSTEM(int) GetExitCodeThread(void *, DWORD *);
SYSTEM(int) CloseHandle(void *);
SYSTEM(void *) VirtualAlloc(void *, size_type, DWORD, DWORD);

#ifdef __cplusplus
extern "C" int _fltused;
#endif
DEFINE int _fltused = 0;
static int Failures;

static int printf(const char *Format, ...)
{
    __builtin_va_list list;
    __builtin_va_start(list, Format);
    int count = __stdio_common_vfprintf(0, __acrt_iob_func(1), Format, 0, list);
    __builtin_va_end(list);
    return count;
}

static void Check(const char *What, int IsRight)
{
    printf("%-56s %s\n", What, IsRight ? "ok" : "FAILED");
    fflush(0);
    Failures += !IsRight;
}

static int Result(void)
{
    if (Failures)
        printf("%d checks failed\n", Failures);
    else
        puts("all checks passed");
    return Failures ? 1 : 0;
}

int main(void);
DEFINE void mainCRTStartup(void)
{
    exit(main());
}

/* setjmp is one that is told the function's frame, or one that finds it in the chain. */
#ifdef _WIN64
IMPORT(int) __intrinsic_setjmp(void *, void *);
#define SetJump(buffer, frame) __intrinsic_setjmp(buffer, frame)
#else
IMPORT(int) _setjmp3(void *, int, ...) __attribute__((returns_twice));
#define SetJump(buffer, frame) _setjmp3(buffer, 0)
#endif

/* What the linker's library has for frames of more than a page. */
#if defined NEEDS_CHKSTK && !defined _WIN64
__asm__(".globl __chkstk\n"
        "__chkstk:\n"
        "    pushl %ecx\n"
        "    leal 8(%esp), %ecx\n"
        "1:  cmpl $0x1000, %eax\n"
        "    jb 2f\n"
        "    subl $0x1000, %ecx\n"
        "    testl %ecx, (%ecx)\n"
        "    subl $0x1000, %eax\n"
        "    jmp 1b\n"
        "2:  subl %eax, %ecx\n"
        "    testl %ecx, (%ecx)\n"
        "    movl %esp, %eax\n"
        "    movl %ecx, %esp\n"
        "    movl (%eax), %ecx\n"
        "    pushl 4(%eax)\n"
        "    ret\n");
#elif defined NEEDS_CHKSTK
__asm__(".globl __chkstk\n"
        "__chkstk:\n"
        "    pushq %rcx\n"
        "    pushq %rax\n"
        "    cmpq $0x1000, %rax\n"
        "    leaq 24(%rsp), %rcx\n"
        "    jb 2f\n"
        "1:  subq $0x1000, %rcx\n"
        "    testq %rcx, (%rcx)\n"
        "    subq $0x1000, %rax\n"
        "    cmpq $0x1000, %rax\n"
        "    ja 1b\n"
        "2:  subq %rax, %rcx\n"
        "    testq %rcx, (%rcx)\n"
        "    popq %rax\n"
        "    popq %rcx\n"
        "    ret\n");
#endif

#endif
