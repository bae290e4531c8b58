/* SPDX-License-Identifier: MIT */
/* connect.c - hello and welcome, and the watch for the machine's end. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "door_internal.h"
#include "host/socket.h"

#define LINK_BYTES        ((sizeof(struct wire_link) + HOST_PAGE - 1) & ~(size_t)(HOST_PAGE - 1))
#define EXIT_MACHINE_LOST 70

static int fail(int error, char *text, const char *what)
{
    snprintf(text, 256, "%s: %s", what, strerror(error));
    return error;
}

static int welcome_receive(const char *socket_path, struct wire_welcome *out_welcome, char *text)
{
    int shares[2];
    unsigned count = 2;
    size_t length;
    int error = host_message_receive(door.socket, out_welcome, sizeof *out_welcome, &length, shares,
                                     &count, 10000);
    if (error || length != sizeof *out_welcome || out_welcome->kind != WIRE_WELCOME)
        return fail(error ? error : EPROTO, text,
                    "the machine does not answer; is it of another version of cove?");
    if (out_welcome->status < 0 || count != 2) {
        snprintf(text, 256, "%.250s", out_welcome->text);
        return ECONNREFUSED;
    }
    door.window_fd = shares[0];
    void *link = NULL;
    error = host_share_map(shares[1], 0, LINK_BYTES, HOST_READ | HOST_WRITE, NULL, &link);
    if (error)
        return fail(error, text, "cannot map the link to the machine");
    door.link = link;
    return 0;
}

int door_connect(const char *socket_path, const struct wire_hello *hello,
                 struct wire_welcome *out_welcome, char *text)
{
    int standard[4], folder = -1;
    unsigned count = 0;
    for (int n = 0; n < 3; n++) {
        if (hello->descriptors & 1u << n)
            standard[count++] = n;
    }
    door.pool_fd = -1;
    door.socket_path = socket_path;
    int error = host_socket_connect(socket_path, &door.socket);
    if (error)
        return fail(error, text, "no machine answers there; `cove boot` starts one");
    if (hello->descriptors & WIRE_HELLO_FOLDER) {
        folder = open(hello->folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
        standard[count++] = folder;
    }
    error = host_message_send(door.socket, hello, sizeof *hello, standard, count);
    if (folder >= 0)
        close(folder);
    if (error)
        return fail(error, text, "the machine does not listen");
    error = welcome_receive(socket_path, out_welcome, text);
    if (error)
        return error;
    void *window = (void *)(uintptr_t)(out_welcome->window_base + WIRE_NOBODYS_BYTES);
    error = host_memory_reserve(window, (size_t)(out_welcome->window_bytes - WIRE_NOBODYS_BYTES),
                                &window);
    if (error)
        return fail(error, text, "cannot reserve the program's addresses");
    door.window_base = out_welcome->window_base;
    door.window_bytes = out_welcome->window_bytes;
    door_thread_attach(0);
    door_maps_apply();
    error = door_watch();
    return error ? fail(error, text, "cannot start a thread") : 0;
}

/* ---- the machine's end ----------------------------------------------------------------------- */

struct goodbye {
    struct wire_text header;
    char text[257];
};

[[noreturn]] static void machine_ended(const struct goodbye *goodbye)
{
    char line[400];
    int length = 0;
    if (goodbye && goodbye->header.length)
        length =
            snprintf(line, sizeof line, "cove: the program was ended: %.256s\n", goodbye->text);
    else if (!goodbye)
        length = snprintf(line, sizeof line, "cove: the machine is gone; the program was ended\n");
    host_write_stderr(line, (size_t)length);
    host_exit(goodbye ? (int)goodbye->header.code : EXIT_MACHINE_LOST);
}

__thread bool door_is_watcher;

static void share_received(int fd)
{
    door.share_fd = fd;
    door.share_answered = 1;
    host_wake(&door.share_answered, INT_MAX);
}

void door_message_take(void)
{
    static struct goodbye message; /* the watcher's own */
    int fd = -1;
    unsigned count = 1;
    size_t length;
    int error =
        host_message_receive(door.socket, &message, sizeof message - 1, &length, &fd, &count, -1);
    if (error)
        machine_ended(NULL);
    ((char *)&message)[length] = '\0';
    if (message.header.kind == WIRE_GOODBYE)
        machine_ended(&message);
    if (message.header.kind == WIRE_SHARE)
        share_received(count ? fd : -1);
    if (message.header.kind == WIRE_LOOK && message.header.code < WIRE_CHANNELS && door.hooks.look)
        door.hooks.look(message.header.code);
    if (message.header.kind == WIRE_APPLY_MAPS)
        door_maps_apply_watcher();
}

static void watch(void *unused)
{
    door_is_watcher = true;
    for (;;)
        door_message_take();
}

int door_watch(void)
{
    struct host_thread_options options = {.name = "watch", .detached = true};
    struct host_thread *thread;
    return host_thread_create(&options, watch, NULL, &thread);
}

void door_thread_end(void)
{
    door_thread_detach();
    pthread_exit(NULL);
}
