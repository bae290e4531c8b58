/* SPDX-License-Identifier: MIT */
/* watchdog.c - a power IRP that a driver keeps too long.
 *
 * In: an IRP on its way and the device it is for; out: nothing, or the documented bug check with
 * the device and the IRP once its time is over. Power requests hold up the whole system, so there
 * is no going on without an answer.
 * Doc: "Bug Check 0x9F: DRIVER_POWER_STATE_FAILURE", parameter 1 = 3
 */
#include "po_internal.h"

#include "host/host.h"

#define SECONDS_USUAL 600u
#define SECOND_NS     1000000000ull
#define EARLY_NS      100000000ull /* a timer and the clock may differ by less */

static struct host_lock watches_lock; /* guards: watches, seconds */
static LIST_ENTRY watches = {&watches, &watches};
static ULONG seconds = SECONDS_USUAL;

void po_watchdog_set(ULONG limit)
{
    host_lock_take(&watches_lock);
    seconds = limit != 0 ? limit : SECONDS_USUAL;
    host_lock_give(&watches_lock);
}

static VOID NTAPI watch_over(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    struct watch *late = NULL;

    (void)Dpc;
    (void)Argument1;
    (void)Argument2;
    /* The request may have ended after the timer did: then it is not in the list any more, or
     * another with the same memory is, whose time is not over. */
    host_lock_take(&watches_lock);
    for (LIST_ENTRY *link = watches.Flink; link != &watches && late == NULL; link = link->Flink)
        if (CONTAINING_RECORD(link, struct watch, link) == Context)
            late = Context;
    if (late != NULL && host_clock_ns() + EARLY_NS < late->due_ns)
        late = NULL;
    struct bugcheck bugcheck = {.code = DRIVER_POWER_STATE_FAILURE, .parameter = {3}};
    if (late != NULL) {
        bugcheck.parameter[1] = (ULONG_PTR)late->physical;
        bugcheck.parameter[3] = (ULONG_PTR)late->irp;
    }
    host_lock_give(&watches_lock);
    if (late != NULL)
        ke_bugcheck(&bugcheck);
}

void watch_begin(struct watch *watch, PDEVICE_OBJECT physical, PIRP irp)
{
    watch->physical = physical;
    watch->irp = irp;
    KeInitializeTimer(&watch->timer);
    KeInitializeDpc(&watch->dpc, watch_over, watch);
    host_lock_take(&watches_lock);
    LARGE_INTEGER due = {.QuadPart = -(LONGLONG)seconds * 10000000};
    watch->due_ns = host_clock_ns() + seconds * SECOND_NS;
    InsertTailList(&watches, &watch->link);
    host_lock_give(&watches_lock);
    KeSetTimer(&watch->timer, due, &watch->dpc);
}

void watch_end(struct watch *watch)
{
    host_lock_take(&watches_lock);
    RemoveEntryList(&watch->link);
    host_lock_give(&watches_lock);
    if (!KeCancelTimer(&watch->timer))
        KeRemoveQueueDpc(&watch->dpc);
}

bool watch_left(PDEVICE_OBJECT physical, ULONG *out_seconds)
{
    bool is_watched = false;
    uint64_t now = host_clock_ns();

    host_lock_take(&watches_lock);
    for (LIST_ENTRY *link = watches.Flink; link != &watches && !is_watched; link = link->Flink) {
        struct watch *watch = CONTAINING_RECORD(link, struct watch, link);
        if (watch->physical != physical)
            continue;
        is_watched = true;
        *out_seconds = now < watch->due_ns ? (ULONG)((watch->due_ns - now) / SECOND_NS) : 0;
    }
    host_lock_give(&watches_lock);
    return is_watched;
}
