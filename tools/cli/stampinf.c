/* SPDX-License-Identifier: MIT */
/* stampinf.c - `cove stampinf`: an .inx template made an INF, with the words of Microsoft's tool.
 *
 * What is not given comes from the environment variables that the tool documents, or is now.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli.h"
#include "inf/stamp.h"
#include "inf_file.h"
#include "options.h"

static const char usage[] =
    "usage: cove stampinf IN.inx OUT.inf [OPTIONS]\n"
    "       cove stampinf -f FILE [OPTIONS]      the file itself is changed\n"
    "\n"
    "  -a [ARCH]      for $ARCH$: x86, x64 or amd64, 64 or ia64, arm, arm64; else the variable\n"
    "                 Platform, else amd64\n"
    "  -c CATALOG     CatalogFile=\n"
    "  -d [DATE|*]    date of DriverVer, mm/dd/yyyy; * or nothing: today, or STAMPINF_DATE\n"
    "  -v [VERSION|*] version of DriverVer, w.x.y.z; *: the time, h.m.s.ms; nothing:\n"
    "                 STAMPINF_VERSION, or what ntverp.h says\n"
    "  -s SECTION     where DriverVer is written; else Version\n"
    "  -k VERSION     KMDF version, 1.15, for $KMDFVERSION$ and $KMDFCOINSTALLERVERSION$\n"
    "  -u VERSION     UMDF version, 2.15.0, for $UMDFVERSION$ and $UMDFCOINSTALLERVERSION$\n"
    "  -i FOLDER      where ntverp.h is\n"
    "  -n             say what is written\n"
    "With PRIVATE_DRIVER_PACKAGE set, date and version are now, and the catalog is delta.cat\n"
    "unless -c names another.\n";

struct stampinf {
    const char *in, *out;
    const char *architecture, *date, *version, *include;
    struct inf_stamp stamp;
    bool is_verbose;
};

static const char *environment(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

/* An option's word, which may be left out. */
static const char *word_take(int argc, char **argv, int *inout_at)
{
    if (*inout_at + 1 >= argc || argv[*inout_at + 1][0] == '-')
        return NULL;
    return argv[++*inout_at];
}

static int options_read(struct stampinf *run, int argc, char **argv)
{
    for (int at = 1; at < argc; at++) {
        const char *option = argv[at];
        bool is_option = option[0] == '-' && option[1] && !option[2];
        if (!is_option) {
            if (run->out)
                return options_usage(usage);
            *(run->in ? &run->out : &run->in) = option;
            continue;
        }
        const char *word = option[1] == 'n' ? NULL : word_take(argc, argv, &at);
        bool needs_word = strchr("fcskui", option[1]) != NULL;
        if (needs_word && !word)
            return fprintf(stderr, "cove stampinf: %s needs a word behind it\n", option),
                   EXIT_USAGE;
        switch (option[1]) {
        case 'f':
            run->in = run->out = word;
            break;
        case 'a':
            run->architecture = word;
            break;
        case 'c':
            run->stamp.catalog = word;
            break;
        case 'd':
            run->date = word;
            break;
        case 'v':
            run->version = word;
            break;
        case 's':
            run->stamp.section = word;
            break;
        case 'k':
            run->stamp.kmdf = word;
            break;
        case 'u':
            run->stamp.umdf = word;
            break;
        case 'i':
            run->include = word;
            break;
        case 'n':
            run->is_verbose = true;
            break;
        default:
            return options_usage(usage);
        }
    }
    return run->in && run->out ? 0 : options_usage(usage);
}

static void architecture_choose(struct stampinf *run)
{
    static const struct {
        const char *word, *architecture;
    } words[] = {{"x64", "amd64"}, {"64", "ia64"}, {"Win32", "x86"}};
    const char *word = run->architecture ? run->architecture : environment("Platform");
    run->stamp.architecture = word ? word : "amd64";
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (inf_same(run->stamp.architecture, words[i].word))
            run->stamp.architecture = words[i].architecture;
}

/* "#define VER_PRODUCTBUILD 22621": the number behind a name; 0 when it is not there. */
static unsigned define_find(const char *text, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = text; (at = strstr(at, name)) != NULL; at += length) {
        char end = at[length];
        if ((end == ' ' || end == '\t') && at > text && (at[-1] == ' ' || at[-1] == '\t'))
            return (unsigned)strtoul(at + length, NULL, 0);
    }
    return 0;
}

/* What ntverp.h says; the system's own version where it cannot be read. */
static int version_read(const struct stampinf *run, char *text, size_t room)
{
    char path[4096];
    size_t length;
    if (!run->include) {
        snprintf(text, room, "10.0.22621.0");
        return 0;
    }
    snprintf(path, sizeof path, "%s/ntverp.h", run->include);
    uint8_t *bytes = inf_file_read("stampinf", path, &length);
    if (!bytes)
        return EXIT_FAILED;
    bytes[length ? length - 1 : 0] = 0;
    const char *source = (const char *)bytes;
    snprintf(text, room, "%u.%u.%u.%u", define_find(source, "VER_PRODUCTMAJORVERSION"),
             define_find(source, "VER_PRODUCTMINORVERSION"),
             define_find(source, "VER_PRODUCTBUILD"), define_find(source, "VER_PRODUCTBUILD_QFE"));
    free(bytes);
    return 0;
}

static int date_and_version(struct stampinf *run, char *date, char *version, size_t room)
{
    struct timespec now;
    struct tm day;
    bool is_private = environment("PRIVATE_DRIVER_PACKAGE") != NULL;
    clock_gettime(CLOCK_REALTIME, &now);
    localtime_r(&now.tv_sec, &day);
    strftime(date, room, "%m/%d/%Y", &day);
    run->stamp.date = date;
    if (!is_private && run->date && strcmp(run->date, "*") != 0)
        run->stamp.date = run->date;
    else if (!is_private && !run->date && environment("STAMPINF_DATE"))
        run->stamp.date = environment("STAMPINF_DATE");
    run->stamp.version = version;
    if (is_private || (run->version && strcmp(run->version, "*") == 0)) {
        snprintf(version, room, "%d.%d.%d.%ld", day.tm_hour, day.tm_min, day.tm_sec,
                 now.tv_nsec / 1000000);
        if (is_private && !run->stamp.catalog)
            run->stamp.catalog = "delta.cat";
        return 0;
    }
    if (run->version)
        run->stamp.version = run->version;
    else if (environment("STAMPINF_VERSION"))
        run->stamp.version = environment("STAMPINF_VERSION");
    else
        return version_read(run, version, room);
    return 0;
}

static int file_write(const char *path, const uint8_t *bytes, size_t length)
{
    FILE *file = fopen(path, "wb");
    bool is_written = file && fwrite(bytes, 1, length, file) == length;
    if (file && fclose(file))
        is_written = false;
    if (!is_written)
        fprintf(stderr, "cove stampinf: %s: %s\n", path, strerror(errno));
    return is_written ? 0 : EXIT_FAILED;
}

int cli_stampinf(int argc, char **argv)
{
    struct stampinf run = {0};
    struct inf_error error = {0};
    char date[64], version[64];
    uint8_t *stamped = NULL;
    size_t length, stamped_length;
    if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        fputs(usage, stdout);
        return 0;
    }
    int code = options_read(&run, argc, argv);
    if (code)
        return code;
    architecture_choose(&run);
    code = date_and_version(&run, date, version, sizeof date);
    uint8_t *bytes = code ? NULL : inf_file_read("stampinf", run.in, &length);
    if (!bytes)
        return EXIT_FAILED;
    if (inf_stamp(bytes, length, run.in, &run.stamp, &stamped, &stamped_length, &error)) {
        fprintf(stderr, "cove stampinf: %s\n", error.text);
        code = EXIT_FAILED;
    } else {
        code = file_write(run.out, stamped, stamped_length);
    }
    if (code == 0 && run.is_verbose)
        printf("%s: $ARCH$ %s, DriverVer=%s,%s, catalog %s\n", run.out, run.stamp.architecture,
               run.stamp.date, run.stamp.version,
               run.stamp.catalog ? run.stamp.catalog : "as it was");
    free(stamped);
    free(bytes);
    return code;
}
