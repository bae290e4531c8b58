/* SPDX-License-Identifier: MIT */
/* request.c - words to a machine, JSON back. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client_internal.h"
#include "host/socket.h"
#include "wire/wire.h"

struct text_message {
    struct wire_text header;
    char text[WIRE_TEXT + 1];
};

/* Where a machine's standard error goes when it is booted by name; "": nothing is there. */
static void words_find(const char *name, char *out_text, size_t size)
{
    char path[PATH_MAX];
    struct stat about;
    *out_text = 0;
    if (client_socket_path(name, path, sizeof path - 1))
        return;
    strcpy(strrchr(path, '.'), ".log");
    if (stat(path, &about) == 0 && about.st_size > 0)
        snprintf(out_text, size, "; its last words are in %s", path);
}

/* file: goes along; -1: none. */
static int request_send(const char *name, const char *const *words, int file, int *out_fd)
{
    char path[PATH_MAX];
    int error = client_socket_path(name, path, sizeof path);
    if (error)
        return error;
    int fd;
    if (host_socket_connect(path, &fd))
        return client_fail(EHOSTDOWN, "no machine '%s' is running; `cove boot %s` starts one", name,
                           name);
    struct text_message *message = calloc(1, sizeof *message);
    size_t length = 0;
    for (; message && *words; words++) {
        size_t word = strlen(*words) + 1;
        if (length + word > WIRE_TEXT) {
            error = client_fail(E2BIG, "the request is too long");
            break;
        }
        memcpy(message->text + length, *words, word);
        length += word;
    }
    if (!message)
        error = client_fail(ENOMEM, "out of memory");
    if (!error) {
        message->header.kind = WIRE_CONTROL;
        message->header.length = (uint32_t)length;
        error = host_message_send(fd, message, sizeof message->header + length, &file, file >= 0);
        if (error)
            client_fail(error, "machine '%s' does not answer: %s", name, strerror(error));
    }
    free(message);
    if (error)
        close(fd);
    else
        *out_fd = fd;
    return error;
}

/* One reply message; text is terminated. EPIPE: the machine has gone. */
static int reply_receive(int fd, struct text_message *out_message)
{
    size_t length;
    int error =
        host_message_receive(fd, out_message, sizeof *out_message - 1, &length, NULL, NULL, -1);
    if (error)
        return error;
    if (length < sizeof out_message->header || out_message->header.kind != WIRE_CONTROL_REPLY ||
        out_message->header.length != length - sizeof out_message->header)
        return EPROTO;
    ((char *)out_message)[length] = '\0';
    return 0;
}

int client_request(const char *name, const char *const *words, struct client_reply *out_reply)
{
    return client_request_file(name, words, -1, out_reply);
}

int client_request_file(const char *name, const char *const *words, int file,
                        struct client_reply *out_reply)
{
    int fd;
    int error = request_send(name, words, file, &fd);
    if (error)
        return error;
    struct text_message *message = malloc(sizeof *message);
    error = message ? reply_receive(fd, message) : ENOMEM;
    close(fd);
    if (error) {
        char last[PATH_MAX + 40];
        free(message);
        words_find(name, last, sizeof last);
        return client_fail(error, "machine '%s' ended while it was asked (%s)%s", name, words[0],
                           last);
    }
    out_reply->code = message->header.code;
    out_reply->text = strdup((char *)message + sizeof message->header);
    free(message);
    return out_reply->text ? 0 : client_fail(ENOMEM, "out of memory");
}

int client_stream(const char *name, const char *const *words,
                  bool (*line)(const char *text, size_t length, void *context), void *context)
{
    int fd;
    int error = request_send(name, words, -1, &fd);
    if (error)
        return error;
    struct text_message *message = malloc(sizeof *message);
    if (!message) {
        close(fd);
        return client_fail(ENOMEM, "out of memory");
    }
    while (!(error = reply_receive(fd, message))) {
        const char *text = (char *)message + sizeof message->header;
        if (!line(text, message->header.length, context))
            break;
        if (message->header.is_last)
            break;
    }
    free(message);
    close(fd);
    return error == EPIPE ? 0 : error;
}

int client_lend(const char *name, const char *file)
{
    char path[PATH_MAX];
    int fd, error = client_socket_path(name, path, sizeof path);
    if (error)
        return error;
    if (host_socket_connect(path, &fd))
        return client_fail(EHOSTDOWN, "no machine '%s' is running; `cove boot %s` starts one", name,
                           name);
    struct text_message message = {.header.kind = WIRE_LEND};
    snprintf(message.text, PATH_MAX, "%s", file);
    char *slash = strrchr(message.text, '/');
    if (slash)
        slash[slash == message.text] = '\0';
    message.header.length = (uint32_t)strlen(message.text) + 1;
    int folder = open(message.text, O_PATH | O_DIRECTORY | O_CLOEXEC);
    error = folder < 0
                ? errno
                : host_message_send(fd, &message, sizeof message.header + message.header.length,
                                    &folder, 1);
    if (!error)
        error = reply_receive(fd, &message);
    if (!error)
        error = (int)message.header.code;
    if (folder >= 0)
        close(folder);
    close(fd);
    return error ? client_fail(error, "machine '%s' cannot use the folder of %s: %s", name, file,
                               strerror(error))
                 : 0;
}
