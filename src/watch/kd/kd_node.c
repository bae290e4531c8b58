/* SPDX-License-Identifier: MIT */
/* kd_node.c - the tree of devices, as the PnP manager shows it to anyone. */
#include <stddef.h>

#include "ex/ex.h"
#include "kd_internal.h"
#include "pnp/pnp.h"

#define DESCRIPTORS_MAX 256u

static void descriptor_add(cJSON *list, const CM_PARTIAL_RESOURCE_DESCRIPTOR *descriptor)
{
    cJSON *item = cJSON_CreateObject();
    kd_number(item, "type", descriptor->Type);
    kd_number(item, "share", descriptor->ShareDisposition);
    kd_number(item, "flags", descriptor->Flags);
    if (descriptor->Type == CmResourceTypePort || descriptor->Type == CmResourceTypeMemory) {
        kd_address(item, "start", (uint64_t)descriptor->u.Generic.Start.QuadPart);
        kd_number(item, "length", descriptor->u.Generic.Length);
    } else if (descriptor->Type == CmResourceTypeInterrupt) {
        kd_number(item, "level", descriptor->u.Interrupt.Level);
        kd_number(item, "vector", descriptor->u.Interrupt.Vector);
        kd_address(item, "affinity", descriptor->u.Interrupt.Affinity);
    }
    cJSON_AddItemToArray(list, item);
}

/* Only the first full list: what follows it is of other buses, which no device here has. */
static void resources_add(cJSON *item, const char *name, CM_RESOURCE_LIST *resources)
{
    cJSON *list = cJSON_AddArrayToObject(item, name);
    if (resources && resources->Count) {
        const CM_PARTIAL_RESOURCE_LIST *partial = &resources->List[0].PartialResourceList;
        for (ULONG i = 0; i < partial->Count && i < DESCRIPTORS_MAX; i++)
            descriptor_add(list, &partial->PartialDescriptors[i]);
    }
    if (resources)
        ExFreePool(resources);
}

static void node_add(struct device_node *node, unsigned depth, void *list)
{
    struct pnp_status status;
    CM_RESOURCE_LIST *raw = NULL, *translated = NULL;
    struct device_node *parent = pnp_node_parent_get(node);
    cJSON *item = cJSON_CreateObject();
    pnp_status_get(node, &status);
    kd_number(item, "depth", depth);
    kd_address(item, "address", (uint64_t)(uintptr_t)node);
    kd_address(item, "parent", (uint64_t)(uintptr_t)parent);
    kd_address(item, "pdo", (uint64_t)(uintptr_t)pnp_node_pdo(node));
    kd_text_take(item, "instance", kd_string(pnp_node_instance(node)));
    kd_text_take(item, "service", kd_string(pnp_node_service(node)));
    kd_number(item, "state", status.state);
    cJSON_AddStringToObject(item, "state_name", status.state_name);
    kd_number(item, "flags", status.flags);
    kd_number(item, "problem", status.problem);
    kd_number(item, "problem_status", (uint32_t)status.problem_status);
    if (NT_SUCCESS(pnp_resources_get(node, &raw, &translated))) {
        resources_add(item, "raw", raw);
        resources_add(item, "translated", translated);
    }
    if (parent)
        pnp_node_put(parent);
    cJSON_AddItemToArray(list, item);
}

cJSON *kd_nodes(char **words)
{
    cJSON *list = cJSON_CreateArray();
    pnp_visit(node_add, list);
    return list;
}

void kd_node_describe(cJSON *item, DEVICE_OBJECT *device)
{
    /* A driver may have written over the way to it. */
    DEVOBJ_EXTENSION extension;
    struct device_node *node = kd_read(device->DeviceObjectExtension, &extension, sizeof extension)
                                   ? pnp_node_of_get(device)
                                   : NULL;
    if (!node)
        return;
    kd_address(item, "node", (uint64_t)(uintptr_t)node);
    kd_text_take(item, "instance", kd_string(pnp_node_instance(node)));
    kd_text_take(item, "service", kd_string(pnp_node_service(node)));
    pnp_node_put(node);
}
