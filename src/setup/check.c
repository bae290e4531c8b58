/* SPDX-License-Identifier: MIT */
/* check.c - what can be said of a package before anything is changed for it. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "setup_internal.h"

struct model_check {
    const struct inf *inf;
    const char *name;
    struct setup_error *error;
    unsigned served;
};

/* Each model's install section, its services and registry parts must be readable. */
static int model_look(void *context, const struct inf_model *model)
{
    struct model_check *check = context;
    struct inf_install install;
    if (inf_install_find(check->inf, model->install, store_target(), &install) != INF_OK) {
        setup_fail(check->error, ERROR_SECTION_NOT_FOUND,
                   "%s:%u: \"%s\" names [%s], but no section of that name serves amd64; write "
                   "[%s.NTamd64] or [%s]",
                   check->name, model->line->number, model->description, model->install,
                   model->install, model->install);
        return 1;
    }
    check->served++;
    return 0;
}

static int other_look(void *context, const struct inf_line *manufacturer, const char *decoration,
                      const struct inf_section *section)
{
    unsigned *count = context;
    *count += section != NULL;
    return 0;
}

uint32_t package_check(const struct inf *inf, const struct inf_version *version,
                       const struct setup_source *source, struct setup_error *error)
{
    const char *slash = strrchr(source->inf_path, '/');
    struct model_check check = {
        .inf = inf, .name = slash ? slash + 1 : source->inf_path, .error = error};
    struct inf_error why;
    struct inf_install install;
    unsigned others = 0;
    if (!*version->provider)
        return setup_fail(error, ERROR_GENERAL_SYNTAX,
                          "%s: [Version] has no Provider; every package must name one", check.name);
    if (inf_models_visit(inf, store_target(), model_look, &check, &why) == INF_DAMAGED)
        return setup_fail(error, ERROR_GENERAL_SYNTAX, "%s", why.text);
    if (error->code)
        return error->code;
    if (!check.served && inf_default_install_find(inf, store_target(), &install) != INF_OK) {
        inf_manufacturers_visit(inf, other_look, &others, &why);
        return setup_fail(
            error, ERROR_NO_DRIVER_SELECTED,
            others ? "%s: no models section serves this machine, which is amd64 "
                     "Windows %u.%u build %u; it has some for other targets: see "
                     "[Manufacturer], or choose another --windows version"
                   : "%s: it installs nothing on amd64 Windows %u.%u build %u: there "
                     "are neither models in [Manufacturer] nor [DefaultInstall.NTamd64]",
            check.name, store_target()->major, store_target()->minor, store_target()->build);
    }
    if (!*version->class_guid && check.served)
        return setup_fail(error, ERROR_INVALID_CLASS,
                          "%s: [Version] has no ClassGuid; devices need a setup class", check.name);
    return NO_ERROR;
}
