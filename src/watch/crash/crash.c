/* SPDX-License-Identifier: MIT */
/* crash.c - the machine has stopped: report, tell the programs, end.
 *
 * Runs on the thread that stopped it, at HIGH_LEVEL, perhaps on its signal stack, and perhaps
 * with locks of ours held: it takes none. A second bug check inside ends the process at once.
 */
#include "crash/crash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/abi_names.h"
#include "callout/callout.h"
#include "crash_internal.h"
#include "host/host.h"
#include "image/image.h"

static void (*abandon_hook)(const char *, uint32_t); /* set once at boot */
static void (*leave_hook)(int);                      /* tests */
static const char *file_path;                        /* set once at boot */
static _Atomic bool is_reporting;

void crash_file_set(const char *path)
{
    file_path = path;
}

void crash_exit_set(void (*leave)(int code))
{
    leave_hook = leave;
}

static void leave(void)
{
    is_reporting = false;
    if (leave_hook != NULL)
        leave_hook(CRASH_EXIT_CODE);
    host_exit(CRASH_EXIT_CODE);
}

/* Where the driver was: the fault's registers, or the newest call into us. */
static bool context_find(const struct bugcheck *bugcheck, CONTEXT *out_context)
{
    const struct host_registers *registers = bugcheck->registers;
    bool is_driver = registers != NULL && (image_is_driver_code(registers->rip) || ddi_top == NULL);
    if (is_driver) {
        memset(out_context, 0, sizeof(*out_context));
        out_context->ContextFlags = CONTEXT_CONTROL | CONTEXT_INTEGER;
        memcpy(&out_context->Rax, &registers->rax, 16 * sizeof(uint64_t));
        out_context->Rip = registers->rip;
        return true;
    }
    if (ddi_top == NULL)
        return false;
    seh_context_of_ddi(ddi_top, out_context);
    return true;
}

static uint64_t culprit_find(const struct crash *crash)
{
    for (unsigned i = 0; i < crash->stack_count; i++)
        if (image_is_driver_code(crash->stack[i].rip))
            return crash->stack[i].rip;
    for (unsigned i = 0; i < 4; i++)
        if (image_is_driver_code(crash->bugcheck->parameter[i]))
            return crash->bugcheck->parameter[i];
    uint64_t offset;
    for (unsigned i = 0; i < 4; i++)
        if (image_gone_of_address(crash->bugcheck->parameter[i], &offset) != NULL)
            return crash->bugcheck->parameter[i];
    return 0;
}

static void goodbye(const struct crash *crash)
{
    const struct abi_bugcheck *known = abi_bugcheck_find(crash->bugcheck->code);
    static char text[160];
    snprintf(text, sizeof(text), "bug check 0x%08X %s%s%s", crash->bugcheck->code,
             known != NULL ? known->name : "", crash->culprit != 0 ? " at " : "",
             crash->culprit != 0 ? crash_place(crash->culprit) : "");
    if (abandon_hook != NULL)
        abandon_hook(text, CRASH_EXIT_CODE);
}

static void report(const struct bugcheck *bugcheck)
{
    static struct crash crash; /* static: little of the stack may be left */
    static CONTEXT context;
    if (is_reporting)
        host_exit(CRASH_EXIT_CODE);
    is_reporting = true;
    crash = (struct crash){.bugcheck = bugcheck};
    if (context_find(bugcheck, &context))
        crash.stack_count = seh_walk(&context, crash.stack, CRASH_STACK_MAX);
    if (ddi_top != NULL && ddi_top->row != NULL && context.Rip == ddi_top->rip)
        crash.call = ddi_top->row->name;
    crash.culprit = culprit_find(&crash);
    /* From here on a fault is our own: no driver's handler may see it. */
    ddi_top = NULL;
    callout_top = NULL;
    crash_file_open(file_path != NULL ? file_path : getenv("COVE_CRASH_FILE"));
    crash_lines_find(&crash);
    crash_section_stop(&crash);
    crash_flush();
    crash_section_exception(&crash);
    crash_section_registers(&crash);
    crash_section_stack(&crash);
    crash_flush();
    crash_section_drivers();
    crash_section_requests();
    crash_section_callbacks(&crash);
    crash_print("\n*** the machine has stopped\n");
    crash_flush();
    crash_file_close();
    goodbye(&crash);
    leave();
}

void crash_install(void (*abandon)(const char *goodbye, uint32_t exit_code))
{
    abandon_hook = abandon;
    ke_bugcheck_hook_set(report);
}
