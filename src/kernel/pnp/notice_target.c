/* SPDX-License-Identifier: MIT */
/* notice_target.c - which device a file was opened on. */
#include "ke/ke.h"
#include "pnp/notice.h"
#include "property.h"

/* Asks the stack; for a file of a file system or another driver that has no stack of its own.
 * Doc:     "IRP_MN_QUERY_DEVICE_RELATIONS", TargetDeviceRelation: one PDO, referenced */
static DEVICE_OBJECT *target_relation_get(DEVICE_OBJECT *top, FILE_OBJECT *file)
{
    IO_STACK_LOCATION ask = {.MinorFunction = IRP_MN_QUERY_DEVICE_RELATIONS, .FileObject = file};
    ULONG_PTR information = 0;
    ask.Parameters.QueryDeviceRelations.Type = TargetDeviceRelation;
    NTSTATUS status = stack_ask(top, &ask, &information);
    DEVICE_RELATIONS *relations = (DEVICE_RELATIONS *)information;
    if (!NT_SUCCESS(status) || !relations)
        return NULL;
    DEVICE_OBJECT *pdo = relations->Count ? relations->Objects[0] : NULL;
    ExFreePool(relations);
    return pdo;
}

DEVICE_OBJECT *pnp_pdo_of_file_get(FILE_OBJECT *file)
{
    DEVICE_OBJECT *top = IoGetRelatedDeviceObject(file);
    DEVICE_OBJECT *pdo = IoGetDeviceAttachmentBaseRef(top);
    struct device_node *node = pnp_node_of_get(pdo);
    if (!node) {
        ObfDereferenceObject(pdo);
        pdo = target_relation_get(top, file);
        node = pdo ? pnp_node_of_get(pdo) : NULL;
    }
    if (node) {
        pnp_node_put(node);
        return pdo;
    }
    if (pdo)
        ObfDereferenceObject(pdo);
    return NULL;
}
