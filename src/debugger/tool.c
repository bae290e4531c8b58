/* SPDX-License-Identifier: MIT */
/* tool.c - running one of LLVM's tools and taking what it prints. */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "symbols.h"

extern char **environ;

#define OUTPUT_MAX ((size_t)1 << 30)

static char *all_read(int fd)
{
    size_t used = 0, room = 1 << 16;
    char *text = malloc(room);
    while (text) {
        if (room - used < 2) {
            char *larger = room < OUTPUT_MAX ? realloc(text, room *= 2) : NULL;
            if (!larger)
                break;
            text = larger;
        }
        ssize_t got = read(fd, text + used, room - used - 1);
        if (got <= 0) {
            text[used] = '\0';
            return text;
        }
        used += (size_t)got;
    }
    free(text);
    return NULL;
}

char *tool_output(const char *const *command)
{
    int ends[2];
    pid_t pid;
    posix_spawn_file_actions_t actions;
    if (pipe2(ends, O_CLOEXEC))
        return NULL;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    int error =
        posix_spawnp(&pid, command[0], &actions, NULL, (char *const *)(uintptr_t)command, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    char *text = error ? NULL : all_read(ends[0]);
    close(ends[0]);
    if (error)
        return NULL;
    int status;
    if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status)) {
        free(text);
        return NULL;
    }
    return text;
}

char *line_next(char **text)
{
    char *line = *text;
    if (!line || !*line)
        return NULL;
    char *end = strchr(line, '\n');
    if (end)
        *end++ = '\0';
    *text = end;
    return line;
}
