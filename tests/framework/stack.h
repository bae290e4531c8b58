/* SPDX-License-Identifier: MIT */
/* stack.h - a device stack without Plug and Play: a PDO of the test driver's own with a device of
 * the Framework above it, brought through its states by IRPs that the test sends.
 *
 * The PDO says yes to whatever comes down. stack_make calls the driver's AddDevice.
 */
#ifndef TESTS_STACK_H
#define TESTS_STACK_H

#include "kmdf_test.h"

#define STACK_RESOURCES 8

/* A CM_RESOURCE_LIST with room. */
union stack_resources {
    CM_RESOURCE_LIST list;
    UCHAR
    bytes[sizeof(CM_RESOURCE_LIST) + STACK_RESOURCES * sizeof(CM_PARTIAL_RESOURCE_DESCRIPTOR)];
};

struct stack {
    PDEVICE_OBJECT physical;
    PDEVICE_OBJECT top; /* referenced */
    KAFFINITY affinity; /* of the processor that the test's thread stays on */
    union stack_resources raw, translated;
};

/* A PDO with a device above it; the thread stays on its processor until stack_drop. FALSE: the test
 * cannot go on. */
BOOLEAN stack_make(struct stack *stack);
void stack_drop(struct stack *stack);

/* One more resource: an interrupt line or message with its vector, IRQL and this processor. */
void stack_add_line(struct stack *stack, ULONG line, KINTERRUPT_MODE mode);
void stack_add_message(struct stack *stack, ULONG vector, ULONG count);
void stack_add_memory(struct stack *stack, LONGLONG begin, ULONG length);

/* IRPs to the top of the stack, until they are through. */
NTSTATUS stack_start(struct stack *stack);
NTSTATUS stack_pnp(struct stack *stack, UCHAR minor, PIO_STACK_LOCATION wanted,
                   ULONG_PTR *information);
/* A system power IRP (set); the device's own IRPs that it leads to are through, too. */
NTSTATUS stack_power(struct stack *stack, SYSTEM_POWER_STATE state);

/* The vector of an interrupt of the translated list, raised on this processor. */
void stack_raise(const struct stack *stack, ULONG index);

#endif
