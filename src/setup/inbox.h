/* SPDX-License-Identifier: MIT */
/* inbox.h - the INFs that come with the machine, for Include and Needs of packages. */
#ifndef SETUP_INBOX_H
#define SETUP_INBOX_H

#include "inf/inf.h"

/* Made of src/inf/inbox by the build (cmake/inbox.cmake). */
struct inbox_text {
    const char *name;
    const uint8_t *text;
    size_t length;
};
extern const struct inbox_text inbox_texts[];
extern const size_t inbox_count;

/* An inf_include_find: NULL when there is no such INF. Parsed at first use, kept. */
const struct inf *inbox_find(void *unused, const char *name);
void inbox_unload(void);

#endif
