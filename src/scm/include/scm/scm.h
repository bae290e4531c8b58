/* SPDX-License-Identifier: MIT */
/* scm.h - the service control manager: which services are installed, how they start and stop.
 *
 * The one place behind advapi32's service functions, `cove sc` and libcove. Services live
 * in the registry (…\CurrentControlSet\Services); this room keeps their states. A service is a
 * driver, or a program that was started to be one. Functions return Win32 error codes, as the
 * documented API does. IRQL: PASSIVE_LEVEL.
 */
#ifndef SCM_SCM_H
#define SCM_SCM_H

#include <stdbool.h>
#include <stdint.h>

#include <ntifs.h>

/* As documented for SERVICE_STATUS (winsvc.h). */
struct scm_status {
    uint32_t type, state, controls_accepted, win32_exit_code, service_exit_code, check_point,
        wait_hint;
    uint32_t process_id; /* of a program's service that runs; else 0 */
};
struct scm_config {
    uint32_t type, start, error_control, tag;
    char name[256], display_name[256], image_path[1024], group[128], account[64]; /* UTF-8 */
    char dependencies[1024]; /* names, "+" before those of groups, each terminated; "" ends them */
};
/* What a service of a program is started with beside its name. */
struct scm_arguments {
    uint32_t count, length;
    const char *text; /* terminated strings, one behind the other */
};

uint32_t scm_init(void);
void scm_fini(void);
uint32_t scm_create(const struct scm_config *config); /* ERROR_SERVICE_EXISTS … */
uint32_t scm_delete(const char *name);                /* marked for deletion while it runs */
/* What it depends on first. A driver runs then; of a program's service StartServiceCtrlDispatcher
 * has been called. arguments may be NULL; error: one line for people. Waits as long as
 * Control\ServicesPipeTimeout says (30 s). ERROR_SERVICE_REQUEST_TIMEOUT … */
uint32_t scm_start(const char *name, const struct scm_arguments *arguments, char *error,
                   size_t error_size);
uint32_t scm_stop(const char *name, struct scm_status *out_status, char *error, size_t error_size);
/* Any control; what the handler answers. SERVICE_CONTROL_STOP is scm_stop. */
uint32_t scm_control(const char *name, uint32_t code, struct scm_status *out_status, char *error,
                     size_t error_size);
uint32_t scm_query(const char *name, struct scm_status *out_status);
uint32_t scm_config_get(const char *name, struct scm_config *out_config);
uint32_t scm_config_set(const char *name, const struct scm_config *config);
void scm_visit(void (*visit)(const struct scm_config *config, const struct scm_status *status,
                             void *context),
               void *context);
/* Those that name it among their dependencies, in the same way. */
void scm_dependents_visit(const char *name,
                          void (*visit)(const struct scm_config *config,
                                        const struct scm_status *status, void *context),
                          void *context);

/* Starts the services of programs that start with the machine, on a thread of its own. */
void scm_begin(void);
/* Tells services of programs that the machine ends and waits for them, as long as they said that
 * they need (Windows' limits). Before programs are ended. */
void scm_end(void);
/* After programs have been ended: false: a process that was a service is not gone yet. */
bool scm_programs_wait(void);
/* SERVICE_CONTROL_POWEREVENT to all that accept it; does not wait for their answers for long. */
void scm_power_event(uint32_t event);

#endif
