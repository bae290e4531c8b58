/* SPDX-License-Identifier: MIT */
/* emulator_none.c - in the emulator's place, where Cove was built without the library's headers. */
#include <errno.h>

#include "cpu_internal.h"

static int start(const char **out_reason)
{
    *out_reason = "there is no emulator in this build (Debian: libunicorn-dev)";
    return ENOTSUP;
}

const struct cpu16_backend cpu16_emulator = {.name = "unicorn", .start = start};
