/* SPDX-License-Identifier: MIT */
/* scm_internal.h - the registry half of the room, and the constants of winsvc.h and
 * winerror.h it speaks in (kernel headers do not have them). */
#ifndef SCM_INTERNAL_H
#define SCM_INTERNAL_H

#include "scm/scm.h"

enum {
    SERVICE_STOPPED = 1,
    SERVICE_STOP_PENDING = 3,
    SERVICE_RUNNING = 4,
    SERVICE_ACCEPT_STOP = 1,
};
enum {
    SERVICE_KERNEL_DRIVER = 1,
    SERVICE_FILE_SYSTEM_DRIVER = 2,
    SERVICE_DISABLED = 4,
    SERVICE_ERROR_CRITICAL = 3,
};
enum {
    NO_ERROR = 0,
    ERROR_FILE_NOT_FOUND = 2,
    ERROR_INVALID_PARAMETER = 87,
    ERROR_INVALID_NAME = 123,
    ERROR_NO_MORE_ITEMS = 259,
    ERROR_INVALID_SERVICE_CONTROL = 1052,
    ERROR_SERVICE_ALREADY_RUNNING = 1056,
    ERROR_SERVICE_DISABLED = 1058,
    ERROR_SERVICE_DOES_NOT_EXIST = 1060,
    ERROR_SERVICE_NOT_ACTIVE = 1062,
    ERROR_SERVICE_MARKED_FOR_DELETE = 1072,
    ERROR_SERVICE_EXISTS = 1073,
    ERROR_SERVICE_NEVER_STARTED = 1077,
};

/* The service's key, referenced. create: it must not exist yet. */
uint32_t scm_key_open(const char *name, bool create, void **out_key);
/* Its full registry path; RtlFreeUnicodeString. */
uint32_t scm_key_path(const char *name, UNICODE_STRING *out_path);
uint32_t scm_key_write(void *key, const struct scm_config *config);
uint32_t scm_config_read(const char *name, struct scm_config *out_config);
uint32_t scm_config_at(unsigned index, struct scm_config *out_config);
bool scm_key_is_marked(void *key);
uint32_t scm_key_mark(void *key);
/* Deletes the key with its subkeys. */
uint32_t scm_key_remove(void *key);

#endif
