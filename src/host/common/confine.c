/* SPDX-License-Identifier: MIT */
/* confine.c - what a machine gives up before the first driver runs.
 *
 * Two walls. The system call filter (seccomp) looks at where a call comes from: one from a
 * driver's or a program's memory is a fault; and it refuses, wherever it comes from, what a
 * machine never needs: other processes, new sockets, the host's set-up. Landlock, where the
 * kernel has it, takes away every file name. Both hold for all threads to come.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host/confine.h"
#include "host_internal.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define IS_SANITIZED 1 /* its run-time reads files and starts a symboliser */
#endif
#endif
#ifndef IS_SANITIZED
#define IS_SANITIZED 0
#endif

/* A new thread is let through (with these flags), a new process is not. */
#define THREAD_FLAGS (CLONE_VM | CLONE_THREAD)

/* Looked for first: they stand in the path of a request. */
static const int frequent[] = {SYS_futex, SYS_sched_yield};

static const int refused[] = {
    SYS_fork,
    SYS_vfork,
    SYS_execve,
    SYS_execveat,
    /* other processes */
    SYS_kill,
    SYS_tkill,
    SYS_rt_sigqueueinfo,
    SYS_rt_tgsigqueueinfo,
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_pidfd_open,
    SYS_pidfd_getfd,
    SYS_pidfd_send_signal,
    SYS_kcmp,
    SYS_process_madvise,
    /* the network, and every other way to talk: what is open stays open */
    SYS_socket,
    SYS_connect,
    SYS_bind,
    SYS_listen,
    SYS_msgget,
    SYS_semget,
    SYS_shmget,
    SYS_mq_open,
    /* calls that make calls of their own, past this filter */
    SYS_io_uring_setup,
    SYS_io_uring_enter,
    SYS_io_uring_register,
    SYS_io_setup,
    /* the host */
    SYS_mount,
    SYS_umount2,
    SYS_pivot_root,
    SYS_chroot,
    SYS_setns,
    SYS_unshare,
    SYS_init_module,
    SYS_finit_module,
    SYS_delete_module,
    SYS_kexec_load,
    SYS_kexec_file_load,
    SYS_reboot,
    SYS_swapon,
    SYS_swapoff,
    SYS_sethostname,
    SYS_setdomainname,
    SYS_settimeofday,
    SYS_clock_settime,
    SYS_adjtimex,
    SYS_clock_adjtime,
    SYS_acct,
    SYS_quotactl,
    SYS_bpf,
    SYS_perf_event_open,
    SYS_userfaultfd,
    SYS_keyctl,
    SYS_add_key,
    SYS_request_key,
    SYS_syslog,
    SYS_iopl,
    SYS_ioperm,
    SYS_modify_ldt,
    SYS_open_by_handle_at,
    SYS_name_to_handle_at,
    SYS_fanotify_init,
    SYS_move_mount,
    SYS_fsopen,
    SYS_fsmount,
    SYS_open_tree,
    SYS_mount_setattr,
    /* who we are */
    SYS_setuid,
    SYS_setgid,
    SYS_setreuid,
    SYS_setregid,
    SYS_setresuid,
    SYS_setresgid,
    SYS_setgroups,
    SYS_setfsuid,
    SYS_setfsgid,
    SYS_capset,
    SYS_personality,
};
#define REFUSED (sizeof refused / sizeof *refused)

#define LOAD(field) \
    (struct sock_filter) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define LOAD_HIGH(field) \
    (struct sock_filter) \
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field) + 4)
#define RETURN(what)             (struct sock_filter) BPF_STMT(BPF_RET | BPF_K, what)
#define WHEN(op, value, yes, no) (struct sock_filter) BPF_JUMP(BPF_JMP | op | BPF_K, value, yes, no)

struct filter {
    struct sock_filter code[48 + 2 * REFUSED];
    unsigned short length;
};

static void add(struct filter *filter, struct sock_filter instruction)
{
    filter->code[filter->length++] = instruction;
}

static void refuse_add(struct filter *filter, int number, int error)
{
    add(filter, WHEN(BPF_JEQ, (unsigned)number, 0, 1));
    add(filter, RETURN(SECCOMP_RET_ERRNO | (unsigned)error));
}

/* A program of the other width that this one starts keeps the filter: its host's calls come from
 * above HOST_NATIVE_LOW32, where a 64-bit program has nothing. The architecture stays loaded. */
static void other_width_add(struct filter *filter)
{
    add(filter, WHEN(BPF_JEQ, AUDIT_ARCH_I386, 0, 6));
    add(filter, LOAD_HIGH(instruction_pointer));
    add(filter, WHEN(BPF_JEQ, 0, 0, 3));
    add(filter, LOAD(instruction_pointer));
    add(filter, WHEN(BPF_JGE, HOST_NATIVE_LOW32, 0, 1));
    add(filter, RETURN(SECCOMP_RET_ALLOW));
    add(filter, RETURN(SECCOMP_RET_TRAP));
}

static int calls_confine(bool refuse)
{
    struct filter filter = {0};
    add(&filter, LOAD(arch)); /* int 0x80 and sysenter come with another one */
    if (!refuse)
        other_width_add(&filter);
    add(&filter, WHEN(BPF_JEQ, AUDIT_ARCH_X86_64, 1, 0));
    add(&filter, RETURN(SECCOMP_RET_TRAP));
    add(&filter, LOAD_HIGH(instruction_pointer));
    add(&filter, WHEN(BPF_JGE, (unsigned)(HOST_NATIVE_LOW >> 32), 1, 0));
    add(&filter, RETURN(SECCOMP_RET_TRAP));
    add(&filter, LOAD(nr));
    add(&filter, WHEN(BPF_JGE, 0x40000000u, 0, 1)); /* the x32 numbers */
    add(&filter, RETURN(SECCOMP_RET_TRAP));
    for (unsigned i = 0; i < sizeof frequent / sizeof *frequent; i++) {
        add(&filter, WHEN(BPF_JEQ, (unsigned)frequent[i], 0, 1));
        add(&filter, RETURN(SECCOMP_RET_ALLOW));
    }
    if (refuse && !IS_SANITIZED) {
        for (unsigned i = 0; i < REFUSED; i++)
            refuse_add(&filter, refused[i], EPERM);
        refuse_add(&filter, SYS_clone3, ENOSYS); /* its flags cannot be seen; libc takes clone */
        /* clone: threads only */
        add(&filter, WHEN(BPF_JEQ, SYS_clone, 0, 4));
        add(&filter, LOAD(args[0]));
        add(&filter, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, THREAD_FLAGS));
        add(&filter, WHEN(BPF_JEQ, THREAD_FLAGS, 1, 0));
        add(&filter, RETURN(SECCOMP_RET_ERRNO | EPERM));
        add(&filter, LOAD(nr));
        /* tgkill: to ourselves */
        add(&filter, WHEN(BPF_JEQ, SYS_tgkill, 0, 3));
        add(&filter, LOAD(args[0]));
        add(&filter, WHEN(BPF_JEQ, (unsigned)getpid(), 1, 0));
        add(&filter, RETURN(SECCOMP_RET_ERRNO | EPERM));
    }
    add(&filter, RETURN(SECCOMP_RET_ALLOW));
    struct sock_fprog program = {filter.length, filter.code};
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) ? errno : 0;
}

/* Rights by the version of Landlock that first had them. */
static uint64_t rights_of(long version)
{
    uint64_t rights = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1; /* version 1: all bits up to it */
    if (version >= 2)
        rights |= 1ull << 13; /* REFER */
    if (version >= 3)
        rights |= 1ull << 14; /* TRUNCATE */
    return rights;
}

static int names_confine(void)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 1 || IS_SANITIZED)
        return 0; /* this kernel has none */
    struct landlock_ruleset_attr attributes = {.handled_access_fs = rights_of(version)};
    long ruleset = syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0);
    if (ruleset < 0)
        return errno;
    int error = syscall(SYS_landlock_restrict_self, ruleset, 0) ? errno : 0;
    close((int)ruleset);
    return error;
}

void host_confine_thread(void)
{
    /* filters are inherited */
}

bool host_system_call_answer(const siginfo_t *info, ucontext_t *context)
{
    (void)info;
    (void)context;
    return false;
}

int host_confine_code(void)
{
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ? errno : calls_confine(false);
}

int host_confine(void)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        return errno;
    int error = names_confine();
    return error ? error : calls_confine(true);
}
