/* SPDX-License-Identifier: MIT */
/* new.h - what `cove new` puts in the place of a template's own name and GUID. */
#ifndef CLI_NEW_H
#define CLI_NEW_H

#include <stddef.h>
#include <stdint.h>

struct new_project {
    const char *name; /* letters, digits, _ */
    struct {
        uint32_t data1;
        uint16_t data2, data3;
        uint8_t data4[8];
    } guid; /* random; version and variant are set where it is written */
};

/* Bytes that grow; the program ends when there is no memory. */
struct new_text {
    char *bytes;
    size_t length, room;
};

void new_text_add(struct new_text *text, const char *bytes, size_t length);

/* Adds a template's text to out, with the project's name for Skeleton, skeleton and SKELETON, and
 * the project's GUID for the numbers of each DEFINE_GUID.
 */
void new_text_make(const struct new_project *project, const char *text, size_t length,
                   struct new_text *out);

#endif
