/* SPDX-License-Identifier: MIT */
/* command.c - system(). Doc: "system, _wsystem"
 *
 * There is no command interpreter: asked for one the answer is no, and a command fails as
 * documented for an interpreter that is not found.
 */
#include "crt_internal.h"

CRT(int, ucrt_system, (const char *command))
{
    if (command)
        crt_fail(ENOENT);
    return command ? -1 : 0;
}

CRT(int, ucrt__wsystem, (const wchar_t *command))
{
    if (command)
        crt_fail(ENOENT);
    return command ? -1 : 0;
}
