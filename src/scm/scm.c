/* SPDX-License-Identifier: MIT */
/* scm.c - services: the registry keys behind them and the states they are in.
 *
 * A service is a key below …\CurrentControlSet\Services. Whether a driver runs is asked of the
 * I/O manager (does \Driver\<name> exist?), so that one loaded by another way shows too; services
 * of programs are scm_program.c's. One lock orders changes of keys and drivers; it is a wait lock
 * because loading takes its time, and nobody holds it who waits for a program.
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
    scm_programs_init();
    scm_work_init();
    return NO_ERROR;
}

void scm_fini(void)
{
    scm_programs_fini();
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
    if (!scm_program_is_stopped(name))
        return true;
    DRIVER_OBJECT *driver = io_driver_find_get(name);
    if (!driver)
        return false;
    ObDereferenceObject(driver);
    return true;
}

static void status_fill(const char *name, uint32_t type, struct scm_status *out_status)
{
    if (!is_driver_type(type)) {
        scm_program_status(name, type, out_status);
        return;
    }
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
    bool is_program = scm_is_program(config->type);
    if ((!is_driver_type(config->type) && !is_program) || config->start > SERVICE_DISABLED ||
        (is_program && config->start < SERVICE_AUTO_START) ||
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
    case STATUS_IO_TIMEOUT:
        return ERROR_SERVICE_REQUEST_TIMEOUT;
    default:
        return RtlNtStatusToDosError(status);
    }
}

static uint32_t driver_start(const char *name, char *error, size_t error_size)
{
    UNICODE_STRING path;
    lock_take();
    uint32_t result = is_running(name) ? ERROR_SERVICE_ALREADY_RUNNING : scm_key_path(name, &path);
    if (!result) {
        struct io_load_error load = {0};
        NTSTATUS status = io_driver_load(&path, IO_CALLER_WAITS, &load);
        RtlFreeUnicodeString(&path);
        if (!NT_SUCCESS(status)) {
            result = start_error(status);
            snprintf(error, error_size, "%s", load.text);
        }
    }
    lock_give();
    return result;
}

uint32_t scm_start_deep(const char *name, const struct scm_arguments *arguments, unsigned depth,
                        char *error, size_t error_size)
{
    struct scm_config config;
    lock_take();
    uint32_t result = scm_config_read(name, &config);
    if (!result && config.start == SERVICE_DISABLED)
        result = ERROR_SERVICE_DISABLED;
    if (!result && is_running(name))
        result = ERROR_SERVICE_ALREADY_RUNNING;
    void *key;
    if (!result && !scm_key_open(name, false, &key)) {
        result = scm_key_is_marked(key) ? ERROR_SERVICE_MARKED_FOR_DELETE : NO_ERROR;
        ObDereferenceObject(key);
    }
    lock_give();
    if (!result)
        result = scm_dependencies_start(&config, depth, error, error_size);
    if (result)
        return result;
    return is_driver_type(config.type) ? driver_start(name, error, error_size)
                                       : scm_program_start(&config, arguments, error, error_size);
}

uint32_t scm_start(const char *name, const struct scm_arguments *arguments, char *error,
                   size_t error_size)
{
    if (error_size)
        *error = '\0';
    return scm_start_deep(name, arguments, 0, error, error_size);
}

void scm_marked_remove(const char *name)
{
    void *key;
    lock_take();
    if (!is_running(name) && !scm_key_open(name, false, &key)) {
        if (scm_key_is_marked(key))
            scm_key_remove(key);
        ObDereferenceObject(key);
    }
    lock_give();
}

uint32_t scm_control(const char *name, uint32_t code, struct scm_status *out_status, char *error,
                     size_t error_size)
{
    struct scm_config config;
    struct scm_ask ask = {.code = code};
    if (error_size)
        *error = '\0';
    if (code == SERVICE_CONTROL_STOP)
        return scm_stop(name, out_status, error, error_size);
    lock_take();
    uint32_t result = scm_config_read(name, &config);
    bool runs = !result && is_running(name);
    lock_give();
    if (result)
        return result;
    /* These are the system's own to send. */
    bool is_inner = code == SERVICE_CONTROL_SHUTDOWN || code == SERVICE_CONTROL_DEVICEEVENT ||
                    code == SERVICE_CONTROL_POWEREVENT || code == SERVICE_CONTROL_PRESHUTDOWN;
    if (!runs)
        result = ERROR_SERVICE_NOT_ACTIVE;
    else if (is_driver_type(config.type))
        result = code == SERVICE_CONTROL_INTERROGATE ? NO_ERROR : ERROR_INVALID_SERVICE_CONTROL;
    else if (is_inner)
        result = ERROR_INVALID_SERVICE_CONTROL;
    else
        result = scm_program_control(name, &ask, error, error_size);
    scm_query(name, out_status);
    return result;
}

static uint32_t stop_error(NTSTATUS status)
{
    if (status == STATUS_IO_TIMEOUT)
        return ERROR_SERVICE_REQUEST_TIMEOUT;
    return status == STATUS_INVALID_DEVICE_REQUEST ? ERROR_INVALID_SERVICE_CONTROL
                                                   : RtlNtStatusToDosError(status);
}

static uint32_t driver_stop(const char *name, char *error, size_t error_size)
{
    UNICODE_STRING path;
    uint32_t result = is_running(name) ? scm_key_path(name, &path) : ERROR_SERVICE_NOT_ACTIVE;
    if (result)
        return result;
    struct io_load_error unload = {0};
    NTSTATUS status = io_driver_unload(&path, IO_CALLER_WAITS, &unload);
    RtlFreeUnicodeString(&path);
    if (NT_SUCCESS(status))
        return NO_ERROR;
    snprintf(error, error_size, "%s", unload.text);
    return stop_error(status);
}

static uint32_t program_stop(const char *name, struct scm_status *out_status, char *error,
                             size_t error_size)
{
    struct scm_ask ask = {.code = SERVICE_CONTROL_STOP};
    uint32_t result = scm_program_control(name, &ask, error, error_size);
    scm_query(name, out_status);
    return result;
}

uint32_t scm_stop(const char *name, struct scm_status *out_status, char *error, size_t error_size)
{
    if (error_size)
        *error = '\0';
    lock_take();
    struct scm_config config;
    uint32_t result = scm_config_read(name, &config);
    if (!result && is_running(name) && scm_dependents_run(name)) {
        result = ERROR_DEPENDENT_SERVICES_RUNNING;
        snprintf(error, error_size, "services that depend on it run");
    }
    bool is_program = !result && !is_driver_type(config.type);
    if (!result && !is_program)
        result = driver_stop(name, error, error_size);
    if (!result && !is_program) {
        status_fill(name, config.type, out_status);
        out_status->win32_exit_code = NO_ERROR; /* it has run */
        /* A driver with open files stops later: SERVICE_STOP_PENDING. */
        if (out_status->state == SERVICE_RUNNING)
            out_status->state = SERVICE_STOP_PENDING;
        else
            scm_marked_remove(name);
    }
    lock_give();
    return is_program ? program_stop(name, out_status, error, error_size) : result;
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
        if (is_driver_type(config.type) || scm_is_program(config.type))
            visit(&config, &status, context);
    }
}
