/* SPDX-License-Identifier: MIT */
/* pnp.c - the room's door while the room is built: there is no tree yet.
 */
#include "pnp_internal.h"

NTSTATUS pnp_init(void)
{
    return STATUS_SUCCESS;
}
void pnp_fini(void)
{
}
NTSTATUS pnp_start(void)
{
    return STATUS_SUCCESS;
}
unsigned pnp_stop(void (*report)(const char *line, void *context), void *context)
{
    (void)report;
    (void)context;
    return 0;
}
void pnp_wait_idle(void)
{
}
struct device_node *pnp_root_get(void)
{
    return NULL;
}
struct device_node *pnp_node_find_get(const UNICODE_STRING *instance_path)
{
    (void)instance_path;
    return NULL;
}
struct device_node *pnp_node_of_get(DEVICE_OBJECT *physical_device)
{
    (void)physical_device;
    return NULL;
}
void pnp_node_reference(struct device_node *node)
{
    (void)node;
}
void pnp_node_put(struct device_node *node)
{
    (void)node;
}
const UNICODE_STRING *pnp_node_instance(const struct device_node *node)
{
    (void)node;
    return NULL;
}
const UNICODE_STRING *pnp_node_service(const struct device_node *node)
{
    (void)node;
    return NULL;
}
DEVICE_OBJECT *pnp_node_pdo(const struct device_node *node)
{
    (void)node;
    return NULL;
}
struct device_node *pnp_node_parent_get(struct device_node *node)
{
    (void)node;
    return NULL;
}
void pnp_visit(void (*visit)(struct device_node *node, unsigned depth, void *context),
               void *context)
{
    (void)visit;
    (void)context;
}
void pnp_status_get(struct device_node *node, struct pnp_status *out_status)
{
    (void)node;
    *out_status = (struct pnp_status){0};
}
void pnp_capabilities_get(struct device_node *node, DEVICE_CAPABILITIES *out_capabilities)
{
    (void)node;
    *out_capabilities = (DEVICE_CAPABILITIES){0};
}
NTSTATUS pnp_resources_get(struct device_node *node, CM_RESOURCE_LIST **out_raw,
                           CM_RESOURCE_LIST **out_translated)
{
    (void)node;
    (void)out_raw;
    (void)out_translated;
    return STATUS_NOT_IMPLEMENTED;
}
NTSTATUS pnp_node_key_open(struct device_node *node, ACCESS_MASK access, void **out_key)
{
    (void)node;
    (void)access;
    (void)out_key;
    return STATUS_NOT_IMPLEMENTED;
}
NTSTATUS pnp_root_create(const UNICODE_STRING *device_id, const UNICODE_STRING *hardware_ids,
                         struct device_node **out_node)
{
    (void)device_id;
    (void)hardware_ids;
    (void)out_node;
    return STATUS_NOT_IMPLEMENTED;
}
NTSTATUS pnp_device_configure(struct device_node *node, char *error, size_t error_size)
{
    (void)node;
    (void)error;
    (void)error_size;
    return STATUS_NOT_IMPLEMENTED;
}
NTSTATUS pnp_device_disable(struct device_node *node, struct pnp_veto *out_veto)
{
    (void)node;
    (void)out_veto;
    return STATUS_NOT_IMPLEMENTED;
}
NTSTATUS pnp_device_enable(struct device_node *node)
{
    (void)node;
    return STATUS_NOT_IMPLEMENTED;
}
NTSTATUS pnp_device_restart(struct device_node *node, struct pnp_veto *out_veto)
{
    return pnp_device_disable(node, out_veto);
}
NTSTATUS pnp_device_remove(struct device_node *node, struct pnp_veto *out_veto)
{
    return pnp_device_disable(node, out_veto);
}
NTSTATUS pnp_device_eject(struct device_node *node, struct pnp_veto *out_veto)
{
    return pnp_device_disable(node, out_veto);
}
NTSTATUS pnp_rescan(struct device_node *node)
{
    return pnp_device_enable(node);
}
void pnp_install_set(bool (*install)(struct device_node *node))
{
    (void)install;
}
void pnp_call_limit_set(ULONG limit_ms)
{
    (void)limit_ms;
}
void pnp_counts(struct pnp_counts *out_counts)
{
    *out_counts = (struct pnp_counts){0};
}
void pnp_event_sink_add(struct pnp_event_sink *sink)
{
    (void)sink;
}
