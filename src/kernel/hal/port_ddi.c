/* SPDX-License-Identifier: MIT */
/* port_ddi.c - ports and registers for binaries that import what is inline for x64 compilers.
 *
 * Ports end where the inlined instructions end (hal_port_*); registers are memory of the
 * driver's own mapping. IRQL: any. Doc: wdm.h, page by name ("READ_PORT_UCHAR").
 */
#include "hal/hal.h"

#include <stdatomic.h>

#define PORT(type, suffix)                                                       \
    type NTAPI READ_PORT_##suffix(type *Port)                                    \
    {                                                                            \
        return (type)hal_port_read((uint16_t)(ULONG_PTR)Port, sizeof(type));     \
    }                                                                            \
    VOID NTAPI WRITE_PORT_##suffix(type *Port, type Value)                       \
    {                                                                            \
        hal_port_write((uint16_t)(ULONG_PTR)Port, sizeof(type), Value);          \
    }                                                                            \
    VOID NTAPI READ_PORT_BUFFER_##suffix(type *Port, type *Buffer, ULONG Count)  \
    {                                                                            \
        for (ULONG i = 0; i < Count; i++)                                        \
            Buffer[i] = READ_PORT_##suffix(Port);                                \
    }                                                                            \
    VOID NTAPI WRITE_PORT_BUFFER_##suffix(type *Port, type *Buffer, ULONG Count) \
    {                                                                            \
        for (ULONG i = 0; i < Count; i++)                                        \
            WRITE_PORT_##suffix(Port, Buffer[i]);                                \
    }

PORT(UCHAR, UCHAR)
PORT(USHORT, USHORT)
PORT(ULONG, ULONG)

/* A read is ordered before what follows, a write after what went before. */
#define REGISTER(type, suffix)                                                                    \
    type NTAPI READ_REGISTER_##suffix(volatile type *Register)                                    \
    {                                                                                             \
        type value = *Register;                                                                   \
        atomic_thread_fence(memory_order_seq_cst);                                                \
        return value;                                                                             \
    }                                                                                             \
    VOID NTAPI WRITE_REGISTER_##suffix(volatile type *Register, type Value)                       \
    {                                                                                             \
        *Register = Value;                                                                        \
        atomic_thread_fence(memory_order_seq_cst);                                                \
    }                                                                                             \
    VOID NTAPI READ_REGISTER_BUFFER_##suffix(volatile type *Register, type *Buffer, ULONG Count)  \
    {                                                                                             \
        for (ULONG i = 0; i < Count; i++)                                                         \
            Buffer[i] = Register[i];                                                              \
        atomic_thread_fence(memory_order_seq_cst);                                                \
    }                                                                                             \
    VOID NTAPI WRITE_REGISTER_BUFFER_##suffix(volatile type *Register, type *Buffer, ULONG Count) \
    {                                                                                             \
        for (ULONG i = 0; i < Count; i++)                                                         \
            Register[i] = Buffer[i];                                                              \
        atomic_thread_fence(memory_order_seq_cst);                                                \
    }

REGISTER(UCHAR, UCHAR)
REGISTER(USHORT, USHORT)
REGISTER(ULONG, ULONG)
REGISTER(ULONG64, ULONG64)
