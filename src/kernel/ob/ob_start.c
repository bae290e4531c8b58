/* SPDX-License-Identifier: MIT */
/* ob_start.c - the name space at start: its root, its directories, its own types.
 *
 * Comes after ex, before everything that has a name. Invariant: what ob_init makes is
 * permanent until ob_fini takes it apart in reverse.
 */
#include "ob_internal.h"

#include "callback_object.h"
#include "object_type.h"
#include "ob_callback.h"
#include "ob/dispatcher_types.h"

struct object_header *namespace_root;

static void directory_delete_body(void *body)
{
    COVE_ASSERT(((struct object_directory *)body)->count == 0);
}

static const struct object_type_ops type_ops = {.valid_access = STANDARD_RIGHTS_REQUIRED | 1};
static const struct object_type_ops directory_ops = {
    .delete_body = directory_delete_body,
    .mapping = {STANDARD_RIGHTS_READ | DIRECTORY_QUERY | DIRECTORY_TRAVERSE,
                STANDARD_RIGHTS_WRITE | DIRECTORY_CREATE_OBJECT | DIRECTORY_CREATE_SUBDIRECTORY,
                STANDARD_RIGHTS_EXECUTE | DIRECTORY_QUERY | DIRECTORY_TRAVERSE,
                DIRECTORY_ALL_ACCESS},
    .valid_access = DIRECTORY_ALL_ACCESS,
};
static const struct object_type_ops symbolic_link_ops = {
    .delete_body = symbolic_link_delete_body,
    .mapping = {STANDARD_RIGHTS_READ | SYMBOLIC_LINK_QUERY, STANDARD_RIGHTS_WRITE,
                STANDARD_RIGHTS_EXECUTE | SYMBOLIC_LINK_QUERY, SYMBOLIC_LINK_ALL_ACCESS},
    .valid_access = SYMBOLIC_LINK_ALL_ACCESS,
};

static const char *const directories[] = {
    "\\ObjectTypes", "\\Device",   "\\Driver",        "\\FileSystem",       "\\GLOBAL??",
    "\\Callback",    "\\Security", "\\KernelObjects", "\\BaseNamedObjects", "\\Windows",
};

/* Where names of devices for programs are looked for, and the two ways to the root of all
 * names that programs know: \\.\GLOBALROOT\Device\x and \\.\Global\x. */
static const WCHAR *const links[][2] = {
    {L"\\??", L"\\GLOBAL??"},
    {L"\\DosDevices", L"\\??"},
    {L"\\GLOBAL??\\GLOBALROOT", L""},
    {L"\\GLOBAL??\\Global", L"\\GLOBAL??"},
    {L"\\BaseNamedObjects\\Global", L"\\BaseNamedObjects"},
    {L"\\BaseNamedObjects\\Local", L"\\BaseNamedObjects"},
};

static NTSTATUS names_create(void)
{
    NTSTATUS status = STATUS_SUCCESS;
    for (unsigned i = 0; i < sizeof directories / sizeof directories[0] && NT_SUCCESS(status); i++)
        status = ob_directory_create(directories[i]);
    for (unsigned i = 0; i < sizeof links / sizeof links[0] && NT_SUCCESS(status); i++) {
        UNICODE_STRING name, target;
        RtlInitUnicodeString(&name, links[i][0]);
        RtlInitUnicodeString(&target, links[i][1]);
        status = ob_symbolic_link_create(&name, &target);
    }
    return status;
}

NTSTATUS ob_init(void)
{
    struct object_type *type;
    void *root;
    object_callbacks_init();
    NTSTATUS status = handle_table_kernel_init();
    if (!NT_SUCCESS(status))
        return status;
    status = ob_type_create("Type", &type_ops, &type);
    if (NT_SUCCESS(status))
        status = ob_type_create("Directory", &directory_ops, &ob_directory_type);
    if (NT_SUCCESS(status))
        status = ob_type_create("SymbolicLink", &symbolic_link_ops, &ob_symbolic_link_type);
    if (NT_SUCCESS(status))
        status = ob_create(ob_directory_type, sizeof(struct object_directory), &root);
    if (!NT_SUCCESS(status))
        return status;
    namespace_root = header_of(root);
    status = names_create();
    if (NT_SUCCESS(status))
        status = object_types_enter();
    if (NT_SUCCESS(status))
        status = dispatcher_types_create();
    if (NT_SUCCESS(status))
        status = callback_objects_create();
    return status;
}

static void directory_empty(void *directory);

static bool entry_remove(const UNICODE_STRING *name, void *body, void *context)
{
    if (ob_type_of(body) == ob_directory_type)
        directory_empty(body);
    ob_name_remove(body);
    return false; /* the directory has changed: start again */
}

/* Takes every name below a directory away, deepest first. */
static void directory_empty(void *directory)
{
    struct object_directory *body = directory;
    while (body->count > 0)
        ob_directory_visit_body(directory, entry_remove, NULL);
}

void ob_fini(void)
{
    void *root = body_of(namespace_root);
    ob_current_table_set(NULL);
    ob_pseudo_handles_set(NULL, NULL);
    handle_table_kernel_fini();
    directory_empty(root);
    namespace_root = NULL;
    ob_dereference(root);
    ex_work_drain();
    object_types_fini();
}
