/* SPDX-License-Identifier: MIT */
/* starter.c - the process that starts programs for one that may not.
 *
 * In: a file that the other has open, with the path it has there, a command line and a ticket.
 * Out: a process, whose end closes the pipe that came along. It starts nothing but the one host
 * program that it was told of before there was anybody to mistrust.
 */
#include "host/starter.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "companion.h"
#include "host/host.h"
#include "host/socket.h"

#define CHILDREN_MAX 512
#define LINE_MAX_    8192

struct start_request {
    uint64_t ticket;
    char image[PATH_MAX];
    char line[LINE_MAX_];
};

enum { PART_IMAGE, PART_FOLDER, PART_LIFE, PARTS };

static struct {
    int socket;            /* -1: no starter */
    struct host_lock lock; /* one request at a time; guards: */
    struct start_request request;
} starter = {.socket = -1};

/* ---- the starter's own side --------------------------------------------------------------------
 */

static struct {
    pid_t pid; /* 0: free */
    int life;
} children[CHILDREN_MAX];

static const char *child_program, *child_socket;

[[noreturn]] static void child_become(struct start_request *request, int folder)
{
    char ticket[24];
    sigset_t none;
    snprintf(ticket, sizeof ticket, "%llx", (unsigned long long)request->ticket);
    char *arguments[] = {"cove-program", "--socket",    (char *)child_socket, "--ticket", ticket,
                         "--line",       request->line, request->image,       NULL};
    int null = open("/dev/null", O_RDWR);
    if (fchdir(folder) || null < 0)
        _exit(126);
    dup2(null, 0);
    dup2(null, 1); /* what goes wrong before it is a program is said on 2 */
    close_range(3, ~0u, 0);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execv(child_program, arguments);
    _exit(127);
}

/* The path is believed only when it leads to the very file. */
static int image_check(const char *path, int image)
{
    struct stat named, open_one;
    if (stat(path, &named))
        return errno;
    if (fstat(image, &open_one))
        return errno;
    return named.st_dev == open_one.st_dev && named.st_ino == open_one.st_ino ? 0 : EACCES;
}

static int start_serve(struct start_request *request, const int *parts)
{
    unsigned free_one = 0;
    request->image[PATH_MAX - 1] = request->line[LINE_MAX_ - 1] = '\0';
    int error = image_check(request->image, parts[PART_IMAGE]);
    if (error)
        return error;
    while (free_one < CHILDREN_MAX && children[free_one].pid)
        free_one++;
    if (free_one == CHILDREN_MAX)
        return EAGAIN;
    pid_t pid = fork();
    if (pid < 0)
        return errno;
    if (pid == 0)
        child_become(request, parts[PART_FOLDER]);
    children[free_one].pid = pid;
    children[free_one].life = parts[PART_LIFE];
    return 0;
}

static void children_collect(int signals)
{
    struct signalfd_siginfo information;
    (void)!read(signals, &information, sizeof information);
    for (pid_t pid; (pid = waitpid(-1, NULL, WNOHANG)) > 0;) {
        for (unsigned i = 0; i < CHILDREN_MAX; i++) {
            if (children[i].pid == pid) {
                children[i].pid = 0;
                close(children[i].life);
            }
        }
    }
}

static void request_serve(int socket)
{
    static struct start_request request;
    int parts[PARTS] = {-1, -1, -1};
    unsigned count = PARTS;
    size_t length;
    if (host_message_receive(socket, &request, sizeof request, &length, parts, &count, -1))
        _exit(0);
    bool is_whole = length == sizeof request && count == PARTS;
    int error = is_whole ? start_serve(&request, parts) : EINVAL;
    for (unsigned i = 0; i < count; i++) {
        if (i != PART_LIFE || error)
            close(parts[i]);
    }
    host_message_send(socket, &error, sizeof error, NULL, 0);
}

static void starter_serve(int socket)
{
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, NULL);
    signal(SIGCHLD, SIG_DFL);
    int signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    struct pollfd watched[] = {{.fd = socket, .events = POLLIN}, {.fd = signals, .events = POLLIN}};
    for (;;) {
        if (poll(watched, 2, -1) < 0 && errno != EINTR)
            _exit(1);
        if (watched[1].revents)
            children_collect(signals);
        if (watched[0].revents)
            request_serve(socket);
    }
}

/* ---- the caller's ------------------------------------------------------------------------------
 */

int host_starter_start(const char *program, const char *socket_path)
{
    child_program = program;
    child_socket = socket_path;
    return companion_start("cove-starter", starter_serve, &starter.socket);
}

int host_starter_run(const struct host_start *start, int *out_life)
{
    int ends[2], answer = EPIPE;
    size_t length;
    if (starter.socket < 0)
        return ENOSYS;
    if (strlen(start->image) >= PATH_MAX || strlen(start->line) >= LINE_MAX_)
        return ENAMETOOLONG;
    if (pipe2(ends, O_CLOEXEC))
        return errno;
    int parts[PARTS] = {
        [PART_IMAGE] = start->image_fd, [PART_FOLDER] = start->folder_fd, [PART_LIFE] = ends[1]};
    host_lock_take(&starter.lock);
    starter.request = (struct start_request){.ticket = start->ticket};
    strcpy(starter.request.image, start->image);
    strcpy(starter.request.line, start->line);
    int error =
        host_message_send(starter.socket, &starter.request, sizeof starter.request, parts, PARTS);
    if (!error)
        error =
            host_message_receive(starter.socket, &answer, sizeof answer, &length, NULL, NULL, -1);
    host_lock_give(&starter.lock);
    close(ends[1]);
    error = error ? error : answer;
    if (error)
        close(ends[0]);
    else
        *out_life = ends[0];
    return error;
}
