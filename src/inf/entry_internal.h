/* SPDX-License-Identifier: MIT */
/* entry_internal.h - how directives are found: a section's lines with a key, and the sections that
 * their fields name. */
#pragma once

#include "inf/entry.h"
#include "inf_internal.h"

/* A directive's line, with Needs followed. */
int key_visit(const struct inf *inf, const struct inf_section *section, const char *key,
              inf_visit_line *visit, void *context, struct inf_error *out_error);

/* A section that a directive's field names: "AddReg = A, B" visits A and B; directive->inf is the
 * INF that has it. For a field that begins with @ named is NULL, and name the field. */
typedef int visit_named(void *context, const struct inf_place *directive, const char *name,
                        const struct inf_section *named);
int names_visit(const struct inf *inf, const struct inf_section *section, const char *key,
                visit_named *visit, void *context, struct inf_error *out_error);

/* The section that a field names and its INF; *out_section NULL for an empty field and for one that
 * only an included INF can have, when these cannot be asked.
 * INF_DAMAGED and an error when it is not there. */
int field_section(const struct inf_place *place, uint32_t field, const struct inf **out_inf,
                  const struct inf_section **out_section, struct inf_error *out_error);

/* A number that may be left out. */
int field_number(const struct inf_place *place, uint32_t field, int64_t otherwise, int64_t max,
                 int64_t *out_value, struct inf_error *out_error);

/* SDDL of [section.Security], or NULL. */
const char *security_find(const struct inf *inf, const struct inf_section *section);

/* Values as the registry and properties keep them; *out_data is the caller's to free(). */
int data_texts(const struct inf_place *place, uint32_t first, bool is_list, uint8_t **out_data,
               uint32_t *out_length, struct inf_error *out_error);
int data_bytes(const struct inf_place *place, uint32_t first, uint8_t **out_data,
               uint32_t *out_length, struct inf_error *out_error);
int data_number(const struct inf_place *place, uint32_t first, uint32_t width, uint8_t **out_data,
                uint32_t *out_length, struct inf_error *out_error);
