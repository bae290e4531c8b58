/* SPDX-License-Identifier: MIT */
/* inf.h - the two halves of `cove inf`. */
#ifndef CLI_INF_H
#define CLI_INF_H

#include <cjson/cJSON.h>

#include "inf/model.h"

/* "amd64:10.0.22621". INF_DAMAGED: it is no target. */
int inf_target_parse(const char *text, struct inf_target *inout_target);
/* What the file would install; NULL: the error has been printed. */
cJSON *inf_show(const char *path, const struct inf_target *target);
void inf_show_print(const cJSON *file);

#endif
