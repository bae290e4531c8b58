/* SPDX-License-Identifier: MIT */
/* new.c - `cove new`: a driver project from a template.
 *
 * In: a template's name and the project's; out: a folder with sources, INF, program, README and
 * Makefile. A template is a folder of files below share/cove/templates that works as it is, under
 * the name Skeleton; here that name, in three spellings, and the GUID of its interface become the
 * project's own. Everything is looked at before the first file is written.
 */
#include "new.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include <sys/random.h>
#include <sys/stat.h>

#include "cli.h"
#include "options.h"

static const char usage[] =
    "usage: cove new TEMPLATE NAME [FOLDER]\n"
    "\n"
    "Starts a driver project: a folder (NAME, if no other is given) with sources, an INF, a\n"
    "program, a README and a Makefile. `make check` there builds it, installs it on a fresh\n"
    "machine and runs the program.\n"
    "\n"
    "  kmdf         a KMDF function driver: device interface, queue, an IOCTL\n"
    "  kmdf-hello   the smallest KMDF driver: DriverEntry and EvtDeviceAdd\n"
    "  filter       a KMDF filter driver, and a device to be filtered\n"
    "  wdm          a WDM function driver: Plug and Play, power, an IOCTL\n"
    "\n"
    "NAME begins with a letter and goes on with letters, digits and _; it becomes the driver's\n"
    "file name, its service's name and part of names in the sources. Nothing is overwritten.\n"
    "Templates are taken from ../share/cove/templates beside the program, or COVE_TEMPLATES.\n";

struct new_template {
    const char *name;
    unsigned name_max;
    const char *why;
};

#define FRAMEWORK_NAME_MAX 32
#define SERVICE_NAME_MAX   64

static const char framework_why[] =
    "the Framework keeps a driver's name in a field of 32 characters (WDF_DRIVER_GLOBALS in\n"
    "wdfglobals.h); a driver with a longer name would fail to load";

static const struct new_template templates[] = {
    {"kmdf", FRAMEWORK_NAME_MAX, framework_why},
    {"kmdf-hello", FRAMEWORK_NAME_MAX, framework_why},
    {"filter", FRAMEWORK_NAME_MAX, framework_why},
    {"wdm", SERVICE_NAME_MAX, "names of files and services are made of it"},
};

static const struct new_template *template_find(const char *name)
{
    for (size_t i = 0; i < sizeof templates / sizeof templates[0]; i++)
        if (strcmp(templates[i].name, name) == 0)
            return &templates[i];
    return NULL;
}

/* ---- names ----------------------------------------------------------------------------------- */

/* Windows gives these to devices, in every folder. */
static bool name_is_device(const char *name)
{
    static const char *const devices[] = {"con", "prn", "aux", "nul"};
    for (size_t i = 0; i < sizeof devices / sizeof devices[0]; i++)
        if (strcasecmp(name, devices[i]) == 0)
            return true;
    return (strncasecmp(name, "com", 3) == 0 || strncasecmp(name, "lpt", 3) == 0) &&
           isdigit((unsigned char)name[3]) && name[4] == 0;
}

/* A driver of this name would come before the one that all others import. */
static bool name_is_system(const char *name)
{
    static const char *const modules[] = {"ntoskrnl", "hal",    "wdf01000", "wdfldr",
                                          "wmilib",   "ksecdd", "cng",      "usbd"};
    for (size_t i = 0; i < sizeof modules / sizeof modules[0]; i++)
        if (strcasecmp(name, modules[i]) == 0)
            return true;
    return false;
}

static int name_check(const struct new_template *kind, const char *name)
{
    size_t length = strlen(name);
    bool is_plain = isalpha((unsigned char)name[0]) != 0;
    for (const char *at = name; *at; at++)
        is_plain &= (unsigned char)*at < 0x80 && (isalnum((unsigned char)*at) || *at == '_');
    if (!is_plain)
        fprintf(stderr,
                "cove new: \"%s\" is no name for a driver: begin with a letter, go on with\n"
                "letters, digits and _\n",
                name);
    else if (length > kind->name_max)
        fprintf(stderr, "cove new: \"%s\" has %zu characters, at most %u are good: %s\n", name,
                length, kind->name_max, kind->why);
    else if (name_is_device(name))
        fprintf(stderr, "cove new: \"%s\" is a device in every folder of Windows; choose another\n",
                name);
    else if (name_is_system(name))
        fprintf(stderr, "cove new: \"%s\" is a module of the system; choose another\n", name);
    else
        return 0;
    return EXIT_USAGE;
}

/* ---- places ---------------------------------------------------------------------------------- */

static void templates_path(const struct new_template *kind, char *path, size_t room)
{
    char self[PATH_MAX];
    const char *chosen = getenv("COVE_TEMPLATES");
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    self[length > 0 ? length : 0] = 0;
    char *slash = strrchr(self, '/');
    if (slash)
        *slash = 0;
    if (chosen && *chosen)
        snprintf(path, room, "%s/%s", chosen, kind->name);
    else
        snprintf(path, room, "%s/../share/cove/templates/%s", self, kind->name);
}

/* A folder that is not there, or is there and empty. */
static int folder_check(const char *folder)
{
    struct stat stat_now;
    if (lstat(folder, &stat_now) != 0) {
        if (errno == ENOENT)
            return 0;
        return fprintf(stderr, "cove new: %s: %s\n", folder, strerror(errno)), EXIT_FAILED;
    }
    DIR *directory = opendir(folder);
    if (!directory)
        return fprintf(stderr, "cove new: %s: %s\n", folder, strerror(errno)), EXIT_FAILED;
    bool is_empty = true;
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;)
        is_empty &= strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    closedir(directory);
    if (is_empty)
        return 0;
    fprintf(stderr, "cove new: %s is not empty, nothing is overwritten: name another folder\n",
            folder);
    return EXIT_FAILED;
}

/* ---- files ----------------------------------------------------------------------------------- */

static int file_read(const char *path, struct new_text *out_text)
{
    FILE *file = fopen(path, "rb");
    char block[4096];
    size_t count;
    if (!file)
        return errno;
    while ((count = fread(block, 1, sizeof block, file)) != 0)
        new_text_add(out_text, block, count);
    int error = ferror(file) ? EIO : 0;
    fclose(file);
    return error;
}

/* Never over a file that came in the meantime. */
static int file_write(const char *path, const struct new_text *text)
{
    FILE *file = fopen(path, "wbx");
    if (!file)
        return errno;
    bool is_good = fwrite(text->bytes, 1, text->length, file) == text->length;
    if (fclose(file) != 0 || !is_good)
        return errno ? errno : EIO;
    return 0;
}

static int file_make(const struct new_project *project, const char *from, const char *entry,
                     const char *folder)
{
    char path[2 * PATH_MAX];
    struct new_text in = {0}, out = {0}, name = {0};
    new_text_make(project, entry, strlen(entry), &name);
    new_text_add(&name, "", 1);
    snprintf(path, sizeof path, "%s/%s", from, entry);
    int error = file_read(path, &in);
    if (error == 0) {
        new_text_make(project, in.bytes ? in.bytes : "", in.length, &out);
        snprintf(path, sizeof path, "%s/%s", folder, name.bytes);
        error = file_write(path, &out);
    }
    if (error != 0)
        fprintf(stderr, "cove new: %s: %s\n", path, strerror(error));
    else
        printf("  %s\n", path);
    free(in.bytes);
    free(out.bytes);
    free(name.bytes);
    return error != 0 ? EXIT_FAILED : 0;
}

static int is_file(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int project_make(const struct new_project *project, const char *from, const char *folder)
{
    struct dirent **entries;
    int count = scandir(from, &entries, is_file, alphasort), code = 0;
    if (count < 0) {
        fprintf(stderr,
                "cove new: no template at %s: %s; set COVE_TEMPLATES to the folder that\n"
                "holds the templates\n",
                from, strerror(errno));
        return EXIT_FAILED;
    }
    if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
        fprintf(stderr, "cove new: %s: %s\n", folder, strerror(errno));
        code = EXIT_FAILED;
    }
    for (int i = 0; i < count; i++) {
        if (code == 0)
            code = file_make(project, from, entries[i]->d_name, folder);
        free(entries[i]);
    }
    free(entries);
    return code;
}

int cli_new(int argc, char **argv)
{
    char from[2 * PATH_MAX];
    if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
        return fputs(usage, stdout), 0;
    if (argc < 3 || argc > 4 || argv[1][0] == '-' || argv[2][0] == '-')
        return options_usage(usage);
    const struct new_template *kind = template_find(argv[1]);
    if (!kind) {
        fprintf(stderr, "cove new: no template \"%s\"; there are kmdf, kmdf-hello, filter, wdm\n",
                argv[1]);
        return EXIT_USAGE;
    }
    const char *folder = argc == 4 ? argv[3] : argv[2];
    int code = name_check(kind, argv[2]);
    if (code == 0)
        code = folder_check(folder);
    if (code != 0)
        return code;
    struct new_project project = {.name = argv[2]};
    if (getrandom(&project.guid, sizeof project.guid, 0) != sizeof project.guid)
        return fprintf(stderr, "cove new: no random bytes: %s\n", strerror(errno)), EXIT_FAILED;
    templates_path(kind, from, sizeof from);
    code = project_make(&project, from, folder);
    if (code == 0)
        printf("Next: make -C %s check\n", folder);
    return code;
}
