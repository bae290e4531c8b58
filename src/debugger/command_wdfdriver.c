/* SPDX-License-Identifier: MIT */
/* command_wdfdriver.c - !wdfldr, !wdfdriverinfo, !wdflogdump: the Framework's clients.
 *
 * Doc:     the pages of these names (Microsoft Learn, debuggercmds: wdfkd)
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "wdf.h"

#define RULE "----------------------------------\n"

/* ---- !wdfldr ------------------------------------------------------------------------------- */

static void library_say(struct debugger *debugger, const cJSON *clients)
{
    const struct wdf_layout *layout = wdf_layout(debugger);
    const struct module *module = module_find(debugger, "wdf01000");
    const cJSON *client;
    if (!layout || !module)
        return;
    say(debugger, "KMDF Drivers\n\nLoadedModuleList      0x%s\n\n", plain(layout->clients));
    say(debugger, "LIBRARY_MODULE  0x%s\n  Version       v1.%u\n", plain(module->start),
        layout->minor);
    say(debugger,
        "  Service       \\Registry\\Machine\\System\\CurrentControlSet\\Services\\Wdf01000\n"
        "  ImageName     %s\n  ImageAddress  0x%s\n  ImageSize     0x%" PRIx64 "\n",
        module->image, plain(module->start), module->end - module->start);
    say(debugger, "  Associated Clients: %d\n\n", cJSON_GetArraySize(clients));
    say(debugger, "  %-30s %-5s %-18s %-18s %-18s %s\n", "ImageName", "Ver", "WdfGlobals",
        "FxGlobals", "ImageAddress", "ImageSize");
    cJSON_ArrayForEach(client, clients) say(
        debugger, "  %-30s v1.%-2u 0x%s 0x%s 0x%s 0x%08" PRIx64 "\n", answer_text(client, "image"),
        (unsigned)answer_whole(client, "minor"), plain(answer_address(client, "wdf_globals")),
        plain(answer_address(client, "fx_globals")), plain(answer_address(client, "image_address")),
        answer_address(client, "image_size"));
    say(debugger, "\nTotal: 1 library loaded\n");
}

static void client_say(struct debugger *debugger, const cJSON *client)
{
    say(debugger, "Version    v1.%u build(%u)\nService    %s\n",
        (unsigned)answer_whole(client, "minor"), (unsigned)answer_whole(client, "build"),
        answer_text(client, "service"));
    say(debugger, "ImageName  %s\n!wdfdriverinfo %s\n!wdflogdump %s\n",
        answer_text(client, "image"), answer_text(client, "name"), answer_text(client, "name"));
}

void command_wdfldr(struct debugger *debugger, char *text)
{
    char *words[WORDS_MAX];
    unsigned count = words_split(text, words);
    struct wdf_copy globals;
    const cJSON *client;
    if (count && !wdf_client_find(debugger, words[0], &globals))
        return;
    cJSON *clients = wdf_clients(debugger);
    if (!clients)
        return;
    if (debugger->options.is_json) {
        json_say(debugger, clients);
        return;
    }
    if (!count)
        library_say(debugger, clients);
    cJSON_ArrayForEach(client, clients)
    {
        if (count && answer_address(client, "fx_globals") == globals.address)
            client_say(debugger, client);
    }
    cJSON_Delete(clients);
}

void command_wdfsetdriver(struct debugger *debugger, char *text)
{
    struct wdf_copy globals;
    if (!*text)
        complain(debugger, "!wdfsetdriver DRIVER");
    else if (wdf_client_find(debugger, text, &globals))
        snprintf(debugger->wdf_driver, sizeof debugger->wdf_driver, "%s", text);
}

void command_wdfgetdriver(struct debugger *debugger, char *text)
{
    struct wdf_copy globals;
    char name[33];
    if (!wdf_client_find(debugger, NULL, &globals))
        return;
    wdf_text(debugger, wdf_place(&globals, "abi.DriverName"), name, sizeof name);
    say(debugger, "Default driver: %s\n", name);
}

/* ---- !wdfdriverinfo ------------------------------------------------------------------------ */

static unsigned objects_count(const cJSON *children)
{
    const cJSON *item;
    unsigned count = 0;
    cJSON_ArrayForEach(item, children) count +=
        1 + objects_count(cJSON_GetObjectItem(item, "children"));
    return count;
}

static void verifier_say(struct debugger *debugger, const struct wdf_copy *globals,
                         const cJSON *children)
{
    say(debugger, "Verifier: %s\n", wdf_value(globals, "verifier.on") ? "on" : "off");
    if (wdf_value(globals, "verifier.on")) {
        say(debugger,
            "  VerifyDownLevel %" PRIu64 ", TrackHandles %" PRIu64 ", DbgBreakOnError %" PRIu64
            ", EnhancedVerifierOptions 0x%" PRIx64 "\n",
            wdf_value(globals, "verifier.downlevel"), wdf_value(globals, "verifier.track_handles"),
            wdf_value(globals, "verifier.break_on_error"), wdf_value(globals, "verifier.options"));
        if (wdf_value(globals, "verifier.count_allocations"))
            say(debugger, "  allocations until they fail: %d\n",
                (int)wdf_value(globals, "verifier.allocations_left"));
    }
    say(debugger, "WDF objects: %u\n" RULE, 1 + objects_count(children));
}

/* Devices with the devices below them; of all else only what may have a device below it. */
static void devices_say(struct debugger *debugger, const cJSON *children, int indent)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, children)
    {
        bool is_device = !strcmp(answer_text(item, "type"), "WDFDEVICE") ||
                         !strcmp(answer_text(item, "base"), "WDFDEVICE");
        if (is_device) {
            say(debugger, "%*s!WDFDEVICE 0x%s\n", indent, "",
                plain(answer_address(item, "handle")));
            wdf_contexts_say(debugger, indent + 8, cJSON_GetObjectItem(item, "contexts"));
            say(debugger, "\n");
        }
        devices_say(debugger, cJSON_GetObjectItem(item, "children"),
                    is_device ? indent + 4 : indent);
    }
}

/* Deleted, and still referenced. */
static cJSON *lingering(struct debugger *debugger, const struct wdf_copy *globals)
{
    cJSON *list = cJSON_CreateArray();
    struct wdf_object object;
    struct wdf_list at;
    uint64_t address;
    wdf_list_begin(debugger, wdf_place(globals, "lingering"), &at);
    while (wdf_list_next(&at, wdf_offset(globals->layout, "fx_object", "sibling"), &address) &&
           wdf_object_read(debugger, address, &object)) {
        cJSON *item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "type", object.type);
        wdf_add_address(item, "handle", ~address);
        wdf_add_address(item, "creator", wdf_value(&object.copy, "creator"));
        cJSON_AddNumberToObject(item, "references", (double)wdf_value(&object.copy, "references"));
        cJSON_AddItemToArray(list, item);
    }
    return list;
}

static void driver_say(struct debugger *debugger, const struct wdf_copy *globals, const cJSON *info,
                       unsigned flags)
{
    const cJSON *children = cJSON_GetObjectItem(info, "children"), *item;
    say(debugger, RULE "Default driver image name:   %s\nWDF library image name:      Wdf01000\n",
        answer_text(info, "name"));
    say(debugger, " FxDriverGlobals  0x%s\n WdfBindInfo      0x%s\n", plain(globals->address),
        plain(wdf_value(globals, "bind")));
    say(debugger, "   Version        v1.%u build(%u)\n" RULE, (unsigned)wdf_value(globals, "minor"),
        (unsigned)wdf_value(globals, "build"));
    if (flags & WDF_SHOW_COUNTS)
        verifier_say(debugger, globals, children);
    say(debugger, "WDFDRIVER: 0x%s\n", plain(answer_address(info, "handle")));
    if (flags & WDF_SHOW_TREE) {
        if (flags & WDF_SHOW_CONTEXTS)
            wdf_contexts_say(debugger, 8, cJSON_GetObjectItem(info, "contexts"));
        wdf_tree_say(debugger, 4, children, flags);
    } else {
        say(debugger, "\n");
        devices_say(debugger, children, 4);
    }
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(info, "lingering"))
        say(debugger, "deleted, with %u reference(s): %s 0x%s, made at %s\n",
            (unsigned)answer_whole(item, "references"), answer_text(item, "type"),
            plain(answer_address(item, "handle")),
            symbol_text(debugger, answer_address(item, "creator")));
}

void command_wdfdriverinfo(struct debugger *debugger, char *text)
{
    char *words[WORDS_MAX], name[33];
    unsigned count = words_split(text, words);
    uint64_t flags = 0;
    struct wdf_copy globals;
    struct wdf_object driver;
    if (!wdf_client_find(debugger, count ? words[0] : NULL, &globals) ||
        (count > 1 && !evaluate(debugger, words[1], &flags)))
        return;
    wdf_text(debugger, wdf_place(&globals, "abi.DriverName"), name, sizeof name);
    if (!wdf_object_read(debugger, wdf_value(&globals, "driver"), &driver)) {
        complain(debugger, "%s has no WDFDRIVER yet, or none any more", name);
        return;
    }
    cJSON *info = cJSON_CreateObject();
    cJSON_AddStringToObject(info, "name", name);
    wdf_add_address(info, "handle", ~driver.copy.address);
    wdf_add_address(info, "fx_globals", globals.address);
    cJSON_AddNumberToObject(info, "minor", (double)wdf_value(&globals, "minor"));
    cJSON_AddItemToObject(info, "contexts", wdf_contexts(debugger, &driver));
    cJSON_AddItemToObject(info, "children", wdf_tree(debugger, &driver));
    cJSON_AddItemToObject(info, "lingering", lingering(debugger, &globals));
    if (debugger->options.is_json) {
        json_say(debugger, info);
        return;
    }
    driver_say(debugger, &globals, info, (unsigned)flags);
    cJSON_Delete(info);
}

/* ---- !wdflogdump --------------------------------------------------------------------------- */

#define RECORDER_MAGIC 0x31525846u
#define RING_MAX       0x10000u

/* Where in a record its fields are, and how long it is without text. */
struct record_form {
    uint32_t length, level, irql, number, text;
};

/* The ring is a copy that may have been taken while it was written: nothing of it is believed that
 * does not lie in it. */
static bool record_add(cJSON *lines, const uint8_t *ring, uint32_t bytes,
                       const struct record_form *form, uint32_t *offset)
{
    uint16_t length = 0;
    uint32_t number;
    for (int lap = 0; lap < 2 && !length; lap++) {
        if (*offset < bytes && bytes - *offset >= form->text)
            memcpy(&length, ring + *offset + form->length, sizeof length);
        if (!length)
            *offset = 0;
    }
    if (!length || form->text + length > bytes - *offset)
        return false;
    const uint8_t *record = ring + *offset;
    char text[512];
    size_t shown = length < sizeof text ? length : sizeof text - 1;
    for (size_t i = 0; i < shown; i++)
        text[i] = record[form->text + i] < ' ' || record[form->text + i] > '~'
                      ? '?'
                      : (char)record[form->text + i];
    text[shown] = '\0';
    memcpy(&number, record + form->number, sizeof number);
    cJSON *line = cJSON_CreateObject();
    cJSON_AddNumberToObject(line, "number", number);
    cJSON_AddNumberToObject(line, "level", record[form->level]);
    cJSON_AddNumberToObject(line, "irql", record[form->irql]);
    cJSON_AddStringToObject(line, "text", text);
    cJSON_AddItemToArray(lines, line);
    *offset += (form->text + length + 7) & ~7u;
    return true;
}

/* The offsets come out of the machine, too. */
static bool form_is_whole(const struct record_form *form)
{
    return form->text <= 64 && form->length <= 60 && form->level <= 60 && form->irql <= 60 &&
           form->number <= 60 && form->length + sizeof(uint16_t) <= form->text &&
           form->level < form->text && form->irql < form->text &&
           form->number + sizeof(uint32_t) <= form->text;
}

static cJSON *records(struct debugger *debugger, const struct wdf_copy *recorder)
{
    const struct wdf_layout *layout = recorder->layout;
    const struct record_form form = {
        wdf_offset(layout, "fx_record", "length"), wdf_offset(layout, "fx_record", "level"),
        wdf_offset(layout, "fx_record", "irql"), wdf_offset(layout, "fx_record", "number"),
        wdf_offset(layout, "fx_record", "text")};
    uint32_t bytes = (uint32_t)wdf_value(recorder, "bytes"),
             offset = (uint32_t)wdf_value(recorder, "oldest");
    uint64_t held = wdf_value(recorder, "held");
    if (bytes > RING_MAX || !form_is_whole(&form))
        return NULL;
    uint8_t *ring = malloc(bytes + 1);
    cJSON *lines = cJSON_CreateArray();
    bytes = ring ? (uint32_t)memory_read(debugger, wdf_place(recorder, "ring"), ring, bytes) : 0;
    for (uint64_t i = 0; i < held && i < RING_MAX; i++)
        if (!record_add(lines, ring, bytes, &form, &offset))
            break;
    free(ring);
    return lines;
}

void command_wdflogdump(struct debugger *debugger, char *text)
{
    static const char *const levels[] = {"?", "?", "error", "warning", "note", "trace"};
    char *words[WORDS_MAX];
    unsigned count = words_split(text, words);
    struct wdf_copy globals, recorder;
    const cJSON *line;
    if (!wdf_client_find(debugger, count && *words[0] != '-' ? words[0] : NULL, &globals))
        return;
    uint64_t address = wdf_value(&globals, "recorder");
    if (!wdf_read(debugger, "fx_recorder", address, &recorder) ||
        wdf_value(&recorder, "magic") != RECORDER_MAGIC) {
        complain(debugger, "No recorder is at 0x%s", plain(address));
        return;
    }
    cJSON *lines = records(debugger, &recorder);
    if (!lines) {
        complain(debugger, "The recorder at 0x%s is damaged", plain(address));
        return;
    }
    if (debugger->options.is_json) {
        json_say(debugger, lines);
        return;
    }
    say(debugger, "Log at 0x%s\nThere are %d log records\n\n--- start of log ---\n", plain(address),
        cJSON_GetArraySize(lines));
    cJSON_ArrayForEach(line, lines)
    {
        unsigned level = (unsigned)answer_whole(line, "level");
        say(debugger, "%u: %s%s%s\n", (unsigned)answer_whole(line, "number"),
            level < 4 ? levels[level] : "", level < 4 ? ": " : "", answer_text(line, "text"));
    }
    say(debugger, "---- end of log ----\n");
    cJSON_Delete(lines);
}
