/* SPDX-License-Identifier: MIT */
/* scm_internal.h - the registry half of the room, and the constants of winsvc.h and
 * winerror.h it speaks in (kernel headers do not have them). */
#ifndef SCM_INTERNAL_H
#define SCM_INTERNAL_H

#include "scm/scm.h"

enum {
    SERVICE_STOPPED = 1,
    SERVICE_START_PENDING = 2,
    SERVICE_STOP_PENDING = 3,
    SERVICE_RUNNING = 4,
    SERVICE_PAUSED = 7,
};
enum {
    SERVICE_ACCEPT_STOP = 1,
    SERVICE_ACCEPT_PAUSE_CONTINUE = 2,
    SERVICE_ACCEPT_SHUTDOWN = 4,
    SERVICE_ACCEPT_PARAMCHANGE = 8,
    SERVICE_ACCEPT_NETBINDCHANGE = 0x10,
    SERVICE_ACCEPT_POWEREVENT = 0x40,
    SERVICE_ACCEPT_PRESHUTDOWN = 0x100,
};
enum {
    SERVICE_CONTROL_STOP = 1,
    SERVICE_CONTROL_PAUSE = 2,
    SERVICE_CONTROL_CONTINUE = 3,
    SERVICE_CONTROL_INTERROGATE = 4,
    SERVICE_CONTROL_SHUTDOWN = 5,
    SERVICE_CONTROL_PARAMCHANGE = 6,
    SERVICE_CONTROL_NETBINDADD = 7,
    SERVICE_CONTROL_NETBINDDISABLE = 10,
    SERVICE_CONTROL_DEVICEEVENT = 11,
    SERVICE_CONTROL_POWEREVENT = 13,
    SERVICE_CONTROL_PRESHUTDOWN = 15,
    SERVICE_CONTROL_USER_FIRST = 128,
    SERVICE_CONTROL_USER_LAST = 255,
};
enum {
    SERVICE_KERNEL_DRIVER = 1,
    SERVICE_FILE_SYSTEM_DRIVER = 2,
    SERVICE_WIN32_OWN_PROCESS = 0x10,
    SERVICE_WIN32_SHARE_PROCESS = 0x20,
    SERVICE_INTERACTIVE_PROCESS = 0x100,
    SERVICE_AUTO_START = 2,
    SERVICE_DISABLED = 4,
    SERVICE_ERROR_CRITICAL = 3,
};
enum {
    NO_ERROR = 0,
    ERROR_FILE_NOT_FOUND = 2,
    ERROR_INVALID_HANDLE = 6,
    ERROR_NOT_ENOUGH_MEMORY = 8,
    ERROR_INVALID_DATA = 13,
    ERROR_NOT_SUPPORTED = 50,
    ERROR_INVALID_PARAMETER = 87,
    ERROR_INVALID_NAME = 123,
    ERROR_NO_MORE_ITEMS = 259,
    ERROR_DEPENDENT_SERVICES_RUNNING = 1051,
    ERROR_INVALID_SERVICE_CONTROL = 1052,
    ERROR_SERVICE_REQUEST_TIMEOUT = 1053,
    ERROR_SERVICE_ALREADY_RUNNING = 1056,
    ERROR_SERVICE_DISABLED = 1058,
    ERROR_CIRCULAR_DEPENDENCY = 1059,
    ERROR_SERVICE_DOES_NOT_EXIST = 1060,
    ERROR_SERVICE_CANNOT_ACCEPT_CTRL = 1061,
    ERROR_SERVICE_NOT_ACTIVE = 1062,
    ERROR_FAILED_SERVICE_CONTROLLER_CONNECT = 1063,
    ERROR_PROCESS_ABORTED = 1067,
    ERROR_SERVICE_DEPENDENCY_FAIL = 1068,
    ERROR_SERVICE_MARKED_FOR_DELETE = 1072,
    ERROR_SERVICE_EXISTS = 1073,
    ERROR_SERVICE_DEPENDENCY_DELETED = 1075,
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
/* A number below …\CurrentControlSet\Control. */
uint32_t scm_control_number(PCWSTR name, uint32_t absent);
uint32_t scm_key_number(void *key, PCWSTR name, uint32_t absent);
void scm_key_text(void *key, PCWSTR name, char *out_text, size_t size);
/* Bytes of a value; 0: it is not there, or longer. */
ULONG scm_key_bytes(void *key, PCWSTR name, void *out_bytes, ULONG size);

static inline bool scm_is_program(uint32_t type)
{
    type &= ~(uint32_t)SERVICE_INTERACTIVE_PROCESS;
    return type == SERVICE_WIN32_OWN_PROCESS || type == SERVICE_WIN32_SHARE_PROCESS;
}

/* ---- scm_program.c: services of programs ------------------------------------------------------
 */

void scm_programs_init(void);
/* After scm_programs_wait. */
void scm_programs_fini(void);
/* The process, then its StartServiceCtrlDispatcher, then the thread of its ServiceMain. */
uint32_t scm_program_start(const struct scm_config *config, const struct scm_arguments *arguments,
                           char *error, size_t error_size);
/* STOPPED where it never ran. */
void scm_program_status(const char *name, uint32_t type, struct scm_status *out_status);
bool scm_program_is_stopped(const char *name);
/* A control that the service accepts now. event_type and cookie go along. */
struct scm_ask {
    uint32_t code, event_type;
    uint64_t cookie;
};
uint32_t scm_program_control(const char *name, const struct scm_ask *ask, char *error,
                             size_t error_size);
/* Waits until its state is none of *_PENDING; false: it did not get on in the time it said. */
bool scm_program_settle(const char *name, uint32_t *out_state);
/* Names of the services that accept a control, each terminated; malloc'd, "" ends them. */
char *scm_programs_accepting(uint32_t mask);
/* Waits for a service to stop, timeout_ms after its last sign of life at most. */
void scm_program_stopped_wait(const char *name, uint32_t timeout_ms);

/* What the service's own process says and is told. task: filled. */
struct wire_service_task;
uint32_t scm_process_connect(void);
uint32_t scm_process_next(struct wire_service_task *out_task);
uint32_t scm_process_answer(uint64_t number, uint32_t result);
uint32_t scm_process_say(const char *name, const struct scm_status *status);
uint32_t scm_process_ask(const char *name, const struct scm_ask *ask);

/* ---- scm_work.c: what is done later, each on a thread of its own ------------------------------
 */

void scm_work_init(void);
/* Nothing begins any more; waits for what has begun. */
void scm_work_end(void);
/* False: the machine ends, or there is no thread; run is not called then. */
bool scm_work_start(const char *name, void (*run)(void *context), void *context);
/* Waits, on such a thread. False: the machine ends. */
bool scm_work_delay(uint32_t ms);

/* ---- scm_trigger.c: services that begin when a device does -----------------------------------
 */

/* Looks at what is there and hears from then on. */
void scm_triggers_begin(void);
void scm_triggers_end(void);

/* ---- scm_depend.c, scm_failure.c --------------------------------------------------------------
 */

/* Starts what config names. */
uint32_t scm_dependencies_start(const struct scm_config *config, unsigned depth, char *error,
                                size_t error_size);
bool scm_dependents_run(const char *name);
uint32_t scm_start_deep(const char *name, const struct scm_arguments *arguments, unsigned depth,
                        char *error, size_t error_size);
/* It ended without saying so, for the n-th time since it last began by somebody's will. */
void scm_failure_act(const char *name);
/* It stopped with an error, by its own word. */
void scm_failure_said(const char *name);
/* A service that is marked for deletion goes when it has stopped. */
void scm_marked_remove(const char *name);

#endif
