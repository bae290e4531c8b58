/* SPDX-License-Identifier: MIT */
/* driver.c - a .sys file as a service for the time of a test, started or kept for devices. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ke/ke.h"
#include "libcove_internal.h"
#include "scm/scm.h"

/* The one Win32 error that means "good"; others are handed on in an NTSTATUS wrapping. */
static int32_t status_of(uint32_t win32)
{
    return win32 ? (int32_t)(0xc0070000u | (win32 & 0xffff)) : STATUS_SUCCESS;
}

static int32_t fail(char *error, size_t size, int32_t status, const char *text, const char *path)
{
    if (error && size)
        snprintf(error, size, "%s: %s", path, text);
    return status;
}

/* The service that a file's driver becomes. */
static int32_t config_fill(const char *path, struct scm_config *config, char *error,
                           size_t error_size)
{
    char absolute[PATH_MAX];
    const char *base = strrchr(path, '/');
    base = base ? base + 1 : path;
    const char *dot = strrchr(base, '.');
    if (!realpath(path, absolute))
        return fail(error, error_size, STATUS_OBJECT_NAME_NOT_FOUND, strerror(errno), path);
    int name = snprintf(config->name, sizeof config->name, "%.*s",
                        dot ? (int)(dot - base) : (int)strlen(base), base);
    int image = snprintf(config->image_path, sizeof config->image_path, "\\Host%s", absolute);
    if (name < 0 || name >= (int)sizeof config->name || image < 0 ||
        image >= (int)sizeof config->image_path)
        return fail(error, error_size, STATUS_NAME_TOO_LONG, "the name is too long", path);
    return STATUS_SUCCESS;
}

static int32_t service_make(struct cove_machine *machine, const char *path, bool starts,
                            char *error, size_t error_size)
{
    struct scm_config config = {.type = 1, .start = 3, .error_control = 1};
    char text[400] = "";
    struct caller *caller;
    NTSTATUS status = config_fill(path, &config, error, error_size);
    if (!NT_SUCCESS(status))
        return status;
    status = caller_get(machine, &caller);
    if (!NT_SUCCESS(status))
        return fail(error, error_size, status, "out of memory", path);
    ke_processor_enter();
    uint32_t result = scm_create(&config);
    if (!result && starts) {
        result = scm_start(config.name, NULL, text, sizeof text);
        if (result)
            scm_delete(config.name);
    }
    ke_processor_leave();
    if (result)
        return fail(error, error_size, status_of(result),
                    *text ? text : "the service could not be created", path);
    return STATUS_SUCCESS;
}

int32_t cove_load(struct cove_machine *machine, const char *path, char *error, size_t error_size)
{
    return service_make(machine, path, true, error, error_size);
}

int32_t cove_driver(struct cove_machine *machine, const char *path, char *error, size_t error_size)
{
    return service_make(machine, path, false, error, error_size);
}

int32_t cove_unload(struct cove_machine *machine, const char *name)
{
    struct caller *caller;
    NTSTATUS status = caller_get(machine, &caller);
    if (!NT_SUCCESS(status))
        return status;
    struct scm_status service;
    char text[400];
    ke_processor_enter();
    uint32_t result = scm_stop(name, &service, text, sizeof text);
    if (!result)
        result = scm_delete(name);
    ke_processor_leave();
    return status_of(result);
}
