/* SPDX-License-Identifier: MIT */
/* wait_sim_test.c - wait_test.c on the simulated ground, many seeds. */
#include "wait_test.c"
