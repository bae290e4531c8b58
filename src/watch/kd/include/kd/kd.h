/* SPDX-License-Identifier: MIT */
/* kd.h - what a debugger asks of a running machine: memory, modules, objects, requests.
 *
 * A question is words, an answer JSON. Addresses are strings ("0x4a0000001000"), because JSON's
 * numbers lose bits. Nothing is stopped and nothing is changed: native lists are walked with
 * references or under their locks, everything of a driver's is read with fault-proof copies.
 */
#ifndef KD_KD_H
#define KD_KD_H

#include <cjson/cJSON.h>

/* Answers; the caller frees it. A refusal has "error" (an NTSTATUS) and "text". NULL: out of
 * memory.
 *
 * IRQL:    PASSIVE_LEVEL, on a system thread
 */
cJSON *kd_answer(unsigned count, char **words);

#endif
