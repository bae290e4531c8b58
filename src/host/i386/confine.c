/* SPDX-License-Identifier: MIT */
/* confine.c - where a 32-bit program's process may make system calls from.
 *
 * Windows code lies below 2 GiB, everything of ours and the kernel's own page above 3 GiB: a call
 * from below is a fault, and so is one of another width, unless it comes from where the host of a
 * 64-bit program lies, which this one has started. What comes through the kernel's page is told
 * apart by dispatch.c.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "dispatch.h"
#include "host/confine.h"

int host_confine_code(void)
{
    const unsigned at = offsetof(struct seccomp_data, instruction_pointer);
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_I386, 3, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 0, 4),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, at + 4),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, (unsigned)(HOST_NATIVE_LOW >> 32), 3, 2),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, at),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, HOST_NATIVE_LOW32, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof code / sizeof *code, code};

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        return errno;
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program))
        return errno;
    dispatch_begin();
    return 0;
}

int host_confine(void)
{
    return host_confine_code();
}
