/* SPDX-License-Identifier: MIT */
/* scm_machine.c - services and the machine's own life: its start, its sleep and its end.
 *
 * Doc: "Automatically Starting Services", "SERVICE_CONTROL_PRESHUTDOWN", "Power Management Events"
 */
#include <stdlib.h>
#include <string.h>

#include "ke/ke.h"
#include "ob/ob.h"
#include "ps/ps.h"
#include "rtl/rtl.h"
#include "scm_internal.h"

static KEVENT begun; /* the thread that starts services is done */
static _Atomic bool is_ending;

static void one_begin(const char *name)
{
    char text[256];
    uint32_t result = scm_start(name, NULL, text, sizeof text);
    if (result && result != ERROR_SERVICE_ALREADY_RUNNING)
        rtl_debug_printf("cove: service %s does not start: error %u%s%s\n", name, result,
                         *text ? ": " : "", text);
}

/* Dependencies put themselves in order; groups are those of drivers. */
static void begin_run(void *unused)
{
    struct scm_config config;
    for (unsigned index = 0; !is_ending && !scm_config_at(index, &config); index++) {
        if (scm_is_program(config.type) && config.start == SERVICE_AUTO_START)
            one_begin(config.name);
    }
    KeSetEvent(&begun, IO_NO_INCREMENT, FALSE);
}

static bool is_any_automatic(void)
{
    struct scm_config config;
    for (unsigned index = 0; !scm_config_at(index, &config); index++) {
        if (scm_is_program(config.type) && config.start == SERVICE_AUTO_START)
            return true;
    }
    return false;
}

void scm_begin(void)
{
    is_ending = false;
    KeInitializeEvent(&begun, NotificationEvent, TRUE);
    if (is_any_automatic()) {
        KeClearEvent(&begun);
        if (!NT_SUCCESS(ps_system_thread_start("services", begin_run, NULL)))
            KeSetEvent(&begun, IO_NO_INCREMENT, FALSE);
    }
    scm_triggers_begin();
}

/* How long one may take after SERVICE_CONTROL_PRESHUTDOWN: its own word, or Windows' default. */
static uint32_t preshutdown_ms(const char *name)
{
    void *key;
    if (scm_key_open(name, false, &key))
        return 0;
    uint32_t ms = scm_key_number(key, L"PreshutdownTimeout", 10000);
    ObDereferenceObject(key);
    return ms;
}

/* All are told before one is waited for. */
static void all_tell(uint32_t code, uint32_t mask, uint32_t timeout_ms)
{
    char text[128];
    char *names = scm_programs_accepting(mask);
    for (const char *name = names; name && *name; name += strlen(name) + 1) {
        struct scm_ask ask = {.code = code};
        (void)scm_program_control(name, &ask, text, sizeof text);
    }
    for (const char *name = names; name && *name; name += strlen(name) + 1)
        scm_program_stopped_wait(name, timeout_ms ? timeout_ms : preshutdown_ms(name));
    free(names);
}

void scm_end(void)
{
    is_ending = true;
    scm_triggers_end();
    scm_work_end();
    KeWaitForSingleObject(&begun, Executive, KernelMode, FALSE, NULL);
    all_tell(SERVICE_CONTROL_PRESHUTDOWN, SERVICE_ACCEPT_PRESHUTDOWN, 0);
    all_tell(SERVICE_CONTROL_SHUTDOWN, SERVICE_ACCEPT_SHUTDOWN,
             scm_control_number(L"WaitToKillServiceTimeout", 5000));
}

void scm_power_event(uint32_t event)
{
    char text[128];
    char *names = scm_programs_accepting(SERVICE_ACCEPT_POWEREVENT);
    for (const char *name = names; name && *name; name += strlen(name) + 1) {
        struct scm_ask ask = {.code = SERVICE_CONTROL_POWEREVENT, .event_type = event};
        (void)scm_program_control(name, &ask, text, sizeof text);
    }
    free(names);
}
