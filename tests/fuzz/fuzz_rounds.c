/* SPDX-License-Identifier: MIT */
/* fuzz_rounds.c - arguments, files, rounds; a round that crashes or hangs is named. */
#include "fuzz_rounds.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILES_MAX     1200
#define ROUND_SECONDS 20 /* more is a hang */

struct fuzz_file fuzz_files[FILES_MAX];
unsigned fuzz_file_count;
uint64_t fuzz_seed = 1;

static const char *fuzzer;
static uint64_t round_now;

static void say_round(const char *what)
{
    char line[160];
    int length = snprintf(line, sizeof line, "%s: %s: --seed %llu --from %llu --count 1\n", fuzzer,
                          what, (unsigned long long)fuzz_seed, (unsigned long long)round_now);
    (void)!write(2, line, (size_t)length);
}

static void on_signal(int number)
{
    say_round(number == SIGALRM ? "a round takes too long" : "a crash");
    signal(number, SIG_DFL);
    raise(number == SIGALRM ? SIGABRT : number);
}

void fuzz_fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    say_round("failed");
    exit(1);
}

int fuzz_file_read(const char *path, size_t size_max)
{
    struct fuzz_file *file = &fuzz_files[fuzz_file_count];
    FILE *in = fuzz_file_count < FILES_MAX ? fopen(path, "rb") : NULL;
    if (!in) {
        fprintf(stderr, "%s cannot be read\n", path);
        return -1;
    }
    uint8_t *bytes = malloc(size_max);
    *file = (struct fuzz_file){.name = path, .size = fread(bytes, 1, size_max, in)};
    fclose(in);
    file->bytes = realloc(bytes, file->size ? file->size : 1);
    fuzz_file_count++;
    return 0;
}

int fuzz_rounds(int argc, char **argv, const char *name, size_t size_max,
                void (*run)(uint64_t round), int (*summary)(uint64_t count))
{
    static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGALRM};
    uint64_t from = 0, count = 1000;
    fuzzer = name;
    for (int i = 1; i < argc; i++) {
        if (i + 1 < argc && !strcmp(argv[i], "--seed"))
            fuzz_seed = strtoull(argv[++i], NULL, 0);
        else if (i + 1 < argc && !strcmp(argv[i], "--from"))
            from = strtoull(argv[++i], NULL, 0);
        else if (i + 1 < argc && !strcmp(argv[i], "--count"))
            count = strtoull(argv[++i], NULL, 0);
        else if (fuzz_file_read(argv[i], size_max))
            return 1;
    }
    if (!fuzz_file_count) {
        fprintf(stderr, "usage: %s [--seed N] [--from I] [--count N] FILE…\n", name);
        return 2;
    }
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        signal(signals[i], on_signal);
    for (round_now = from; round_now < from + count; round_now++) {
        alarm(ROUND_SECONDS);
        run(round_now);
    }
    alarm(0);
    return summary(count);
}
