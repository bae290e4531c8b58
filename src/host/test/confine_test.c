/* SPDX-License-Identifier: MIT */
/* confine_test.c - a confined process opens what it was lent and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/confine.h"
#include "host/files.h"
#include "host/host.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define KEEPS_ITS_RIGHTS 1
#endif
#endif
#ifndef KEEPS_ITS_RIGHTS
#define KEEPS_ITS_RIGHTS 0
#endif

static char folder[64], lent[80], path[8][128];

static int make_folders(void **state)
{
    strcpy(folder, "/tmp/cove-test-XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(lent, sizeof lent, "%s/lent", folder);
    assert_int_equal(mkdir(lent, 0700), 0);
    snprintf(path[0], sizeof path[0], "%s/secret", folder);
    snprintf(path[1], sizeof path[1], "%s/file", lent);
    snprintf(path[2], sizeof path[2], "%s/out", lent);
    snprintf(path[3], sizeof path[3], "%s/other", lent);
    snprintf(path[4], sizeof path[4], "%s/../secret", lent);
    snprintf(path[5], sizeof path[5], "%s/sub", lent);
    for (int i = 0; i < 2; i++)
        close(open(path[i], O_CREAT | O_WRONLY, 0600));
    return symlink(path[0], path[2]);
}

static int remove_folders(void **state)
{
    static const int files[] = {0, 1, 2, 3};
    for (unsigned i = 0; i < sizeof files / sizeof *files; i++)
        unlink(path[files[i]]);
    rmdir(path[5]);
    rmdir(lent);
    return rmdir(folder);
}

/* Runs check in a process of its own; it answers 0, or the number of the line that is wrong. */
static void in_child(int (*check)(void))
{
    int status;
    pid_t child = fork();
    if (child == 0)
        _exit(check());
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

#define EXPECT(condition)                                 \
    do {                                                  \
        if (!(condition))                                 \
            return __LINE__ & 0xff ? __LINE__ & 0xff : 1; \
    } while (0)

static int lend(void)
{
    int fd = open(lent, O_PATH | O_DIRECTORY);
    EXPECT(fd >= 0 && host_opener_start() == 0 && host_opener_lend(lent, fd) == 0);
    close(fd);
    return 0;
}

static int only_lent_folders_open(void)
{
    int fd;
    EXPECT(lend() == 0);
    EXPECT(host_file_open(path[1], O_RDWR, 0, &fd) == 0 && write(fd, "x", 1) == 1);
    EXPECT(host_file_open(path[0], O_RDONLY, 0, &fd) == EACCES); /* elsewhere */
    EXPECT(host_file_open(path[2], O_RDONLY, 0, &fd) == EACCES); /* a link that leads out */
    EXPECT(host_file_open(path[4], O_RDONLY, 0, &fd) == EACCES); /* .. */
    EXPECT(host_file_open("/etc/passwd", O_RDONLY, 0, &fd) == EACCES);
    EXPECT(host_file_open(lent, O_RDONLY | O_DIRECTORY, 0, &fd) == 0);
    return 0;
}

static int names_change_below_lent_folders_only(void)
{
    EXPECT(lend() == 0);
    EXPECT(host_file_make_folder(path[5], 0700) == 0);
    EXPECT(host_file_make_folder(path[5], 0700) == EEXIST);
    EXPECT(host_file_remove(path[5], true) == 0);
    EXPECT(host_file_rename(path[1], path[3], false) == 0);
    EXPECT(host_file_rename(path[3], path[2], false) == EEXIST);
    EXPECT(host_file_rename(path[3], path[0], true) == EACCES);
    EXPECT(host_file_remove(path[0], false) == EACCES);
    EXPECT(host_file_remove(lent, true) == EBUSY);
    EXPECT(access(path[0], F_OK) == 0 && access(path[3], F_OK) == 0);
    return 0;
}

static int one_file_can_be_lent(void)
{
    int fd;
    EXPECT(host_opener_start() == 0 && host_opener_lend_file(path[0]) == 0);
    EXPECT(host_file_open(path[0], O_RDONLY, 0, &fd) == 0);
    EXPECT(host_file_open(path[1], O_RDONLY, 0, &fd) == EACCES);
    EXPECT(host_file_remove(path[0], false) == 0 && access(path[0], F_OK) != 0);
    return 0;
}

static int a_confined_process_keeps_to_itself(void)
{
    int fd, unused;
    EXPECT(lend() == 0);
    host_thread_self();
    EXPECT(host_confine() == 0);
    EXPECT(host_file_open(path[1], O_RDONLY, 0, &fd) == 0); /* the opener may still */
    if (KEEPS_ITS_RIGHTS)
        return 0;
    EXPECT(socket(AF_UNIX, SOCK_STREAM, 0) < 0 && errno == EPERM);
    EXPECT(fork() < 0 && errno == EPERM);
    char *none[] = {NULL};
    EXPECT(execve("/bin/true", none, none) < 0 && errno == EPERM);
    EXPECT(kill(getppid(), 0) < 0 && errno == EPERM);
    EXPECT(syscall(SYS_tgkill, getppid(), getppid(), 0) < 0 && errno == EPERM);
    EXPECT(syscall(SYS_tgkill, getpid(), getpid(), 0) == 0);
    unused = open("/etc/passwd", O_RDONLY);
    EXPECT(unused < 0 || syscall(444, NULL, 0, 1) < 1); /* a kernel without Landlock lets it */
    return 0;
}

static _Atomic uint32_t has_run;

static void run(void *unused)
{
    has_run = 1;
    host_wake(&has_run, 1);
}

static int a_confined_process_makes_threads(void)
{
    struct host_thread *thread;
    struct host_thread_options options = {.name = "one"};
    host_thread_self();
    EXPECT(host_confine() == 0);
    EXPECT(host_thread_create(&options, run, NULL, &thread) == 0);
    host_thread_join(thread);
    EXPECT(has_run);
    return 0;
}

static uint64_t fault_at;

static bool on_fault(const struct host_fault *fault, struct host_registers *registers)
{
    fault_at = fault->kind == HOST_FAULT_SYSTEM_CALL ? registers->rip : 0;
    registers->rip += 2;
    registers->rax = 77;
    return true;
}

static int calls_from_below_are_faults(void)
{
    static const uint8_t code[] = {0xb8, 39, 0, 0, 0, 0x0f, 0x05, 0xc3}; /* getpid; ret */
    uint8_t *low = mmap((void *)0x480000000000, 4096, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    EXPECT(low != MAP_FAILED);
    memcpy(low, code, sizeof code);
    EXPECT(mprotect(low, 4096, PROT_READ | PROT_EXEC) == 0);
    long (*call)(void) = (long (*)(void))low;
    EXPECT(call() == getpid());
    host_fault_install(on_fault);
    EXPECT(host_confine_code() == 0);
    EXPECT(call() == 77 && fault_at == (uint64_t)low + 5);
    return 0;
}

#define IN_CHILD(check)                    \
    static void test_##check(void **state) \
    {                                      \
        in_child(check);                   \
    }
IN_CHILD(only_lent_folders_open)
IN_CHILD(names_change_below_lent_folders_only)
IN_CHILD(one_file_can_be_lent)
IN_CHILD(a_confined_process_keeps_to_itself)
IN_CHILD(a_confined_process_makes_threads)
IN_CHILD(calls_from_below_are_faults)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_only_lent_folders_open, make_folders, remove_folders),
        cmocka_unit_test_setup_teardown(test_names_change_below_lent_folders_only, make_folders,
                                        remove_folders),
        cmocka_unit_test_setup_teardown(test_one_file_can_be_lent, make_folders, remove_folders),
        cmocka_unit_test_setup_teardown(test_a_confined_process_keeps_to_itself, make_folders,
                                        remove_folders),
        cmocka_unit_test(test_a_confined_process_makes_threads),
        cmocka_unit_test(test_calls_from_below_are_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
