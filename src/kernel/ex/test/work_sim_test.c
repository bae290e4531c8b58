/* SPDX-License-Identifier: MIT */
/* work_sim_test.c - work_test.c on the simulated ground, every test for many seeds. */
#include "work_test.c"
