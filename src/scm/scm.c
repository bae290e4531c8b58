/* SPDX-License-Identifier: MIT */
/* scm.c - services: the registry keys behind them and the states they are in.
 *
 * A service is a key below …\CurrentControlSet\Services. Whether it runs is asked of the
 * I/O manager (does \Driver\<name> exist?), so that a driver loaded by another way shows
 * too. One lock orders all changes; it is a wait lock because loading takes its time.
 */
#include "scm/scm.h"

#include <stdio.h>
#include <string.h>

#include "cm/cm.h"
#include "io/io.h"
#include "rtl/rtl.h"
#include "scm_internal.h"

static KMUTEX scm_lock; /* orders create, delete, start, stop; IRQL stays at PASSIVE_LEVEL */

static void lock_take(void)
{
    KeWaitForSingleObject(&scm_lock, Executive, KernelMode, FALSE, NULL);
}

static void lock_give(void)
{
    KeReleaseMutex(&scm_lock, FALSE);
}

uint32_t scm_init(void)
{
    KeInitializeMutex(&scm_lock, 0);
    return NO_ERROR;
}

void scm_fini(void)
{
}

static bool name_is_valid(const char *name)
{
    return *name && strlen(name) < 256 && !strpbrk(name, "/\\");
}

static bool is_driver_type(uint32_t type)
{
    return type == SERVICE_KERNEL_DRIVER || type == SERVICE_FILE_SYSTEM_DRIVER;
}

static bool is_running(const char *name)
{
    DRIVER_OBJECT *driver = io_driver_find_get(name);
    if (!driver)
        return false;
    ObDereferenceObject(driver);
    return true;
}

static void status_fill(const char *name, uint32_t type, struct scm_status *out_status)
{
    bool running = is_running(name);
    *out_status = (struct scm_status){
        .type = type,
        .state = running ? SERVICE_RUNNING : SERVICE_STOPPED,
        .controls_accepted = running ? SERVICE_ACCEPT_STOP : 0,
        .win32_exit_code = running ? NO_ERROR : ERROR_SERVICE_NEVER_STARTED,
    };
}

uint32_t scm_create(const struct scm_config *config)
{
    if (!name_is_valid(config->name))
        return ERROR_INVALID_NAME;
    if (!is_driver_type(config->type) || config->start > SERVICE_DISABLED ||
        config->error_control > SERVICE_ERROR_CRITICAL || !*config->image_path)
        return ERROR_INVALID_PARAMETER;
    lock_take();
    void *key;
    uint32_t error = scm_key_open(config->name, true, &key);
    if (!error) {
        error = scm_key_write(key, config);
        if (error)
            cm_key_delete(key);
        ObDereferenceObject(key);
    }
    lock_give();
    return error;
}

/* The key goes when the service has stopped; until then it is marked. */
uint32_t scm_delete(const char *name)
{
    lock_take();
    void *key;
    uint32_t error = scm_key_open(name, false, &key);
    if (!error) {
        if (scm_key_is_marked(key))
            error = ERROR_SERVICE_MARKED_FOR_DELETE;
        else if (is_running(name))
            error = scm_key_mark(key);
        else
            error = scm_key_remove(key);
        ObDereferenceObject(key);
    }
    lock_give();
    return error;
}

static uint32_t start_error(NTSTATUS status)
{
    switch (status) {
    case STATUS_IMAGE_ALREADY_LOADED:
    case STATUS_OBJECT_NAME_COLLISION:
        return ERROR_SERVICE_ALREADY_RUNNING;
    case STATUS_OBJECT_NAME_NOT_FOUND:
        return ERROR_FILE_NOT_FOUND;
    default:
        return RtlNtStatusToDosError(status);
    }
}

uint32_t scm_start(const char *name, char *error, size_t error_size)
{
    if (error_size)
        *error = '\0';
    lock_take();
    struct scm_config config;
    uint32_t result = scm_config_read(name, &config);
    if (!result && config.start == SERVICE_DISABLED)
        result = ERROR_SERVICE_DISABLED;
    if (!result && is_running(name))
        result = ERROR_SERVICE_ALREADY_RUNNING;
    if (!result) {
        UNICODE_STRING path;
        result = scm_key_path(name, &path);
        if (!result) {
            struct io_load_error load = {0};
            NTSTATUS status = io_driver_load(&path, &load);
            RtlFreeUnicodeString(&path);
            if (!NT_SUCCESS(status)) {
                result = start_error(status);
                snprintf(error, error_size, "%s", load.text);
            }
        }
    }
    lock_give();
    return result;
}

static uint32_t stop_error(NTSTATUS status)
{
    return status == STATUS_INVALID_DEVICE_REQUEST ? ERROR_INVALID_SERVICE_CONTROL
                                                   : RtlNtStatusToDosError(status);
}

uint32_t scm_stop(const char *name, struct scm_status *out_status, char *error, size_t error_size)
{
    if (error_size)
        *error = '\0';
    lock_take();
    struct scm_config config;
    uint32_t result = scm_config_read(name, &config);
    if (!result && !is_running(name))
        result = ERROR_SERVICE_NOT_ACTIVE;
    if (!result) {
        UNICODE_STRING path;
        result = scm_key_path(name, &path);
        if (!result) {
            struct io_load_error unload = {0};
            NTSTATUS status = io_driver_unload(&path, &unload);
            RtlFreeUnicodeString(&path);
            if (!NT_SUCCESS(status)) {
                result = stop_error(status);
                snprintf(error, error_size, "%s", unload.text);
            }
        }
    }
    if (!result) {
        status_fill(name, config.type, out_status);
        out_status->win32_exit_code = NO_ERROR; /* it has run */
        void *key;
        /* A driver with open files stops later: SERVICE_STOP_PENDING. */
        if (out_status->state == SERVICE_RUNNING)
            out_status->state = SERVICE_STOP_PENDING;
        else if (!scm_key_open(name, false, &key)) {
            if (scm_key_is_marked(key))
                scm_key_remove(key);
            ObDereferenceObject(key);
        }
    }
    lock_give();
    return result;
}

uint32_t scm_query(const char *name, struct scm_status *out_status)
{
    lock_take();
    struct scm_config config;
    uint32_t result = scm_config_read(name, &config);
    if (!result)
        status_fill(name, config.type, out_status);
    lock_give();
    return result;
}

uint32_t scm_config_get(const char *name, struct scm_config *out_config)
{
    lock_take();
    uint32_t result = scm_config_read(name, out_config);
    lock_give();
    return result;
}

uint32_t scm_config_set(const char *name, const struct scm_config *config)
{
    lock_take();
    void *key;
    uint32_t result = scm_key_open(name, false, &key);
    if (!result) {
        result =
            scm_key_is_marked(key) ? ERROR_SERVICE_MARKED_FOR_DELETE : scm_key_write(key, config);
        ObDereferenceObject(key);
    }
    lock_give();
    return result;
}

void scm_visit(void (*visit)(const struct scm_config *, const struct scm_status *, void *),
               void *context)
{
    struct scm_config config;
    for (unsigned index = 0; !scm_config_at(index, &config); index++) {
        struct scm_status status;
        status_fill(config.name, config.type, &status);
        if (is_driver_type(config.type))
            visit(&config, &status, context);
    }
}
