/* SPDX-License-Identifier: MIT */
/* processor_sim_test.c - processor_test.c on the simulated ground, many seeds. */
#include "processor_test.c"
