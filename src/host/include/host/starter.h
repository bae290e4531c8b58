/* SPDX-License-Identifier: MIT */
/* starter.h - programs for a process that has given up the right to start any.
 *
 * A second process, made before the first thread, starts one program and no other: which, and
 * what it connects to, is said once. What it is to run is a file that the caller has open, so
 * only what was lent can be run. 0 or an errno value.
 */
#ifndef HOST_STARTER_H
#define HOST_STARTER_H

#include <stdint.h>

/* Starts the starter; before any thread is made. It ends when this process does. program is
 * called as "program --socket SOCKET --ticket HEX --line LINE IMAGE". */
int host_starter_start(const char *program, const char *socket_path);

struct host_start {
    const char *image; /* the path of what image_fd has open */
    const char *line;  /* its command line, as it will see it */
    uint64_t ticket;
    int image_fd, folder_fd; /* the caller's to close; the folder becomes the current one */
};
/* *out_life: a descriptor that reads as ended when the process has; the caller's. ENOSYS: there is
 * no starter. EACCES: the path is not the file. */
int host_starter_run(const struct host_start *start, int *out_life);

#endif
