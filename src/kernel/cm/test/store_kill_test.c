/* SPDX-License-Identifier: MIT */
/* store_kill_test.c - machines killed at any instant: nothing that was reported done is lost, and
 * no batch is there by half.
 *
 * A child boots on the folder, says over a pipe what the store holds, then changes it without
 * end, telling the parent of each flush and batch before it begins and when it is done. The parent
 * kills it at an instant drawn from the seed: after so many reports and so much spinning.
 */
#include "store_test.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define ROOT  "\\Registry\\Machine\\Software\\Kill"
#define KILLS 120
#define WIDE  24 /* values of a batch, over as many keys */

struct report {
    uint32_t kind; /* 0: found, 1: begins, 2: done */
    uint32_t serial;
    uint32_t is_whole;
};

static void tell(int to, uint32_t kind, uint32_t serial, bool is_whole)
{
    struct report report = {kind, serial, is_whole};
    if (write(to, &report, sizeof report) != sizeof report)
        _exit(3);
}

static UNICODE_STRING part_name(unsigned part, WCHAR *room)
{
    static const WCHAR root[] = L"" ROOT "\\Part";
    memcpy(room, root, sizeof root);
    room[sizeof root / 2 - 1] = (WCHAR)('A' + part);
    return (UNICODE_STRING){sizeof root, sizeof root, room};
}

/* All parts say serial, and the key that a batch makes and deletes in turn is as it says. */
static bool parts_are(uint32_t serial)
{
    for (unsigned part = 0; part < WIDE; part++) {
        WCHAR room[80];
        UNICODE_STRING name = part_name(part, room);
        void *key;
        if (!NT_SUCCESS(key_open(&name, false, 0, 0, &key)))
            return serial == 0;
        int64_t number = number_get(key, NAME("serial"));
        ob_dereference(key);
        if (number != serial)
            return false;
    }
    return key_exists(NAME(ROOT "\\Odd")) == (serial % 2 == 1);
}

static void batch_run(uint32_t serial)
{
    static char filler[3000];
    cm_batch_begin();
    for (unsigned part = 0; part < WIDE; part++) {
        WCHAR room[80];
        UNICODE_STRING name = part_name(part, room);
        void *key = key_new(&name);
        number_set(key, NAME("serial"), serial);
        memset(filler, (int)serial, sizeof filler);
        cm_value_set(key, NAME("filler"), REG_BINARY, filler, serial % sizeof filler);
        ob_dereference(key);
    }
    void *odd = key_new(NAME(ROOT "\\Odd"));
    if (serial % 2 == 0)
        cm_key_delete(odd);
    ob_dereference(odd);
    if (cm_batch_end() != STATUS_SUCCESS)
        _exit(4);
}

/* Single changes between batches, each flushed: counted in a value of their own. */
static void flush_run(void *root, uint32_t serial)
{
    number_set(root, NAME("flushed"), serial);
    if (cm_key_flush(root) != STATUS_SUCCESS)
        _exit(5);
}

[[noreturn]] static void child_run(int to)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* a parent that fails leaves no writer behind */
    machine_boot(state_folder);
    void *root = key_new(NAME(ROOT));
    int64_t batch = number_get(root, NAME("batch")), flushed = number_get(root, NAME("flushed"));
    uint32_t serial = flushed > 0 ? (uint32_t)flushed : 0;
    /* "batch" is set within the batch, so it says which one the parts must be of. */
    uint32_t last = batch > 0 ? (uint32_t)batch : 0;
    tell(to, 0, serial > last ? serial : last, parts_are(last));
    if (last > serial)
        serial = last;
    for (;;) {
        serial++;
        tell(to, 1, serial, true);
        if (serial % 3 == 0) {
            cm_batch_begin();
            number_set(root, NAME("batch"), serial);
            batch_run(serial);
            if (cm_batch_end() != STATUS_SUCCESS)
                _exit(4);
        } else {
            flush_run(root, serial);
        }
        tell(to, 2, serial, true);
    }
}

/* Reads up to the end of the pipe; what was said when the child had died counts as well. */
static void reports_read(int from, pid_t child, unsigned until, uint32_t spin, uint32_t *io_done,
                         uint32_t *io_begun)
{
    struct report report;
    unsigned seen = 0;
    bool is_killed = false;
    while (read(from, &report, sizeof report) == sizeof report) {
        if (report.kind == 0) {
            assert_true(report.is_whole);
            assert_in_range(report.serial, *io_done, *io_begun);
            *io_done = report.serial;
        } else if (report.kind == 1) {
            *io_begun = report.serial;
        } else {
            *io_done = report.serial;
        }
        if (++seen >= until && !is_killed) {
            for (volatile uint32_t i = 0; i < spin; i++) {
            }
            kill(child, SIGKILL);
            is_killed = true;
        }
    }
}

static void killed_at_any_instant(void **state)
{
    uint32_t seed = 77, done = 0, begun = 0;
    for (unsigned turn = 0; turn < KILLS; turn++) {
        int ends[2], how;
        assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0)
            child_run(ends[1]);
        close(ends[1]);
        seed = seed * 1664525 + 1013904223;
        reports_read(ends[0], child, 1 + (seed >> 8) % 24, (seed >> 13) % 400000, &done, &begun);
        close(ends[0]);
        assert_int_equal(waitpid(child, &how, 0), child);
        assert_true(WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL);
    }
    assert_true(done > KILLS); /* it got somewhere */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(killed_at_any_instant)};
    return cmocka_run_group_tests(tests, folders_make, folders_remove);
}
