/* SPDX-License-Identifier: MIT */
/* cm_start.c - the registry of a fresh machine, and its end.
 *
 * \REGISTRY is a named key object; everything else is found through it. CurrentControlSet
 * is a link to ControlSet001, as on a machine that has started once.
 */
#include "cm_internal.h"

static const WCHAR *const first_keys[] = {
    L"MACHINE",
    L"MACHINE\\HARDWARE",
    L"MACHINE\\HARDWARE\\DESCRIPTION",
    L"MACHINE\\HARDWARE\\DEVICEMAP",
    L"MACHINE\\HARDWARE\\RESOURCEMAP",
    L"MACHINE\\SOFTWARE",
    L"MACHINE\\SOFTWARE\\Microsoft",
    L"MACHINE\\SOFTWARE\\Microsoft\\Windows NT",
    L"MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion",
    L"MACHINE\\SYSTEM",
    L"MACHINE\\SYSTEM\\ControlSet001",
    L"MACHINE\\SYSTEM\\ControlSet001\\Control",
    L"MACHINE\\SYSTEM\\ControlSet001\\Control\\Class",
    L"MACHINE\\SYSTEM\\ControlSet001\\Enum",
    L"MACHINE\\SYSTEM\\ControlSet001\\Services",
    L"USER",
    L"USER\\.DEFAULT",
};

static NTSTATUS key_create(const WCHAR *path, ULONG options, void **out_key)
{
    WCHAR buffer[128] = L"\\REGISTRY\\";
    UNICODE_STRING name = {10 * sizeof(WCHAR), sizeof buffer, buffer};
    OBJECT_ATTRIBUTES attributes;
    RtlAppendUnicodeToString(&name, path);
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    return cm_key_open(&attributes, KEY_ALL_ACCESS, KernelMode, true, options, NULL, out_key);
}

static NTSTATUS root_create(void)
{
    UNICODE_STRING path = RTL_CONSTANT_STRING(L"\\REGISTRY");
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"REGISTRY");
    OBJECT_ATTRIBUTES attributes;
    struct cm_key *key;
    InitializeObjectAttributes(&attributes, &path, OBJ_CASE_INSENSITIVE | OBJ_PERMANENT, NULL,
                               NULL);
    host_lock_take(&cm_lock);
    NTSTATUS status = node_create_locked(NULL, &name, &cm_root);
    if (NT_SUCCESS(status))
        status = key_object_create_locked(cm_root, &key);
    host_lock_give(&cm_lock);
    if (!NT_SUCCESS(status))
        return status;
    status = ob_insert(key, &attributes, 0, KernelMode, NULL, NULL);
    ob_dereference(key);
    return status;
}

static NTSTATUS control_set_link_create(void)
{
    static const WCHAR target[] = L"\\REGISTRY\\MACHINE\\SYSTEM\\ControlSet001";
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"SymbolicLinkValue");
    void *key;
    NTSTATUS status = key_create(L"MACHINE\\SYSTEM\\CurrentControlSet",
                                 REG_OPTION_VOLATILE | REG_OPTION_CREATE_LINK, &key);
    if (!NT_SUCCESS(status))
        return status;
    /* The target of a link is not terminated. */
    status = cm_value_set(key, &name, REG_LINK, target, sizeof target - sizeof(WCHAR));
    ob_dereference(key);
    return status;
}

NTSTATUS cm_init(void)
{
    NTSTATUS status = ob_type_create("Key", &cm_key_ops, &cm_key_type);
    if (NT_SUCCESS(status))
        status = root_create();
    for (unsigned i = 0; i < sizeof first_keys / sizeof first_keys[0] && NT_SUCCESS(status); i++) {
        void *key;
        status = key_create(first_keys[i], 0, &key);
        if (NT_SUCCESS(status))
            ob_dereference(key);
    }
    return NT_SUCCESS(status) ? control_set_link_create() : status;
}

void cm_fini(void)
{
    UNICODE_STRING path = RTL_CONSTANT_STRING(L"\\REGISTRY");
    OBJECT_ATTRIBUTES attributes;
    void *key;
    InitializeObjectAttributes(&attributes, &path, OBJ_CASE_INSENSITIVE, NULL, NULL);
    if (NT_SUCCESS(ob_open(&attributes, cm_key_type, 0, KernelMode, NULL, &key))) {
        /* The parser answers with a key object of its own; the named one goes by its name. */
        ob_dereference(key);
    }
    host_lock_take(&cm_lock);
    node_destroy_tree_locked(cm_root);
    cm_root = NULL;
    host_lock_give(&cm_lock);
}
