/* SPDX-License-Identifier: MIT */
/* primitive.c - packages without devices: [DefaultInstall] and [DefaultUninstall].
 *
 * Doc: "Creating a Primitive Driver", "INF DefaultInstall Section"
 */
#include <stdlib.h>
#include <string.h>

#include "setup_internal.h"

static uint32_t section_plan(struct plan *plan, const struct package *package,
                             const struct inf_install *install, struct setup_error *error)
{
    const struct inf *inf = package->inf;
    char unused[256];
    /* HKR has no meaning without a device; the package's own key is where such entries go. */
    char *own = text_format("%s\\%s\\Configurations", PATH_PACKAGES,
                            strrchr(package->abi.folder, '\\') + 1);
    if (!own)
        return setup_fail(error, ERROR_OUTOFMEMORY, "out of memory");
    uint32_t result = registry_plan(plan, inf, install->section, own, NULL, error);
    if (!result)
        result = files_plan(plan, package, install->section, error);
    const struct inf_section *services = inf_install_part(inf, install, ".Services");
    if (!result && services)
        result = services_plan(plan, package, services, unused, sizeof unused, error);
    const struct inf_section *events = inf_install_part(inf, install, ".Events");
    if (!result && events)
        result = events_plan(plan, inf, events, error);
    free(own);
    return result;
}

static uint32_t primitive_run(const char *published, const char *name, struct setup_error *error)
{
    struct plan plan = {0};
    struct inf_install install;
    setup_lock();
    struct package *package = store_find(published);
    if (!package)
        setup_fail(error, ERROR_NOT_AN_INSTALLED_OEM_INF, "%s is no package of the driver store",
                   published);
    else if (inf_install_find(package->inf, name, store_target(), &install) != INF_OK)
        setup_fail(error, ERROR_SECTION_NOT_FOUND, "%s has no [%s] for this machine",
                   package->abi.original, name);
    else if (!section_plan(&plan, package, &install, error)) {
        setup_note(">>>  [%s] of %s", install.actual, published);
        plan_commit(&plan, error);
    }
    plan_fini(&plan);
    setup_unlock();
    return error->code;
}

uint32_t setup_primitive_install(const char *published, struct setup_error *error)
{
    return primitive_run(published, "DefaultInstall", error);
}

uint32_t setup_primitive_uninstall(const char *published, struct setup_error *error)
{
    return primitive_run(published, "DefaultUninstall", error);
}
