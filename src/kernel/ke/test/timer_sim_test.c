/* SPDX-License-Identifier: MIT */
/* timer_sim_test.c - timer_test.c on the simulated ground, many seeds. */
#include "timer_test.c"
