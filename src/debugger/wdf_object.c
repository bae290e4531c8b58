/* SPDX-License-Identifier: MIT */
/* wdf_object.c - objects of the Framework: believed only with magic and type; contexts, children,
 * clients.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "wdf.h"

#define OBJECT_MAGIC  0x6a624f46u
#define HANDLE_LOW    7u /* a handle is an address turned over */
#define CONTEXTS_MAX  64u
#define DEPTH_MAX     16
#define CONTEXT_NAMES 64u

bool wdf_object_read(struct debugger *debugger, uint64_t address, struct wdf_object *out_object)
{
    struct wdf_copy type;
    if (address & HANDLE_LOW || !wdf_read(debugger, "fx_object", address, &out_object->copy) ||
        wdf_value(&out_object->copy, "magic") != OBJECT_MAGIC ||
        !wdf_read(debugger, "fx_type", wdf_value(&out_object->copy, "type"), &type))
        return false;
    wdf_text(debugger, wdf_value(&type, "name"), out_object->type, sizeof out_object->type);
    out_object->base[0] = '\0';
    if (wdf_value(&type, "parent") &&
        wdf_read(debugger, "fx_type", wdf_value(&type, "parent"), &type))
        wdf_text(debugger, wdf_value(&type, "name"), out_object->base, sizeof out_object->base);
    return out_object->type[0];
}

bool wdf_object_is(const struct wdf_object *object, const char *type)
{
    return !strcmp(object->type, type) || !strcmp(object->base, type);
}

bool wdf_handle_read(struct debugger *debugger, const char *word, const char *type,
                     struct wdf_object *out_object)
{
    uint64_t handle;
    if (!wdf_layout(debugger) || !evaluate(debugger, word, &handle))
        return false;
    if ((handle & HANDLE_LOW) != HANDLE_LOW || !wdf_object_read(debugger, ~handle, out_object)) {
        complain(debugger, "0x%" PRIx64 " is not a handle of the Framework", handle);
        return false;
    }
    if (type && !wdf_object_is(out_object, type)) {
        complain(debugger, "0x%" PRIx64 " is a %s, not a %s", handle, out_object->type, type);
        return false;
    }
    return true;
}

void wdf_add_address(cJSON *json, const char *name, uint64_t address)
{
    char text[24];
    snprintf(text, sizeof text, "0x%" PRIx64, address);
    cJSON_AddStringToObject(json, name, text);
}

void wdf_add_routine(struct debugger *debugger, cJSON *list, const char *name, uint64_t routine)
{
    if (!routine)
        return;
    cJSON *item = cJSON_CreateObject();
    cJSON_AddStringToObject(item, "name", name);
    wdf_add_address(item, "routine", routine);
    cJSON_AddItemToArray(list, item);
}

/* ---- contexts ------------------------------------------------------------------------------ */

cJSON *wdf_contexts(struct debugger *debugger, const struct wdf_object *object)
{
    cJSON *list = cJSON_CreateArray();
    struct wdf_copy context, type;
    char name[CONTEXT_NAMES];
    uint64_t at = wdf_value(&object->copy, "contexts");
    for (unsigned i = 0; i < CONTEXTS_MAX && at; i++) {
        if (!wdf_read(debugger, "fx_context", at, &context))
            break;
        at = wdf_value(&context, "next");
        uint64_t type_at = wdf_value(&context, "type");
        cJSON *item = cJSON_CreateObject(), *routines;
        name[0] = '\0';
        if (type_at && wdf_read(debugger, "context_type", type_at, &type))
            wdf_text(debugger, wdf_value(&type, "ContextName"), name, sizeof name);
        wdf_add_address(item, "address", type_at ? wdf_place(&context, "data") : 0);
        cJSON_AddStringToObject(item, "name", name);
        wdf_add_address(item, "size", wdf_value(&context, "size"));
        routines = cJSON_AddArrayToObject(item, "callbacks");
        wdf_add_routine(debugger, routines, "EvtCleanupCallback", wdf_value(&context, "cleanup"));
        wdf_add_routine(debugger, routines, "EvtDestroyCallback", wdf_value(&context, "destroy"));
        cJSON_AddItemToArray(list, item);
    }
    return list;
}

void wdf_contexts_say(struct debugger *debugger, int indent, const cJSON *contexts)
{
    const cJSON *context, *callback;
    cJSON_ArrayForEach(context, contexts)
    {
        const cJSON *callbacks = cJSON_GetObjectItem(context, "callbacks");
        if (answer_address(context, "address"))
            say(debugger, "%*scontext:  dt 0x%s %s (size is 0x%" PRIx64 " bytes)\n", indent, "",
                plain(answer_address(context, "address")), answer_text(context, "name"),
                answer_address(context, "size"));
        if (!cJSON_GetArraySize(callbacks))
            say(debugger, "%*s <no associated attribute callbacks>\n", indent, "");
        cJSON_ArrayForEach(callback, callbacks)
        {
            uint64_t routine = answer_address(callback, "routine");
            say(debugger, "%*s %s 0x%s %s\n", indent, "", answer_text(callback, "name"),
                plain(routine), symbol_text(debugger, routine));
        }
    }
}

/* ---- trees --------------------------------------------------------------------------------- */

static void tree_add(struct debugger *debugger, const struct wdf_object *parent, cJSON *list,
                     int depth, unsigned *left)
{
    const struct wdf_layout *layout = parent->copy.layout;
    struct wdf_list children;
    uint64_t at;
    wdf_list_begin(debugger, wdf_place(&parent->copy, "children"), &children);
    while (*left && wdf_list_next(&children, wdf_offset(layout, "fx_object", "sibling"), &at)) {
        struct wdf_object *object = malloc(sizeof *object);
        if (!object)
            return;
        if (!wdf_object_read(debugger, at, object)) {
            free(object);
            return;
        }
        --*left;
        cJSON *item = cJSON_CreateObject(), *below;
        cJSON_AddStringToObject(item, "type", object->type);
        cJSON_AddStringToObject(item, "base", object->base);
        wdf_add_address(item, "handle", ~at);
        wdf_add_address(item, "address", at);
        cJSON_AddNumberToObject(item, "references", (double)wdf_value(&object->copy, "references"));
        cJSON_AddNumberToObject(item, "state", (double)wdf_value(&object->copy, "state"));
        cJSON_AddItemToObject(item, "contexts", wdf_contexts(debugger, object));
        below = cJSON_AddArrayToObject(item, "children");
        cJSON_AddItemToArray(list, item);
        if (depth < DEPTH_MAX)
            tree_add(debugger, object, below, depth + 1, left);
        free(object);
    }
}

cJSON *wdf_tree(struct debugger *debugger, const struct wdf_object *object)
{
    cJSON *list = cJSON_CreateArray();
    unsigned left = WDF_LIST_MAX;
    tree_add(debugger, object, list, 0, &left);
    return list;
}

void wdf_tree_say(struct debugger *debugger, int indent, const cJSON *children, unsigned flags)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, children)
    {
        say(debugger, "%*s!%s 0x%s", indent, "", answer_text(item, "type"),
            plain(answer_address(item, "handle")));
        if (flags & WDF_SHOW_MORE)
            say(debugger, "  !wdfobject 0x%s, references %u",
                plain(answer_address(item, "address")), (unsigned)answer_whole(item, "references"));
        say(debugger, "\n");
        if (flags & WDF_SHOW_CONTEXTS)
            wdf_contexts_say(debugger, indent + 8, cJSON_GetObjectItem(item, "contexts"));
        wdf_tree_say(debugger, indent + 4, cJSON_GetObjectItem(item, "children"), flags);
    }
}

/* ---- clients ------------------------------------------------------------------------------- */

const char *wdf_module_name(struct debugger *debugger, uint64_t address)
{
    const struct module *module = address ? module_of(debugger, address) : NULL;
    return module ? module->image : "";
}

static cJSON *client_describe(struct debugger *debugger, const struct wdf_copy *globals)
{
    cJSON *client = cJSON_CreateObject();
    char text[256];
    uint64_t image = wdf_value(globals, "image");
    wdf_text(debugger, wdf_place(globals, "abi.DriverName"), text, 33);
    cJSON_AddStringToObject(client, "name", text);
    cJSON_AddStringToObject(client, "image", wdf_module_name(debugger, image));
    wdf_string(debugger, wdf_place(globals, "registry_path"), text, sizeof text);
    cJSON_AddStringToObject(client, "service", text);
    cJSON_AddNumberToObject(client, "minor", (double)wdf_value(globals, "minor"));
    cJSON_AddNumberToObject(client, "build", (double)wdf_value(globals, "build"));
    wdf_add_address(client, "wdf_globals", wdf_place(globals, "abi"));
    wdf_add_address(client, "fx_globals", globals->address);
    wdf_add_address(client, "image_address", image);
    wdf_add_address(client, "image_size", wdf_value(globals, "image_size"));
    return client;
}

cJSON *wdf_clients(struct debugger *debugger)
{
    const struct wdf_layout *layout = wdf_layout(debugger);
    struct wdf_copy globals;
    struct wdf_list clients;
    uint64_t at;
    if (!layout)
        return NULL;
    cJSON *list = cJSON_CreateArray();
    wdf_list_begin(debugger, layout->clients, &clients);
    while (wdf_list_next(&clients, wdf_offset(layout, "fx_globals", "entry"), &at) &&
           wdf_read(debugger, "fx_globals", at, &globals))
        cJSON_AddItemToArray(list, client_describe(debugger, &globals));
    return list;
}

/* Without ".sys", in any case; the service's name or the image's. */
static bool client_is(const cJSON *client, const char *name)
{
    const char *image = answer_text(client, "image"), *dot = strrchr(image, '.');
    size_t length = strlen(name);
    return !strcasecmp(answer_text(client, "name"), name) || !strcasecmp(image, name) ||
           (dot && (size_t)(dot - image) == length && !strncasecmp(image, name, length));
}

bool wdf_client_find(struct debugger *debugger, const char *name, struct wdf_copy *out_globals)
{
    cJSON *list = wdf_clients(debugger);
    const cJSON *client;
    uint64_t found = 0;
    if (!list)
        return false;
    if (!name && debugger->wdf_driver[0])
        name = debugger->wdf_driver;
    if (!name && cJSON_GetArraySize(list) == 1)
        name = answer_text(cJSON_GetArrayItem(list, 0), "name");
    cJSON_ArrayForEach(client, list)
    {
        if (name && !found && client_is(client, name))
            found = answer_address(client, "fx_globals");
    }
    bool is_read = found && wdf_read(debugger, "fx_globals", found, out_globals);
    if (!name)
        complain(debugger, "Which driver? Name one of !wdfldr's, or choose one with !wdfsetdriver");
    else if (!found)
        complain(debugger, "No driver %s is bound to the Framework; !wdfldr lists them", name);
    else if (!is_read)
        complain(debugger, "The globals of %s at 0x%s can not be read", name, plain(found));
    cJSON_Delete(list);
    return is_read;
}
