/* SPDX-License-Identifier: MIT */
/* io_test.h - how the room's tests run: a small machine of their own, no image, no gate.
 *
 * Each test gets a booted kernel, runs on an adopted system thread that holds a processor,
 * and must leave counts as it found them.
 */
#ifndef IO_TEST_H
#define IO_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/assert.h"
#include "cm/cm.h"
#include "callout/ddi_frame.h"
#include "ex/ex.h"
#include "image/image.h"

#include "io/io.h"
#include "ke/ke.h"
#include "mm/mm.h"
#include "ob/ob.h"
#include "ps/ps.h"
#include "rtl/rtl.h"
#include "se/se.h"

VOID FASTCALL IofCompleteRequest(PIRP Irp, CCHAR PriorityBoost);
NTSTATUS FASTCALL IofCallDriver(PDEVICE_OBJECT DeviceObject, PIRP Irp);

/* watch/crash's in a whole machine; nothing here calls an absent export. */
void abi_export_absent(uint32_t row, struct ddi_frame *frame)
{
    (void)row;
    (void)frame;
    abort();
}

#define MS_100NS (-10000ll)

struct io_test_counts {
    struct io_counts io;
    uint64_t handles, objects; /* without threads: workers come and go as they like */
    uint64_t blocks;           /* of this room's tags */
};

static struct process_thread *io_test_thread __attribute__((unused));

static inline bool io_test_fault(const struct host_fault *fault, struct host_registers *registers)
{
    uint64_t fixup = mm_user_fixup(registers->rip);
    (void)fault;
    if (fixup == 0)
        return false;
    registers->rip = fixup;
    return true;
}

/* Rooms below ps may wait while they start and stop, so the caller is a thread already then. */
static struct thread io_test_bare __attribute__((unused));

static inline void io_test_bare_enter(void)
{
    memset(&io_test_bare, 0, sizeof(io_test_bare));
    ke_thread_init(&io_test_bare, "test", NULL);
    ke_thread_adopt(&io_test_bare);
    ke_processor_enter();
}

static inline void io_test_bare_leave(void)
{
    ke_processor_leave();
    ke_thread_release(&io_test_bare);
}

static inline void io_test_boot(void)
{
    struct ke_options options = {.processors = 4};
    assert_int_equal(ke_init(&options), STATUS_SUCCESS);
    io_test_bare_enter();
    assert_int_equal(ex_init(), STATUS_SUCCESS);
    assert_int_equal(mm_init(), STATUS_SUCCESS);
    assert_int_equal(ob_init(), STATUS_SUCCESS);
    assert_int_equal(se_init(), STATUS_SUCCESS);
    assert_int_equal(ps_init(), STATUS_SUCCESS);
    io_test_bare_leave();
    assert_int_equal(ps_thread_adopt(ps_system_process, &io_test_thread), STATUS_SUCCESS);
    ke_processor_enter();
    assert_int_equal(cm_init(), STATUS_SUCCESS);
    assert_int_equal(io_init(), STATUS_SUCCESS);
    host_fault_install(io_test_fault);
}

static inline void io_test_halt(void)
{
    ex_work_drain();
    io_fini();
    cm_fini();
    ke_processor_leave();
    ps_thread_release(io_test_thread);
    io_test_bare_enter();
    ps_fini();
    se_fini();
    ob_fini();
    mm_fini();
    ex_fini();
    io_test_bare_leave();
    ke_fini();
}

static inline void io_test_count_object(struct object_type *type, void *body, void *context)
{
    (void)body;
    if (type != ps_thread_type)
        ++*(uint64_t *)context;
}

static inline void io_test_count_block(const struct ex_pool_block *block, void *context)
{
    const char *tag = (const char *)&block->tag;
    /* Small system buffers stay in the drawers of the processors. */
    if (tag[3] == 'b' && block->bytes <= 256)
        return;
    if (memcmp(tag, "CvI", 3) == 0 || memcmp(tag, "CHfs", 4) == 0)
        ++*(uint64_t *)context;
}

static inline void io_test_counts_take(struct io_test_counts *counts)
{
    struct ob_counts ob;
    ex_work_drain();
    KeFlushQueuedDpcs();
    *counts = (struct io_test_counts){0};
    io_counts(&counts->io);
    ob_counts(&ob);
    counts->handles = ob.handles;
    ob_visit(io_test_count_object, &counts->objects);
    ex_pool_visit(io_test_count_block, &counts->blocks);
}

/* What the first use of a thing keeps for the next one (system buffers in drawers) is not a
 * leak: a test is run twice, and only the second time counts. */
static inline void io_test_run(void (*test)(void))
{
    struct io_test_counts before, after;
    io_test_boot();
    test();
    io_test_counts_take(&before);
    assert_int_equal(before.io.irps, 0);
    assert_int_equal(before.io.files, 0);
    assert_int_equal(before.io.devices, 0);
    assert_int_equal(before.io.drivers, 0);
    test();
    io_test_counts_take(&after);
    assert_int_equal(after.io.irps, 0);
    assert_int_equal(after.io.files, 0);
    assert_int_equal(after.io.devices, 0);
    assert_int_equal(after.io.drivers, 0);
    assert_int_equal(after.objects, before.objects);
    assert_int_equal(after.handles, before.handles);
    assert_int_equal(after.blocks, before.blocks);
    assert_int_equal(ke_irql(), PASSIVE_LEVEL);
    io_test_halt();
}

/* ---- devices and files of tests ------------------------------------------------------------ */

static inline PDEVICE_OBJECT io_test_device(PDRIVER_OBJECT driver, const char *name, ULONG flags)
{
    UNICODE_STRING wide;
    PDEVICE_OBJECT device;
    assert_int_equal(rtl_unicode_of(name, &wide), STATUS_SUCCESS);
    assert_int_equal(IoCreateDevice(driver, 64, &wide, FILE_DEVICE_UNKNOWN, 0, FALSE, &device),
                     STATUS_SUCCESS);
    RtlFreeUnicodeString(&wide);
    device->Flags |= flags;
    device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    return device;
}

static inline NTSTATUS io_test_create(const char *name, ULONG options, HANDLE root,
                                      struct io_create *create, HANDLE *out_handle)
{
    UNICODE_STRING wide;
    OBJECT_ATTRIBUTES attributes;
    assert_int_equal(rtl_unicode_of(name, &wide), STATUS_SUCCESS);
    InitializeObjectAttributes(&attributes, &wide, OBJ_CASE_INSENSITIVE, root, NULL);
    *create = (struct io_create){
        .access = FILE_GENERIC_READ | FILE_GENERIC_WRITE,
        .share_access = FILE_SHARE_READ | FILE_SHARE_WRITE,
        .disposition = FILE_OPEN,
        .options = options,
    };
    NTSTATUS status = io_file_create(&attributes, KernelMode, create, out_handle);
    RtlFreeUnicodeString(&wide);
    return status;
}

static inline FILE_OBJECT *io_test_open(const char *name, ULONG options, HANDLE *out_handle)
{
    struct io_create create;
    assert_int_equal(io_test_create(name, options, NULL, &create, out_handle), STATUS_SUCCESS);
    return create.file;
}

static inline void io_test_close(HANDLE handle)
{
    assert_int_equal(ob_handle_close(handle, KernelMode), STATUS_SUCCESS);
}

static inline NTSTATUS io_test_send(FILE_OBJECT *file, struct io_request request,
                                    IO_STATUS_BLOCK *block)
{
    ob_reference(file);
    request.file = file;
    request.mode = KernelMode;
    request.user_status = block;
    return io_request_send(&request);
}

static inline NTSTATUS io_test_control(FILE_OBJECT *file, ULONG code, void *input,
                                       ULONG input_length, void *output, ULONG output_length,
                                       IO_STATUS_BLOCK *block)
{
    return io_test_send(file,
                        (struct io_request){.major = IRP_MJ_DEVICE_CONTROL,
                                            .control_code = code,
                                            .input = input,
                                            .input_length = input_length,
                                            .output = output,
                                            .output_length = output_length},
                        block);
}

/* ---- bug checks
 * ---------------------------------------------------------------------------------- */

static inline void io_test_bugcheck_exit(const struct bugcheck *bugcheck)
{
    _exit((int)(bugcheck->code & 0x7f));
}

/* Boots a kernel in a child and runs test there: the code (below 0x80) it stopped with. */
static inline int io_test_bugcheck_of(void (*test)(void))
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        io_test_boot();
        ke_bugcheck_hook_set(io_test_bugcheck_exit);
        test();
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

#define IO_TEST(function)                     \
    static void function##_test(void **state) \
    {                                         \
        (void)state;                          \
        io_test_run(function);                \
    }

#endif
