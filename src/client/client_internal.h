/* SPDX-License-Identifier: MIT */
/* client_internal.h - how the room's files say what went wrong. */
#ifndef CLIENT_INTERNAL_H
#define CLIENT_INTERNAL_H

#include "client/client.h"

/* Sets the line for people and returns error. */
int client_fail(int error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Makes the folder that is a fresh machine's drive C:. */
int client_drive_make(const char *name, char *out_path, size_t size);
/* Makes what is missing of a kept machine's state folder and drive; size: of both paths. */
int client_state_make(const char *name, char *out_state, char *out_drive, size_t size);

/* <runtime folder>/NAME<ending>: what lies beside a machine's socket. */
int client_log_path(const char *name, const char *ending, char *out_path, size_t size);

#endif
