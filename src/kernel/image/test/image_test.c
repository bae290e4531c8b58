/* SPDX-License-Identifier: MIT */
/* image_test.c - loading drivers, whole and damaged; who is found at an address.
 */
#include <pthread.h>
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

#include "callout/callout.h"
#include "image_internal.h"
#include "room_report.h"

extern const char image_entry_compare[];
SIZE_T NTAPI image_compare(const void *a, const void *b, SIZE_T length);
static USHORT build_number = 1234;

SIZE_T NTAPI image_compare(const void *a, const void *b, SIZE_T length)
{
    (void)a;
    (void)b;
    return length;
}

struct abi_export image_rows[] = {
    {"NtBuildNumber", &build_number, "test", 0, ABI_NTOSKRNL, ABI_DONE, ABI_DATA, 0},
    {"RtlCompareMemory", image_entry_compare, "test", 0, ABI_NTOSKRNL, ABI_DONE, ABI_FUNCTION, 3},
    {"ZwAbsent", image_entry_compare, "test", 0, ABI_NTOSKRNL, ABI_ABSENT, ABI_FUNCTION, 3},
};

static const char *absent_name;
static jmp_buf absent_jump;

void abi_export_absent(uint32_t row, struct ddi_frame *frame)
{
    assert_int_equal(row, DDI_ROW_UNKNOWN);
    absent_name = frame->row->name;
    longjmp(absent_jump, 1);
}

/* ---- files ------------------------------------------------------------------------------ */

static char folder[64];

static int setup(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/cove-image-XXXXXX");
    assert_non_null(mkdtemp(folder));
    assert_int_equal(image_init(), STATUS_SUCCESS);
    image_kernel_exports_set(image_rows, sizeof(image_rows) / sizeof(image_rows[0]));
    return 0;
}

static int teardown(void **state)
{
    char command[128];
    (void)state;
    image_fini();
    snprintf(command, sizeof(command), "rm -rf %s", folder);
    return system(command);
}

static char *path_in(const char *name)
{
    static char path[128];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    return path;
}

static size_t read_driver(const char *name, uint8_t **out_bytes)
{
    char path[512];
    snprintf(path, sizeof(path), "%s/%s", COVE_TEST_DRIVERS, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    uint8_t *bytes = malloc(1 << 20);
    size_t size = fread(bytes, 1, 1 << 20, file);
    fclose(file);
    *out_bytes = bytes;
    return size;
}

static void write_file(const char *name, const uint8_t *bytes, size_t size)
{
    FILE *file = fopen(path_in(name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    fclose(file);
}

static void copy_driver(const char *from, const char *to)
{
    uint8_t *bytes;
    size_t size = read_driver(from, &bytes);
    write_file(to, bytes, size);
    free(bytes);
}

static void count_one(struct image *image, void *context)
{
    (void)image;
    ++*(unsigned *)context;
}

static unsigned images(void)
{
    unsigned count = 0;
    image_visit(count_one, &count);
    return count;
}

static struct image *load(const char *name)
{
    struct image_error error = {0};
    struct image *image = NULL;
    if (!NT_SUCCESS(image_load(path_in(name), &image, &error)))
        fail_msg("%s: %s", name, error.text);
    return image;
}

/* Expects a failure whose text holds all the words; nothing must be left behind. */
static void refuse(const char *name, NTSTATUS status, const char *word, const char *other)
{
    struct image_error error = {0};
    struct image *image = NULL;
    unsigned before = images();
    NTSTATUS is = image_load(path_in(name), &image, &error);
    if (is != status || error.status != status || strstr(error.text, word) == NULL ||
        strstr(error.text, other) == NULL)
        fail_msg("%s: 0x%x \"%s\", not 0x%x with %s and %s", name, (unsigned)is, error.text,
                 (unsigned)status, word, other);
    assert_null(image);
    assert_int_equal(images(), before);
}

/* ---- whole drivers -----------------------------------------------------------------------------
 */

static void run(struct image *image, unsigned part)
{
    static struct room_report report;
    uint64_t arguments[2] = {(uint64_t)&report, 0};
    memset(&report, 0, sizeof(report));
    report.part = part;
    callout_invoke((const void *)image->entry, arguments, 2);
    for (unsigned i = 0; i < report.failed; i++)
        print_error("line %d: not so: %s (is 0x%llx)\n", report.failures[i].line,
                    report.failures[i].what, report.failures[i].is);
    assert_int_equal(report.failed, 0);
    assert_true(report.checks > 5);
}

static void binds_and_runs(void **state)
{
    (void)state;
    copy_driver("room_client.sys", "client.sys");
    copy_driver("room_library.sys", "Room_Library.SYS"); /* names have no case */
    unsigned before = images();
    struct image *client = load("client.sys");
    assert_int_equal(images(), before + 2);
    assert_string_equal(client->name, "client.sys");
    assert_in_range(client->base, 0x480000000000, 0x490000000000);
    assert_int_equal(client->base & 0xffff, 0);
    run(client, 0);
    if (setjmp(absent_jump) == 0) {
        run(client, 1);
        fail();
    }
    callout_unwind_to(UINT64_MAX);
    assert_string_equal(absent_name, "IoAllocateIrp");
    uint64_t add = (uint64_t)image_export("room_library.sys", "LibraryAdd");
    assert_true(add != 0 && image_of_address(add) != client);
    assert_string_equal(image_of_address(add)->name, "Room_Library.SYS");
    assert_null(image_export("room_library.sys", "Nothing"));
    image_unload(client);
    assert_int_equal(images(), before);
    assert_null(image_of_address(add));
    unlink(path_in("Room_Library.SYS"));
}

static void libraries_are_shared(void **state)
{
    (void)state;
    copy_driver("room_client.sys", "one.sys");
    copy_driver("room_client.sys", "two.sys");
    copy_driver("room_library.sys", "room_library.sys");
    unsigned before = images();
    struct image *one = load("one.sys"), *two = load("two.sys");
    assert_int_equal(images(), before + 3);
    image_unload(one);
    assert_int_equal(images(), before + 2);
    struct image *library = load("room_library.sys"); /* now for itself */
    assert_int_equal(images(), before + 2);
    assert_int_equal(library->references, 2);
    refuse("room_library.sys", STATUS_IMAGE_ALREADY_LOADED, "room_library.sys", "loaded already");
    image_unload(two);
    assert_int_equal(images(), before + 1);
    image_unload(library);
    assert_int_equal(images(), before);
}

static void init_goes(void **state)
{
    (void)state;
    copy_driver("room_client.sys", "client.sys");
    copy_driver("room_library.sys", "room_library.sys");
    struct image *client = load("client.sys");
    const struct pe_section *init = NULL, *text = NULL;
    for (uint32_t i = 0; i < client->pe.section_count; i++) {
        if (strcmp(client->pe.sections[i].name, "INIT") == 0)
            init = &client->pe.sections[i];
        if (strcmp(client->pe.sections[i].name, ".text") == 0)
            text = &client->pe.sections[i];
    }
    assert_non_null(init);
    assert_non_null(text);
    assert_true(image_can_read(client->base + init->rva, 16));
    assert_true(image_is_driver_code(client->base + init->rva));
    image_discard_init(client);
    assert_false(image_can_read(client->base + init->rva, 16));
    assert_true(image_can_read(client->base + text->rva, 16));
    assert_false(image_can_read(client->base + client->size - 4, 16));
    assert_false(image_can_read(client->base - 4, 8));
    image_unload(client);
}

static void kernel_names(void **state)
{
    (void)state;
    assert_ptr_equal(image_export(NULL, "RtlCompareMemory"), image_entry_compare);
    assert_ptr_equal(image_export("NTOSKRNL.exe", "NtBuildNumber"), &build_number);
    assert_null(image_export("hal.dll", "ZwAbsent"));
    assert_null(image_export(NULL, "NoSuchName"));
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"RtlCompareMemory");
    assert_ptr_equal(MmGetSystemRoutineAddress(&name), image_entry_compare);
    name = (UNICODE_STRING)RTL_CONSTANT_STRING(L"ZwAbsent");
    assert_null(MmGetSystemRoutineAddress(&name));
}

/* ---- what is refused -------------------------------------------------------------------- */

static void missing_modules(void **state)
{
    (void)state;
    unlink(path_in("room_library.sys"));
    copy_driver("room_client.sys", "alone.sys");
    refuse("alone.sys", STATUS_DLL_NOT_FOUND, "alone.sys", "room_library.sys");
    /* A folder of that name is no module, nor are those that every folder has. */
    assert_int_equal(mkdir(path_in("room_library.sys"), 0700), 0);
    refuse("alone.sys", STATUS_DLL_NOT_FOUND, "alone.sys", "room_library.sys");
    assert_int_equal(rmdir(path_in("room_library.sys")), 0);
    assert_null(image_file_beside(path_in("alone.sys"), "."));
    assert_null(image_file_beside(path_in("alone.sys"), ".."));
    copy_driver("room_seh.sys", "room_library.sys"); /* the name, but not the exports */
    refuse("alone.sys", STATUS_DRIVER_ENTRYPOINT_NOT_FOUND, "Library", "room_library.sys");
    unlink(path_in("room_library.sys"));
    refuse("nowhere.sys", STATUS_OBJECT_NAME_NOT_FOUND, "nowhere.sys", "does not exist");
}

/* Where the optional header of a 64-bit image begins. */
static uint32_t optional_header(const uint8_t *bytes)
{
    uint32_t offset;
    memcpy(&offset, bytes + 0x3c, sizeof(offset));
    return offset + 24;
}

static void damaged_files(void **state)
{
    uint8_t *bytes;
    size_t size = read_driver("room_library.sys", &bytes);
    uint32_t optional = optional_header(bytes), value;
    (void)state;
    write_file("cut.sys", bytes, size / 2);
    refuse("cut.sys", STATUS_INVALID_IMAGE_FORMAT, "cut.sys", "SizeOfRawData");
    write_file("empty.sys", bytes, 0);
    refuse("empty.sys", STATUS_INVALID_IMAGE_FORMAT, "empty.sys", "e_magic");
#define DAMAGE(at, type, new, status, word)          \
    do {                                             \
        type kept_, new_ = (new);                    \
        memcpy(&kept_, bytes + (at), sizeof(kept_)); \
        memcpy(bytes + (at), &new_, sizeof(new_));   \
        write_file("bad.sys", bytes, size);          \
        refuse("bad.sys", status, "bad.sys", word);  \
        memcpy(bytes + (at), &kept_, sizeof(kept_)); \
    } while (0)
    DAMAGE(0, uint16_t, 0x1234, STATUS_INVALID_IMAGE_FORMAT, "e_magic");
    DAMAGE(optional - 20, uint16_t, 0xaa64, STATUS_INVALID_IMAGE_FORMAT, "Machine");
    DAMAGE(optional + 56, uint32_t, 0x7fffffff, STATUS_INVALID_IMAGE_FORMAT, "SizeOfImage");
    DAMAGE(optional + 16, uint32_t, 0x00f00000, STATUS_INVALID_IMAGE_FORMAT, "AddressOfEntryPoint");
    DAMAGE(optional - 20, uint16_t, 0x14c, STATUS_INVALID_IMAGE_FORMAT, "Magic");
    DAMAGE(optional + 112 + 8 * 14, uint64_t, 0x4800001000, STATUS_INVALID_IMAGE_FORMAT, ".NET");
    memcpy(&value, bytes + optional + 64, sizeof(value));
    value++; /* a CheckSum that is wrong is nobody's business */
    memcpy(bytes + optional + 64, &value, sizeof(value));
    bytes[optional + 68] = 3; /* nor is a Subsystem of programs */
    memcpy(&value, bytes + optional + 112 + 8 * 3 + 4, sizeof(value));
    assert_true(value > 12);
    value -= 5; /* nor a function table of half entries */
    memcpy(bytes + optional + 112 + 8 * 3 + 4, &value, sizeof(value));
    write_file("good.sys", bytes, size);
    image_unload(load("good.sys"));
    free(bytes);
}

/* ---- readers while images come and go --------------------------------------------------- */

static _Atomic bool is_over;
static _Atomic uint64_t looked_at;

static void *look(void *argument)
{
    struct image *steady = argument;
    while (!is_over) {
        assert_ptr_equal(image_of_address(steady->base + 100), steady);
        image_of_address(steady->base + 0x100000);
        looked_at++;
    }
    return NULL;
}

static void found_while_others_go(void **state)
{
    pthread_t thread;
    (void)state;
    copy_driver("room_library.sys", "steady.sys");
    copy_driver("room_library.sys", "passing.sys");
    struct image *steady = load("steady.sys");
    pthread_create(&thread, NULL, look, steady);
    for (unsigned i = 0; i < 200 || looked_at < 1000; i++)
        image_unload(load("passing.sys"));
    is_over = true;
    pthread_join(thread, NULL);
    image_unload(steady);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(binds_and_runs),
        cmocka_unit_test(libraries_are_shared),
        cmocka_unit_test(init_goes),
        cmocka_unit_test(kernel_names),
        cmocka_unit_test(missing_modules),
        cmocka_unit_test(damaged_files),
        cmocka_unit_test(found_while_others_go),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
