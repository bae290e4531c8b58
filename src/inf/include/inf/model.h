/* SPDX-License-Identifier: MIT */
/* inf/model.h - which devices an INF serves on a target, and by which install section.
 *
 * Rules of use: fill in a struct inf_target, visit the models or find the best for a device's
 * identifiers, then find its install section and its parts (".Services"). Lower ranks are better.
 */
#pragma once

#include "inf/inf.h"

enum inf_architecture {
    INF_X86,
    INF_IA64,
    INF_AMD64,
    INF_ARM,
    INF_ARM64,
};

/* The machine that would be installed on. */
struct inf_target {
    enum inf_architecture architecture;
    uint32_t major, minor, build; /* 10, 0, 19045 */
    uint8_t product_type;         /* 1 workstation, 2 domain controller, 3 server */
    uint16_t suite_mask;
};

/* Parsed TargetOSVersion: nt[arch][.major[.minor[.[product][.[suite][.build]]]]] */
struct inf_decoration {
    int architecture; /* enum inf_architecture; -1: every one ("NT"); -2: $ARCH$ of an .inx */
    bool has_major, has_minor, has_product, has_suite, has_build;
    uint32_t major, minor, product_type, suite_mask, build;
};

/* INF_OK, or INF_DAMAGED when the text is no TargetOSVersion. */
int inf_decoration_parse(const char *text, struct inf_decoration *out_decoration);
bool inf_decoration_fits(const struct inf_decoration *decoration, const struct inf_target *target);
/* > 0: a is the closer of two that fit the target. */
int inf_decoration_compare(const struct inf_decoration *a, const struct inf_decoration *b);
const char *inf_architecture_name(enum inf_architecture architecture); /* "amd64" */

struct inf_model {
    const struct inf *inf;
    const struct inf_section *section; /* the models section */
    const struct inf_line *line;
    const char *manufacturer;
    const char *description;
    const char *install;         /* its install section's name, undecorated */
    const struct inf_field *ids; /* [0] is the hardware id (may be ""), then compatible ids */
    uint32_t id_count;
};
typedef int inf_visit_model(void *context, const struct inf_model *model);

/* Every model of every manufacturer, from the models section that fits the target best.
 * Errors:  what visit answers; INF_DAMAGED with *out_error for malformed [Manufacturer] lines
 * Doc:     "INF Manufacturer Section", "INF Models Section"
 */
int inf_models_visit(const struct inf *inf, const struct inf_target *target, inf_visit_model *visit,
                     void *context, struct inf_error *out_error);
/* Every models section that [Manufacturer] names, whatever the target. decoration "" for the plain
 * name; section NULL when the file has none of that name. */
typedef int inf_visit_models(void *context, const struct inf_line *manufacturer,
                             const char *decoration, const struct inf_section *section);
int inf_manufacturers_visit(const struct inf *inf, inf_visit_models *visit, void *context,
                            struct inf_error *out_error);

/* An install section: [Name], [Name.NT] or [Name.NTamd64]... */
struct inf_install {
    const char *name;                  /* undecorated */
    const struct inf_section *section; /* the one that exists and is used */
    char actual[INF_NAME_BYTES];       /* its name */
    const char *extension; /* its decoration with the dot, in actual: ".NTamd64" or "" */
};

/* Errors:  INF_ABSENT: no section of that name serves the target
 * Doc:     "Creating INF Files for Multiple Platforms and Operating Systems" */
int inf_install_find(const struct inf *inf, const char *name, const struct inf_target *target,
                     struct inf_install *out_install);
/* [Name.NTamd64.Services]; for part ".HW" and the like. NULL: there is none. A part's decoration
 * is the install section's own. */
const struct inf_section *inf_install_part(const struct inf *inf, const struct inf_install *install,
                                           const char *part);
/* All documented parts (".Services", ".HW"...): NULL past the end. */
const char *inf_install_part_name(uint32_t index);

/* [DefaultInstall], with the target's decoration: a package without devices. */
int inf_default_install_find(const struct inf *inf, const struct inf_target *target,
                             struct inf_install *out_install);

/* Rank 0xSSGGTHHH: signature, feature and identifier score; a smaller number is a better driver.
 * Doc:     "How Windows Ranks Drivers", "Identifier Score", "Feature Score", "Signature Score" */
enum inf_signature {
    INF_SIGNED_INBOX,
    INF_SIGNED_WHQL,
    INF_SIGNED_AUTHENTICODE,
    INF_UNSIGNED,         /* its install section has an .NT decoration */
    INF_UNSIGNED_SUSPECT, /* it has none */
    INF_SIGNATURE_UNKNOWN,
};
#define INF_RANK_NONE       UINT32_C(0xffffffff)
#define INF_FEATURE_DEFAULT 0xff
#define INF_ID_SCORE_MAX    UINT32_C(0x3fff)

uint32_t inf_rank(enum inf_signature signature, uint8_t feature, uint32_t identifier_score);
uint32_t inf_signature_score(enum inf_signature signature);
/* Trusted ones rank alike: the package's date and version decide between them. */
bool inf_signature_is_trusted(enum inf_signature signature);
/* A device's identifiers as the bus reported them, most specific first, against a model's.
 * out_id (may be NULL) becomes the model's matching identifier. INF_RANK_NONE: no match. */
uint32_t inf_identifier_score(const struct inf_model *model, const char *const *hardware_ids,
                              uint32_t hardware_count, const char *const *compatible_ids,
                              uint32_t compatible_count, const char **out_id);
/* FeatureScore of an install section; INF_FEATURE_DEFAULT without. */
uint8_t inf_feature(const struct inf *inf, const struct inf_install *install);

/* [Version]. Texts "" and numbers 0 where the entry is not there. */
struct inf_version {
    const char *signature; /* $WINDOWS NT$ */
    const char *class_name;
    const char *class_guid; /* {xxxxxxxx-...} */
    const char *provider;
    const char *catalog;      /* CatalogFile.NTamd64 before CatalogFile.NT before CatalogFile */
    const char *extension_id; /* {..}: an extension INF */
    const char *date;         /* as written */
    uint16_t year, month, day;
    uint64_t version;      /* four times 16 bits */
    char version_text[24]; /* w.x.y.z */
    bool is_locked_down;   /* PnpLockdown=1 */
};
/* Errors:  INF_DAMAGED with *out_error: no [Version], wrong signature, malformed DriverVer or GUID
 * Doc:     "INF Version Section", "INF DriverVer Directive" */
int inf_version_read(const struct inf *inf, const struct inf_target *target,
                     struct inf_version *out_version, struct inf_error *out_error);
/* The date and version of an install section's own DriverVer, else those of [Version]. */
int inf_driver_version_parse(const char *date, const char *version,
                             struct inf_version *inout_version);

/* {xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx} into the 16 bytes of a GUID in memory. */
int inf_guid_parse(const char *text, uint8_t out_guid[16]);
