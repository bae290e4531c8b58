/* SPDX-License-Identifier: MIT */
/* control_power.c - power: what state the system and its devices are in, and to go to another. */
#include <stdlib.h>
#include <string.h>

#include "control_internal.h"
#include "plugplay/plugplay.h"
#include "pnp/pnp.h"
#include "po/po.h"
#include "rtl/rtl.h"
#include "scm/scm.h"

#include <cfg.h>

enum { /* winuser.h */
       PBT_APMSUSPEND = 4,
       PBT_APMRESUMESUSPEND = 7,
       PBT_APMPOWERSTATUSCHANGE = 10,
       PBT_APMRESUMEAUTOMATIC = 18,
};

static void device_add(struct device_node *node, unsigned depth, void *list)
{
    struct pnp_status status;
    DEVICE_OBJECT *physical = pnp_node_pdo(node);

    pnp_status_get(node, &status);
    if (!depth || !(status.flags & DN_STARTED) || !physical)
        return;
    char *name = rtl_utf8_of(pnp_node_instance(node));
    cJSON *item = cJSON_CreateObject();
    cJSON_AddStringToObject(item, "device", name ? name : "?");
    cJSON_AddNumberToObject(item, "depth", depth);
    cJSON_AddNumberToObject(item, "state", po_device_state(physical) - PowerDeviceD0);
    cJSON_AddItemToArray(list, item);
    rtl_free(name);
}

static void status_reply(server_control *control)
{
    cJSON *reply = cJSON_CreateObject();

    cJSON_AddNumberToObject(reply, "system", po_system_state() - PowerSystemWorking);
    pnp_visit(device_add, cJSON_AddArrayToObject(reply, "devices"));
    control_reply(control, 0, reply);
}

/* Services by their handlers, other programs by their windows. */
static void event_tell(uint32_t event)
{
    scm_power_event(event);
    plugplay_power_event(event, event == PBT_APMSUSPEND);
}

static void transition(server_control *control, bool is_wake, unsigned long state)
{
    struct po_refusal refusal = {0};
    NTSTATUS status;

    if (!is_wake && (state < 1 || state > PowerSystemHibernate - PowerSystemWorking)) {
        control_fail(control, CONTROL_BAD_REQUEST, "a system sleeps in the states S1 to S4");
        return;
    }
    if (!is_wake)
        event_tell(PBT_APMSUSPEND); /* programs stand still before the machine sleeps */
    status = is_wake ? po_wake(&refusal)
                     : po_sleep((SYSTEM_POWER_STATE)(PowerSystemWorking + state), &refusal);
    if (is_wake || !NT_SUCCESS(status)) {
        event_tell(PBT_APMRESUMEAUTOMATIC);
        event_tell(PBT_APMRESUMESUSPEND); /* somebody is there: who said it */
    }
    if (NT_SUCCESS(status))
        status_reply(control);
    else
        control_fail(control, (uint32_t)status, refusal.text);
}

/* status | sleep N | wake | source PERCENT (of the battery; 101: mains) | watchdog SECONDS */
void control_power(server_control *control, unsigned count, char **words)
{
    unsigned long number = count > 1 ? strtoul(words[1], NULL, 10) : 0;

    if (!strcmp(words[0], "sleep")) {
        transition(control, false, number);
    } else if (!strcmp(words[0], "wake")) {
        transition(control, true, 0);
    } else if (!strcmp(words[0], "source")) {
        po_source_set(number <= 100, (ULONG)number);
        event_tell(PBT_APMPOWERSTATUSCHANGE);
        status_reply(control);
    } else if (!strcmp(words[0], "watchdog")) {
        po_watchdog_set((ULONG)number);
        status_reply(control);
    } else {
        status_reply(control);
    }
}
