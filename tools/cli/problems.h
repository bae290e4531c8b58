/* SPDX-License-Identifier: MIT */
/* problems.h - why a device does not work, by number. */
#ifndef CLI_PROBLEMS_H
#define CLI_PROBLEMS_H

const char *problem_name(unsigned problem); /* "CM_PROB_FAILED_START"; "unknown" */

#endif
