/* SPDX-License-Identifier: MIT */
/* start.c - programs that the machine starts itself: services.
 *
 * In: a file on a drive of the machine. The starter (host/starter.h) makes the process, which
 * comes in with a ticket like a child of a program. The caller's thread stays with it until it is
 * over. Invariant: the ticket is taken back whatever happened.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/files.h"
#include "host/starter.h"
#include "hostfs/hostfs.h"
#include "ke/ke.h"
#include "ob/ob.h"
#include "server_internal.h"

static NTSTATUS status_of(int error)
{
    switch (error) {
    case 0:
        return STATUS_SUCCESS;
    case ENOSYS:
        return STATUS_NOT_SUPPORTED;
    case ENOENT:
    case ENOTDIR:
        return STATUS_OBJECT_NAME_NOT_FOUND;
    case EACCES:
    case EPERM:
        return STATUS_ACCESS_DENIED;
    case ENAMETOOLONG:
        return STATUS_NAME_TOO_LONG;
    default:
        return STATUS_INSUFFICIENT_RESOURCES;
    }
}

static void end_wait(void *life)
{
    char byte;
    ssize_t got;
    do
        got = read(*(int *)life, &byte, 1);
    while (got > 0 || (got < 0 && errno == EINTR));
}

/* The folder of the program's file becomes its current one. */
static int run_open(const char *path, const char *line, uint64_t ticket, int *out_life)
{
    char folder[PATH_MAX];
    struct host_start start = {.image = path, .line = line, .ticket = ticket};
    if (strlen(path) >= sizeof folder)
        return ENAMETOOLONG;
    strcpy(folder, path);
    *strrchr(folder, '/') = '\0';
    int error = host_file_open(path, O_RDONLY, 0, &start.image_fd);
    if (error)
        return error;
    error = host_file_open(*folder ? folder : "/", O_PATH | O_DIRECTORY, 0, &start.folder_fd);
    if (!error) {
        error = host_starter_run(&start, out_life);
        close(start.folder_fd);
    }
    close(start.image_fd);
    return error;
}

NTSTATUS server_program_run(const UNICODE_STRING *image, const char *line,
                            void (*came)(struct process *process, void *context), void *context,
                            NTSTATUS *out_exit)
{
    char *path;
    int life;
    NTSTATUS status = hostfs_host_path(image, &path);
    if (!NT_SUCCESS(status))
        return status;
    uint64_t ticket = child_expect(came, context);
    status = ticket ? status_of(run_open(path, line, ticket, &life)) : STATUS_NO_MEMORY;
    if (NT_SUCCESS(status)) {
        ke_block_on_host(end_wait, &life);
        close(life);
    }
    free(path);
    struct process *process = ticket ? child_expected_take(ticket) : NULL;
    if (!process)
        return NT_SUCCESS(status) ? STATUS_INVALID_IMAGE_FORMAT : status;
    KeWaitForSingleObject(process, Executive, KernelMode, FALSE, NULL);
    *out_exit = process->exit_status;
    ob_dereference(process);
    return STATUS_SUCCESS;
}
