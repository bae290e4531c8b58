/* SPDX-License-Identifier: MIT */
/* table.h - makes the states, rows and counters of one machine from its *_states.def.
 *
 * The including file defines TABLE_DEF (the file), PUBLIC(name) (the public enumerator of a
 * state), EVENT(name) (ours of an event) and has the actions that the rows name.
 * Included once a machine; hence no guard.
 */
#define RESULT_NAMES "", "Done", "Failed", "Yes", "No"

enum { NEXT_LATER = FX_NEXT_LATER, NEXT_IGNORE = FX_NEXT_IGNORE };

/* A result and an event of the machine look the same in a row: both enums have both names. */
enum {
    EVENT(Done) = FX_EVENT_DONE,
    EVENT(Failed) = FX_EVENT_FAILED,
    EVENT(Yes) = FX_EVENT_YES,
    EVENT(No) = FX_EVENT_NO,
};

enum {
#define STATE(name, enter)    NEXT_##name,
#define STATE_NP(name, enter) NEXT_##name,
#define ROW(state, event, next, mark)
#define ROW_ANY(event, next, mark)
#include TABLE_DEF
#undef STATE
#undef STATE_NP
#undef ROW
#undef ROW_ANY
};

static const struct fx_state states[] = {
#define STATE(name, enter)    {#name, PUBLIC(name), PUBLIC(name), enter},
#define STATE_NP(name, enter) {#name, PUBLIC(name), PUBLIC(name##NP), enter},
#define ROW(state, event, next, mark)
#define ROW_ANY(event, next, mark)
#include TABLE_DEF
#undef STATE
#undef STATE_NP
#undef ROW
#undef ROW_ANY
};

static const struct fx_row rows[] = {
#define STATE(name, enter)
#define STATE_NP(name, enter)
#define ROW(state, event, next, mark) {NEXT_##state, EVENT(event), NEXT_##next, mark},
#define ROW_ANY(event, next, mark)    {FX_STATE_ANY, EVENT(event), NEXT_##next, mark},
#include TABLE_DEF
#undef STATE
#undef STATE_NP
#undef ROW
#undef ROW_ANY
};

static volatile LONG walked[RTL_NUMBER_OF(rows)];
