/* SPDX-License-Identifier: MIT */
/* inf2cat.c - `cove inf2cat`: the catalog of a package's files, unsigned; and what one lists.
 *
 * What goes into it is catalog_package.c's.
 */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "catalog.h"
#include "cli.h"
#include "inf/entry.h"
#include "inf_file.h"
#include "options.h"

static const char usage[] =
    "usage: cove inf2cat [--os SYSTEMS] FOLDER...       (or /driver:FOLDER /os:SYSTEMS)\n"
    "       cove inf2cat --show FILE.cat [FILE...]\n"
    "\n"
    "Makes the catalog that each INF in the folder names, of the INF and the files that its\n"
    "[SourceDisksFiles] lists; sign it with `osslsigncode sign -in x.cat ...`.\n"
    "SYSTEMS are words of Inf2Cat between commas, 10_X64 without: 7_X64, 8_X86, 10_ARM64...\n"
    "--show prints who signed a catalog and what it lists; files behind it must be listed.\n";

/* ---- systems ------------------------------------------------------------------------------- */

static const struct {
    const char *word;
    const char *version; /* of OSAttr */
} systems[] = {
    {"VISTA_", "2:6.0"},        {"7_", "2:6.1"},           {"8_", "2:6.2"},
    {"6_3_", "2:6.3"},          {"10_", "2:10.0"},         {"SERVER2008_", "2:6.0"},
    {"SERVER2008R2_", "2:6.1"}, {"SERVER8_", "2:6.2"},     {"SERVER6_3_", "2:6.3"},
    {"SERVER10_", "2:10.0"},    {"SERVER2016_", "2:10.0"}, {"SERVER2019_", "2:10.0"},
    {"SERVER2022_", "2:10.0"},
};

/* "10_X64": EXIT_USAGE for an unknown one, which has been said. */
static int system_parse(const char *word, struct inf_target *out_target, char *inout_os,
                        size_t room)
{
    static const struct {
        const char *word;
        enum inf_architecture architecture;
    } architectures[] = {
        {"X86", INF_X86}, {"X64", INF_AMD64}, {"ARM64", INF_ARM64}, {"ARM", INF_ARM}};
    for (size_t i = 0; i < sizeof systems / sizeof systems[0]; i++) {
        size_t length = strlen(systems[i].word);
        if (strncasecmp(word, systems[i].word, length) != 0)
            continue;
        const char *rest = word + length;
        for (const char *at; (at = strchr(rest, '_')) != NULL;) /* 10_RS5_X64, 10_VB_X64 */
            rest = at + 1;
        for (size_t k = 0; k < sizeof architectures / sizeof architectures[0]; k++) {
            if (strcasecmp(rest, architectures[k].word) != 0)
                continue;
            unsigned major = 0, minor = 0;
            sscanf(systems[i].version, "2:%u.%u", &major, &minor);
            *out_target =
                (struct inf_target){architectures[k].architecture, major, minor, 99999, 1, 0x100};
            if (!strstr(inout_os, systems[i].version))
                snprintf(inout_os + strlen(inout_os), room - strlen(inout_os), "%s%s",
                         *inout_os ? "," : "", systems[i].version);
            return 0;
        }
    }
    fprintf(stderr, "cove inf2cat: \"%s\" is no system; write 10_X64 or the like\n", word);
    return EXIT_USAGE;
}

/* ---- a folder's packages -------------------------------------------------------------------- */

static int inf_catalog(const char *folder, const char *inf_path, const struct inf_target *targets,
                       unsigned target_count, const char *os)
{
    char path[PATH_MAX], problem[800] = "";
    struct package_catalog made = {.os = os,
                                   .targets = targets,
                                   .target_count = target_count,
                                   .needs_name = true,
                                   .needs_all = true};
    if (package_catalog_make(inf_path, &made, problem, sizeof problem)) {
        if (*problem)
            fprintf(stderr, "cove inf2cat: %s\n", problem);
        return EXIT_FAILED;
    }
    snprintf(path, sizeof path, "%s/%s", folder, made.name);
    FILE *file = fopen(path, "wb");
    bool is_written = file && fwrite(made.bytes, 1, made.length, file) == made.length;
    if (file && fclose(file))
        is_written = false;
    free(made.bytes);
    if (!is_written)
        return fprintf(stderr, "cove inf2cat: %s: %s\n", path, strerror(errno)), EXIT_FAILED;
    printf("%s: %u files\n", path, made.file_count);
    return 0;
}

static int folder_catalogs(const char *folder, const struct inf_target *targets,
                           unsigned target_count, const char *os)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, NULL, alphasort), code = 0, found = 0;
    if (count < 0)
        return fprintf(stderr, "cove inf2cat: %s: %s\n", folder, strerror(errno)), EXIT_FAILED;
    for (int i = 0; i < count; i++) {
        char path[PATH_MAX];
        size_t length = strlen(entries[i]->d_name);
        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        if (length > 4 && strcasecmp(entries[i]->d_name + length - 4, ".inf") == 0) {
            found++;
            if (inf_catalog(folder, path, targets, target_count, os))
                code = EXIT_FAILED;
        }
        free(entries[i]);
    }
    free(entries);
    if (!found) {
        fprintf(stderr, "cove inf2cat: %s has no INF file\n", folder);
        code = EXIT_FAILED;
    }
    return code;
}

/* ---- showing ------------------------------------------------------------------------------- */

static int show(int argc, char **argv)
{
    static const char *const states[] = {"unreadable", "not signed", "test signed", "signed"};
    struct catalog catalog;
    size_t length;
    uint8_t *bytes = inf_file_read("inf2cat", argv[0], &length);
    if (!bytes)
        return EXIT_FAILED;
    int code = catalog_read(bytes, length, &catalog);
    free(bytes);
    if (code) {
        fprintf(stderr, "cove inf2cat: %s: %s\n", argv[0], catalog.problem);
        catalog_fini(&catalog);
        return code;
    }
    printf("%s: %s%s%s%s\n", argv[0], states[catalog.state], *catalog.signer ? " by " : "",
           catalog.signer,
           catalog.state >= CATALOG_TEST && !catalog.is_signature_right
               ? ", but the list was changed afterwards"
               : "");
    for (unsigned i = 0; i < catalog.member_count; i++) {
        for (unsigned k = 0; k < catalog.members[i].digest_length; k++)
            printf("%s%02x", k ? "" : "  ", catalog.members[i].digest[k]);
        printf(" %s\n", catalog.members[i].file);
    }
    if (catalog.state >= CATALOG_TEST && !catalog.is_signature_right)
        code = EXIT_FAILED;
    for (int i = 1; i < argc; i++) {
        bytes = inf_file_read("inf2cat", argv[i], &length);
        bool is_listed = bytes && catalog_find(&catalog, bytes, length);
        printf("%s: %s\n", argv[i], is_listed ? "listed" : "not listed, or changed");
        code = is_listed ? code : EXIT_FAILED;
        free(bytes);
    }
    catalog_fini(&catalog);
    return code;
}

int cli_inf2cat(int argc, char **argv)
{
    struct inf_target targets[16];
    unsigned target_count = 0, folder_count = 0;
    char os[128] = "", words[512] = "10_X64", *rest = words;
    const char *folders[64];
    if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        fputs(usage, stdout);
        return 0;
    }
    if (argc > 2 && strcmp(argv[1], "--show") == 0)
        return show(argc - 2, argv + 2);
    for (int at = 1; at < argc; at++) {
        if (strcmp(argv[at], "--os") == 0 && at + 1 < argc)
            snprintf(words, sizeof words, "%s", argv[++at]);
        else if (strncasecmp(argv[at], "/os:", 4) == 0)
            snprintf(words, sizeof words, "%s", argv[at] + 4);
        else if (strncasecmp(argv[at], "/driver:", 8) == 0 && folder_count < 64)
            folders[folder_count++] = argv[at] + 8;
        else if (argv[at][0] != '-' && folder_count < 64)
            folders[folder_count++] = argv[at];
        else
            return options_usage(usage);
    }
    for (char *word; (word = strsep(&rest, ",")) != NULL;)
        if (target_count == 16 || system_parse(word, &targets[target_count++], os, sizeof os))
            return EXIT_USAGE;
    if (folder_count == 0)
        return options_usage(usage);
    int code = 0;
    for (unsigned i = 0; i < folder_count; i++)
        if (folder_catalogs(folders[i], targets, target_count, os))
            code = EXIT_FAILED;
    inf_file_close();
    return code;
}
