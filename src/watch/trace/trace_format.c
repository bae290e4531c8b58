/* SPDX-License-Identifier: MIT */
/* trace_format.c - a trace entry as the line people read.
 *
 * Columns: room, thread, IRP, what. No addresses and no times, so that the same request
 * gives the same lines in every run: golden files compare them.
 */
#include <stdio.h>
#include <string.h>

#include "base/abi_names.h"
#include "base/irp_names.h"
#include "gate/gate.h"
#include "trace_internal.h"

static const char *major_name(uint64_t major)
{
    const char *name = irp_major_name((unsigned)major);
    return name ? name + IRP_NAME_PREFIX : "?";
}

/* "PNP START_DEVICE": of the majors whose minor says what is wanted. */
static const char *request_name(uint64_t major, uint64_t minor)
{
    static __thread char text[48];
    const char *second = irp_minor_name((unsigned)major, (unsigned)minor);
    if (!second)
        return major_name(major);
    snprintf(text, sizeof text, "%s %s", major_name(major), second + IRP_NAME_PREFIX);
    return text;
}

static const char *status_name(uint64_t status)
{
    static __thread char number[16];
    const char *name = abi_status_name((uint32_t)status);
    if (name)
        return strncmp(name, "STATUS_", 7) ? name : name + 7;
    snprintf(number, sizeof number, "0x%08x", (uint32_t)status);
    return number;
}

static const char *service_name(uint64_t number)
{
    const struct service_entry *entry = gate_service((uint32_t)number);
    return entry && entry->name ? entry->name : "?";
}

static const char *method_name(uint64_t code)
{
    static const char *const names[] = {"buffered", "in direct", "out direct", "neither"};
    return names[code & 3];
}

/* A status with its information: a number, or that it is an address. */
static int outcome_text(const char *what, const struct trace_entry *entry, char *out, size_t size)
{
    if (entry->c > UINT32_MAX)
        return snprintf(out, size, "%-13s %s info=address", what, status_name(entry->b));
    return snprintf(out, size, "%-13s %s info=%llu", what, status_name(entry->b),
                    (unsigned long long)entry->c);
}

static int thunk_text(const struct trace_entry *entry, char *out, size_t size)
{
    uint32_t first = (uint32_t)entry->b, second = (uint32_t)entry->c;
    switch ((enum trace_thunk)entry->a) {
    case TRACE_THUNK_CALL:
        return snprintf(out, size, "16 \xe2\x86\x92 32       parameters=%u flat=%u", first, second);
    case TRACE_THUNK_RETURN:
        return snprintf(out, size, "16 \xe2\x86\x90 32");
    case TRACE_THUNK_BACK:
        return snprintf(out, size, "32 \xe2\x86\x92 16       bytes=%u %s", first,
                        second ? "cdecl" : "pascal");
    case TRACE_THUNK_BACK_RETURN:
        return snprintf(out, size, "32 \xe2\x86\x90 16");
    case TRACE_THUNKS:
        break;
    }
    return 0;
}

/* The service by which a program tells of its thunks is not told of itself. */
static int service_text(const struct trace_entry *entry, char *out, size_t size)
{
    const char *name = service_name(entry->a);
    if (!strcmp(name, "NtCoveTraceThunk"))
        return 0;
    if (entry->kind == TRACE_SERVICE_LEAVE)
        return snprintf(out, size, "%s = %s", name, status_name(entry->b));
    return snprintf(out, size, "%s%s", name, entry->c ? " 32 \xe2\x86\x92 64" : "");
}

/* What is said behind the columns; 0 for points that are not shown. */
static int text_of(const struct trace_entry *entry, char *out, size_t size)
{
    const char *name = entry->name;
    switch (entry->kind) {
    case TRACE_SERVICE_ENTER:
    case TRACE_SERVICE_LEAVE:
        return service_text(entry, out, size);
    case TRACE_CONTROL_CHECKED:
        return snprintf(out, size, "checked       code=0x%08x %s in=%u out=%u", (uint32_t)entry->b,
                        method_name(entry->b), (uint32_t)(entry->c >> 32), (uint32_t)entry->c);
    case TRACE_IRP_BUILT:
        return snprintf(out, size, "built         %s stack %u", major_name(entry->b),
                        (uint32_t)entry->c);
    case TRACE_IRP_DOWN:
        return snprintf(out, size, "\xe2\x86\x93 %-11s %s", name,
                        request_name(entry->c >> 8, entry->c & 255));
    case TRACE_IRP_PENDING:
        return snprintf(out, size, "pending       %s", name);
    case TRACE_IRP_UP:
        return snprintf(out, size, "\xe2\x86\x91 %-11s %s", name, status_name(entry->c));
    case TRACE_IRP_CANCEL:
        return snprintf(out, size, "cancel        %s", entry->b ? "routine called" : "no routine");
    case TRACE_IRP_COMPLETE:
        return outcome_text("completed", entry, out, size);
    case TRACE_IRP_FINISHED:
        return outcome_text("finished", entry, out, size);
    case TRACE_DPC:
        return snprintf(out, size, "dpc");
    case TRACE_INTERRUPT:
        return snprintf(out, size, "interrupt     vector %u %s", (uint32_t)entry->a,
                        entry->b ? "claimed" : "not claimed");
    case TRACE_TRAP:
        return snprintf(out, size, "trap          kind %u", (uint32_t)entry->a);
    case TRACE_DRIVER_LOADED:
        return snprintf(out, size, "driver loaded %s", name);
    case TRACE_DRIVER_UNLOADED:
        return snprintf(out, size, "driver unloaded %s", name);
    case TRACE_THUNK:
        return thunk_text(entry, out, size);
    case TRACE_IRP_FREED:
    case TRACE_KINDS:
        break;
    }
    return 0;
}

static const char *room_of(enum trace_kind kind)
{
    if (kind <= TRACE_CONTROL_CHECKED)
        return "gate";
    if (kind == TRACE_THUNK)
        return "thunk";
    if (kind == TRACE_DPC || kind == TRACE_INTERRUPT)
        return "ke";
    return kind == TRACE_TRAP ? "trap" : "io";
}

size_t trace_format(const struct trace_entry *entry, char *out_line)
{
    char text[160], irp[24] = "";
    int length = text_of(entry, text, sizeof text);
    if (length <= 0)
        return 0;
    if (entry->irp)
        snprintf(irp, sizeof irp, "irp %u", entry->irp);
    length = snprintf(out_line, TRACE_LINE, "%-5s #%-3u %-7s %s", room_of(entry->kind),
                      entry->thread, irp, text);
    return length < TRACE_LINE ? (size_t)length : TRACE_LINE - 1;
}

size_t trace_format_lost(uint64_t lost, char *out_line)
{
    int length = snprintf(out_line, TRACE_LINE, "(%llu steps lost: the listener is too slow)",
                          (unsigned long long)lost);
    return (size_t)length;
}
