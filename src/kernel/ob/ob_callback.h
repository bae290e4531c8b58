/* SPDX-License-Identifier: MIT */
/* ob_callback.h - drivers that watch handles being made; for handle.c only. */
#ifndef OB_OB_CALLBACK_H
#define OB_OB_CALLBACK_H

#include "ob/ob.h"

typedef NTSTATUS handle_create_fn(struct handle_table *table, void *body, ACCESS_MASK granted,
                                  ULONG attributes, HANDLE *out_handle);

void object_callbacks_init(void);
/* Makes a handle through create, with the drivers' routines before and after it. */
NTSTATUS ob_callback_create(struct handle_table *table, void *body, ACCESS_MASK granted,
                            ULONG attributes, handle_create_fn *create, HANDLE *out_handle);
/* The same for a handle that copies another. */
NTSTATUS ob_callback_duplicate(struct handle_table *table, void *source_process, void *body,
                               ACCESS_MASK granted, ULONG attributes, handle_create_fn *create,
                               HANDLE *out_handle);

NTSTATUS ob_callback_register(const OB_CALLBACK_REGISTRATION *registration, PVOID *out_handle);
void ob_callback_unregister(PVOID handle);

#endif
