/* SPDX-License-Identifier: MIT */
/* command_wdfobject.c - !wdfhandle, !wdfobject: any object of the Framework.
 *
 * Doc:     the pages of these names (Microsoft Learn, debuggercmds: wdfkd)
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "wdf.h"

static cJSON *object_describe(struct debugger *debugger, const struct wdf_object *object)
{
    cJSON *answer = cJSON_CreateObject();
    uint64_t parent = wdf_value(&object->copy, "parent");
    cJSON_AddStringToObject(answer, "type", object->type);
    wdf_add_address(answer, "handle", ~object->copy.address);
    wdf_add_address(answer, "address", object->copy.address);
    wdf_add_address(answer, "parent", parent ? ~parent : 0);
    cJSON_AddNumberToObject(answer, "references", (double)wdf_value(&object->copy, "references"));
    cJSON_AddNumberToObject(answer, "state", (double)wdf_value(&object->copy, "state"));
    cJSON_AddNumberToObject(answer, "execution_level",
                            (double)wdf_value(&object->copy, "execution_level"));
    cJSON_AddNumberToObject(answer, "sync_scope", (double)wdf_value(&object->copy, "sync_scope"));
    wdf_add_address(answer, "creator", wdf_value(&object->copy, "creator"));
    cJSON_AddItemToObject(answer, "contexts", wdf_contexts(debugger, object));
    return answer;
}

void command_wdfhandle(struct debugger *debugger, char *text)
{
    char *words[WORDS_MAX];
    unsigned count = words_split(text, words);
    uint64_t flags = 0;
    struct wdf_object object;
    if (!count) {
        complain(debugger, "!wdfhandle HANDLE [FLAGS]");
        return;
    }
    if (!wdf_handle_read(debugger, words[0], NULL, &object) ||
        (count > 1 && !evaluate(debugger, words[1], &flags)))
        return;
    cJSON *answer = object_describe(debugger, &object);
    if (flags & WDF_SHOW_TREE || debugger->options.is_json)
        cJSON_AddItemToObject(answer, "children", wdf_tree(debugger, &object));
    if (debugger->options.is_json) {
        json_say(debugger, answer);
        return;
    }
    uint64_t handle = ~object.copy.address, parent = answer_address(answer, "parent");
    say(debugger, "handle 0x%s, type is %s\n\nContexts:\n", plain(handle), object.type);
    wdf_contexts_say(debugger, 4, cJSON_GetObjectItem(answer, "contexts"));
    if (parent)
        say(debugger, "\nParent: !wdfhandle 0x%s\n", plain(parent));
    if (flags & WDF_SHOW_TREE) {
        say(debugger, "\nChild WDFHANDLEs of 0x%s:\n    %s 0x%s\n", plain(handle), object.type,
            plain(handle));
        wdf_tree_say(debugger, 8, cJSON_GetObjectItem(answer, "children"), (unsigned)flags);
    }
    say(debugger, "\n!wdfobject 0x%s\n", plain(object.copy.address));
    cJSON_Delete(answer);
}

void command_wdfobject(struct debugger *debugger, char *text)
{
    static const char *const states[] = {"0", "Created", "Disposing", "Disposed", "Deleted"};
    char *words[WORDS_MAX];
    unsigned count = words_split(text, words);
    struct wdf_object object;
    uint64_t address;
    if (!count) {
        complain(debugger, "!wdfobject ADDRESS (of the object; !wdfhandle takes handles)");
        return;
    }
    if (!wdf_layout(debugger) || !evaluate(debugger, words[0], &address))
        return;
    if (!wdf_object_read(debugger, address, &object)) {
        complain(debugger, "0x%" PRIx64 " is no object of the Framework", address);
        return;
    }
    cJSON *answer = object_describe(debugger, &object);
    if (debugger->options.is_json) {
        json_say(debugger, answer);
        return;
    }
    unsigned state = (unsigned)answer_whole(answer, "state");
    uint64_t creator = answer_address(answer, "creator");
    say(debugger, "The type for object 0x%s is %s\n", plain(address), object.type);
    say(debugger, "State: FxObjectState%s (0x%x)\n\n!wdfhandle 0x%s\n\n",
        state < 5 ? states[state] : "?", state, plain(~address));
    say(debugger, "References: %u\n", (unsigned)answer_whole(answer, "references"));
    if (creator)
        say(debugger, "Created at 0x%s %s\n", plain(creator), symbol_text(debugger, creator));
    wdf_contexts_say(debugger, 4, cJSON_GetObjectItem(answer, "contexts"));
    cJSON_Delete(answer);
}
