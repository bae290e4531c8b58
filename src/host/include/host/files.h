/* SPDX-License-Identifier: MIT */
/* files.h - host files by name, for a process that has given up the right to open them.
 *
 * Without an opener these are the system's calls. With one, a second process holds the
 * folders that were lent and opens, below them only, what it is asked for: no name leads out
 * of a lent folder, neither by ".." nor by a symbolic link. Paths are absolute. 0 or an errno
 * value; EACCES: the path lies in no folder that was lent. May block.
 */
#ifndef HOST_FILES_H
#define HOST_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* flags: open(2)'s; the descriptor is close-on-exec. */
int host_file_open(const char *path, int flags, mode_t mode, int *out_fd);
int host_file_remove(const char *path, bool is_folder);
/* false: EEXIST when to is there. */
int host_file_rename(const char *from, const char *to, bool replace);
int host_file_make_folder(const char *path, mode_t mode);
int host_file_make_link(const char *target, const char *path);

/* Starts the opener; before any thread is made. It ends when this process does. ENOSYS: this host
 * cannot resolve names beneath a folder (openat2 is not there, or a container refuses it). */
int host_opener_start(void);
/* What lies below path is folder from now on (a descriptor, O_PATH is enough; the caller's
 * to close). Of nested folders the deepest counts. Without an opener: nothing to do, 0. */
int host_opener_lend(const char *path, int folder);
/* Lends one file of a folder under its own name: a socket, a report. */
int host_opener_lend_file(const char *path);

/* Function and source line of places in a PE image that was lent, by its .pdb or DWARF: one line
 * "function file:line" for each offset, empty where nothing is known. ENOSYS: no opener or no
 * symboliser (llvm-symbolizer) is there. May take seconds. Allocates nothing. */
int host_image_lines(const char *image, const uint64_t *offsets, unsigned count, char *out_text,
                     size_t size);

#endif
