/* SPDX-License-Identifier: MIT */
/* spinlock_sim_test.c - spinlock_test.c on the simulated ground, many seeds. */
#include "spinlock_test.c"
