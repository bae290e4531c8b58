/* SPDX-License-Identifier: MIT */
/* command_devnode.c - !devnode: the tree of devices.
 *
 * Doc:     !devnode (Microsoft Learn, debuggercmds)
 */
#include <string.h>
#include <strings.h>

#include "base/abi_names.h"
#include "debugger_internal.h"

enum node_flag {
    NODE_CHILDREN = 0x1,
    NODE_RESOURCES = 0x2,
    NODE_TRANSLATED = 0x8,
    NODE_NOT_STARTED = 0x10,
    NODE_PROBLEM = 0x20,
};

#define STATE_STARTED 0x308u

static const char *const problems[] = {
    [0x01] = "CM_PROB_NOT_CONFIGURED",
    [0x03] = "CM_PROB_OUT_OF_MEMORY",
    [0x07] = "CM_PROB_FAILED_FILTER",
    [0x0a] = "CM_PROB_FAILED_START",
    [0x0c] = "CM_PROB_NORMAL_CONFLICT",
    [0x0e] = "CM_PROB_NEED_RESTART",
    [0x12] = "CM_PROB_REINSTALL",
    [0x13] = "CM_PROB_REGISTRY",
    [0x15] = "CM_PROB_WILL_BE_REMOVED",
    [0x16] = "CM_PROB_DISABLED",
    [0x18] = "CM_PROB_DEVICE_NOT_THERE",
    [0x1c] = "CM_PROB_FAILED_INSTALL",
    [0x1d] = "CM_PROB_HARDWARE_DISABLED",
    [0x1f] = "CM_PROB_FAILED_ADD",
    [0x20] = "CM_PROB_DISABLED_SERVICE",
    [0x21] = "CM_PROB_TRANSLATION_FAILED",
    [0x25] = "CM_PROB_FAILED_DRIVER_ENTRY",
    [0x26] = "CM_PROB_DRIVER_FAILED_PRIOR_UNLOAD",
    [0x27] = "CM_PROB_DRIVER_FAILED_LOAD",
    [0x28] = "CM_PROB_DRIVER_SERVICE_KEY_INVALID",
    [0x2a] = "CM_PROB_DUPLICATE_DEVICE",
    [0x2b] = "CM_PROB_FAILED_POST_START",
    [0x2c] = "CM_PROB_HALTED",
    [0x2d] = "CM_PROB_PHANTOM",
    [0x2f] = "CM_PROB_HELD_FOR_EJECT",
};

static void resources_say(struct debugger *debugger, int indent, const char *title,
                          const cJSON *list)
{
    static const char *const types[] = {"Null", "Port", "Interrupt", "Memory", "DMA"};
    static const char *const shares[] = {"Undetermined", "Device Exclusive", "Driver Exclusive",
                                         "Shared"};
    const cJSON *item;
    unsigned index = 0;
    if (!cJSON_GetArraySize(list))
        return;
    say(debugger, "%*s%s\n", indent, "", title);
    cJSON_ArrayForEach(item, list)
    {
        unsigned type = (unsigned)answer_whole(item, "type"),
                 share = (unsigned)answer_whole(item, "share"),
                 flags = (unsigned)answer_whole(item, "flags");
        say(debugger, "%*s  Entry %u - %s (0x%x) %s (0x%x)\n%*s    Flags (0x%02x)\n", indent, "",
            index++, type < 5 ? types[type] : "Device specific", type,
            share < 4 ? shares[share] : "?", share, indent, "", flags);
        if (cJSON_HasObjectItem(item, "start"))
            say(debugger, "%*s    Range starts at 0x%s for 0x%x bytes\n", indent, "",
                plain(answer_address(item, "start")), (unsigned)answer_whole(item, "length"));
        if (cJSON_HasObjectItem(item, "vector"))
            say(debugger, "%*s    Level 0x%x, Vector 0x%x, Affinity 0x%llx\n", indent, "",
                (unsigned)answer_whole(item, "level"), (unsigned)answer_whole(item, "vector"),
                (unsigned long long)answer_address(item, "affinity"));
    }
}

static void node_say(struct debugger *debugger, const cJSON *node, int indent, unsigned flags)
{
    unsigned problem = (unsigned)answer_whole(node, "problem");
    uint32_t status = (uint32_t)answer_whole(node, "problem_status");
    say(debugger, "%*sDevNode 0x%s for PDO 0x%s\n", indent, "",
        plain(answer_address(node, "address")), plain(answer_address(node, "pdo")));
    indent += 2;
    say(debugger, "%*sInstancePath is \"%s\"\n", indent, "", answer_text(node, "instance"));
    if (*answer_text(node, "service"))
        say(debugger, "%*sServiceName is \"%s\"\n", indent, "", answer_text(node, "service"));
    say(debugger, "%*sState = %s (0x%x)\n", indent, "", answer_text(node, "state_name"),
        (unsigned)answer_whole(node, "state"));
    if (problem) {
        const char *name = problem < sizeof problems / sizeof *problems ? problems[problem] : NULL;
        say(debugger, "%*sProblem = %s (0x%x)\n", indent, "", name ? name : "CM_PROB", problem);
        if (status)
            say(debugger, "%*sProblem Status = 0x%08x (%s)\n", indent, "", status,
                abi_status_name(status) ? abi_status_name(status) : "?");
    }
    if (flags & NODE_RESOURCES)
        resources_say(debugger, indent, "CmResourceList", cJSON_GetObjectItem(node, "raw"));
    if (flags & NODE_TRANSLATED)
        resources_say(debugger, indent, "TranslatedResourceList",
                      cJSON_GetObjectItem(node, "translated"));
}

static bool node_is_wanted(const cJSON *node, unsigned flags, const char *service)
{
    if (service && strcasecmp(service, answer_text(node, "service")))
        return false;
    if ((flags & NODE_NOT_STARTED) && (unsigned)answer_whole(node, "state") == STATE_STARTED)
        return false;
    return !(flags & NODE_PROBLEM) || answer_number(node, "problem");
}

/* From the node at address (0: the root) on; its children follow it with a greater depth. Of those
 * that do not fit, what lies below one that does is still shown. */
static bool tree_say(struct debugger *debugger, const cJSON *list, uint64_t address, unsigned flags,
                     const char *service)
{
    const cJSON *node;
    int top = -1, shown = -1;
    cJSON_ArrayForEach(node, list)
    {
        int depth = (int)answer_whole(node, "depth");
        bool is_top = top < 0 && (!address || address == answer_address(node, "address") ||
                                  address == answer_address(node, "pdo"));
        if (top >= 0 && depth <= top)
            break;
        if (top < 0 && !is_top)
            continue;
        if (is_top)
            top = depth;
        if (shown >= 0 && depth <= shown)
            shown = -1;
        if (shown < 0 && node_is_wanted(node, flags, service))
            shown = depth;
        if (shown >= 0 && (shown == depth || !service || (flags & NODE_CHILDREN)) &&
            (service || node_is_wanted(node, flags, NULL)))
            node_say(debugger, node, 2 * (depth - top), flags);
        if (!(flags & NODE_CHILDREN) && !service)
            break;
    }
    return top >= 0;
}

void command_devnode(struct debugger *debugger, char *text)
{
    char *words[WORDS_MAX];
    uint64_t address = 0, flags = 0;
    unsigned count = words_split(text, words);
    if ((count > 0 && !evaluate(debugger, words[0], &address)) ||
        (count > 1 && !evaluate(debugger, words[1], &flags)))
        return;
    if (address == 1 || address == 2) {
        say(debugger, "Pending removals and ejections are not kept in lists here.\n");
        return;
    }
    cJSON *list = ask(debugger, "nodes", NULL, NULL);
    if (!list)
        return;
    if (debugger->options.is_json) {
        json_say(debugger, list);
        return;
    }
    const cJSON *root = cJSON_GetArrayItem(list, 0);
    if (!address && root)
        say(debugger, "Dumping IopRootDeviceNode (= 0x%s)\n",
            plain(answer_address(root, "address")));
    if (!tree_say(debugger, list, address, (unsigned)flags, count > 2 ? words[2] : NULL))
        complain(debugger,
                 address ? "%s is no device node of the tree"
                         : "%s: this machine has no device tree",
                 plain(address));
    cJSON_Delete(list);
}
