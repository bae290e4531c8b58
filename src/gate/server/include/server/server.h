/* SPDX-License-Identifier: MIT */
/* server.h - the machine's socket: programs come in, get a window, a link and companions.
 *
 * One listener thread accepts connections. A program's connection becomes a process with a
 * companion (kernel half) per channel; its hang-up terminates the process. A control
 * connection is handed to the callback that boot sets.
 */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include <ntifs.h>

/* drive_folder: the host folder behind C:, in which programs' folders are given a place. */
NTSTATUS server_start(const char *socket_path, int listener, const char *drive_folder);
/* Programs are told another release than the kernel is: 95 or 98. 0: the kernel's. Before start. */
void server_windows_set(uint32_t build);
/* No new connections; programs still running are told goodbye and terminated; waits some
 * seconds for their rundown. Returns how many could not be run down: a driver holds what they
 * asked for. The rooms below must not be stopped then. */
unsigned server_stop(const char *goodbye, uint32_t exit_code);
/* Every thread of every program stands still, or goes on: the machine sleeps, or works again. A
 * program that wants to come in meanwhile is refused. */
void server_programs_freeze(bool freezes);
/* The last step: waits until the control connections have said their last words. */
void server_controls_wait(void);
/* From a bug check: tells every program to end with exit_code, takes no lock that may hang. */
void server_abandon(const char *goodbye, uint32_t exit_code);

/* Starts a program whose parent is the system process and comes back when it is over (or cannot be
 * started). came is called once it is a process, before it runs, under a lock: it may set events
 * and no more. image: the program's native name; line: its command line.
 * Errors: STATUS_NOT_SUPPORTED (nobody starts programs here), STATUS_OBJECT_NAME_NOT_FOUND,
 * STATUS_INVALID_IMAGE_FORMAT (it ended before it was a process) …; else *out_exit is set. */
struct process;
NTSTATUS server_program_run(const UNICODE_STRING *image, const char *line,
                            void (*came)(struct process *process, void *context), void *context,
                            NTSTATUS *out_exit);

/* Serves one control connection on its own host thread until it is closed. request is
 * count NUL-terminated words; reply may be called many times, the last with is_last. It
 * returns false when the peer has gone. */
typedef struct server_control server_control;
bool server_control_reply(server_control *control, uint32_t code, const char *text, size_t length,
                          bool is_last);
/* A file that came with the request, open until it is served; -1: none. */
int server_control_descriptor(const server_control *control);
void server_control_set(void (*serve)(server_control *control, unsigned count, char **words));

#endif
