/* SPDX-License-Identifier: MIT */
/* gate.c - a service number becomes a call, with previous mode UserMode around it. */
#include "gate/gate.h"

#include "base/trace.h"
#include "ke/ke.h"
#include "ps/ps.h"

static struct {
    const struct service_entry *table; /* set once at init */
    uint32_t count;
} gate;

NTSTATUS gate_init(const struct service_entry *table, uint32_t count)
{
    gate.table = table;
    gate.count = count;
    return STATUS_SUCCESS;
}

void gate_fini(void)
{
    gate.count = 0;
}

const struct service_entry *gate_service(uint32_t service)
{
    return service < gate.count && gate.table[service].name ? &gate.table[service] : NULL;
}

/* What a driver must have put back when the program goes on.
 *
 * Doc:     "Bug Check 0x4A: IRQL_GT_ZERO_AT_SYSTEM_SERVICE", "Bug Check 0x1: APC_INDEX_MISMATCH"
 */
static void gate_check_clean(const struct service_entry *entry)
{
    const struct thread *thread = ke_thread_current();
    struct bugcheck bugcheck = {.parameter = {(ULONG_PTR)entry->invoke}};
    uint32_t disabled =
        (uint32_t)thread->special_apc_disable << 16 | (uint16_t)thread->kernel_apc_disable;
    if (__builtin_expect(ke_irql() == PASSIVE_LEVEL && disabled == 0, 1))
        return;
    if (ke_irql() != PASSIVE_LEVEL) {
        bugcheck.code = IRQL_GT_ZERO_AT_SYSTEM_SERVICE;
        bugcheck.parameter[1] = ke_irql();
    } else {
        bugcheck.code = APC_INDEX_MISMATCH;
        bugcheck.parameter[2] = disabled;
    }
    ke_bugcheck(&bugcheck);
}

uint64_t gate_call(uint32_t service, const uint64_t *arguments, uint32_t count)
{
    const struct service_entry *entry = gate_service(service);
    if (!entry || entry->args != count)
        return (uint32_t)STATUS_INVALID_SYSTEM_SERVICE;
    if (!entry->invoke)
        return (uint32_t)STATUS_NOT_IMPLEMENTED;
    trace_point(TRACE_SERVICE_ENTER, service, count ? arguments[0] : 0,
                ps_process_current()->is_32bit);
    struct thread *thread = ke_thread_current();
    uint8_t mode = thread->previous_mode;
    thread->previous_mode = UserMode;
    uint64_t result = entry->invoke(arguments);
    thread->previous_mode = mode;
    gate_check_clean(entry);
    trace_point(TRACE_SERVICE_LEAVE, service, result, 0);
    return result;
}
