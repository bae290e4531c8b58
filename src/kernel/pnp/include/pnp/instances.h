/* SPDX-License-Identifier: MIT */
/* pnp/instances.h - devices by name: those that are there, and those that the registry remembers.
 */
#ifndef PNP_INSTANCES_H
#define PNP_INSTANCES_H

#include "pnp/pnp.h"

/* A list of strings in pool (ExFreePool), ended by an empty one. enumerator (NULL or empty: all)
 * is the first part of the names. IRQL: PASSIVE_LEVEL */
NTSTATUS pnp_instances_list(const UNICODE_STRING *enumerator, bool is_with_absent, WCHAR **out_list,
                            ULONG *out_bytes);
/* The registry has its key. */
bool pnp_instance_is_known(const UNICODE_STRING *instance);

#endif
