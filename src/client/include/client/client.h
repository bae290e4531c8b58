/* SPDX-License-Identifier: MIT */
/* client.h - the command's side of a machine: find it, start it, ask it.
 *
 * Used by tools/cli and by tests. Functions return 0 or an errno value and say the rest in
 * words in client_error(), a line for people: what, where, what to do next.
 */
#ifndef CLIENT_CLIENT_H
#define CLIENT_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

const char *client_error(void);

/* ---- names and places ------------------------------------------------------------------ */

/* <runtime folder>/NAME.sock. Names are letters, digits, '-', '_' and '.', at most 64. */
int client_socket_path(const char *name, char *out_path, size_t size);
/* Calls visit for every machine that answers. */
int client_machines(void (*visit)(const char *name, void *context), void *context);
/* <folder of the cove executable>/../libexec/cove/PROGRAM, or $COVE_LIBEXEC/PROGRAM. */
int client_program_path(const char *program, char *out_path, size_t size);

/* ---- a machine process -------------------------------------------------------------------- */

enum client_signing { CLIENT_SIGNING_TEST, CLIENT_SIGNING_ON, CLIENT_SIGNING_OFF };

struct client_boot {
    const char *name;
    unsigned processors;
    uint32_t windows_build;   /* 0: the default */
    uint64_t fail_allocation; /* the n-th allocation fails; 0: none */
    enum client_signing signing;
    bool stays;           /* its own session, survives the caller; else it dies with the caller */
    bool is_kept;         /* it has a state folder */
    const char *log_path; /* its standard error; NULL: the caller's */
};
/* Starts a machine and returns when it is ready. */
int client_boot(const struct client_boot *boot, pid_t *out_pid);
/* Removes what a fresh machine that has ended left beside its socket: the folder behind C:. */
void client_forget(const char *name);
/* <state folder>/NAME: what a machine that is booted by name keeps, registry.db and drive-c. In
 * $COVE_STATE_DIR, $COVE_RUNTIME_DIR/state, $XDG_STATE_HOME/cove or ~/.local/state/cove: the first
 * that is set. */
int client_state_path(const char *name, char *out_path, size_t size);
/* Removes it. ENOENT (without words): there is none. EBUSY: the machine runs. */
int client_state_forget(const char *name);

/* ---- requests ------------------------------------------------------------------------------- */

struct client_reply {
    uint32_t code; /* 0, or an NTSTATUS or Win32 error of the request */
    char *text;    /* JSON; free() */
};
/* One request of words (NULL at the end), one reply. EHOSTDOWN: no such machine. */
int client_request(const char *name, const char *const *words, struct client_reply *out_reply);
/* The same with an open file that the machine reads from or writes to. */
int client_request_file(const char *name, const char *const *words, int file,
                        struct client_reply *out_reply);
/* Lets the machine use the host folder in which file (an absolute path) lies: it opens nothing
 * else of the host. */
int client_lend(const char *name, const char *file);
/* A stream: line is called until it returns false or the machine ends (0). Empty lines only say
 * that the machine is there; the first, that it has begun to listen. */
typedef bool client_line(const char *text, size_t length, void *context);
int client_stream(const char *name, const char *const *words, client_line *line, void *context);
/* The lines that a machine booted by name had kept when it ended, however it did, and what it
 * wrote to its standard error. ENOENT (without words): it never was, or left nothing. */
int client_last_log(const char *name, client_line *line, void *context);

/* ---- programs -------------------------------------------------------------------------------- */

/* Starts a Windows program on the machine as a child of the caller, with the caller's
 * standard descriptors and current folder. argv[0] is the .exe. */
int client_program_start(const char *name, char *const *argv, pid_t *out_pid);

#endif
