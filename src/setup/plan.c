/* SPDX-License-Identifier: MIT */
/* plan.c - a list of changes that grows; nothing here touches a file or the registry. */
#include "plan.h"

#include <stdlib.h>
#include <string.h>

#include "setup_internal.h"

static void *grow(struct plan *plan, void *items, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return items;
    size_t more = *room ? *room * 2 : 32;
    void *grown = realloc(items, more * size);
    if (!grown) {
        plan->is_short = true;
        return NULL;
    }
    *room = more;
    return grown;
}

struct plan_step *plan_step_add(struct plan *plan, enum plan_kind kind, const char *path,
                                const char *name)
{
    struct plan_step *steps =
        grow(plan, plan->steps, plan->step_count, &plan->step_room, sizeof *steps);
    if (!steps)
        return NULL;
    plan->steps = steps;
    char *own_path = strdup(path), *own_name = strdup(name ? name : "");
    if (!own_path || !own_name) {
        free(own_path);
        free(own_name);
        plan->is_short = true;
        return NULL;
    }
    struct plan_step *step = &steps[plan->step_count++];
    *step = (struct plan_step){.kind = kind, .path = own_path, .name = own_name};
    return step;
}

void plan_data(struct plan *plan, struct plan_step *step, uint32_t type, const void *data,
               uint32_t length)
{
    if (!step)
        return;
    step->data = malloc(length ? length : 1);
    if (!step->data) {
        plan->is_short = true;
        return;
    }
    if (length)
        memcpy(step->data, data, length);
    step->type = type;
    step->length = length;
}

void plan_number(struct plan *plan, const char *path, const char *name, uint32_t value)
{
    plan_data(plan, plan_step_add(plan, PLAN_SET, path, name), REG_DWORD, &value, sizeof value);
}

void plan_text(struct plan *plan, const char *path, const char *name, uint32_t type,
               const char *text)
{
    uint32_t length;
    uint8_t *wide = text_wide(text, &length);
    if (wide)
        plan_data(plan, plan_step_add(plan, PLAN_SET, path, name), type, wide, length);
    else
        plan->is_short = true;
    free(wide);
}

void plan_list(struct plan *plan, const char *path, const char *name, const char *const *texts,
               uint32_t count)
{
    uint8_t *list = NULL;
    uint32_t length = 0;
    for (uint32_t i = 0; i <= count && !plan->is_short; i++) {
        uint32_t one;
        uint8_t *wide = text_wide(i < count ? texts[i] : "", &one);
        uint8_t *grown = wide ? realloc(list, length + one) : NULL;
        if (grown) {
            list = grown;
            memcpy(list + length, wide, one);
            length += one;
        } else {
            plan->is_short = true;
        }
        free(wide);
    }
    if (!plan->is_short)
        plan_data(plan, plan_step_add(plan, PLAN_SET, path, name), REG_MULTI_SZ, list, length);
    free(list);
}

static bool is_same_target(const struct plan_file *file, const char *to)
{
    return file->kind == PLAN_COPY && inf_same(file->to, to);
}

void plan_copy(struct plan *plan, const char *from, const char *to)
{
    for (size_t i = 0; i < plan->file_count; i++)
        if (is_same_target(&plan->files[i], to))
            return; /* two sections copy it */
    struct plan_file *files =
        grow(plan, plan->files, plan->file_count, &plan->file_room, sizeof *files);
    if (!files)
        return;
    plan->files = files;
    struct plan_file *file = &files[plan->file_count];
    *file = (struct plan_file){.kind = PLAN_COPY, .from = strdup(from), .to = strdup(to)};
    plan->file_count++;
    if (!file->from || !file->to)
        plan->is_short = true;
}

void plan_fini(struct plan *plan)
{
    for (size_t i = 0; i < plan->step_count; i++) {
        free(plan->steps[i].path);
        free(plan->steps[i].name);
        free(plan->steps[i].data);
    }
    for (size_t i = 0; i < plan->file_count; i++) {
        free(plan->files[i].from);
        free(plan->files[i].to);
        free(plan->files[i].temporary);
    }
    free(plan->steps);
    free(plan->files);
    *plan = (struct plan){0};
}
