/* SPDX-License-Identifier: MIT */
/* run.h - one run of `cove run`, and the same run on several versions of Windows. */
#ifndef CLI_RUN_H
#define CLI_RUN_H

#include <stdbool.h>
#include <stdint.h>

#define RUN_DRIVERS_MAX 64

struct run_request {
    unsigned processors;
    uint32_t windows_build;   /* 0: the default */
    uint64_t fail_allocation; /* the n-th fails; 0: none */
    unsigned signing;         /* enum client_signing */
    bool is_quiet, is_json;
    char **drivers;
    int driver_count;
    char **program; /* argv, or NULL */
};

struct run_report {
    bool is_loaded;
    int exit_code;
    char text[512]; /* the first error; empty: none */
};

/* Boots a machine, loads, runs, shuts down. Returns the exit code, which is in the report too. */
int run_once(const struct run_request *request, struct run_report *out_report);

/* "all", or a list with a comma. */
bool run_names_several(const char *windows);
/* The run once for each version of the list, a row each. Returns the command's exit code. */
int run_versions(const struct run_request *request, const char *windows);

#endif
