/* SPDX-License-Identifier: MIT */
/* pnp/property.h - properties of devices, interfaces and classes, by DEVPROPKEY.
 *
 * Rules of use. PASSIVE_LEVEL. A property is built in (a value of the registry under its old name,
 * or asked of the device node) or anybody's own, kept under Properties\{fmtid}\pid of the object's
 * key. Data given out lie in pool: ExFreePool.
 */
#ifndef PNP_PROPERTY_H
#define PNP_PROPERTY_H

#include "pnp/pnp.h"

enum pnp_property_object {
    PNP_PROPERTY_DEVICE,          /* name: an instance, "ROOT\X\0000" */
    PNP_PROPERTY_INTERFACE,       /* name: a link */
    PNP_PROPERTY_CLASS,           /* name: "{guid}" of a setup class */
    PNP_PROPERTY_INTERFACE_CLASS, /* name: "{guid}" of an interface class */
};

struct pnp_property {
    DEVPROPTYPE type;
    void *data;
    ULONG length; /* bytes */
};
/* Errors: STATUS_OBJECT_NAME_NOT_FOUND no such property; STATUS_NO_SUCH_DEVICE no such object */
NTSTATUS pnp_property_get(enum pnp_property_object kind, const UNICODE_STRING *name,
                          const DEVPROPKEY *key, LCID locale, struct pnp_property *out_property);
/* data NULL: deletes. Every property is persistent.
 * Errors: STATUS_ACCESS_DENIED a built-in one that cannot be set; STATUS_INVALID_PARAMETER type */
NTSTATUS pnp_property_set(enum pnp_property_object kind, const UNICODE_STRING *name,
                          const DEVPROPKEY *key, LCID locale, const struct pnp_property *property);
/* Those that have a value, as an array in pool. */
NTSTATUS pnp_property_keys(enum pnp_property_object kind, const UNICODE_STRING *name,
                           DEVPROPKEY **out_keys, ULONG *out_count);

#endif
