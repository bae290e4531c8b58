/* SPDX-License-Identifier: MIT */
/* interrupt_sim_test.c - interrupt_test.c on the simulated ground. */
#include "interrupt_test.c"
