/* SPDX-License-Identifier: MIT */
/* setup_internal.h - what the files of this room share: errors, registry, files, packages. */
#ifndef SETUP_INTERNAL_H
#define SETUP_INTERNAL_H

#include "inf/entry.h"
#include "inf/model.h"
#include "plan.h"
#include "setup/setup.h"

enum {
    NO_ERROR = 0,
    ERROR_FILE_NOT_FOUND = 2,
    ERROR_OUTOFMEMORY = 14,
    ERROR_WRITE_FAULT = 29,
    ERROR_INVALID_PARAMETER = 87,
    ERROR_INVALID_DATA = 13,
    ERROR_NO_MORE_ITEMS = 259,
    ERROR_BAD_ENVIRONMENT = 10,
};
#define SETUP_ERROR(number)            (0xe0000000u | (number))
#define ERROR_SECTION_NOT_FOUND        SETUP_ERROR(0x101)
#define ERROR_NO_DRIVER_SELECTED       SETUP_ERROR(0x203)
#define ERROR_INVALID_CLASS            SETUP_ERROR(0x206)
#define ERROR_NO_SUCH_DEVINST          SETUP_ERROR(0x20b)
#define ERROR_BAD_SERVICE_INSTALLSECT  SETUP_ERROR(0x217)
#define ERROR_NO_ASSOCIATED_SERVICE    SETUP_ERROR(0x219)
#define ERROR_NO_CATALOG_FOR_OEM_INF   SETUP_ERROR(0x22f)
#define ERROR_NOT_AN_INSTALLED_OEM_INF SETUP_ERROR(0x23c)
#define ERROR_INF_IN_USE_BY_DEVICES    SETUP_ERROR(0x23d)
#define ERROR_TRUST_NOT_ESTABLISHED    SETUP_ERROR(0x242)
#define ERROR_FILE_HASH_NOT_IN_CATALOG SETUP_ERROR(0x24b)
#define ERROR_GENERAL_SYNTAX           SETUP_ERROR(0x003)

#define SETUP_TAG         'petS'
#define PATH_CONTROL_SET  "\\Registry\\Machine\\System\\CurrentControlSet"
#define PATH_ENUM         PATH_CONTROL_SET "\\Enum"
#define PATH_CLASS        PATH_CONTROL_SET "\\Control\\Class"
#define PATH_SERVICES     PATH_CONTROL_SET "\\Services"
#define PATH_STORE        "\\Registry\\Machine\\System\\DriverDatabase"
#define PATH_PACKAGES     PATH_STORE "\\DriverPackages"
#define PATH_INFS         PATH_STORE "\\DriverInfFiles"
#define FOLDER_INF        "C:\\Windows\\INF"
#define FOLDER_REPOSITORY "C:\\Windows\\System32\\DriverStore\\FileRepository"
#define FOLDER_STORE      "C:\\Windows\\System32\\DriverStore"
#define SETUP_PATH_BYTES  1024

extern struct setup_options setup_options; /* set once at start */

void setup_lock(void); /* one installation at a time; no driver is called under it */
void setup_unlock(void);
/* Returns code; the text is kept when there was none before. */
uint32_t setup_fail(struct setup_error *error, uint32_t code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* A line of C:\Windows\INF\setupapi.dev.log, and of the machine's log. */
void setup_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Counts a step; true: it shall fail (or the process has ended). */
bool setup_fault(void);

/* ---- key.c: the registry by UTF-8 paths ------------------------------------------------------ */

NTSTATUS setup_key_open(const char *path, bool create, void **out_key);
bool setup_key_exists(const char *path);
/* malloc'ed; NULL: no such value, or another type. */
char *setup_key_text(const char *path, const char *name);
/* Strings of a REG_MULTI_SZ (or one REG_SZ), NULL at the end; setup_key_list_free. NULL: none. */
char **setup_key_list(const char *path, const char *name);
uint32_t setup_key_number(const char *path, const char *name, uint32_t absent);
/* Names of subkeys; setup_key_list_free. */
char **setup_key_names(const char *path);
void setup_key_list_free(char **list);
void setup_key_value(const char *path, const char *name, uint32_t *out_type, uint8_t **out_data,
                     uint32_t *out_length); /* malloc'ed; NULL: none */
NTSTATUS setup_key_delete_tree(const char *path);
/* The registry's type of a property: its own number with the high half set; kept below
 * Properties\{fmtid}\pid. */
#define PROPERTY_TYPE(type) (0xffff0000u | (type))
/* UTF-16 with a NUL, malloc'ed; NULL: out of memory. */
uint8_t *text_wide(const char *text, uint32_t *out_length);
char *text_of_wide(const void *data, uint32_t length); /* up to its NUL; malloc'ed */
char *text_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* ---- file.c: files of drive C: and of lent folders ------------------------------------------- */

/* Host path of a Windows path whose folder is made when it is not there; malloc'ed. */
char *file_host_path(const char *windows_path, bool make_folders);
uint32_t file_read(const char *host_path, uint8_t **out_bytes, size_t *out_length,
                   struct setup_error *error);
uint32_t file_write(const char *host_path, const void *bytes, size_t length,
                    struct setup_error *error);
uint32_t file_copy(const char *from_host, const char *to_host, struct setup_error *error);
bool file_is_there(const char *host_path);
void file_tree_remove(const char *host_path);
/* Names in a folder, sorted; setup_key_list_free. */
char **file_names(const char *host_path);

/* ---- store.c -----------------------------------------------------------------------------------
 */

/* A package of the store with its parsed INF; lives until store_unload or its deletion. */
struct package {
    struct package *next;
    struct setup_package abi;
    char *host_folder; /* abi.folder on the host */
    struct inf *inf;
    struct inf_version version;
};
/* Under the lock: every package of the store, in the order of their numbers. */
struct package *store_first(void);
struct package *store_find(const char *published);
uint32_t store_add(const struct setup_source *source, struct package **out_package,
                   struct setup_error *error);
uint32_t store_remove(struct package *package, struct setup_error *error);
void store_unload(void);
/* Folders and oemN.inf that no key knows. */
void store_sweep(void);
const struct inf_target *store_target(void); /* this machine */
/* Parses with the DIRIDs of a package whose folder is folder. */
uint32_t package_parse(const uint8_t *bytes, size_t length, const char *name, const char *folder,
                       struct inf **out_inf, struct setup_error *error);
/* Every file the package is made of, once: name below its folder; is_needed: some section copies
 * it. */
typedef int package_file_visit(void *context, const char *path, bool is_needed, uint32_t line);
uint32_t package_files(const struct inf *inf, package_file_visit *visit, void *context,
                       struct setup_error *error);

/* ---- check.c -----------------------------------------------------------------------------------
 */

/* The first half of an import: everything that can be said before anything is changed. */
uint32_t package_check(const struct inf *inf, const struct inf_version *version,
                       const struct setup_source *source, struct setup_error *error);

/* ---- match.c -----------------------------------------------------------------------------------
 */

struct match {
    struct package *package;
    struct inf_model model;
    struct inf_install install;
    const char *matching_id;
    uint32_t rank;
};
struct match_list {
    struct match *matches;
    size_t count, room;
    bool is_short;
};
/* Drivers for a device's identifiers, best first; extension: those of extension INFs instead, of
 * each extension only the best. only: NULL, or the package that is asked alone. */
void match_find(char **hardware_ids, char **compatible_ids, bool extension,
                const struct package *only, struct match_list *out_list);
void match_fini(struct match_list *list);
/* < 0: a is the better driver: rank, then date, then version. */
int match_compare(const struct match *a, const struct match *b);

/* ---- device.c: what an installation on a device changes
 * ------------------------------------------ */

/* Adds all that the match's install section does to the device to the plan. base: NULL for the
 * driver itself; an extension is planned after its base driver. */
uint32_t device_plan(struct plan *plan, const char *instance, const struct match *match,
                     const char *software_key, bool is_extension, struct setup_error *error);
/* "{guid}\0003" for a device, its own if it has one of that class. malloc'ed. */
char *device_software_key(const char *instance, const char *class_guid);
uint32_t class_plan(struct plan *plan, const struct package *package, struct setup_error *error);
/* The documented description of a system's class by its GUID ("{…}"), or NULL. */
const char *class_system_description(const char *guid);

/* Parts of a section, each to where HKR and files lead. */
uint32_t registry_plan(struct plan *plan, const struct inf *inf, const struct inf_section *section,
                       const char *relative_root, const char *device_key,
                       struct setup_error *error);
uint32_t files_plan(struct plan *plan, const struct package *package,
                    const struct inf_section *section, struct setup_error *error);
/* out_service: the device's function driver, "" for none; unchanged when no line says it. */
uint32_t services_plan(struct plan *plan, const struct package *package,
                       const struct inf_section *section, char *out_service, size_t size,
                       struct setup_error *error);
uint32_t filters_plan(struct plan *plan, const char *device_key, const struct inf *inf,
                      const struct inf_section *section, struct setup_error *error);
uint32_t interfaces_plan(struct plan *plan, const char *instance, const struct inf *inf,
                         const struct inf_section *section, struct setup_error *error);
uint32_t properties_plan(struct plan *plan, const char *object_key, const struct inf *inf,
                         const struct inf_section *section, struct setup_error *error);
uint32_t events_plan(struct plan *plan, const struct inf *inf, const struct inf_section *section,
                     struct setup_error *error);
uint32_t wdf_plan(struct plan *plan, const char *device_key, const struct inf *inf,
                  const struct inf_section *section, struct setup_error *error);
uint32_t log_config_plan(struct plan *plan, const char *device_key, const struct inf *inf,
                         const struct inf_section *section, bool is_override,
                         struct setup_error *error);

#endif
