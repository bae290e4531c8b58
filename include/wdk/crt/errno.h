/* SPDX-License-Identifier: MIT */
/* errno.h - values that the _s functions return; the kernel has no errno. */
#pragma once
#include <crtdefs.h>

#define EPERM     1
#define ENOENT    2
#define EIO       5
#define ENOMEM    12
#define EACCES    13
#define EINVAL    22
#define ERANGE    34
#define EILSEQ    42
#define STRUNCATE 80
