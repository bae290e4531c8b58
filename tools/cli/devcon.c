/* SPDX-License-Identifier: MIT */
/* devcon.c - `cove devcon`: the table of its verbs, their help, and the options before them. */
#include "devcon.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cli.h"
#include "options.h"

#define IDS                                                                          \
    "ID is one of\n"                                                                 \
    "  *                every device\n"                                              \
    "  ROOT\\ROBOT       a hardware or compatible ID; * in it stands for anything\n" \
    "  @ROOT\\SAMPLE\\*   an instance ID\n"                                          \
    "  'ID              letter for letter\n"                                         \
    "=CLASS before them keeps to one setup class.\n"

static int devcon_help(const struct devcon *devcon);

static const struct verb_row {
    const char *name;
    int least; /* arguments behind the verb */
    int (*run)(const struct devcon *devcon);
    const char *arguments, *line, *more;
} rows[] = {
    {"classes", 0, devcon_classes, "", "List all device setup classes.", ""},
    {"classfilter", 2, devcon_classfilter, "CLASS upper|lower [SUBCOMMAND…]",
     "Add, delete, and reorder class filters.",
     "A cursor goes through the list: =  before the first filter; @NAME  onto the next NAME;\n"
     "-NAME  adds before it; +NAME  adds after it; !NAME  deletes the next NAME.\n"},
    {"disable", 1, devcon_disable, "[=CLASS] ID…", "Disable devices.", IDS},
    {"driverfiles", 1, devcon_driverfiles, "[=CLASS] ID…",
     "List installed driver files for devices.", IDS},
    {"drivernodes", 1, devcon_drivernodes, "[=CLASS] ID…", "List driver nodes of devices.", IDS},
    {"enable", 1, devcon_enable, "[=CLASS] ID…", "Enable devices.", IDS},
    {"find", 1, devcon_find, "[=CLASS] ID…", "Find devices.", IDS},
    {"findall", 1, devcon_findall, "[=CLASS] ID…",
     "Find devices, including those that are not currently attached.", IDS},
    {"help", 0, devcon_help, "[VERB]", "Display Devcon help.", ""},
    {"hwids", 1, devcon_hwids, "[=CLASS] ID…", "List hardware IDs of devices.", IDS},
    {"install", 2, devcon_install, "INF HARDWARE-ID", "Install a device manually.", ""},
    {"listclass", 1, devcon_listclass, "CLASS…", "List all devices in a setup class.", ""},
    {"reboot", 0, devcon_reboot, "", "Reboot the local computer (not here).", ""},
    {"remove", 1, devcon_remove, "[=CLASS] ID…", "Remove devices.", IDS},
    {"removeall", 1, devcon_removeall, "[=CLASS] ID…",
     "Remove devices, including those that are not currently attached.", IDS},
    {"rescan", 0, devcon_rescan, "", "Scan for new hardware.", ""},
    {"resources", 1, devcon_resources, "[=CLASS] ID…", "List hardware resources for devices.", IDS},
    {"restart", 1, devcon_restart, "[=CLASS] ID…", "Restart devices.", IDS},
    {"sethwid", 3, devcon_sethwid, "[=CLASS] ID… := SUBCOMMAND…",
     "Modify Hardware ID's of listed root-enumerated devices.",
     "=ID  the only one; +ID  first; -ID  last; !ID  not any longer; ID  after the one before.\n"},
    {"stack", 1, devcon_stack, "[=CLASS] ID…", "List expected driver stack for devices.", IDS},
    {"status", 1, devcon_status, "[=CLASS] ID…", "List running status of devices.", IDS},
    {"tree", 0, devcon_tree, "[ID] [--svg FILE] [--png FILE] [--dot FILE]",
     "Draw the device tree with its stacks.",
     "Bus nodes with their children; of each stack the PDO, lower filters, the function driver "
     "and\n"
     "upper filters. Pictures are made by Graphviz (`dot`).\n"},
    {"update", 2, devcon_update, "INF HARDWARE-ID", "Update a device manually.", ""},
    {"updateni", 2, devcon_update, "INF HARDWARE-ID", "Manually update a device (non interactive).",
     ""},
    {"dp_add", 1, devcon_dp_add, "INF", "Adds (installs) a third-party (OEM) driver package.", ""},
    {"dp_delete", 1, devcon_dp_delete, "[-f] OEM#.INF",
     "Deletes a third-party (OEM) driver package.", "-f: although a device uses it.\n"},
    {"dp_enum", 0, devcon_dp_enum, "",
     "Lists the third-party (OEM) driver packages installed on this machine.", ""},
};
#define ROWS (sizeof rows / sizeof *rows)

static const struct verb_row *row_find(const char *name)
{
    for (size_t i = 0; i < ROWS; i++)
        if (!strcasecmp(rows[i].name, name))
            return &rows[i];
    return NULL;
}

static void help_print(FILE *to)
{
    fputs("usage: cove devcon [-m NAME] [-r] [-f] [--json] VERB [ARGUMENTS…]\n"
          "Device Console Help: the verbs of Microsoft's devcon, on a machine of Cove.\n"
          "Exit codes: 0 good, 1 a restart is needed, 2 failed, 3 the command line is wrong.\n"
          "For help with a verb: cove devcon help VERB\n\n",
          to);
    for (size_t i = 0; i < ROWS; i++)
        fprintf(to, "%-20s %s\n", rows[i].name, rows[i].line);
}

static int row_help(const struct verb_row *row)
{
    printf("usage: cove devcon %s %s\n%s\n%s", row->name, row->arguments, row->line, row->more);
    return DEVCON_OK;
}

static int devcon_help(const struct devcon *devcon)
{
    const struct verb_row *row = devcon->argc ? row_find(devcon->argv[0]) : NULL;
    if (row)
        return row_help(row);
    if (devcon->argc)
        puts("Unknown command.");
    else
        help_print(stdout);
    return DEVCON_OK;
}

/* The options before the verb; -1: one that is wrong, which was said. */
static int options_take(int argc, char **argv, struct devcon *devcon, const char **out_machine)
{
    int at = 1;
    for (; at < argc && (*argv[at] == '-' || *argv[at] == '/') && argv[at][1]; at++) {
        const char *word = argv[at] + 1;
        if (!strncmp(word, "m:", 2)) {
            fputs("cove devcon: there are no remote computers; -m NAME picks a machine\n", stderr);
            return -1;
        }
        if (!strcmp(argv[at], "-m") && at + 1 < argc)
            *out_machine = argv[++at];
        else if (!strcmp(argv[at], "--json"))
            devcon->is_json = true;
        else if (!strcasecmp(word, "f"))
            devcon->is_forced = true;
        else if (!strcmp(argv[at], "--help") || !strcmp(argv[at], "-h")) {
            help_print(stdout);
            return -2;
        } else if (strcasecmp(word, "r") && strcasecmp(word, "u")) {
            help_print(stderr);
            return -1;
        }
    }
    return at;
}

int cli_devcon(int argc, char **argv)
{
    struct devcon devcon = {0};
    const char *machine = NULL;
    int at = options_take(argc, argv, &devcon, &machine);
    if (at < 0)
        return at == -2 ? DEVCON_OK : DEVCON_USAGE;
    if (at == argc) {
        help_print(stderr);
        return DEVCON_USAGE;
    }
    const struct verb_row *row = row_find(argv[at]);
    if (!row) {
        fprintf(stderr, "cove devcon: no verb \"%s\"; `cove devcon help` lists them\n", argv[at]);
        return DEVCON_USAGE;
    }
    devcon.machine = options_machine(machine);
    devcon.verb = row->name;
    devcon.argc = argc - at - 1;
    devcon.argv = argv + at + 1;
    /* --json and -f may also stand around what is asked. */
    while (devcon.argc && !strcmp(devcon.argv[devcon.argc - 1], "--json")) {
        devcon.is_json = true;
        devcon.argc--;
    }
    if (devcon.argc && !strcasecmp(devcon.argv[0], "-f")) {
        devcon.is_forced = true;
        devcon.argc--;
        devcon.argv++;
    }
    int result = devcon.argc < row->least ? DEVCON_USAGE : row->run(&devcon);
    if (result == DEVCON_USAGE)
        fprintf(
            stderr,
            "cove devcon: Invalid use of %s.\nFor more information, type: cove devcon help %s\n",
            row->name, row->name);
    else if (result == DEVCON_FAIL)
        fprintf(stderr, "cove devcon: command %s failed\n", row->name);
    return result;
}
