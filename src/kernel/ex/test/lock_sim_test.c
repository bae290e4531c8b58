/* SPDX-License-Identifier: MIT */
/* lock_sim_test.c - lock_test.c on the simulated ground, every test for many seeds. */
#include "lock_test.c"
