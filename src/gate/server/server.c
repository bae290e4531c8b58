/* SPDX-License-Identifier: MIT */
/* server.c - the listener, and a thread for each connection.
 *
 * The first message says what a connection is: a program's hello or a control request.
 * Stopping is orderly: no new connections, goodbyes, then every program's thread is waited
 * for, so that nothing of a program is left when the rooms below stop. Control connections
 * stay until the end, because those who follow the log want to see drivers unload.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/files.h"
#include "host/socket.h"
#include "ke/ke.h"
#include "server_internal.h"

static struct {
    struct host_lock lock; /* guards: programs */
    struct list programs;
    char path[108]; /* set once */
    int listener;
    struct host_thread *thread;
    _Atomic bool is_stopping;
    /* Connections alive, each counted in one of the two; both are waited on at stop. */
    _Atomic uint32_t program_connections; /* and those that have not said yet what they are */
    _Atomic uint32_t control_connections;
    void (*serve)(server_control *control, unsigned count, char **words); /* set once, at boot */
} server;

struct connection {
    int socket;
};

struct server_control {
    int socket;
    int descriptor; /* came with the request; -1: none */
};

/* ---- the list of programs ------------------------------------------------------------------- */

void program_enlist(struct program *program)
{
    host_lock_take(&server.lock);
    list_push_back(&server.programs, &program->link);
    if (freeze_is_on())
        program_freeze(program, true);
    host_lock_give(&server.lock);
    if (server.is_stopping)
        host_socket_shut(program->socket);
}

void program_delist(struct program *program)
{
    host_lock_take(&server.lock);
    list_remove(&program->link);
    host_lock_give(&server.lock);
}

void programs_freeze(bool freezes)
{
    host_lock_take(&server.lock);
    list_for_each(node, &server.programs)
    {
        program_freeze(list_entry(node, struct program, link), freezes);
    }
    host_lock_give(&server.lock);
}

static void process_gone(struct process *process)
{
    struct program *program = process->program;
    if (!program)
        return;
    program->is_gone = 1;
    host_wake(&program->is_gone, INT_MAX);
}

/* ---- control connections -----------------------------------------------------------------------
 */

void server_control_set(void (*serve)(server_control *, unsigned, char **))
{
    server.serve = serve;
}

bool server_control_reply(server_control *control, uint32_t code, const char *text, size_t length,
                          bool is_last)
{
    if (length > WIRE_TEXT)
        length = WIRE_TEXT;
    struct wire_text *message = malloc(sizeof *message + length);
    if (!message)
        return false;
    *message = (struct wire_text){
        .kind = WIRE_CONTROL_REPLY, .code = code, .is_last = is_last, .length = (uint32_t)length};
    memcpy(message->text, text, length);
    int error = host_message_send(control->socket, message, sizeof *message + length, NULL, 0);
    free(message);
    return !error;
}

#define CONTROL_WORDS 16

int server_control_descriptor(const server_control *control)
{
    return control->descriptor;
}

static void control_serve(int socket, struct wire_text *message, size_t length, int descriptor)
{
    char *words[CONTROL_WORDS];
    unsigned count = 0;
    char *at = message->text, *end = (char *)message + length;
    while (at < end && count < CONTROL_WORDS) {
        char *stop = memchr(at, '\0', (size_t)(end - at));
        if (!stop)
            break;
        words[count++] = at;
        at = stop + 1;
    }
    server_control control = {.socket = socket, .descriptor = descriptor};
    server.serve(&control, count, words);
}

/* A folder of the host, from the command: a driver's. */
static void lend_serve(int socket, struct wire_text *message, size_t length, int folder)
{
    struct wire_text reply = {.kind = WIRE_CONTROL_REPLY, .is_last = 1};
    if (message->length == 0 || message->length != length - sizeof *message)
        return;
    message->text[message->length - 1] = '\0';
    reply.code = (uint32_t)host_opener_lend(message->text, folder);
    host_message_send(socket, &reply, sizeof reply, NULL, 0);
}

/* ---- connections
 * ---------------------------------------------------------------------------------- */

static void program_connection(int socket, const struct wire_hello *hello, const int *descriptors,
                               unsigned count)
{
    struct process_thread *thread;
    if (!NT_SUCCESS(ps_thread_adopt(ps_system_process, &thread)))
        return;
    ke_processor_enter();
    program_serve(socket, hello, descriptors, count);
    ke_processor_leave();
    ps_thread_release(thread);
}

union connection_message {
    uint32_t kind;
    struct wire_hello hello;
    struct wire_text text;
    char bytes[sizeof(struct wire_text) + WIRE_TEXT];
};

static void count_down(_Atomic uint32_t *count)
{
    --*count;
    host_wake(count, INT_MAX);
}

static void message_serve(int socket, union connection_message *message, size_t length,
                          const int *descriptors, unsigned count)
{
    if (length >= sizeof message->text && message->kind == WIRE_CONTROL) {
        control_serve(socket, &message->text, length, count ? descriptors[0] : -1);
    } else if (length >= sizeof message->text && message->kind == WIRE_LEND) {
        lend_serve(socket, &message->text, length, count ? descriptors[0] : -1);
    } else if (length == sizeof message->hello && message->kind == WIRE_HELLO_PROGRAM &&
               message->hello.magic == WIRE_MAGIC && message->hello.version == WIRE_VERSION) {
        message->hello.image_name[sizeof message->hello.image_name - 1] = '\0';
        message->hello.folder[sizeof message->hello.folder - 1] = '\0';
        program_connection(socket, &message->hello, descriptors, count);
        return;
    }
    for (unsigned i = 0; i < count; i++)
        close(descriptors[i]);
}

static void connection_run(void *context)
{
    struct connection *connection = context;
    int socket = connection->socket, descriptors[4];
    unsigned count = 4;
    size_t length;
    free(connection);
    union connection_message *message = malloc(sizeof *message);
    bool is_control = false;
    if (message && !host_message_receive(socket, message, sizeof *message, &length, descriptors,
                                         &count, 10000)) {
        is_control = length >= sizeof message->text && message->kind == WIRE_CONTROL;
        if (is_control) {
            server.control_connections++; /* the programs' end does not wait for this one */
            count_down(&server.program_connections);
        }
        message_serve(socket, message, length, descriptors, count);
    }
    free(message);
    close(socket);
    count_down(is_control ? &server.control_connections : &server.program_connections);
}

static void connection_start(int socket)
{
    struct connection *connection = malloc(sizeof *connection);
    struct host_thread_options options = {.name = "connection", .detached = true};
    struct host_thread *thread;
    server.program_connections++;
    if (connection) {
        connection->socket = socket;
        if (!host_thread_create(&options, connection_run, connection, &thread))
            return;
    }
    free(connection);
    close(socket);
    count_down(&server.program_connections);
}

static void listener_run(void *unused)
{
    int socket;
    while (!server.is_stopping && !host_socket_accept(server.listener, &socket))
        connection_start(socket);
}

/* ---- start and stop
 * ------------------------------------------------------------------------------- */

NTSTATUS server_start(const char *socket_path, int listener, const char *drive_folder)
{
    if (strlen(socket_path) >= sizeof server.path)
        return STATUS_NAME_TOO_LONG;
    strcpy(server.path, socket_path);
    place_drive_set(drive_folder);
    list_init(&server.programs);
    server.is_stopping = false;
    freeze_init();
    thread_services_init();
    server.listener = listener;
    ps_process_gone_set(process_gone);
    struct host_thread_options options = {.name = "listener"};
    if (host_thread_create(&options, listener_run, NULL, &server.thread)) {
        close(server.listener);
        host_file_remove(server.path, false);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    return STATUS_SUCCESS;
}

static void programs_goodbye(const char *text, uint32_t code)
{
    host_lock_take(&server.lock);
    list_for_each(node, &server.programs)
    {
        struct program *program = list_entry(node, struct program, link);
        program_goodbye(program, text, code);
        host_socket_shut(program->socket);
    }
    host_lock_give(&server.lock);
}

/* A program cannot be run down while a driver holds one of its IRPs for ever. */
#define RUNDOWN_NS 5000000000ull

/* A control connection may take this long to say its last words. */
#define LAST_WORDS_NS 1000000000ull

static void programs_wait(void *unused)
{
    uint32_t alive;
    uint64_t deadline = host_clock_ns() + RUNDOWN_NS;
    host_thread_join(server.thread);
    while ((alive = server.program_connections) && host_clock_ns() < deadline)
        host_wait(&server.program_connections, alive, deadline);
}

unsigned server_stop(const char *goodbye, uint32_t exit_code)
{
    server.is_stopping = true;
    host_file_remove(server.path, false);
    host_socket_shut(server.listener);
    programs_goodbye(goodbye, exit_code);
    ke_block_on_host(programs_wait, NULL);
    close(server.listener);
    return server.program_connections;
}

static void controls_wait(void *unused)
{
    uint32_t alive;
    uint64_t deadline = host_clock_ns() + LAST_WORDS_NS;
    while ((alive = server.control_connections) && host_clock_ns() < deadline)
        host_wait(&server.control_connections, alive, deadline);
}

void server_controls_wait(void)
{
    ke_block_on_host(controls_wait, NULL);
}

/* No lock: whoever holds it may be the one who crashed. A list caught in the middle of a
 * change at worst loses a goodbye; the hang-up says the rest. */
void server_abandon(const char *goodbye, uint32_t exit_code)
{
    host_file_remove(server.path, false);
    if (!server.programs.next)
        return;
    list_for_each(node, &server.programs)
        program_goodbye(list_entry(node, struct program, link), goodbye, exit_code);
}
