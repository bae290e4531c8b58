/* SPDX-License-Identifier: MIT */
/* inbox.h - the INFs that come with the machine, for Include and Needs of packages. */
#ifndef SETUP_INBOX_H
#define SETUP_INBOX_H

#include "inf/inf.h"

/* An inf_include_find: NULL when there is no such INF. Parsed at first use, kept. */
const struct inf *inbox_find(void *unused, const char *name);
void inbox_unload(void);

#endif
