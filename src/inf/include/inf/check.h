/* SPDX-License-Identifier: MIT */
/* inf/check.h - what is wrong with an INF that can be read, in the manner of InfVerif.
 *
 * A rule is a row of a table: a code, a name, how grave it is in each mode, and a remedy. A finding
 * is a rule with a line and what was found there. Codes and levels are those that the documentation
 * of InfVerif gives; rules that it has and this table has not are not checked.
 */
#pragma once

#include "inf/inf.h"

enum inf_check_mode {
    INF_CHECK_BASIC,       /* does it install at all: without a mode */
    INF_CHECK_DECLARATIVE, /* /k */
    INF_CHECK_UNIVERSAL,   /* /u */
    INF_CHECK_WINDOWS,     /* /w: a package that is isolated */
    INF_CHECK_SIGNATURE,   /* /h: what a signature by Microsoft asks for */
    INF_CHECK_MODES,
};

enum inf_severity { INF_SILENT, INF_WARNING, INF_ERROR };

struct inf_rule {
    uint32_t code;
    const char *name; /* "provider-missing" */
    enum inf_severity severity[INF_CHECK_MODES];
    const char *what;   /* "[Version] has no Provider" */
    const char *remedy; /* what to do about it */
};

struct inf_finding {
    const struct inf_rule *rule;
    enum inf_severity severity; /* in the mode that was asked for */
    uint32_t line;              /* 0: the file as a whole */
    const char *text;           /* of the file's own words; during the report */
};
typedef void inf_report(void *context, const struct inf_finding *finding);

struct inf_check_options {
    enum inf_check_mode mode;
    bool is_template;     /* before stamping: $ARCH$ and an empty DriverVer may stand */
    bool is_included;     /* a file that only others include: no catalog, models, used sections */
    const char *provider; /* only this one is accepted; NULL: any */
};

const struct inf_rule *inf_rule_at(uint32_t index); /* NULL past the end */
const struct inf_rule *inf_rule_find(uint32_t code);

/* Reports findings in the order of their lines. Returns how many were errors. */
uint32_t inf_check(const struct inf *inf, const struct inf_check_options *options,
                   inf_report *report, void *context);
