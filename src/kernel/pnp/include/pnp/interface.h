/* SPDX-License-Identifier: MIT */
/* pnp/interface.h - device interfaces: names under which programs find a device by what it can do.
 *
 * Rules of use. PASSIVE_LEVEL. A link is "\??\ROOT#X#0000#{class}", with "\reference" behind it
 * for an interface with a reference string; the kernel's form, programs say "\\?\". Both are
 * understood. Interfaces are kept in Control\DeviceClasses; which are enabled is memory's.
 * Strings given out are freed by RtlFreeUnicodeString, lists by ExFreePool.
 */
#ifndef PNP_INTERFACE_H
#define PNP_INTERFACE_H

#include "pnp/pnp.h"

/* Also for a device that is not there now (a program's installation).
 * Errors:  STATUS_OBJECT_NAME_EXISTS (success): it was registered already */
NTSTATUS pnp_interface_register(const UNICODE_STRING *instance, const GUID *class_guid,
                                const UNICODE_STRING *reference, UNICODE_STRING *out_link);
/* Errors: STATUS_OBJECT_NAME_EXISTS (success) enabled already; STATUS_OBJECT_NAME_NOT_FOUND */
NTSTATUS pnp_interface_enable(const UNICODE_STRING *link, bool is_enabled);
/* The links of a class (NULL: all), of a device (NULL: all), as a list of strings. */
NTSTATUS pnp_interface_list(const GUID *class_guid, const UNICODE_STRING *instance,
                            bool is_with_disabled, WCHAR **out_list, ULONG *out_bytes);
NTSTATUS pnp_interface_alias(const UNICODE_STRING *link, const GUID *class_guid,
                             UNICODE_STRING *out_link);
/* Takes it out of the registry; an enabled one is disabled first. */
NTSTATUS pnp_interface_delete(const UNICODE_STRING *link);
bool pnp_interface_is_enabled(const UNICODE_STRING *link);
/* The key of an interface instance, or its subkey "Device Parameters"; a cm key object. */
NTSTATUS pnp_interface_key_open(const UNICODE_STRING *link, bool is_parameters, ACCESS_MASK access,
                                void **out_key);

struct pnp_interface {
    GUID class_guid;
    UNICODE_STRING instance;  /* the device's */
    UNICODE_STRING reference; /* empty: none */
};
/* What a link says; its strings are freed by pnp_interface_release.
 * Errors: STATUS_INVALID_PARAMETER not a link; STATUS_OBJECT_NAME_NOT_FOUND not registered */
NTSTATUS pnp_interface_find(const UNICODE_STRING *link, struct pnp_interface *out_interface);
void pnp_interface_release(struct pnp_interface *interface);

#endif
