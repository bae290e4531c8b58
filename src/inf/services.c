/* SPDX-License-Identifier: MIT */
/* services.c - AddService and DelService: a service as its section describes it. */
#include <string.h>

#include "entry_internal.h"

#define SERVICE_TYPE_MAX  0x1ff
#define SERVICE_START_MAX 4
#define ERROR_CONTROL_MAX 3

enum add_field { ADD_NAME, ADD_FLAGS, ADD_SECTION, ADD_LOG_SECTION, ADD_LOG, ADD_EVENT };
enum delete_field { DELETE_NAME, DELETE_FLAGS, DELETE_LOG, DELETE_EVENT };

struct walk {
    inf_visit_service *visit;
    void *context;
    struct inf_error *error;
};

/* The place of a section's only line with a key; an error when it is needed and not there. */
static int entry_find(const struct inf_service *service, const char *key, bool is_needed,
                      struct inf_place *out_place, struct inf_error *out_error)
{
    *out_place = (struct inf_place){.inf = service->inf, .section = service->section};
    out_place->line = inf_line_find(service->section, key);
    if ((out_place->line && *inf_text(out_place->line, 0)) || !is_needed)
        return INF_OK;
    return inf_fail(service->inf, service->section->number, out_error,
                    "service [%.100s] has no %s; add the line", service->section->name, key);
}

static int number_find(const struct inf_service *service, const char *key, int64_t max,
                       bool is_needed, uint32_t *out_value, struct inf_error *out_error)
{
    struct inf_place place;
    int64_t value = 0;
    if (entry_find(service, key, is_needed, &place, out_error))
        return INF_DAMAGED;
    if (place.line && field_number(&place, 0, 0, max, &value, out_error))
        return INF_DAMAGED;
    *out_value = (uint32_t)value;
    return INF_OK;
}

static const char *text_find(const struct inf_service *service, const char *key)
{
    return inf_text(inf_line_find(service->section, key), 0);
}

static int service_read(struct inf_service *service, struct inf_error *out_error)
{
    struct inf_place place;
    service->display_name = text_find(service, "DisplayName");
    service->description = text_find(service, "Description");
    service->start_name = text_find(service, "StartName");
    service->load_order_group = text_find(service, "LoadOrderGroup");
    service->security = text_find(service, "Security");
    if (!service->section) {
        service->binary = "";
        return INF_OK;
    }
    const struct inf_line *line = inf_line_find(service->section, "Dependencies");
    service->dependencies = line ? line->fields : NULL;
    service->dependency_count = line ? line->field_count : 0;
    if (entry_find(service, "ServiceBinary", true, &place, out_error) ||
        number_find(service, "ServiceType", SERVICE_TYPE_MAX, true, &service->type, out_error) ||
        number_find(service, "StartType", SERVICE_START_MAX, true, &service->start, out_error) ||
        number_find(service, "ErrorControl", ERROR_CONTROL_MAX, true, &service->error_control,
                    out_error) ||
        number_find(service, "BootFlags", UINT32_MAX, false, &service->boot_flags, out_error))
        return INF_DAMAGED;
    service->binary = inf_text(place.line, 0);
    return INF_OK;
}

static int name_check(const struct inf_service *service, struct inf_error *out_error)
{
    bool may_be_empty = !service->is_delete && (service->flags & INF_SERVICE_ASSOCIATE) != 0;
    if ((*service->name || may_be_empty) && !strpbrk(service->name, "/\\"))
        return INF_OK;
    return inf_fail(service->place.inf, service->place.line->number, out_error,
                    "\"%.100s\" cannot be a service's name; write a name without \\ and /",
                    service->name);
}

static int add_visit(void *context, const struct inf_place *place)
{
    const struct walk *walk = context;
    struct inf_service service = {.place = *place, .inf = place->inf};
    int64_t flags;
    if (field_number(place, ADD_FLAGS, 0, UINT32_MAX, &flags, walk->error) ||
        field_section(place, ADD_LOG_SECTION, &service.inf, &service.event_section, walk->error) ||
        field_section(place, ADD_SECTION, &service.inf, &service.section, walk->error))
        return INF_DAMAGED;
    service.name = inf_text(place->line, ADD_NAME);
    service.flags = (uint32_t)flags;
    service.event_log_name = inf_text(place->line, ADD_LOG);
    service.event_name = inf_text(place->line, ADD_EVENT);
    if (name_check(&service, walk->error) || service_read(&service, walk->error))
        return INF_DAMAGED;
    return walk->visit(walk->context, &service);
}

static int delete_visit(void *context, const struct inf_place *place)
{
    const struct walk *walk = context;
    struct inf_service service = {.place = *place, .inf = place->inf, .is_delete = true};
    int64_t flags;
    if (field_number(place, DELETE_FLAGS, 0, UINT32_MAX, &flags, walk->error))
        return INF_DAMAGED;
    service.name = inf_text(place->line, DELETE_NAME);
    service.flags = (uint32_t)flags;
    service.event_log_name = inf_text(place->line, DELETE_LOG);
    service.event_name = inf_text(place->line, DELETE_EVENT);
    if (name_check(&service, walk->error) || service_read(&service, walk->error))
        return INF_DAMAGED;
    return walk->visit(walk->context, &service);
}

int inf_services_visit(const struct inf *inf, const struct inf_section *section,
                       inf_visit_service *visit, void *context, struct inf_error *out_error)
{
    struct walk walk = {.visit = visit, .context = context, .error = out_error};
    int result = key_visit(inf, section, "DelService", delete_visit, &walk, out_error);
    if (result == INF_OK)
        result = key_visit(inf, section, "AddService", add_visit, &walk, out_error);
    return result;
}
