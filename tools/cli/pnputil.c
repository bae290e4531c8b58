/* SPDX-License-Identifier: MIT */
/* pnputil.c - `cove pnputil`: the table of its commands, and flags as the original takes them. */
#include "pnputil.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cli.h"
#include "options.h"

static const char usage[] =
    "usage: cove pnputil [-m NAME] [--json] COMMAND\n"
    "  /add-driver FILE.inf|'*.inf' [/subdirs] [/install]\n"
    "  /delete-driver OEM#.inf [/uninstall] [/force]\n"
    "  /export-driver OEM#.inf|'*' FOLDER\n"
    "  /enum-drivers [/class NAME|GUID] [/files]\n"
    "  /enum-devices [/connected|/disconnected] [/instanceid ID|/deviceid ID] [/class NAME|GUID]\n"
    "                [/problem [CODE]] [/bus NAME] [/ids|/deviceids] [/relations] [/services]\n"
    "                [/stack] [/drivers] [/interfaces] [/resources]\n"
    "  /enum-devicetree [ID]\n"
    "  /enum-classes [/class NAME|GUID]\n"
    "  /enum-interfaces [/enabled|/disabled] [/class GUID] [/instanceid ID]\n"
    "  /enable-device, /disable-device, /restart-device  ID|/deviceid ID [/class NAME|GUID]\n"
    "  /remove-device ID|/deviceid ID [/subtree]\n"
    "  /scan-devices [/instanceid ID]\n"
    "The commands of Microsoft's pnputil, on a machine of Cove. A flag may begin with - as well.\n"
    "The exit code is a Windows error: 0 good, 259 nothing to do, 3010 a restart is needed (the\n"
    "shell sees its low byte).\n";

static const struct {
    const char *name, *legacy;
    int (*run)(const struct pnputil *tool);
} commands[] = {
    {"add-driver", "a", pnputil_add_driver},
    {"delete-driver", "d", pnputil_delete_driver},
    {"export-driver", NULL, pnputil_export_driver},
    {"enum-drivers", "e", pnputil_enum_drivers},
    {"enum-devices", NULL, pnputil_enum_devices},
    {"enum-devicetree", NULL, pnputil_enum_devicetree},
    {"enum-classes", NULL, pnputil_enum_classes},
    {"enum-interfaces", NULL, pnputil_enum_interfaces},
    {"enable-device", NULL, pnputil_enable_device},
    {"disable-device", NULL, pnputil_disable_device},
    {"restart-device", NULL, pnputil_restart_device},
    {"remove-device", NULL, pnputil_remove_device},
    {"scan-devices", NULL, pnputil_scan_devices},
};

/* A flag's name behind "/", "-" or "--"; NULL: the word is none. Host paths have a second slash or
 * a dot, no flag has. */
static const char *flag_name(const char *word)
{
    if (*word != '/' && *word != '-')
        return NULL;
    word += word[0] == '-' && word[1] == '-' ? 2 : 1;
    return *word && !strpbrk(word, "/.") ? word : NULL;
}

static int flag_find(const struct pnputil *tool, const char *flag)
{
    for (int i = 0; i < tool->argc; i++) {
        const char *name = flag_name(tool->argv[i]);
        if (name && !strcasecmp(name, flag))
            return i;
    }
    return -1;
}

bool pnputil_has(const struct pnputil *tool, const char *flag)
{
    return flag_find(tool, flag) >= 0;
}

const char *pnputil_value(const struct pnputil *tool, const char *flag)
{
    int at = flag_find(tool, flag);
    if (at < 0)
        return NULL;
    return at + 1 < tool->argc && !flag_name(tool->argv[at + 1]) ? tool->argv[at + 1] : "";
}

const char *pnputil_word(const struct pnputil *tool, const char *const *values, int index)
{
    for (int i = 0; i < tool->argc; i++) {
        const char *name = flag_name(tool->argv[i]);
        bool has_value = false;
        for (const char *const *value = values; name && *value; value++)
            has_value |= !strcasecmp(*value, name);
        if (has_value && i + 1 < tool->argc && !flag_name(tool->argv[i + 1]))
            i++;
        else if (!name && !index--)
            return tool->argv[i];
    }
    return NULL;
}

void pnputil_row(const char *label, const char *text)
{
    char column[40];
    snprintf(column, sizeof column, "%s:", label);
    printf("%-27s %s\n", column, text);
}

int pnputil_exit(unsigned code)
{
    return code > 0xffff ? (int)(code & 0xffff) : (int)code;
}

int cli_pnputil(int argc, char **argv)
{
    struct pnputil tool = {0};
    const char *machine = NULL;
    int at = 1;
    for (; at < argc; at++) {
        if (!strcmp(argv[at], "-m") && at + 1 < argc)
            machine = argv[++at];
        else if (!strcmp(argv[at], "--json"))
            tool.is_json = true;
        else
            break;
    }
    while (argc > at + 1 && !strcmp(argv[argc - 1], "--json")) {
        tool.is_json = true;
        argc--;
    }
    const char *name = at < argc ? flag_name(argv[at]) : NULL;
    if (name && (!strcmp(name, "?") || !strcmp(name, "help") || !strcmp(name, "h"))) {
        fputs(usage, stdout);
        return PNPUTIL_OK;
    }
    tool.machine = options_machine(machine);
    tool.argc = argc - at - 1;
    tool.argv = argv + at + 1;
    for (size_t i = 0; name && i < sizeof commands / sizeof *commands; i++) {
        if (strcasecmp(name, commands[i].name) &&
            (!commands[i].legacy || strcasecmp(name, commands[i].legacy)))
            continue;
        tool.command = commands[i].name;
        if (!tool.is_json)
            puts("Microsoft PnP Utility\n");
        fflush(stdout);
        int result = commands[i].run(&tool);
        if (result == PNPUTIL_USAGE)
            fputs(usage, stderr);
        return result;
    }
    fputs(usage, stderr);
    return PNPUTIL_USAGE;
}
