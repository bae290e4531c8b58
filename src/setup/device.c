/* SPDX-License-Identifier: MIT */
/* device.c - all that an install section changes for one device, as a plan.
 *
 * In: a driver that was chosen for a device. Out: steps for its class, its Enum key, its software
 * key, its services and files. Nothing is changed here; what is wrong with the INF is found here.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <devpropdef.h>

#include "setup_internal.h"

#define CONFIGFLAG_REINSTALL     0x00000020
#define CONFIGFLAG_FAILEDINSTALL 0x00000040
#define CONFIGFLAG_FINISH        0x00000400

char *device_software_key(const char *instance, const char *class_guid)
{
    char *device = text_format("%s\\%s", PATH_ENUM, instance);
    char *own = device ? setup_key_text(device, "Driver") : NULL;
    free(device);
    if (own && !strncasecmp(own, class_guid, strlen(class_guid)))
        return own;
    free(own);
    for (unsigned number = 0; number < 10000; number++) {
        char *key = text_format("%s\\%s\\%04u", PATH_CLASS, class_guid, number);
        bool is_free = key && !setup_key_exists(key);
        free(key);
        if (is_free)
            return text_format("%s\\%04u", class_guid, number);
    }
    return NULL;
}

/* 1601-01-01 to a day, in 100 ns: DriverDateData. */
static uint64_t date_units(unsigned year, unsigned month, unsigned day)
{
    static const uint16_t before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    if (year < 1601 || month < 1 || month > 12 || !day)
        return 0;
    uint64_t years = year - 1601, days = years * 365 + years / 4 - years / 100 + years / 400;
    bool is_leap = (year % 4 == 0 && year % 100) || year % 400 == 0;
    days += before[month - 1] + (is_leap && month > 2) + day - 1;
    return days * 864000000000ull;
}

static void software_key_plan(struct plan *plan, const char *key, const struct match *match,
                              const struct inf_install *install)
{
    const struct setup_package *package = &match->package->abi;
    const struct inf_version *version = &match->package->version;
    char date[24] = "";
    uint64_t units = date_units(version->year, version->month, version->day);
    if (version->year)
        snprintf(date, sizeof date, "%u-%u-%u", version->month, version->day, version->year);
    plan_text(plan, key, "InfPath", REG_SZ, package->published);
    plan_text(plan, key, "InfSection", REG_SZ, install->name);
    plan_text(plan, key, "InfSectionExt", REG_SZ, install->extension);
    plan_text(plan, key, "ProviderName", REG_SZ, version->provider);
    plan_text(plan, key, "DriverDate", REG_SZ, date);
    plan_data(plan, plan_step_add(plan, PLAN_SET, key, "DriverDateData"), REG_BINARY, &units,
              sizeof units);
    plan_text(plan, key, "DriverVersion", REG_SZ, version->version_text);
    plan_text(plan, key, "DriverDesc", REG_SZ, match->model.description);
    char *id = strdup(match->matching_id);
    for (char *at = id; at && *at; at++)
        *at |= *at >= 'A' && *at <= 'Z' ? 0x20 : 0;
    plan_text(plan, key, "MatchingDeviceId", REG_SZ, id ? id : match->matching_id);
    free(id);
}

/* Properties of the installation itself, kept where AddProperty keeps them.
 * Doc: DEVPKEY_Device_InstallDate, _FirstInstallDate, _DriverRank */
static void install_properties_plan(struct plan *plan, const char *key, uint32_t rank)
{
    static const char *const dates = "{83da6326-97a6-4088-9453-a1923f573b29}";
    LARGE_INTEGER now;
    KeQuerySystemTime(&now);
    char *paths[] = {
        text_format("%s\\Properties\\%s\\0064", key, dates),
        text_format("%s\\Properties\\%s\\0065", key, dates),
        text_format("%s\\Properties\\{a8b865dd-2e3d-4094-ad97-e593a70c75d6}\\000E", key)};
    for (int i = 0; i < 3; i++) {
        struct plan_step *step = paths[i] ? plan_step_add(plan, PLAN_SET, paths[i], "") : NULL;
        if (step)
            step->if_absent = i == 1;
        if (i == 2)
            plan_data(plan, step, PROPERTY_TYPE(DEVPROP_TYPE_UINT32), &rank, sizeof rank);
        else
            plan_data(plan, step, PROPERTY_TYPE(DEVPROP_TYPE_FILETIME), &now, sizeof now);
        plan->is_short = plan->is_short || !paths[i];
        free(paths[i]);
    }
}

static void enum_key_plan(struct plan *plan, const char *key, const struct match *match,
                          const char *software_key)
{
    uint32_t flags = setup_key_number(key, "ConfigFlags", 0);
    flags &= ~(uint32_t)(CONFIGFLAG_REINSTALL | CONFIGFLAG_FAILEDINSTALL | CONFIGFLAG_FINISH);
    /* What the driver before this one had put there is not this one's. */
    plan_step_add(plan, PLAN_DELETE_VALUE, key, "Service");
    plan_step_add(plan, PLAN_DELETE_VALUE, key, "UpperFilters");
    plan_step_add(plan, PLAN_DELETE_VALUE, key, "LowerFilters");
    plan_step_add(plan, PLAN_DELETE_VALUE, key, "ExtendedConfigurationIds");
    plan_text(plan, key, "DeviceDesc", REG_SZ, match->model.description);
    plan_text(plan, key, "Mfg", REG_SZ, match->model.manufacturer);
    plan_text(plan, key, "ClassGUID", REG_SZ, match->package->abi.class_guid);
    plan_text(plan, key, "Driver", REG_SZ, software_key);
    plan_number(plan, key, "ConfigFlags", flags);
    install_properties_plan(plan, key, match->rank);
}

/* Parts that are named, read, and not carried out, each with its reason in the log. */
static void refusals_note(const struct inf *inf, const struct inf_install *install)
{
    static const struct {
        const char *part, *reason;
    } refused[] = {
        {".CoInstallers", "co-installers are programs of the original system's device installer; "
                          "they are no longer run by it for packages of today either"},
        {".Components", "software components need a machine that installs them"},
        {".Software", "programs are not installed with a driver"},
        {".COM", "there are no COM servers"},
        {".FactDef", "there are no factory default resources; LogConfig is read"},
        {".WMI", "WMI classes take the security that their driver registers"},
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (inf_install_part(inf, install, refused[i].part))
            setup_note("     [%s%s] is not carried out: %s", install->actual, refused[i].part,
                       refused[i].reason);
}

struct parts {
    struct plan *plan;
    const struct package *package;
    const struct inf_install *install;
    const char *instance;
    char *device_key, *hardware_key, *software_key; /* whole paths */
    struct setup_error *error;
};

static const struct inf_section *part(const struct parts *parts, const char *name)
{
    return inf_install_part(parts->package->inf, parts->install, name);
}

static uint32_t parts_of_section(struct parts *parts)
{
    const struct inf *inf = parts->package->inf;
    const struct inf_section *section = parts->install->section;
    uint32_t result =
        registry_plan(parts->plan, inf, section, parts->software_key, NULL, parts->error);
    if (!result)
        result = files_plan(parts->plan, parts->package, section, parts->error);
    if (!result)
        result = properties_plan(parts->plan, parts->device_key, inf, section, parts->error);
    if (!result)
        result = log_config_plan(parts->plan, parts->device_key, inf, section, false, parts->error);
    section = part(parts, ".LogConfigOverride");
    if (!result && section)
        result = log_config_plan(parts->plan, parts->device_key, inf, section, true, parts->error);
    return result;
}

static uint32_t parts_beside(struct parts *parts, char *service, size_t size)
{
    const struct inf *inf = parts->package->inf;
    const struct inf_section *section = part(parts, ".HW");
    uint32_t result = NO_ERROR;
    if (section)
        result = registry_plan(parts->plan, inf, section, parts->hardware_key, parts->device_key,
                               parts->error);
    if (!result && (section = part(parts, ".Services")))
        result = services_plan(parts->plan, parts->package, section, service, size, parts->error);
    if (!result && (section = part(parts, ".Filters")))
        result = filters_plan(parts->plan, parts->device_key, inf, section, parts->error);
    if (!result && (section = part(parts, ".Interfaces")))
        result = interfaces_plan(parts->plan, parts->instance, inf, section, parts->error);
    if (!result && (section = part(parts, ".Wdf")))
        result = wdf_plan(parts->plan, parts->device_key, inf, section, parts->error);
    if (!result && (section = part(parts, ".Events")))
        result = events_plan(parts->plan, inf, section, parts->error);
    return result;
}

static void extension_note(struct parts *parts)
{
    const struct setup_package *abi = &parts->package->abi;
    char *id = text_format("%s:%s,%s", abi->published, parts->install->name, abi->version);
    uint32_t length;
    uint8_t *wide = id ? text_wide(id, &length) : NULL;
    if (wide)
        plan_data(
            parts->plan,
            plan_step_add(parts->plan, PLAN_APPEND, parts->device_key, "ExtendedConfigurationIds"),
            REG_MULTI_SZ, wide, length);
    else
        parts->plan->is_short = true;
    free(wide);
    free(id);
}

static uint32_t parts_plan(struct parts *parts, const struct match *match, const char *software_key,
                           bool is_extension)
{
    /* "?": no line has said it. */
    char service[256] = "?";
    uint32_t result = NO_ERROR;
    if (!is_extension) {
        result = class_plan(parts->plan, parts->package, parts->error);
        enum_key_plan(parts->plan, parts->device_key, match, software_key);
        software_key_plan(parts->plan, parts->software_key, match, parts->install);
    } else {
        extension_note(parts);
    }
    if (!result)
        result = parts_of_section(parts);
    if (!result)
        result = parts_beside(parts, service, sizeof service);
    if (result)
        return result;
    refusals_note(parts->package->inf, parts->install);
    if (is_extension)
        return NO_ERROR;
    if (!strcmp(service, "?"))
        return setup_fail(parts->error, ERROR_NO_ASSOCIATED_SERVICE,
                          "%s: [%s] says no function driver for the device; give [%s.Services] an "
                          "AddService with the flag 2, or \"AddService = ,2\" for none",
                          parts->package->abi.original, parts->install->actual,
                          parts->install->actual);
    if (*service)
        plan_text(parts->plan, parts->device_key, "Service", REG_SZ, service);
    return NO_ERROR;
}

uint32_t device_plan(struct plan *plan, const char *instance, const struct match *match,
                     const char *software_key, bool is_extension, struct setup_error *error)
{
    struct inf_install install = match->install;
    /* It points into the struct, which was copied. */
    install.extension = install.actual + strlen(install.name);
    struct parts parts = {.plan = plan,
                          .package = match->package,
                          .install = &install,
                          .instance = instance,
                          .device_key = text_format("%s\\%s", PATH_ENUM, instance),
                          .hardware_key =
                              text_format("%s\\%s\\Device Parameters", PATH_ENUM, instance),
                          .software_key = text_format("%s\\%s", PATH_CLASS, software_key),
                          .error = error};
    setup_note("     %s: [%s] of %s, rank 0x%08x%s", instance, install.actual,
               match->package->abi.published, match->rank, is_extension ? ", extension" : "");
    uint32_t result = parts.device_key && parts.hardware_key && parts.software_key
                          ? parts_plan(&parts, match, software_key, is_extension)
                          : setup_fail(error, ERROR_OUTOFMEMORY, "out of memory");
    free(parts.device_key);
    free(parts.hardware_key);
    free(parts.software_key);
    return result;
}
