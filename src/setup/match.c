/* SPDX-License-Identifier: MIT */
/* match.c - which drivers of the store fit a device, and which is the best.
 *
 * Every model of every package is asked; rank, then date, then version decide, as documented in
 * "How Windows Selects Drivers".
 */
#include <stdlib.h>
#include <string.h>

#include "setup_internal.h"

struct search {
    struct match_list *list;
    struct package *package;
    char **hardware_ids, **compatible_ids;
    uint32_t hardware_count, compatible_count;
};

static uint32_t list_count(char **list)
{
    uint32_t count = 0;
    while (list && list[count])
        count++;
    return count;
}

static enum inf_signature signature_of(const struct package *package,
                                       const struct inf_install *install)
{
    switch (package->abi.signature) {
    case SETUP_SIGNED_TEST:
    case SETUP_SIGNED_TRUSTED:
        return INF_SIGNED_AUTHENTICODE;
    default:
        return *install->extension ? INF_UNSIGNED : INF_UNSIGNED_SUSPECT;
    }
}

static int model_ask(void *context, const struct inf_model *model)
{
    struct search *search = context;
    struct match match = {.package = search->package, .model = *model};
    uint32_t score = inf_identifier_score(
        model, (const char *const *)search->hardware_ids, search->hardware_count,
        (const char *const *)search->compatible_ids, search->compatible_count, &match.matching_id);
    if (score == INF_RANK_NONE ||
        inf_install_find(search->package->inf, model->install, store_target(), &match.install))
        return 0;
    match.rank = inf_rank(signature_of(search->package, &match.install),
                          inf_feature(search->package->inf, &match.install), score);
    struct match_list *list = search->list;
    struct match *grown = realloc(list->matches, (list->count + 1) * sizeof *grown);
    if (!grown) {
        list->is_short = true;
        return 1;
    }
    list->matches = grown;
    grown[list->count++] = match;
    return 0;
}

static int64_t date_of(const struct match *match)
{
    const struct inf_version *version = &match->package->version;
    return (version->year * 100 + version->month) * 100 + version->day;
}

int match_compare(const struct match *a, const struct match *b)
{
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    if (date_of(a) != date_of(b))
        return date_of(a) > date_of(b) ? -1 : 1;
    if (a->package->version.version != b->package->version.version)
        return a->package->version.version > b->package->version.version ? -1 : 1;
    return 0;
}

static int order(const void *a, const void *b)
{
    return match_compare(a, b);
}

/* Of each extension the newest: by date and version; the rank counts for the first of equals. */
static void extensions_thin(struct match_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        for (size_t j = list->count; j-- > i + 1;) {
            struct match *one = &list->matches[i], *other = &list->matches[j];
            if (!inf_same(one->package->version.extension_id, other->package->version.extension_id))
                continue;
            struct match a = *one, b = *other;
            a.rank = b.rank = 0;
            if (match_compare(&b, &a) < 0)
                *one = *other;
            memmove(other, other + 1, (list->count - j - 1) * sizeof *other);
            list->count--;
        }
    }
}

void match_find(char **hardware_ids, char **compatible_ids, bool extension,
                const struct package *only, struct match_list *out_list)
{
    *out_list = (struct match_list){0};
    struct search search = {.list = out_list,
                            .hardware_ids = hardware_ids,
                            .compatible_ids = compatible_ids,
                            .hardware_count = list_count(hardware_ids),
                            .compatible_count = list_count(compatible_ids)};
    for (struct package *package = store_first(); package; package = package->next) {
        struct inf_error why;
        bool is_extension = *package->version.extension_id;
        if ((only && package != only) || is_extension != extension)
            continue;
        search.package = package;
        inf_models_visit(package->inf, store_target(), model_ask, &search, &why);
    }
    if (out_list->count)
        qsort(out_list->matches, out_list->count, sizeof *out_list->matches, order);
    if (extension)
        extensions_thin(out_list);
}

void match_fini(struct match_list *list)
{
    free(list->matches);
    *list = (struct match_list){0};
}
