/* SPDX-License-Identifier: MIT */
/* hal.h - ports, registers, interrupts: the only door to the machine.
 *
 * Today's machine has no devices: an empty bus answers all ones, writes are dropped, and
 * every access is traced. Device models attach here later. Interrupt vectors are real: whoever
 * raises one (hal_interrupt_raise, or a driver that writes the local APIC's self-IPI register)
 * reaches the service routines connected to it.
 */
#ifndef HAL_HAL_H
#define HAL_HAL_H

#include <stdbool.h>
#include <stdint.h>

#include <ntifs.h>

/* width in bytes: 1, 2, 4 (memory also 8). */
uint32_t hal_port_read(uint16_t port, unsigned width);
void hal_port_write(uint16_t port, unsigned width, uint32_t value);
/* false: no such register (the trap raises STATUS_PRIVILEGED_INSTRUCTION). */
bool hal_msr_read(uint32_t number, uint64_t *out_value);
bool hal_msr_write(uint32_t number, uint64_t value);

/* ---- interrupts ---------------------------------------------------------------------- */

#define HAL_VECTORS      256u
#define HAL_VECTOR_FIRST 0x30u /* those below are the processor's own */

/* One edge, or one message, on a vector: the service routines connected to it are called on a
 * processor as soon as its IRQL lets them. Edges that come before that are one. Any thread. */
void hal_interrupt_raise(unsigned vector);
/* The level of a level-sensitive vector's line: while it is asserted, the routines are called
 * again and again. Nobody claims it for HAL_STORM_PASSES passes: it is masked until it drops. */
void hal_interrupt_line_set(unsigned vector, bool is_asserted);
#define HAL_STORM_PASSES 1000u

struct hal_interrupt_counts {
    uint64_t calls;    /* of service routines */
    uint64_t claimed;  /* passes in which one said TRUE */
    uint64_t spurious; /* passes in which none did, or none was connected */
    unsigned connections;
    bool is_masked;
};
void hal_interrupt_counts(unsigned vector, struct hal_interrupt_counts *out_counts);

/* What a device was assigned; whoever assigns it tells the hal where to look. */
struct hal_interrupt_resource {
    ULONG vector;
    KIRQL irql;
    KINTERRUPT_MODE mode;
    bool is_shared, is_message;
    KAFFINITY affinity; /* 0: any */
    PHYSICAL_ADDRESS message_address;
    ULONG message_data;
};
/* The index-th interrupt of a device; false: it has no more. NULL: no device has any. */
typedef bool hal_interrupt_resource_find(PDEVICE_OBJECT physical_device, unsigned index,
                                         struct hal_interrupt_resource *out_resource);
void hal_interrupt_resources_set(hal_interrupt_resource_find *find);

/* A service routine in a range of memory that is still connected. */
bool hal_interrupt_find(uint64_t low, uint64_t high, uint64_t *out_routine);

/* The vector and IRQL of an interrupt request line of the PC's buses. false: no such line. */
bool hal_interrupt_vector(unsigned line, ULONG *out_vector, KIRQL *out_irql);

#endif
