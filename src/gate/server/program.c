/* SPDX-License-Identifier: MIT */
/* program.c - a program from its hello to its last handle.
 *
 * Runs on the connection's own thread. Check first: window, link, process, handles and the
 * first thread are made before the welcome is sent; a failure before it leaves nothing. The
 * hang-up of the socket is the program's death, whatever was its cause.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/windows.h"
#include "ex/ex.h"
#include "host/socket.h"
#include "hostfs/hostfs.h"
#include "ke/ke.h"
#include "mm/mm.h"
#include "ob/ob.h"
#include "rtl/rtl.h"
#include "server_internal.h"

#define START_BYTES 0x10000u
#define LINK_BYTES  ((sizeof(struct wire_link) + HOST_PAGE - 1) & ~(size_t)(HOST_PAGE - 1))

/* ---- map commands ------------------------------------------------------------------------ */

/* How long the program may take to apply what it was told, before it is given up. */
#define MAPS_WAIT_NS 5000000000ull

static bool maps_wait(struct program *program, uint64_t head)
{
    uint64_t deadline = host_clock_ns() + MAPS_WAIT_NS;
    while (head - atomic_load(&program->shared->map_tail) >= WIRE_MAP_ENTRIES) {
        if (program->is_over || host_clock_ns() >= deadline)
            return false;
        host_thread_yield();
    }
    return true;
}

/* The caller has the window's lock: commands arrive in the order of the changes. */
static void map_post(void *context, const struct mm_map_command *command)
{
    struct program *program = context;
    struct wire_link *shared = program->shared;
    host_lock_take(&program->lock);
    uint64_t head = atomic_load_explicit(&shared->map_head, memory_order_relaxed);
    bool has_room = maps_wait(program, head);
    if (has_room) {
        shared->map[head % WIRE_MAP_ENTRIES] = (struct wire_map){.address = command->address,
                                                                 .length = command->length,
                                                                 .offset = command->offset,
                                                                 .share = command->share,
                                                                 .protection = command->protection};
        atomic_store_explicit(&shared->map_head, head + 1, memory_order_release);
    }
    bool is_many = (head + 1 - atomic_load(&shared->map_tail)) % WIRE_MAPS_MANY == 0;
    host_lock_give(&program->lock);
    if (is_many && !program->is_over) {
        struct wire_text message = {.kind = WIRE_APPLY_MAPS};
        host_message_send(program->socket, &message, sizeof message, NULL, 0);
    }
    if (!has_room && !program->is_over) {
        rtl_debug_printf("cove: %s does not follow the changes of its memory; it is ended\n",
                         program->process->image_name);
        ps_process_terminate(program->process, STATUS_INSUFFICIENT_RESOURCES);
    }
}

/* ---- parts -------------------------------------------------------------------------------- */

static NTSTATUS link_create(struct program *program)
{
    void *address = NULL;
    if (host_share_create("cove-link", LINK_BYTES, &program->link_fd))
        return STATUS_INSUFFICIENT_RESOURCES;
    if (host_share_map(program->link_fd, 0, LINK_BYTES, HOST_READ | HOST_WRITE, NULL, &address)) {
        close(program->link_fd);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    program->shared = address;
    program->shared->magic = WIRE_MAGIC;
    program->shared->version = WIRE_VERSION;
    return STATUS_SUCCESS;
}

static void link_destroy(struct program *program)
{
    host_memory_release(program->shared, LINK_BYTES);
    close(program->link_fd);
}

static NTSTATUS process_create(struct program *program, const struct wire_hello *hello)
{
    struct ps_process_options options = {.image_name = hello->image_name,
                                         .is_32bit = hello->width == 32};
    NTSTATUS status = options.is_32bit ? mm_window_create_low(&options.window)
                                       : mm_window_create(&options.window);
    if (!NT_SUCCESS(status))
        return status;
    struct mm_window *window = options.window;
    status = ps_process_create(&options, &program->process);
    if (!NT_SUCCESS(status)) {
        mm_window_destroy(window);
        return status;
    }
    program->process->program = program;
    mm_window_listener_set(program->process->window, map_post, program);
    return STATUS_SUCCESS;
}

/* Gives the process a handle of each standard descriptor that came along, and its current
 * folder a place. Takes the descriptors. */
static NTSTATUS descriptors_take(struct program *program, const struct wire_hello *hello,
                                 const int *descriptors, unsigned count,
                                 struct wire_welcome *welcome)
{
    NTSTATUS status = STATUS_SUCCESS;
    unsigned next = 0;
    KAPC_STATE apc;
    KeStackAttachProcess((PRKPROCESS)program->process, &apc);
    for (unsigned n = 0; n < 3 && NT_SUCCESS(status); n++) {
        if (!(hello->descriptors & 1u << n) || next >= count)
            continue;
        FILE_OBJECT *file;
        status = hostfs_file_of_descriptor(descriptors[next++], n == 0, n != 0, &file);
        if (!NT_SUCCESS(status))
            break;
        HANDLE handle = NULL;
        ACCESS_MASK access = SYNCHRONIZE | (n == 0 ? FILE_GENERIC_READ : FILE_GENERIC_WRITE);
        status = ob_handle_create(file, access, 0, &handle);
        ob_dereference(file);
        welcome->standard_handle[n] = (uint64_t)handle;
    }
    KeUnstackDetachProcess(&apc);
    int folder = hello->descriptors & WIRE_HELLO_FOLDER && next < count ? descriptors[next] : -1;
    if (NT_SUCCESS(status))
        status = place_of_folder(hello->folder, folder, welcome->current_directory,
                                 sizeof welcome->current_directory);
    while (next < count)
        close(descriptors[next++]);
    return status;
}

void program_goodbye(struct program *program, const char *text, uint32_t code)
{
    if (atomic_exchange(&program->is_over, true))
        return;
    struct {
        struct wire_text header;
        char text[256];
    } message = {.header = {.kind = WIRE_GOODBYE, .code = code, .is_last = 1}};
    message.header.length = (uint32_t)snprintf(message.text, sizeof message.text, "%.250s", text);
    host_message_send(program->socket, &message, sizeof message.header + message.header.length,
                      NULL, 0);
}

/* ---- the connection -------------------------------------------------------------------------- */

static uint32_t told_build; /* 0: what the kernel says */

void server_windows_set(uint32_t build)
{
    told_build = build;
}

static void version_told(RTL_OSVERSIONINFOW *version)
{
    RtlGetVersion(version);
    if (!told_build)
        return;
    struct windows_version told = windows_of_build(told_build);
    version->dwMajorVersion = told.major;
    version->dwMinorVersion = told.minor;
    version->dwBuildNumber = told.build;
}

static NTSTATUS program_begin(struct program *program, const struct wire_hello *hello,
                              const int *descriptors, unsigned count, struct wire_welcome *welcome)
{
    struct companion *first;
    struct process_thread *thread;
    uint64_t standard[3] = {0};
    bool is_suspended = false;
    if (hello->ticket && !child_inherit(hello->ticket, program->process, standard, &is_suspended)) {
        for (unsigned i = 0; i < count; i++)
            close(descriptors[i]);
        return STATUS_INVALID_PARAMETER; /* the parent has given up */
    }
    NTSTATUS status = descriptors_take(program, hello, descriptors, count, welcome);
    for (unsigned n = 0; n < 3; n++)
        welcome->standard_handle[n] = standard[n] ? standard[n] : welcome->standard_handle[n];
    uint64_t start_bytes = START_BYTES;
    if (NT_SUCCESS(status))
        status = mm_window_allocate(program->process->window, &welcome->start_address, &start_bytes,
                                    MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    if (NT_SUCCESS(status))
        status = companion_create(program, is_suspended, &first, &thread);
    if (!NT_SUCCESS(status))
        return status;
    thread->channel = first;
    RTL_OSVERSIONINFOW version = {.dwOSVersionInfoSize = sizeof version};
    version_told(&version);
    welcome->process_id = program->process->id;
    welcome->thread_id = thread->id;
    welcome->window_base = mm_window_base(program->process->window);
    welcome->window_bytes = mm_window_bytes(program->process->window);
    welcome->start_bytes = START_BYTES;
    welcome->windows_major = version.dwMajorVersion;
    welcome->windows_minor = version.dwMinorVersion;
    welcome->windows_build = version.dwBuildNumber;
    if (hello->ticket)
        child_came(hello->ticket, program->process, thread);
    ob_dereference(thread);
    return STATUS_SUCCESS;
}

static void share_send(struct program *program, uint32_t share)
{
    int fd;
    struct wire_text reply = {.kind = WIRE_SHARE, .code = share};
    bool is_there = NT_SUCCESS(mm_share_open(share, &fd));
    host_message_send(program->socket, &reply, sizeof reply, &fd, is_there);
    if (is_there)
        host_share_close(fd);
}

static void messages_serve(void *context)
{
    struct program *program = context;
    struct wire_text message;
    size_t length;
    int error;
    do {
        error = host_message_receive(program->socket, &message, sizeof message, &length, NULL, NULL,
                                     -1);
        if (!error && length >= sizeof message && message.kind == WIRE_GET_SHARE)
            share_send(program, message.code);
    } while (!error || error == EMSGSIZE);
}

static void gone_wait(void *context)
{
    struct program *program = context;
    while (!program->is_gone)
        host_wait(&program->is_gone, 0, HOST_FOREVER);
}

static void welcome_refuse(int socket, struct wire_welcome *welcome, NTSTATUS status)
{
    welcome->status = status;
    snprintf(welcome->text, sizeof welcome->text, "the machine cannot take the program in: %s",
             rtl_status_text(status));
    host_message_send(socket, welcome, sizeof *welcome, NULL, 0);
}

static void sleeps_refuse(int socket, struct wire_welcome *welcome)
{
    welcome->status = STATUS_POWER_STATE_INVALID;
    snprintf(welcome->text, sizeof welcome->text,
             "the machine sleeps and takes no program in; `cove power wake` wakes it");
    host_message_send(socket, welcome, sizeof *welcome, NULL, 0);
}

static void program_live(struct program *program, const struct wire_hello *hello,
                         const int *descriptors, unsigned count)
{
    struct wire_welcome welcome = {.kind = WIRE_WELCOME};
    NTSTATUS status = program_begin(program, hello, descriptors, count, &welcome);
    program_enlist(program);
    if (NT_SUCCESS(status)) {
        int shares[] = {mm_window_fd(program->process->window), program->link_fd};
        host_message_send(program->socket, &welcome, sizeof welcome, shares, 2);
        ke_block_on_host(messages_serve, program);
    } else {
        welcome_refuse(program->socket, &welcome, status);
    }
    program->is_over = true;
    ps_process_terminate(program->process, STATUS_CONTROL_C_EXIT);
    companions_close(program);
    children_forget(program->process);
    ke_block_on_host(gone_wait, program);
    program_delist(program);
    ob_dereference(program->process);
}

void program_serve(int socket, const struct wire_hello *hello, const int *descriptors,
                   unsigned count)
{
    struct wire_welcome welcome = {.kind = WIRE_WELCOME};
    /* Nobody can start a program on a computer that sleeps; a child was begun before. */
    if (freeze_is_on() && !hello->ticket) {
        sleeps_refuse(socket, &welcome);
        for (unsigned i = 0; i < count; i++)
            close(descriptors[i]);
        return;
    }
    struct program *program = calloc(1, sizeof *program);
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;
    if (program) {
        program->socket = socket;
        status = link_create(program);
    }
    if (NT_SUCCESS(status)) {
        status = process_create(program, hello);
        if (NT_SUCCESS(status)) {
            program_live(program, hello, descriptors, count);
            count = 0;
        } else {
            welcome_refuse(socket, &welcome, status);
        }
        link_destroy(program);
    } else {
        welcome_refuse(socket, &welcome, status);
    }
    for (unsigned i = 0; i < count; i++)
        close(descriptors[i]);
    free(program);
}
