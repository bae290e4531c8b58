/* SPDX-License-Identifier: MIT */
/* stamp.c - an .inx template's variables replaced, its DriverVer and CatalogFile written.
 *
 * Goes through the text once, line by line; what is not stamped comes out as it went in.
 */
#include "inf/stamp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inf/model.h"
#include "inf_internal.h"

#define VERSION_MAX 48

struct variable {
    const char *name;
    char value[VERSION_MAX]; /* "": not given */
};

struct stamper {
    const struct inf *inf;
    const struct inf_stamp *stamp;
    const char *section; /* of DriverVer */
    const char *line_end;
    struct variable variables[5];
    char *out;
    size_t used, capacity;
    bool is_in_version, is_in_section;
    bool has_driver_ver, has_catalog;
    size_t driver_ver_at, catalog_at; /* where a line that is not there is put; 0: nowhere */
    struct inf_error *error;
};

static int put(struct stamper *stamper, const char *text, size_t length)
{
    if (stamper->capacity - stamper->used <= length) {
        size_t capacity = 2 * stamper->capacity + length + 1;
        char *out = realloc(stamper->out, capacity);
        if (!out)
            return inf_fail_memory(stamper->inf, stamper->error);
        stamper->out = out;
        stamper->capacity = capacity;
    }
    memcpy(stamper->out + stamper->used, text, length);
    stamper->used += length;
    return INF_OK;
}

/* "1.15" or "2.15.0" becomes 01015 or 02015. */
static int version_read(struct stamper *stamper, const char *text, char *plain, char *co_installer)
{
    unsigned major, minor, service = 0;
    char end;
    int got = sscanf(text, "%2u.%3u.%4u%c", &major, &minor, &service, &end);
    if (got < 2 || got > 3 || strlen(text) >= VERSION_MAX ||
        strspn(text, "0123456789.") != strlen(text))
        return inf_fail(stamper->inf, 0, stamper->error,
                        "\"%.40s\" is no version of a framework; write 1.15 or 2.15.0", text);
    snprintf(plain, VERSION_MAX, "%s", text);
    snprintf(co_installer, VERSION_MAX, "%02u%03u", major, minor);
    return INF_OK;
}

static int variables_make(struct stamper *stamper)
{
    static const char *const names[] = {"$ARCH$", "$KMDFVERSION$", "$KMDFCOINSTALLERVERSION$",
                                        "$UMDFVERSION$", "$UMDFCOINSTALLERVERSION$"};
    struct variable *variables = stamper->variables;
    const struct inf_stamp *stamp = stamper->stamp;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        variables[i].name = names[i];
    if (stamp->architecture)
        snprintf(variables[0].value, VERSION_MAX, "%s", stamp->architecture);
    if (stamp->kmdf && version_read(stamper, stamp->kmdf, variables[1].value, variables[2].value))
        return INF_DAMAGED;
    return stamp->umdf ? version_read(stamper, stamp->umdf, variables[3].value, variables[4].value)
                       : INF_OK;
}

static int variables_put(struct stamper *stamper, const char *line, size_t length)
{
    int result = INF_OK;
    while (length > 0 && result == INF_OK) {
        size_t step = 1;
        const char *value = NULL;
        for (size_t i = 0; *line == '$' && i < 5; i++) {
            const struct variable *variable = &stamper->variables[i];
            size_t name = strlen(variable->name);
            if (*variable->value && length >= name &&
                strncasecmp(line, variable->name, name) == 0) {
                value = variable->value;
                step = name;
            }
        }
        result = value ? put(stamper, value, strlen(value)) : put(stamper, line, 1);
        line += step;
        length -= step;
    }
    return result;
}

/* Is it "key = ..."? *out_value is where the value begins. */
static bool key_is(const char *line, size_t length, const char *key, size_t *out_value)
{
    size_t at = 0, name = strlen(key);
    while (at < length && is_blank(line[at]))
        at++;
    if (length - at < name || strncasecmp(line + at, key, name) != 0)
        return false;
    at += name;
    while (at < length && is_blank(line[at]))
        at++;
    if (at == length || line[at] != '=')
        return false;
    do
        at++;
    while (at < length && is_blank(line[at]));
    *out_value = at;
    return true;
}

/* The date and version that a line already has stand where none is given. */
static int driver_ver_put(struct stamper *stamper, const char *value, size_t length)
{
    char old[2][VERSION_MAX] = {"", ""}, text[2 * VERSION_MAX];
    const char *end = memchr(value, ';', length);
    size_t used = end ? (size_t)(end - value) : length;
    const char *comma = memchr(value, ',', used);
    size_t first = comma ? (size_t)(comma - value) : used;
    snprintf(old[0], VERSION_MAX, "%.*s", (int)first, value);
    if (comma)
        snprintf(old[1], VERSION_MAX, "%.*s", (int)(used - first - 1), comma + 1);
    const char *date = stamper->stamp->date ? stamper->stamp->date : old[0];
    const char *version = stamper->stamp->version ? stamper->stamp->version : old[1];
    snprintf(text, sizeof text, "%s%s%s", date, *version ? "," : "", version);
    return put(stamper, text, strlen(text));
}

static void header_note(struct stamper *stamper, const char *line, size_t length)
{
    const char *close = memchr(line, ']', length);
    char name[INF_NAME_BYTES];
    if (!close)
        return;
    do
        line++;
    while (is_blank(*line));
    size_t used = (size_t)(close - line);
    while (used > 0 && is_blank(line[used - 1]))
        used--;
    snprintf(name, sizeof name, "%.*s", (int)(used < INF_NAME_BYTES ? used : 0), line);
    stamper->is_in_version = inf_same(name, "Version");
    stamper->is_in_section = inf_same(name, stamper->section);
}

static int line_put(struct stamper *stamper, const char *line, size_t length)
{
    const struct inf_stamp *stamp = stamper->stamp;
    const char *from = line;
    size_t value;
    while (from < line + length && is_blank(*from))
        from++;
    if (from < line + length && *from == '[')
        header_note(stamper, from, length - (size_t)(from - line));
    if (stamper->is_in_section && (stamp->date || stamp->version) &&
        key_is(line, length, "DriverVer", &value)) {
        stamper->has_driver_ver = true;
        return put(stamper, line, value) == INF_OK
                   ? driver_ver_put(stamper, line + value, length - value)
                   : INF_DAMAGED;
    }
    if (stamper->is_in_version && stamp->catalog && key_is(line, length, "CatalogFile", &value)) {
        stamper->has_catalog = true;
        return put(stamper, line, value) == INF_OK
                   ? put(stamper, stamp->catalog, strlen(stamp->catalog))
                   : INF_DAMAGED;
    }
    return variables_put(stamper, line, length);
}

static int text_stamp(struct stamper *stamper, const char *text, size_t length)
{
    int result = INF_OK;
    while (length > 0 && result == INF_OK) {
        size_t line = 0;
        while (line < length && text[line] != '\n' && text[line] != '\r')
            line++;
        bool was_in_section = stamper->is_in_section, was_in_version = stamper->is_in_version;
        result = line_put(stamper, text, line);
        text += line;
        length -= line;
        size_t end = 0;
        while (end < length && end < 2 && (text[end] == '\r' || text[end] == '\n') &&
               (end == 0 || (text[0] == '\r' && text[1] == '\n')))
            end++;
        if (result == INF_OK)
            result = put(stamper, text, end);
        text += end;
        length -= end;
        if (stamper->is_in_section && !was_in_section && !stamper->driver_ver_at)
            stamper->driver_ver_at = stamper->used;
        if (stamper->is_in_version && !was_in_version && !stamper->catalog_at)
            stamper->catalog_at = stamper->used;
    }
    return result;
}

/* Puts a line behind its section's header. */
static int line_insert(struct stamper *stamper, size_t at, const char *key, const char *value)
{
    char line[4 * VERSION_MAX + 256];
    int length = snprintf(line, sizeof line, "%s%s=%s%s", stamper->out[at - 1] == ']' ? "\n" : "",
                          key, value, stamper->line_end);
    size_t moved = stamper->used - at;
    if (length < 0 || (size_t)length >= sizeof line)
        return inf_fail(stamper->inf, 0, stamper->error, "the value of %s is too long", key);
    if (put(stamper, line, (size_t)length)) /* room for it */
        return INF_DAMAGED;
    memmove(stamper->out + at + length, stamper->out + at, moved);
    memcpy(stamper->out + at, line, (size_t)length);
    if (stamper->driver_ver_at > at)
        stamper->driver_ver_at += (size_t)length;
    return INF_OK;
}

static int missing_insert(struct stamper *stamper)
{
    const struct inf_stamp *stamp = stamper->stamp;
    bool wants_version = (stamp->date || stamp->version) && !stamper->has_driver_ver;
    bool wants_catalog = stamp->catalog && !stamper->has_catalog;
    if ((wants_version && !stamper->driver_ver_at) || (wants_catalog && !stamper->catalog_at))
        return inf_fail(stamper->inf, 0, stamper->error, "no section [%s] to write to; add it",
                        wants_version && !stamper->driver_ver_at ? stamper->section : "Version");
    if (wants_version && !stamp->date)
        return inf_fail(stamper->inf, 0, stamper->error,
                        "no DriverVer whose date could stay; give a date, too");
    if (wants_catalog && line_insert(stamper, stamper->catalog_at, "CatalogFile", stamp->catalog))
        return INF_DAMAGED;
    char value[2 * VERSION_MAX];
    snprintf(value, sizeof value, "%s%s%s", stamp->date ? stamp->date : "",
             stamp->version ? "," : "", stamp->version ? stamp->version : "");
    return wants_version ? line_insert(stamper, stamper->driver_ver_at, "DriverVer", value)
                         : INF_OK;
}

static int values_check(struct stamper *stamper)
{
    const struct inf_stamp *stamp = stamper->stamp;
    struct inf_version version;
    struct inf_decoration decoration;
    char text[VERSION_MAX];
    const char *date = stamp->date ? stamp->date : "1/1/2000";
    if (inf_driver_version_parse(date, stamp->version ? stamp->version : "", &version))
        return inf_fail(stamper->inf, 0, stamper->error,
                        "\"%.20s,%.30s\" is no date and version; write mm/dd/yyyy and w.x.y.z",
                        date, stamp->version ? stamp->version : "");
    snprintf(text, sizeof text, "NT%.20s", stamp->architecture ? stamp->architecture : "");
    if (inf_decoration_parse(text, &decoration) || strchr(text, '.'))
        return inf_fail(stamper->inf, 0, stamper->error,
                        "\"%.40s\" is no architecture; write x86, amd64, ia64, arm or arm64",
                        stamp->architecture);
    return INF_OK;
}

int inf_stamp(const void *bytes, size_t length, const char *name, const struct inf_stamp *stamp,
              uint8_t **out_bytes, size_t *out_length, struct inf_error *out_error)
{
    struct inf inf = {.name = name};
    struct stamper stamper = {.inf = &inf, .stamp = stamp, .error = out_error};
    char *text;
    size_t text_length;
    stamper.section = stamp->section ? stamp->section : "Version";
    int result = text_decode(&inf, bytes, length, &text, &text_length, out_error);
    if (result == INF_OK)
        result = variables_make(&stamper);
    if (result == INF_OK)
        result = values_check(&stamper);
    if (result == INF_OK) {
        stamper.line_end = strstr(text, "\r\n") ? "\r\n" : "\n";
        result = text_stamp(&stamper, text, text_length);
    }
    if (result == INF_OK)
        result = missing_insert(&stamper);
    if (result == INF_OK)
        result = text_encode(inf.encoding, stamper.out ? stamper.out : "", stamper.used, out_bytes,
                             out_length);
    if (result == INF_DAMAGED && stamper.error && !*stamper.error->text)
        inf_fail_memory(&inf, out_error);
    free(stamper.out);
    memory_give(&inf.memory);
    list_free(&inf.oddities);
    return result;
}
