/* SPDX-License-Identifier: MIT */
/* interrupt.c - interrupt vectors and the service routines behind them.
 *
 * A vector is an interrupt source of ke: asked for once however often it is raised, and run on a
 * processor whose IRQL is lower. A pass calls the routines connected to it, each at its object's
 * IRQL with its spin lock held: until one claims it (level) or, where several share a latched
 * one, until a whole round claims nothing. A pass works on a copy of the list, and disconnecting
 * waits until no pass is under way: a routine that is gone is not called.
 */
#include "interrupt.h"

#include "base/assert.h"
#include "base/trace.h"
#include "callout/callout.h"
#include "host/host.h"
#include "ke/ke.h"
#include "rtl/rtl.h"

struct line {
    struct ke_interrupt_source source; /* irql, affinity: from the first who connects */
    struct interrupt *connected[INTERRUPT_SHARED_MAX];
    unsigned count;
    unsigned passes;    /* under way */
    unsigned unclaimed; /* passes in a row */
    KINTERRUPT_MODE mode;
    bool is_asserted, is_masked;
    struct hal_interrupt_counts counts;
};

/* guards: lines, but for their sources, which are ke's */
static struct host_lock lines_lock;
static struct line lines[HAL_VECTORS];

static hal_interrupt_resource_find *_Atomic resource_find;

static void line_run(void *context);

/* ---- passes ---------------------------------------------------------------------------- */

KIRQL interrupt_lock_take(struct interrupt *interrupt)
{
    KIRQL irql = ke_irql();

    if (irql < interrupt->synchronize_irql)
        ke_irql_raise(interrupt->synchronize_irql);
    KeAcquireSpinLockAtDpcLevel(interrupt->lock);
    return irql;
}

void interrupt_lock_give(struct interrupt *interrupt, KIRQL irql)
{
    KeReleaseSpinLockFromDpcLevel(interrupt->lock);
    ke_irql_lower(irql);
}

static bool interrupt_call(struct interrupt *interrupt)
{
    KIRQL irql = interrupt_lock_take(interrupt), after;
    bool is_claimed;

    if (interrupt->routine != NULL) {
        is_claimed = callout_isr(interrupt->routine, (PKINTERRUPT)interrupt, interrupt->context);
    } else {
        uint64_t arguments[3] = {(uintptr_t)interrupt, (uintptr_t)interrupt->context,
                                 interrupt->message};

        is_claimed =
            (uint8_t)callout_invoke((const void *)interrupt->message_routine, arguments, 3) != 0;
    }
    after = ke_irql();
    if (after != interrupt->synchronize_irql)
        KeBugCheckEx(IRQL_UNEXPECTED_VALUE,
                     (ULONG_PTR)after << 16 | (ULONG_PTR)interrupt->synchronize_irql << 8 | 3,
                     (ULONG_PTR)interrupt->routine, (ULONG_PTR)interrupt, 0);
    interrupt_lock_give(interrupt, irql);
    return is_claimed;
}

/* One round over the routines; counts those it called. */
static bool line_round(struct interrupt *const *connected, unsigned count, KINTERRUPT_MODE mode,
                       unsigned *calls)
{
    bool is_claimed = false;

    for (unsigned i = 0; i < count; i++) {
        if (!connected[i]->is_active)
            continue;
        ++*calls;
        if (!interrupt_call(connected[i]))
            continue;
        is_claimed = true;
        if (mode == LevelSensitive)
            break;
    }
    return is_claimed;
}

/* What a pass found; says whether the line wants another one. */
static bool line_settle_locked(struct line *line, bool is_claimed, unsigned calls)
{
    line->passes--;
    line->counts.calls += calls;
    line->counts.claimed += is_claimed;
    line->counts.spurious += !is_claimed;
    line->unclaimed = is_claimed ? 0 : line->unclaimed + 1;
    if (line->mode != LevelSensitive || !line->is_asserted || line->is_masked || line->count == 0)
        return false;
    if (line->unclaimed < HAL_STORM_PASSES)
        return true;
    line->is_masked = true;
    return false;
}

static void line_run(void *context)
{
    struct line *line = context;
    struct interrupt *connected[INTERRUPT_SHARED_MAX];
    unsigned count, calls = 0;
    bool is_claimed, is_wanted, is_storm;
    KINTERRUPT_MODE mode;

    host_lock_take(&lines_lock);
    count = line->count;
    __builtin_memcpy(connected, line->connected, sizeof(connected));
    mode = line->mode;
    line->passes++;
    host_lock_give(&lines_lock);

    trace_point(TRACE_TRAP, 'V', line - lines, count);
    is_claimed = line_round(connected, count, mode, &calls);
    if (is_claimed && mode == Latched && count > 1)
        while (line_round(connected, count, mode, &calls))
            ;

    host_lock_take(&lines_lock);
    is_wanted = line_settle_locked(line, is_claimed, calls);
    is_storm = !is_wanted && line->is_masked && line->unclaimed == HAL_STORM_PASSES;
    host_lock_give(&lines_lock);
    if (is_storm)
        rtl_debug_printf("interrupt vector 0x%x is asserted and no service routine claims it: "
                         "masked until it drops\n",
                         (unsigned)(line - lines));
    if (is_wanted)
        ke_interrupt_request(&line->source);
}

/* ---- raising --------------------------------------------------------------------------- */

/* An edge with nobody connected is lost, a level is kept for who comes. */
static bool line_is_deliverable_locked(struct line *line)
{
    if (line->count != 0 && !line->is_masked)
        return true;
    line->counts.spurious += line->count == 0;
    return false;
}

void hal_interrupt_raise(unsigned vector)
{
    struct line *line = &lines[vector % HAL_VECTORS];
    bool is_deliverable;

    host_lock_take(&lines_lock);
    is_deliverable = line_is_deliverable_locked(line);
    host_lock_give(&lines_lock);
    if (is_deliverable)
        ke_interrupt_request(&line->source);
}

void hal_interrupt_line_set(unsigned vector, bool is_asserted)
{
    struct line *line = &lines[vector % HAL_VECTORS];
    bool is_deliverable = false;

    host_lock_take(&lines_lock);
    if (!is_asserted) {
        line->is_masked = false;
        line->unclaimed = 0;
    } else if (!line->is_asserted) {
        is_deliverable = line_is_deliverable_locked(line);
    }
    line->is_asserted = is_asserted;
    host_lock_give(&lines_lock);
    if (is_deliverable)
        ke_interrupt_request(&line->source);
}

void hal_interrupt_counts(unsigned vector, struct hal_interrupt_counts *out_counts)
{
    const struct line *line = &lines[vector % HAL_VECTORS];

    host_lock_take(&lines_lock);
    *out_counts = line->counts;
    out_counts->connections = line->count;
    out_counts->is_masked = line->is_masked;
    host_lock_give(&lines_lock);
}

/* ---- connecting ------------------------------------------------------------------------ */

static NTSTATUS line_check_locked(const struct interrupt *interrupt, unsigned index)
{
    const struct hal_interrupt_resource *wanted = &interrupt->lines[index];
    const struct line *line;

    if (wanted->vector < HAL_VECTOR_FIRST || wanted->vector >= HAL_VECTORS ||
        wanted->irql <= DISPATCH_LEVEL || wanted->irql >= IPI_LEVEL ||
        interrupt->synchronize_irql < wanted->irql || interrupt->synchronize_irql > HIGH_LEVEL)
        return STATUS_INVALID_PARAMETER;
    line = &lines[wanted->vector];
    if (line->count == 0)
        return STATUS_SUCCESS;
    if (!interrupt->is_shared || !line->connected[0]->is_shared || line->mode != wanted->mode ||
        line->source.irql != wanted->irql)
        return STATUS_INVALID_PARAMETER;
    return line->count < INTERRUPT_SHARED_MAX ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

/* Returns true if the line has been asserted all along. */
static bool line_join_locked(struct interrupt *interrupt, unsigned index)
{
    const struct hal_interrupt_resource *wanted = &interrupt->lines[index];
    struct line *line = &lines[wanted->vector];

    if (line->count == 0) {
        line->mode = wanted->mode;
        line->unclaimed = 0;
        line->source.irql = wanted->irql;
        line->source.affinity = wanted->affinity;
        line->source.routine = line_run;
        line->source.context = line;
    }
    line->connected[line->count++] = interrupt;
    return line->mode == LevelSensitive && line->is_asserted && !line->is_masked;
}

NTSTATUS interrupt_connect(struct interrupt *interrupt)
{
    NTSTATUS status = STATUS_SUCCESS;
    uint32_t asserted = 0;

    COVE_ASSERT(interrupt->line_count <= INTERRUPT_LINES_MAX);
    interrupt->is_active = true;
    if (interrupt->lock == NULL)
        interrupt->lock = &interrupt->own_lock;
    host_lock_take(&lines_lock);
    for (unsigned i = 0; i < interrupt->line_count && NT_SUCCESS(status); i++)
        status = line_check_locked(interrupt, i);
    for (unsigned i = 0; i < interrupt->line_count && NT_SUCCESS(status); i++)
        asserted |= (uint32_t)line_join_locked(interrupt, i) << i;
    host_lock_give(&lines_lock);
    for (unsigned i = 0; i < interrupt->line_count; i++)
        if ((asserted >> i & 1) != 0)
            ke_interrupt_request(&lines[interrupt->lines[i].vector].source);
    return status;
}

static void line_leave_locked(struct line *line, const struct interrupt *interrupt)
{
    for (unsigned i = 0; i < line->count; i++) {
        if (line->connected[i] != interrupt)
            continue;
        line->count--;
        __builtin_memmove(&line->connected[i], &line->connected[i + 1],
                          (line->count - i) * sizeof(line->connected[0]));
        return;
    }
}

static bool interrupt_is_in_pass(const struct interrupt *interrupt)
{
    unsigned passes = 0;

    host_lock_take(&lines_lock);
    for (unsigned i = 0; i < interrupt->line_count; i++)
        passes += lines[interrupt->lines[i].vector].passes;
    host_lock_give(&lines_lock);
    return passes != 0;
}

void interrupt_disconnect(struct interrupt *interrupt)
{
    LARGE_INTEGER turn = {.QuadPart = -1000};

    host_lock_take(&lines_lock);
    interrupt->is_active = false;
    for (unsigned i = 0; i < interrupt->line_count; i++)
        line_leave_locked(&lines[interrupt->lines[i].vector], interrupt);
    host_lock_give(&lines_lock);
    while (interrupt_is_in_pass(interrupt))
        (void)KeDelayExecutionThread(KernelMode, FALSE, &turn);
}

bool hal_interrupt_find(uint64_t low, uint64_t high, uint64_t *out_routine)
{
    bool is_found = false;

    host_lock_take(&lines_lock);
    for (unsigned vector = 0; vector < HAL_VECTORS && !is_found; vector++) {
        for (unsigned i = 0; i < lines[vector].count && !is_found; i++) {
            const struct interrupt *interrupt = lines[vector].connected[i];

            *out_routine = interrupt->routine != NULL ? (uintptr_t)interrupt->routine
                                                      : (uintptr_t)interrupt->message_routine;
            is_found = *out_routine >= low && *out_routine < high;
        }
    }
    host_lock_give(&lines_lock);
    return is_found;
}

void hal_interrupt_resources_set(hal_interrupt_resource_find *find)
{
    resource_find = find;
}

bool interrupt_resource_find(PDEVICE_OBJECT device, unsigned index,
                             struct hal_interrupt_resource *out_resource)
{
    hal_interrupt_resource_find *find = resource_find;

    return find != NULL && find(device, index, out_resource);
}

/* Lines 0 to 23, as a PC's interrupt controller has them, spread over the device IRQLs; as on
 * every x64 system the IRQL is the vector's upper half. */
bool hal_interrupt_vector(unsigned line, ULONG *out_vector, KIRQL *out_irql)
{
    if (line >= 24)
        return false;
    *out_irql = (KIRQL)(3 + line % 9);
    *out_vector = (ULONG)*out_irql << 4 | (line / 9 + 1);
    return true;
}
