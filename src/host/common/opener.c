/* SPDX-License-Identifier: MIT */
/* opener.c - the process that opens files for one that may not.
 *
 * In: requests with absolute paths, and the folders it is lent. Out: descriptors. It trusts
 * no path: each is taken relative to the deepest lent folder that it lies in, and the kernel
 * resolves it beneath that folder (openat2), so what asks cannot name anything else.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "files_internal.h"
#include "host/socket.h"

#define LENT_MAX 512

struct lent {
    char *path;     /* without a slash at the end; "" for the root */
    int folder;     /* the folder itself; of a file: the folder it is in */
    bool is_folder; /* false: exactly this file */
};

static struct lent lent[LENT_MAX];
static unsigned lent_count;

int beneath_open(int folder, const char *name, int flags, mode_t mode, int *out_fd)
{
    struct open_how how = {
        .flags = (uint64_t)(unsigned)(flags | O_CLOEXEC),
        .mode = flags & O_CREAT ? mode & 07777 : 0,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
    };
    long fd;
    do
        fd = syscall(SYS_openat2, folder, *name ? name : ".", &how, sizeof how);
    while (fd < 0 && errno == EAGAIN); /* somebody renamed above it: look again */
    if (fd < 0)
        return errno == EXDEV ? EACCES : errno;
    *out_fd = (int)fd;
    return 0;
}

/* What of path lies below base; NULL: it is elsewhere. */
static const char *below(const char *path, const char *base)
{
    size_t length = strlen(base);
    if (strncmp(path, base, length))
        return NULL;
    if (!path[length])
        return path + length;
    return path[length] == '/' ? path + length + 1 : NULL;
}

/* The deepest folder that holds path. NULL: nobody lent it. */
static const struct lent *lent_find(const char *path, const char **out_name)
{
    const struct lent *found = NULL;
    size_t longest = 0;
    for (unsigned i = 0; i < lent_count; i++) {
        size_t length = strlen(lent[i].path);
        const char *name = below(path, lent[i].path);
        if (!name || length < longest || (!lent[i].is_folder && *name))
            continue;
        *out_name = lent[i].is_folder ? name : strrchr(path, '/') + 1;
        found = &lent[i];
        longest = length;
    }
    return found;
}

/* The folder in which the last name of path stands, opened. */
static int parent_open(const char *path, int *out_parent, const char **out_last)
{
    const char *name;
    char above[PATH_MAX];
    const struct lent *root = lent_find(path, &name);
    if (!root)
        return EACCES;
    const char *slash = strrchr(name, '/');
    *out_last = slash ? slash + 1 : name;
    if (!**out_last || !strcmp(*out_last, ".") || !strcmp(*out_last, ".."))
        return EBUSY; /* the lent folder itself stays */
    snprintf(above, sizeof above, "%.*s", slash ? (int)(slash - name) : 0, name);
    return beneath_open(root->folder, above, O_PATH | O_DIRECTORY, 0, out_parent);
}

static int open_serve(const struct file_request *request, int *out_fd)
{
    const char *name;
    const struct lent *root = lent_find(request->path, &name);
    if (!root)
        return EACCES;
    return beneath_open(root->folder, name, request->flags, request->mode, out_fd);
}

static int rename_serve(const struct file_request *request)
{
    int from, to;
    const char *from_name, *to_name;
    int error = parent_open(request->path, &from, &from_name);
    if (error)
        return error;
    error = parent_open(request->other, &to, &to_name);
    if (!error) {
        if (renameat2(from, from_name, to, to_name, request->flags ? 0 : RENAME_NOREPLACE))
            error = errno;
        close(to);
    }
    close(from);
    return error;
}

/* Removing, a new folder, a new link: all at the last name of a path. */
static int name_serve(const struct file_request *request)
{
    int parent, result;
    const char *name;
    int error = parent_open(request->path, &parent, &name);
    if (error)
        return error;
    if (request->verb == FILE_REMOVE)
        result = unlinkat(parent, name, request->flags ? AT_REMOVEDIR : 0);
    else if (request->verb == FILE_MAKE_FOLDER)
        result = mkdirat(parent, name, request->mode & 07777);
    else
        result = symlinkat(request->other, parent, name);
    error = result ? errno : 0;
    close(parent);
    return error;
}

static int lend_serve(const struct file_request *request, int folder)
{
    if (folder < 0 || *request->path != '/')
        return EINVAL;
    size_t length = strlen(request->path);
    while (length && request->path[length - 1] == '/')
        length--;
    char *path = lent_count < LENT_MAX ? strndup(request->path, length) : NULL;
    if (!path)
        return ENOMEM;
    lent[lent_count++] = (struct lent){path, folder, request->flags};
    return 0;
}

/* The symboliser opens the file by its name: only one that was lent. */
static int lines_serve(const struct file_request *request, char *out_text)
{
    const char *name;
    return lent_find(request->path, &name)
               ? image_lines(request->path, request->other, out_text, FILE_TEXT)
               : EACCES;
}

void opener_serve(int socket)
{
    static struct file_request request;
    for (;;) {
        static struct file_answer answer;
        int came = -1, made = -1;
        unsigned count = 1;
        size_t length;
        if (host_message_receive(socket, &request, sizeof request, &length, &came, &count, -1))
            _exit(0);
        if (length != sizeof request)
            _exit(1);
        request.path[PATH_MAX - 1] = request.other[PATH_MAX - 1] = '\0';
        answer.text[0] = '\0';
        switch (request.verb) {
        case FILE_OPEN:
            answer.error = open_serve(&request, &made);
            break;
        case FILE_RENAME:
            answer.error = rename_serve(&request);
            break;
        case FILE_REMOVE:
        case FILE_MAKE_FOLDER:
        case FILE_MAKE_LINK:
            answer.error = name_serve(&request);
            break;
        case FILE_LEND:
            answer.error = lend_serve(&request, count ? came : -1);
            break;
        case FILE_LINES:
            answer.error = lines_serve(&request, answer.text);
            break;
        default:
            answer.error = EINVAL;
        }
        if (count && (request.verb != FILE_LEND || answer.error))
            close(came);
        host_message_send(socket, &answer, sizeof answer.error + strlen(answer.text), &made,
                          made >= 0);
        if (made >= 0)
            close(made);
    }
}
