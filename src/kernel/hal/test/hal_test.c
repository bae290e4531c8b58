/* SPDX-License-Identifier: MIT */
/* hal_test.c - an empty bus, and the registers that are there all the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/trace.h"
#include "hal/hal.h"

static uint64_t traced[3];
static unsigned traces;

static void sink(enum trace_kind kind, uint64_t a, uint64_t b, uint64_t c)
{
    assert_int_equal(kind, TRACE_TRAP);
    traced[0] = a;
    traced[1] = b;
    traced[2] = c;
    traces++;
}

static void ports_read_all_ones(void **state)
{
    UCHAR bytes[3] = {0};
    (void)state;
    assert_int_equal(hal_port_read(0x60, 1), 0xff);
    assert_int_equal(hal_port_read(0x60, 2), 0xffff);
    assert_int_equal(hal_port_read(0x60, 4), 0xffffffff);
    assert_int_equal(READ_PORT_USHORT((USHORT *)(ULONG_PTR)0x60), 0xffff);
    READ_PORT_BUFFER_UCHAR((UCHAR *)(ULONG_PTR)0x60, bytes, 2);
    assert_true(bytes[0] == 0xff && bytes[1] == 0xff && bytes[2] == 0);
    trace_sink = sink;
    WRITE_PORT_ULONG((ULONG *)(ULONG_PTR)0xcf8, 0x80000000);
    assert_int_equal(traced[0], 'O');
    assert_int_equal(traced[1], 0xcf8);
    assert_int_equal(traced[2], 0x80000000);
    WRITE_PORT_BUFFER_UCHAR((UCHAR *)(ULONG_PTR)0x80, bytes, 3);
    assert_int_equal(traces, 4);
    trace_sink = NULL;
}

static void registers_are_memory(void **state)
{
    ULONG64 memory[2] = {0};
    ULONG from[3] = {1, 2, 3}, to[3] = {0};
    (void)state;
    WRITE_REGISTER_ULONG64(&memory[0], 0x1122334455667788);
    assert_int_equal(memory[0], 0x1122334455667788);
    assert_int_equal(READ_REGISTER_UCHAR((UCHAR *)memory), 0x88);
    assert_int_equal(READ_REGISTER_USHORT((USHORT *)memory), 0x7788);
    WRITE_REGISTER_BUFFER_ULONG((ULONG *)memory, from, 3);
    READ_REGISTER_BUFFER_ULONG((ULONG *)memory, to, 3);
    assert_memory_equal(from, to, sizeof(from));
}

static void model_specific_registers(void **state)
{
    uint64_t value;
    (void)state;
    assert_true(hal_msr_read(0xc0000080, &value));
    assert_true(hal_msr_write(0xc0000080, value)); /* what is there already */
    assert_false(hal_msr_write(0xc0000080, value ^ 1));
    assert_false(hal_msr_read(0x4242, &value));
    assert_false(hal_msr_write(0x4242, 0));
}

static void buses_are_empty(void **state)
{
    PHYSICAL_ADDRESS address = {.QuadPart = 0x3f8}, translated = {.QuadPart = 0};
    ULONG space = 1;
    UCHAR buffer[4] = {9, 9, 9, 9};
    (void)state;
    assert_int_equal(HalGetBusDataByOffset(PCIConfiguration, 0, 0, buffer, 0, 4), 2);
    assert_int_equal(buffer[0], 0xff);
    assert_int_equal(buffer[1], 0xff);
    assert_int_equal(buffer[2], 9);
    assert_int_equal(HalGetBusDataByOffset(PCIConfiguration, 1, 0, buffer, 0, 4), 0);
    assert_int_equal(HalSetBusDataByOffset(PCIConfiguration, 0, 0, buffer, 0, 4), 0);
    assert_true(HalTranslateBusAddress(Isa, 0, address, &space, &translated));
    assert_int_equal(translated.QuadPart, 0x3f8);
    assert_int_equal(space, 1);
    assert_false(HalTranslateBusAddress(PCIBus, 1, address, &space, &translated));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ports_read_all_ones),
        cmocka_unit_test(registers_are_memory),
        cmocka_unit_test(model_specific_registers),
        cmocka_unit_test(buses_are_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
