/* SPDX-License-Identifier: MIT */
/* ddi_frame.c - the head of each thread's chain of calls that drivers have made.
 *
 * Entry thunks link and unlink frames here; nothing else writes it but code that
 * resumes a driver in the middle of a chain.
 */
#include "callout/ddi_frame.h"

#include <stddef.h>

/* Owner thread only. */
__thread struct ddi_frame *ddi_top = NULL;
