/* SPDX-License-Identifier: MIT */
/* kd_internal.h - the questions, one function each, and how answers are written. */
#ifndef KD_INTERNAL_H
#define KD_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include <cjson/cJSON.h>
#include <ntifs.h>

#include "ob/ob.h"

#define KD_LIST_MAX 4096u /* entries of a list of a driver's that may be broken */

/* ---- answers (kd.c) ---- */

cJSON *kd_refuse(NTSTATUS status, const char *format, ...) __attribute__((format(printf, 2, 3)));
void kd_address(cJSON *object, const char *name, uint64_t address);
void kd_number(cJSON *object, const char *name, double number);
/* Allocated UTF-8 is taken; NULL becomes "". */
void kd_text_take(cJSON *object, const char *name, char *utf8);

/* ---- reading (kd_read.c) ---- */

/* All of it or nothing. */
bool kd_read(const void *from, void *to, size_t bytes);
/* A counted string that may be nonsense; allocated with malloc, NULL: not readable. */
char *kd_string(const UNICODE_STRING *string);
/* \Driver\name of a device's driver, or NULL. */
char *kd_driver_name_of_device(const void *device);

/* ---- objects (kd_object.c) ---- */

/* A live object of a type (NULL: any) with a reference; NULL: there is none at address. */
void *kd_object_get(uint64_t address, const struct object_type *type);
char *kd_object_name(const void *body);

/* ---- questions; word 0 is the question's own name, absent words are NULL ---- */

typedef cJSON *kd_question(char **words);

kd_question kd_target, kd_irql, kd_modules, kd_exports;
kd_question kd_memory;
kd_question kd_find, kd_object, kd_objects, kd_handles;
kd_question kd_drivers, kd_driver, kd_device, kd_stack, kd_file;
kd_question kd_irp, kd_irps;
kd_question kd_processes, kd_process, kd_threads, kd_thread;
kd_question kd_pool, kd_pool_used;
kd_question kd_nodes;

/* What the PnP manager knows of a device: its node, or nothing. */
void kd_node_describe(cJSON *item, DEVICE_OBJECT *device);

#endif
