/* SPDX-License-Identifier: MIT */
/* version.c - [Version]: signature, class, provider, catalog, date and version; GUIDs. */
#include <stdio.h>
#include <string.h>

#include "inf/model.h"
#include "inf_internal.h"

#define GUID_LENGTH 38 /* with its braces */

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

int inf_guid_parse(const char *text, uint8_t out_guid[16])
{
    /* Which byte of the GUID in memory each pair of digits is: three numbers, then bytes. */
    static const uint8_t places[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    static const char form[] = "{xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx}";
    uint8_t guid[16];
    unsigned pair = 0;
    if (strlen(text) != GUID_LENGTH)
        return INF_DAMAGED;
    for (unsigned at = 0; at < GUID_LENGTH; at++) {
        if (form[at] != 'x') {
            if (text[at] != form[at])
                return INF_DAMAGED;
            continue;
        }
        int high = hex_digit(text[at]), low = hex_digit(text[at + 1]);
        if (high < 0 || low < 0)
            return INF_DAMAGED;
        guid[places[pair++]] = (uint8_t)(high << 4 | low);
        at++;
    }
    memcpy(out_guid, guid, sizeof guid);
    return INF_OK;
}

/* Up to count numbers of at most max, between separators. Returns how many; -1: malformed. */
static int numbers_parse(const char *text, const char *separators, uint32_t max, uint32_t *out,
                         int count)
{
    int got = 0;
    while (is_blank(*text))
        text++;
    for (;;) {
        uint32_t value = 0;
        const char *from = text;
        for (; *text >= '0' && *text <= '9'; text++)
            if ((value = value * 10 + (uint32_t)(*text - '0')) > max)
                return -1;
        if (text == from || got == count)
            return -1;
        out[got++] = value;
        if (*text && strchr(separators, *text)) {
            text++;
            continue;
        }
        while (is_blank(*text))
            text++;
        return *text ? -1 : got;
    }
}

int inf_driver_version_parse(const char *date, const char *version,
                             struct inf_version *inout_version)
{
    uint32_t day[3] = {0}, parts[4] = {0};
    if (numbers_parse(date, "/-", 9999, day, 3) != 3 || day[0] < 1 || day[0] > 12 || day[1] < 1 ||
        day[1] > 31 || day[2] < 1000)
        return INF_DAMAGED;
    if (*version && numbers_parse(version, ".", 65535, parts, 4) < 1)
        return INF_DAMAGED;
    inout_version->date = date;
    inout_version->month = (uint16_t)day[0];
    inout_version->day = (uint16_t)day[1];
    inout_version->year = (uint16_t)day[2];
    inout_version->version =
        (uint64_t)parts[0] << 48 | (uint64_t)parts[1] << 32 | (uint64_t)parts[2] << 16 | parts[3];
    if (*version)
        snprintf(inout_version->version_text, sizeof inout_version->version_text, "%u.%u.%u.%u",
                 parts[0], parts[1], parts[2], parts[3]);
    return INF_OK;
}

static const char *entry(const struct inf_section *section, const char *key)
{
    return inf_text(inf_line_find(section, key), 0);
}

static const char *catalog_find(const struct inf_section *section, const struct inf_target *target)
{
    char key[32];
    snprintf(key, sizeof key, "CatalogFile.NT%s", inf_architecture_name(target->architecture));
    const char *const keys[] = {key, "CatalogFile.NT", "CatalogFile"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (*entry(section, keys[i]))
            return entry(section, keys[i]);
    return "";
}

static int guid_check(const struct inf *inf, const struct inf_section *section, const char *key,
                      struct inf_error *out_error)
{
    uint8_t guid[16];
    const struct inf_line *line = inf_line_find(section, key);
    if (!line || !*inf_text(line, 0) || inf_guid_parse(inf_text(line, 0), guid) == INF_OK)
        return INF_OK;
    return inf_fail(inf, line->number, out_error,
                    "%s is no GUID; write {xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx}", key);
}

int inf_version_read(const struct inf *inf, const struct inf_target *target,
                     struct inf_version *out_version, struct inf_error *out_error)
{
    const struct inf_section *section = inf_section_find(inf, "Version");
    struct inf_version version = {.date = ""};
    int64_t lock = 0;
    if (!section)
        return inf_fail(inf, 0, out_error,
                        "no [Version] section; this is no INF file, or its encoding is not what "
                        "its first bytes say");
    version.signature = entry(section, "Signature");
    if (!inf_same(version.signature, "$Windows NT$") && !inf_same(version.signature, "$Chicago$") &&
        !inf_same(version.signature, "$Windows 95$"))
        return inf_fail(inf, section->number, out_error,
                        "[Version] has the signature \"%s\"; write Signature=\"$WINDOWS NT$\"",
                        version.signature);
    if (guid_check(inf, section, "ClassGuid", out_error) ||
        guid_check(inf, section, "ExtensionId", out_error))
        return INF_DAMAGED;
    version.class_name = entry(section, "Class");
    version.class_guid = entry(section, "ClassGuid");
    version.provider = entry(section, "Provider");
    version.extension_id = entry(section, "ExtensionId");
    version.catalog = catalog_find(section, target);
    (void)inf_number(inf_line_find(section, "PnpLockdown"), 0, &lock);
    version.is_locked_down = lock == 1;
    const struct inf_line *line = inf_line_find(section, "DriverVer");
    if (line && *inf_text(line, 0) && !inf->options.is_template &&
        inf_driver_version_parse(inf_text(line, 0), inf_text(line, 1), &version))
        return inf_fail(inf, line->number, out_error,
                        "DriverVer is \"%s,%s\"; write mm/dd/yyyy,w.x.y.z with numbers up to 65535",
                        inf_text(line, 0), inf_text(line, 1));
    *out_version = version;
    return INF_OK;
}
