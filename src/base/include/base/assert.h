/* SPDX-License-Identifier: MIT */
/* assert.h - our own invariants.
 *
 * ASSERT is for faults of ours, never for a driver's or a user's mistake. It is
 * always on: the message names the invariant and the process stops at once.
 */
#ifndef BASE_ASSERT_H
#define BASE_ASSERT_H

/* Prints the broken invariant and aborts. Never returns. Safe in any context. */
[[noreturn]] void assert_failed(const char *invariant, const char *file, int line);

#define COVE_ASSERT(condition) \
    (__builtin_expect(!(condition), 0) ? assert_failed(#condition, __FILE__, __LINE__) : (void)0)

#endif
