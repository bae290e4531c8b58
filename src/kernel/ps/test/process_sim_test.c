/* SPDX-License-Identifier: MIT */
/* process_sim_test.c - the process tests on the simulated ground: kills in an order drawn
 * from a seed, in virtual time.
 */
#include "process_test.c"
