/* SPDX-License-Identifier: MIT */
/* main.c - the program `cove`: finds the verb and hands it the rest of the words.
 *
 * A new verb is a line in the table and a function in a file of its own.
 */
#include "cli.h"

#include <stdio.h>
#include <string.h>

static const struct verb verbs[] = {
    {"run", cli_run, "boot a machine, load drivers, run a program, shut down"},
    {"boot", cli_boot, "boot a machine that stays"},
    {"shutdown", cli_shutdown, "stop a machine"},
    {"forget", cli_forget, "throw away what a machine has kept"},
    {"ps", cli_ps, "list machines"},
    {"exec", cli_exec, "run a Windows program on a machine"},
    {"sc", cli_sc, "install, start, stop and query driver services"},
    {"power", cli_power, "put a machine to sleep, wake it"},
    {"devcon", cli_devcon, "install, list and change devices; draw their tree"},
    {"pnputil", cli_pnputil, "driver packages and devices"},
    {"reg", cli_reg, "look at and change the registry; .reg files, hives"},
    {"wmi", cli_wmi, "query and set what drivers tell of themselves"},
    {"log", cli_log, "what drivers print"},
    {"trace", cli_trace, "follow requests"},
    {"kd", cli_kd, "look into a running machine as a kernel debugger does"},
    {"image", cli_image, "what a driver image says: imports, signature, tables"},
    {"dump", cli_dump, "what a 16-bit program, an object module or a PE file says"},
    {"link16", cli_link16, "link object modules to a 16-bit Windows program or library"},
    {"thunk", cli_thunk, "make both halves of a flat thunk of a thunk script; IOCTL converters"},
    {"new", cli_new, "start a driver project"},
    {"cc", cli_cc, "compile and link a driver"},
    {"wpp", cli_wpp, "make the .tmh headers of traced sources"},
    {"inf", cli_inf, "check a driver package's INF, show what it would install"},
    {"inf2cat", cli_inf2cat, "make the catalog of a driver package, show one"},
    {"stampinf", cli_stampinf, "make an INF of an .inx template"},
    {"mc", cli_mc, "compile message files and event manifests"},
    {"mof", cli_mof, "make headers of WMI classes"},
};

#define VERBS (sizeof(verbs) / sizeof(verbs[0]))

static void help_print(FILE *to)
{
    fputs("usage: cove VERB [ARGUMENTS...]\n\nverbs:\n", to);
    for (size_t i = 0; i < VERBS; i++)
        fprintf(to, "  %-10s %s\n", verbs[i].name, verbs[i].help);
    fputs("\n`cove VERB --help` says more about one.\n", to);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        help_print(stderr);
        return 2;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        help_print(stdout);
        return 0;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("cove " COVE_VERSION);
        return 0;
    }
    for (size_t i = 0; i < VERBS; i++)
        if (strcmp(argv[1], verbs[i].name) == 0)
            return verbs[i].run(argc - 1, argv + 1);
    fprintf(stderr, "cove: no verb \"%s\"; `cove --help` lists them\n", argv[1]);
    return 2;
}
