/* SPDX-License-Identifier: MIT */
/* main.c - cove-program --socket PATH APP.exe ARGS…: runs a Windows program on a machine.
 *
 * Check, then commit: the file is read and looked at before the machine is told. Then the
 * process block, the first thread and its stack are made in the window, and everything else
 * happens on that stack, where a system service can reach what it is handed.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/width.h"
#include "base/windows.h"
#include "crt/utf.h"
#include "door/door.h"
#include "frontcrt/frontcrt.h"
#include "host/confine.h"
#include "host/host.h"
#include "ne/ne.h"
#include "ntdll/error.h"
#include "ntdll/exception.h"
#include "ntdll/heap.h"
#include "ntdll/ldr.h"
#include "ntdll/nt.h"
#include "ntdll/process.h"
#include "ntdll/thread.h"
#include "pe/tables.h"
#include "place.h"
#include "setup/setup.h"
#include "sixteen.h"
#include "win32/win32.h"

static struct {
    const char *socket, *file, *line;
    uint64_t ticket;
    int argument_count;
    char **arguments;
    char host_path[PATH_MAX], host_folder[PATH_MAX], current[PATH_MAX];
    const char *name;
    char **argv; /* as main had it */
    void *bytes;
    size_t size;
    bool is_sixteen; /* a 16-bit program: image stays empty */
    struct pe_image image;
    struct wire_welcome welcome;
    char image_path[PATH_MAX];
    struct process_start start;
    void *held; /* addresses that the image will take; NULL: none */
} program;

[[noreturn]] static void usage(void)
{
    static const char text[] = "usage: cove-program --socket PATH APP.exe [ARGS...]\n";
    host_write_stderr(text, sizeof text - 1);
    host_exit(PROGRAM_CANNOT_START);
}

static void arguments_read(int argc, char **argv)
{
    if (argc < 4 || strcmp(argv[1], "--socket"))
        usage();
    program.socket = argv[2];
    int at = 3;
    /* Given by a program that starts another. */
    for (; at + 2 < argc && !strncmp(argv[at], "--", 2); at += 2) {
        if (!strcmp(argv[at], "--ticket"))
            program.ticket = strtoull(argv[at + 1], NULL, 16);
        else if (!strcmp(argv[at], "--line"))
            program.line = argv[at + 1];
        else
            usage();
    }
    program.file = argv[at];
    program.arguments = argv + at + 1;
    program.argument_count = argc - at - 1;
    const char *slash = strrchr(program.file, '/');
    program.name = slash ? slash + 1 : program.file;
    program_name_set(program.name);
}

/* ---- the file ---------------------------------------------------------------------------------
 */

static void file_read(void)
{
    if (!realpath(program.file, program.host_path))
        program_die(PROGRAM_CANNOT_START, "cannot open %s: %s", program.file, strerror(errno));
    if (!getcwd(program.current, sizeof program.current))
        program_die(PROGRAM_CANNOT_START, "the current folder is gone");
    FILE *file = fopen(program.host_path, "rbe");
    if (!file)
        program_die(PROGRAM_CANNOT_START, "cannot open %s: %s", program.file, strerror(errno));
    long size = fseek(file, 0, SEEK_END) ? -1 : ftell(file);
    rewind(file);
    if (size <= 0 || (unsigned long)size > PE_IMAGE_SIZE_MAX)
        program_die(PROGRAM_CANNOT_START, "it is not a program");
    program.size = (size_t)size;
    program.bytes = malloc(program.size);
    if (!program.bytes || fread(program.bytes, 1, program.size, file) != program.size)
        program_die(PROGRAM_CANNOT_START, "cannot read it");
    fclose(file);
    strcpy(program.host_folder, program.host_path);
    *strrchr(program.host_folder, '/') = '\0';
}

/* A program of the other width has another host, beside this one. */
[[noreturn]] static void other_width_run(void)
{
    char host[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", host, sizeof host - 32);
    char *name = host;
    if (length > 0) {
        host[length] = '\0';
        name = strrchr(host, '/') + 1;
        strcpy(name, BY_WIDTH("cove-program32", "cove-program"));
        execv(host, program.argv);
    }
    program_die(PROGRAM_CANNOT_START,
                "it is a %d-bit program, and its host %s cannot be started: %s",
                program.is_sixteen ? 16 : BY_WIDTH(32, 64), name, strerror(errno));
}

static void file_check(void)
{
    struct pe_error error = {0};
    struct pe_image *image = &program.image;
    program.is_sixteen = ne_is(program.bytes, program.size);
    if (program.is_sixteen) {
        if (!sixteen_is_here())
            other_width_run();
        return;
    }
    if (pe_parse(program.bytes, program.size, image, &error) != PE_OK)
        program_die(PROGRAM_CANNOT_START, "it is not a program: %s", error.text);
    if (image->machine == BY_WIDTH(PE_MACHINE_I386, PE_MACHINE_AMD64))
        other_width_run();
    if (image->machine != BY_WIDTH(PE_MACHINE_AMD64, PE_MACHINE_I386))
        program_die(PROGRAM_CANNOT_START, "it is for machine 0x%04x; here %u-bit x86 programs run",
                    image->machine, BY_WIDTH(64, 32));
    if (image->characteristics & PE_FILE_DLL)
        program_die(PROGRAM_CANNOT_START, "it is a DLL, not a program");
    if (image->subsystem == PE_SUBSYSTEM_NATIVE)
        program_die(PROGRAM_CANNOT_START, "it is a driver; `cove run` takes it before the --");
    if (BY_WIDTH(true, false) && pe_relocation_kind(image) == PE_RELOCATIONS_STRIPPED)
        program_die(PROGRAM_CANNOT_START,
                    "it has no relocations and must move; link it with -Wl,--dynamicbase (mingw) "
                    "or /DYNAMICBASE /FIXED:NO (MSVC)");
}

/* ---- the machine -------------------------------------------------------------------------------
 */

static void machine_connect(void)
{
    struct wire_hello hello = {.kind = WIRE_HELLO_PROGRAM,
                               .magic = WIRE_MAGIC,
                               .version = WIRE_VERSION,
                               .width = BY_WIDTH(64, 32)};
    char text[256];
    for (int n = 0; n < 3; n++) {
        if (lseek(n, 0, SEEK_CUR) != -1 || errno != EBADF)
            hello.descriptors |= 1u << n;
    }
    snprintf(hello.image_name, sizeof hello.image_name, "%s", program.name);
    hello.ticket = program.ticket;
    snprintf(hello.folder, sizeof hello.folder, "%s", program.current);
    hello.descriptors |= WIRE_HELLO_FOLDER;
    if (door_connect(program.socket, &hello, &program.welcome, text))
        program_die(PROGRAM_CANNOT_START, "%s", text);
    if (!program.welcome.start_bytes)
        program_die(PROGRAM_CANNOT_START, "the machine gives it no memory to start with");
}

static void start_describe(void)
{
    struct wire_welcome *welcome = &program.welcome;
    if (BY_WIDTH(true, false) && windows_is_9x(welcome->windows_build))
        program_die(PROGRAM_CANNOT_START, "it is a 64-bit program; Windows 95 and 98 have none");
    place_of_file(program.host_path, program.current, welcome->current_directory,
                  program.image_path, sizeof program.image_path);
    program.start = (struct process_start){
        .process_id = welcome->process_id,
        .thread_id = welcome->thread_id,
        .current_directory = welcome->current_directory,
        .image_path = program.image_path,
        .line = program.line,
        .argument_count = program.argument_count,
        .arguments = program.arguments,
        .environment = environ,
        .windows_major = welcome->windows_major,
        .windows_minor = welcome->windows_minor,
        .windows_build = welcome->windows_build,
        .subsystem = program.is_sixteen ? PE_SUBSYSTEM_GUI : program.image.subsystem};
    memcpy(program.start.standard_handle, welcome->standard_handle,
           sizeof program.start.standard_handle);
}

/* ---- the first thread
 * ---------------------------------------------------------------------------- */

/* As programs see it, with the separator at its end. */
static const char *image_folder(void)
{
    static char folder[PATH_MAX];
    strcpy(folder, program.image_path);
    strrchr(folder, '\\')[1] = '\0';
    return folder;
}

[[noreturn]] static void sixteen_go(void)
{
    ldr_program_none();
    NTSTATUS status = ldr_thread_begin(teb_current());
    if (!NT_SUCCESS(status))
        process_terminate((ULONG)status);
    sixteen_run(program.bytes, program.size, program.image_path, image_folder(),
                program.host_folder);
}

static uint64_t program_run(void *unused)
{
    static wchar_t path[PATH_MAX], folder[PATH_MAX];
    struct ldr_module *module;
    NTSTATUS status = process_init(&program.start);
    if (!NT_SUCCESS(status))
        program_die(PROGRAM_CANNOT_START, "there is no memory to start it in");
    exception_init();
    thread_asks_init();
    win32_init();
    frontsetup_init();
    frontcrt_init();
    size_t length = crt_utf16_from_string(program.image_path, path, PATH_MAX);
    memcpy(folder, path, (length + 1) * sizeof *path);
    while (length && folder[length - 1] != '\\')
        folder[--length] = 0;
    ldr_init(program.host_folder, folder);
    if (program.held)
        memory_free(program.held);
    if (program.is_sixteen)
        sixteen_go();
    sixteen_offer(image_folder(), program.host_folder);
    status = ldr_program_load(program.bytes, program.size, program.name, path, &module);
    free(program.bytes);
    if (!NT_SUCCESS(status))
        process_terminate(PROGRAM_CANNOT_START);
    peb_current()->ImageBaseAddress = (PVOID)module->base;
    status = ldr_thread_begin(teb_current());
    if (NT_SUCCESS(status))
        status = ldr_attach();
    if (!NT_SUCCESS(status))
        process_terminate((ULONG)status);
    if (!module->image.entry_rva)
        program_die(PROGRAM_CANNOT_START, "it has no entry point");
    ULONG(WINAPI * entry)(PVOID) = (ULONG(WINAPI *)(PVOID))(module->base + module->image.entry_rva);
    thread_exit(entry(peb_current()));
}

/* The addresses of a 32-bit program that cannot be moved are kept free until it is loaded. */
static void image_hold(void)
{
    if (BY_WIDTH(true, false) || program.is_sixteen ||
        pe_relocation_kind(&program.image) != PE_RELOCATIONS_STRIPPED)
        return;
    PVOID base = (PVOID)(uintptr_t)program.image.image_base;
    SIZE_T size = program.image.image_size;
    if (NT_SUCCESS(NtAllocateVirtualMemory(ZwCurrentProcess(), &base, 0, &size, MEM_RESERVE,
                                           PAGE_NOACCESS)))
        program.held = base;
}

/* On the start stack in the window. */
static uint64_t first_stage(void *unused)
{
    struct peb *peb;
    image_hold();
    CLIENT_ID id = {(HANDLE)program.welcome.process_id, (HANDLE)program.welcome.thread_id};
    size_t stack = program.image.stack_reserve;
    stack = stack < THREAD_STACK_DEFAULT / 4 ? THREAD_STACK_DEFAULT : stack;
    thread_stack_default_set(stack);
    NTSTATUS status = process_block_create(&program.start, &peb);
    if (NT_SUCCESS(status))
        status = thread_first(&id, stack, peb, program_run, NULL);
    program_die(PROGRAM_CANNOT_START, "its first thread cannot be made: 0x%08x", (unsigned)status);
}

int main(int argc, char **argv)
{
    void *here;
    program.argv = argv;
    arguments_read(argc, argv);
    file_read();
    file_check();
    host_confine_code(); /* where the host can */
    machine_connect();
    start_describe();
    stack_run((char *)program.welcome.start_address + program.welcome.start_bytes, first_stage,
              NULL, &here);
    return PROGRAM_CANNOT_START;
}
