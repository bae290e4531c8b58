/* SPDX-License-Identifier: MIT */
/* order_test.c - the order of a client's callbacks for every way a device may go through Plug and
 * Play: started, stopped, queried, removed, ejected, gone by surprise.
 */
#include "fxkit.h"

#include <stdio.h>

static struct device_node *bus;

static int begin(void **state)
{
    (void)fx_machine_start(state);
    bus = fx_bus_create();
    return 0;
}

static int end(void **state)
{
    for (int id = 1; id <= FXTOY_SLOTS; id++)
        fxtoy.present[id - 1] = 0;
    if (is_started("ROOT\\FXBUS\\0000"))
        fx_unplug(1);
    fx_rows_print();
    pnp_node_put(bus);
    return fx_machine_stop(state);
}

static void start(void **state)
{
    (void)state;
    fx_expect(FXTOY_BUS, -1, "Add " STARTS);
    fx_forget();
    fx_plug(1);
    assert_true(is_started(fx_name(1)));
    child_did("Add " STARTS);
    function_did("RemoveRequirements AddRequirements RemoveAdded " STARTS);
    filter_did("Add " STARTS);
    /* From the bus up. */
    assert_true(fx_place(FXTOY_CHILD, FXTOY_SelfInit, 1) <
                fx_place(FXTOY_FUNCTION, FXTOY_PrepareHardware, 1));
    assert_true(fx_place(FXTOY_FUNCTION, FXTOY_SelfInit, 1) <
                fx_place(FXTOY_FILTER, FXTOY_PrepareHardware, -1));
    assert_int_equal(fx_argument(FXTOY_FUNCTION, FXTOY_D0Entry, 1), 5); /* D3Final */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(start, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
