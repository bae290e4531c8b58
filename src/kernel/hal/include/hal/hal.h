/* SPDX-License-Identifier: MIT */
/* hal.h - ports, registers, model-specific registers: the only door to the machine.
 *
 * Today's machine has no devices: an empty bus answers all ones, writes are dropped, and
 * every access is traced. Device models attach here later.
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

#endif
