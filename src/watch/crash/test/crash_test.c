/* SPDX-License-Identifier: MIT */
/* crash_test.c - what a report says, and how the machine ends.
 *
 * A child stops; the report is read from its file.
 */
#define ROOM_KERNEL_HAS_ABSENT
#include "room_kernel.h"

#include "crash/crash.h"
#include "mm/mm.h"
#include "seh/seh.h"

static char path[64];
static char text[16384];
static char *goodbye_text; /* shared with the child */

static void abandon(const char *goodbye, uint32_t exit_code)
{
    snprintf(goodbye_text, 256, "%u %s", exit_code, goodbye);
}

static void read_report(void)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
    fclose(file);
    unlink(path);
}

/* Runs body in a child with a machine that reports; the report is in text. */
static void stop_in_child(void (*body)(void))
{
    int status;
    goodbye_text = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    snprintf(path, sizeof(path), "/tmp/cove-crash-%d", getpid());
    unlink(path);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        freopen("/dev/null", "w", stderr);
        room_start();
        crash_install(abandon);
        crash_file_set(path);
        seh_init();
        body();
        _exit(1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), CRASH_EXIT_CODE);
    read_report();
}

static void says(const char *words)
{
    if (strstr(text, words) == NULL)
        fail_msg("the report does not say \"%s\":\n%s", words, text);
}

static void unhandled(void)
{
    room_enter("room_seh.sys", 100, NULL);
}

static void names_code_driver_and_stack(void **state)
{
    (void)state;
    stop_in_child(unhandled);
    says("*** STOP: 0x0000001E KMODE_EXCEPTION_NOT_HANDLED");
    says("*** at room_seh.sys+0x");
    says("1  0xffffffffe0000001  exception code");
    says("2  0x0000480000");
    says("exception\n  0xE0000001");
    says("thread     test");
    says("at IRQL 0");
    says("rip=0000480000");
    says("stack");
    says("(kernel)");
    says("drivers loaded\n  480000000000-");
    says("*** the machine has stopped");
    assert_non_null(strstr(goodbye_text, "70 bug check 0x0000001E KMODE_EXCEPTION_NOT_HANDLED at "
                                         "room_seh.sys+0x"));
}

static void absent(void)
{
    image_kernel_exports_set(room_rows, ROOM_ROWS - 1); /* the last is qsort */
    room_enter("room_seh.sys", 0, NULL);
}

static void names_what_is_not_there(void **state)
{
    (void)state;
    stop_in_child(absent);
    says("KMODE_EXCEPTION_NOT_HANDLED");
    says("STATUS_PROCEDURE_NOT_FOUND");
    says("*** ntoskrnl.exe!qsort is not there; docs/status.md lists what is");
}

static void plain(void)
{
    struct bugcheck bugcheck = {.code = 0xE2, .parameter = {1, 2, 3, 4}};
    ke_irql_raise(DISPATCH_LEVEL);
    ke_bugcheck(&bugcheck);
}

static void works_without_any_driver(void **state)
{
    (void)state;
    stop_in_child(plain);
    says("*** STOP: 0x000000E2 MANUALLY_INITIATED_CRASH");
    says("4  0x0000000000000004");
    says("at IRQL 2");
    assert_null(strstr(text, "*** at "));
    assert_null(strstr(text, "drivers loaded"));
}

/* What the trap room does for mm. */
static bool fault(const struct host_fault *fault_, struct host_registers *registers)
{
    (void)fault_;
    registers->rip = mm_user_fixup(registers->rip);
    return registers->rip != 0;
}

static void unknown_code(void)
{
    host_fault_install(fault);
    struct bugcheck bugcheck = {.code = 0xDEAD1234, .exception = (void *)8};
    ke_bugcheck(&bugcheck);
}

/* A pointer into nowhere must not keep the report from being written. */
static void survives_bad_pointers(void **state)
{
    (void)state;
    stop_in_child(unknown_code);
    says("*** STOP: 0xDEAD1234 (a code that no table has)");
    says("*** the machine has stopped");
}

static void fault_again(const char *goodbye, uint32_t exit_code)
{
    (void)goodbye;
    (void)exit_code;
    plain();
}

static void stop_twice(void)
{
    crash_install(fault_again);
    plain();
}

static void second_one_ends_at_once(void **state)
{
    (void)state;
    stop_in_child(stop_twice);
    says("MANUALLY_INITIATED_CRASH");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_code_driver_and_stack), cmocka_unit_test(names_what_is_not_there),
        cmocka_unit_test(works_without_any_driver),    cmocka_unit_test(second_one_ends_at_once),
        cmocka_unit_test(survives_bad_pointers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
