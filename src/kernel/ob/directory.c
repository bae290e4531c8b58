/* SPDX-License-Identifier: MIT */
/* directory.c - directories: hashed lists of names, and what a name is.
 *
 * Entries hash by the upcased name, so that one chain serves both ways of comparing. An
 * entry refers to its object without a reference: whoever finds it takes one unless the
 * object is dying. Invariant: an entry is in a chain exactly while its object's header
 * points at it, both under the namespace lock.
 */
#include "ob_internal.h"

#include <string.h>

struct host_lock namespace_lock; /* guards: all directories' chains, object_header.name */
struct object_type *ob_directory_type;

static uint32_t name_hash(const UNICODE_STRING *text)
{
    uint32_t hash = 2166136261u;
    for (unsigned i = 0; i < text->Length / sizeof(WCHAR); i++)
        hash = (hash ^ RtlUpcaseUnicodeChar(text->Buffer[i])) * 16777619u;
    return hash;
}

struct object_name *directory_find_locked(struct object_directory *directory,
                                          const UNICODE_STRING *text, bool is_insensitive)
{
    uint32_t hash = name_hash(text);
    for (struct object_name *name = directory->buckets[hash % DIRECTORY_BUCKETS]; name;
         name = name->next)
        if (name->hash == hash && RtlEqualUnicodeString(&name->text, text, is_insensitive))
            return name;
    return NULL;
}

NTSTATUS object_name_allocate(struct object_header *object, const UNICODE_STRING *text,
                              struct object_name **out_name)
{
    struct object_name *name =
        ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof *name + text->Length, OB_TAG_NAME);
    if (!name)
        return STATUS_INSUFFICIENT_RESOURCES;
    name->object = object;
    name->text.Buffer = (WCHAR *)(name + 1);
    name->text.Length = name->text.MaximumLength = text->Length;
    memcpy(name->text.Buffer, text->Buffer, text->Length);
    name->hash = name_hash(&name->text);
    *out_name = name;
    return STATUS_SUCCESS;
}

/* Frees a name that is linked nowhere, with its hold on the directory. */
void object_name_free(struct object_name *name)
{
    if (name->directory)
        ob_dereference(body_of(name->directory));
    ExFreePoolWithTag(name, OB_TAG_NAME);
}

void directory_link_locked(struct object_header *directory, struct object_name *name)
{
    struct object_directory *body = body_of(directory);
    struct object_name **bucket = &body->buckets[name->hash % DIRECTORY_BUCKETS];
    ob_reference(body);
    name->directory = directory;
    name->next = *bucket;
    *bucket = name;
    body->count++;
    name->object->name = name;
}

struct object_name *object_name_unlink_locked(struct object_header *object)
{
    struct object_name *name = object->name;
    if (!name)
        return NULL;
    object->name = NULL;
    if (!name->directory)
        return name; /* the root's own name */
    struct object_directory *body = body_of(name->directory);
    struct object_name **at = &body->buckets[name->hash % DIRECTORY_BUCKETS];
    while (*at != name)
        at = &(*at)->next;
    *at = name->next;
    body->count--;
    return name;
}

void ob_name_remove(void *body)
{
    struct object_header *header = header_of(body);
    host_lock_take(&namespace_lock);
    struct object_name *name = object_name_unlink_locked(header);
    bool was_permanent =
        atomic_fetch_and(&header->flags, ~(uint32_t)OBJECT_PERMANENT) & OBJECT_PERMANENT;
    host_lock_give(&namespace_lock);
    if (name)
        object_name_free(name);
    if (was_permanent)
        ob_dereference(body);
}

void ob_make_temporary(void *body)
{
    struct object_header *header = header_of(body);
    host_lock_take(&namespace_lock);
    bool was_permanent =
        atomic_fetch_and(&header->flags, ~(uint32_t)OBJECT_PERMANENT) & OBJECT_PERMANENT;
    struct object_name *name = NULL;
    if (atomic_load(&header->handles) == 0)
        name = object_name_unlink_locked(header);
    host_lock_give(&namespace_lock);
    if (name)
        object_name_free(name);
    if (was_permanent)
        ob_dereference(body);
}

void ob_make_permanent(void *body)
{
    struct object_header *header = header_of(body);
    host_lock_take(&namespace_lock);
    bool is_new = header->name && !(header->flags & OBJECT_PERMANENT);
    if (is_new) {
        ob_reference(body);
        atomic_fetch_or(&header->flags, OBJECT_PERMANENT);
    }
    host_lock_give(&namespace_lock);
}

/* The chain's end in a directory, or the first entry that is alive from (bucket, skip) on. */
struct directory_place {
    unsigned bucket, index;
};

/* Gives the next living entry: its name in *out_text (room for a name's 65534 bytes is the
 * caller's: text is copied to pool) and its body with a reference. */
static bool directory_next(struct object_directory *directory, struct directory_place *place,
                           struct object_header **out_object, UNICODE_STRING *out_text)
{
    bool is_found = false;
    host_lock_take(&namespace_lock);
    for (; place->bucket < DIRECTORY_BUCKETS && !is_found; place->bucket++, place->index = 0) {
        unsigned index = 0;
        struct object_name *name = directory->buckets[place->bucket];
        for (; name; name = name->next, index++) {
            if (index < place->index || !object_reference_unless_dead(name->object))
                continue;
            *out_object = name->object;
            out_text->Length = out_text->MaximumLength = name->text.Length;
            out_text->Buffer = ExAllocatePool2(
                POOL_FLAG_NON_PAGED, (SIZE_T)name->text.Length + sizeof(WCHAR), OB_TAG_NAME);
            if (out_text->Buffer)
                memcpy(out_text->Buffer, name->text.Buffer, name->text.Length);
            is_found = true;
            break;
        }
        if (is_found) {
            place->index = index + 1;
            break;
        }
    }
    host_lock_give(&namespace_lock);
    return is_found;
}

NTSTATUS ob_directory_visit_body(void *directory,
                                 bool (*visit)(const UNICODE_STRING *name, void *body,
                                               void *context),
                                 void *context)
{
    struct directory_place place = {0, 0};
    struct object_header *object;
    UNICODE_STRING text;
    if (ob_type_of(directory) != ob_directory_type)
        return STATUS_OBJECT_TYPE_MISMATCH;
    while (directory_next(directory, &place, &object, &text)) {
        bool is_over = !text.Buffer || !visit(&text, body_of(object), context);
        ob_dereference(body_of(object));
        if (!text.Buffer)
            return STATUS_INSUFFICIENT_RESOURCES;
        ExFreePoolWithTag(text.Buffer, OB_TAG_NAME);
        if (is_over)
            break;
    }
    return STATUS_SUCCESS;
}

struct directory_visitor {
    void (*visit)(const UNICODE_STRING *name, void *body, void *context);
    void *context;
};

static bool directory_visit_all(const UNICODE_STRING *name, void *body, void *context)
{
    const struct directory_visitor *visitor = context;
    visitor->visit(name, body, visitor->context);
    return true;
}

static NTSTATUS path_open(const char *path, void **out_body)
{
    UNICODE_STRING name;
    OBJECT_ATTRIBUTES attributes;
    NTSTATUS status = rtl_unicode_of(path, &name);
    if (!NT_SUCCESS(status))
        return status;
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    status = ob_open(&attributes, ob_directory_type, 0, KernelMode, NULL, out_body);
    RtlFreeUnicodeString(&name);
    return status;
}

NTSTATUS ob_directory_visit(const char *path,
                            void (*visit)(const UNICODE_STRING *name, void *body, void *context),
                            void *context)
{
    void *directory;
    struct directory_visitor visitor = {visit, context};
    NTSTATUS status = path_open(path, &directory);
    if (!NT_SUCCESS(status))
        return status;
    status = ob_directory_visit_body(directory, directory_visit_all, &visitor);
    ob_dereference(directory);
    return status;
}

NTSTATUS ob_directory_create(const char *path)
{
    UNICODE_STRING name;
    OBJECT_ATTRIBUTES attributes;
    void *body;
    NTSTATUS status = rtl_unicode_of(path, &name);
    if (!NT_SUCCESS(status))
        return status;
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE | OBJ_PERMANENT, NULL,
                               NULL);
    status = ob_create(ob_directory_type, sizeof(struct object_directory), &body);
    if (NT_SUCCESS(status)) {
        status = ob_insert(body, &attributes, 0, KernelMode, NULL, NULL);
        ob_dereference(body);
    }
    RtlFreeUnicodeString(&name);
    return status;
}

size_t ob_directory_body_bytes(void)
{
    return sizeof(struct object_directory);
}
