/* SPDX-License-Identifier: MIT */
/* store.c - the driver store: packages on drive C: and the keys that name them.
 *
 * A package is a folder of FileRepository, a copy of its INF under the name oemN.inf, and a key
 * below DriverDatabase; the key is what counts. Its INF is parsed once and kept. All under the
 * installation lock.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "host/files.h"
#include "inbox.h"
#include "setup_internal.h"

static struct package *packages; /* guarded by the installation lock */
static bool is_loaded;

static void package_destroy(struct package *package)
{
    if (!package)
        return;
    inf_destroy(package->inf);
    free(package->host_folder);
    free(package);
}

void store_unload(void)
{
    while (packages) {
        struct package *next = packages->next;
        package_destroy(packages);
        packages = next;
    }
    is_loaded = false;
    inbox_unload();
}

static unsigned published_number(const char *published)
{
    unsigned number = 0;
    return sscanf(published, "oem%u.inf", &number) == 1 ? number : ~0u;
}

static void package_insert(struct package *package)
{
    struct package **at = &packages;
    while (*at && published_number((*at)->abi.published) < published_number(package->abi.published))
        at = &(*at)->next;
    package->next = *at;
    *at = package;
}

static void text_copy(char *out, size_t size, const char *text)
{
    snprintf(out, size, "%s", text ? text : "");
}

static void text_load(const char *path, const char *name, char *out, size_t size)
{
    char *text = setup_key_text(path, name);
    text_copy(out, size, text);
    free(text);
}

/* What a parsed INF says of the package. */
static uint32_t package_describe(struct package *package, struct setup_error *error)
{
    struct inf_error why;
    struct inf_install install;
    struct setup_package *abi = &package->abi;
    const struct inf_version *version = &package->version;
    if (inf_version_read(package->inf, store_target(), &package->version, &why) != INF_OK)
        return setup_fail(error, ERROR_GENERAL_SYNTAX, "%s", why.text);
    text_copy(abi->provider, sizeof abi->provider, version->provider);
    text_copy(abi->class_name, sizeof abi->class_name, version->class_name);
    text_copy(abi->class_guid, sizeof abi->class_guid, version->class_guid);
    text_copy(abi->extension_id, sizeof abi->extension_id, version->extension_id);
    if (!*abi->catalog)
        text_copy(abi->catalog, sizeof abi->catalog, version->catalog);
    text_copy(abi->version, sizeof abi->version, version->version_text);
    if (version->year)
        snprintf(abi->date, sizeof abi->date, "%02u/%02u/%04u", version->month % 100u,
                 version->day % 100u, version->year % 10000u);
    abi->is_primitive = inf_default_install_find(package->inf, store_target(), &install) == INF_OK;
    return NO_ERROR;
}

/* In: abi with published, original, folder, signature. Parses the INF that lies in the folder. */
static uint32_t package_load(const struct setup_package *abi, struct package **out_package,
                             struct setup_error *error)
{
    struct package *package = calloc(1, sizeof *package);
    uint8_t *bytes = NULL;
    size_t length = 0;
    char *path = NULL;
    uint32_t result = ERROR_OUTOFMEMORY;
    if (!package)
        goto out;
    package->abi = *abi;
    package->host_folder = file_host_path(abi->folder, false);
    path = package->host_folder ? text_format("%s/%s", package->host_folder, abi->original) : NULL;
    if (!path)
        goto out;
    result = file_read(path, &bytes, &length, error);
    if (!result)
        result = package_parse(bytes, length, abi->published, abi->folder, &package->inf, error);
    if (!result)
        result = package_describe(package, error);
out:
    free(path);
    free(bytes);
    if (result) {
        package_destroy(package);
        return setup_fail(error, result, "%s: out of memory", abi->published);
    }
    *out_package = package;
    return NO_ERROR;
}

static void store_load(void)
{
    char **names = setup_key_names(PATH_INFS);
    for (size_t i = 0; names && names[i]; i++) {
        struct setup_package abi = {0};
        struct setup_error error = {0};
        struct package *package;
        char *path = text_format("%s\\%s", PATH_INFS, names[i]);
        char *folder = path ? setup_key_text(path, "Active") : NULL;
        free(path);
        path = folder ? text_format("%s\\%s", PATH_PACKAGES, folder) : NULL;
        if (path) {
            text_copy(abi.published, sizeof abi.published, names[i]);
            snprintf(abi.folder, sizeof abi.folder, "%s\\%s", FOLDER_REPOSITORY, folder);
            text_load(path, "OriginalName", abi.original, sizeof abi.original);
            text_load(path, "SignerName", abi.signer, sizeof abi.signer);
            text_load(path, "Catalog", abi.catalog, sizeof abi.catalog);
            abi.signature =
                (enum setup_signature)setup_key_number(path, "SignerState", SETUP_UNSIGNED);
            if (!package_load(&abi, &package, &error))
                package_insert(package);
        }
        free(path);
        free(folder);
    }
    setup_key_list_free(names);
    is_loaded = true;
}

struct package *store_first(void)
{
    if (!is_loaded)
        store_load();
    return packages;
}

struct package *store_find(const char *published)
{
    struct package *package = store_first();
    while (package && strcasecmp(package->abi.published, published))
        package = package->next;
    return package;
}

/* ---- adding ------------------------------------------------------------------------------------
 */

struct adding {
    const struct setup_source *source;
    struct setup_error *error;
    char *source_folder; /* on the host */
    const char *folder;  /* in the store; NULL while files are only looked at */
    struct plan *plan;
    uint64_t hash;
};

static void hash_add(struct adding *adding, const void *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        adding->hash = (adding->hash ^ ((const uint8_t *)bytes)[i]) * 0x100000001b3ull;
}

/* "sub\x.sys" below a folder of the host, in whatever case its names are written there. */
static char *source_path(const char *folder, const char *path)
{
    char *at = strdup(folder), *copy = strdup(path), *rest;
    for (char *part = copy ? strtok_r(copy, "\\/", &rest) : NULL; part && at;
         part = strtok_r(NULL, "\\/", &rest)) {
        char *next = text_format("%s/%s", at, part);
        if (next && !file_is_there(next)) {
            char **names = file_names(at);
            for (size_t i = 0; names && names[i]; i++) {
                if (strcasecmp(names[i], part))
                    continue;
                free(next);
                next = text_format("%s/%s", at, names[i]);
                break;
            }
            setup_key_list_free(names);
        }
        free(at);
        at = next;
    }
    free(copy);
    return at;
}

static int file_look(void *context, const char *path, bool is_needed, uint32_t line)
{
    struct adding *adding = context;
    char *from = source_path(adding->source_folder, path);
    uint8_t *bytes = NULL;
    size_t length = 0;
    struct setup_error unused = {.code = 1};
    const char *base = strrchr(adding->source->inf_path, '/');
    if (!from || file_read(from, &bytes, &length, &unused)) {
        free(from);
        if (!is_needed) {
            setup_note("     %s is listed in line %u but nothing copies it: left out", path, line);
            return 0;
        }
        setup_fail(adding->error, ERROR_FILE_NOT_FOUND,
                   "%s:%u: the package has no file %s in %s; put it there, or take it out of the "
                   "INF",
                   base ? base + 1 : adding->source->inf_path, line, path, adding->source_folder);
        return 1;
    }
    hash_add(adding, path, strlen(path));
    hash_add(adding, bytes, length);
    if (adding->folder) {
        char *to = text_format("%s\\%s", adding->folder, path);
        if (to)
            plan_copy(adding->plan, from, to);
        else
            adding->plan->is_short = true;
        free(to);
    }
    free(bytes);
    free(from);
    return 0;
}

static uint32_t signature_allows(const struct setup_source *source, const char *name,
                                 struct setup_error *error)
{
    if (setup_options.signing == SETUP_SIGNING_OFF)
        return NO_ERROR;
    if (source->signature == SETUP_SIGNATURE_BAD)
        return setup_fail(error, ERROR_FILE_HASH_NOT_IN_CATALOG,
                          "%s: a file of the package is not what was signed%s%s; sign it again",
                          name, *source->signer ? ": " : "", source->signer);
    bool is_test = setup_options.signing == SETUP_SIGNING_TEST;
    if (source->signature == SETUP_SIGNED_TRUSTED ||
        (is_test && source->signature == SETUP_SIGNED_TEST))
        return NO_ERROR;
    error->wants_test = is_test;
    if (is_test)
        return setup_fail(error, ERROR_NO_CATALOG_FOR_OEM_INF,
                          "%s: the package is not signed; test signing wants a catalog "
                          "(CatalogFile, cove inf2cat) with a test signature, or boot with "
                          "--signing off",
                          name);
    if (source->signature == SETUP_UNSIGNED)
        return setup_fail(error, ERROR_NO_CATALOG_FOR_OEM_INF,
                          "%s: the package is not signed, and this machine is not in test-signing "
                          "mode; sign its catalog, or boot with --signing test",
                          name);
    return setup_fail(error, ERROR_TRUST_NOT_ESTABLISHED,
                      "%s: nobody vouches for \"%s\", who signed the package; boot with --signing "
                      "test, or trust the certificate",
                      name, source->signer);
}

static void keys_plan(struct plan *plan, const struct setup_package *abi, const char *folder)
{
    char *path = text_format("%s\\%s", PATH_PACKAGES, folder),
         *published = text_format("%s\\%s", PATH_INFS, abi->published);
    if (path && published) {
        plan_text(plan, path, "", REG_SZ, abi->published);
        plan_text(plan, path, "OriginalName", REG_SZ, abi->original);
        plan_text(plan, path, "Provider", REG_SZ, abi->provider);
        plan_text(plan, path, "SignerName", REG_SZ, abi->signer);
        plan_text(plan, path, "Catalog", REG_SZ, abi->catalog);
        plan_number(plan, path, "SignerState", abi->signature);
        plan_text(plan, published, "Active", REG_SZ, folder);
    } else {
        plan->is_short = true;
    }
    free(path);
    free(published);
}

static void published_choose(char *out, size_t size)
{
    unsigned number = 0;
    for (const struct package *package = store_first(); package; package = package->next)
        if (published_number(package->abi.published) == number)
            number++;
    snprintf(out, size, "oem%u.inf", number);
}

/* The store's own copy of everything, and the keys; then it is in the list. */
static uint32_t package_stage(struct adding *adding, struct package *found,
                              const struct setup_package *abi, const char *folder_name,
                              struct package **out_package)
{
    struct plan plan = {0};
    adding->plan = &plan;
    adding->folder = abi->folder;
    uint32_t result = package_files(found->inf, file_look, adding, adding->error);
    char *inf_copy = text_format("%s\\%s", FOLDER_INF, abi->published),
         *inf_store = text_format("%s\\%s", abi->folder, abi->original);
    if (!result && inf_copy && inf_store) {
        plan_copy(&plan, adding->source->inf_path, inf_store);
        plan_copy(&plan, adding->source->inf_path, inf_copy);
    } else {
        plan.is_short = true;
    }
    const char *own = adding->source->catalog_path;
    char *catalog = own             ? strdup(own)
                    : *abi->catalog ? source_path(adding->source_folder, abi->catalog)
                                    : NULL;
    if (catalog && file_is_there(catalog)) {
        char *to = text_format("%s\\%s", abi->folder, abi->catalog);
        if (to)
            plan_copy(&plan, catalog, to);
        free(to);
    }
    keys_plan(&plan, abi, folder_name);
    if (!result)
        result = plan_commit(&plan, adding->error);
    if (!result)
        result = package_load(abi, out_package, adding->error);
    if (!result)
        package_insert(*out_package);
    free(catalog);
    free(inf_copy);
    free(inf_store);
    plan_fini(&plan);
    return result;
}

static struct package *package_of_folder(const char *folder)
{
    struct package *package = store_first();
    while (package && strcasecmp(package->abi.folder, folder))
        package = package->next;
    return package;
}

/* Nobody has looked at a program's package, but Windows would not take one without a catalog. */
static struct setup_source source_see(const struct setup_source *source, const char *folder,
                                      const char *catalog)
{
    struct setup_source seen = *source;
    char *path = source->is_unseen && *catalog ? source_path(folder, catalog) : NULL;
    if (path && file_is_there(path))
        seen.signature = SETUP_SIGNED_TEST;
    free(path);
    return seen;
}

/* Its INF's catalog, or one of the INF's name. */
static void catalog_name(const struct setup_source *source, const struct setup_package *found,
                         struct setup_package *abi)
{
    text_copy(abi->catalog, sizeof abi->catalog, found->catalog);
    char *dot = strrchr(abi->original, '.');
    if (source->catalog_path && !*abi->catalog)
        snprintf(abi->catalog, sizeof abi->catalog, "%.*s.cat",
                 (int)(dot ? dot - abi->original : 100), abi->original);
}

uint32_t store_add(const struct setup_source *given, struct package **out_package,
                   struct setup_error *error)
{
    struct setup_source seen = *given;
    const struct setup_source *source = &seen;
    const char *base = strrchr(source->inf_path, '/');
    if (!setup_options.drive_folder || !base || !base[1])
        return setup_fail(
            error, ERROR_INVALID_PARAMETER,
            "%s: this machine has no drive C: to keep packages on, or the path is not "
            "absolute",
            source->inf_path);
    struct adding adding = {.source = source, .error = error, .hash = 0xcbf29ce484222325ull};
    struct package found = {0};
    struct setup_package abi = {0};
    char name[300];
    uint8_t *bytes = NULL;
    size_t length;
    uint32_t result = file_read(source->inf_path, &bytes, &length, error);
    if (!result)
        result = package_parse(bytes, length, base + 1, "", &found.inf, error);
    if (!result)
        result = package_describe(&found, error);
    if (!result)
        result = package_check(found.inf, &found.version, source, error);
    adding.source_folder = strndup(source->inf_path, (size_t)(base - source->inf_path));
    if (!result && adding.source_folder)
        seen = source_see(given, adding.source_folder, found.abi.catalog);
    if (!result)
        result = signature_allows(source, base + 1, error);
    if (result)
        goto out;
    abi.signature = source->signature;
    hash_add(&adding, bytes, length);
    result = adding.source_folder ? package_files(found.inf, file_look, &adding, error)
                                  : setup_fail(error, ERROR_OUTOFMEMORY, "out of memory");
    if (result)
        goto out;
    text_copy(abi.original, sizeof abi.original, base + 1);
    for (char *at = abi.original; *at; at++)
        *at |= *at >= 'A' && *at <= 'Z' ? 0x20 : 0;
    snprintf(name, sizeof name, "%s_amd64_%016llx", abi.original, (unsigned long long)adding.hash);
    snprintf(abi.folder, sizeof abi.folder, "%s\\%s", FOLDER_REPOSITORY, name);
    *out_package = package_of_folder(abi.folder);
    if (*out_package) {
        (*out_package)->abi.was_there = true;
        goto out;
    }
    text_copy(abi.signer, sizeof abi.signer, source->signer);
    catalog_name(source, &found.abi, &abi);
    text_copy(abi.provider, sizeof abi.provider, found.abi.provider);
    published_choose(abi.published, sizeof abi.published);
    result = package_stage(&adding, &found, &abi, name, out_package);
    if (!result)
        setup_note(">>>  driver package %s (%s) is in the store as %s", abi.original,
                   source->inf_path, abi.published);
out:
    inf_destroy(found.inf);
    free(adding.source_folder);
    free(bytes);
    return result;
}

/* ---- removing -------------------------------------------------------------------------------- */

uint32_t store_remove(struct package *package, struct setup_error *error)
{
    struct plan plan = {0};
    const char *folder = strrchr(package->abi.folder, '\\') + 1;
    char *path = text_format("%s\\%s", PATH_PACKAGES, folder),
         *published = text_format("%s\\%s", PATH_INFS, package->abi.published),
         *copy = text_format("%s\\%s", FOLDER_INF, package->abi.published);
    if (path && published && copy) {
        plan_step_add(&plan, PLAN_DELETE_KEY, path, NULL);
        plan_step_add(&plan, PLAN_DELETE_KEY, published, NULL);
    } else {
        plan.is_short = true;
    }
    uint32_t result = plan_commit(&plan, error);
    plan_fini(&plan);
    if (!result) {
        /* What is left when the process ends here is swept at the next boot. */
        char *host_copy = file_host_path(copy, false);
        if (host_copy)
            host_file_remove(host_copy, false);
        free(host_copy);
        file_tree_remove(package->host_folder);
        setup_note("<<<  driver package %s (%s) left the store", package->abi.published,
                   package->abi.original);
        struct package **at = &packages;
        while (*at != package)
            at = &(*at)->next;
        *at = package->next;
        package_destroy(package);
    }
    free(path);
    free(published);
    free(copy);
    return result;
}

static void folder_sweep(const char *folder, const char *keys, bool is_inf)
{
    char *host = file_host_path(folder, false);
    char **names = host ? file_names(host) : NULL;
    for (size_t i = 0; names && names[i]; i++) {
        char *key = text_format("%s\\%s", keys, names[i]),
             *path = text_format("%s/%s", host, names[i]);
        bool is_ours = !is_inf || published_number(names[i]) != ~0u;
        if (key && path && is_ours && !setup_key_exists(key)) {
            setup_note("     %s\\%s belongs to no package: swept", folder, names[i]);
            file_tree_remove(path);
        }
        free(key);
        free(path);
    }
    setup_key_list_free(names);
    free(host);
}

void store_sweep(void)
{
    folder_sweep(FOLDER_REPOSITORY, PATH_PACKAGES, false);
    folder_sweep(FOLDER_INF, PATH_INFS, true);
}
