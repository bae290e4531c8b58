/* SPDX-License-Identifier: MIT */
/* window_test.c - windows: what NtAllocateVirtualMemory & co. promise, and that another process
 * that maps the file by the posted commands sees the same bytes.
 */
#include "mm_test.h"

static NTSTATUS allocate(struct mm_window *window, uint64_t *address, uint64_t size, ULONG type,
                         ULONG protect)
{
    return mm_window_allocate(window, address, &size, type, protect);
}

static void reserve_commit_free(void)
{
    struct mm_window *window;
    MEMORY_BASIC_INFORMATION information;
    uint64_t base = 0, size = 200000, at;
    char *bytes;

    assert_int_equal(mm_window_create(&window), STATUS_SUCCESS);
    assert_int_equal(mm_window_allocate(window, &base, &size, MEM_RESERVE, PAGE_READWRITE),
                     STATUS_SUCCESS);
    assert_int_equal(base & 0xffff, 0);
    assert_int_equal(size, 200704); /* whole pages */
    bytes = (char *)base;
    assert_int_equal(CATCH(bytes[0] = 1), STATUS_ACCESS_VIOLATION); /* reserved only */

    at = base + 5000;
    size = 4000;
    assert_int_equal(mm_window_allocate(window, &at, &size, MEM_COMMIT, PAGE_READWRITE),
                     STATUS_SUCCESS);
    assert_int_equal(at, base + 4096);
    assert_int_equal(size, 8192);
    assert_int_equal(bytes[4096], 0);
    bytes[4096] = 'a';
    assert_int_equal(CATCH(bytes[12288] = 1), STATUS_ACCESS_VIOLATION);

    assert_int_equal(mm_window_query(window, base + 4096, &information), STATUS_SUCCESS);
    assert_ptr_equal(information.AllocationBase, (void *)base);
    assert_int_equal(information.RegionSize, 8192);
    assert_int_equal(information.State, MEM_COMMIT);
    assert_int_equal(information.Protect, PAGE_READWRITE);
    assert_int_equal(information.Type, MEM_PRIVATE);
    assert_int_equal(mm_window_query(window, base + 12288, &information), STATUS_SUCCESS);
    assert_int_equal(information.State, MEM_RESERVE);
    assert_int_equal(mm_window_query(window, base + 200704, &information), STATUS_SUCCESS);
    assert_int_equal(information.State, MEM_FREE);

    at = base + 4096;
    size = 4096;
    assert_int_equal(mm_window_free(window, &at, &size, MEM_DECOMMIT), STATUS_SUCCESS);
    assert_int_equal(CATCH(bytes[4096] = 1), STATUS_ACCESS_VIOLATION);
    assert_int_equal(mm_window_allocate(window, &at, &size, MEM_COMMIT, PAGE_READWRITE),
                     STATUS_SUCCESS);
    assert_int_equal(bytes[4096], 0); /* new memory */

    size = 0;
    at = base + 4096;
    assert_int_equal(mm_window_free(window, &at, &size, MEM_RELEASE), STATUS_FREE_VM_NOT_AT_BASE);
    at = base;
    assert_int_equal(mm_window_free(window, &at, &size, MEM_RELEASE), STATUS_SUCCESS);
    assert_int_equal(size, 200704);
    assert_int_equal(mm_window_free(window, &at, &size, MEM_RELEASE), STATUS_MEMORY_NOT_ALLOCATED);
    mm_window_destroy(window);
}

static void refusals(void)
{
    struct mm_window *window;
    uint64_t base = 0, other = 0, size, at;
    ULONG old;

    assert_int_equal(mm_window_create(&window), STATUS_SUCCESS);
    at = 0;
    assert_int_equal(allocate(window, &at, 0, MEM_RESERVE, PAGE_READWRITE),
                     STATUS_INVALID_PARAMETER_4);
    assert_int_equal(allocate(window, &at, 4096, 0, PAGE_READWRITE), STATUS_INVALID_PARAMETER_5);
    assert_int_equal(allocate(window, &at, 4096, MEM_RESERVE | 0x10, PAGE_READWRITE),
                     STATUS_INVALID_PARAMETER_5);
    assert_int_equal(allocate(window, &at, 4096, MEM_RESERVE, 0), STATUS_INVALID_PAGE_PROTECTION);
    assert_int_equal(allocate(window, &at, 4096, MEM_RESERVE, PAGE_READONLY | PAGE_READWRITE),
                     STATUS_INVALID_PAGE_PROTECTION);
    at = MM_USER_END;
    assert_int_equal(allocate(window, &at, 4096, MEM_RESERVE, PAGE_READWRITE),
                     STATUS_INVALID_PARAMETER_2);
    at = 0x10000; /* not in this window */
    assert_int_equal(allocate(window, &at, 4096, MEM_RESERVE, PAGE_READWRITE),
                     STATUS_CONFLICTING_ADDRESSES);
    at = mm_window_base(window) + 0x100000;
    assert_int_equal(allocate(window, &at, 4096, MEM_COMMIT, PAGE_READWRITE),
                     STATUS_CONFLICTING_ADDRESSES); /* nobody reserved it */

    assert_int_equal(allocate(window, &base, 0x10000, MEM_RESERVE, PAGE_READWRITE), STATUS_SUCCESS);
    other = base + 0x10000;
    assert_int_equal(allocate(window, &other, 0x10000, MEM_RESERVE, PAGE_READWRITE),
                     STATUS_SUCCESS);
    at = base + 0x8000;
    assert_int_equal(allocate(window, &at, 0x1000, MEM_RESERVE, PAGE_READWRITE),
                     STATUS_CONFLICTING_ADDRESSES);
    at = base + 0xf000; /* across two allocations */
    assert_int_equal(allocate(window, &at, 0x2000, MEM_COMMIT, PAGE_READWRITE),
                     STATUS_CONFLICTING_ADDRESSES);
    at = base + 0xf000;
    size = 0x2000;
    assert_int_equal(mm_window_free(window, &at, &size, MEM_DECOMMIT), STATUS_UNABLE_TO_FREE_VM);
    at = base;
    size = 0x1000;
    assert_int_equal(mm_window_protect(window, &at, &size, PAGE_READONLY, &old),
                     STATUS_NOT_COMMITTED);
    assert_int_equal(mm_window_free(window, &at, &size, MEM_FREE), STATUS_INVALID_PARAMETER_4);
    mm_window_destroy(window);
}

static void protections(void)
{
    struct mm_window *window;
    uint64_t base, at, size;
    volatile char *bytes;
    ULONG old;

    assert_int_equal(mm_window_create(&window), STATUS_SUCCESS);
    base = window_alloc(window, 0x4000, PAGE_READWRITE);
    bytes = (volatile char *)base;
    bytes[0x1000] = 7;
    at = base + 0x1000;
    size = 0x1000;
    assert_int_equal(mm_window_protect(window, &at, &size, PAGE_READONLY, &old), STATUS_SUCCESS);
    assert_int_equal(old, PAGE_READWRITE);
    assert_int_equal(bytes[0x1000], 7);
    assert_int_equal(CATCH(bytes[0x1000] = 1), STATUS_ACCESS_VIOLATION);
    bytes[0x2000] = 1;
    assert_int_equal(mm_window_protect(window, &at, &size, PAGE_NOACCESS, &old), STATUS_SUCCESS);
    assert_int_equal(CATCH((void)bytes[0x1000]), STATUS_ACCESS_VIOLATION);
    assert_int_equal(mm_window_protect(window, &at, &size, PAGE_READWRITE, &old), STATUS_SUCCESS);
    assert_int_equal(old, PAGE_NOACCESS);
    assert_int_equal(bytes[0x1000], 7); /* contents stay */
    window_release(window, base);
    mm_window_destroy(window);
}

static void top_down_and_gaps(void)
{
    struct mm_window *window;
    uint64_t a = 0, b = 0, c = 0, size = 0x10000;

    assert_int_equal(mm_window_create(&window), STATUS_SUCCESS);
    assert_int_equal(
        mm_window_allocate(window, &a, &size, MEM_RESERVE | MEM_TOP_DOWN, PAGE_READWRITE),
        STATUS_SUCCESS);
    assert_int_equal(a, mm_window_base(window) + MM_WINDOW_BYTES - 0x10000);
    assert_int_equal(allocate(window, &b, 0x1000, MEM_RESERVE, PAGE_READWRITE), STATUS_SUCCESS);
    assert_int_equal(b, mm_window_base(window) + 0x10000);
    assert_int_equal(allocate(window, &c, 0x1000, MEM_RESERVE, PAGE_READWRITE), STATUS_SUCCESS);
    assert_int_equal(c, b + 0x10000); /* 64 KiB apart although one page long */
    window_release(window, b);
    b = 0;
    assert_int_equal(allocate(window, &b, 0x10000, MEM_RESERVE, PAGE_READWRITE), STATUS_SUCCESS);
    assert_int_equal(b, c - 0x10000);
    size = MM_WINDOW_BYTES;
    b = 0;
    assert_int_equal(mm_window_allocate(window, &b, &size, MEM_RESERVE, PAGE_READWRITE),
                     STATUS_NO_MEMORY);
    mm_window_destroy(window);
}

#define COMMANDS_MAX 64
struct commands {
    struct mm_map_command list[COMMANDS_MAX];
    unsigned count;
};

static void post(void *context, const struct mm_map_command *command)
{
    struct commands *commands = context;

    assert_true(commands->count < COMMANDS_MAX);
    commands->list[commands->count++] = *command;
}

/* What a program's front does with the commands. */
static void apply(const struct commands *commands, int window_fd)
{
    for (unsigned i = 0; i < commands->count; i++) {
        const struct mm_map_command *command = &commands->list[i];
        void *got;
        if (command->share == MM_SHARE_NONE)
            host_memory_decommit((void *)command->address, command->length);
        else
            COVE_ASSERT(host_share_map(command->share == MM_SHARE_POOL ? ex_pool_fd() : window_fd,
                                       command->offset, command->length, (int)command->protection,
                                       (void *)command->address, &got) == 0);
    }
}

static void another_process_sees_the_same(void)
{
    static struct commands commands;
    struct mm_window *window;
    uint64_t base, size = 0x1000, at;
    int fd, status;
    ULONG old;
    pid_t child;
    volatile char *bytes;

    commands.count = 0;
    assert_int_equal(mm_window_create(&window), STATUS_SUCCESS);
    mm_window_listener_set(window, post, &commands);
    base = window_alloc(window, 0x3000, PAGE_READWRITE);
    bytes = (volatile char *)base;
    bytes[0] = 'k';
    at = base + 0x2000;
    assert_int_equal(mm_window_protect(window, &at, &size, PAGE_READONLY, &old), STATUS_SUCCESS);
    fd = mm_window_fd(window);

    child = fork();
    if (child == 0) {
        /* Nothing of the machine's mapping is left; only the commands make it. */
        host_memory_release((void *)mm_window_base(window), MM_WINDOW_BYTES);
        apply(&commands, fd);
        if (bytes[0] != 'k')
            _exit(1);
        bytes[1] = 'p';
        host_fault_install(test_fault);
        if (CATCH(bytes[0x2000] = 1) != STATUS_ACCESS_VIOLATION)
            _exit(2);
        if (mm_user_copy((void *)(base + 0x1ff8), "12345678", 8) != STATUS_SUCCESS)
            _exit(3);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(bytes[1], 'p');
    assert_memory_equal((const void *)(base + 0x1ff8), "12345678", 8);

    commands.count = 0;
    window_release(window, base);
    assert_int_equal(commands.count >= 1, 1);
    assert_int_equal(commands.list[commands.count - 1].share, MM_SHARE_NONE);
    mm_window_destroy(window);
}

static void windows_do_not_overlap(void)
{
    struct mm_window *windows[5];

    for (unsigned i = 0; i < 5; i++)
        assert_int_equal(mm_window_create(&windows[i]), STATUS_SUCCESS);
    for (unsigned i = 1; i < 5; i++)
        assert_int_equal(mm_window_base(windows[i]) - mm_window_base(windows[i - 1]),
                         MM_WINDOW_BYTES);
    mm_window_destroy(windows[2]);
    assert_int_equal(mm_window_create(&windows[2]), STATUS_SUCCESS);
    assert_int_equal(mm_window_base(windows[2]), mm_window_base(windows[1]) + MM_WINDOW_BYTES);
    for (unsigned i = 0; i < 5; i++)
        mm_window_destroy(windows[i]);
}

/* Random operations against a plain model of pages. */
#define MODEL_PAGES 64
static void a_model_agrees(void)
{
    struct mm_window *window;
    uint8_t model[MODEL_PAGES] = {0}; /* 0: reserved, else value written + 1 */
    uint64_t base = 0;
    unsigned seed = 12345;

    assert_int_equal(mm_window_create(&window), STATUS_SUCCESS);
    assert_int_equal(allocate(window, &base, MODEL_PAGES << 12, MEM_RESERVE, PAGE_READWRITE),
                     STATUS_SUCCESS);
    for (unsigned i = 0; i < 3000; i++) {
        unsigned first = (seed = seed * 1664525 + 1013904223) >> 26;
        unsigned count = 1 + ((seed >> 16) & 7);
        uint64_t at = base + (first << 12), size;

        if (first + count > MODEL_PAGES)
            count = MODEL_PAGES - first;
        size = (uint64_t)count << 12;
        if ((seed >> 8 & 1) != 0) {
            assert_int_equal(mm_window_allocate(window, &at, &size, MEM_COMMIT, PAGE_READWRITE),
                             STATUS_SUCCESS);
            for (unsigned p = first; p < first + count; p++) {
                volatile uint8_t *byte = (volatile uint8_t *)(base + (p << 12));
                assert_int_equal(*byte, model[p] == 0 ? 0 : model[p] - 1);
                *byte = (uint8_t)(i % 250);
                model[p] = (uint8_t)(i % 250 + 1);
            }
        } else {
            assert_int_equal(mm_window_free(window, &at, &size, MEM_DECOMMIT), STATUS_SUCCESS);
            memset(model + first, 0, count);
        }
    }
    for (unsigned p = 0; p < MODEL_PAGES; p++) {
        uint8_t byte = 0;
        NTSTATUS status = mm_user_copy(&byte, (void *)(base + (p << 12)), 1);
        assert_int_equal(status, model[p] == 0 ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS);
        if (model[p] != 0)
            assert_int_equal(byte, model[p] - 1);
    }
    mm_window_destroy(window);
}

int main(void)
{
    static const struct mm_test tests[] = {
        MM_TEST(reserve_commit_free),
        MM_TEST(refusals),
        MM_TEST(protections),
        MM_TEST(top_down_and_gaps),
        MM_TEST(another_process_sees_the_same),
        MM_TEST(windows_do_not_overlap),
        MM_TEST(a_model_agrees),
    };

    return MM_TEST_RUN(tests);
}
