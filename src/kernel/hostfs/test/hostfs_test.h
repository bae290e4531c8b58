/* SPDX-License-Identifier: MIT */
/* hostfs_test.h - a small machine with a folder of its own as drive T:.
 *
 * Each test gets an empty folder below the system's temporary one and must leave nothing
 * open. The machine is started and stopped as boot does it.
 */
#ifndef HOSTFS_TEST_H
#define HOSTFS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "callout/ddi_frame.h"
#include "ex/ex.h"
#include "hostfs/hostfs.h"
#include "io/io.h"
#include "ke/ke.h"
#include "mm/mm.h"
#include "ob/ob.h"
#include "ps/ps.h"
#include "rtl/rtl.h"
#include "se/se.h"

/* watch/crash's in a whole machine; nothing here calls an absent export. */
void abi_export_absent(uint32_t row, struct ddi_frame *frame)
{
    (void)row;
    (void)frame;
    abort();
}

static struct process_thread *test_thread __attribute__((unused));
static struct thread test_bare __attribute__((unused));
static char test_folder[64] __attribute__((unused));

static inline void test_bare_enter(void)
{
    memset(&test_bare, 0, sizeof(test_bare));
    ke_thread_init(&test_bare, "test", NULL);
    ke_thread_adopt(&test_bare);
    ke_processor_enter();
}

static inline void test_bare_leave(void)
{
    ke_processor_leave();
    ke_thread_release(&test_bare);
}

static inline void test_boot(void)
{
    struct ke_options options = {.processors = 4};
    strcpy(test_folder, "/tmp/hostfs-test-XXXXXX");
    assert_non_null(mkdtemp(test_folder));
    assert_int_equal(ke_init(&options), STATUS_SUCCESS);
    test_bare_enter();
    assert_int_equal(ex_init(), STATUS_SUCCESS);
    assert_int_equal(mm_init(), STATUS_SUCCESS);
    assert_int_equal(ob_init(), STATUS_SUCCESS);
    assert_int_equal(se_init(), STATUS_SUCCESS);
    assert_int_equal(ps_init(), STATUS_SUCCESS);
    test_bare_leave();
    assert_int_equal(ps_thread_adopt(ps_system_process, &test_thread), STATUS_SUCCESS);
    ke_processor_enter();
    assert_int_equal(io_init(), STATUS_SUCCESS);
    assert_int_equal(hostfs_init(), STATUS_SUCCESS);
    assert_int_equal(hostfs_drive_add('T', test_folder), STATUS_SUCCESS);
}

static inline void test_count_object(struct object_type *type, void *body, void *context)
{
    (void)body;
    if (type == io_file_type || type == io_device_type || type == io_driver_type)
        ++*(unsigned *)context;
}

static inline void test_count_block(const struct ex_pool_block *block, void *context)
{
    if (memcmp(&block->tag, "CHfs", 4) == 0)
        ++*(unsigned *)context;
}

static inline void test_halt(void)
{
    struct io_counts counts;
    unsigned objects = 0, blocks = 0;
    char command[96];
    ex_work_drain();
    io_counts(&counts);
    assert_int_equal(counts.files, 0);
    assert_int_equal(counts.irps, 0);
    hostfs_fini();
    ob_visit(test_count_object, &objects);
    ex_pool_visit(test_count_block, &blocks);
    assert_int_equal(objects, 0);
    assert_int_equal(blocks, 0);
    io_fini();
    ke_processor_leave();
    ps_thread_release(test_thread);
    test_bare_enter();
    ps_fini();
    se_fini();
    ob_fini();
    mm_fini();
    ex_fini();
    test_bare_leave();
    ke_fini();
    snprintf(command, sizeof(command), "rm -rf %s", test_folder);
    assert_int_equal(system(command), 0);
}

static inline const char *test_path(const char *name)
{
    static char path[128];
    snprintf(path, sizeof(path), "%s/%s", test_folder, name);
    return path;
}

static inline void test_host_write(const char *name, const char *text)
{
    FILE *file = fopen(test_path(name), "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

/* ---- requests -------------------------------------------------------------------------------- */

static inline NTSTATUS test_create(const char *name, ULONG disposition, ULONG options,
                                   ACCESS_MASK access, ULONG share, HANDLE root,
                                   struct io_create *create, HANDLE *out_handle)
{
    UNICODE_STRING wide;
    OBJECT_ATTRIBUTES attributes;
    assert_int_equal(rtl_unicode_of(name, &wide), STATUS_SUCCESS);
    InitializeObjectAttributes(&attributes, &wide, OBJ_CASE_INSENSITIVE, root, NULL);
    *create = (struct io_create){
        .access = access | SYNCHRONIZE,
        .share_access = share,
        .disposition = disposition,
        .options = options | FILE_SYNCHRONOUS_IO_NONALERT,
    };
    NTSTATUS status = io_file_create(&attributes, KernelMode, create, out_handle);
    RtlFreeUnicodeString(&wide);
    return status;
}

#define TEST_SHARE (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)

static inline FILE_OBJECT *test_open(const char *name, ULONG disposition, HANDLE *out_handle)
{
    struct io_create create;
    assert_int_equal(test_create(name, disposition, 0,
                                 FILE_GENERIC_READ | FILE_GENERIC_WRITE | DELETE, TEST_SHARE, NULL,
                                 &create, out_handle),
                     STATUS_SUCCESS);
    return create.file;
}

/* Only whether it can be opened at all. */
static inline NTSTATUS test_try(const char *name, ULONG disposition, ULONG options)
{
    struct io_create create;
    HANDLE handle;
    NTSTATUS status = test_create(name, disposition, options, FILE_GENERIC_READ, TEST_SHARE, NULL,
                                  &create, &handle);
    if (NT_SUCCESS(status))
        ob_handle_close(handle, KernelMode);
    return status;
}

static inline NTSTATUS test_send(FILE_OBJECT *file, struct io_request request,
                                 IO_STATUS_BLOCK *block)
{
    ob_reference(file);
    request.file = file;
    request.mode = KernelMode;
    request.user_status = block;
    return io_request_send(&request);
}

static const LARGE_INTEGER test_here
    __attribute__((unused)) = {.LowPart = FILE_USE_FILE_POINTER_POSITION, .HighPart = -1};

static inline NTSTATUS test_read(FILE_OBJECT *file, void *buffer, ULONG length,
                                 LARGE_INTEGER offset, ULONG_PTR *out_done)
{
    IO_STATUS_BLOCK block = {0};
    NTSTATUS status = test_send(
        file,
        (struct io_request){
            .major = IRP_MJ_READ, .output = buffer, .output_length = length, .offset = offset},
        &block);
    *out_done = block.Information;
    return status;
}

static inline NTSTATUS test_write(FILE_OBJECT *file, const char *text, LARGE_INTEGER offset)
{
    IO_STATUS_BLOCK block = {0};
    NTSTATUS status = test_send(file,
                                (struct io_request){.major = IRP_MJ_WRITE,
                                                    .input = (void *)text,
                                                    .input_length = (ULONG)strlen(text),
                                                    .offset = offset},
                                &block);
    if (NT_SUCCESS(status))
        assert_int_equal(block.Information, strlen(text));
    return status;
}

static inline NTSTATUS test_query(FILE_OBJECT *file, uint8_t major, ULONG kind, void *buffer,
                                  ULONG length, ULONG_PTR *out_length)
{
    IO_STATUS_BLOCK block = {0};
    NTSTATUS status = test_send(
        file,
        (struct io_request){
            .major = major, .information_class = kind, .output = buffer, .output_length = length},
        &block);
    if (out_length != NULL)
        *out_length = block.Information;
    return status;
}

static inline NTSTATUS test_set(FILE_OBJECT *file, ULONG kind, void *buffer, ULONG length)
{
    IO_STATUS_BLOCK block = {0};
    return test_send(file,
                     (struct io_request){.major = IRP_MJ_SET_INFORMATION,
                                         .information_class = kind,
                                         .input = buffer,
                                         .input_length = length},
                     &block);
}

#define HOSTFS_TEST(function)                 \
    static void function##_test(void **state) \
    {                                         \
        (void)state;                          \
        test_boot();                          \
        function();                           \
        test_halt();                          \
    }

#endif
