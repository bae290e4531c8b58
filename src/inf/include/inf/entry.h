/* SPDX-License-Identifier: MIT */
/* inf/entry.h - the entries of an install section and its parts, decoded.
 *
 * Each visit follows Include and Needs, decodes one kind of directive, and hands out entries in the
 * order in which they are carried out. What an entry points to lives as long as the INF, except
 * what says "during the visit". Every visit: nonzero from visit stops and is the answer;
 * INF_DAMAGED with *out_error when an entry cannot be understood.
 */
#pragma once

#include "inf/model.h"

/* Registry values. */
#define INF_REG_NONE      0u
#define INF_REG_SZ        1u
#define INF_REG_EXPAND_SZ 2u
#define INF_REG_BINARY    3u
#define INF_REG_DWORD     4u
#define INF_REG_MULTI_SZ  7u
#define INF_REG_QWORD     11u

/* AddReg, DelReg and BitReg flags, as documented. */
#define INF_ADDREG_BINVALUETYPE       0x00000001u
#define INF_ADDREG_NOCLOBBER          0x00000002u
#define INF_ADDREG_DELVAL             0x00000004u
#define INF_ADDREG_APPEND             0x00000008u
#define INF_ADDREG_KEYONLY            0x00000010u
#define INF_ADDREG_OVERWRITEONLY      0x00000020u
#define INF_ADDREG_64BITKEY           0x00001000u
#define INF_ADDREG_KEYONLY_COMMON     0x00002000u
#define INF_ADDREG_32BITKEY           0x00004000u
#define INF_ADDREG_DELREG_BIT         0x00008000u
#define INF_DELREG_OPERATION_MASK     0x000000feu
#define INF_DELREG_MULTI_SZ_DELSTRING 0x00018002u

enum inf_registry_action {
    INF_REGISTRY_SET,    /* create the key and set the value */
    INF_REGISTRY_KEY,    /* only create the key */
    INF_REGISTRY_APPEND, /* add strings that are not there to a REG_MULTI_SZ */
    INF_REGISTRY_DELETE_VALUE,
    INF_REGISTRY_DELETE_KEY,    /* with its subkeys */
    INF_REGISTRY_DELETE_STRING, /* of a REG_MULTI_SZ */
    INF_REGISTRY_BITS_SET,      /* bit_mask in byte bit_byte */
    INF_REGISTRY_BITS_CLEAR,
};

struct inf_registry {
    struct inf_place place;
    enum inf_registry_action action;
    const char *root;    /* "HKR", "HKLM", "HKCR", "HKCU", "HKU" */
    const char *subkey;  /* "" for the root itself */
    const char *name;    /* "" for the default value */
    uint32_t flags;      /* as written */
    uint32_t type;       /* INF_REG_... */
    const uint8_t *data; /* as the registry keeps it: texts UTF-16 with NULs; during the visit */
    uint32_t data_length;
    bool if_absent;  /* FLG_ADDREG_NOCLOBBER */
    bool if_present; /* FLG_ADDREG_OVERWRITEONLY */
    uint8_t bit_mask, bit_byte;
    const char *security; /* SDDL of [add-registry-section.Security], or NULL */
};
typedef int inf_visit_registry(void *context, const struct inf_registry *entry);
/* DelReg, AddReg and BitReg of a section, in that order. */
int inf_registry_visit(const struct inf *inf, const struct inf_section *section,
                       inf_visit_registry *visit, void *context, struct inf_error *out_error);

#define INF_COPY_WARN_IF_SKIP         0x00000001u
#define INF_COPY_NOSKIP               0x00000002u
#define INF_COPY_NOVERSIONCHECK       0x00000004u
#define INF_COPY_FORCE_FILE_IN_USE    0x00000008u
#define INF_COPY_NO_OVERWRITE         0x00000010u
#define INF_COPY_NO_VERSION_DIALOG    0x00000020u
#define INF_COPY_OVERWRITE_OLDER_ONLY 0x00000040u
#define INF_COPY_PROTECTED_FILE       0x00000080u
#define INF_COPY_REPLACEONLY          0x00000400u
#define INF_COPY_NODECOMP             0x00000800u
#define INF_COPY_REPLACE_BOOT_FILE    0x00001000u
#define INF_COPY_NOPRUNE              0x00002000u
#define INF_COPY_IN_USE_TRY_RENAME    0x00004000u

enum inf_file_action { INF_FILE_COPY, INF_FILE_DELETE, INF_FILE_RENAME };

/* A file of CopyFiles, DelFiles or RenFiles. */
struct inf_file {
    struct inf_place place;
    enum inf_file_action action;
    const char *target;        /* name at its destination */
    const char *source;        /* name in the package; the old name for a rename */
    uint32_t flags;            /* INF_COPY_... */
    uint32_t dirid;            /* destination; INF_DIRID_ABSOLUTE: subdir is a whole path */
    const char *subdir;        /* below the DIRID, "" for none */
    const char *source_subdir; /* of [SourceDisksFiles] and [SourceDisksNames]; during the visit */
    uint32_t disk;             /* 0: [SourceDisksFiles] does not know the file */
    const char *security;
};
typedef int inf_visit_file(void *context, const struct inf_file *file);
/* DelFiles, RenFiles and CopyFiles of a section, in that order. */
int inf_files_visit(const struct inf *inf, const struct inf_section *section,
                    const struct inf_target *target, inf_visit_file *visit, void *context,
                    struct inf_error *out_error);
/* The lines of one list of files, for a directive that would name it. */
int inf_file_list_visit(const struct inf *inf, const struct inf_section *list,
                        enum inf_file_action action, const struct inf_target *target,
                        inf_visit_file *visit, void *context, struct inf_error *out_error);
/* Every file that [SourceDisksFiles] lists for the target: what a package is made of. */
int inf_source_files_visit(const struct inf *inf, const struct inf_target *target,
                           inf_visit_file *visit, void *context, struct inf_error *out_error);

#define INF_SERVICE_TAG_TO_FRONT      0x00000001u
#define INF_SERVICE_ASSOCIATE         0x00000002u /* it is the device's function driver */
#define INF_SERVICE_DELETE_EVENTLOG   0x00000004u /* DelService */
#define INF_SERVICE_KEEP_DISPLAY_NAME 0x00000008u /* KEEP: when the service is there already */
#define INF_SERVICE_KEEP_START        0x00000010u
#define INF_SERVICE_KEEP_ERROR        0x00000020u
#define INF_SERVICE_KEEP_GROUP        0x00000040u
#define INF_SERVICE_KEEP_DEPENDENCIES 0x00000080u
#define INF_SERVICE_KEEP_DESCRIPTION  0x00000100u
#define INF_SERVICE_STOP              0x00000200u /* DelService */
#define INF_SERVICE_REPLACE_SECURITY  0x00000400u
#define INF_SERVICE_START             0x00000800u
#define INF_SERVICE_KEEP_PRIVILEGES   0x00001000u
#define INF_SERVICE_KEEP_TRIGGERS     0x00002000u
#define INF_SERVICE_KEEP_SID_TYPE     0x00004000u
#define INF_SERVICE_KEEP_DELAYED      0x00008000u
#define INF_SERVICE_KEEP_FAILURES     0x00020000u
#define INF_SERVICE_KEEP_BOOT_FLAGS   0x00040000u

/* AddService or, with is_delete, DelService. */
struct inf_service {
    struct inf_place place;
    bool is_delete;
    const char *name; /* "" with INF_SERVICE_ASSOCIATE: a device without a function driver */
    uint32_t flags;
    const struct inf *inf;             /* whose section it is */
    const struct inf_section *section; /* the service's own; NULL for deletes and names without */
    const char *event_log_name;        /* "" : System */
    const char *event_name;            /* "" : the service's */
    const struct inf_section *event_section; /* in inf; AddReg relative to the log's key */
    const char *display_name, *description, *binary, *start_name, *load_order_group;
    uint32_t type, start, error_control;
    const char *security;                 /* SDDL or "" */
    const struct inf_field *dependencies; /* of one line */
    uint32_t dependency_count;
    uint32_t boot_flags; /* 0 without; other entries (AddTrigger...) stand in section */
};
typedef int inf_visit_service(void *context, const struct inf_service *service);
/* A .Services section (DelService first). Its section's AddReg: inf_registry_visit(section). */
int inf_services_visit(const struct inf *inf, const struct inf_section *section,
                       inf_visit_service *visit, void *context, struct inf_error *out_error);

/* AddFilter of a .Filters section. */
struct inf_filter {
    struct inf_place place;
    const char *service;
    uint32_t flags;
    bool is_upper;     /* FilterPosition = Upper or Lower */
    const char *level; /* FilterLevel, "" without */
};
typedef int inf_visit_filter(void *context, const struct inf_filter *filter);
int inf_filters_visit(const struct inf *inf, const struct inf_section *section,
                      inf_visit_filter *visit, void *context, struct inf_error *out_error);

/* AddInterface of a .Interfaces section. */
struct inf_interface {
    struct inf_place place;
    const char *guid;
    const char *reference; /* "" without */
    uint32_t flags;
    const struct inf *inf;
    const struct inf_section *section; /* its AddReg and AddProperty; NULL without */
};
typedef int inf_visit_interface(void *context, const struct inf_interface *interface);
int inf_interfaces_visit(const struct inf *inf, const struct inf_section *section,
                         inf_visit_interface *visit, void *context, struct inf_error *out_error);

/* AddProperty and DelProperty of an install, interface or class section. */
struct inf_property {
    struct inf_place place;
    bool is_delete;
    const char *name;  /* "DeviceModel" where the line names one; else NULL */
    bool has_key;      /* fmtid and pid are known: not for the container's properties */
    uint8_t fmtid[16]; /* as in memory */
    uint32_t pid;
    uint32_t type; /* DEVPROP_TYPE_... */
    uint32_t flags;
    const uint8_t *data; /* as the property keeps it; during the visit */
    uint32_t data_length;
};
typedef int inf_visit_property(void *context, const struct inf_property *property);
int inf_properties_visit(const struct inf *inf, const struct inf_section *section,
                         inf_visit_property *visit, void *context, struct inf_error *out_error);

/* AddEventProvider of a .Events section. */
struct inf_event_provider {
    struct inf_place place;
    const char *guid;
    const char *name, *resource_file, *message_file, *parameter_file;
    const struct inf *inf;
    const struct inf_section *section;
};
typedef int inf_visit_event_provider(void *context, const struct inf_event_provider *provider);
int inf_event_providers_visit(const struct inf *inf, const struct inf_section *section,
                              inf_visit_event_provider *visit, void *context,
                              struct inf_error *out_error);

/* One place that a LogConfig offers for a resource: fixed or a range it may be put in. */
enum inf_resource_kind { INF_RESOURCE_IO, INF_RESOURCE_MEMORY, INF_RESOURCE_IRQ, INF_RESOURCE_DMA };
struct inf_resource {
    struct inf_place place;
    uint32_t config;   /* number of the configuration it belongs to, from 0 */
    uint32_t priority; /* LCPRI_... of ConfigPriority */
    enum inf_resource_kind kind;
    uint32_t entry;       /* number of its line in the configuration: one place of each is taken */
    uint64_t first, last; /* of all the bytes that it may take */
    uint64_t length, alignment;
    uint64_t decode_mask;   /* I/O: 0x3ff, 0xfff, 0xffff or 0; ~0 without */
    const char *attributes; /* letters before a colon or in brackets; during the visit */
};
typedef int inf_visit_resource(void *context, const struct inf_resource *resource);
/* LogConfig of an install section, or a .LogConfigOverride section. */
int inf_log_configs_visit(const struct inf *inf, const struct inf_section *section,
                          inf_visit_resource *visit, void *context, struct inf_error *out_error);

/* AddComponent, AddSoftware and others whose section is data: the directive's fields as they are
 * and the section that one of them names. */
struct inf_directive {
    struct inf_place place;
    const char *name;                  /* "AddSoftware" */
    const struct inf *inf;             /* whose section it is */
    const struct inf_section *section; /* of its last field but for empty ones; NULL: none */
};
typedef int inf_visit_directive(void *context, const struct inf_directive *directive);
int inf_directives_visit(const struct inf *inf, const struct inf_section *section, const char *name,
                         inf_visit_directive *visit, void *context, struct inf_error *out_error);
