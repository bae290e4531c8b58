/* SPDX-License-Identifier: MIT */
/* exception.c - the way of an exception: vectored handlers, frames, the unhandled filter.
 *
 * A handler that wants the exception never returns here: it unwinds. What returns says go on
 * searching or go on where it happened.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/abi_names.h"
#include "exception_internal.h"
#include "host/host.h"
#include "ntdll/error.h"
#include "ntdll/nt.h"
#include "ntdll/sync.h"

struct vectored {
    struct vectored *next;
    exception_filter handler;
};

static struct {
    RTL_SRWLOCK lock;         /* guards: list */
    struct vectored *list[2]; /* exception handlers, continue handlers */
    exception_filter _Atomic unhandled;
} handlers;

/* ---- vectored handlers ------------------------------------------------------------------------
 */

PVOID exception_vectored_add(bool is_continue, bool first, exception_filter handler)
{
    struct vectored *vectored = malloc(sizeof *vectored);
    if (!vectored)
        return NULL;
    vectored->handler = handler;
    srw_take_exclusive(&handlers.lock);
    struct vectored **at = &handlers.list[is_continue];
    while (*at && !first)
        at = &(*at)->next;
    vectored->next = *at;
    *at = vectored;
    srw_give_exclusive(&handlers.lock);
    return vectored;
}

bool exception_vectored_remove(bool is_continue, PVOID handle)
{
    srw_take_exclusive(&handlers.lock);
    struct vectored **at = &handlers.list[is_continue];
    while (*at && *at != handle)
        at = &(*at)->next;
    struct vectored *vectored = *at;
    if (vectored)
        *at = vectored->next;
    srw_give_exclusive(&handlers.lock);
    free(vectored);
    return vectored != NULL;
}

/* The handler at that place of the list, or NULL: handlers may change the list. */
static exception_filter vectored_at(bool is_continue, unsigned index)
{
    srw_take_shared(&handlers.lock);
    struct vectored *at = handlers.list[is_continue];
    while (at && index--)
        at = at->next;
    exception_filter handler = at ? at->handler : NULL;
    srw_give_shared(&handlers.lock);
    return handler;
}

static bool vectored_call(bool is_continue, EXCEPTION_RECORD *record, CONTEXT *context)
{
    EXCEPTION_POINTERS pointers = {record, context};
    for (unsigned index = 0;; index++) {
        exception_filter handler = vectored_at(is_continue, index);
        if (!handler)
            return false;
        if (handler(&pointers) == EXCEPTION_CONTINUE_EXECUTION)
            return true;
    }
}

/* ---- nobody wants it --------------------------------------------------------------------------
 */

exception_filter exception_unhandled_set(exception_filter filter)
{
    return atomic_exchange(&handlers.unhandled, filter);
}

static void place_describe(uint64_t address, char *text, size_t size)
{
    const struct ldr_module *module = ldr_by_address(address);
    if (module)
        snprintf(text, size, "%s+0x%llx", module->name,
                 (unsigned long long)(address - module->base));
    else
        snprintf(text, size, "0x%llx", (unsigned long long)address);
}

#define IS_EXECUTE_FAULT(record)                                                              \
    ((record)->ExceptionCode == STATUS_ACCESS_VIOLATION && (record)->NumberParameters >= 2 && \
     (record)->ExceptionInformation[0] == 8)

static void exception_report(const EXCEPTION_RECORD *record, const CONTEXT *context)
{
    char place[160], detail[80] = "";
    const char *where = "at";
    uint64_t address = (uint64_t)record->ExceptionAddress;
    const struct call_record *call = teb_current()->calls;
    while (call && call->rsp < CONTEXT_SP(context))
        call = call->next;
    if (!ldr_by_address(address) && !IS_EXECUTE_FAULT(record)) {
        uint64_t caller = call ? call->rip : exception_caller_guess(CONTEXT_SP(context));
        where = caller ? "inside a system function, called from" : where;
        address = caller ? caller : address;
    }
    place_describe(address, place, sizeof place);
    const char *name = abi_status_name((uint32_t)record->ExceptionCode);
    if (record->ExceptionCode == STATUS_ACCESS_VIOLATION && record->NumberParameters >= 2) {
        const char *what = record->ExceptionInformation[0] == 1   ? "writing"
                           : record->ExceptionInformation[0] == 8 ? "executing"
                                                                  : "reading";
        snprintf(detail, sizeof detail, " %s 0x%llx", what,
                 (unsigned long long)record->ExceptionInformation[1]);
    }
    program_complain("unhandled exception 0x%08X%s%s%s %s %s%s", (unsigned)record->ExceptionCode,
                     name ? " (" : "", name ? name : "", name ? ")" : "", where, place, detail);
}

LONG exception_unhandled(EXCEPTION_POINTERS *pointers)
{
    exception_filter filter = atomic_load(&handlers.unhandled);
    if (filter) {
        LONG answer = filter(pointers);
        if (answer != EXCEPTION_CONTINUE_SEARCH)
            return answer;
    }
    exception_report(pointers->ExceptionRecord, pointers->ContextRecord);
    return EXCEPTION_EXECUTE_HANDLER;
}

[[noreturn]] static void program_end(NTSTATUS code)
{
    NtTerminateProcess(ZwCurrentProcess(), code);
    host_exit(code);
}

/* ---- dispatch ----------------------------------------------------------------------------------
 */

void exception_dispatch(EXCEPTION_RECORD *record, CONTEXT *context)
{
    struct teb *teb = teb_current();
    struct dispatch self = {.outer = teb->dispatch, .context = context};
    teb->dispatch = &self;
    bool is_handled =
        vectored_call(false, record, context) || exception_frames_search(record, context, &self);
    if (is_handled) {
        vectored_call(true, record, context);
    } else {
        EXCEPTION_POINTERS pointers = {record, context};
        is_handled = exception_unhandled(&pointers) == EXCEPTION_CONTINUE_EXECUTION;
    }
    if (!is_handled)
        program_end(record->ExceptionCode);
    teb->dispatch = self.outer;
    context_restore(context);
}

void exception_raise_status(NTSTATUS status)
{
    EXCEPTION_RECORD record = {.ExceptionCode = status,
                               .ExceptionFlags = EXCEPTION_NONCONTINUABLE,
                               .ExceptionAddress = __builtin_return_address(0)};
    CONTEXT context = {.ContextFlags = CONTEXT_FULL};
    exception_dispatch(&record, &context);
}
