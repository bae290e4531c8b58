/* SPDX-License-Identifier: MIT */
/* debugger.c - the table of commands, and a line's way to them. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "debugger_internal.h"

static command_run command_help, command_quit, command_later, command_echo;

static const struct command {
    const char *name;
    command_run *run;
    const char *help; /* NULL: another name of the one above */
} commands[] = {
    {"lm", command_lm, "lm [m MASK]                   loaded modules; lmv: with details"},
    {"lmv", command_lmv, NULL},
    {"x", command_x, "x MODULE!MASK                 symbols"},
    {"ln", command_ln, "ln ADDRESS                    the symbols around an address"},
    {".sympath", command_sympath, ".sympath [+] [FOLDER:FOLDER]  where PDBs are looked for"},
    {".reload", command_reload, ".reload                       symbols are read again"},
    {"dt", command_dt, "dt MODULE!TYPE [-rN] [FIELD] [ADDRESS]   a type, or what lies there"},
    {"d", command_d, "d, da, db, dd, dq, du, dw, dps ADDRESS [lCOUNT]   memory"},
    {"da", command_da, NULL},
    {"db", command_db, NULL},
    {"dw", command_dw, NULL},
    {"dd", command_dd, NULL},
    {"dq", command_dq, NULL},
    {"dp", command_dq, NULL},
    {"du", command_du, NULL},
    {"dps", command_dps, NULL},
    {"dqs", command_dps, NULL},
    {"?", command_evaluate, "? EXPRESSION                  its value"},
    {".formats", command_formats, ".formats EXPRESSION           in every form"},
    {"vertarget", command_vertarget, "vertarget                     what Windows the machine is"},
    {"!drvobj", command_drvobj, "!drvobj NAME|ADDRESS [1|2|4]  a driver: devices, routines"},
    {"!devobj", command_devobj, "!devobj NAME|ADDRESS          a device"},
    {"!devstack", command_devstack, "!devstack NAME|ADDRESS        the stack it is in"},
    {"!devnode", command_devnode, "!devnode [0|ADDRESS [FLAGS [SERVICE]]]   the tree of devices"},
    {"!object", command_object, "!object PATH|ADDRESS|0 TYPE   an object, or all of a type"},
    {"!fileobj", command_fileobj, "!fileobj ADDRESS              an open file"},
    {"!handle", command_handle, "!handle [HANDLE [FLAGS [PROCESS [TYPE]]]]   handles"},
    {"!irp", command_irp, "!irp ADDRESS [1]              a request and its stack locations"},
    {"!irpfind", command_irpfind, "!irpfind [0 0 CRITERION DATA] requests that are alive"},
    {"!process", command_process, "!process [0|ADDRESS|ID [FLAGS [IMAGE]]]   programs"},
    {"!thread", command_thread, "!thread ADDRESS|ID            a thread"},
    {"!pool", command_pool, "!pool ADDRESS                 the blocks on its page"},
    {"!poolused", command_poolused, "!poolused [FLAGS [TAG]]       pool by tag"},
    {"!wdfldr", command_wdfldr, "!wdfldr [DRIVER]              drivers bound to the Framework"},
    {"!wdfdriverinfo", command_wdfdriverinfo, "!wdfdriverinfo [DRIVER [FLAGS]]  one, its devices"},
    {"!wdfsetdriver", command_wdfsetdriver, "!wdfsetdriver DRIVER          the one that is meant"},
    {"!wdfgetdriver", command_wdfgetdriver, NULL},
    {"!wdfdevice", command_wdfdevice, "!wdfdevice HANDLE [FLAGS]     states, history, callbacks"},
    {"!wdfdevicequeues", command_wdfdevicequeues, "!wdfdevicequeues HANDLE       its queues"},
    {"!wdfqueue", command_wdfqueue, "!wdfqueue HANDLE              a queue and its requests"},
    {"!wdfrequest", command_wdfrequest, "!wdfrequest HANDLE            a request"},
    {"!wdfhandle", command_wdfhandle, "!wdfhandle HANDLE [FLAGS]     any object of the Framework"},
    {"!wdfobject", command_wdfobject, "!wdfobject ADDRESS            the same by its address"},
    {"!wdflogdump", command_wdflogdump, "!wdflogdump [DRIVER]          its in-flight recorder"},
    {"!irql", command_irql, "!irql [PROCESSOR]             what each processor is at"},
    {"!error", command_error, "!error CODE [1]               what a Win32 error or NTSTATUS means"},
    {"!analyze", command_analyze, "!analyze                      whether the machine has stopped"},
    {".echo", command_echo, ".echo TEXT"},
    {".help", command_help, ".help                         this"},
    {"q", command_quit, "q                             leaves; the machine runs on"},
    {"qd", command_quit, NULL},
    {"qq", command_quit, NULL},
};

/* What a debugger has and this one will have. */
static const char *const later[] = {
    "g",  "p",  "t", "gu", "gh", "bp", "bu", "bm", "bl", "bc", "bd", "be", "ba", "k",  "kb", "kv",
    "kp", "kn", "r", "u",  "uf", "ub", "e",  "eb", "ew", "ed", "eq", "ea", "pc", "ta", "pa", "wt"};

static void command_help(struct debugger *debugger, char *text)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (commands[i].help)
            say(debugger, "%s\n", commands[i].help);
    say(debugger,
        "Numbers are hexadecimal; 0n10 is ten. Names: wdm1!Wdm1Read, nt!IofCallDriver.\n");
}

static void command_quit(struct debugger *debugger, char *text)
{
    debugger->is_over = true;
}

static void command_echo(struct debugger *debugger, char *text)
{
    say(debugger, "%s\n", text);
}

static void command_later(struct debugger *debugger, char *text)
{
    complain(debugger,
             "'%s' is not there yet: the machine runs while it is looked at; breakpoints, steps, "
             "registers and stacks come with a later version",
             debugger->verb);
}

static const struct command *command_named(const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (!strcmp(commands[i].name, name) ||
            (*name == '!' && !strcasecmp(commands[i].name, name)))
            return &commands[i];
    return NULL;
}

static bool is_later(const char *name)
{
    for (size_t i = 0; i < sizeof later / sizeof *later; i++)
        if (!strcmp(later[i], name))
            return true;
    return false;
}

/* The word: up to a blank; "?" and "lm" may stand against what follows ("?5", "lmm"). */
static size_t verb_length(const char *text)
{
    size_t length = 0;
    if (*text == '?')
        return 1;
    while (text[length] && !isspace((unsigned char)text[length]))
        length++;
    return length;
}

static void command_one(struct debugger *debugger, char *text)
{
    char verb[32], rest_text[4096];
    while (isspace((unsigned char)*text))
        text++;
    for (size_t end = strlen(text); end && isspace((unsigned char)text[end - 1]);)
        text[--end] = '\0';
    if (!*text || *text == '*')
        return;
    size_t length = verb_length(text);
    snprintf(verb, sizeof verb, "%.*s", (int)length, text);
    char *rest = text + length;
    while (isspace((unsigned char)*rest))
        rest++;
    snprintf(rest_text, sizeof rest_text, "%s", rest);
    debugger->verb = verb;
    debugger->are_modules_fresh = false;
    /* An extension may be named with its library. */
    if (!strncmp(verb, "!wdfkd.", 7))
        memmove(verb + 1, verb + 7, strlen(verb + 7) + 1);
    const struct command *command = command_named(verb);
    if (command)
        command->run(debugger, rest_text);
    else if (is_later(verb))
        command_later(debugger, rest_text);
    else if (*verb == '!')
        complain(debugger, "No export %s found", verb + 1);
    else
        complain(debugger, "Syntax error at '%s'; .help lists the commands", text);
    if (debugger->is_gone)
        debugger->is_failed = true;
    debugger->verb = NULL;
}

enum debugger_result debugger_run(struct debugger *debugger, const char *line)
{
    char *copy = strdup(line);
    debugger->is_failed = false;
    bool has_failed = !copy;
    for (char *at = copy; at && !debugger->is_over && !debugger->is_gone;) {
        char *end = at;
        bool is_quoted = false;
        for (; *end && (is_quoted || *end != ';'); end++)
            if (*end == '"')
                is_quoted = !is_quoted;
        bool is_last = !*end;
        *end = '\0';
        command_one(debugger, at);
        has_failed |= debugger->is_failed;
        debugger->is_failed = false;
        at = is_last ? NULL : end + 1;
    }
    free(copy);
    fflush(debugger->options.out);
    return debugger->is_gone   ? DEBUGGER_GONE
           : debugger->is_over ? DEBUGGER_QUIT
           : has_failed        ? DEBUGGER_FAILED
                               : DEBUGGER_GOOD;
}

struct debugger *debugger_create(const struct debugger_options *options)
{
    struct debugger *debugger = calloc(1, sizeof *debugger);
    if (!debugger)
        return NULL;
    debugger->options = *options;
    if (options->symbol_path)
        debugger->symbol_path = strdup(options->symbol_path);
    strcpy(debugger->memory_kind, "db");
    return debugger;
}

void debugger_destroy(struct debugger *debugger)
{
    modules_free(debugger);
    free(debugger->wdf);
    free(debugger->symbol_path);
    free(debugger);
}
