/* SPDX-License-Identifier: MIT */
/* exec.c - `cove exec APP.exe`: a Windows program on a machine that runs. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "cli.h"
#include "client/client.h"
#include "exec.h"
#include "options.h"

static const char usage[] =
    "usage: cove exec [-m NAME] [--shared] APP.exe [ARGS…]\n"
    "Runs a Windows program on the machine; its exit code is this one's.\n"
    "--shared: 16-bit programs that a 16-bit one starts become tasks of its process.\n";

int exec_wait(pid_t pid)
{
    int status;
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR)
            return EXIT_FAILED;
    }
    if (WIFEXITED(status))
        return WEXITSTATUS(status);
    fprintf(stderr, "cove: the program was ended by signal %d (%s)\n", WTERMSIG(status),
            strsignal(WTERMSIG(status)));
    return 128 + WTERMSIG(status);
}

int cli_exec(int argc, char **argv)
{
    static const struct option options[] = {{"machine", required_argument, NULL, 'm'},
                                            {"shared", no_argument, NULL, 's'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    const char *name = NULL;
    for (int c; (c = getopt_long(argc, argv, "+m:", options, NULL)) != -1;) {
        if (c == 'm')
            name = optarg;
        else if (c == 's')
            setenv("COVE_SHARED16", "1", 1);
        else
            return c == 'h' ? (fputs(usage, stdout), 0) : options_usage(usage);
    }
    if (optind >= argc)
        return options_usage(usage);
    pid_t pid;
    if (client_program_start(options_machine(name), argv + optind, &pid))
        return options_client_failed();
    signal(SIGINT, SIG_IGN); /* Ctrl-C is the program's */
    return exec_wait(pid);
}
