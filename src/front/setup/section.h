/* SPDX-License-Identifier: MIT */
/* section.h - the sections of an INF carried out by the program that reads it.
 *
 * Each part does what its directives ask for in their documented order and answers a Win32 code;
 * the first entry that fails ends it, what was done stays.
 */
#ifndef SETUP_SECTION_H
#define SETUP_SECTION_H

#include "inf/entry.h"
#include "inf_handle.h"
#include "queue.h"

/* NULL with ERROR_SECTION_NOT_FOUND: there is none of that name. */
const struct inf_section *section_of(const struct inf_handle *handle, const char *name);
/* ERROR_INVALID_DATA and the like of an INF that cannot be understood. */
#define ERROR_GENERAL_SYNTAX          SETUP_ERROR(3)
#define ERROR_BAD_SERVICE_INSTALLSECT SETUP_ERROR(0x217)

/* ---- files: section_files.c ---- */

struct section_files {
    struct inf_handle *handle;
    struct file_queue *queue;
    const char *source; /* the folder that the files come from; NULL: the INF's own */
    DWORD style;        /* SP_COPY_* for all of them */
};
DWORD section_files_queue(const struct section_files *files, const struct inf_section *section);
/* One list, as if a directive of that kind named it. */
DWORD section_list_queue(const struct section_files *files, const struct inf_section *list,
                         enum inf_file_action action);

/* ---- the registry: section_registry.c ---- */

#define SECTION_VALUES 1u /* AddReg and DelReg */
#define SECTION_BITS   2u /* BitReg */
/* relative: what HKR stands for; NULL: it may not be used. */
DWORD section_registry_do(struct inf_handle *handle, const struct inf_section *section,
                          HKEY relative, unsigned parts);

/* ---- services: section_services.c ---- */

/* instance: the device whose driver a service may be; or NULL. flags: SPSVCINST_*, for all. */
DWORD section_services_do(struct inf_handle *handle, const struct inf_section *section, DWORD flags,
                          const wchar_t *instance);

/* A text on the program's heap, where services can read it; "" for NULL. NULL: no memory. */
wchar_t *section_text(const char *text);

#endif
