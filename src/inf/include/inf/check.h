/* SPDX-License-Identifier: MIT */
/* inf/check.h - what is wrong with an INF that can be read, in the manner of InfVerif.
 *
 * A rule is a row of a table: a code, a name, in which modes it is an error, and a remedy. A
 * finding is a rule with a line and what was found there. Codes and severities of rules that
 * InfVerif documents are its own.
 */
#pragma once

#include "inf/inf.h"

/* Modes: each asks for all that those before it ask for. */
enum inf_check_mode {
    INF_CHECK_BASIC,       /* every driver package */
    INF_CHECK_UNIVERSAL,   /* /u */
    INF_CHECK_DECLARATIVE, /* /k */
    INF_CHECK_WINDOWS,     /* /w: packages are isolated */
    INF_CHECK_SIGNATURE,   /* /h */
};

enum inf_severity { INF_NOTE, INF_WARNING, INF_ERROR };

struct inf_rule {
    uint32_t code;
    const char *name; /* "no-provider" */
    enum inf_severity severity;
    enum inf_check_mode mode; /* from which it holds */
    const char *what;         /* "[Version] has no Provider" */
    const char *remedy;       /* what to do about it */
};

struct inf_finding {
    const struct inf_rule *rule;
    uint32_t line;    /* 0: the file as a whole */
    const char *text; /* what was found, of the file's own words; "" for nothing to add */
};
typedef void inf_report(void *context, const struct inf_finding *finding);

struct inf_check_options {
    enum inf_check_mode mode;
    bool is_template;     /* an .inx: $ARCH$ stands for any architecture */
    const char *provider; /* only this one is accepted; NULL: any */
};

const struct inf_rule *inf_rule_at(uint32_t index); /* NULL past the end */
const struct inf_rule *inf_rule_find(uint32_t code);

/* Findings in the order of their lines. Returns how many were errors. */
uint32_t inf_check(const struct inf *inf, const struct inf_check_options *options,
                   inf_report *report, void *context);
