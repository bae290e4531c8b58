/* SPDX-License-Identifier: MIT */
/* fuzz_rounds.h - the frame of a fuzzer: its files, its numbered rounds, what it says of a failure.
 *
 *   NAME [--seed N] [--from I] [--count N] FILE…
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct fuzz_file {
    const char *name;
    uint8_t *bytes;
    size_t size;
};

extern struct fuzz_file fuzz_files[];
extern unsigned fuzz_file_count;
extern uint64_t fuzz_seed;

/* Adds a file, of which it reads at most size_max bytes; says why it cannot. */
int fuzz_file_read(const char *path, size_t size_max);
/* Reads files of at most size_max bytes and runs each round under a time limit and with crashes
 * told. summary prints and returns the exit code; it is told how many rounds there were. */
int fuzz_rounds(int argc, char **argv, const char *name, size_t size_max,
                void (*run)(uint64_t round), int (*summary)(uint64_t count));
/* Says why, and which round it was; ends. */
[[noreturn]] void fuzz_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
