/* SPDX-License-Identifier: MIT */
/* plan.h - what an installation will change: made by the checks, carried out by commit.c.
 *
 * A plan is filled by functions that only read. Out of memory is remembered in it and found when
 * it is carried out, so filling needs no checks.
 */
#ifndef SETUP_PLAN_H
#define SETUP_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "setup/setup.h"

enum plan_kind {
    PLAN_SET,
    PLAN_KEY, /* the key is there */
    PLAN_APPEND,
    PLAN_DELETE_VALUE,
    PLAN_DELETE_KEY, /* with its subkeys */
    PLAN_DELETE_STRING,
    PLAN_BITS_SET,
    PLAN_BITS_CLEAR,
    PLAN_SECURITY, /* of the key; data is a self-relative descriptor */
};

struct plan_step {
    enum plan_kind kind;
    char *path, *name; /* "\Registry\…", "" for the default value */
    uint32_t type, length;
    uint8_t *data;
    bool if_absent, if_present;
    uint8_t bit_mask, bit_byte;
};

enum plan_file_kind { PLAN_COPY, PLAN_DELETE, PLAN_RENAME };

struct plan_file {
    enum plan_file_kind kind;
    char *from; /* a path of the host; for PLAN_RENAME a Windows path */
    char *to;   /* a Windows path */
    bool if_absent, if_present;
    char *temporary; /* commit.c's */
};

struct plan {
    struct plan_step *steps;
    size_t step_count, step_room;
    struct plan_file *files;
    size_t file_count, file_room;
    bool is_short; /* of memory */
};

/* Takes nothing; data is copied. The step that was added, to be completed, or NULL. */
struct plan_step *plan_step_add(struct plan *plan, enum plan_kind kind, const char *path,
                                const char *name);
void plan_data(struct plan *plan, struct plan_step *step, uint32_t type, const void *data,
               uint32_t length);
void plan_number(struct plan *plan, const char *path, const char *name, uint32_t value);
void plan_text(struct plan *plan, const char *path, const char *name, uint32_t type,
               const char *text);
void plan_list(struct plan *plan, const char *path, const char *name, const char *const *texts,
               uint32_t count);
void plan_copy(struct plan *plan, const char *from, const char *to);
void plan_fini(struct plan *plan);

/* Carries a plan out: files first, under temporary names; then the registry, in one batch; then
 * the files take their names. It is whole or nothing of it is left, whenever the process ends.
 * The caller holds the installation lock. */
uint32_t plan_commit(struct plan *plan, struct setup_error *error);
/* The three parts, for a caller that has a batch open. plan_prepare: files under temporary names;
 * plan_apply: the registry; plan_finish: after the batch is on disk; plan_abandon: instead of it,
 * undoes what plan_prepare and plan_apply did. */
struct undo;
uint32_t plan_prepare(struct plan *plan, struct setup_error *error);
uint32_t plan_apply(struct plan *plan, struct undo **out_undo, struct setup_error *error);
void plan_finish(struct plan *plan, struct undo *undo);
void plan_abandon(struct plan *plan, struct undo *undo);
/* At boot: finishes or sweeps what plan_prepare had begun. */
void plan_recover(void);

#endif
