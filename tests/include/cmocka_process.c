/* SPDX-License-Identifier: MIT */
/* cmocka_process.c - what cmocka must not do to a process that has a machine in it.
 *
 * cmocka takes the signals of faults for each test and gives back handlers without their flags.
 * They are the machine's (a driver's fault is an exception in it) or the sanitizer's, so signal()
 * leaves them alone here. And a check that fails on a thread that is not the test's ends the
 * process before cmocka has shown a word of it: that at least is said.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void not_taken(int number)
{
    (void)number;
}

static int is_fault(int number)
{
    static const int faults[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGSYS};
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        if (faults[i] == number)
            return 1;
    return 0;
}

/* In the place of the C library's, for libcmocka too. */
__sighandler_t signal(int number, __sighandler_t handler)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART}, before;
    if (is_fault(number) && handler != SIG_DFL && handler != SIG_IGN)
        return not_taken;
    sigemptyset(&action.sa_mask);
    if (sigaction(number, &action, &before))
        return SIG_ERR;
    return before.sa_flags & SA_SIGINFO ? not_taken : before.sa_handler;
}

static void last_words(int status, void *unused)
{
    static const char words[] =
        "[  ERROR   ] --- a check failed on a thread that is not the test's: the process ends, and "
        "cmocka keeps what it had to say. Break on exit() in a debugger to see where.\n";
    (void)unused;
    if (status == -1) /* cmocka's own; what main returns is a number of tests */
        (void)!write(STDERR_FILENO, words, sizeof words - 1);
}

__attribute__((constructor)) static void process_begin(void)
{
    on_exit(last_words, NULL);
}
