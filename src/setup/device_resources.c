/* SPDX-License-Identifier: MIT */
/* device_resources.c - LogConfig of an install section as the lists that kernel/pnp reads.
 *
 * A configuration that is forced becomes LogConf\ForcedConfig, the others together the
 * alternatives of LogConf\BasicConfigVector; those of .LogConfigOverride, OverrideConfigVector.
 *
 * Doc: "INF LogConfig Directive", "Hardware Resources"
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "setup_internal.h"

#define RESOURCES_MAX 128u

struct resource_work {
    struct inf_resource resources[RESOURCES_MAX];
    char attributes[RESOURCES_MAX][16];
    uint32_t count;
    bool is_full;
};

static int resource_take(void *context, const struct inf_resource *resource)
{
    struct resource_work *work = context;
    if (work->count == RESOURCES_MAX) {
        work->is_full = true;
        return 1;
    }
    work->resources[work->count] = *resource;
    snprintf(work->attributes[work->count], sizeof work->attributes[0], "%s",
             resource->attributes ? resource->attributes : "");
    work->resources[work->count].attributes = work->attributes[work->count];
    work->count++;
    return 0;
}

#define LCPRI_FORCECONFIG 0u /* cfgmgr32: no other configuration may be used */

static bool is_forced(const struct inf_resource *resource)
{
    return resource->priority == LCPRI_FORCECONFIG;
}

/* Letters of "5,7(S)" and the like; case does not count. */
static bool has_attribute(const struct inf_resource *resource, char letter)
{
    return strchr(resource->attributes, letter) || strchr(resource->attributes, letter | 0x20);
}

static void descriptor_fill(IO_RESOURCE_DESCRIPTOR *out, const struct inf_resource *resource,
                            bool is_alternative)
{
    *out = (IO_RESOURCE_DESCRIPTOR){
        .Option = is_alternative ? IO_RESOURCE_ALTERNATIVE : 0,
        .ShareDisposition =
            has_attribute(resource, 'S') ? CmResourceShareShared : CmResourceShareDeviceExclusive,
    };
    switch (resource->kind) {
    case INF_RESOURCE_IO:
    case INF_RESOURCE_MEMORY:
        out->Type = resource->kind == INF_RESOURCE_IO ? CmResourceTypePort : CmResourceTypeMemory;
        out->Flags =
            resource->kind == INF_RESOURCE_IO ? CM_RESOURCE_PORT_IO : CM_RESOURCE_MEMORY_READ_WRITE;
        out->u.Port.Length = (ULONG)resource->length;
        out->u.Port.Alignment = (ULONG)resource->alignment;
        out->u.Port.MinimumAddress.QuadPart = (LONGLONG)resource->first;
        out->u.Port.MaximumAddress.QuadPart = (LONGLONG)resource->last;
        break;
    case INF_RESOURCE_IRQ:
        out->Type = CmResourceTypeInterrupt;
        out->Flags = has_attribute(resource, 'L') ? CM_RESOURCE_INTERRUPT_LEVEL_SENSITIVE
                                                  : CM_RESOURCE_INTERRUPT_LATCHED;
        out->u.Interrupt.MinimumVector = (ULONG)resource->first;
        out->u.Interrupt.MaximumVector = (ULONG)resource->last;
        break;
    case INF_RESOURCE_DMA:
        out->Type = CmResourceTypeDma;
        out->u.Dma.MinimumChannel = (ULONG)resource->first;
        out->u.Dma.MaximumChannel = (ULONG)resource->last;
        break;
    }
}

/* Alternatives after each other, one IO_RESOURCE_LIST a configuration. */
static void requirements_plan(struct plan *plan, const char *key, const char *name,
                              const struct resource_work *work)
{
    size_t room = sizeof(IO_RESOURCE_REQUIREMENTS_LIST) +
                  work->count * (sizeof(IO_RESOURCE_LIST) + sizeof(IO_RESOURCE_DESCRIPTOR));
    IO_RESOURCE_REQUIREMENTS_LIST *list = calloc(1, room);
    if (!list) {
        plan->is_short = true;
        return;
    }
    uint8_t *at = (uint8_t *)list->List;
    bool has_forced = false;
    for (uint32_t i = 0; i < work->count; i++)
        has_forced |= is_forced(&work->resources[i]);
    IO_RESOURCE_LIST *alternative = NULL;
    uint32_t config = ~0u, entry = ~0u;
    for (uint32_t i = 0; i < work->count; i++) {
        const struct inf_resource *resource = &work->resources[i];
        if (has_forced != is_forced(resource))
            continue; /* with a forced configuration there is no other */
        bool is_first = resource->config != config || resource->entry != entry;
        if (resource->config != config) {
            config = resource->config;
            alternative = (IO_RESOURCE_LIST *)at;
            alternative->Version = alternative->Revision = 1;
            list->AlternativeLists++;
            at = (uint8_t *)alternative->Descriptors;
        }
        entry = resource->entry;
        descriptor_fill((IO_RESOURCE_DESCRIPTOR *)at, resource, !is_first);
        alternative->Count++;
        at += sizeof(IO_RESOURCE_DESCRIPTOR);
    }
    list->ListSize = (ULONG)(at - (uint8_t *)list);
    list->InterfaceType = Internal;
    if (list->AlternativeLists)
        plan_data(plan, plan_step_add(plan, PLAN_SET, key, name), REG_RESOURCE_REQUIREMENTS_LIST,
                  list, list->ListSize);
    free(list);
}

static void partial_fill(CM_PARTIAL_RESOURCE_DESCRIPTOR *out, const struct inf_resource *resource)
{
    IO_RESOURCE_DESCRIPTOR wanted;
    descriptor_fill(&wanted, resource, false);
    out->Type = wanted.Type;
    out->ShareDisposition = wanted.ShareDisposition;
    out->Flags = wanted.Flags;
    switch (resource->kind) {
    case INF_RESOURCE_IO:
    case INF_RESOURCE_MEMORY:
        out->u.Port.Start.QuadPart = (LONGLONG)resource->first;
        out->u.Port.Length = (ULONG)resource->length;
        break;
    case INF_RESOURCE_IRQ:
        out->u.Interrupt.Level = out->u.Interrupt.Vector = (ULONG)resource->first;
        out->u.Interrupt.Affinity = ~(KAFFINITY)0;
        break;
    case INF_RESOURCE_DMA:
        out->u.Dma.Channel = (ULONG)resource->first;
        break;
    }
}

static void forced_plan(struct plan *plan, const char *key, const struct resource_work *work)
{
    size_t room = sizeof(CM_RESOURCE_LIST) + work->count * sizeof(CM_PARTIAL_RESOURCE_DESCRIPTOR);
    CM_RESOURCE_LIST *list = calloc(1, room);
    if (!list) {
        plan->is_short = true;
        return;
    }
    CM_PARTIAL_RESOURCE_LIST *partial = &list->List[0].PartialResourceList;
    list->Count = 1;
    list->List[0].InterfaceType = Internal;
    partial->Version = partial->Revision = 1;
    for (uint32_t i = 0; i < work->count; i++)
        if (is_forced(&work->resources[i]))
            partial_fill(&partial->PartialDescriptors[partial->Count++], &work->resources[i]);
    if (partial->Count)
        plan_data(
            plan, plan_step_add(plan, PLAN_SET, key, "ForcedConfig"), REG_RESOURCE_LIST, list,
            (uint32_t)((uint8_t *)&partial->PartialDescriptors[partial->Count] - (uint8_t *)list));
    free(list);
}

uint32_t log_config_plan(struct plan *plan, const char *device_key, const struct inf *inf,
                         const struct inf_section *section, bool is_override,
                         struct setup_error *error)
{
    struct resource_work *work = calloc(1, sizeof *work);
    char *key = text_format("%s\\LogConf", device_key);
    struct inf_error why;
    if (!work || !key) {
        setup_fail(error, ERROR_OUTOFMEMORY, "out of memory");
    } else if (inf_log_configs_visit(inf, section, resource_take, work, &why) == INF_DAMAGED) {
        setup_fail(error, ERROR_GENERAL_SYNTAX, "%s", why.text);
    } else if (work->is_full) {
        setup_fail(error, ERROR_GENERAL_SYNTAX, "%s: LogConfig asks for more than %u resources",
                   inf_name(inf), RESOURCES_MAX);
    } else if (work->count) {
        requirements_plan(plan, key, is_override ? "OverrideConfigVector" : "BasicConfigVector",
                          work);
        if (!is_override)
            forced_plan(plan, key, work);
    }
    free(key);
    free(work);
    return error->code;
}
