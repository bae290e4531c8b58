/* SPDX-License-Identifier: MIT */
/* cm_start.c - the beginning and the end of a machine's registry.
 *
 * \REGISTRY is a named key object; everything else is found through it: what the store holds, and
 * what every machine has.
 */
#include "cm_internal.h"

static NTSTATUS root_create(void)
{
    UNICODE_STRING path = RTL_CONSTANT_STRING(L"\\REGISTRY");
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"REGISTRY");
    OBJECT_ATTRIBUTES attributes;
    struct cm_key *key;
    InitializeObjectAttributes(&attributes, &path, OBJ_CASE_INSENSITIVE | OBJ_PERMANENT, NULL,
                               NULL);
    host_lock_take(&cm_lock);
    NTSTATUS status = node_create_locked(NULL, &name, 0, &cm_root);
    if (NT_SUCCESS(status))
        status = key_object_create_locked(cm_root, &key);
    host_lock_give(&cm_lock);
    if (!NT_SUCCESS(status))
        return status;
    status = ob_insert(key, &attributes, 0, KernelMode, NULL, NULL);
    ob_dereference(key);
    return status;
}

NTSTATUS cm_init(void)
{
    batch_init();
    NTSTATUS status = ob_type_create("Key", &cm_key_ops, &cm_key_type);
    if (NT_SUCCESS(status))
        status = root_create();
    if (NT_SUCCESS(status))
        status = cm_store_load();
    if (NT_SUCCESS(status))
        status = layout_apply();
    if (NT_SUCCESS(status))
        status = cm_store_flush();
    if (NT_SUCCESS(status))
        batch_lazy_begin();
    else
        cm_store_end();
    return status;
}

void cm_fini(void)
{
    cm_quiesce(); /* has said what went wrong */
    cm_store_end();
    host_lock_take(&cm_lock);
    node_destroy_tree_locked(cm_root);
    cm_root = NULL;
    host_lock_give(&cm_lock);
}
