/* SPDX-License-Identifier: MIT */
/* process.c - machines and programs as child processes of the command. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client_internal.h"
#include "host/socket.h"

/* In the child: becomes the machine. Reports through the ready pipe when it cannot. */
[[noreturn]] static void machine_exec(const struct client_boot *boot, const char *program,
                                      const char *socket_path, const char *state, const char *drive,
                                      int ready_fd, pid_t parent)
{
    if (boot->stays) {
        setsid();
    } else {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != parent)
            _exit(1);
        setpgid(0, 0); /* Ctrl-C at the terminal is the command's to handle */
    }
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    dup2(null, 0);
    dup2(boot->log_path ? null : 2, 1);
    if (boot->log_path) {
        int log = open(boot->log_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        dup2(log < 0 ? null : log, 2);
    }
    char ring[PATH_MAX] = "";
    if (boot->log_path)
        (void)client_log_path(boot->name, ".ring", ring, sizeof ring);
    char ready[16], processors[16], build[16], failing[24], signing[8];
    snprintf(ready, sizeof ready, "%d", ready_fd);
    snprintf(processors, sizeof processors, "%u", boot->processors);
    snprintf(build, sizeof build, "%u", boot->windows_build);
    snprintf(failing, sizeof failing, "%llu", (unsigned long long)boot->fail_allocation);
    snprintf(signing, sizeof signing, "%d", (int)boot->signing);
    fcntl(ready_fd, F_SETFD, 0);
    execl(program, "cove-machine", "--name", boot->name, "--socket", socket_path, "--folder", drive,
          "--ready-fd", ready, "--processors", processors, "--build", build, "--fail-allocation",
          failing, "--signing", signing, "--log-ring", ring, boot->is_kept ? "--state" : NULL,
          state, (char *)NULL);
    _exit(127);
}

/* Reads what the machine says of its start: "ready", or the reason. */
static int ready_wait(int fd, const char *name, const char *log_path)
{
    char text[600];
    size_t length = 0;
    ssize_t got;
    while (length < sizeof text - 1 &&
           (got = read(fd, text + length, sizeof text - 1 - length)) != 0) {
        if (got > 0)
            length += (size_t)got;
        else if (errno != EINTR)
            break;
    }
    text[length] = '\0';
    if (!strcmp(text, "ready"))
        return 0;
    if (length)
        return client_fail(ECHILD, "machine '%s': %s", name, text);
    return client_fail(ECHILD, "machine '%s': ended before it was ready; what it said is %s%s",
                       name, log_path ? "in " : "above", log_path ? log_path : "");
}

int client_boot(const struct client_boot *boot, pid_t *out_pid)
{
    char socket_path[PATH_MAX], program[PATH_MAX];
    int error = client_socket_path(boot->name, socket_path, sizeof socket_path);
    if (!error)
        error = client_program_path("cove-machine", program, sizeof program);
    if (error)
        return error;
    int probe;
    if (!host_socket_connect(socket_path, &probe)) {
        close(probe);
        return client_fail(EADDRINUSE,
                           "machine '%s' is already running; `cove shutdown %s` ends it",
                           boot->name, boot->name);
    }
    char drive[PATH_MAX], state[PATH_MAX];
    error = boot->is_kept ? client_state_make(boot->name, state, drive, sizeof state)
                          : client_drive_make(boot->name, drive, sizeof drive);
    if (error)
        return error;
    int ready[2];
    if (pipe2(ready, O_CLOEXEC))
        return client_fail(errno, "cannot make a pipe: %s", strerror(errno));
    pid_t parent = getpid(), pid = fork();
    if (pid == 0)
        machine_exec(boot, program, socket_path, state, drive, ready[1], parent);
    close(ready[1]);
    if (pid < 0)
        error = client_fail(errno, "cannot start a process: %s", strerror(errno));
    else
        error = ready_wait(ready[0], boot->name, boot->log_path);
    close(ready[0]);
    if (error) {
        if (pid > 0)
            waitpid(pid, NULL, 0);
        return error;
    }
    *out_pid = pid;
    return 0;
}

int client_program_start(const char *name, char *const *argv, pid_t *out_pid)
{
    char socket_path[PATH_MAX], program[PATH_MAX];
    int error = client_socket_path(name, socket_path, sizeof socket_path);
    if (!error)
        error = client_program_path("cove-program", program, sizeof program);
    if (error)
        return error;
    if (access(socket_path, F_OK)) /* a dead machine's socket is the program's to find out */
        return client_fail(EHOSTDOWN, "no machine '%s' is running; `cove boot %s` starts one", name,
                           name);
    size_t count = 0;
    while (argv[count])
        count++;
    char **arguments = calloc(count + 4, sizeof *arguments);
    if (!arguments)
        return client_fail(ENOMEM, "out of memory");
    arguments[0] = (char *)"cove-program";
    arguments[1] = (char *)"--socket";
    arguments[2] = socket_path;
    memcpy(arguments + 3, argv, count * sizeof *argv);
    pid_t pid = fork();
    if (pid == 0) {
        /* The command may ignore what the program must not. */
        signal(SIGINT, SIG_DFL);
        signal(SIGPIPE, SIG_DFL);
        execv(program, arguments);
        _exit(127);
    }
    free(arguments);
    if (pid < 0)
        return client_fail(errno, "cannot start a process: %s", strerror(errno));
    *out_pid = pid;
    return 0;
}
