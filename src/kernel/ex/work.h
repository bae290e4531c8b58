/* SPDX-License-Identifier: MIT */
/* work.h - how urgent a work item is, for the room's files. */
#ifndef EX_WORK_H
#define EX_WORK_H

#include "ex/ex.h"

enum work_urgency {
    WORK_NATIVE, /* routine is ours, not a driver's */
    WORK_HYPER_CRITICAL,
    WORK_CRITICAL,
    WORK_DELAYED,
    WORK_URGENCIES
};

/* IRQL <= DISPATCH_LEVEL. */
void work_insert(WORK_QUEUE_ITEM *item, enum work_urgency urgency);

#endif
