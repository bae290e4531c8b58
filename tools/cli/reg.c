/* SPDX-License-Identifier: MIT */
/* reg.c - `cove reg`: the tool of that name, its words, questions and answers, on a machine.
 *
 * A key is read from the machine, or sent to it, as the text of a .reg file; everything else is
 * done here. Keys are named by the short or long name of their root.
 */
#include "reg.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "client/client.h"
#include "options.h"

#define STATUS_NAME_NOT_FOUND 0xc0000034u
#define STATUS_PATH_BAD       0xc000003bu

static const char usage[] =
    "usage: cove reg [-m NAME] VERB KEY …\n"
    "  query   KEY [/v NAME | /ve] [/s] [/f TEXT [/k] [/d] [/c] [/e]] [/t TYPE] [/se SEP] [/z]\n"
    "          [--json]\n"
    "  add     KEY [/v NAME | /ve] [/t TYPE] [/s SEP] [/d DATA] [/f]\n"
    "  delete  KEY [/v NAME | /ve | /va] [/f]\n"
    "  copy    KEY KEY [/s] [/f]\n"
    "  compare KEY KEY [/v NAME | /ve] [/oa | /od | /os | /on] [/s]\n"
    "  export  KEY FILE.reg [/y]         import FILE.reg\n"
    "  save    KEY FILE [/y]             load KEY FILE       restore KEY FILE\n"
    "KEY begins with HKLM, HKCU, HKCR, HKU, HKCC or the long name of one. FILE of save, load and\n"
    "restore (and of export and import with --hive) is a hive of Windows.\n";

int reg_fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("ERROR: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    return 1;
}

int reg_not_found(void)
{
    return reg_fail("The system was unable to find the specified registry key or value.");
}

int reg_done(void)
{
    puts("The operation completed successfully.");
    return 0;
}

bool reg_agrees(const struct reg_words *words, const char *format, ...)
{
    char answer[16] = "";
    va_list arguments;
    if (words->is_forced)
        return true;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf(" (Yes/No)? ");
    fflush(stdout);
    if (fgets(answer, sizeof answer, stdin) && (*answer == 'y' || *answer == 'Y'))
        return true;
    puts("The operation was canceled by the user.");
    return false;
}

/* ---- the machine
 * ---------------------------------------------------------------------------------- */

/* The request with a file; what it says when it is refused. */
static int ask(const struct reg_words *words, const char *const *request, int file, bool is_quiet,
               const char *about)
{
    struct client_reply reply;
    if (client_request_file(words->machine, request, file, &reply))
        return options_client_failed();
    cJSON *json = cJSON_Parse(reply.text);
    int result = 0;
    if (reply.code == STATUS_NAME_NOT_FOUND)
        result = is_quiet ? ENOENT : reg_not_found();
    else if (reply.code == STATUS_PATH_BAD)
        result = reg_fail("Invalid key name.");
    else if (reply.code)
        result = reg_fail("%s%s%s", about ? about : "", about ? ": " : "", json_text(json, "text"));
    cJSON_Delete(json);
    free(reply.text);
    return result;
}

static int read_key(const struct reg_words *words, const char *key, unsigned depth, bool is_quiet,
                    struct reg_file *out_file)
{
    char levels[16];
    struct stat status;
    struct reg_error error;
    snprintf(levels, sizeof levels, "%u", depth);
    const char *const request[] = {"registry-read", key, levels, NULL};
    int file = memfd_create("registry", MFD_CLOEXEC);
    int result =
        file < 0 ? reg_fail("%s", strerror(errno)) : ask(words, request, file, is_quiet, NULL);
    if (!result) {
        fstat(file, &status);
        void *bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, file, 0);
        if (bytes == MAP_FAILED || regfile_parse(bytes, (size_t)status.st_size, out_file, &error))
            result = reg_fail("the machine's answer cannot be read; is it of another version?");
        if (bytes != MAP_FAILED)
            munmap(bytes, (size_t)status.st_size);
    }
    if (file >= 0)
        close(file);
    return result;
}

int reg_read(const struct reg_words *words, const char *key, unsigned depth,
             struct reg_file *out_file)
{
    return read_key(words, key, depth, false, out_file);
}

int reg_read_if_there(const struct reg_words *words, const char *key, unsigned depth,
                      struct reg_file *out_file)
{
    return read_key(words, key, depth, true, out_file);
}

static bool write_all(int file, const void *bytes, size_t length)
{
    size_t done = 0;
    while (done < length) {
        ssize_t got = write(file, (const char *)bytes + done, length - done);
        if (got < 0 && errno != EINTR)
            return false;
        done += got > 0 ? (size_t)got : 0;
    }
    return true;
}

int reg_send_bytes(const struct reg_words *words, const void *bytes, size_t length,
                   const char *name)
{
    static const char *const request[] = {"registry-write", NULL};
    int file = memfd_create("registry", MFD_CLOEXEC);
    int result = file < 0 || !write_all(file, bytes, length)
                     ? reg_fail("%s", strerror(errno))
                     : ask(words, request, file, false, name);
    if (file >= 0)
        close(file);
    return result;
}

int reg_send(const struct reg_words *words, const struct reg_text *text)
{
    return text->has_failed
               ? reg_fail("out of memory")
               : reg_send_bytes(words, text->chars, text->count * sizeof *text->chars, NULL);
}

/* ---- changes
 * ---------------------------------------------------------------------------------------- */

static uint16_t *widen(const char *text, size_t *out_count)
{
    uint16_t *wide = malloc((strlen(text) + 1) * sizeof *wide);
    *out_count = wide ? regfile_widen(text, wide) : 0;
    return wide;
}

static void text_key(struct reg_text *text, const char *path, bool is_deleted)
{
    size_t count;
    uint16_t *wide = widen(path, &count);
    if (wide)
        regfile_key(text, wide, count, is_deleted);
    text->has_failed |= !wide;
    free(wide);
}

/* 1: the key has the value; 0: not, or there is no such key; -1: it has said why. */
static int has_value(const struct reg_words *words, const char *path, const char *name,
                     bool *out_has_key)
{
    struct reg_file file;
    size_t count;
    int result = reg_read_if_there(words, path, 0, &file), has = 0;
    *out_has_key = !result;
    if (result)
        return result == ENOENT ? 0 : -1;
    uint16_t *wide = name ? widen(name, &count) : NULL;
    for (uint32_t i = 0; wide && i < file.keys[0].value_count; i++)
        has |= reg_names_equal(file.keys[0].values[i].name, file.keys[0].values[i].name_count, wide,
                               count);
    free(wide);
    regfile_free(&file);
    return has;
}

static int text_finish(const struct reg_words *words, struct reg_text *text)
{
    int result = reg_send(words, text);
    regfile_text_free(text);
    return result ? result : reg_done();
}

static int reg_add(const struct reg_words *words)
{
    struct reg_text text;
    struct reg_value value = {.type = REG_SZ};
    bool has_key;
    const char *name = words->value ? words->value : words->data || words->type ? "" : NULL;
    if (words->type && !reg_type_parse(words->type, &value.type))
        return reg_fail("Invalid syntax. Specify valid type for '/t'.");
    int has = name ? has_value(words, words->places[0], name, &has_key) : 0;
    if (has < 0)
        return 1;
    if (has && !reg_agrees(words, "Value %s exists, overwrite", *name ? name : "(Default)"))
        return 1;
    regfile_begin(&text);
    text_key(&text, words->places[0], false);
    if (name) {
        size_t count;
        uint16_t *wide = widen(name, &count);
        uint8_t *data = reg_data_parse(value.type, words->data ? words->data : "", words->separator,
                                       &value.length);
        if (!data || !wide) {
            free(wide);
            free(data);
            regfile_text_free(&text);
            return 1;
        }
        value.name = wide;
        value.name_count = (uint32_t)count;
        value.data = data;
        regfile_value(&text, &value);
        free(wide);
        free(data);
    }
    return text_finish(words, &text);
}

static int values_delete(const struct reg_words *words, struct reg_text *text)
{
    struct reg_file file;
    int result = reg_read(words, words->places[0], 0, &file);
    if (result)
        return result;
    for (uint32_t i = 0; i < file.keys[0].value_count; i++) {
        struct reg_value value = file.keys[0].values[i];
        value.is_deleted = true;
        regfile_value(text, &value);
    }
    regfile_free(&file);
    return 0;
}

static int reg_delete(const struct reg_words *words)
{
    const char *key = words->places[0], *name = words->value;
    struct reg_text text;
    bool has_key = false;
    int has = has_value(words, key, name, &has_key);
    if (has < 0)
        return 1;
    if (!has_key || (name && !has))
        return reg_not_found();
    bool agrees =
        words->is_all_values ? reg_agrees(words, "Delete all values under the registry key %s", key)
        : name ? reg_agrees(words, "Delete the registry value %s", *name ? name : "(Default)")
               : reg_agrees(words, "Permanently delete the registry key %s", key);
    if (!agrees)
        return 1;
    regfile_begin(&text);
    text_key(&text, key, !name && !words->is_all_values);
    int result = words->is_all_values ? values_delete(words, &text) : 0;
    if (name) {
        size_t count;
        uint16_t *wide = widen(name, &count);
        struct reg_value value = {.name = wide, .name_count = (uint32_t)count, .is_deleted = true};
        text.has_failed |= !wide;
        if (wide)
            regfile_value(&text, &value);
        free(wide);
    }
    if (result) {
        regfile_text_free(&text);
        return result;
    }
    return text_finish(words, &text);
}

static int reg_copy(const struct reg_words *words)
{
    struct reg_file file;
    struct reg_text text;
    size_t count;
    int result = reg_read(words, words->places[0], words->is_deep ? REG_DEPTH_ALL : 0, &file);
    if (result)
        return result;
    size_t root = file.keys[0].path_count;
    uint16_t *to = widen(words->places[1], &count);
    regfile_begin(&text);
    for (uint32_t i = 0; to && i < file.key_count; i++) {
        const struct reg_key *key = &file.keys[i];
        uint16_t *path = malloc((count + key->path_count) * sizeof *path);
        text.has_failed |= !path;
        if (!path)
            break;
        memcpy(path, to, count * sizeof *path);
        memcpy(path + count, key->path + root, (key->path_count - root) * sizeof *path);
        regfile_key(&text, path, count + key->path_count - root, false);
        for (uint32_t v = 0; v < key->value_count; v++)
            regfile_value(&text, &key->values[v]);
        free(path);
    }
    free(to);
    regfile_free(&file);
    return text_finish(words, &text);
}

/* ---- files
 * ------------------------------------------------------------------------------------------- */

static bool may_write(const struct reg_words *words, const char *path)
{
    return access(path, F_OK) || reg_agrees(words, "File %s already exists. Overwrite", path);
}

static int reg_export(const struct reg_words *words)
{
    struct reg_file file;
    struct reg_text text;
    const char *path = words->places[1];
    if (!may_write(words, path))
        return 1;
    if (words->is_hive)
        return reg_hive_save(words);
    int result = reg_read(words, words->places[0], REG_DEPTH_ALL, &file);
    if (result)
        return result;
    regfile_begin(&text);
    for (uint32_t i = 0; i < file.key_count; i++) {
        regfile_key(&text, file.keys[i].path, file.keys[i].path_count, false);
        for (uint32_t v = 0; v < file.keys[i].value_count; v++)
            regfile_value(&text, &file.keys[i].values[v]);
    }
    regfile_free(&file);
    int out = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    bool is_written =
        out >= 0 && !text.has_failed && write_all(out, text.chars, text.count * sizeof *text.chars);
    int error = errno;
    if (out >= 0 && close(out))
        is_written = false;
    regfile_text_free(&text);
    return is_written ? reg_done() : reg_fail("cannot write %s: %s", path, strerror(error));
}

static int reg_import(const struct reg_words *words)
{
    struct stat status;
    const char *path = words->places[0];
    int in = open(path, O_RDONLY | O_CLOEXEC);
    if (in < 0 || fstat(in, &status) || !S_ISREG(status.st_mode)) {
        int error = in < 0 ? errno : EINVAL;
        if (in >= 0)
            close(in);
        return reg_fail("cannot read %s: %s", path, strerror(error));
    }
    void *bytes =
        status.st_size ? mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, in, 0) : NULL;
    int result = bytes == MAP_FAILED ? reg_fail("cannot read %s: %s", path, strerror(errno))
                                     : reg_send_bytes(words, bytes, (size_t)status.st_size, path);
    if (bytes && bytes != MAP_FAILED)
        munmap(bytes, (size_t)status.st_size);
    close(in);
    return result ? result : reg_done();
}

static int reg_save(const struct reg_words *words)
{
    return may_write(words, words->places[1]) ? reg_hive_save(words) : 1;
}

static int reg_load(const struct reg_words *words)
{
    return reg_hive_load(words, false);
}

static int reg_restore(const struct reg_words *words)
{
    return reg_hive_load(words, true);
}

/* ---- words
 * ------------------------------------------------------------------------------------------- */

static const struct verb_row {
    const char *name;
    int places, keys; /* how many places it wants; the first so many are keys */
    int (*run)(const struct reg_words *words);
} rows[] = {
    {"query", 1, 1, reg_query},     {"add", 1, 1, reg_add},         {"delete", 1, 1, reg_delete},
    {"copy", 2, 2, reg_copy},       {"compare", 2, 2, reg_compare}, {"export", 2, 1, reg_export},
    {"import", 1, 0, reg_import},   {"save", 2, 1, reg_save},       {"load", 2, 1, reg_load},
    {"restore", 2, 1, reg_restore},
};

/* With the long name of its root; malloc'd. NULL: it has none. */
static char *key_long(const char *key)
{
    static const char *const names[][2] = {{"HKLM", "HKEY_LOCAL_MACHINE"},
                                           {"HKU", "HKEY_USERS"},
                                           {"HKCU", "HKEY_CURRENT_USER"},
                                           {"HKCR", "HKEY_CLASSES_ROOT"},
                                           {"HKCC", "HKEY_CURRENT_CONFIG"}};
    size_t length = strcspn(key, "\\");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        for (int form = 0; form < 2; form++) {
            if (strlen(names[i][form]) != length || strncasecmp(key, names[i][form], length))
                continue;
            size_t room = strlen(names[i][1]) + strlen(key + length) + 1;
            char *path = malloc(room);
            if (path)
                snprintf(path, room, "%s%s", names[i][1], key + length);
            size_t end = path ? strlen(path) : 0;
            while (end && path[end - 1] == '\\')
                path[--end] = '\0';
            return path;
        }
    }
    return NULL;
}

/* One switch, with its argument in argv[*io_at + 1] where it has one. false: unknown. */
static bool switch_take(struct reg_words *words, bool is_add, char **argv, int argc, int *io_at)
{
    const struct {
        const char *name;
        const char **text;
        bool *flag;
    } switches[] = {
        {"v", &words->value, NULL},       {"t", &words->type, NULL},
        {"se", &words->separator, NULL},  {"z", NULL, &words->shows_type_number},
        {"k", NULL, &words->finds_keys},  {"c", NULL, &words->finds_case},
        {"e", NULL, &words->finds_exact}, {"va", NULL, &words->is_all_values},
        {"y", NULL, &words->is_forced},
    };
    const char *name = argv[*io_at] + 1;
    if (!strncasecmp(name, "reg:", 4))
        return true; /* there is one view only */
    if (!strcasecmp(name, "ve")) {
        words->value = "";
        return true;
    }
    if (*name == 'o' && name[1] && !name[2]) {
        words->compare_shows = name[1];
        return strchr("adsn", name[1]) != NULL;
    }
    bool is_query = !is_add && words->compare_shows == 'q';
    const char **text = NULL;
    if (!strcasecmp(name, "s") && is_add)
        text = &words->separator;
    else if (!strcasecmp(name, "s"))
        return words->is_deep = true;
    else if (!strcasecmp(name, "d") && is_add)
        text = &words->data;
    else if (!strcasecmp(name, "d"))
        return words->finds_data = true;
    else if (!strcasecmp(name, "f") && is_query)
        text = &words->find;
    else if (!strcasecmp(name, "f"))
        return words->is_forced = true;
    for (size_t i = 0; !text && i < sizeof switches / sizeof *switches; i++) {
        if (strcasecmp(name, switches[i].name))
            continue;
        if (switches[i].flag)
            return *switches[i].flag = true;
        text = switches[i].text;
    }
    if (!text || *io_at + 1 >= argc)
        return false;
    *text = argv[++*io_at];
    return true;
}

static int row_run(const struct verb_row *row, struct reg_words *words, int argc, char **argv)
{
    int count = 0, result;
    char *keys[2] = {NULL};
    bool is_add = row->run == reg_add;
    words->compare_shows = row->run == reg_query ? 'q' : 'd'; /* what /f is, too */
    for (int i = 0; i < argc; i++) {
        if (!strcmp(argv[i], "--json"))
            words->is_json = true;
        else if (!strcmp(argv[i], "--hive"))
            words->is_hive = true;
        /* Behind the places; a file may begin with the same sign. */
        else if (count >= row->keys && (*argv[i] == '/' || *argv[i] == '-') &&
                 count == row->places) {
            if (!switch_take(words, is_add, argv, argc, &i))
                return reg_fail("Invalid syntax.\nType \"cove reg --help\" for usage.");
        } else if (count < row->places) {
            words->places[count++] = argv[i];
        } else {
            return reg_fail("Invalid syntax.\nType \"cove reg --help\" for usage.");
        }
    }
    if (words->is_hive && row->run == reg_import && count == 1)
        return reg_fail("A hive has no place of its own: `cove reg load KEY FILE` says where.");
    if (count != row->places)
        return reg_fail("Invalid syntax.\nType \"cove reg --help\" for usage.");
    for (int i = 0; i < row->keys; i++) {
        words->places[i] = keys[i] = key_long(words->places[i]);
        if (!keys[i]) {
            free(keys[0]);
            return reg_fail("Invalid key name.\nType \"cove reg --help\" for usage.");
        }
    }
    result = row->run(words);
    free(keys[0]);
    free(keys[1]);
    return result;
}

int cli_reg(int argc, char **argv)
{
    struct reg_words words = {0};
    const char *name = NULL;
    int at = 1;
    for (; at < argc && *argv[at] == '-'; at++) {
        if ((!strcmp(argv[at], "-m") || !strcmp(argv[at], "--machine")) && at + 1 < argc)
            name = argv[++at];
        else if (!strcmp(argv[at], "--json"))
            words.is_json = true;
        else
            return !strcmp(argv[at], "--help") || !strcmp(argv[at], "-h")
                       ? (fputs(usage, stdout), 0)
                       : options_usage(usage);
    }
    words.machine = options_machine(name);
    for (size_t i = 0; at < argc && i < sizeof rows / sizeof *rows; i++)
        if (!strcasecmp(argv[at], rows[i].name))
            return row_run(&rows[i], &words, argc - at - 1, argv + at + 1);
    return options_usage(usage);
}
