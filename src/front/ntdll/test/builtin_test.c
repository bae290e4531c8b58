/* SPDX-License-Identifier: MIT */
/* builtin_test.c - a table of exports becomes a PE image that any parser understands. */
#include <stdlib.h>

#include "front_fake.h"
#include "ldr_internal.h"
#include "ntdll/call.h"
#include "pe/tables.h"

static struct teb teb;
static CONTEXT seen; /* the caller, as its record says */

static int WINAPI add(int a, int b)
{
    if (teb.calls)
        call_caller(teb.calls, &seen);
    return a + b;
}

static int WINAPI add_six(int a, int b, int c, int d, int e, int f)
{
    return add(a + b + c, d + e + f);
}
static int variable = 5;

static const struct abi_user_export rows[] = {
    {"Add", (const void *)add, NULL, 0, ABI_DONE, ABI_FUNCTION},
    {"AddRaw", (const void *)add, NULL, 0, ABI_DONE, ABI_RAW},
    {"AddSix", (const void *)add_six, NULL, 0, ABI_DONE, ABI_FUNCTION},
    {"Elsewhere", NULL, "ntdll.RtlElsewhere", 0, ABI_DONE, ABI_FUNCTION},
    {"Variable", &variable, NULL, 0, ABI_DONE, ABI_DATA},
    {"Zero", (const void *)add, NULL, 0, ABI_PARTIAL, ABI_FUNCTION},
    {NULL, (const void *)add, NULL, 7, ABI_DONE, ABI_FUNCTION},
};
const struct abi_user_module abi_user_modules[] = {{"probe.dll", rows, 7}, {NULL, NULL, 0}};
const uint32_t abi_user_module_count = 1;

static struct ldr_module module;

static void begin(void)
{
    memset(&module, 0, sizeof module);
    assert_int_equal(builtin_map(builtin_find("PROBE.DLL"), &module), STATUS_SUCCESS);
}

static void end(void)
{
    memory_free((void *)module.base);
    assert_int_equal(fake_memory.count, 0);
}

static void it_is_a_sound_image(void **state)
{
    struct pe_image image;
    struct pe_error error = {0};
    const char *name;
    begin();
    assert_int_equal(pe_parse_mapped((void *)module.base, module.size_bytes, &image, &error),
                     PE_OK);
    struct pe_view view = pe_view_mapped(&image, (void *)module.base, module.size_bytes);
    assert_int_equal(pe_exports_check(&view, &error), PE_OK);
    assert_int_equal(pe_export_module(&view, &name, &error), PE_OK);
    assert_string_equal(name, "probe.dll");
    assert_int_equal(image.machine, PE_MACHINE_AMD64);
    assert_true(image.characteristics & PE_FILE_DLL);
    assert_int_equal(image.image_base, module.base);
    end();
}

static void exports_are_found_by_any_parser(void **state)
{
    struct pe_export found;
    begin();
    struct pe_view view = pe_view_mapped(&module.image, (void *)module.base, module.size_bytes);
    assert_int_equal(pe_export_by_name(&view, "Add", &found, NULL), PE_OK);
    int(WINAPI * function)(int, int) = (int(WINAPI *)(int, int))(module.base + found.rva);
    assert_int_equal(function(40, 2), 42); /* through the stub */
    assert_int_equal(pe_export_by_name(&view, "Elsewhere", &found, NULL), PE_OK);
    assert_string_equal(found.forwarder, "ntdll.RtlElsewhere");
    assert_int_equal(pe_export_by_name(&view, "Zero", &found, NULL), PE_OK);
    assert_int_equal(pe_export_by_ordinal(&view, 7, &found, NULL), PE_OK);
    assert_int_equal(pe_export_by_name(&view, "add", &found, NULL), PE_ABSENT);
    assert_int_equal(pe_export_by_name(&view, "Variable", &found, NULL), PE_ABSENT);
    end();
}

static void *stub_of(const char *name)
{
    struct pe_export found;
    struct pe_view view = pe_view_mapped(&module.image, (void *)module.base, module.size_bytes);
    assert_int_equal(pe_export_by_name(&view, name, &found, NULL), PE_OK);
    return (void *)(module.base + found.rva);
}

static void calls_are_recorded(void **state)
{
    struct call_record *store = call_store_make();
    begin();
    int(WINAPI * six)(int, int, int, int, int, int) = stub_of("AddSix");
    int(WINAPI * raw)(int, int) = stub_of("AddRaw");
    call_store_give(&teb, store);
    for (unsigned i = 0; i < 2 * CALL_RECORDS; i++) {
        seen = (CONTEXT){0};
        assert_int_equal(six(1, 2, 3, 4, 5, 6), 21);
        assert_true(seen.Rip > (uint64_t)calls_are_recorded && seen.Rsp < (uint64_t)&store);
        assert_null(teb.calls);
    }
    assert_true(call_store_is_whole(&teb, store));
    seen = (CONTEXT){0};
    assert_int_equal(raw(1, 2), 3);
    assert_int_equal(seen.Rip, 0);
    /* Without a store the call is made all the same. */
    call_store_give(&teb, NULL);
    assert_int_equal(six(1, 2, 3, 4, 5, 6), 21);
    assert_int_equal(seen.Rip, 0);
    free(store);
    end();
}

static void rows_are_found(void **state)
{
    begin();
    const struct abi_user_export *row = builtin_export(module.builtin, "Zero", 0);
    assert_ptr_equal(row, &rows[5]);
    assert_null(builtin_export(module.builtin, "Aaa", 0));
    assert_null(builtin_export(module.builtin, "Zzz", 0));
    assert_ptr_equal(builtin_export(module.builtin, NULL, 7), &rows[6]);
    assert_ptr_equal(builtin_export(module.builtin, NULL, 1), &rows[0]);
    assert_null(builtin_export(module.builtin, NULL, 8));
    assert_ptr_equal(builtin_address(&module, &rows[4]), &variable);
    assert_null(builtin_find("other.dll"));
    end();
}

static void no_memory_is_said(void **state)
{
    memset(&module, 0, sizeof module);
    fake_memory.left = 0;
    assert_int_equal(builtin_map(&abi_user_modules[0], &module), STATUS_NO_MEMORY);
    fake_memory.left = -1;
    assert_int_equal(fake_memory.count, 0);
}

static void api_sets_have_hosts(void **state)
{
    assert_string_equal(apiset_host("api-ms-win-crt-stdio-l1-1-0.dll"), "ucrtbase.dll");
    assert_string_equal(apiset_host("API-MS-WIN-CORE-FILE-L1-2-0.DLL"), "kernel32.dll");
    assert_string_equal(apiset_host("api-ms-win-core-registry-l1-1-0.dll"), "advapi32.dll");
    assert_string_equal(apiset_host("KernelBase.dll"), "kernel32.dll");
    assert_string_equal(apiset_host("mine.dll"), "mine.dll");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_a_sound_image), cmocka_unit_test(exports_are_found_by_any_parser),
        cmocka_unit_test(calls_are_recorded),  cmocka_unit_test(rows_are_found),
        cmocka_unit_test(no_memory_is_said),   cmocka_unit_test(api_sets_have_hosts),
    };
    fake_thread(&teb, 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
