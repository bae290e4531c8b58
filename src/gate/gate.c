/* SPDX-License-Identifier: MIT */
/* gate.c - a service number becomes a call, with previous mode UserMode around it. */
#include "gate/gate.h"

#include "base/assert.h"
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

uint64_t gate_call(uint32_t service, const uint64_t *arguments, uint32_t count)
{
    const struct service_entry *entry = gate_service(service);
    if (!entry || entry->args != count)
        return (uint32_t)STATUS_INVALID_SYSTEM_SERVICE;
    if (!entry->invoke)
        return (uint32_t)STATUS_NOT_IMPLEMENTED;
    trace_point(TRACE_SERVICE_ENTER, service, count ? arguments[0] : 0, 0);
    uint8_t mode = ke_previous_mode_swap(UserMode);
    uint64_t result = entry->invoke(arguments);
    ke_previous_mode_swap(mode);
    trace_point(TRACE_SERVICE_LEAVE, service, result, 0);
    COVE_ASSERT(ke_irql() == PASSIVE_LEVEL);
    return result;
}
