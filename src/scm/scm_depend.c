/* SPDX-License-Identifier: MIT */
/* scm_depend.c - what services depend on: started before them, kept while they run.
 *
 * Doc: "Service Configuration Programs", nf-winsvc-createservicew lpDependencies
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "scm_internal.h"

/* Deeper than any set of services goes: somebody depends on itself. */
#define DEPTH_MOST 16u

/* ERROR_SERVICE_DEPENDENCY_FAIL unless it runs now. */
static uint32_t running_check(const char *name, char *error, size_t error_size)
{
    struct scm_status status;
    uint32_t state;
    uint32_t result = scm_query(name, &status);
    if (!result && scm_is_program(status.type)) {
        scm_program_settle(name, &state);
        result = scm_query(name, &status);
    }
    if (!result && status.state == SERVICE_RUNNING)
        return NO_ERROR;
    snprintf(error, error_size, "%s, which it depends on, does not run", name);
    return ERROR_SERVICE_DEPENDENCY_FAIL;
}

static uint32_t one_start(const char *name, unsigned depth, char *error, size_t error_size)
{
    uint32_t result = scm_start_deep(name, NULL, depth, error, error_size);
    if (result == ERROR_SERVICE_DOES_NOT_EXIST) {
        snprintf(error, error_size, "there is no service %s, which it depends on", name);
        return ERROR_SERVICE_DEPENDENCY_DELETED;
    }
    if (result == ERROR_CIRCULAR_DEPENDENCY)
        return result;
    if (result && result != ERROR_SERVICE_ALREADY_RUNNING)
        return ERROR_SERVICE_DEPENDENCY_FAIL;
    return running_check(name, error, error_size);
}

/* One member that runs is enough. */
static uint32_t group_start(const char *group, unsigned depth, char *error, size_t error_size)
{
    struct scm_config member;
    uint32_t result = ERROR_SERVICE_DEPENDENCY_FAIL;
    snprintf(error, error_size, "no service of the group %s runs", group);
    for (unsigned index = 0; result && !scm_config_at(index, &member); index++) {
        if (!strcasecmp(member.group, group) && member.start != SERVICE_DISABLED)
            result = one_start(member.name, depth, error, error_size);
    }
    return result;
}

uint32_t scm_dependencies_start(const struct scm_config *config, unsigned depth, char *error,
                                size_t error_size)
{
    uint32_t result = NO_ERROR;
    if (!*config->dependencies)
        return NO_ERROR;
    if (depth >= DEPTH_MOST)
        return ERROR_CIRCULAR_DEPENDENCY;
    for (const char *name = config->dependencies; !result && *name; name += strlen(name) + 1)
        result = *name == '+' ? group_start(name + 1, depth + 1, error, error_size)
                              : one_start(name, depth + 1, error, error_size);
    return result;
}

static bool depends_on(const struct scm_config *config, const char *name)
{
    for (const char *at = config->dependencies; *at; at += strlen(at) + 1) {
        if (!strcasecmp(at, name))
            return true;
    }
    return false;
}

struct dependents {
    const char *name;
    void (*visit)(const struct scm_config *, const struct scm_status *, void *);
    void *context;
};

static void dependent_look(const struct scm_config *config, const struct scm_status *status,
                           void *context)
{
    const struct dependents *all = context;
    if (depends_on(config, all->name))
        all->visit(config, status, all->context);
}

void scm_dependents_visit(const char *name,
                          void (*visit)(const struct scm_config *, const struct scm_status *,
                                        void *),
                          void *context)
{
    struct dependents all = {name, visit, context};
    scm_visit(dependent_look, &all);
}

static void running_note(const struct scm_config *config, const struct scm_status *status,
                         void *is_running)
{
    if (status->state != SERVICE_STOPPED)
        *(bool *)is_running = true;
}

bool scm_dependents_run(const char *name)
{
    bool is_running = false;
    scm_dependents_visit(name, running_note, &is_running);
    return is_running;
}
