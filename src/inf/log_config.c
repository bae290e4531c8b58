/* SPDX-License-Identifier: MIT */
/* log_config.c - LogConfig: the ports, memory, interrupts and channels a device may be given.
 *
 * "1F8-1FF" is a fixed place, "8@300-32F%FF8" eight bytes anywhere in a range; letters say more.
 */
#include <stdlib.h>
#include <string.h>

#include "entry_internal.h"

#define MEMORY_MASK UINT64_C(0xfffffffffffff000) /* without an alignment */

struct walk {
    inf_visit_resource *visit;
    void *context;
    struct inf_error *error;
    uint32_t config;
};

static const struct {
    const char *name;
    uint32_t value; /* LCPRI_... */
} priorities[] = {
    {"FORCECONFIG", 0x0000},  {"BOOTCONFIG", 0x0001}, {"DESIRED", 0x2000},  {"NORMAL", 0x3000},
    {"SUBOPTIMAL", 0x5000},   {"RESTART", 0x8000},    {"REBOOT", 0x9000},   {"POWEROFF", 0xa000},
    {"HARDRECONFIG", 0xc000}, {"HARDWIRED", 0xe000},  {"DISABLED", 0xffff},
};

static int bad(const struct inf_resource *resource, const char *text, struct inf_error *out_error)
{
    return inf_fail(resource->place.inf, resource->place.line->number, out_error,
                    "\"%.60s\" is no resource; write start-end, size@min-max%%mask or numbers",
                    text);
}

static bool hex_read(const char **inout_text, uint64_t *out_value)
{
    char *end;
    const char *text = *inout_text;
    if (!strchr("0123456789abcdefABCDEF", *text) || !*text)
        return false;
    *out_value = strtoull(text, &end, 16);
    *inout_text = end;
    return true;
}

/* "(3ff::M)" or "(RW)": a number of letters that are digits is the decode mask of ports. */
static bool attributes_read(const char *text, struct inf_resource *resource)
{
    const char *end = text + strlen(text);
    if (*text == 0)
        return true;
    if (*text != '(' || end[-1] != ')')
        return false;
    text++;
    if (resource->kind == INF_RESOURCE_IO)
        (void)hex_read(&text, &resource->decode_mask);
    resource->attributes = text;
    return true;
}

static bool range_read(const char *text, struct inf_resource *resource)
{
    uint64_t first, second,
        mask = resource->kind == INF_RESOURCE_MEMORY ? MEMORY_MASK : ~UINT64_C(0);
    bool is_floating = false;
    if (!hex_read(&text, &first))
        return false;
    if (*text == '@') {
        is_floating = true;
        resource->length = first;
        text++;
        if (!hex_read(&text, &first))
            return false;
    }
    if (*text++ != '-' || !hex_read(&text, &second) || second < first)
        return false;
    if (*text == '%') {
        text++;
        if (!is_floating || !hex_read(&text, &mask))
            return false;
        mask |= ~UINT64_C(0) << (63 - __builtin_clzll(mask | 1)); /* FF8 stands for ...FFF8 */
    }
    resource->first = first;
    resource->last = second;
    if (!is_floating)
        resource->length = second - first + 1;
    resource->alignment = is_floating ? (mask & (0 - mask)) : 1;
    return resource->length != 0 && resource->length - 1 <= second - first &&
           attributes_read(text, resource);
}

static bool number_read(const char *text, struct inf_resource *resource)
{
    char *end;
    if (!strchr("0123456789", *text) || !*text)
        return false;
    resource->first = strtoul(text, &end, strncmp(text, "0x", 2) == 0 ? 16 : 10);
    resource->last = resource->first;
    resource->length = resource->alignment = 1;
    return *end == 0;
}

/* A line's fields are places for one resource; letters before a colon hold for all of them. */
static int line_read(const struct walk *walk, struct inf_resource *resource)
{
    const struct inf_line *line = resource->place.line;
    char attributes[16] = "";
    bool is_range = resource->kind == INF_RESOURCE_IO || resource->kind == INF_RESOURCE_MEMORY;
    for (uint32_t i = 0; i < line->field_count; i++) {
        const char *text = inf_text(line, i), *colon = strchr(text, ':');
        if (!is_range && i == 0 && colon && (size_t)(colon - text) < sizeof attributes) {
            memcpy(attributes, text, (size_t)(colon - text));
            text = colon + 1;
            while (is_blank(*text))
                text++;
        }
        resource->attributes = attributes;
        resource->decode_mask = ~UINT64_C(0);
        if (!(is_range ? range_read(text, resource) : number_read(text, resource)))
            return bad(resource, inf_text(line, i), walk->error);
        int result = walk->visit(walk->context, resource);
        if (result)
            return result;
    }
    return INF_OK;
}

static uint32_t priority_find(const struct inf_section *section)
{
    const char *text = inf_text(inf_line_find(section, "ConfigPriority"), 0);
    for (size_t i = 0; i < sizeof priorities / sizeof priorities[0]; i++)
        if (inf_same(text, priorities[i].name))
            return priorities[i].value;
    return 0x3000; /* LCPRI_NORMAL */
}

static int config_read(void *context, const struct inf_place *directive, const char *name,
                       const struct inf_section *named)
{
    static const struct {
        const char *key;
        enum inf_resource_kind kind;
    } kinds[] = {{"IOConfig", INF_RESOURCE_IO},
                 {"MemConfig", INF_RESOURCE_MEMORY},
                 {"IRQConfig", INF_RESOURCE_IRQ},
                 {"DMAConfig", INF_RESOURCE_DMA}};
    struct walk *walk = context;
    struct inf_resource resource = {.place = {.inf = directive->inf, .section = named},
                                    .config = walk->config++};
    if (!named)
        return bad(&(struct inf_resource){.place = *directive}, name, walk->error);
    resource.priority = priority_find(named);
    for (uint32_t i = 0; i < named->line_count; i++) {
        resource.place.line = &named->lines[i];
        for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
            if (!named->lines[i].key || !inf_same(named->lines[i].key, kinds[k].key))
                continue;
            resource.kind = kinds[k].kind;
            int result = line_read(walk, &resource);
            if (result)
                return result;
            resource.entry++;
        }
    }
    return INF_OK;
}

int inf_log_configs_visit(const struct inf *inf, const struct inf_section *section,
                          inf_visit_resource *visit, void *context, struct inf_error *out_error)
{
    struct walk walk = {.visit = visit, .context = context, .error = out_error};
    return names_visit(inf, section, "LogConfig", config_read, &walk, out_error);
}
