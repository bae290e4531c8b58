/* SPDX-License-Identifier: MIT */
/* command_object.c - !object, !handle, !pool, !poolused: objects, who holds them, and memory.
 *
 * Doc:     the pages of these names (Microsoft Learn, debuggercmds)
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "debugger_internal.h"

static const char *leaf_name(const char *path)
{
    const char *slash = strrchr(path, '\\');
    return slash && slash[1] ? slash + 1 : path;
}

/* ---- !object
 * ------------------------------------------------------------------------------------- */

static void object_say(struct debugger *debugger, const cJSON *object, unsigned flags)
{
    const char *name = answer_text(object, "name");
    const cJSON *item;
    say(debugger, "Object: %s  Type: (%s) %s\n", plain(answer_address(object, "address")),
        plain(answer_address(object, "type_address")), answer_text(object, "type"));
    say(debugger, "    ObjectHeader: %s (new version)\n", plain(answer_address(object, "header")));
    if (!(flags & 1))
        return;
    say(debugger, "    HandleCount: %.0f  PointerCount: %.0f\n", answer_number(object, "handles"),
        answer_number(object, "references"));
    if (*name)
        say(debugger, "    Directory Object: %s  Name: %s\n",
            plain(answer_address(object, "directory")), flags & 0x20 ? name : leaf_name(name));
    if (!(flags & 8))
        return;
    if (cJSON_HasObjectItem(object, "target"))
        say(debugger, "    Target String is '%s'\n", answer_text(object, "target"));
    const cJSON *entries = cJSON_GetObjectItem(object, "entries");
    if (!entries)
        return;
    say(debugger, "\n    Address          Type          Name\n    -------          ----          "
                  "----\n");
    cJSON_ArrayForEach(item, entries)
        say(debugger, "    %s %-13s %s\n", plain(answer_address(item, "address")),
            answer_text(item, "type"), answer_text(item, "name"));
}

static void objects_of_type_say(struct debugger *debugger, const char *type)
{
    const cJSON *item;
    cJSON *list = ask(debugger, "objects", type, NULL);
    if (!list)
        return;
    if (debugger->options.is_json) {
        json_say(debugger, list);
        return;
    }
    cJSON_ArrayForEach(item, list)
        say(debugger, "%s  HandleCount: %.0f  PointerCount: %.0f  %s\n",
            plain(answer_address(item, "address")), answer_number(item, "handles"),
            answer_number(item, "references"), answer_text(item, "name"));
    say(debugger, "%d objects of type %s\n", cJSON_GetArraySize(list), type);
    cJSON_Delete(list);
}

void command_object(struct debugger *debugger, char *text)
{
    char *words[WORDS_MAX];
    uint64_t address, flags = 9;
    unsigned count = words_split(text, words);
    if (!count || (words[0][0] == '-' && words[0][1] != 'p')) {
        complain(debugger, "!object PATH | ADDRESS [FLAGS] | 0 TYPE");
        return;
    }
    if (!strcmp(words[0], "-p")) {
        say(debugger, "This machine has no private name spaces.\n");
        return;
    }
    if (!strcmp(words[0], "0") && count > 1) {
        objects_of_type_say(debugger, words[1]);
        return;
    }
    if ((count > 1 && !evaluate(debugger, words[1], &flags)) ||
        (*words[0] == '\\' ? !object_address(debugger, words[0], "", &address)
                           : !evaluate(debugger, words[0], &address)))
        return;
    cJSON *object = ask_address(debugger, "object", address);
    if (!object)
        return;
    if (debugger->options.is_json) {
        json_say(debugger, object);
        return;
    }
    object_say(debugger, object, (unsigned)flags);
    cJSON_Delete(object);
}

/* ---- !handle
 * ------------------------------------------------------------------------------------- */

static void handle_say(struct debugger *debugger, const cJSON *item, unsigned flags)
{
    uint64_t object = answer_address(item, "object");
    say(debugger, "%04llx: Object: %s  GrantedAccess: %08x%s%s\n",
        (unsigned long long)answer_address(item, "handle"), plain(object),
        (unsigned)answer_whole(item, "granted"),
        answer_bool(item, "is_inherited") ? " (Inherit)" : "",
        answer_bool(item, "is_protected") ? " (Protected)" : "");
    if (!(flags & 1))
        return;
    say(debugger, "Object: %s  Type: %s\n    HandleCount: %.0f  PointerCount: %.0f\n",
        plain(object), answer_text(item, "type"), answer_number(item, "handles"),
        answer_number(item, "references"));
    if (*answer_text(item, "name"))
        say(debugger, "    Name: %s\n", answer_text(item, "name"));
    say(debugger, "\n");
}

/* Handles of the process, or (process 0) the kernel's own; what does not fit is left out. */
static void handles_print(struct debugger *debugger, uint64_t process, uint64_t wanted,
                          unsigned flags, const char *type)
{
    const cJSON *item;
    cJSON *list = ask_address(debugger, "handles", process);
    if (!list)
        return;
    for (int i = cJSON_GetArraySize(list) - 1; i >= 0; i--) {
        item = cJSON_GetArrayItem(list, i);
        if ((wanted && answer_address(item, "handle") != wanted) ||
            (type && strcasecmp(type, answer_text(item, "type"))))
            cJSON_DeleteItemFromArray(list, i);
    }
    if (debugger->options.is_json) {
        json_say(debugger, list);
        return;
    }
    say(debugger, "Handle table with %d entries in use\n\n", cJSON_GetArraySize(list));
    cJSON_ArrayForEach(item, list) handle_say(debugger, item, flags);
    if (wanted && !cJSON_GetArraySize(list))
        complain(debugger, "%llx: no such handle", (unsigned long long)wanted);
    cJSON_Delete(list);
}

/* HANDLE FLAGS PROCESS TYPE; no process: the system process and the kernel's table. */
void command_handle(struct debugger *debugger, char *text)
{
    char *words[WORDS_MAX];
    uint64_t wanted = 0, flags = 3, process = 0;
    unsigned count = words_split(text, words);
    if ((count > 0 && !evaluate(debugger, words[0], &wanted)) ||
        (count > 1 && !evaluate(debugger, words[1], &flags)) ||
        (count > 2 && !evaluate(debugger, words[2], &process)))
        return;
    cJSON *owner = NULL;
    if (process) {
        owner = ask_address(debugger, "process", process);
        if (!owner)
            return;
        process = answer_address(owner, "address");
        if (!debugger->options.is_json)
            say(debugger, "PROCESS %s  Cid: %04llx  Image: %s\n", plain(process),
                (unsigned long long)answer_whole(owner, "id"), answer_text(owner, "image"));
        cJSON_Delete(owner);
    } else if (!debugger->options.is_json) {
        say(debugger, "Kernel handles\n");
    }
    handles_print(debugger, process, wanted, (unsigned)flags, count > 3 ? words[3] : NULL);
}

/* ---- !pool, !poolused
 * ---------------------------------------------------------------------------- */

void command_pool(struct debugger *debugger, char *text)
{
    uint64_t address;
    const cJSON *item;
    bool is_inside = false;
    if (!evaluate(debugger, text, &address))
        return;
    cJSON *list = ask_address(debugger, "pool", address);
    if (!list)
        return;
    if (debugger->options.is_json) {
        json_say(debugger, list);
        return;
    }
    say(debugger, "Pool page %s\n", plain(address & ~0xfffull));
    cJSON_ArrayForEach(item, list)
    {
        uint64_t start = answer_address(item, "address"), caller = answer_address(item, "caller");
        bool is_it = address >= start && address < start + (uint64_t)answer_whole(item, "bytes");
        is_inside |= is_it;
        say(debugger, "%c%s size: %4x  (%s) %c%s  %s%s%s\n", is_it ? '*' : ' ', plain(start),
            (unsigned)answer_whole(item, "bytes"),
            answer_bool(item, "is_freed")   ? "Free"
            : answer_bool(item, "is_paged") ? "Allocated, paged"
                                            : "Allocated",
            is_it ? '*' : ' ', answer_text(item, "tag"), caller ? "by " : "",
            symbol_text(debugger, caller),
            caller && !*symbol_text(debugger, caller) ? plain(caller) : "");
        if (answer_address(item, "freer"))
            say(debugger, "     freed by %s\n",
                symbol_text(debugger, answer_address(item, "freer")));
    }
    if (!is_inside)
        complain(debugger, "%s lies in no block that is allocated", plain(address));
    cJSON_Delete(list);
}

static int tag_order(const void *left, const void *right)
{
    return strcmp(answer_text(*(cJSON *const *)left, "tag"),
                  answer_text(*(cJSON *const *)right, "tag"));
}

static unsigned use_flags;

/* Flags 2: nonpaged bytes, 4: paged bytes; most first. */
static int use_order(const void *left, const void *right)
{
    const char *name = use_flags & 2 ? "nonpaged_bytes" : "paged_bytes";
    double a = answer_number(*(cJSON *const *)left, name),
           b = answer_number(*(cJSON *const *)right, name);
    return a != b ? (a < b ? 1 : -1) : tag_order(left, right);
}

static void uses_sort(cJSON *list, unsigned flags)
{
    size_t count = (size_t)cJSON_GetArraySize(list);
    cJSON **items = calloc(count + 1, sizeof *items);
    if (!items)
        return;
    for (size_t i = 0; i < count; i++)
        items[i] = cJSON_DetachItemFromArray(list, 0);
    use_flags = flags;
    qsort(items, count, sizeof *items, flags & 6 ? use_order : tag_order);
    for (size_t i = 0; i < count; i++)
        cJSON_AddItemToArray(list, items[i]);
    free(items);
}

void command_poolused(struct debugger *debugger, char *text)
{
    static const char *const names[] = {"nonpaged_allocs", "nonpaged_bytes", "paged_allocs",
                                        "paged_bytes"};
    char *words[WORDS_MAX];
    uint64_t flags = 0;
    double totals[4] = {0};
    const cJSON *item;
    unsigned count = words_split(text, words);
    if (count && !evaluate(debugger, words[0], &flags))
        return;
    cJSON *list = ask(debugger, "pool-used", NULL, NULL);
    if (!list)
        return;
    for (int i = cJSON_GetArraySize(list) - 1; count > 1 && i >= 0; i--)
        if (!mask_fits(words[1], answer_text(cJSON_GetArrayItem(list, i), "tag")))
            cJSON_DeleteItemFromArray(list, i);
    uses_sort(list, (unsigned)flags);
    if (debugger->options.is_json) {
        json_say(debugger, list);
        return;
    }
    say(debugger,
        "   Sorting by %s\n\n  Pool Used:\n            NonPaged            Paged\n"
        " Tag    Allocs     Used    Allocs     Used\n",
        flags & 2   ? "NonPaged Pool Consumed"
        : flags & 4 ? "Paged Pool Consumed"
                    : " Tag");
    cJSON_ArrayForEach(item, list)
    {
        for (unsigned i = 0; i < 4; i++)
            totals[i] += answer_number(item, names[i]);
        say(debugger, " %-4s %9.0f %8.0f %9.0f %8.0f\n", answer_text(item, "tag"),
            answer_number(item, names[0]), answer_number(item, names[1]),
            answer_number(item, names[2]), answer_number(item, names[3]));
    }
    say(debugger, " TOTAL %8.0f %8.0f %9.0f %8.0f\n", totals[0], totals[1], totals[2], totals[3]);
    cJSON_Delete(list);
}
