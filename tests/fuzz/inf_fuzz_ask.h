/* SPDX-License-Identifier: MIT */
/* inf_fuzz_ask.h - every question that an installation asks an INF, asked at once. */
#pragma once

#include "inf/inf.h"

struct inf_answers {
    uint64_t models, files, registry, services, others;
    uint64_t refused;       /* questions that were answered with an error */
    bool is_installable;    /* a model or a default install section serves the target */
    struct inf_error first; /* of them */
};

/* Asks for an amd64, an x86 and an arm64 target. refuse is called for every error. */
void inf_ask(const struct inf *inf, struct inf_answers *out_answers,
             void (*refuse)(const struct inf_error *));
