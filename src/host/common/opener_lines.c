/* SPDX-License-Identifier: MIT */
/* opener_lines.c - source lines of a driver, asked of LLVM's symboliser.
 *
 * In: a PE file and offsets in it. Out: a line of text each. The symboliser finds the .pdb
 * beside the driver or where the linker left it; it is given some seconds.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files_internal.h"

#define SECONDS     10
#define OFFSETS_MAX 64

[[noreturn]] static void symbolizer_run(int output, const char *image, char **offsets)
{
    static const char *const names[] = {"llvm-symbolizer-19", "llvm-symbolizer"};
    char object[PATH_MAX + 8];
    char *arguments[OFFSETS_MAX + 8] = {NULL, object, "--relative-address"};
    unsigned count = 3;
    snprintf(object, sizeof object, "--obj=%s", image);
    while (*offsets)
        arguments[count++] = *offsets++;
    arguments[count] = NULL;
    dup2(output, 1);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    alarm(SECONDS);
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        arguments[0] = (char *)names[i];
        execvp(names[i], arguments);
    }
    _exit(127);
}

/* Of each answer (a function and a place in turn, the innermost first, then an empty line) the
 * first two become one line. Unknown is "??". */
static void answers_fold(FILE *answers, char *out_text, size_t size)
{
    char line[512], function[256] = "";
    size_t used = 0;
    unsigned of_answer = 0;
    while (fgets(line, sizeof line, answers) && used < size) {
        line[strcspn(line, "\r\n")] = '\0';
        if (!*line) {
            of_answer = 0;
            continue;
        }
        if (of_answer++ == 0) {
            snprintf(function, sizeof function, "%s", line);
        } else if (of_answer == 2) {
            bool is_known = strncmp(line, "??", 2) && strcmp(function, "??");
            char *column = strrchr(line, ':'), *name = line;
            if (column)
                *column = '\0';
            for (char *at = line; *at; at++)
                if (*at == '/' || *at == '\\')
                    name = at + 1;
            used += (size_t)snprintf(out_text + used, size - used, is_known ? "%s %s\n" : "\n",
                                     function, name);
        }
    }
}

int image_lines(const char *image, const char *offsets, char *out_text, size_t size)
{
    static char copy[PATH_MAX];
    char *words[OFFSETS_MAX + 1] = {0}, *rest = copy;
    unsigned count = 0;
    int ends[2], status;
    snprintf(copy, sizeof copy, "%s", offsets);
    for (char *word; count < OFFSETS_MAX && (word = strsep(&rest, " "));)
        if (*word)
            words[count++] = word;
    if (!count || pipe(ends))
        return count ? errno : EINVAL;
    pid_t child = fork();
    if (child == 0)
        symbolizer_run(ends[1], image, words);
    close(ends[1]);
    FILE *answers = child > 0 ? fdopen(ends[0], "r") : NULL;
    if (answers) {
        answers_fold(answers, out_text, size);
        fclose(answers);
    } else {
        close(ends[0]);
    }
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    if (child < 0 || !WIFEXITED(status) || WEXITSTATUS(status) == 127)
        return ENOSYS;
    return 0;
}
