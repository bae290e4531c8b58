/* SPDX-License-Identifier: MIT */
/* debugger_internal.h - a debugger's state: modules with their symbols and types, and the output.
 *
 * Everything a machine says may be wrong or gone a moment later; nothing here trusts it.
 */
#ifndef DEBUGGER_INTERNAL_H
#define DEBUGGER_INTERNAL_H

#include <stdint.h>

#include "debugger/debugger.h"
#include "expression.h"
#include "symbols.h"

#define WORDS_MAX 16u
#define MASK      128u

struct debugger {
    struct debugger_options options;
    struct module *modules; /* by rising address, as the machine said last */
    bool are_modules_fresh; /* asked for since the command began */
    char *symbol_path;      /* of .sympath */
    bool is_failed;         /* the running command has printed an error */
    bool is_gone, is_over;
    uint64_t next;          /* where d goes on */
    uint64_t process;       /* of .process; 0: the system process */
    char memory_kind[4];    /* what d alone shows */
    struct wdf_layout *wdf; /* how the Framework's structures lie; NULL: not read yet */
    char wdf_driver[64];    /* of !wdfsetdriver; empty: the only one */
    const char *verb;       /* the running command's word, for errors */
};

/* A command. text is what follows its word, without blanks around it. */
typedef void command_run(struct debugger *debugger, char *text);

/* ---- output (output.c) ---- */

void say(struct debugger *debugger, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* An error line; the command has failed. */
void complain(struct debugger *debugger, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* 00004a00`00001000 */
const char *tick(uint64_t value);
/* 00004a0000001000; 00000000 for none, as the extensions show it */
const char *plain(uint64_t value);
/* Takes json; routine addresses in it get their symbols beside them. */
void json_say(struct debugger *debugger, cJSON *json);

/* ---- questions (ask.c) ---- */

/* NULL: an error line has been printed. */
cJSON *ask(struct debugger *debugger, const char *question, const char *first, const char *second);
cJSON *ask_address(struct debugger *debugger, const char *question, uint64_t address);
/* The same without a line: NULL when the machine refuses. */
cJSON *ask_quietly(struct debugger *debugger, const char *question, const char *first);
uint64_t answer_address(const cJSON *answer, const char *name); /* 0: not there */
uint64_t answer_whole(const cJSON *answer, const char *name);   /* within its range */
double answer_number(const cJSON *answer, const char *name);
const char *answer_text(const cJSON *answer, const char *name); /* "": not there */
bool answer_bool(const cJSON *answer, const char *name);
/* As many bytes as are there. */
size_t memory_read(struct debugger *debugger, uint64_t address, void *bytes, size_t count);

/* ---- words (words.c) ---- */

/* Splits text at blanks, quotes kept together; at most WORDS_MAX. */
unsigned words_split(char *text, char **words);
bool mask_fits(const char *mask, const char *name); /* * and ?, without case */
/* An expression; false: an error line has been printed. */
bool evaluate(struct debugger *debugger, const char *text, uint64_t *out_value);
/* An object by name (prefix is put before one without backslash) or by expression. */
bool object_address(struct debugger *debugger, const char *word, const char *prefix,
                    uint64_t *out_address);

/* ---- modules and symbols (modules.c) ---- */

struct module *modules_first(struct debugger *debugger);
struct module *module_find(struct debugger *debugger, const char *name);
struct module *module_of(struct debugger *debugger, uint64_t address);
/* "module!name+0x12", "module+0x12", or "" ; in one of a few static buffers. */
const char *symbol_text(struct debugger *debugger, uint64_t address);
/* The symbol before or at address, and the module it lies in (NULL: none). */
const struct symbol *symbol_nearest(struct debugger *debugger, uint64_t address,
                                    struct module **out_module);
/* false: no such symbol. */
bool symbol_find(struct debugger *debugger, const char *name, uint64_t *out_address);
/* Brings the symbols in. */
void module_load(struct debugger *debugger, struct module *module);
void modules_free(struct debugger *debugger);

/* ---- names (names.c) ---- */

const char *irql_name(unsigned irql);
const char *object_flag_names(const char *kind, uint32_t flags); /* "device flags" … */

/* ---- commands ---- */

command_run command_lm, command_lmv, command_x, command_ln, command_sympath, command_reload;
command_run command_evaluate, command_formats, command_error, command_irql, command_vertarget,
    command_analyze;
command_run command_da, command_db, command_dw, command_dd, command_dq, command_du, command_dps,
    command_d;
command_run command_dt;
command_run command_drvobj, command_devobj, command_devstack, command_fileobj;
command_run command_object, command_handle, command_pool, command_poolused;
command_run command_irp, command_irpfind;
command_run command_devnode;
command_run command_process, command_thread;
command_run command_wdfldr, command_wdfdriverinfo, command_wdfsetdriver, command_wdfgetdriver,
    command_wdflogdump;
command_run command_wdfdevice, command_wdfdevicequeues, command_wdfqueue, command_wdfrequest;
command_run command_wdfhandle, command_wdfobject;

#endif
