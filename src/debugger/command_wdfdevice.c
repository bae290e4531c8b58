/* SPDX-License-Identifier: MIT */
/* command_wdfdevice.c - !wdfdevice: a device of the Framework, its states and how it got there.
 *
 * Doc:     !wdfkd.wdfdevice (Microsoft Learn, debuggercmds)
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "wdf.h"

enum {
    SHOW_VERBOSE = 0x1,
    SHOW_POWER = 0x2,
    SHOW_POLICY = 0x4,
    SHOW_PNP = 0x8,
    SHOW_CALLBACKS = 0x10
};

#define HISTORY_MAX 16u
#define STEP_BYTES  3u

/* One of a device's three machines: its fields in fx_pnp, and how its states are called. */
static const struct machine {
    const char *field, *title, *history, *prefix;
    unsigned flag;
} machines[] = {
    {"pnp", "Pnp state", "Pnp state history", "WdfDevStatePnp", SHOW_PNP},
    {"power", "Power state", "Power state history", "WdfDevStatePower", SHOW_POWER},
    {"policy", "Power Pol state", "Power policy state history", "WdfDevStatePwrPol", SHOW_POLICY}};
#define MACHINES (sizeof machines / sizeof *machines)

static uint64_t machine_value(const struct wdf_copy *pnp, const struct machine *machine,
                              const char *field)
{
    char name[40];
    snprintf(name, sizeof name, "%s.%s", machine->field, field);
    return wdf_value(pnp, name);
}

/* A state's public name and number; the table is read in the Framework's image. */
static cJSON *state_describe(struct debugger *debugger, const struct wdf_copy *pnp,
                             const struct machine *machine, unsigned index)
{
    struct wdf_copy table, state;
    char name[80], text[112];
    bool is_np = machine_value(pnp, machine, "is_np");
    bool is_read =
        wdf_read(debugger, "fx_table", machine_value(pnp, machine, "table"), &table) &&
        index < wdf_value(&table, "state_count") &&
        wdf_read(debugger, "fx_state", wdf_value(&table, "states"), &state) &&
        wdf_read(debugger, "fx_state", state.address + (uint64_t)index * state.size, &state);
    cJSON *answer = cJSON_CreateObject();
    if (!is_read) {
        cJSON_AddStringToObject(answer, "name", "?");
        return answer;
    }
    wdf_text(debugger, wdf_value(&state, "name"), name, sizeof name);
    bool has_np = wdf_value(&state, "public_state") != wdf_value(&state, "public_state_np");
    snprintf(text, sizeof text, "%s%s%s", machine->prefix, name, is_np && has_np ? "NP" : "");
    cJSON_AddStringToObject(answer, "name", text);
    cJSON_AddNumberToObject(answer, "value",
                            (double)wdf_value(&state, is_np ? "public_state_np" : "public_state"));
    return answer;
}

/* Where the machine has been, the oldest first, then where it is. */
static cJSON *history_describe(struct debugger *debugger, const struct wdf_copy *pnp,
                               const struct machine *machine)
{
    cJSON *list = cJSON_CreateArray();
    uint8_t steps[HISTORY_MAX * STEP_BYTES];
    char name[40];
    uint64_t taken = machine_value(pnp, machine, "steps");
    snprintf(name, sizeof name, "%s.history", machine->field);
    uint64_t place = wdf_place(pnp, name);
    if (!place || place + sizeof steps > pnp->address + pnp->size)
        return list;
    memcpy(steps, pnp->bytes + (place - pnp->address), sizeof steps);
    unsigned count = taken < HISTORY_MAX ? (unsigned)taken : HISTORY_MAX;
    for (unsigned i = 0; i < count; i++) {
        const uint8_t *step = steps + STEP_BYTES * ((taken - count + i) % HISTORY_MAX);
        if (!i)
            cJSON_AddItemToArray(list, state_describe(debugger, pnp, machine, step[0]));
        cJSON_AddItemToArray(list, state_describe(debugger, pnp, machine, step[2]));
    }
    return list;
}

static cJSON *machine_describe(struct debugger *debugger, const struct wdf_copy *pnp,
                               const struct machine *machine)
{
    cJSON *answer =
        state_describe(debugger, pnp, machine, (unsigned)machine_value(pnp, machine, "state"));
    cJSON_AddItemToObject(answer, "history", history_describe(debugger, pnp, machine));
    cJSON_AddNumberToObject(answer, "queued", (double)machine_value(pnp, machine, "queued"));
    return answer;
}

static void callbacks_add(struct debugger *debugger, const struct wdf_copy *pnp, cJSON *list)
{
    for (size_t i = 0; i < pnp->layout->count; i++) {
        const struct wdf_row *row = &pnp->layout->rows[i];
        char field[sizeof row->field + 1];
        snprintf(field, sizeof field, "%.*s", (int)sizeof row->field, row->field);
        const char *name = strstr(field, "evt.Evt");
        if (name && !strncmp(row->structure, "fx_pnp", sizeof row->structure))
            wdf_add_routine(debugger, list, name + 4, wdf_value(pnp, field));
    }
}

static void pnp_describe(struct debugger *debugger, const struct wdf_copy *pnp, cJSON *answer)
{
    static const char *const irps[] = {"irp", "d_irp", "wake_irp", "system_irp", "asked_wake_irp"};
    for (size_t i = 0; i < MACHINES; i++)
        cJSON_AddItemToObject(answer, machines[i].field,
                              machine_describe(debugger, pnp, &machines[i]));
    cJSON *pended = cJSON_AddObjectToObject(answer, "irps");
    for (size_t i = 0; i < sizeof irps / sizeof *irps; i++)
        if (wdf_value(pnp, irps[i]))
            wdf_add_address(pended, irps[i], wdf_value(pnp, irps[i]));
    cJSON_AddBoolToObject(answer, "is_owner", wdf_value(pnp, "is_owner"));
    wdf_add_address(answer, "uses", wdf_value(pnp, "uses"));
    cJSON_AddBoolToObject(answer, "is_idle_enabled", wdf_value(pnp, "idle.is_enabled"));
    cJSON_AddNumberToObject(answer, "idle_timeout", (double)wdf_value(pnp, "idle.timeout_ms"));
    cJSON_AddNumberToObject(answer, "idle_state", (double)wdf_value(pnp, "idle.state"));
    cJSON_AddBoolToObject(answer, "is_wake_enabled", wdf_value(pnp, "wake.is_enabled"));
    callbacks_add(debugger, pnp, cJSON_AddArrayToObject(answer, "callbacks"));
}

static cJSON *device_describe(struct debugger *debugger, const struct wdf_object *object)
{
    static const char *const kinds[] = {"FDO", "filter", "PDO", "control device", "miniport"};
    struct wdf_copy device, pnp;
    if (!wdf_read(debugger, "fx_device", object->copy.address, &device))
        return NULL;
    uint64_t kind = wdf_value(&device, "kind"), parent = wdf_value(&device, "parent");
    cJSON *answer = cJSON_CreateObject();
    wdf_add_address(answer, "handle", ~device.address);
    cJSON_AddStringToObject(answer, "kind", kind < 5 ? kinds[kind] : "?");
    wdf_add_address(answer, "self", wdf_value(&device, "wdm"));
    wdf_add_address(answer, "attached", wdf_value(&device, "lower"));
    wdf_add_address(answer, "pdo", wdf_value(&device, "physical"));
    wdf_add_address(answer, "parent", parent ? ~parent : 0);
    cJSON_AddNumberToObject(answer, "execution_level",
                            (double)wdf_value(&object->copy, "execution_level"));
    cJSON_AddNumberToObject(answer, "sync_scope", (double)wdf_value(&object->copy, "sync_scope"));
    if (wdf_read(debugger, "fx_pnp", wdf_value(&device, "pnp"), &pnp))
        pnp_describe(debugger, &pnp, answer);
    return answer;
}

/* ---- what is printed ----------------------------------------------------------------------- */

static void states_say(struct debugger *debugger, const char *indent, const cJSON *device)
{
    for (size_t i = 0; i < MACHINES; i++) {
        const cJSON *machine = cJSON_GetObjectItem(device, machines[i].field);
        if (machine)
            say(debugger, "%s%s:  %x ( %s )\n", indent, machines[i].title,
                (unsigned)answer_whole(machine, "value"), answer_text(machine, "name"));
    }
}

static void parent_say(struct debugger *debugger, uint64_t handle)
{
    struct wdf_object parent;
    if (!wdf_object_read(debugger, ~handle, &parent) || !wdf_object_is(&parent, "WDFDEVICE"))
        return;
    cJSON *device = device_describe(debugger, &parent);
    say(debugger, "Parent WDFDEVICE %s\nParent states:\n", plain(handle));
    states_say(debugger, "   ", device);
    say(debugger, "\n");
    cJSON_Delete(device);
}

static void power_say(struct debugger *debugger, const cJSON *device)
{
    const cJSON *irp, *irps = cJSON_GetObjectItem(device, "irps");
    if (!cJSON_GetArraySize(irps))
        say(debugger, "No pended pnp or power irps\n");
    cJSON_ArrayForEach(irp, irps) say(debugger, "Pended %s: !irp 0x%s\n", irp->string,
                                      plain(answer_address(irps, irp->string)));
    say(debugger, "Device is %sthe power policy owner for the stack\n",
        answer_bool(device, "is_owner") ? "" : "NOT ");
    if (answer_bool(device, "is_idle_enabled"))
        say(debugger, "Idle: to D%u after %u ms, uses 0x%" PRIx64 "\n",
            (unsigned)answer_whole(device, "idle_state") - 1,
            (unsigned)answer_whole(device, "idle_timeout"), answer_address(device, "uses"));
    if (answer_bool(device, "is_wake_enabled"))
        say(debugger, "Wake from Sx is enabled\n");
}

static void histories_say(struct debugger *debugger, const cJSON *device, unsigned flags)
{
    for (size_t i = 0; i < MACHINES; i++) {
        const struct machine *machine = &machines[i];
        const cJSON *states =
                        cJSON_GetObjectItem(cJSON_GetObjectItem(device, machine->field), "history"),
                    *state;
        unsigned number = 0;
        if (!(flags & machine->flag) || !states)
            continue;
        say(debugger, "\n%s:\n", machine->history);
        cJSON_ArrayForEach(state, states)
            say(debugger, "[%u] %s (0x%x)\n", number++, answer_text(state, "name"),
                (unsigned)answer_whole(state, "value"));
    }
}

static void lists_say(struct debugger *debugger, const struct wdf_object *object,
                      const cJSON *device)
{
    static const char *const levels[] = {"?", "?", "Passive", "Dispatch"};
    static const char *const scopes[] = {"?", "?", "Device", "Queue", "None"};
    uint64_t level = answer_whole(device, "execution_level"),
             scope = answer_whole(device, "sync_scope");
    cJSON *children = wdf_tree(debugger, object);
    const cJSON *child;
    say(debugger, "\nWDFCHILDLIST Handles:\n");
    cJSON_ArrayForEach(child, children)
    {
        if (!strcmp(answer_text(child, "type"), "WDFCHILDLIST"))
            say(debugger, " !WDFCHILDLIST 0x%s\n", plain(answer_address(child, "handle")));
    }
    say(debugger,
        "\nSyncronizationScope is WdfSynchronizationScope%s\nExecutionLevel is "
        "WdfExecutionLevel%s\n",
        scope < 5 ? scopes[scope] : "?", level < 4 ? levels[level] : "?");
    cJSON_Delete(children);
}

static void device_say(struct debugger *debugger, const struct wdf_object *object,
                       const cJSON *device, unsigned flags)
{
    const cJSON *callback;
    uint64_t parent = answer_address(device, "parent");
    say(debugger, "Dumping WDFDEVICE 0x%s\n=================================\n\n",
        plain(~object->copy.address));
    say(debugger, "WDM PDEVICE_OBJECTs:  self %s", plain(answer_address(device, "self")));
    if (answer_address(device, "attached"))
        say(debugger, ", attached %s", plain(answer_address(device, "attached")));
    if (answer_address(device, "pdo") != answer_address(device, "self"))
        say(debugger, ", pdo %s", plain(answer_address(device, "pdo")));
    say(debugger, "\n\n");
    states_say(debugger, "", device);
    if (!cJSON_GetObjectItem(device, "pnp"))
        say(debugger, "A %s: no PnP and no power states\n", answer_text(device, "kind"));
    say(debugger, "\n");
    if (parent)
        parent_say(debugger, parent);
    if (cJSON_GetObjectItem(device, "pnp"))
        power_say(debugger, device);
    histories_say(debugger, device, flags);
    if (flags & SHOW_VERBOSE)
        lists_say(debugger, object, device);
    if (!(flags & SHOW_CALLBACKS))
        return;
    say(debugger, "\nCallbacks:\n");
    cJSON_ArrayForEach(callback, cJSON_GetObjectItem(device, "callbacks"))
    {
        uint64_t routine = answer_address(callback, "routine");
        say(debugger, "    %s: (0x%s) %s\n", answer_text(callback, "name"), plain(routine),
            symbol_text(debugger, routine));
    }
}

void command_wdfdevice(struct debugger *debugger, char *text)
{
    char *words[WORDS_MAX];
    unsigned count = words_split(text, words);
    uint64_t flags = 0;
    struct wdf_object object;
    if (!count) {
        complain(debugger, "!wdfdevice HANDLE [FLAGS]");
        return;
    }
    if (!wdf_handle_read(debugger, words[0], "WDFDEVICE", &object) ||
        (count > 1 && !evaluate(debugger, words[1], &flags)))
        return;
    cJSON *device = device_describe(debugger, &object);
    if (device && debugger->options.is_json) {
        json_say(debugger, device);
        return;
    }
    if (device)
        device_say(debugger, &object, device, (unsigned)flags);
    else
        complain(debugger, "The device can not be read");
    cJSON_Delete(device);
}
