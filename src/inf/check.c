/* SPDX-License-Identifier: MIT */
/* check.c - runs the checks and hands out what they noted, in the order of the file. */
#include "check_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX 300

void note(struct check *check, uint32_t code, uint32_t line, const char *format, ...)
{
    const struct inf_rule *rule = inf_rule_find(code);
    char text[TEXT_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (!rule || rule->severity[check->options->mode] == INF_SILENT)
        return;
    /* A line that is read in two roles breaks a rule once. */
    const struct inf_finding *findings = check->findings.items;
    for (uint32_t i = check->findings.count; i > 0 && i + 64 > check->findings.count; i--)
        if (findings[i - 1].rule == rule && findings[i - 1].line == line &&
            strcmp(findings[i - 1].text, text) == 0)
            return;
    char *kept = memory_text(&check->memory, text, strlen(text));
    struct inf_finding *finding = kept ? list_add(&check->findings, sizeof *finding) : NULL;
    if (finding)
        *finding = (struct inf_finding){.rule = rule,
                                        .severity = rule->severity[check->options->mode],
                                        .line = line,
                                        .text = kept};
}

bool role_take(struct check *check, const struct inf_section *section, enum role role)
{
    uint8_t *roles = &check->roles[section->index];
    bool is_new = (*roles & role) == 0;
    *roles |= role | ROLE_USED;
    return is_new;
}

static void check_oddities(struct check *check)
{
    static const uint32_t codes[] = {
        [INF_ODD_BEFORE] = 9003,  [INF_ODD_QUOTE] = 9001,     [INF_ODD_HEADER] = 9002,
        [INF_ODD_PERCENT] = 9004, [INF_ODD_DUPLICATE] = 1294, [INF_ODD_BYTES] = 9005,
    };
    const struct inf_oddity *odd = check->inf->oddities.items;
    for (uint32_t i = 0; i < check->inf->oddities.count; i++)
        note(check, codes[odd[i].kind], odd[i].number, "%s", odd[i].text);
    for (uint32_t i = 0; inf_unresolved_at(check->inf, i); i++)
        note(check, 1235, inf_unresolved_at(check->inf, i)->number, "%%%s%%",
             inf_unresolved_at(check->inf, i)->name);
    enum inf_encoding encoding = check->inf->encoding;
    if (encoding == INF_UTF8 || encoding == INF_UTF8_BOM || encoding == INF_UTF16_BE)
        note(check, 1003, 0, encoding == INF_UTF16_BE ? "UTF-16 BE" : "UTF-8");
}

/* Sections that are read by their names alone. */
static bool is_known(const char *name)
{
    static const char *const names[] = {
        "Version",          "Manufacturer",   "DestinationDirs",    "SourceDisksNames",
        "SourceDisksFiles", "ControlFlags",   "InterfaceInstall32", "SignatureAttributes",
        "Strings",          "ClassInstall32", "DefaultUninstall",   "DefaultInstall",
        "DeviceInstall32",
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t length = strlen(names[i]);
        if (strncasecmp(name, names[i], length) == 0 && (name[length] == 0 || name[length] == '.'))
            return true;
    }
    return false;
}

static bool is_security(const char *name)
{
    size_t length = strlen(name);
    return length > 9 && inf_same(name + length - 9, ".Security");
}

/* Sections that a line anywhere names: an unused one stands in no field. */
static void sections_mark(struct check *check)
{
    for (uint32_t i = 0; i < check->inf->section_count; i++) {
        const struct inf_section *section = &check->inf->sections[i];
        if (section_is_strings(section->name))
            continue;
        for (uint32_t k = 0; k < section->line_count; k++)
            for (uint32_t f = 0; f < section->lines[k].field_count; f++) {
                const struct inf_section *named =
                    inf_section_find(check->inf, inf_text(&section->lines[k], f));
                if (named && named != section)
                    check->roles[named->index] |= ROLE_USED;
            }
    }
}

static void check_unused(struct check *check)
{
    sections_mark(check);
    for (uint32_t i = 0; i < check->inf->section_count; i++) {
        const struct inf_section *section = &check->inf->sections[i];
        if (!(check->roles[i] & ROLE_USED) && !is_known(section->name) &&
            !is_security(section->name))
            note(check, 2083, section->number, "[%.200s]", section->name);
    }
}

static int finding_compare(const void *a, const void *b)
{
    const struct inf_finding *x = a, *y = b;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    return x->rule->code != y->rule->code ? (x->rule->code < y->rule->code ? -1 : 1)
                                          : strcmp(x->text, y->text);
}

uint32_t inf_check(const struct inf *inf, const struct inf_check_options *options,
                   inf_report *report, void *context)
{
    struct check check = {.inf = inf, .options = options};
    uint32_t errors = 0;
    check.roles = calloc(inf->section_count + 1, 1);
    if (!check.roles)
        return 1;
    check_oddities(&check);
    check_version(&check);
    if (inf_section_find(inf, "Version")) {
        check_models(&check);
        if (!options->is_included)
            check_unused(&check);
    }
    struct inf_finding *findings = check.findings.items;
    if (check.findings.count > 0)
        qsort(findings, check.findings.count, sizeof *findings, finding_compare);
    for (uint32_t i = 0; i < check.findings.count; i++) {
        errors += findings[i].severity == INF_ERROR;
        report(context, &findings[i]);
    }
    list_free(&check.findings);
    memory_give(&check.memory);
    free(check.roles);
    return errors;
}
