/* SPDX-License-Identifier: MIT */
/* room_kernel.h - a kernel of a dozen exports, for tests that load a driver into a room.
 *
 * Included once by a test whose assembler half includes room_kernel.inc. room_start makes a
 * kernel thread that holds a processor; room_enter loads a driver and runs one part of it.
 */
#ifndef TESTS_ROOM_KERNEL_H
#define TESTS_ROOM_KERNEL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/abi_export.h"
#include "base/assert.h"
#include "callout/callout.h"
#include "image/image.h"
#include "ke/ke.h"
#include "room_report.h"

/* Called by the thunks. */
VOID NTAPI room_raise_status(NTSTATUS status);
ULONG_PTR NTAPI room_call(PKIPI_BROADCAST_WORKER routine, ULONG_PTR argument);
void *NTAPI room_memcpy(void *to, const void *from, size_t length);
void *NTAPI room_memset(void *to, int byte, size_t length);
void NTAPI room_qsort(void *base, size_t count, size_t size,
                      int(NTAPI *compare)(const void *, const void *));

VOID NTAPI room_raise_status(NTSTATUS status)
{
    ke_raise(status);
}

ULONG_PTR NTAPI room_call(PKIPI_BROADCAST_WORKER routine, ULONG_PTR argument)
{
    uint64_t arguments[1] = {argument};
    return callout_invoke((const void *)routine, arguments, 1);
}

/* Reads addresses that a sanitizer has no shadow for. */
__attribute__((no_sanitize("address"))) void *NTAPI room_memcpy(void *to, const void *from,
                                                                size_t length)
{
    char *out = to;
    const char *in = from;
    while (length-- > 0)
        *(volatile char *)out++ = *(const volatile char *)in++;
    return to;
}

void *NTAPI room_memset(void *to, int byte, size_t length)
{
    for (size_t i = 0; i < length; i++)
        ((volatile char *)to)[i] = (char)byte;
    return to;
}

/* Calls the driver without a callout, as the C run-time's sort does. */
void NTAPI room_qsort(void *base, size_t count, size_t size,
                      int(NTAPI *compare)(const void *, const void *))
{
    for (size_t i = 1; i < count; i++)
        (void)compare((char *)base + (i - 1) * size, (char *)base + i * size);
}

#ifndef ROOM_KERNEL_HAS_ABSENT
/* What an absent export does is the business of another room. */
void abi_export_absent(uint32_t row, struct ddi_frame *frame)
{
    (void)row;
    printf("absent: %s\n", frame->row->name);
    exit(99);
}
#endif

extern const char room_entry_ExRaiseStatus[];
extern const char room_entry_KeInitializeDpc[];
extern const char room_entry_KeInsertQueueDpc[];
extern const char room_entry_KeIpiGenericCall[];
extern const char room_entry_RtlCaptureStackBackTrace[];
extern const char room_entry_RtlLookupFunctionEntry[];
extern const char room_entry_RtlRaiseException[];
extern const char room_entry_RtlUnwindEx[];
extern const char room_entry_RtlVirtualUnwind[];
extern const char room_entry___C_specific_handler[];
extern const char room_entry_memcpy[];
extern const char room_entry_memset[];
extern const char room_entry_qsort[];
extern const char room_raw_RtlCaptureContext[] __asm__("RtlCaptureContext");

struct abi_export room_rows[] = {
    {"ExRaiseStatus", room_entry_ExRaiseStatus, "test", 0, ABI_NTOSKRNL, ABI_DONE, ABI_FUNCTION, 1},
    {"KeInitializeDpc", room_entry_KeInitializeDpc, "test", 0, ABI_NTOSKRNL, ABI_DONE, ABI_FUNCTION,
     3},
    {"KeInsertQueueDpc", room_entry_KeInsertQueueDpc, "test", 0, ABI_NTOSKRNL, ABI_DONE,
     ABI_FUNCTION, 3},
    {"KeIpiGenericCall", room_entry_KeIpiGenericCall, "test", 0, ABI_NTOSKRNL, ABI_DONE,
     ABI_FUNCTION, 2},
    {"RtlCaptureContext", room_raw_RtlCaptureContext, "test", 0, ABI_NTOSKRNL, ABI_DONE, ABI_RAW,
     0},
    {"RtlCaptureStackBackTrace", room_entry_RtlCaptureStackBackTrace, "test", 0, ABI_NTOSKRNL,
     ABI_DONE, ABI_FUNCTION, 4},
    {"RtlLookupFunctionEntry", room_entry_RtlLookupFunctionEntry, "test", 0, ABI_NTOSKRNL, ABI_DONE,
     ABI_FUNCTION, 3},
    {"RtlRaiseException", room_entry_RtlRaiseException, "test", 0, ABI_NTOSKRNL, ABI_DONE,
     ABI_FUNCTION, 1},
    {"RtlUnwindEx", room_entry_RtlUnwindEx, "test", 0, ABI_NTOSKRNL, ABI_DONE, ABI_FUNCTION, 6},
    {"RtlVirtualUnwind", room_entry_RtlVirtualUnwind, "test", 0, ABI_NTOSKRNL, ABI_DONE,
     ABI_FUNCTION, 8},
    {"__C_specific_handler", room_entry___C_specific_handler, "test", 0, ABI_NTOSKRNL, ABI_DONE,
     ABI_FUNCTION, 4},
    {"memcpy", room_entry_memcpy, "test", 0, ABI_NTOSKRNL, ABI_DONE, ABI_FUNCTION, 3},
    {"memset", room_entry_memset, "test", 0, ABI_NTOSKRNL, ABI_DONE, ABI_FUNCTION, 3},
    {"qsort", room_entry_qsort, "test", 0, ABI_NTOSKRNL, ABI_DONE, ABI_FUNCTION, 4},
};
#define ROOM_ROWS (sizeof(room_rows) / sizeof(room_rows[0]))

static struct thread room_thread;

static inline void room_start(void)
{
    struct ke_options options = {.processors = 1};
    assert_int_equal(ke_init(&options), STATUS_SUCCESS);
    memset(&room_thread, 0, sizeof(room_thread));
    ke_thread_init(&room_thread, "test", NULL);
    ke_thread_adopt(&room_thread);
    ke_processor_enter();
    assert_int_equal(image_init(), STATUS_SUCCESS);
    image_kernel_exports_set(room_rows, ROOM_ROWS);
}

static inline void room_stop(void)
{
    assert_null(ddi_top);
    assert_null(callout_top);
    assert_int_equal(ke_irql(), PASSIVE_LEVEL);
    image_fini();
    ke_processor_leave();
    ke_thread_release(&room_thread);
    ke_fini();
}

static inline struct image *room_load(const char *name)
{
    struct image_error error = {0};
    struct image *image = NULL;
    char path[512];
    snprintf(path, sizeof(path), "%s/%s", COVE_TEST_DRIVERS, name);
    NTSTATUS status = image_load(path, &image, &error);
    if (!NT_SUCCESS(status))
        fail_msg("%s: 0x%x %s", path, (unsigned)status, error.text);
    return image;
}

/* Runs one part of a loaded driver; prints what failed in it. */
static inline void room_run(struct image *image, unsigned part, void *argument)
{
    static struct room_report report;
    uint64_t arguments[2] = {(uint64_t)&report, 0};
    memset(&report, 0, sizeof(report));
    report.part = part;
    report.argument = argument;
    callout_invoke((const void *)image->entry, arguments, 2);
    for (unsigned i = 0; i < report.failed && i < ROOM_FAILURES_MAX; i++)
        printf("%s part %u line %d: not so: %s (is 0x%llx)\n", image->name, part,
               report.failures[i].line, report.failures[i].what, report.failures[i].is);
    assert_int_equal(report.failed, 0);
    assert_true(report.checks > 0);
}

static inline void room_enter(const char *name, unsigned part, void *argument)
{
    struct image *image = room_load(name);
    room_run(image, part, argument);
    image_unload(image);
}

/* What a child's bug check told: memory that both processes see. */
static struct bugcheck *room_bugcheck;

static inline void room_bugcheck_note(const struct bugcheck *bugcheck)
{
    *room_bugcheck = *bugcheck;
    host_exit(70);
}

/* Runs a part that ends the machine, in a child; its bug check is in room_bugcheck. prepare
 * (may be NULL) runs in the child first. */
static inline void room_dies(const char *name, unsigned part, void *argument, void (*prepare)(void))
{
    int status;
    if (room_bugcheck == NULL)
        room_bugcheck = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    memset(room_bugcheck, 0, sizeof(*room_bugcheck));
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        room_start();
        ke_bugcheck_hook_set(room_bugcheck_note);
        if (prepare != NULL)
            prepare();
        room_enter(name, part, argument);
        _exit(1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 70);
}

#endif
