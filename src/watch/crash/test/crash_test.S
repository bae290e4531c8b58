/* SPDX-License-Identifier: MIT */
/* crash_test.S - the exports of the test's kernel. */
#include "room_kernel.inc"
