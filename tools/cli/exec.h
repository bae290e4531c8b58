/* SPDX-License-Identifier: MIT */
/* exec.h - waiting for a program's process, shared by exec and run. */
#ifndef CLI_EXEC_H
#define CLI_EXEC_H

#include <sys/types.h>

/* Returns the program's exit code, or 128 + signal with a line that says so. */
int exec_wait(pid_t pid);

#endif
