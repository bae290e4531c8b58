/* SPDX-License-Identifier: MIT */
/* options.h - what the verbs share: the machine that is meant, errors, JSON. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#define EXIT_USAGE    2
#define EXIT_FAILED   1
#define EXIT_BUGCHECK 70

#define OPTIONS_WINDOWS_HELP                                                                       \
    "VERSION is 7, 8, 8.1, 10 or 11, or a release or build of it: 7:7600, 10:22H2, 10:17763,\n"    \
    "11:26100, 10.0.19045. Without it the machine is Windows 11, version 22H2. Exports that are\n" \
    "newer than the version are not there. 95, 98 and 98:SE are what programs of 16 and 32 bits "  \
    "are\n"                                                                                        \
    "told; drivers then see the default.\n"
/* Reads the argument of --windows. 0, or an exit code after it has said what may stand there. */
int options_windows(const char *text, uint32_t *out_build);

#define OPTIONS_SIGNING_HELP                                                                    \
    "--signing says what is asked of packages: test (the default) takes every signature and "   \
    "none\n"                                                                                    \
    "at all, but no file that was changed after it was signed; on takes only packages that a\n" \
    "trusted certificate vouches for; off asks nothing.\n"
/* Reads the argument of --signing into an enum client_signing. 0 or EXIT_USAGE. */
int options_signing(const char *text, unsigned *out_signing);

/* -m NAME, else COVE_MACHINE, else "default". */
const char *options_machine(const char *given);
/* Prints client_error() as an error of cove. Returns EXIT_FAILED. */
int options_client_failed(void);
int options_usage(const char *text);
/* Asks and parses; NULL: the error has been printed. *out_code is the request's own. */
cJSON *options_ask(const char *machine, const char *const *words, uint32_t *out_code);
/* Prints parsed JSON for --json, and frees it. */
void options_print_json(cJSON *json);
const char *json_text(const cJSON *object, const char *name);
double json_number(const cJSON *object, const char *name);

#endif
