/* SPDX-License-Identifier: MIT */
/* section_test.c - sections and views without drivers: counts, protections, commitment. */
#include "mm_test.h"
#include "ob/ob.h"

static void *section_of(uint64_t bytes, ULONG protect, ULONG attributes)
{
    struct mm_section_request request = {
        .bytes = bytes, .protect = protect, .attributes = attributes};
    void *section;

    assert_int_equal(mm_section_create(&request, &section), STATUS_SUCCESS);
    return section;
}

static char *view_of(void *section, struct mm_window *window, ULONG protect)
{
    struct mm_view_request request = {.protect = protect};

    assert_int_equal(mm_view_map(section, window, &request), STATUS_SUCCESS);
    return (char *)request.address;
}

static struct mm_counts counts_now(void)
{
    struct mm_counts counts;

    mm_counts(&counts);
    return counts;
}

/* Two windows see one store; it goes with the last view, or with the window that has it. */
static void shared_and_gone(void)
{
    struct mm_window *one, *two;
    char *first, *second;
    void *section;

    assert_int_equal(ob_init(), STATUS_SUCCESS);
    assert_int_equal(mm_sections_init(), STATUS_SUCCESS);
    assert_int_equal(mm_window_create(&one), STATUS_SUCCESS);
    assert_int_equal(mm_window_create(&two), STATUS_SUCCESS);
    section = section_of(0x20000, PAGE_READWRITE, SEC_COMMIT);
    first = view_of(section, one, PAGE_READWRITE);
    second = view_of(section, two, PAGE_READONLY);
    first[0x1ffff] = 'x';
    assert_int_equal(second[0x1ffff], 'x');
    ob_dereference(section);
    assert_int_equal(counts_now().stores, 1);
    assert_int_equal(mm_view_unmap(one, (uintptr_t)first + 0x5000), STATUS_SUCCESS);
    assert_int_equal(mm_view_unmap(one, (uintptr_t)first), STATUS_NOT_MAPPED_VIEW);
    assert_int_equal(second[0x1ffff], 'x');
    mm_window_destroy(two); /* as when a program ends */
    assert_int_equal(counts_now().stores, 0);
    assert_int_equal(counts_now().views, 0);
    mm_window_destroy(one);
    mm_sections_fini();
    ob_fini();
}

static void what_is_refused(void)
{
    struct mm_section_request request = {.bytes = 0x1000, .protect = PAGE_READWRITE};
    struct mm_view_request view = {.protect = PAGE_READWRITE};
    struct mm_window *window;
    void *section;

    assert_int_equal(ob_init(), STATUS_SUCCESS);
    assert_int_equal(mm_sections_init(), STATUS_SUCCESS);
    assert_int_equal(mm_window_create(&window), STATUS_SUCCESS);
    assert_int_equal(mm_section_create(&request, &section), STATUS_INVALID_PARAMETER_6);
    request.attributes = SEC_COMMIT;
    request.protect = PAGE_READWRITE | PAGE_READONLY;
    assert_int_equal(mm_section_create(&request, &section), STATUS_INVALID_PAGE_PROTECTION);
    section = section_of(0x1000, PAGE_READONLY, SEC_COMMIT);
    assert_int_equal(mm_view_map(section, window, &view), STATUS_SECTION_PROTECTION);
    view = (struct mm_view_request){.protect = PAGE_READONLY, .offset = 0x1000};
    assert_int_equal(mm_view_map(section, window, &view), STATUS_MAPPED_ALIGNMENT);
    view = (struct mm_view_request){.protect = PAGE_READONLY, .bytes = 0x2000};
    assert_int_equal(mm_view_map(section, window, &view), STATUS_INVALID_VIEW_SIZE);
    assert_int_equal(mm_section_extend(section, &(uint64_t){0x2000}), STATUS_SECTION_NOT_EXTENDED);
    ob_dereference(section);
    mm_window_destroy(window);
    mm_sections_fini();
    ob_fini();
}

/* Pages that one view commits are there for the other when they are asked for. */
static void committed_later(void)
{
    MEMORY_BASIC_INFORMATION information;
    uint64_t at, bytes = 0x3000;
    struct mm_window *window;
    char *first, *second;
    void *section;

    assert_int_equal(ob_init(), STATUS_SUCCESS);
    assert_int_equal(mm_sections_init(), STATUS_SUCCESS);
    assert_int_equal(mm_window_create(&window), STATUS_SUCCESS);
    section = section_of(0x100000, PAGE_READWRITE, SEC_RESERVE);
    first = view_of(section, window, PAGE_READWRITE);
    second = view_of(section, window, PAGE_READWRITE);
    assert_int_equal(CATCH(*(volatile char *)first), STATUS_ACCESS_VIOLATION);
    at = (uintptr_t)first + 0x4000;
    assert_int_equal(mm_window_allocate(window, &at, &bytes, MEM_COMMIT, PAGE_READWRITE),
                     STATUS_SUCCESS);
    first[0x6fff] = 'c';
    assert_int_equal(mm_window_fault((uintptr_t)second + 0x3fff, false, false),
                     STATUS_ACCESS_VIOLATION);
    assert_int_equal(mm_window_fault((uintptr_t)second + 0x6fff, false, false), STATUS_SUCCESS);
    assert_int_equal(second[0x6fff], 'c');
    assert_int_equal(mm_window_query(window, (uintptr_t)second + 0x4000, &information),
                     STATUS_SUCCESS);
    assert_int_equal(information.RegionSize, 0x3000);
    mm_view_unmap(window, (uintptr_t)first);
    mm_view_unmap(window, (uintptr_t)second);
    ob_dereference(section);
    mm_window_destroy(window);
    mm_sections_fini();
    ob_fini();
}

int main(void)
{
    const struct mm_test tests[] = {
        MM_TEST(shared_and_gone),
        MM_TEST(what_is_refused),
        MM_TEST(committed_later),
    };

    return MM_TEST_RUN(tests);
}
