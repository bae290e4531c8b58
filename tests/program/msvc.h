/* SPDX-License-Identifier: MIT */
/* msvc.h - what a test program built for MSVC's target needs: there are no headers of Windows
 * for it here, so the few declarations are made by hand. Included by one file of a program. */
#ifndef TESTS_MSVC_H
#define TESTS_MSVC_H

#ifdef __cplusplus
#define IMPORT(type) extern "C" __declspec(dllimport) type __cdecl
#define DEFINE       extern "C"
#else
#define IMPORT(type) __declspec(dllimport) type __cdecl
#define DEFINE
#endif

typedef unsigned long DWORD;
typedef unsigned long long QWORD;
typedef unsigned long long size_type;
typedef struct {
    DWORD Code, Flags;
    void *Next, *Address;
    DWORD Count;
    QWORD Information[15];
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
IMPORT(void) RaiseException(DWORD, DWORD, DWORD, const QWORD *);
IMPORT(void *) CreateThread(void *, size_type, DWORD(__cdecl *)(void *), void *, DWORD, DWORD *);
IMPORT(DWORD) WaitForSingleObject(void *, DWORD);
IMPORT(int) GetExitCodeThread(void *, DWORD *);
IMPORT(int) CloseHandle(void *);
IMPORT(void *) VirtualAlloc(void *, size_type, DWORD, DWORD);

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

/* What the linker's library has for frames of more than a page. */
#ifdef NEEDS_CHKSTK
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
