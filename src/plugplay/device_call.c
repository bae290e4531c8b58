/* SPDX-License-Identifier: MIT */
/* device_call.c - devices: which there are, how they are, and what a program wants done. */
#include <string.h>

#include "cfg.h"
#include "plugplay_internal.h"
#include "pnp/instances.h"
#include "pnp/notice.h"

NTSTATUS devices_list(struct call *call)
{
    WCHAR *list;
    ULONG bytes;
    NTSTATUS status = pnp_instances_list(&call->name, call->in.flags & 1, &list, &bytes);
    if (!NT_SUCCESS(status))
        return status;
    call->answer = list;
    call->reply.length = bytes;
    return STATUS_SUCCESS;
}

/* An empty name is the root. */
static struct device_node *node_get(const struct call *call)
{
    return call->name.Length ? pnp_node_find_get(&call->name) : pnp_root_get();
}

NTSTATUS device_query(struct call *call)
{
    struct pnp_status status;
    struct device_node *node = node_get(call);
    if (!node) {
        call->reply.problem = CM_PROB_PHANTOM;
        return pnp_instance_is_known(&call->name) ? call_answer_string(call, &call->name)
                                                  : STATUS_NO_SUCH_DEVICE;
    }
    pnp_status_get(node, &status);
    call->reply.flags = status.flags;
    call->reply.problem = status.problem;
    call->reply.problem_status = status.problem_status;
    NTSTATUS answered = call_answer_string(call, pnp_node_instance(node));
    pnp_node_put(node);
    return answered;
}

/* A device has its resources while it is started with them. */
NTSTATUS device_resources(struct call *call)
{
    CM_RESOURCE_LIST *raw, *translated;
    struct device_node *node = node_get(call);
    if (!node)
        return STATUS_NO_SUCH_DEVICE;
    NTSTATUS status = pnp_resources_get(node, &raw, &translated);
    pnp_node_put(node);
    if (!NT_SUCCESS(status))
        return status;
    if (!raw)
        return STATUS_NO_MORE_ENTRIES;
    status = call_answer(call, raw, (ULONG)pnp_resources_bytes(raw));
    ExFreePool(raw);
    ExFreePool(translated);
    return status;
}

/* ---- relatives ---------------------------------------------------------------------------------
 */

struct search {
    struct device_node *parent; /* whose children are looked at */
    struct device_node *after;  /* NULL: the first is wanted */
    bool is_passed;
    struct device_node *found; /* referenced */
};

static void relative_visit(struct device_node *node, unsigned depth, void *context)
{
    struct search *search = context;
    struct device_node *parent = pnp_node_parent_get(node);
    if (parent)
        pnp_node_put(parent);
    if (search->found || parent != search->parent)
        return;
    if (!search->after || search->is_passed) {
        pnp_node_reference(node);
        search->found = node;
    }
    search->is_passed = search->is_passed || node == search->after;
}

NTSTATUS device_relative(struct call *call)
{
    struct search search = {0};
    struct device_node *node = node_get(call);
    if (!node)
        return STATUS_NO_SUCH_DEVICE;
    switch (call->in.kind) {
    case WIRE_RELATIVE_PARENT:
        search.found = pnp_node_parent_get(node);
        break;
    case WIRE_RELATIVE_CHILD:
        search.parent = node;
        pnp_visit(relative_visit, &search);
        break;
    case WIRE_RELATIVE_SIBLING:
        search.parent = pnp_node_parent_get(node);
        search.after = node;
        if (search.parent) {
            pnp_visit(relative_visit, &search);
            pnp_node_put(search.parent);
        }
        break;
    default:
        pnp_node_put(node);
        return STATUS_INVALID_PARAMETER;
    }
    pnp_node_put(node);
    if (!search.found)
        return STATUS_NO_MORE_ENTRIES;
    NTSTATUS status = call_answer_string(call, pnp_node_instance(search.found));
    pnp_node_put(search.found);
    return status;
}

/* ---- what is done -------------------------------------------------------------------------------
 */

NTSTATUS root_device_create(struct call *call)
{
    struct device_node *node;
    if (call->in.length < 2 * sizeof(WCHAR) || call->in.length % sizeof(WCHAR) ||
        call->in.length > 0xfff0 || !call->name.Length)
        return STATUS_INVALID_PARAMETER;
    UNICODE_STRING ids = {(USHORT)call->in.length, (USHORT)call->in.length, call->data};
    if (ids.Buffer[ids.Length / sizeof(WCHAR) - 1] || ids.Buffer[ids.Length / sizeof(WCHAR) - 2])
        return STATUS_INVALID_PARAMETER; /* a list ends with two zeroes */
    NTSTATUS status = pnp_root_create(&call->name, &ids, &node);
    if (!NT_SUCCESS(status))
        return status;
    status = call_answer_string(call, pnp_node_instance(node));
    pnp_node_put(node);
    return status;
}

static NTSTATUS act(struct device_node *node, uint32_t kind, struct pnp_veto *veto)
{
    switch (kind) {
    case WIRE_ACT_CONFIGURE:
        return pnp_device_configure(node, NULL, 0);
    case WIRE_ACT_ENABLE:
        return pnp_device_enable(node);
    case WIRE_ACT_DISABLE:
        return pnp_device_disable(node, veto);
    case WIRE_ACT_RESTART:
        return pnp_device_restart(node, veto);
    case WIRE_ACT_REMOVE:
        return pnp_device_remove(node, veto);
    case WIRE_ACT_EJECT:
        return pnp_device_eject(node, veto);
    case WIRE_ACT_RESCAN:
        return pnp_rescan(node);
    case WIRE_ACT_WAIT:
        pnp_wait_idle();
        pnp_notice_wait();
        return STATUS_SUCCESS;
    default:
        return STATUS_INVALID_PARAMETER;
    }
}

NTSTATUS device_act(struct call *call)
{
    struct pnp_veto veto = {0};
    struct pnp_status now;
    struct device_node *node = node_get(call);
    if (!node)
        return STATUS_NO_SUCH_DEVICE;
    NTSTATUS status = act(node, call->in.kind, &veto);
    call->reply.veto = (uint32_t)veto.type;
    size_t bytes = min(sizeof call->reply.veto_name, sizeof veto.name);
    memcpy(call->reply.veto_name, veto.name, bytes);
    call->reply.veto_name[sizeof call->reply.veto_name / sizeof(WCHAR) - 1] = 0;
    pnp_status_get(node, &now);
    call->reply.flags = now.flags;
    call->reply.problem = now.problem;
    call->reply.problem_status = now.problem_status;
    pnp_node_put(node);
    return status;
}
