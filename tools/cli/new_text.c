/* SPDX-License-Identifier: MIT */
/* new_text.c - a template's text made a project's.
 *
 * The template's name is a word that occurs for nothing else; a GUID is replaced number by number
 * where DEFINE_GUID has it, so that the template is plain C under its own name.
 */
#include "new.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SKELETON   "Skeleton"
#define GUID_PARTS 11

void new_text_add(struct new_text *text, const char *bytes, size_t length)
{
    if (text->length + length > text->room) {
        text->room = 2 * (text->length + length);
        text->bytes = realloc(text->bytes, text->room);
        if (!text->bytes) {
            fputs("cove new: no memory\n", stderr);
            exit(1);
        }
    }
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
}

enum spelling { SPELLED_NOT, SPELLED_AS_IS, SPELLED_LOWER, SPELLED_UPPER };

static enum spelling spelling_at(const char *text, size_t length)
{
    static const char *const spellings[] = {"Skeleton", "skeleton", "SKELETON"};
    for (int i = 0; i < 3; i++)
        if (length >= strlen(SKELETON) && memcmp(text, spellings[i], strlen(SKELETON)) == 0)
            return SPELLED_AS_IS + i;
    return SPELLED_NOT;
}

/* A second driver's name is the project's and this word, and no longer than the Framework bears. */
#define SECOND     "device"
#define SECOND_MAX 32

static void name_add(const struct new_project *project, enum spelling spelling, size_t length,
                     struct new_text *out)
{
    for (size_t at = 0; at < length && project->name[at]; at++) {
        char c = project->name[at];
        if (spelling == SPELLED_LOWER)
            c = (char)tolower((unsigned char)c);
        if (spelling == SPELLED_UPPER)
            c = (char)toupper((unsigned char)c);
        new_text_add(out, &c, 1);
    }
}

/* The number in the place of the index-th of a DEFINE_GUID. */
static void guid_add(const struct new_project *project, int index, struct new_text *out)
{
    char number[16];
    if (index == 0)
        snprintf(number, sizeof number, "0x%08x", project->guid.data1);
    else if (index == 1)
        snprintf(number, sizeof number, "0x%04x", project->guid.data2);
    else if (index == 2) /* version 4: random */
        snprintf(number, sizeof number, "0x%04x", (project->guid.data3 & 0x0fffu) | 0x4000u);
    else if (index == 3)
        snprintf(number, sizeof number, "0x%02x", (project->guid.data4[0] & 0x3fu) | 0x80u);
    else
        snprintf(number, sizeof number, "0x%02x", project->guid.data4[index - 3]);
    new_text_add(out, number, strlen(number));
}

static size_t number_length(const char *text, size_t length)
{
    size_t at = 2;
    if (length < 3 || text[0] != '0' || text[1] != 'x')
        return 0;
    while (at < length && isxdigit((unsigned char)text[at]))
        at++;
    return at;
}

void new_text_make(const struct new_project *project, const char *text, size_t length,
                   struct new_text *out)
{
    static const char define[] = "DEFINE_GUID(";
    int guid = GUID_PARTS; /* the next number of a GUID; all: outside of one */
    for (size_t at = 0; at < length;) {
        enum spelling spelling = spelling_at(text + at, length - at);
        size_t number = guid < GUID_PARTS ? number_length(text + at, length - at) : 0;
        if (spelling != SPELLED_NOT) {
            at += strlen(SKELETON);
            bool is_second =
                length - at >= strlen(SECOND) && memcmp(text + at, SECOND, strlen(SECOND)) == 0;
            name_add(project, spelling, is_second ? SECOND_MAX - strlen(SECOND) : SIZE_MAX, out);
        } else if (number != 0) {
            guid_add(project, guid++, out);
            at += number;
        } else {
            if (length - at >= strlen(define) && memcmp(text + at, define, strlen(define)) == 0)
                guid = 0;
            new_text_add(out, text + at++, 1);
        }
    }
}
