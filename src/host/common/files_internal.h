/* SPDX-License-Identifier: MIT */
/* files_internal.h - what is said between a confined process and its opener. */
#ifndef HOST_FILES_INTERNAL_H
#define HOST_FILES_INTERNAL_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum file_verb {
    FILE_OPEN,
    FILE_REMOVE,
    FILE_RENAME,
    FILE_MAKE_FOLDER,
    FILE_MAKE_LINK,
    FILE_LEND,
    FILE_LINES
};

struct file_request {
    enum file_verb verb;
    int flags; /* FILE_OPEN: open(2)'s; FILE_REMOVE, FILE_LEND: 1 a folder; FILE_RENAME: 1 replace
                */
    mode_t mode;
    char path[PATH_MAX];
    char other[PATH_MAX]; /* the new name, what the link says, or offsets in the image */
};

#define FILE_TEXT 8192

/* length of text: what the message has beyond error. */
struct file_answer {
    int error;
    char text[FILE_TEXT]; /* FILE_LINES */
};

/* opener_lines.c: one line "function file:line" for each offset ("0x10 0x20"), empty where
 * nothing is known. 0 or an errno value. */
int image_lines(const char *image, const char *offsets, char *out_text, size_t size);

/* Serves requests until the other end of the socket is closed. */
[[noreturn]] void opener_serve(int socket);

/* The calls themselves, on a folder that is held. name is relative; no part of it leads out. */
int beneath_open(int folder, const char *name, int flags, mode_t mode, int *out_fd);

#endif
