/* SPDX-License-Identifier: MIT */
/* machine.c - cove_boot and cove_shutdown: a machine inside the calling process.
 *
 * A host thread of our own boots the machine and stops it again, so that the callers'
 * threads are nothing but threads of the one in-process program.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/abi_names.h"
#include "boot/boot.h"
#include "ex/ex.h"
#include "io/io.h"
#include "ke/ke.h"
#include "libcove_internal.h"
#include "log/log.h"
#include "mm/mm.h"
#include "ob/ob.h"
#include "setup/setup.h"

struct cove_machine *cove_machine_only;

static void stage_set(struct cove_machine *machine, enum machine_stage stage)
{
    machine->stage = stage;
    host_wake(&machine->stage, INT_MAX);
}

static void stage_wait_while(struct cove_machine *machine, enum machine_stage stage)
{
    while (machine->stage == stage)
        host_wait(&machine->stage, stage, HOST_FOREVER);
}

static void up_wait(void *machine)
{
    stage_wait_while(machine, MACHINE_UP);
}

static void report_line(const char *line, void *context)
{
    struct cove_machine *machine = context;
    if (machine->options.log)
        machine->options.log(line, machine->options.log_context);
}

static NTSTATUS program_create(struct cove_machine *machine)
{
    struct ps_process_options options = {.image_name = "libcove"};
    NTSTATUS status = mm_window_create(&options.window);
    if (NT_SUCCESS(status))
        status = ps_process_create(&options, &machine->process);
    return status;
}

/* A process without threads is run down at once. */
static void program_end(struct cove_machine *machine)
{
    ps_process_terminate(machine->process, STATUS_SUCCESS);
    ob_dereference(machine->process);
    machine->process = NULL;
}

static void boot_thread(void *context)
{
    struct cove_machine *machine = context;
    struct boot_options options = {.processors = machine->options.processors,
                                   .host_folder = machine->options.folder,
                                   .signing = SETUP_SIGNING_OFF,
                                   .fail_allocation = machine->options.fail_allocation,
                                   .log_line = machine->options.log,
                                   .log_context = machine->options.log_context};
    char error[256] = "";
    machine->boot_status = boot_start(&options, error);
    if (!NT_SUCCESS(machine->boot_status)) {
        report_line(error, machine);
        stage_set(machine, MACHINE_DOWN);
        return;
    }
    machine->boot_status = program_create(machine);
    if (NT_SUCCESS(machine->boot_status)) {
        stage_set(machine, MACHINE_UP);
        ke_block_on_host(up_wait, machine);
        program_end(machine);
    }
    machine->left_behind = boot_stop(report_line, machine);
    stage_set(machine, MACHINE_DOWN);
}

int32_t cove_boot(const struct cove_options *options, struct cove_machine **out_machine)
{
    if (cove_machine_only)
        return STATUS_ALREADY_REGISTERED;
    struct cove_machine *machine = calloc(1, sizeof *machine);
    if (!machine)
        return STATUS_NO_MEMORY;
    if (options)
        machine->options = *options;
    struct host_thread_options thread = {.name = "boot"};
    if (host_thread_create(&thread, boot_thread, machine, &machine->boot_thread)) {
        free(machine);
        return STATUS_NO_MEMORY;
    }
    stage_wait_while(machine, MACHINE_BOOTING);
    if (machine->stage != MACHINE_UP) {
        NTSTATUS status = machine->boot_status;
        host_thread_join(machine->boot_thread);
        free(machine);
        return status;
    }
    cove_machine_only = machine;
    *out_machine = machine;
    return STATUS_SUCCESS;
}

unsigned cove_shutdown(struct cove_machine *machine)
{
    caller_leave();
    stage_set(machine, MACHINE_ENDING);
    host_thread_join(machine->boot_thread);
    unsigned left_behind = machine->left_behind;
    cove_machine_only = NULL;
    free(machine);
    return left_behind;
}

void cove_counts(struct cove_machine *machine, struct cove_counts *out_counts)
{
    struct ex_pool_counts pool;
    struct ob_counts objects;
    struct io_counts io;
    struct ps_counts ps;
    ps_counts(&ps); /* the system's workers are nobody's doing */
    ex_pool_counts(&pool);
    ob_counts(&objects);
    io_counts(&io);
    *out_counts = (struct cove_counts){.pool_blocks = pool.blocks - ps.worker_objects,
                                       .pool_bytes = pool.bytes,
                                       .objects = objects.objects - ps.worker_objects,
                                       .handles = objects.handles,
                                       .irps = io.irps,
                                       .files = io.files,
                                       .devices = io.devices,
                                       .drivers = io.drivers};
}

const char *cove_status_name(int32_t status)
{
    /* Errors of the service control manager come wrapped: 0xC007xxxx. */
    bool is_win32 = ((uint32_t)status & 0xffff0000u) == 0xc0070000u;
    const char *name =
        is_win32 ? abi_win32_name((uint32_t)status & 0xffff) : abi_status_name((uint32_t)status);
    return name ? name : "an NTSTATUS without a name";
}
