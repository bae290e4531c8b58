/* SPDX-License-Identifier: MIT */
/* scm_failure.c - what is done when a service's process ends and the service has not said so.
 *
 * The service's key says it (FailureActions, as SERVICE_FAILURE_ACTIONS with 32-bit pointers:
 * the layout that sc.exe and regedit show). Restarting is done here, after the delay; a command and
 * a reboot are named in the log. Doc: ns-winsvc-service_failure_actionsw
 */
#include <stdlib.h>
#include <string.h>

#include "host/host.h"
#include "ke/ke.h"
#include "rtl/rtl.h"
#include "scm_program.h"

#define ACTIONS_MOST 64u

enum { ACTION_NONE, ACTION_RESTART, ACTION_REBOOT, ACTION_RUN };

struct failure_actions {
    uint32_t reset_seconds, message, command, count, offset;
    struct {
        uint32_t kind, delay_ms;
    } action[ACTIONS_MOST];
};

struct restart {
    char name[256];
    uint32_t delay_ms;
};

static void restart_run(void *context)
{
    struct restart *restart = context;
    char error[256];
    if (scm_work_delay(restart->delay_ms)) {
        uint32_t result = scm_start(restart->name, NULL, error, sizeof error);
        rtl_debug_printf("cove: service %s is started again: error %u\n", restart->name, result);
    }
    free(restart);
}

static void restart_later(const char *name, uint32_t delay_ms)
{
    struct restart *restart = calloc(1, sizeof *restart);
    if (!restart)
        return;
    strncpy(restart->name, name, sizeof restart->name - 1);
    restart->delay_ms = delay_ms;
    if (!scm_work_start("restart", restart_run, restart))
        free(restart);
}

/* How often it had failed before; after so many seconds without a failure it never has. */
static unsigned failures_count(const char *name, uint32_t reset_seconds)
{
    int64_t now = (int64_t)KeQueryInterruptTime();
    host_lock_take(&scm_program_lock);
    struct service *service = scm_service_find_locked(name);
    if (service && reset_seconds != UINT32_MAX &&
        now - service->failure_time > (int64_t)reset_seconds * 10000000)
        service->failure_count = 0;
    unsigned count = service ? service->failure_count++ : 0;
    if (service)
        service->failure_time = now;
    host_lock_give(&scm_program_lock);
    return count;
}

void scm_failure_act(const char *name)
{
    static const char *const left_out[] = {
        [ACTION_REBOOT] = "a reboot", [ACTION_RUN] = "its command"};
    struct failure_actions all;
    void *key;
    if (scm_key_open(name, false, &key))
        return;
    ULONG length = scm_key_bytes(key, L"FailureActions", &all, sizeof all);
    ObDereferenceObject(key);
    if (length < offsetof(struct failure_actions, action) || !all.count ||
        length < offsetof(struct failure_actions, action) + 8ul * all.count ||
        all.count > ACTIONS_MOST)
        return;
    unsigned nth = failures_count(name, all.reset_seconds);
    nth = nth < all.count ? nth : all.count - 1; /* the last one stands for all that follow */
    uint32_t kind = all.action[nth].kind;
    if (kind == ACTION_RESTART)
        restart_later(name, all.action[nth].delay_ms);
    else if (kind == ACTION_REBOOT || kind == ACTION_RUN)
        rtl_debug_printf("cove: service %s failed; %s is not carried out here\n", name,
                         left_out[kind]);
}

void scm_failure_said(const char *name)
{
    void *key;
    if (scm_key_open(name, false, &key))
        return;
    bool counts = scm_key_number(key, L"FailureActionsOnNonCrashFailures", 0);
    ObDereferenceObject(key);
    if (counts)
        scm_failure_act(name);
}
