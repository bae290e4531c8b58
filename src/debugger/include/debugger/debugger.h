/* SPDX-License-Identifier: MIT */
/* debugger.h - a debugger's commands: what is typed, what is printed.
 *
 * Rules of use. The machine is known only by a function that answers questions (watch/kd's, as
 * JSON); symbols and types come from the drivers' files on this side. One debugger, one thread.
 */
#ifndef DEBUGGER_DEBUGGER_H
#define DEBUGGER_DEBUGGER_H

#include <stdbool.h>
#include <stdio.h>

#include <cjson/cJSON.h>

struct debugger;

struct debugger_options {
    /* Asks the machine; words end with NULL. The answer is the caller's to free. NULL: the machine
     * cannot be asked any more. */
    cJSON *(*ask)(void *context, const char *const *words);
    void *context;
    const char *nt_symbols;  /* the PDB with the kernel's public types; kept; NULL: none */
    const char *symbol_path; /* folders with PDBs, parted by : or ;; copied; NULL: none */
    FILE *out;               /* where answers and error lines go */
    bool is_json;            /* what answers lists is printed as JSON */
};

enum debugger_result {
    DEBUGGER_GOOD,
    DEBUGGER_FAILED, /* an error line was printed */
    DEBUGGER_QUIT,
    DEBUGGER_GONE, /* the machine no longer answers */
};

/* NULL: out of memory. */
struct debugger *debugger_create(const struct debugger_options *options);
void debugger_destroy(struct debugger *debugger);
/* Runs the commands of one line, separated by semicolons; stops at what quits. The worst result. */
enum debugger_result debugger_run(struct debugger *debugger, const char *line);

#endif
