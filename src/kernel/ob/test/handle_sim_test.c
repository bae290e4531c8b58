/* SPDX-License-Identifier: MIT */
/* handle_sim_test.c - the handle tests on the simulated ground, where the races are played
 * in an order drawn from a seed.
 */
#include "handle_test.c"
