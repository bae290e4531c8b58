/* SPDX-License-Identifier: MIT */
/* check_internal.h - what the checker's files share. */
#pragma once

#include "entry_internal.h"
#include "inf/check.h"

struct check {
    const struct inf *inf;
    const struct inf_check_options *options;
    struct inf_memory memory;
    struct inf_list findings; /* struct inf_finding */
    uint8_t *roles;           /* of each section: bits of enum role */
    bool is_extension;
    bool has_models; /* at least one model */
};

enum role {
    ROLE_USED = 1,
    ROLE_INSTALL = 2,
    ROLE_PART = 4,
    ROLE_REGISTRY = 8,
    ROLE_FILES = 16,
    ROLE_SERVICE = 32,
    ROLE_HARDWARE = 64, /* registry of a .HW section */
};

/* Notes that a rule is broken at a line. */
void note(struct check *check, uint32_t code, uint32_t line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Gives a section a role; true: it did not have it. */
bool role_take(struct check *check, const struct inf_section *section, enum role role);

/* check_version.c */
void check_version(struct check *check);
/* check_models.c: manufacturers, models and default install sections; visits install sections. */
void check_models(struct check *check);
/* check_install.c: an install section and its parts. Returns whether it associates a service. */
bool check_install(struct check *check, const struct inf_section *section);
/* check_entries.c: sections that AddReg, CopyFiles and AddService name. */
void check_registry(struct check *check, const struct inf_section *section, bool is_hardware,
                    const char *directive);
void check_files(struct check *check, const struct inf_section *section);
void check_file(struct check *check, const char *list, const char *target, const char *source,
                uint32_t line);
void check_service(struct check *check, const char *name, const struct inf_section *section,
                   uint32_t flags, uint32_t line);
