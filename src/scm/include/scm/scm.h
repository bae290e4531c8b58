/* SPDX-License-Identifier: MIT */
/* scm.h - the service control manager: which drivers are installed, how they start and stop.
 *
 * The one place behind advapi32's service functions, `cove sc` and libcove. Services live
 * in the registry (…\CurrentControlSet\Services); this room keeps their states. Functions
 * return Win32 error codes, as the documented API does. IRQL: PASSIVE_LEVEL.
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
};
struct scm_config {
    uint32_t type, start, error_control, tag;
    char name[256], display_name[256], image_path[1024], group[128], account[64]; /* UTF-8 */
};

uint32_t scm_init(void);
void scm_fini(void);
uint32_t scm_create(const struct scm_config *config); /* ERROR_SERVICE_EXISTS … */
uint32_t scm_delete(const char *name);                /* marked for deletion while it runs */
uint32_t scm_start(const char *name, char *error,
                   size_t error_size); /* error: one line for people */
uint32_t scm_stop(const char *name, struct scm_status *out_status, char *error, size_t error_size);
uint32_t scm_query(const char *name, struct scm_status *out_status);
uint32_t scm_config_get(const char *name, struct scm_config *out_config);
uint32_t scm_config_set(const char *name, const struct scm_config *config);
void scm_visit(void (*visit)(const struct scm_config *config, const struct scm_status *status,
                             void *context),
               void *context);

#endif
