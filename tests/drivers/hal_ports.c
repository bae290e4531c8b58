/* SPDX-License-Identifier: MIT */
/* hal_ports.c - tests of ports and registers as older binaries reach them, by import: compilers
 * of today make instructions of them. Nobody decodes a port: reads are all ones. */
#include "drivertest.h"

#define IMPORTS(type, suffix)                                                                  \
    type NTAPI read_##suffix(volatile type *) __asm__("READ_REGISTER_" #suffix);               \
    VOID NTAPI write_##suffix(volatile type *, type) __asm__("WRITE_REGISTER_" #suffix);       \
    VOID NTAPI read_many_##suffix(volatile type *, type *, ULONG) __asm__("READ_REGISTER_"     \
                                                                          "BUFFER_" #suffix);  \
    VOID NTAPI write_many_##suffix(volatile type *, type *, ULONG) __asm__("WRITE_REGISTER_"   \
                                                                           "BUFFER_" #suffix); \
    static void registers_##suffix(void)                                                       \
    {                                                                                          \
        type from[3] = {(type)0x1122334455667788, 2, (type)~3ull}, to[3] = {0};                \
        volatile type registers[3] = {7, 7, 7};                                                \
                                                                                               \
        write_##suffix(&registers[1], (type)0xa1b2c3d4e5f60718);                               \
        expect(registers[0] == 7 && registers[2] == 7);                                        \
        expect(read_##suffix(&registers[1]) == (type)0xa1b2c3d4e5f60718);                      \
        write_many_##suffix(registers, from, 2);                                               \
        expect(registers[0] == from[0] && registers[1] == 2 && registers[2] == 7);             \
        read_many_##suffix(registers, to, 3);                                                  \
        expect(to[0] == from[0] && to[1] == 2 && to[2] == 7);                                  \
    }

IMPORTS(UCHAR, UCHAR)
IMPORTS(USHORT, USHORT)
IMPORTS(ULONG, ULONG)
IMPORTS(ULONG64, ULONG64)

/* The names above, as a reader looks for them: READ_REGISTER_UCHAR READ_REGISTER_USHORT
 * READ_REGISTER_ULONG READ_REGISTER_ULONG64 WRITE_REGISTER_UCHAR WRITE_REGISTER_USHORT
 * WRITE_REGISTER_ULONG WRITE_REGISTER_ULONG64 READ_REGISTER_BUFFER_UCHAR
 * READ_REGISTER_BUFFER_USHORT READ_REGISTER_BUFFER_ULONG READ_REGISTER_BUFFER_ULONG64
 * WRITE_REGISTER_BUFFER_UCHAR WRITE_REGISTER_BUFFER_USHORT WRITE_REGISTER_BUFFER_ULONG
 * WRITE_REGISTER_BUFFER_ULONG64. */

#define PORT(type) ((type *)(ULONG_PTR)0x3f8)

VOID NTAPI read_ports_short(PUSHORT, PUSHORT, ULONG) __asm__("READ_PORT_BUFFER_USHORT");
VOID NTAPI read_ports_long(PULONG, PULONG, ULONG) __asm__("READ_PORT_BUFFER_ULONG");
VOID NTAPI write_ports_short(PUSHORT, PUSHORT, ULONG) __asm__("WRITE_PORT_BUFFER_USHORT");
VOID NTAPI write_ports_long(PULONG, PULONG, ULONG) __asm__("WRITE_PORT_BUFFER_ULONG");
VOID NTAPI write_port_short(PUSHORT, USHORT) __asm__("WRITE_PORT_USHORT");
USHORT NTAPI read_port_short(PUSHORT) __asm__("READ_PORT_USHORT");
VOID NTAPI flush_writes(VOID) __asm__("KeFlushWriteBuffer");

static void ports(void)
{
    USHORT shorts[3] = {1, 2, 3};
    ULONG longs[3] = {1, 2, 3};

    write_port_short(PORT(USHORT), 5); /* swallowed */
    expect_number(read_port_short(PORT(USHORT)), 0xffff);
    write_ports_short(PORT(USHORT), shorts, 3);
    read_ports_short(PORT(USHORT), shorts, 2);
    expect(shorts[0] == 0xffff && shorts[1] == 0xffff && shorts[2] == 3);
    write_ports_long(PORT(ULONG), longs, 3);
    read_ports_long(PORT(ULONG), longs, 2);
    expect(longs[0] == MAXULONG && longs[1] == MAXULONG && longs[2] == 3);
    flush_writes();
}

static void what_is_not_there(void)
{
    HANDLE counters = NULL;

    expect(!HalMakeBeep(440));
    expect_status(HalAllocateHardwareCounters(NULL, 0, NULL, &counters), STATUS_NOT_SUPPORTED);
    expect_status(HalFreeHardwareCounters(counters), STATUS_INVALID_HANDLE);
}

DRIVERTEST_LIST = {
    DRIVERTEST(registers_UCHAR),
    DRIVERTEST(registers_USHORT),
    DRIVERTEST(registers_ULONG),
    DRIVERTEST(registers_ULONG64),
    DRIVERTEST(ports),
    DRIVERTEST(what_is_not_there),
    DRIVERTEST_END,
};
