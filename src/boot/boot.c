/* SPDX-License-Identifier: MIT */
/* boot.c - the order in which the rooms of a machine start, and stop again.
 *
 * One table of steps. Starting goes down the table, stopping up; a step that fails stops
 * those before it. Between the two the machine is whole. The thread that calls boot_start
 * becomes a system thread and must be the one that calls boot_stop.
 */
#include "boot/boot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/abi_export.h"
#include "base/windows.h"
#include "boot_internal.h"
#include "cm/cm.h"
#include "control/control.h"
#include "crash/crash.h"
#include "etw/etw.h"
#include "ex/ex.h"
#include "gate/gate.h"
#include "hal/hal.h"
#include "hostfs/hostfs.h"
#include "pipefs/pipefs.h"
#include "image/image.h"
#include "io/io.h"
#include "ke/ke.h"
#include "log/log.h"
#include "mm/mm.h"
#include "ob/ob.h"
#include "plugplay/plugplay.h"
#include "pnp/notice.h"
#include "pnp/pnp.h"
#include "po/po.h"
#include "ps/ps.h"
#include "rtl/rtl.h"
#include "scm/scm.h"
#include "tm/tm.h"
#include "se/se.h"
#include "server/server.h"
#include "setup/setup.h"
#include "trap/trap.h"

static struct boot_options boot_options;   /* set once at start */
static struct thread boot_bare;            /* the caller while there are no processes */
static struct process_thread *boot_thread; /* the caller, as a system thread */
static struct log_listener *boot_listener;
static bool boot_is_stuck;            /* the last machine could not be taken apart */
static struct boot_counts boot_began; /* what was alive when the machine was up */

static NTSTATUS log_step(void)
{
    if (log_start(boot_options.log_ring))
        return STATUS_NO_MEMORY;
    if (boot_options.log_line) {
        boot_listener = log_listen(true, boot_log_line, &boot_options);
        if (!boot_listener)
            return STATUS_NO_MEMORY;
    }
    return STATUS_SUCCESS;
}

static void log_unstep(void)
{
    log_flush();
    if (boot_listener)
        log_unlisten(boot_listener);
    boot_listener = NULL;
    log_stop();
}

/* Rooms below ps may wait while they start and stop, so the caller is a thread already then. */
static void bare_enter(void)
{
    memset(&boot_bare, 0, sizeof boot_bare);
    ke_thread_init(&boot_bare, "boot", NULL);
    ke_thread_adopt(&boot_bare);
    ke_processor_enter();
}

static void bare_leave(void)
{
    ke_processor_leave();
    ke_thread_release(&boot_bare);
}

/* Windows 95 and 98 are there for programs alone. */
static uint32_t kernel_build(void)
{
    return windows_is_9x(boot_options.windows_build) ? 0 : boot_options.windows_build;
}

static NTSTATUS ke_step(void)
{
    struct ke_options options = {.processors = boot_options.processors};
    NTSTATUS status = ke_init(&options);
    if (NT_SUCCESS(status)) {
        struct windows_version windows = windows_of_build(kernel_build());
        ke_version_set(windows.major, windows.minor, windows.build);
        bare_enter();
    }
    return status;
}

static void ke_unstep(void)
{
    bare_leave();
    ke_fini();
}

/* After a bug check: what drivers printed last is worth a moment, then programs are told. */
static void abandon(const char *goodbye, uint32_t exit_code)
{
    log_flush_until(host_clock_ns() + 500000000ull);
    server_abandon(goodbye, exit_code);
}

static NTSTATUS crash_step(void)
{
    crash_install(abandon);
    return STATUS_SUCCESS;
}

static NTSTATUS ps_step(void)
{
    NTSTATUS status = ps_init();
    if (!NT_SUCCESS(status))
        return status;
    bare_leave();
    status = ps_thread_adopt(ps_system_process, &boot_thread);
    if (!NT_SUCCESS(status)) {
        bare_enter();
        ps_fini();
        return status;
    }
    ke_processor_enter();
    return STATUS_SUCCESS;
}

static void ps_unstep(void)
{
    ke_processor_leave();
    ps_thread_release(boot_thread);
    boot_thread = NULL;
    bare_enter();
    ps_fini();
}

static NTSTATUS cm_step(void)
{
    cm_store_use(boot_options.registry);
    return cm_init();
}

static NTSTATUS image_step(void)
{
    NTSTATUS status = image_init();
    if (NT_SUCCESS(status)) {
        image_kernel_exports_set(abi_kernel_exports, abi_kernel_export_count);
        image_windows_set(kernel_build());
        image_library_folders_set(boot_library_folder);
        status = image_kernel_map();
    }
    return status;
}

static NTSTATUS hostfs_step(void)
{
    NTSTATUS status = hostfs_init();
    if (NT_SUCCESS(status))
        io_host_path_set(boot_driver_host_path);
    return status;
}

static NTSTATUS etw_step(void)
{
    NTSTATUS status = etw_init();
    etw_sink_set(log_line);
    return status;
}

/* How a device is called in what io says of it to drivers. */
static NTSTATUS instance_name(DEVICE_OBJECT *physical, UNICODE_STRING *out_name)
{
    struct device_node *node = pnp_node_of_get(physical);
    if (!node)
        return STATUS_NO_SUCH_DEVICE;
    NTSTATUS status = RtlDuplicateUnicodeString(RTL_DUPLICATE_UNICODE_STRING_NULL_TERMINATE,
                                                pnp_node_instance(node), out_name);
    pnp_node_put(node);
    return status;
}

static NTSTATUS trap_step(void)
{
    trap_install();
    ke_driver_code_set(trap_is_driver_code);
    io_interrupt_find_set(hal_interrupt_find);
    io_instance_name_set(instance_name);
    return STATUS_SUCCESS;
}

static NTSTATUS drives_step(void)
{
    return boot_options.host_folder ? hostfs_drive_add('C', boot_options.host_folder)
                                    : STATUS_SUCCESS;
}

static NTSTATUS setup_step(void)
{
    struct setup_options options = {.drive_folder = boot_options.host_folder,
                                    .signing = (enum setup_signing)boot_options.signing};
    NTSTATUS status = setup_init(&options);
    return NT_SUCCESS(status) ? setup_start() : status;
}

static NTSTATUS scm_step(void)
{
    return scm_init() ? STATUS_UNSUCCESSFUL : STATUS_SUCCESS;
}

static NTSTATUS server_step(void)
{
    po_programs_set(boot_options.socket_path ? server_programs_freeze : NULL);
    server_windows_set(windows_is_9x(boot_options.windows_build) ? boot_options.windows_build : 0);
    return boot_options.socket_path ? server_start(boot_options.socket_path, boot_options.listener,
                                                   boot_options.host_folder)
                                    : STATUS_SUCCESS;
}

/* What a program that is still running ends with: it has not done what it was started for. */
#define PROGRAM_CUT_OFF 1

static unsigned server_end(void)
{
    return boot_options.socket_path ? server_stop("the machine was shut down", PROGRAM_CUT_OFF) : 0;
}

/* A follower that does not read is not waited for. */
#define LAST_LINES_NS 1000000000ull

static void followers_end(void)
{
    log_flush_until(host_clock_ns() + LAST_LINES_NS);
    control_streams_end();
    if (boot_options.socket_path)
        server_controls_wait();
}

static const struct step {
    const char *name;
    NTSTATUS (*start)(void);
    void (*stop)(void); /* NULL: nothing to undo */
} steps[] = {
    {"ke", ke_step, ke_unstep},
    {"log", log_step, log_unstep},
    {"crash", crash_step, NULL},
    {"ex", ex_init, ex_fini},
    {"mm", mm_init, mm_fini},
    {"ob", ob_init, ob_fini},
    {"sections", mm_sections_init, mm_sections_fini},
    {"se", se_init, se_fini},
    {"ps", ps_step, ps_unstep},
    {"tm", tm_init, NULL},
    {"cm", cm_step, cm_fini},
    {"image", image_step, image_fini},
    {"etw", etw_step, etw_fini},
    {"trap", trap_step, NULL},
    {"io", io_init, io_fini},
    {"devices", io_standard_devices_init, io_standard_devices_fini},
    {"hostfs", hostfs_step, hostfs_fini},
    {"pipefs", pipefs_init, pipefs_fini},
    {"drives", drives_step, NULL},
    {"pnp", pnp_init, pnp_fini},
    {"notices", pnp_notice_init, pnp_notice_fini},
    {"po", po_init, po_fini},
    {"setup", setup_step, setup_fini},
    {"gate", boot_gate_start, gate_fini},
    {"scm", scm_step, scm_fini},
    {"plugplay", plugplay_init, plugplay_fini},
    {"server", server_step, NULL},
};
#define STEP_COUNT (sizeof steps / sizeof *steps)

static void stop_from(size_t count)
{
    while (count-- > 0) {
        if (steps[count].stop)
            steps[count].stop();
    }
}

NTSTATUS boot_start(const struct boot_options *options, char *error)
{
    if (boot_is_stuck) {
        snprintf(error, 256, "the machine before this one could not be stopped");
        return STATUS_DEVICE_BUSY;
    }
    boot_options = *options;
    for (size_t i = 0; i < STEP_COUNT; i++) {
        NTSTATUS status = steps[i].start();
        if (!NT_SUCCESS(status)) {
            snprintf(error, 256, "the machine could not start: %s: %s", steps[i].name,
                     rtl_status_text(status));
            stop_from(i);
            return status;
        }
    }
    boot_counts_take(&boot_began);
    (void)pnp_start(); /* what a device or driver lacks is in the log */
    scm_begin();
    ex_allocation_fail_at(options->fail_allocation);
    return STATUS_SUCCESS;
}

/* For threads of programs that have ended to be quite gone. */
#define LAST_INSTRUCTIONS_NS 10000000000ull

/* The last changes reach the disk; one line if they do not. */
static unsigned registry_end(void (*report)(const char *line, void *context), void *context)
{
    char line[256];
    NTSTATUS status = cm_quiesce();
    if (NT_SUCCESS(status))
        return 0;
    snprintf(line, sizeof line, "the last changes of the registry could not be written: %s",
             rtl_status_text(status));
    report(line, context);
    return 1;
}

/* A driver that stays loaded does not know that its machine ends: its timers may be set. */
static void drivers_rooms_stop(void)
{
    ke_timers_end();
    stop_from(STEP_COUNT);
}

unsigned boot_stop(void (*report)(const char *line, void *context), void *context)
{
    scm_end();
    if (server_end()) {
        boot_is_stuck = true;
        registry_end(report, context);
        followers_end();
        return boot_stuck_report(report, context);
    }
    bool is_running = !scm_programs_wait();
    is_running |= !ps_programs_wait(host_clock_ns() + LAST_INSTRUCTIONS_NS);
    if (is_running)
        report("a thread of a program is still running", context);
    io_shutdown_send();
    unsigned left = pnp_stop(report, context);
    pnp_notice_wait();
    left += boot_drivers_unload(report, context);
    is_running |= boot_drivers_run(report, context) || pnp_is_stuck();
    left += registry_end(report, context);
    if (!is_running)
        ps_threads_settle();
    left += boot_leaks_report(&boot_began, report, context);
    followers_end();
    if (is_running)
        boot_is_stuck = true; /* the rooms stay for the code that uses them; the process ends */
    else
        drivers_rooms_stop();
    return left + is_running;
}
