/* SPDX-License-Identifier: MIT */
/* property.h - between the files of properties: what is asked, and who answers.
 */
#ifndef PNP_PROPERTY_INTERNAL_H
#define PNP_PROPERTY_INTERNAL_H

#include "pnp/property.h"

/* An object whose properties are wanted; borrowed during a call. */
struct property_subject {
    enum pnp_property_object kind;
    const UNICODE_STRING *name;
    void *key;                /* its key of the registry */
    struct device_node *node; /* NULL: not a device, or one that is not there now */
};

/* One that the system knows. */
struct property_builtin {
    const DEVPROPKEY *key;
    DEVPROPTYPE type;
    const WCHAR *value; /* in the object's key; NULL: only asked */
    NTSTATUS (*get)(const struct property_subject *subject, struct pnp_property *out_property);
    bool is_settable;
};
/* The table of a kind of object, and how many. */
const struct property_builtin *property_builtins(enum pnp_property_object kind,
                                                 unsigned *out_count);

/* The registry's value as a property of that type, and the other way. */
NTSTATUS property_value_get(void *key, const WCHAR *value, DEVPROPTYPE type,
                            struct pnp_property *out_property);
NTSTATUS property_value_set(void *key, const WCHAR *value, const struct pnp_property *property);
NTSTATUS property_make(DEVPROPTYPE type, const void *data, ULONG length,
                       struct pnp_property *out_property);
NTSTATUS property_of_string(const UNICODE_STRING *text, struct pnp_property *out_property);
/* Fixed sizes, terminated strings. */
bool property_is_good(const struct pnp_property *property);

/* Anybody's own, below the object's key. */
NTSTATUS property_store_get(void *key, const DEVPROPKEY *which, LCID locale,
                            struct pnp_property *out_property);
NTSTATUS property_store_set(void *key, const DEVPROPKEY *which, LCID locale,
                            const struct pnp_property *property);
NTSTATUS property_store_visit(void *key, NTSTATUS (*visit)(const DEVPROPKEY *which, void *context),
                              void *context);

/* Asked of the device node; STATUS_OBJECT_NAME_NOT_FOUND where it has no answer. */
NTSTATUS property_node_status(const struct property_subject *subject, struct pnp_property *out);
NTSTATUS property_node_problem(const struct property_subject *subject, struct pnp_property *out);
NTSTATUS property_node_problem_status(const struct property_subject *subject,
                                      struct pnp_property *out);
NTSTATUS property_node_has_problem(const struct property_subject *subject,
                                   struct pnp_property *out);
NTSTATUS property_node_is_present(const struct property_subject *subject, struct pnp_property *out);
NTSTATUS property_node_parent(const struct property_subject *subject, struct pnp_property *out);
NTSTATUS property_node_children(const struct property_subject *subject, struct pnp_property *out);
NTSTATUS property_node_siblings(const struct property_subject *subject, struct pnp_property *out);
NTSTATUS property_node_stack(const struct property_subject *subject, struct pnp_property *out);
NTSTATUS property_node_pdo_name(const struct property_subject *subject, struct pnp_property *out);
NTSTATUS property_node_bus_guid(const struct property_subject *subject, struct pnp_property *out);
NTSTATUS property_node_bus_type(const struct property_subject *subject, struct pnp_property *out);
NTSTATUS property_node_bus_number(const struct property_subject *subject, struct pnp_property *out);
NTSTATUS property_node_address(const struct property_subject *subject, struct pnp_property *out);
NTSTATUS property_node_ui_number(const struct property_subject *subject, struct pnp_property *out);
NTSTATUS property_node_capabilities(const struct property_subject *subject,
                                    struct pnp_property *out);
NTSTATUS property_node_removal(const struct property_subject *subject, struct pnp_property *out);
NTSTATUS property_node_arrival(const struct property_subject *subject, struct pnp_property *out);
NTSTATUS property_node_safe_removal(const struct property_subject *subject,
                                    struct pnp_property *out);
NTSTATUS property_node_power(const struct property_subject *subject, struct pnp_property *out);

/* A PnP request to a stack, waited for. parameters: of its stack location; minor and parameters
 * are taken from it. */
NTSTATUS stack_ask(DEVICE_OBJECT *top, const IO_STACK_LOCATION *parameters,
                   ULONG_PTR *out_information);

#endif
