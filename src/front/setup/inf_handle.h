/* SPDX-License-Identifier: MIT */
/* inf_handle.h - INF files as setupapi's other files read them. */
#ifndef SETUP_INF_HANDLE_H
#define SETUP_INF_HANDLE_H

#include "inf/inf.h"
#include "plug.h"

/* Of a path, or of a name in the system's folder; inf_destroy. NULL with the last error set. */
struct inf *inf_handle_open(const wchar_t *name);

#endif
