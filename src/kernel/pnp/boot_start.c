/* SPDX-License-Identifier: MIT */
/* boot_start.c - drivers that start with the machine, in the order of their groups and tags.
 *
 * In: a start type; out: every driver service of it loaded, one after the other. One that does not
 * load is a line in the log. Doc: "Specifying Driver Load Order"
 */
#include "pnp_internal.h"

#define SERVICE_KERNEL_DRIVER      1u
#define SERVICE_FILE_SYSTEM_DRIVER 2u
#define ORDER_LAST                 0xffffffffu

struct service {
    WCHAR name[64];
    ULONG group, tag, found; /* places in their lists; found: the registry's own order */
    bool is_quiet;           /* ErrorControl: ignore */
};

struct services {
    struct service *service; /* pool */
    unsigned count, room;
    ULONG start_type;
    void *services_key, *groups_key; /* Services; Control\GroupOrderList or NULL */
    WCHAR *groups;                   /* Control\ServiceGroupOrder's List, or NULL */
};

/* ---- the two lists ------------------------------------------------------------------------------
 */

static ULONG group_place(const struct services *services, const WCHAR *group)
{
    UNICODE_STRING wanted, entry;
    ULONG place = 0;
    RtlInitUnicodeString(&wanted, group);
    for (const WCHAR *at = services->groups; at != NULL && *at != 0; place++) {
        RtlInitUnicodeString(&entry, at);
        if (RtlEqualUnicodeString(&entry, &wanted, TRUE))
            return place;
        at += entry.Length / sizeof(WCHAR) + 1;
    }
    return ORDER_LAST;
}

/* A value of GroupOrderList: how many tags, then the tags in order. */
static ULONG tag_place(const struct services *services, const WCHAR *group, ULONG tag)
{
    ULONG length, place = ORDER_LAST;
    ULONG *list = services->groups_key != NULL
                      ? key_value_get(services->groups_key, group, REG_BINARY, &length)
                      : NULL;
    ULONG count = list != NULL && length >= sizeof(ULONG) ? list[0] : 0;
    for (ULONG i = 0; i < count && (i + 2) * sizeof(ULONG) <= length && place == ORDER_LAST; i++)
        if (list[i + 1] == tag)
            place = i;
    pnp_free(list);
    return place;
}

/* ---- collecting --------------------------------------------------------------------------------
 */

static struct service *service_new(struct services *services)
{
    if (services->count == services->room) {
        unsigned room = services->room != 0 ? 2 * services->room : 32;
        struct service *grown = pnp_allocate(room * sizeof(*grown));
        if (grown == NULL)
            return NULL;
        if (services->count != 0)
            memcpy(grown, services->service, services->count * sizeof(*grown));
        pnp_free(services->service);
        services->service = grown;
        services->room = room;
    }
    return &services->service[services->count++];
}

static void service_place(struct services *services, struct service *service, void *key)
{
    ULONG tag;
    WCHAR *group = key_value_get(key, L"Group", REG_SZ, NULL);
    service->group = service->tag = ORDER_LAST;
    if (group != NULL && *group != 0) {
        service->group = group_place(services, group);
        if (key_number_get(key, L"Tag", &tag))
            service->tag = tag_place(services, group, tag);
    }
    pnp_free(group);
}

static void service_found(const UNICODE_STRING *name, void *context)
{
    struct services *services = context;
    ULONG type = 0, start = ORDER_LAST, error = 1;
    void *key;
    if (name->Length / sizeof(WCHAR) >= sizeof(((struct service *)0)->name) / sizeof(WCHAR) ||
        !NT_SUCCESS(key_child_open(services->services_key, name->Buffer, false, 0, &key)))
        return;
    (void)key_number_get(key, L"Type", &type);
    (void)key_number_get(key, L"Start", &start);
    (void)key_number_get(key, L"ErrorControl", &error);
    bool is_driver = type == SERVICE_KERNEL_DRIVER || type == SERVICE_FILE_SYSTEM_DRIVER;
    struct service *service =
        is_driver && start == services->start_type ? service_new(services) : NULL;
    if (service != NULL) {
        memcpy(service->name, name->Buffer, name->Length);
        service->name[name->Length / sizeof(WCHAR)] = 0;
        service->found = services->count;
        service->is_quiet = error == 0;
        service_place(services, service, key);
    }
    key_close(key);
}

static bool is_before(const struct service *a, const struct service *b)
{
    if (a->group != b->group)
        return a->group < b->group;
    if (a->tag != b->tag)
        return a->tag < b->tag;
    return a->found < b->found;
}

static void services_sort(struct services *services)
{
    for (unsigned i = 1; i < services->count; i++)
        for (unsigned k = i; k > 0 && is_before(&services->service[k], &services->service[k - 1]);
             k--) {
            struct service moved = services->service[k];
            services->service[k] = services->service[k - 1];
            services->service[k - 1] = moved;
        }
}

/* ---- loading ------------------------------------------------------------------------------------
 */

static void service_load(const struct service *service)
{
    WCHAR buffer[sizeof(PNP_SERVICES_PATH) / sizeof(WCHAR) + 66];
    UNICODE_STRING path = {0, sizeof(buffer), buffer};
    struct io_load_error error;
    RtlAppendUnicodeToString(&path, PNP_SERVICES_PATH L"\\");
    RtlAppendUnicodeToString(&path, service->name);
    NTSTATUS status = io_driver_load(&path, IO_CALLER_WAITS, &error);
    if (!NT_SUCCESS(status) && status != STATUS_IMAGE_ALREADY_LOADED && !service->is_quiet)
        rtl_debug_printf("pnp: at boot: %s\n", error.text);
}

void boot_drivers_start(ULONG start_type)
{
    static const UNICODE_STRING nothing, order = RTL_CONSTANT_STRING(L"ServiceGroupOrder"),
                                         tags = RTL_CONSTANT_STRING(L"GroupOrderList");
    struct services services = {.start_type = start_type};
    void *key;
    if (!NT_SUCCESS(key_open(PNP_SERVICES_PATH, &nothing, false, &services.services_key)))
        return;
    if (NT_SUCCESS(key_open(PNP_CONTROL_PATH, &order, false, &key))) {
        services.groups = key_value_get(key, L"List", REG_MULTI_SZ, NULL);
        key_close(key);
    }
    if (!NT_SUCCESS(key_open(PNP_CONTROL_PATH, &tags, false, &services.groups_key)))
        services.groups_key = NULL;
    (void)key_children_visit(services.services_key, service_found, &services);
    services_sort(&services);
    for (unsigned i = 0; i < services.count; i++)
        service_load(&services.service[i]);
    pnp_free(services.service);
    pnp_free(services.groups);
    if (services.groups_key != NULL)
        key_close(services.groups_key);
    key_close(services.services_key);
}
