/* SPDX-License-Identifier: MIT */
/* string_bounded.h - copies that know how much room there is, for strings of either width.
 *
 * Included once by string.c and once by wide_string.c, which say what a CHARACTER is and how a
 * LENGTH is measured that stops at a limit. What does not fit leaves an empty string.
 */

/* Appends up to count characters of from at to[used]; the shared half of the four copies. */
static int append_s(CHARACTER *to, size_t used, size_t size, const CHARACTER *from, size_t count)
{
    size_t room = size - used;
    size_t length = LENGTH(from, count < room ? count : room);
    if (length < room) {
        memcpy(to + used, from, length * sizeof *to);
        to[used + length] = 0;
        return 0;
    }
    if (count == CRT_TRUNCATE) {
        memcpy(to + used, from, (room - 1) * sizeof *to);
        to[size - 1] = 0;
        return CRT_STRUNCATE;
    }
    to[0] = 0;
    return CRT_ERANGE;
}

static int copy_s(CHARACTER *to, size_t size, const CHARACTER *from, size_t count)
{
    if (!to && size == 0 && count == 0)
        return 0;
    if (!to || size == 0)
        return CRT_EINVAL;
    if (from && count != 0)
        return append_s(to, 0, size, from, count);
    to[0] = 0;
    return count == 0 ? 0 : CRT_EINVAL;
}

static int concatenate_s(CHARACTER *to, size_t size, const CHARACTER *from, size_t count)
{
    if (!to && size == 0 && count == 0)
        return 0;
    if (!to || size == 0)
        return CRT_EINVAL;
    size_t used = LENGTH(to, size);
    if (used == size || (!from && count != 0)) {
        to[0] = 0;
        return CRT_EINVAL;
    }
    return count == 0 ? 0 : append_s(to, used, size, from, count);
}

/* One less than CRT_TRUNCATE: the whole string, and a failure when it does not fit. */
#define WHOLE (CRT_TRUNCATE - 1)
