/* SPDX-License-Identifier: MIT */
/* kd.c - `cove kd`: a debugger's prompt on a running machine.
 *
 * Lines come from -c, from a terminal (edited, with history) or from a pipe; src/debugger runs
 * them. The machine is asked through its control door and is not stopped.
 */
#include <getopt.h>
#include <histedit.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "client/client.h"
#include "debugger/debugger.h"
#include "options.h"

static const char usage[] =
    "usage: cove kd [-m NAME] [--json] [-y FOLDER:FOLDER] [-c 'COMMAND; COMMAND …']\n"
    "A kernel debugger's commands on a running machine, which runs on: lm, x, ln, dt, d*, "
    "!drvobj,\n"
    "!devobj, !devstack, !object, !irp, !process, !pool and more; .help lists them. Without -c\n"
    "commands are read from standard input, with a prompt and a history at a terminal.\n"
    "-y, or _NT_SYMBOL_PATH, says where PDBs are that do not lie beside their driver.\n"
    "Breakpoints and stepping are not there yet.\n";

struct answer {
    char *text;
    size_t length, room;
};

static bool piece_add(const char *text, size_t length, void *context)
{
    struct answer *answer = context;
    if (answer->length + length + 1 > answer->room) {
        size_t room = (answer->length + length + 1) * 2;
        char *larger = realloc(answer->text, room);
        if (!larger)
            return false;
        answer->text = larger;
        answer->room = room;
    }
    memcpy(answer->text + answer->length, text, length);
    answer->length += length;
    answer->text[answer->length] = '\0';
    return true;
}

#define QUESTION_WORDS 4u

static cJSON *machine_ask(void *machine, const char *const *question)
{
    const char *words[QUESTION_WORDS + 2] = {"kd"};
    struct answer answer = {0};
    for (unsigned i = 0; i < QUESTION_WORDS && question[i]; i++)
        words[1 + i] = question[i];
    if (client_stream(machine, words, piece_add, &answer)) {
        options_client_failed();
        free(answer.text);
        return NULL;
    }
    cJSON *json = answer.text ? cJSON_Parse(answer.text) : NULL;
    if (!json)
        fprintf(stderr, "cove: machine '%s' ended while it was asked\n", (char *)machine);
    free(answer.text);
    return json;
}

/* ---- lines
 * --------------------------------------------------------------------------------------- */

static char *prompt(EditLine *line)
{
    static char text[] = "kd> ";
    return text;
}

static void history_path(char *out_path, size_t size)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    out_path[0] = '\0';
    if (state && *state)
        snprintf(out_path, size, "%s/cove/kd_history", state);
    else if (home && *home)
        snprintf(out_path, size, "%s/.local/state/cove/kd_history", home);
}

static enum debugger_result lines_edit(struct debugger *debugger)
{
    enum debugger_result result = DEBUGGER_GOOD;
    char path[PATH_MAX];
    HistEvent event;
    EditLine *edit = el_init("cove", stdin, stdout, stderr);
    History *past = history_init();
    if (!edit || !past) {
        fputs("cove kd: out of memory\n", stderr);
        return DEBUGGER_FAILED;
    }
    history_path(path, sizeof path);
    history(past, &event, H_SETSIZE, 1000);
    history(past, &event, H_SETUNIQUE, 1);
    history(past, &event, H_LOAD, path);
    el_set(edit, EL_HIST, history, past);
    el_set(edit, EL_PROMPT, prompt);
    el_set(edit, EL_EDITOR, "emacs");
    el_set(edit, EL_SIGNAL, 1);
    for (;;) {
        int length;
        const char *line = el_gets(edit, &length);
        if (!line || length <= 0)
            break;
        if (length > 1)
            history(past, &event, H_ENTER, line);
        result = debugger_run(debugger, line);
        if (result == DEBUGGER_QUIT || result == DEBUGGER_GONE)
            break;
    }
    history(past, &event, H_SAVE, path);
    history_end(past);
    el_end(edit);
    return result == DEBUGGER_GONE ? result : DEBUGGER_GOOD;
}

static enum debugger_result lines_read(struct debugger *debugger)
{
    enum debugger_result worst = DEBUGGER_GOOD;
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, stdin) > 0) {
        enum debugger_result result = debugger_run(debugger, line);
        if (result == DEBUGGER_QUIT || result == DEBUGGER_GONE) {
            worst = result == DEBUGGER_GONE ? result : worst;
            break;
        }
        if (result == DEBUGGER_FAILED)
            worst = result;
    }
    free(line);
    return worst;
}

/* <folder of the program>/../share/cove/kd/nt.pdb, or $COVE_KD/nt.pdb. */
static const char *nt_symbols(void)
{
    static char path[PATH_MAX];
    char self[PATH_MAX - 64];
    const char *given = getenv("COVE_KD");
    if (given) {
        snprintf(path, sizeof path, "%s/nt.pdb", given);
        return path;
    }
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length <= 0)
        return NULL;
    self[length] = '\0';
    for (int i = 0; i < 2 && strrchr(self, '/'); i++)
        *strrchr(self, '/') = '\0';
    snprintf(path, sizeof path, "%s/share/cove/kd/nt.pdb", self);
    return path;
}

int cli_kd(int argc, char **argv)
{
    static const struct option options[] = {
        {"machine", required_argument, NULL, 'm'}, {"command", required_argument, NULL, 'c'},
        {"symbols", required_argument, NULL, 'y'}, {"json", no_argument, NULL, 'j'},
        {"help", no_argument, NULL, 'h'},          {0}};
    struct debugger_options settings = {.ask = machine_ask,
                                        .out = stdout,
                                        .nt_symbols = nt_symbols(),
                                        .symbol_path = getenv("_NT_SYMBOL_PATH")};
    const char *name = NULL, *commands = NULL;
    for (int c; (c = getopt_long(argc, argv, "m:c:y:", options, NULL)) != -1;) {
        if (c == 'm')
            name = optarg;
        else if (c == 'c')
            commands = optarg;
        else if (c == 'y')
            settings.symbol_path = optarg;
        else if (c == 'j')
            settings.is_json = true;
        else
            return c == 'h' ? (fputs(usage, stdout), 0) : options_usage(usage);
    }
    if (optind < argc)
        return options_usage(usage);
    const char *machine = options_machine(name);
    const char *const hello[] = {"target", NULL};
    cJSON *target = machine_ask((void *)(uintptr_t)machine, hello);
    if (!target)
        return EXIT_FAILED;
    cJSON_Delete(target);
    settings.context = (void *)(uintptr_t)machine;
    struct debugger *debugger = debugger_create(&settings);
    if (!debugger)
        return EXIT_FAILED;
    enum debugger_result result = commands               ? debugger_run(debugger, commands)
                                  : isatty(STDIN_FILENO) ? lines_edit(debugger)
                                                         : lines_read(debugger);
    debugger_destroy(debugger);
    return result == DEBUGGER_GOOD || result == DEBUGGER_QUIT ? 0 : EXIT_FAILED;
}
