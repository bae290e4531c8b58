/* SPDX-License-Identifier: MIT */
/* check_entries.c - rules of registry lines, files and services. */
#include <stdio.h>
#include <string.h>

#include "check_internal.h"
#include "inf/dirid.h"

static bool is_root(const char *text)
{
    static const char *const roots[] = {"HKR", "HKLM", "HKCR", "HKCU", "HKU"};
    for (size_t i = 0; i < sizeof roots / sizeof roots[0]; i++)
        if (inf_same(text, roots[i]))
            return true;
    return false;
}

static void bytes_check(struct check *check, const struct inf_line *line)
{
    for (uint32_t i = 4; i < line->field_count; i++) {
        const char *text = inf_text(line, i);
        if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
            text += 2;
        if (strlen(text) > 2 || strspn(text, "0123456789abcdefABCDEF") != strlen(text))
            note(check, 1267, line->number, "%.60s", inf_text(line, i));
    }
}

static void value_check(struct check *check, const struct inf_line *line, uint32_t flags)
{
    uint32_t type = flags & 0xffff0001;
    bool is_number = type == 0x10001 || type == 0xb0001;
    uint32_t width = type == 0xb0001 ? 8 : 4;
    int64_t value;
    if (type > 0x20000 && (flags & 1) == 0)
        note(check, 1264, line->number, "0x%x", flags);
    if (flags & INF_ADDREG_APPEND && type != 0x10000)
        note(check, 1265, line->number, "0x%x", flags);
    if (is_number && line->field_count != 4 + width) {
        int result = inf_number(line, 4, &value);
        if (result == INF_DAMAGED ||
            (result == INF_OK && width == 4 && (value > UINT32_MAX || value < INT32_MIN)))
            note(check, 1268, line->number, "%.60s", inf_text(line, 4));
    } else if (flags & 1) {
        bytes_check(check, line);
    }
}

static void registry_line_check(struct check *check, const struct inf_line *line, bool is_hardware,
                                bool is_add)
{
    const char *root = line->key ? line->key : inf_text(line, 0);
    const char *name = inf_text(line, 2);
    int64_t flags = 0;
    if (line->key || !is_root(root)) {
        note(check, 1224, line->number, "%.60s", root);
        return;
    }
    if (!inf_same(root, "HKR")) {
        note(check, 1320, line->number, "%s\\%.150s", root, inf_text(line, 1));
        note(check, 1304, line->number, "%s\\%.150s", root, inf_text(line, 1));
    }
    if (inf_number(line, 3, &flags) == INF_DAMAGED)
        note(check, 1268, line->number, "%.60s", inf_text(line, 3));
    if (is_add && is_hardware && (inf_same(name, "UpperFilters") || inf_same(name, "LowerFilters")))
        note(check, 1329, line->number, "%s", name);
    if (is_add && !(flags & (INF_ADDREG_DELVAL | INF_ADDREG_KEYONLY | INF_ADDREG_KEYONLY_COMMON)))
        value_check(check, line, (uint32_t)flags);
}

void check_registry(struct check *check, const struct inf_section *section, bool is_hardware,
                    const char *directive)
{
    bool is_new = role_take(check, section, is_hardware ? ROLE_HARDWARE : ROLE_REGISTRY);
    for (uint32_t i = 0; is_new && i < section->line_count; i++)
        registry_line_check(check, &section->lines[i], is_hardware, inf_same(directive, "AddReg"));
}

/* ---- files --------------------------------------------------------------------------------- */

/* The line of a name in a section or one of its [Base.amd64] forms. */
static const struct inf_line *source_find(const struct inf *inf, const char *base, const char *key)
{
    const struct inf_line *line = inf_line_find(inf_section_find(inf, base), key);
    for (int i = INF_X86; !line && i <= INF_ARM64; i++)
        line = inf_line_find(
            inf_section_format(inf, "%s.%s", base, inf_architecture_name((enum inf_architecture)i)),
            key);
    return line ? line : inf_line_find(inf_section_format(inf, "%s.$ARCH$", base), key);
}

static void source_check(struct check *check, const char *name, uint32_t number)
{
    const struct inf_line *line = source_find(check->inf, "SourceDisksFiles", name);
    int64_t disk;
    char key[24];
    if (inf_value(check->inf, "Version", "LayoutFile"))
        return;
    if (!line) {
        note(check, 1230, number, "%.150s", name);
        return;
    }
    if (inf_number(line, 0, &disk) != INF_OK || disk < 0 || disk > UINT32_MAX) {
        note(check, 1008, line->number, "\"%.60s\"", inf_text(line, 0));
        return;
    }
    snprintf(key, sizeof key, "%lld", (long long)disk);
    if (!source_find(check->inf, "SourceDisksNames", key))
        note(check, 1273, line->number, "%s", key);
}

static bool is_deprecated(int64_t dirid)
{
    static const int16_t dirids[] = {1,  17,    18,    20,    21,    24,    25,    30,    50,   53,
                                     -1, 16406, 16407, 16408, 16409, 16415, 16419, 16429, 16430};
    for (size_t i = 0; i < sizeof dirids / sizeof dirids[0]; i++)
        if (dirids[i] == dirid)
            return true;
    return false;
}

static void destination_check(struct check *check, const char *list, const char *target,
                              const char *source, uint32_t number)
{
    const struct inf_section *section = inf_section_find(check->inf, "DestinationDirs");
    const struct inf_line *line = list ? inf_line_find(section, list) : NULL;
    int64_t dirid = INF_DIRID_DEFAULT;
    if (!line)
        line = inf_line_find(section, "DefaultDestDir");
    if (!line) {
        note(check, 1275, number, "%.150s", list ? list : target);
        return;
    }
    if (inf_number(line, 0, &dirid) != INF_OK) {
        note(check, 1243, line->number, "%.60s", inf_text(line, 0));
        return;
    }
    if (dirid < -1 || dirid > UINT32_MAX || (!inf_dirid_find((uint32_t)dirid) && dirid < 32768)) {
        note(check, 1242, line->number, "%lld", (long long)dirid);
        return;
    }
    if (dirid == INF_DIRID_DRIVER_STORE && *source && !inf_same(source, target))
        note(check, 1100, number, "%.100s from %.100s", target, source);
    if (dirid != INF_DIRID_DRIVER_STORE)
        note(check, 1322, number, "%.150s to DIRID %lld", target, (long long)dirid);
    if (is_deprecated(dirid))
        note(check, 1340, line->number, "%lld", (long long)dirid);
}

void check_file(struct check *check, const char *list, const char *target, const char *source,
                uint32_t line)
{
    if (!*target) {
        note(check, 1229, line, "%.150s", list ? list : "@");
        return;
    }
    source_check(check, *source ? source : target, line);
    destination_check(check, list, target, source, line);
}

void check_files(struct check *check, const struct inf_section *section)
{
    bool is_new = role_take(check, section, ROLE_FILES);
    for (uint32_t i = 0; is_new && i < section->line_count; i++) {
        const struct inf_line *line = &section->lines[i];
        check_file(check, section->name, line->key ? line->key : inf_text(line, 0),
                   line->key ? "" : inf_text(line, 1), line->number);
    }
}

/* ---- services ------------------------------------------------------------------------------ */

/* Is the file among those that a list copies, or that stand after an @? */
static bool is_copied(const struct inf *inf, const char *name)
{
    for (uint32_t i = 0; i < inf->section_count; i++) {
        uint32_t at = 0;
        const struct inf_line *line;
        while ((line = inf_line_next(&inf->sections[i], "CopyFiles", &at)))
            for (uint32_t f = 0; f < line->field_count; f++) {
                const char *text = inf_text(line, f);
                const struct inf_section *list = *text == '@' ? NULL : inf_section_find(inf, text);
                if (*text == '@' && inf_same(text + 1, name))
                    return true;
                for (uint32_t k = 0; list && k < list->line_count; k++)
                    if (inf_same(inf_text(&list->lines[k], 0), name))
                        return true;
            }
    }
    return false;
}

static void binary_check(struct check *check, const struct inf_line *line)
{
    const char *path = inf_text(line, 0), *name = strrchr(path, '\\');
    size_t digits = *path == '%' ? strspn(path + 1, "0123456789") : 0;
    if (digits == 0 || path[1 + digits] != '%' || !name) {
        note(check, 2085, line->number, "%.150s", path);
        return;
    }
    if (!is_copied(check->inf, name + 1))
        note(check, 2084, line->number, "%.150s", path);
}

void check_service(struct check *check, const char *name, const struct inf_section *section,
                   uint32_t flags, uint32_t number)
{
    static const struct {
        const char *key;
        int64_t max;
    } keys[] = {{"ServiceType", 0x1ff}, {"StartType", 4}, {"ErrorControl", 3}};
    int64_t value = 0;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const struct inf_line *line = inf_line_find(section, keys[i].key);
        int result = inf_number(line, 0, &value);
        if (result == INF_ABSENT)
            note(check, 1013, section->number, "%s in [%.100s]", keys[i].key, section->name);
        else if (result == INF_DAMAGED || value < 0 || value > keys[i].max)
            note(check, 1014, line->number, "%s=%.60s", keys[i].key, inf_text(line, 0));
        else if (i == 1 && value == 4 && flags & INF_SERVICE_ASSOCIATE)
            note(check, 1251, number, "%.100s", name);
    }
    const struct inf_line *line = inf_line_find(section, "ServiceBinary");
    if (!line || !*inf_text(line, 0))
        note(check, 1013, section->number, "ServiceBinary in [%.100s]", section->name);
    else if (!check->options->is_included)
        binary_check(check, line);
}
