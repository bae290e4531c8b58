/* SPDX-License-Identifier: MIT */
/* files.c - host files by name: straight, or through the opener once there is one. */
#include "host/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "companion.h"
#include "files_internal.h"
#include "host/host.h"
#include "host/socket.h"

static struct {
    int socket;                  /* -1: no opener, calls go straight */
    struct host_lock lock;       /* one request at a time; guards: */
    struct file_request request; /* not allocated: a crash report opens its file, too */
    struct file_answer answer;
} opener = {.socket = -1};

int host_opener_start(void)
{
    int folder;
    if (beneath_open(AT_FDCWD, ".", O_PATH, 0, &folder))
        return ENOSYS;
    close(folder);
    return companion_start("cove-opener", opener_serve, &opener.socket);
}

/* NULL in *out_request: no opener, the caller makes the call itself. Else the caller has the
 * lock and gives it back with ask. */
static int request_begin(enum file_verb verb, const char *path, const char *other,
                         struct file_request **out_request)
{
    *out_request = NULL;
    if (opener.socket < 0)
        return 0;
    if (strlen(path) >= PATH_MAX || strlen(other) >= PATH_MAX)
        return ENAMETOOLONG;
    host_lock_take(&opener.lock);
    opener.request = (struct file_request){.verb = verb};
    strcpy(opener.request.path, path);
    strcpy(opener.request.other, other);
    *out_request = &opener.request;
    return 0;
}

/* descriptor: -1, or one that goes along. out_fd, out_text: NULL, or where a descriptor or a
 * text is wanted. */
static int ask(int descriptor, int *out_fd, char *out_text, size_t size)
{
    int fd = -1;
    unsigned count = 1;
    size_t length;
    int error = host_message_send(opener.socket, &opener.request, sizeof opener.request,
                                  &descriptor, descriptor >= 0);
    if (!error)
        error = host_message_receive(opener.socket, &opener.answer, sizeof opener.answer, &length,
                                     &fd, &count, -1);
    if (!error)
        error = opener.answer.error;
    if (!error && out_text)
        snprintf(out_text, size, "%.*s", (int)(length - sizeof opener.answer.error),
                 opener.answer.text);
    host_lock_give(&opener.lock);
    if (!error && out_fd && !count)
        error = EPROTO;
    if (!error && out_fd)
        *out_fd = fd;
    else if (!error && count)
        close(fd);
    return error;
}

int host_file_open(const char *path, int flags, mode_t mode, int *out_fd)
{
    struct file_request *request;
    int error = request_begin(FILE_OPEN, path, "", &request);
    if (error)
        return error;
    if (request) {
        request->flags = flags;
        request->mode = mode;
        return ask(-1, out_fd, NULL, 0);
    }
    int fd = open(path, flags | O_CLOEXEC, mode);
    if (fd < 0)
        return errno;
    *out_fd = fd;
    return 0;
}

int host_file_remove(const char *path, bool is_folder)
{
    struct file_request *request;
    int error = request_begin(FILE_REMOVE, path, "", &request);
    if (error)
        return error;
    if (request) {
        request->flags = is_folder;
        return ask(-1, NULL, NULL, 0);
    }
    return (is_folder ? rmdir(path) : unlink(path)) ? errno : 0;
}

int host_file_rename(const char *from, const char *to, bool replace)
{
    struct file_request *request;
    int error = request_begin(FILE_RENAME, from, to, &request);
    if (error)
        return error;
    if (request) {
        request->flags = replace;
        return ask(-1, NULL, NULL, 0);
    }
    return renameat2(AT_FDCWD, from, AT_FDCWD, to, replace ? 0 : RENAME_NOREPLACE) ? errno : 0;
}

int host_file_make_folder(const char *path, mode_t mode)
{
    struct file_request *request;
    int error = request_begin(FILE_MAKE_FOLDER, path, "", &request);
    if (error)
        return error;
    if (request) {
        request->mode = mode;
        return ask(-1, NULL, NULL, 0);
    }
    return mkdir(path, mode) ? errno : 0;
}

int host_file_make_link(const char *target, const char *path)
{
    struct file_request *request;
    int error = request_begin(FILE_MAKE_LINK, path, target, &request);
    if (error)
        return error;
    if (request)
        return ask(-1, NULL, NULL, 0);
    return symlink(target, path) ? errno : 0;
}

int host_opener_lend(const char *path, int folder)
{
    struct file_request *request;
    int error = request_begin(FILE_LEND, path, "", &request);
    if (error || !request)
        return error;
    request->flags = 1;
    return ask(folder, NULL, NULL, 0);
}

int host_opener_lend_file(const char *path)
{
    char folder[PATH_MAX];
    struct file_request *request;
    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    if (slash)
        slash[slash == folder] = '\0';
    int fd = open(slash ? folder : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return errno;
    int error = request_begin(FILE_LEND, path, "", &request);
    if (!error && request)
        error = ask(fd, NULL, NULL, 0);
    close(fd);
    return error;
}

int host_image_lines(const char *image, const uint64_t *offsets, unsigned count, char *out_text,
                     size_t size)
{
    struct file_request *request;
    int error = request_begin(FILE_LINES, image, "", &request);
    if (error || !request)
        return error ? error : ENOSYS;
    size_t used = 0;
    for (unsigned i = 0; i < count && used + 20 < sizeof request->other; i++)
        used += (size_t)snprintf(request->other + used, sizeof request->other - used, "0x%llx ",
                                 (unsigned long long)offsets[i]);
    return ask(-1, NULL, out_text, size);
}
