/* SPDX-License-Identifier: MIT */
/* dpc_sim_test.c - dpc_test.c on the simulated ground, many seeds. */
#include "dpc_test.c"
