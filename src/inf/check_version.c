/* SPDX-License-Identifier: MIT */
/* check_version.c - rules of [Version] and of the sections beside it. */
#include <stdio.h>
#include <string.h>

#include "check_internal.h"

#define CLASS_NAME_MAX 32

/* Classes of the system: name and GUID go together. */
static const struct {
    const char *name, *guid;
} classes[] = {
    {"1394", "{6bdd1fc1-810f-11d0-bec7-08002be2092f}"},
    {"Battery", "{72631e54-78a4-11d0-bcf7-00aa00b7b32a}"},
    {"Biometric", "{53d29ef7-377c-4d14-864b-eb3a85769359}"},
    {"Bluetooth", "{e0cbf06c-cd8b-4647-bb8a-263b43f0f974}"},
    {"Camera", "{ca3e7ab9-b4c3-4ae6-8251-579ef933890f}"},
    {"CDROM", "{4d36e965-e325-11ce-bfc1-08002be10318}"},
    {"DiskDrive", "{4d36e967-e325-11ce-bfc1-08002be10318}"},
    {"Display", "{4d36e968-e325-11ce-bfc1-08002be10318}"},
    {"Extension", "{e2f84ce7-8efa-411c-aa69-97454ca4cb57}"},
    {"FDC", "{4d36e969-e325-11ce-bfc1-08002be10318}"},
    {"FloppyDisk", "{4d36e980-e325-11ce-bfc1-08002be10318}"},
    {"HDC", "{4d36e96a-e325-11ce-bfc1-08002be10318}"},
    {"HIDClass", "{745a17a0-74d3-11d0-b6fe-00a0c90f57da}"},
    {"Image", "{6bdd1fc6-810f-11d0-bec7-08002be2092f}"},
    {"Keyboard", "{4d36e96b-e325-11ce-bfc1-08002be10318}"},
    {"MEDIA", "{4d36e96c-e325-11ce-bfc1-08002be10318}"},
    {"MediumChanger", "{ce5939ae-ebde-11d0-b181-0000f8753ec4}"},
    {"Modem", "{4d36e96d-e325-11ce-bfc1-08002be10318}"},
    {"Monitor", "{4d36e96e-e325-11ce-bfc1-08002be10318}"},
    {"Mouse", "{4d36e96f-e325-11ce-bfc1-08002be10318}"},
    {"MTD", "{4d36e970-e325-11ce-bfc1-08002be10318}"},
    {"MultiFunction", "{4d36e971-e325-11ce-bfc1-08002be10318}"},
    {"MultiPortSerial", "{50906cb8-ba12-11d1-bf5d-0000f805f530}"},
    {"Net", "{4d36e972-e325-11ce-bfc1-08002be10318}"},
    {"NetClient", "{4d36e973-e325-11ce-bfc1-08002be10318}"},
    {"NetService", "{4d36e974-e325-11ce-bfc1-08002be10318}"},
    {"NetTrans", "{4d36e975-e325-11ce-bfc1-08002be10318}"},
    {"PCMCIA", "{4d36e977-e325-11ce-bfc1-08002be10318}"},
    {"Ports", "{4d36e978-e325-11ce-bfc1-08002be10318}"},
    {"Printer", "{4d36e979-e325-11ce-bfc1-08002be10318}"},
    {"SCSIAdapter", "{4d36e97b-e325-11ce-bfc1-08002be10318}"},
    {"Sensor", "{5175d334-c371-4806-b3ba-71fd53c9258d}"},
    {"SmartCardReader", "{50dd5230-ba8a-11d1-bf5d-0000f805f530}"},
    {"SoftwareComponent", "{5c4c3332-344d-483c-8739-259e934c9cc8}"},
    {"System", "{4d36e97d-e325-11ce-bfc1-08002be10318}"},
    {"TapeDrive", "{6d807884-7d21-11cf-801c-08002be10318}"},
    {"USB", "{36fc9e60-c465-11cf-8056-444553540000}"},
    {"USBDevice", "{88bae032-5a81-49f0-bc3d-a4ff138216d6}"},
    {"Volume", "{71a27cdd-812a-11d0-bec7-08002be2092f}"},
    {"WPD", "{eec5ad98-8080-425f-922a-dabf3de3f69a}"},
};

/* Is the class the system's? Notes when its name and GUID belong to different ones. */
static bool check_class(struct check *check, const char *name, const char *guid, uint32_t line)
{
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        bool is_name = inf_same(name, classes[i].name), is_guid = inf_same(guid, classes[i].guid);
        if (is_name != is_guid && *name && *guid)
            note(check, 1280, line, "Class %.60s, ClassGuid %.60s", name, guid);
        if (is_name || is_guid)
            return true;
    }
    return false;
}

static const struct inf_line *needed(struct check *check, const struct inf_section *section,
                                     const char *key)
{
    const struct inf_line *line = inf_line_find(section, key);
    bool may_be_empty = check->options->is_template && inf_same(key, "DriverVer");
    if (line && (*inf_text(line, 0) || may_be_empty))
        return line;
    if (!may_be_empty)
        note(check, 1234, line ? line->number : section->number, "%s", key);
    return NULL;
}

static void check_provider(struct check *check, const struct inf_line *line)
{
    const char *provider = inf_text(line, 0);
    if (line && inf_same(provider, "Microsoft"))
        note(check, 1204, line->number, "%s", provider);
    if (line && check->options->provider && !inf_same(provider, check->options->provider))
        note(check, 1210, line->number, "%.100s, not %.100s", provider, check->options->provider);
}

static void check_driver_ver(struct check *check, const struct inf_line *line)
{
    struct inf_version version;
    if (!line || check->options->is_template)
        return;
    if (inf_driver_version_parse(inf_text(line, 0), "", &version))
        note(check, 1218, line->number, "%.100s", inf_text(line, 0));
    if (!*inf_text(line, 1) || inf_driver_version_parse("1/1/2000", inf_text(line, 1), &version))
        note(check, 1217, line->number, "\"%.100s\"", inf_text(line, 1));
}

static bool is_catalog(const char *name)
{
    size_t length = strlen(name);
    return length > 4 && inf_same(name + length - 4, ".cat") && !strpbrk(name, "\\/");
}

static void check_catalogs(struct check *check, const struct inf_section *section)
{
    bool has_catalog = false;
    for (uint32_t i = 0; i < section->line_count; i++) {
        const struct inf_line *line = &section->lines[i];
        if (!line->key || strncasecmp(line->key, "CatalogFile", 11) != 0)
            continue;
        has_catalog = true;
        if (!is_catalog(inf_text(line, 0)))
            note(check, 1214, line->number, "\"%.100s\"", inf_text(line, 0));
    }
    if (!has_catalog && !check->options->is_included)
        note(check, 1233, section->number, "CatalogFile");
}

static void check_sources(struct check *check)
{
    for (uint32_t i = 0; i < check->inf->section_count; i++) {
        const struct inf_section *section = &check->inf->sections[i];
        if (strncasecmp(section->name, "SourceDisksFiles", 16) != 0)
            continue;
        for (uint32_t k = 0; k < section->line_count; k++)
            if (section->lines[k].key && is_catalog(section->lines[k].key))
                note(check, 1213, section->lines[k].number, "%.150s", section->lines[k].key);
    }
}

static void check_extension(struct check *check, const struct inf_section *section)
{
    const struct inf_line *line = inf_line_find(section, "ExtensionId");
    uint8_t guid[16];
    if (!line)
        note(check, 1381, section->number, "ExtensionId");
    else if (inf_guid_parse(inf_text(line, 0), guid))
        note(check, 1380, line->number, "\"%.60s\"", inf_text(line, 0));
}

static void check_class_install(struct check *check, bool is_of_system)
{
    for (uint32_t i = 0; i < check->inf->section_count; i++) {
        const struct inf_section *section = &check->inf->sections[i];
        if (is_of_system && strncasecmp(section->name, "ClassInstall32", 14) == 0)
            note(check, 1285, section->number, "[%.100s]", section->name);
    }
}

void check_version(struct check *check)
{
    const struct inf_section *section = inf_section_find(check->inf, "Version");
    uint8_t bytes[16];
    const char *signature = inf_text(inf_line_find(section, "Signature"), 0);
    if (!inf_same(signature, "$Windows NT$") && !inf_same(signature, "$Chicago$") &&
        !inf_same(signature, "$Windows 95$"))
        note(check, 1001, section ? section->number : 0, "Signature=\"%.60s\"", signature);
    if (!section)
        return;
    const struct inf_line *class_line = needed(check, section, "Class");
    const struct inf_line *guid_line = needed(check, section, "ClassGuid");
    const char *name = inf_text(class_line, 0), *guid = inf_text(guid_line, 0);
    check_provider(check, needed(check, section, "Provider"));
    check_driver_ver(check, needed(check, section, "DriverVer"));
    if (guid_line && inf_guid_parse(guid, bytes))
        note(check, 1010, guid_line->number, "\"%.60s\"", guid);
    if (strlen(name) > CLASS_NAME_MAX)
        note(check, 1286, class_line->number, "%.100s", name);
    check->is_extension = inf_same(name, "Extension");
    check_class_install(check, check_class(check, name, guid, guid_line ? guid_line->number : 0));
    if (check->is_extension)
        check_extension(check, section);
    check_catalogs(check, section);
    check_sources(check);
    int64_t lock = 0;
    const struct inf_line *lock_line = inf_line_find(section, "PnpLockdown");
    if (inf_number(lock_line, 0, &lock) != INF_OK || lock != 1)
        note(check, 1324, lock_line ? lock_line->number : section->number, "PnpLockdown");
}
