/* SPDX-License-Identifier: MIT */
/* gs.c - the GS base of the calling thread, where Windows code finds its processor.
 *
 * The C library uses FS and leaves GS alone; the kernel keeps the base over context
 * switches and does not touch it when it delivers a signal or returns from one, so
 * what a hook sets is what the thread goes on with.
 */
#include <asm/prctl.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host_internal.h"

/* AT_HWCAP2: the kernel lets user code run wrgsbase. */
#define HOST_HWCAP2_FSGSBASE 2

static bool gs_is_fast(void)
{
    static _Atomic int known; /* 0: not asked yet, 1: instructions, 2: system call */
    int answer = known;

    if (answer == 0) {
        answer = getauxval(AT_HWCAP2) & HOST_HWCAP2_FSGSBASE ? 1 : 2;
        known = answer;
    }
    return answer == 1;
}

void host_gs_set(void *base)
{
    if (gs_is_fast()) {
        /* Mostly it is so already, and looking costs half of setting. */
        if (__builtin_ia32_rdgsbase64() != (uint64_t)base)
            __builtin_ia32_wrgsbase64((uint64_t)base);
    } else {
        syscall(SYS_arch_prctl, ARCH_SET_GS, base);
    }
}

void *host_gs_get(void)
{
    uint64_t base = 0;

    if (gs_is_fast())
        return (void *)__builtin_ia32_rdgsbase64();
    syscall(SYS_arch_prctl, ARCH_GET_GS, &base);
    return (void *)base;
}

void host_segments_own(struct host_registers *registers)
{
    (void)registers;
}

void host_segments_restore(const ucontext_t *context)
{
    (void)context; /* segment registers carry no addresses here */
}
