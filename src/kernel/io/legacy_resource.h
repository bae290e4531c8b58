/* SPDX-License-Identifier: MIT */
/* legacy_resource.h - claims on hardware resources by drivers that detect devices themselves.
 */
#ifndef IO_LEGACY_RESOURCE_H
#define IO_LEGACY_RESOURCE_H

#include "io_internal.h"

/* list NULL or empty: owner's claim is taken back. overrides: claimed in spite of a conflict. */
NTSTATUS legacy_resource_claim(const void *owner, const CM_RESOURCE_LIST *list, ULONG length,
                               bool overrides, bool *out_conflicts);
/* Chooses from the first alternative that is free as a whole, and claims it. Gives pool. */
NTSTATUS legacy_resource_assign(const void *owner, const IO_RESOURCE_REQUIREMENTS_LIST *wanted,
                                CM_RESOURCE_LIST **out_list);
void legacy_resource_forget(const void *owner);

#endif
