/* SPDX-License-Identifier: MIT */
/* tell.c - who hears of what happens to devices: the one place where the walk meets notices.
 */
#include "pnp_internal.h"

static struct list sinks = LIST_INIT(sinks); /* complete before pnp_start */

/* A machine that starts again in this process adds them again. */
void pnp_event_sink_add(struct pnp_event_sink *sink)
{
    list_for_each(link, &sinks) if (link == &sink->link) return;
    list_push_back(&sinks, &sink->link);
}

NTSTATUS node_tell(struct device_node *node, enum pnp_event event, struct pnp_veto *veto)
{
    NTSTATUS status = STATUS_SUCCESS;
    struct list *link = sinks.next;
    for (; NT_SUCCESS(status) && link != &sinks; link = link->next)
        status = list_entry(link, struct pnp_event_sink, link)->event(node, event, veto);
    if (event != PNP_EVENT_QUERY_REMOVE || NT_SUCCESS(status))
        return STATUS_SUCCESS;
    /* The last one asked has said no and knows; the others had agreed. */
    for (struct list *told = sinks.next; told->next != link; told = told->next)
        (void)list_entry(told, struct pnp_event_sink, link)
            ->event(node, PNP_EVENT_REMOVE_CANCELED, NULL);
    return status;
}
