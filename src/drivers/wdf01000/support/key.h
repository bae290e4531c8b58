/* SPDX-License-Identifier: MIT */
/* key.h - registry keys with a handle, and their values as bytes. All: PASSIVE_LEVEL. */
#ifndef WDF01000_KEY_H
#define WDF01000_KEY_H

#include "support_internal.h"

struct fx_key_request {
    struct fx_key *parent; /* NULL: name is a whole path */
    PCUNICODE_STRING name;
    ACCESS_MASK access;
    BOOLEAN is_create;
    ULONG options;          /* of a key to be created */
    PULONG out_disposition; /* may be NULL */
};

/* Opens or creates. Errors: STATUS_INVALID_PARAMETER (name), those of the registry and of
 * fx_object_create */
NTSTATUS fx_key_open(struct fx_globals *globals, const struct fx_key_request *request,
                     PWDF_OBJECT_ATTRIBUTES attributes, struct fx_key **out_key);

/* A value's name, and the caller's IRQL. Errors: STATUS_INVALID_DEVICE_REQUEST (not at
 * PASSIVE_LEVEL), STATUS_INVALID_PARAMETER */
NTSTATUS fx_key_name_check(struct fx_globals *globals, PCUNICODE_STRING name, const char *what);

/* Closes the handle now and deletes the object. */
void fx_key_close(struct fx_key *key);

NTSTATUS fx_key_set(struct fx_key *key, PCUNICODE_STRING name, ULONG type, const void *data,
                    ULONG length_bytes);

/* A value in pool of ours: give it to fx_key_value_free. */
struct fx_key_value {
    PVOID bytes;
    ULONG type;
    ULONG length_bytes;
    PVOID data;
};

NTSTATUS fx_key_get(struct fx_key *key, PCUNICODE_STRING name, struct fx_key_value *out_value);
void fx_key_value_free(struct fx_key_value *value);

/* A value as strings, each a new object of attributes at the end of collection; on error the
 * collection is what it was.
 * Errors: STATUS_OBJECT_TYPE_MISMATCH, STATUS_RESOURCE_DATA_NOT_FOUND (empty) */
NTSTATUS fx_key_get_strings(struct fx_key *key, PCUNICODE_STRING name,
                            PWDF_OBJECT_ATTRIBUTES attributes, struct fx_collection *collection);
/* A value into string. Errors: the same */
NTSTATUS fx_key_get_string(struct fx_key *key, PCUNICODE_STRING name, struct fx_string *string);
/* All strings of collection, as REG_MULTI_SZ. Errors: STATUS_INVALID_PARAMETER: nothing in it, or
 * something that is no string */
NTSTATUS fx_key_set_strings(struct fx_key *key, PCUNICODE_STRING name,
                            struct fx_collection *collection);

#endif
