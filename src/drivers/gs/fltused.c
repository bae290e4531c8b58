/* SPDX-License-Identifier: MIT */
/* fltused.c - the symbol that code using floating point refers to.
 *
 * On x64 nothing hangs on it: every thread's SSE state is kept.
 */
int _fltused = 0x9875;
