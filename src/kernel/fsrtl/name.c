/* SPDX-License-Identifier: MIT */
/* name.c - does a name match a pattern?
 *
 * The pattern is run as a set of places in it, all at once: after each character of the name
 * the set holds every place that the name so far can have led to. So no pattern is worse than
 * its length times the name's. Doc: FsRtlIsNameInExpression.
 */
#include "fsrtl/fsrtl.h"

#include <string.h>

#include "ex/ex.h"
#include "ke/ke.h"

/* Patterns up to this length need no memory. */
#define PLACES_FIXED 512u

struct matcher {
    const WCHAR *pattern;
    unsigned count;
    UCHAR *now, *next; /* a byte a place: count + 1 of them */
};

/* A place and those that can be reached from it without a character of the name. */
static void place_add(const struct matcher *matcher, UCHAR *set, unsigned at, bool at_dot,
                      bool at_end)
{
    while (!set[at]) {
        set[at] = 1;
        if (at == matcher->count)
            return;
        WCHAR c = matcher->pattern[at];
        /* A star stands for nothing; DOS_QM gives way to a dot or the end, DOS_DOT to the end. */
        if (c != '*' && c != DOS_STAR && !(c == DOS_QM && (at_dot || at_end)) &&
            !(c == DOS_DOT && at_end))
            return;
        at++;
    }
}

/* Where one character leads from one place. */
static void place_step(const struct matcher *matcher, unsigned at, WCHAR c, bool is_last_dot)
{
    WCHAR wanted = matcher->pattern[at];
    switch (wanted) {
    case '*':
        matcher->next[at] = 1;
        break;
    case DOS_STAR:
        /* It ends with the last dot, which it may take along. */
        matcher->next[is_last_dot ? at + 1 : at] = 1;
        break;
    case '?':
        matcher->next[at + 1] = 1;
        break;
    case DOS_QM:
        if (c != '.')
            matcher->next[at + 1] = 1;
        break;
    case DOS_DOT:
        if (c == '.')
            matcher->next[at + 1] = 1;
        break;
    default:
        if (wanted == c)
            matcher->next[at + 1] = 1;
    }
}

/* Closes the set under moves that take nothing. */
static void set_close(struct matcher *matcher, bool at_dot, bool at_end)
{
    for (unsigned at = 0; at <= matcher->count; at++)
        if (matcher->now[at]) {
            matcher->now[at] = 0;
            place_add(matcher, matcher->now, at, at_dot, at_end);
        }
}

static bool match_run(struct matcher *matcher, const UNICODE_STRING *name, bool no_case,
                      const WCHAR *upcase)
{
    unsigned count = name->Length / sizeof(WCHAR), last_dot = count;
    for (unsigned i = 0; i < count; i++)
        if (name->Buffer[i] == '.')
            last_dot = i;
    memset(matcher->now, 0, matcher->count + 1);
    matcher->now[0] = 1;
    for (unsigned i = 0; i < count; i++) {
        WCHAR c = name->Buffer[i];
        set_close(matcher, c == '.', false);
        if (no_case)
            c = upcase ? upcase[c] : RtlUpcaseUnicodeChar(c);
        memset(matcher->next, 0, matcher->count + 1);
        for (unsigned at = 0; at < matcher->count; at++)
            if (matcher->now[at])
                place_step(matcher, at, c, i == last_dot);
        UCHAR *swap = matcher->now;
        matcher->now = matcher->next;
        matcher->next = swap;
    }
    set_close(matcher, false, true);
    return matcher->now[matcher->count];
}

bool fsrtl_name_matches(const UNICODE_STRING *pattern, const UNICODE_STRING *name, bool no_case,
                        const WCHAR *upcase)
{
    UCHAR fixed[2 * PLACES_FIXED];
    struct matcher matcher = {.pattern = pattern->Buffer, .count = pattern->Length / sizeof(WCHAR)};
    unsigned room = matcher.count + 1;
    if (pattern->Length == 0 || name->Length == 0)
        return pattern->Length == name->Length;
    UCHAR *places = fixed;
    if (room > PLACES_FIXED) {
        places = ExAllocatePool2(POOL_FLAG_PAGED, 2 * (SIZE_T)room, 'nsFC');
        if (!places)
            ke_raise(STATUS_NO_MEMORY);
    }
    matcher.now = places;
    matcher.next = places + room;
    bool matches = match_run(&matcher, name, no_case, upcase);
    if (places != fixed)
        ExFreePoolWithTag(places, 'nsFC');
    return matches;
}
