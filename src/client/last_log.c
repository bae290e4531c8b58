/* SPDX-License-Identifier: MIT */
/* last_log.c - what a machine that has ended said: its ring of lines and its last words.
 *
 * The ring's file was the machine's to write while it lived: nothing in it is believed.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client_internal.h"
#include "wire/log_ring.h"

int client_log_path(const char *name, const char *ending, char *out_path, size_t size)
{
    int error = client_socket_path(name, out_path, size);
    if (!error)
        strcpy(strrchr(out_path, '.'), ending);
    return error;
}

static int ring_map(const char *path, const struct wire_log_ring **out_ring)
{
    struct stat about;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return errno;
    int error = fstat(file, &about) ? errno : about.st_size != sizeof **out_ring ? EINVAL : 0;
    void *ring = error ? MAP_FAILED : mmap(NULL, sizeof **out_ring, PROT_READ, MAP_SHARED, file, 0);
    if (!error && ring == MAP_FAILED)
        error = errno;
    close(file);
    if (!error)
        *out_ring = ring;
    return error;
}

/* Standard error as a file: the report of a bug check. */
static void words_print(const char *name, client_line *line, void *context)
{
    char path[PATH_MAX], *text = NULL;
    size_t room = 0;
    ssize_t length;
    FILE *file = client_log_path(name, ".log", path, sizeof path) ? NULL : fopen(path, "re");
    while (file && (length = getline(&text, &room, file)) > 0)
        if (!line(text, (size_t)length - (text[length - 1] == '\n'), context))
            break;
    free(text);
    if (file)
        fclose(file);
}

int client_last_log(const char *name, client_line *line, void *context)
{
    char path[PATH_MAX];
    const struct wire_log_ring *ring;
    int error = client_log_path(name, ".ring", path, sizeof path);
    if (!error)
        error = ring_map(path, &ring);
    if (!error && ring->magic != WIRE_LOG_MAGIC) {
        munmap((void *)ring, sizeof *ring);
        error = EINVAL;
    }
    if (error)
        return error;
    uint64_t head = ring->head, at = head > WIRE_LOG_LINES ? head - WIRE_LOG_LINES : 0;
    for (bool goes_on = true; goes_on && at < head; at++) {
        const struct wire_log_line *one = &ring->line[at % WIRE_LOG_LINES];
        size_t length = one->length;
        goes_on = line(one->text, length < sizeof one->text ? length : sizeof one->text, context);
    }
    munmap((void *)ring, sizeof *ring);
    words_print(name, line, context);
    return 0;
}
