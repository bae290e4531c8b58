/* SPDX-License-Identifier: MIT */
/* package_trust.c - who vouches for the files of a package: its catalog, and that they are what it
 * lists.
 *
 * Trusted is what ends with a certificate of the file that COVE_ROOTS names (PEM); other signatures
 * are test signatures. Signatures inside of images are only looked at for images that were changed.
 */
#include "package.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "catalog.h"
#include "image_signature.h"
#include "inf/entry.h"
#include "inf_file.h"

struct look {
    const char *folder;
    const struct catalog *catalog; /* NULL: no signed one */
    struct package_trust *trust;
};

static int problem(struct package_trust *trust, const char *file, const char *what)
{
    trust->signature = PACKAGE_BAD;
    snprintf(trust->problem, sizeof trust->problem, "%.200s %s", file, what);
    return 1;
}

/* Is the file what the catalog lists, and an image what its own signature says? */
static int file_look(const struct look *look, const char *name, const char *path)
{
    struct pe_image image;
    struct pe_error error;
    size_t length;
    int result = 0;
    uint8_t *bytes = inf_file_read("package", path, &length);
    if (!bytes)
        return problem(look->trust, name, "cannot be read");
    if (look->catalog && !catalog_find(look->catalog, bytes, length))
        result = problem(look->trust, name, "is not in the catalog, or was changed after it");
    if (result == 0 && pe_parse(bytes, length, &image, &error) == PE_OK) {
        struct image_signature signature;
        image_signature_read(&image, bytes, length, &signature);
        if (signature.state >= SIGNATURE_TEST &&
            !(signature.is_hash_right && signature.is_signature_right))
            result = problem(look->trust, name, "was changed after it was signed");
    }
    free(bytes);
    return result;
}

static int on_source(void *context, const struct inf_file *file)
{
    const struct look *look = context;
    char below[PATH_MAX], path[PATH_MAX];
    snprintf(below, sizeof below, "%s\\%s", file->source_subdir, file->source);
    if (!inf_file_find(look->folder, below, path, sizeof path))
        return 0; /* copying it will say so */
    return file_look(look, file->source, path);
}

/* The catalog's own signature. Nonzero: it is bad. */
static int catalog_look(const uint8_t *bytes, size_t length, const char *name,
                        const struct catalog *catalog, struct package_trust *trust)
{
    if (catalog->state == CATALOG_UNREADABLE)
        return problem(trust, name, catalog->problem);
    if (catalog->state == CATALOG_UNSIGNED)
        return 0;
    if (!catalog->is_signature_right)
        return problem(trust, name, "was changed after it was signed");
    snprintf(trust->signer, sizeof trust->signer, "%s", catalog->signer);
    trust->signature =
        catalog_is_trusted(bytes, length, getenv("COVE_ROOTS")) ? PACKAGE_TRUSTED : PACKAGE_TEST;
    return 0;
}

static void inf_look(const struct inf *inf, const char *inf_path, struct look *look)
{
    static const struct inf_target target = {INF_AMD64, 10, 0, 99999, 1, 0x100};
    struct inf_version version;
    struct inf_error error;
    struct catalog catalog = {0};
    char path[PATH_MAX];
    size_t length;
    uint8_t *bytes = NULL;
    int result = 0;
    if (inf_version_read(inf, &target, &version, &error))
        return; /* installing it will say so */
    if (*version.catalog && inf_file_find(look->folder, version.catalog, path, sizeof path))
        bytes = inf_file_read("package", path, &length);
    if (bytes) {
        (void)catalog_read(bytes, length, &catalog);
        result = catalog_look(bytes, length, version.catalog, &catalog, look->trust);
        if (look->trust->signature != PACKAGE_UNSIGNED)
            look->catalog = &catalog;
    }
    if (result == 0)
        result = file_look(look, strrchr(inf_path, '/') + 1, inf_path);
    if (result == 0)
        (void)inf_source_files_visit(inf, &target, on_source, look, &error);
    catalog_fini(&catalog);
    free(bytes);
}

void package_trust_read(const char *inf_path, struct package_trust *out_trust)
{
    char folder[PATH_MAX];
    struct look look = {.folder = folder, .trust = out_trust};
    struct inf_error error;
    struct inf *inf;
    size_t length;
    *out_trust = (struct package_trust){.signature = PACKAGE_UNSIGNED};
    snprintf(folder, sizeof folder, "%s", inf_path);
    char *slash = strrchr(folder, '/');
    uint8_t *bytes = slash ? inf_file_read("package", inf_path, &length) : NULL;
    if (!bytes)
        return;
    slash[slash == folder] = 0;
    if (inf_file_parse(inf_path, bytes, length, NULL, &inf, &error) == INF_OK) {
        inf_look(inf, inf_path, &look);
        inf_destroy(inf);
    }
    free(bytes);
    inf_file_close();
}
