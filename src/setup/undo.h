/* SPDX-License-Identifier: MIT */
/* undo.h - registry changes that remember what was there before. */
#ifndef SETUP_UNDO_H
#define SETUP_UNDO_H

#include "plan.h"

struct undo;
struct undo *undo_create(void); /* NULL: out of memory */
/* Carries one step out. On failure the step itself has changed nothing. */
NTSTATUS undo_step(struct undo *undo, const struct plan_step *step);
/* Puts back everything that undo_step changed, newest first. */
void undo_all(struct undo *undo);
void undo_destroy(struct undo *undo);

#endif
