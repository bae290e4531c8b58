/* SPDX-License-Identifier: MIT */
/* hal.c - the machine as drivers reach it: today an empty bus.
 *
 * Interrupts are in interrupt.c. A port that nobody decodes reads all ones and swallows writes, as
 * on a PC. The model-specific registers are those that drivers read to learn about the processor.
 * Every access is traced.
 */
#include "hal/hal.h"

#include "base/trace.h"
#include "host/host.h"
#include "ke/ke.h"

/* Numbers as the processor's manuals give them. */
#define MSR_TIME_STAMP      0x10u
#define MSR_APIC_BASE       0x1bu
#define MSR_FEATURE_CONTROL 0x3au
#define MSR_MICROCODE       0x8bu
#define MSR_MTRR_CAPABILITY 0xfeu
#define MSR_MISC_ENABLE     0x1a0u
#define MSR_PAT             0x277u
#define MSR_APIC_SELF_IPI   0x83fu
#define MSR_EFER            0xc0000080u
#define MSR_FS_BASE         0xc0000100u
#define MSR_GS_BASE         0xc0000101u
#define MSR_KERNEL_GS_BASE  0xc0000102u
#define MSR_TSC_AUX         0xc0000103u

#define APIC_BASE_VALUE 0xfee00d00ull /* enabled, in x2APIC mode, boot processor */
#define PAT_VALUE       0x0007010600070106ull
#define EFER_VALUE      0xd01ull /* syscall, long mode, no-execute */

uint32_t hal_port_read(uint16_t port, unsigned width)
{
    uint32_t value = width >= 4 ? UINT32_MAX : (1u << (8 * width)) - 1;
    trace_point(TRACE_TRAP, 'I', port, value);
    return value;
}

void hal_port_write(uint16_t port, unsigned width, uint32_t value)
{
    (void)width;
    trace_point(TRACE_TRAP, 'O', port, value);
}

static bool msr_value(uint32_t number, uint64_t *out_value)
{
    switch (number) {
    case MSR_TIME_STAMP:
        *out_value = __builtin_ia32_rdtsc();
        return true;
    case MSR_APIC_BASE:
        *out_value = APIC_BASE_VALUE;
        return true;
    case MSR_FEATURE_CONTROL: /* locked, no virtualisation */
    case MSR_MISC_ENABLE:
        *out_value = 1;
        return true;
    case MSR_MICROCODE:
    case MSR_MTRR_CAPABILITY:
    case MSR_FS_BASE:
    case MSR_KERNEL_GS_BASE:
        *out_value = 0;
        return true;
    case MSR_PAT:
        *out_value = PAT_VALUE;
        return true;
    case MSR_EFER:
        *out_value = EFER_VALUE;
        return true;
    case MSR_GS_BASE:
        *out_value = (uint64_t)host_gs_get();
        return true;
    case MSR_TSC_AUX:
        *out_value = ke_processor_number();
        return true;
    default:
        return false;
    }
}

bool hal_msr_read(uint32_t number, uint64_t *out_value)
{
    bool is_known = msr_value(number, out_value);
    trace_point(TRACE_TRAP, 'R', number, is_known ? *out_value : 0);
    return is_known;
}

/* The local APIC's self-IPI register raises a vector. No other register of this machine takes a
 * value: the page-attribute table and the like describe hardware that is not there. Writing what
 * is there already is no change. */
bool hal_msr_write(uint32_t number, uint64_t value)
{
    uint64_t current;
    trace_point(TRACE_TRAP, 'W', number, value);
    if (number == MSR_APIC_SELF_IPI && value >= HAL_VECTOR_FIRST && value < HAL_VECTORS) {
        hal_interrupt_raise((unsigned)value);
        return true;
    }
    return msr_value(number, &current) && number != MSR_GS_BASE && current == value;
}
