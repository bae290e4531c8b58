/* SPDX-License-Identifier: MIT */
/* kd_object.c - objects by address, by name and by type; handles.
 *
 * An address is believed only when the list of live objects has it. Names are walked through
 * directories alone: nothing is opened, so no driver is called.
 */
#include <stdlib.h>
#include <string.h>

#include "io/io.h"
#include "kd_internal.h"
#include "ps/ps.h"
#include "rtl/rtl.h"

#define LINKS_MAX 8u

struct object_search {
    const void *wanted;
    const struct object_type *type;
    void *found;
};

static void object_match(struct object_type *type, void *body, void *context)
{
    struct object_search *search = context;
    if (search->found || body != search->wanted || (search->type && type != search->type))
        return;
    ob_reference(body);
    search->found = body;
}

void *kd_object_get(uint64_t address, const struct object_type *type)
{
    struct object_search search = {(const void *)(uintptr_t)address, type, NULL};
    if (address)
        ob_visit(object_match, &search);
    return search.found;
}

char *kd_object_name(const void *body)
{
    UNICODE_STRING name = {0};
    if (!NT_SUCCESS(ob_name_of(body, &name)))
        return NULL;
    char *text = kd_string(&name);
    RtlFreeUnicodeString(&name);
    return text;
}

/* ---- names ----------------------------------------------------------------------------------- */

struct entry_search {
    UNICODE_STRING wanted;
    void *found;
};

static bool entry_match(const UNICODE_STRING *name, void *body, void *context)
{
    struct entry_search *search = context;
    if (!RtlEqualUnicodeString(name, &search->wanted, TRUE) || !ob_reference_unless_dead(body))
        return true;
    search->found = body;
    return false;
}

static void *root_get(void)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\");
    OBJECT_ATTRIBUTES attributes;
    void *root;
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    return NT_SUCCESS(ob_open(&attributes, ob_directory_type, 0, KernelMode, NULL, &root)) ? root
                                                                                           : NULL;
}

/* Follows links between the parts of path, but not one at its end. */
static void *path_walk(const UNICODE_STRING *path, unsigned links)
{
    void *at = root_get();
    USHORT count = path->Length / sizeof(WCHAR), from = 0;
    while (at) {
        while (from < count && path->Buffer[from] == '\\')
            from++;
        if (from == count)
            return at;
        void *next = NULL;
        USHORT to = from;
        while (to < count && path->Buffer[to] != '\\')
            to++;
        if (ob_type_of(at) == ob_symbolic_link_type && links) {
            next = path_walk(ob_symbolic_link_target(at), links - 1);
            to = from;
        } else if (ob_type_of(at) == ob_directory_type) {
            struct entry_search search = {{(USHORT)((to - from) * sizeof(WCHAR)),
                                           (USHORT)((to - from) * sizeof(WCHAR)),
                                           path->Buffer + from},
                                          NULL};
            ob_directory_visit_body(at, entry_match, &search);
            next = search.found;
        }
        ob_dereference(at);
        at = next;
        from = to;
    }
    return NULL;
}

/* find PATH: the address and type of what has that name. */
cJSON *kd_find(char **words)
{
    UNICODE_STRING path;
    if (!NT_SUCCESS(rtl_unicode_of(words[1], &path)))
        return kd_refuse(STATUS_INSUFFICIENT_RESOURCES, "out of memory");
    void *body = path_walk(&path, LINKS_MAX);
    RtlFreeUnicodeString(&path);
    if (!body)
        return kd_refuse(STATUS_OBJECT_NAME_NOT_FOUND, "no object is called %s", words[1]);
    cJSON *answer = cJSON_CreateObject();
    kd_address(answer, "address", (uint64_t)(uintptr_t)body);
    cJSON_AddStringToObject(answer, "type", ob_type_name(ob_type_of(body)));
    ob_dereference(body);
    return answer;
}

/* ---- one object ------------------------------------------------------------------------------ */

static bool entry_add(const UNICODE_STRING *name, void *body, void *list)
{
    if (!ob_reference_unless_dead(body))
        return true;
    cJSON *item = cJSON_CreateObject();
    kd_address(item, "address", (uint64_t)(uintptr_t)body);
    cJSON_AddStringToObject(item, "type", ob_type_name(ob_type_of(body)));
    kd_text_take(item, "name", kd_string(name));
    cJSON_AddItemToArray(list, item);
    ob_dereference(body);
    return true;
}

/* The directory that holds an object of this full name. */
static uint64_t directory_address(const char *name)
{
    const char *leaf = strrchr(name, '\\');
    UNICODE_STRING path;
    if (!leaf || !leaf[1] || !NT_SUCCESS(rtl_unicode_of(name, &path)))
        return 0;
    while (path.Length && path.Buffer[path.Length / sizeof(WCHAR) - 1] != '\\')
        path.Length -= sizeof(WCHAR);
    void *directory = path_walk(&path, LINKS_MAX);
    RtlFreeUnicodeString(&path);
    if (directory)
        ob_dereference(directory);
    return (uint64_t)(uintptr_t)directory;
}

static void object_describe(cJSON *answer, void *body)
{
    struct object_type *type = ob_type_of(body);
    char *name = kd_object_name(body);
    kd_address(answer, "address", (uint64_t)(uintptr_t)body);
    kd_address(answer, "header", (uint64_t)(uintptr_t)ob_header_of(body));
    cJSON_AddStringToObject(answer, "type", ob_type_name(type));
    kd_address(answer, "type_address", (uint64_t)(uintptr_t)type);
    kd_number(answer, "handles", (double)ob_handle_count(body));
    kd_number(answer, "references", (double)ob_reference_count(body) - 1); /* ours is one */
    kd_address(answer, "directory", name ? directory_address(name) : 0);
    kd_text_take(answer, "name", name);
    if (type == ob_directory_type)
        ob_directory_visit_body(body, entry_add, cJSON_AddArrayToObject(answer, "entries"));
    if (type == ob_symbolic_link_type)
        kd_text_take(answer, "target", kd_string(ob_symbolic_link_target(body)));
}

cJSON *kd_object(char **words)
{
    void *body = kd_object_get(strtoull(words[1], NULL, 0), NULL);
    if (!body)
        return kd_refuse(STATUS_INVALID_ADDRESS, "%s: not a valid object", words[1]);
    cJSON *answer = cJSON_CreateObject();
    object_describe(answer, body);
    ob_dereference(body);
    return answer;
}

struct type_list {
    const char *type;
    cJSON *list;
};

static void object_add(struct object_type *type, void *body, void *context)
{
    const struct type_list *wanted = context;
    if (strcasecmp(ob_type_name(type), wanted->type))
        return;
    cJSON *item = cJSON_CreateObject();
    kd_address(item, "address", (uint64_t)(uintptr_t)body);
    kd_number(item, "handles", (double)ob_handle_count(body));
    kd_number(item, "references", (double)ob_reference_count(body) - 1);
    kd_text_take(item, "name", kd_object_name(body));
    cJSON_AddItemToArray(wanted->list, item);
}

/* objects TYPE: every live one. */
cJSON *kd_objects(char **words)
{
    struct type_list wanted = {words[1], cJSON_CreateArray()};
    ob_visit(object_add, &wanted);
    return wanted.list;
}

/* ---- handles --------------------------------------------------------------------------------- */

struct handle_list {
    cJSON *list;
    uint64_t high; /* what kernel handles have in their upper bits */
};

static void handle_add(HANDLE handle, void *body, ACCESS_MASK granted, ULONG attributes,
                       void *context)
{
    const struct handle_list *list = context;
    cJSON *item = cJSON_CreateObject();
    kd_address(item, "handle", (uint64_t)(uintptr_t)handle | list->high);
    kd_address(item, "object", (uint64_t)(uintptr_t)body);
    kd_number(item, "granted", granted);
    cJSON_AddBoolToObject(item, "is_inherited", (attributes & OBJ_INHERIT) != 0);
    cJSON_AddBoolToObject(item, "is_protected", (attributes & OB_PROTECT_CLOSE) != 0);
    cJSON_AddStringToObject(item, "type", ob_type_name(ob_type_of(body)));
    kd_text_take(item, "name", kd_object_name(body));
    kd_number(item, "handles", (double)ob_handle_count(body));
    kd_number(item, "references", (double)ob_reference_count(body) - 1);
    cJSON_AddItemToArray(list->list, item);
}

/* handles PROCESS: the table of the process at that address; 0: the kernel's own. */
cJSON *kd_handles(char **words)
{
    uint64_t address = strtoull(words[1], NULL, 0);
    struct handle_list list = {cJSON_CreateArray(), 0};
    if (!address) {
        list.high = 0xffffffff80000000ull;
        ob_handle_table_visit(ob_handle_table_kernel(), handle_add, &list);
        return list.list;
    }
    struct process *process = kd_object_get(address, ps_process_type);
    if (!process) {
        cJSON_Delete(list.list);
        return kd_refuse(STATUS_INVALID_ADDRESS, "%s: not a live process", words[1]);
    }
    if (process->handles)
        ob_handle_table_visit(process->handles, handle_add, &list);
    ob_dereference(process);
    return list.list;
}
