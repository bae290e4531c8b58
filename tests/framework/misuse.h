/* SPDX-License-Identifier: MIT */
/* misuse.h - rules that a driver may break, by the name of its service. */
#ifndef TESTS_MISUSE_H
#define TESTS_MISUSE_H

struct misuse_rule {
    PCWSTR name;
    void (*run)(void);
};

/* Memory, strings, locks, timers, work items, keys. */
extern const struct misuse_rule misuse_support[];
extern const ULONG misuse_support_count;

/* Requests that are sent to targets. */
extern const struct misuse_rule misuse_target[];
extern const ULONG misuse_target_count;

/* verified_pnp.c: what the rules "irql_…" and "region_…" need. */
void verified_init(PCWSTR name, PWDFDEVICE_INIT init);
void verified_run(WDFDEVICE device);

#endif
