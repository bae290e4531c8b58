/* SPDX-License-Identifier: MIT */
/* describe.c - devices and classes as the tools show them: the tree, the registry, the stack. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "device.h"
#include "io/io.h"
#include "rtl/rtl.h"
#include "setup/device.h"

#define STACK_MAX 32u

struct description {
    struct setup_device abi;
    struct setup_stack_row rows[STACK_MAX];
    char *texts[32]; /* what abi points to */
    unsigned text_count;
};

static const char *text_keep(struct description *description, char *text)
{
    if (!text || description->text_count == 32) {
        free(text);
        return "";
    }
    return description->texts[description->text_count++] = text;
}

static const char *text_read(struct description *description, const char *key, const char *name)
{
    return text_keep(description, key ? setup_key_text(key, name) : NULL);
}

static void software_describe(struct description *description)
{
    struct setup_device *abi = &description->abi;
    char *key = text_format("%s\\%s", PATH_CLASS, abi->driver);
    if (!key || !*abi->driver) {
        free(key);
        key = NULL;
    }
    abi->published = text_read(description, key, "InfPath");
    abi->section = text_read(description, key, "InfSection");
    abi->provider = text_read(description, key, "ProviderName");
    abi->version = text_read(description, key, "DriverVersion");
    abi->date = text_read(description, key, "DriverDate");
    abi->matching_id = text_read(description, key, "MatchingDeviceId");
    free(key);
}

static void class_describe(struct description *description)
{
    struct setup_device *abi = &description->abi;
    char *key = *abi->class_guid ? text_format("%s\\%s", PATH_CLASS, abi->class_guid) : NULL;
    abi->class_name = text_read(description, key, "Class");
    abi->class_upper_filters = key ? setup_key_list(key, "UpperFilters") : NULL;
    abi->class_lower_filters = key ? setup_key_list(key, "LowerFilters") : NULL;
    free(key);
}

static void registry_describe(struct description *description, const char *instance)
{
    struct setup_device *abi = &description->abi;
    char *key = text_format("%s\\%s", PATH_ENUM, instance);
    abi->instance = instance;
    abi->description = text_read(description, key, "DeviceDesc");
    abi->friendly_name = text_read(description, key, "FriendlyName");
    abi->manufacturer = text_read(description, key, "Mfg");
    abi->location = text_read(description, key, "LocationInformation");
    abi->service = text_read(description, key, "Service");
    abi->container = text_read(description, key, "ContainerID");
    abi->class_guid = text_read(description, key, "ClassGUID");
    abi->driver = text_read(description, key, "Driver");
    abi->hardware_ids = key ? setup_key_list(key, "HardwareID") : NULL;
    abi->compatible_ids = key ? setup_key_list(key, "CompatibleIDs") : NULL;
    abi->upper_filters = key ? setup_key_list(key, "UpperFilters") : NULL;
    abi->lower_filters = key ? setup_key_list(key, "LowerFilters") : NULL;
    abi->extensions = key ? setup_key_list(key, "ExtendedConfigurationIds") : NULL;
    abi->capabilities = key ? setup_key_number(key, "Capabilities", 0) : 0;
    abi->config_flags = key ? setup_key_number(key, "ConfigFlags", 0) : 0;
    free(key);
    software_describe(description);
    class_describe(description);
}

/* ---- the stack
 * ----------------------------------------------------------------------------------- */

static const char *driver_name(struct description *description, DEVICE_OBJECT *device)
{
    const UNICODE_STRING *name = &device->DriverObject->DriverName;
    char *whole = text_of_wide(name->Buffer, name->Length);
    char *last = whole ? strrchr(whole, '\\') : NULL;
    char *own = last ? strdup(last + 1) : NULL;
    free(whole);
    return text_keep(description, own);
}

/* Which is the function driver says the registry; below it are lower filters, above it upper. */
static void roles_set(struct setup_device *abi, struct setup_stack_row *rows, unsigned count)
{
    unsigned function = count;
    for (unsigned i = 1; i < count; i++)
        if (!strcasecmp(rows[i].driver, abi->service))
            function = i;
    for (unsigned i = 0; i < count; i++) {
        rows[i].kind = !i ? "PDO" : i == function ? "FDO" : "Filter DO";
        rows[i].role = !i                                 ? "bus driver"
                       : i == function                    ? "function driver"
                       : i < function && function < count ? "lower filter"
                                                          : "upper filter";
    }
}

static void stack_describe(struct description *description, DEVICE_OBJECT *pdo)
{
    struct setup_stack_row down[STACK_MAX];
    unsigned count = 0;
    for (DEVICE_OBJECT *device = IoGetAttachedDeviceReference(pdo), *below; device;
         device = below) {
        if (count < STACK_MAX)
            down[count++] = (struct setup_stack_row){.driver = driver_name(description, device),
                                                     .device = (uint64_t)(uintptr_t)device};
        below = IoGetLowerDeviceObject(device);
        ObDereferenceObject(device);
    }
    for (unsigned i = 0; i < count; i++)
        description->rows[i] = down[count - 1 - i];
    roles_set(&description->abi, description->rows, count);
    description->abi.stack = description->rows;
    description->abi.stack_count = count;
}

/* ---- resources
 * ------------------------------------------------------------------------------------ */

static char *resource_text(const CM_PARTIAL_RESOURCE_DESCRIPTOR *resource)
{
    uint64_t start = (uint64_t)resource->u.Port.Start.QuadPart,
             end = start + resource->u.Port.Length - 1;
    switch (resource->Type) {
    case CmResourceTypePort:
        return text_format("IO  : %04llx-%04llx", (unsigned long long)start,
                           (unsigned long long)end);
    case CmResourceTypeMemory:
        return text_format("MEM : %08llx-%08llx", (unsigned long long)start,
                           (unsigned long long)end);
    case CmResourceTypeDma:
        return text_format("DMA : %u", (unsigned)resource->u.Dma.Channel);
    case CmResourceTypeInterrupt:
        return text_format("IRQ : %u", (unsigned)resource->u.Interrupt.Level);
    default:
        return NULL;
    }
}

static char **resources_describe(struct device_node *node)
{
    CM_RESOURCE_LIST *raw = NULL, *translated = NULL;
    char **list = NULL;
    if (!NT_SUCCESS(pnp_resources_get(node, &raw, &translated)))
        return NULL;
    const CM_PARTIAL_RESOURCE_LIST *partial =
        raw && raw->Count ? &raw->List[0].PartialResourceList : NULL;
    size_t count = 0;
    if (partial)
        list = calloc(partial->Count + 1, sizeof *list);
    for (ULONG i = 0; list && i < partial->Count; i++) {
        list[count] = resource_text(&partial->PartialDescriptors[i]);
        count += list[count] != NULL;
    }
    if (raw)
        ExFreePool(raw);
    if (translated)
        ExFreePool(translated);
    return list;
}

/* ---- walks
 * ------------------------------------------------------------------------------------------ */

static void description_free(struct description *description)
{
    struct setup_device *abi = &description->abi;
    char **lists[] = {abi->hardware_ids,  abi->compatible_ids,      abi->upper_filters,
                      abi->lower_filters, abi->class_upper_filters, abi->class_lower_filters,
                      abi->resources,     abi->extensions};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        setup_key_list_free(lists[i]);
    for (unsigned i = 0; i < description->text_count; i++)
        free(description->texts[i]);
    free(description);
}

struct walk {
    void (*visit)(const struct setup_device *device, void *context);
    void *context;
};

static void node_describe(struct device_node *node, unsigned depth, void *context)
{
    struct walk *walk = context;
    struct description *description = calloc(1, sizeof *description);
    char *instance = node_instance(node);
    if (description && instance) {
        struct setup_device *abi = &description->abi;
        struct pnp_status status;
        struct device_node *parent = pnp_node_parent_get(node);
        registry_describe(description, instance);
        pnp_status_get(node, &status);
        abi->is_present = true;
        abi->depth = depth;
        abi->state = status.state_name;
        abi->status = status.flags;
        abi->problem = status.problem;
        abi->problem_status = (uint32_t)status.problem_status;
        abi->parent = text_keep(description, parent ? node_instance(parent) : NULL);
        abi->resources = resources_describe(node);
        if (pnp_node_pdo(node))
            stack_describe(description, pnp_node_pdo(node));
        if (parent)
            pnp_node_put(parent);
        walk->visit(abi, walk->context);
    }
    free(instance);
    if (description)
        description_free(description);
}

static bool phantom_describe(const char *instance, void *context)
{
    struct walk *walk = context;
    struct device_node *node = device_node_get(instance);
    if (node) {
        pnp_node_put(node); /* was shown already */
        return false;
    }
    struct description *description = calloc(1, sizeof *description);
    if (!description)
        return true;
    registry_describe(description, instance);
    description->abi.state = "Disconnected";
    description->abi.parent = "";
    walk->visit(&description->abi, walk->context);
    description_free(description);
    return false;
}

void setup_device_visit(bool with_phantoms,
                        void (*visit)(const struct setup_device *device, void *context),
                        void *context)
{
    struct walk walk = {visit, context};
    pnp_visit(node_describe, &walk);
    if (with_phantoms)
        setup_instances_visit(phantom_describe, &walk);
}

void setup_class_visit(void (*visit)(const struct setup_class *row, void *context), void *context)
{
    char **guids = setup_key_names(PATH_CLASS);
    for (size_t i = 0; guids && guids[i]; i++) {
        char *key = text_format("%s\\%s", PATH_CLASS, guids[i]);
        char *name = key ? setup_key_text(key, "Class") : NULL,
             *description = key ? setup_key_text(key, "") : NULL;
        const char *known = class_system_description(guids[i]);
        struct setup_class row = {.guid = guids[i],
                                  .name = name ? name : "",
                                  .description = description ? description
                                                 : known     ? known
                                                             : "",
                                  .upper_filters = key ? setup_key_list(key, "UpperFilters") : NULL,
                                  .lower_filters =
                                      key ? setup_key_list(key, "LowerFilters") : NULL};
        visit(&row, context);
        setup_key_list_free(row.upper_filters);
        setup_key_list_free(row.lower_filters);
        free(description);
        free(name);
        free(key);
    }
    setup_key_list_free(guids);
}
