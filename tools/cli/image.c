/* SPDX-License-Identifier: MIT */
/* image.c - `cove image FILE.sys`: what a driver image says about itself, and of whom it needs
 * what.
 *
 * One JSON object is made of the file; --json prints it, otherwise image_print.c turns it into
 * lines. Nothing is loaded and no machine is asked.
 */
#include "image.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/abi_export.h"
#include "base/windows.h"
#include "bytes.h"
#include "cli.h"
#include "image_signature.h"
#include "options.h"
#include "pe/pe.h"
#include "pe/tables.h"

static const char usage[] =
    "usage: cove image [--windows VERSION] [--json] FILE.sys…\n"
    "Shows a driver image: machine, linker, sections, imports with their state here and the\n"
    "Windows that first had them, exports, guard tables, debug file, checksum, signature.\n"
    "With --windows the exit code is 1 when an import is newer than that "
    "version.\n" OPTIONS_WINDOWS_HELP;

struct image_bytes {
    uint8_t *bytes;
    size_t size;
    struct pe_image pe;
    struct pe_view view;
};

static int image_open(const char *path, struct image_bytes *out, char *error, size_t error_size)
{
    struct pe_error pe_error;
    if (bytes_read(path, &out->bytes, &out->size, error, error_size))
        return EXIT_FAILED;
    if (pe_parse(out->bytes, out->size, &out->pe, &pe_error) == PE_OK) {
        out->view = pe_view_file(&out->pe, out->bytes, out->size);
        return 0;
    }
    snprintf(error, error_size, "%s: %s", path, pe_error.text);
    free(out->bytes);
    return EXIT_FAILED;
}

static void hex_add(cJSON *object, const char *name, uint64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "0x%llx", (unsigned long long)value);
    cJSON_AddStringToObject(object, name, text);
}

static const char *machine_name(uint16_t machine)
{
    switch (machine) {
    case PE_MACHINE_AMD64:
        return "x64";
    case PE_MACHINE_I386:
        return "x86";
    case PE_MACHINE_ARM64:
        return "ARM64";
    default:
        return "unknown";
    }
}

static void headers_add(cJSON *json, const struct image_bytes *image)
{
    const struct pe_image *pe = &image->pe;
    char text[32];
    cJSON_AddStringToObject(json, "machine", machine_name(pe->machine));
    snprintf(text, sizeof text, "%u.%u", pe->linker_major, pe->linker_minor);
    cJSON_AddStringToObject(json, "linker", text);
    snprintf(text, sizeof text, "%u.%u", pe->os_major, pe->os_minor);
    cJSON_AddStringToObject(json, "os_version", text);
    cJSON_AddNumberToObject(json, "subsystem", pe->subsystem);
    hex_add(json, "base", pe->image_base);
    hex_add(json, "size", pe->image_size);
    hex_add(json, "entry", pe->entry_rva);
    hex_add(json, "timestamp", pe->timestamp);
    cJSON_AddNumberToObject(json, "section_alignment", pe->section_alignment);
    cJSON_AddBoolToObject(json, "relocations", pe_relocation_kind(pe) != PE_RELOCATIONS_STRIPPED);
    cJSON_AddBoolToObject(json, "dotnet", pe->directories[PE_DIR_CLR].size != 0);
    cJSON *checksum = cJSON_AddObjectToObject(json, "checksum");
    uint32_t right = pe_checksum(image->bytes, image->size, pe->checksum_offset);
    hex_add(checksum, "value", pe->checksum);
    hex_add(checksum, "computed", right);
    cJSON_AddBoolToObject(checksum, "right", pe->checksum == right);
}

static void sections_add(cJSON *json, const struct pe_image *pe)
{
    cJSON *sections = cJSON_AddArrayToObject(json, "sections");
    for (uint32_t i = 0; i < pe->section_count; i++) {
        const struct pe_section *section = &pe->sections[i];
        uint32_t flags = section->characteristics;
        char rights[8];
        cJSON *one = cJSON_CreateObject();
        cJSON_AddStringToObject(one, "name", section->name);
        hex_add(one, "rva", section->rva);
        hex_add(one, "size", section->virtual_size);
        snprintf(rights, sizeof rights, "%s%s%s%s", flags & PE_SCN_READ ? "r" : "-",
                 flags & PE_SCN_WRITE ? "w" : "-", flags & PE_SCN_EXECUTE ? "x" : "-",
                 flags & PE_SCN_DISCARDABLE ? "d" : "");
        cJSON_AddStringToObject(one, "rights", rights);
        cJSON_AddItemToArray(sections, one);
    }
}

/* ---- imports and exports ----------------------------------------------------------------- */

struct import_walk {
    cJSON *imports;
    uint32_t ntddi; /* of --windows; UINT32_MAX: not asked */
    unsigned newer;
};

static const struct abi_export_fact *fact_find(const char *name)
{
    size_t low = 0, high = abi_export_fact_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(name, abi_export_facts[middle].name);
        if (order == 0)
            return &abi_export_facts[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

static bool is_kernel(const char *module)
{
    return !strcasecmp(module, "ntoskrnl.exe") || !strcasecmp(module, "hal.dll");
}

static const char *state_of(const char *module, const char *name)
{
    static const char *const states[] = {"absent", "partial", "done"};
    if (!is_kernel(module))
        return "other module";
    const struct abi_export_fact *fact = name ? fact_find(name) : NULL;
    return fact ? states[fact->status] : "unknown";
}

static int import_add(void *context, const struct pe_import *import)
{
    struct import_walk *walk = context;
    cJSON *one = cJSON_CreateObject();
    cJSON_AddStringToObject(one, "module", import->module);
    if (import->name)
        cJSON_AddStringToObject(one, "name", import->name);
    else
        cJSON_AddNumberToObject(one, "ordinal", import->ordinal_or_hint);
    cJSON_AddStringToObject(one, "state", state_of(import->module, import->name));
    if (import->is_delayed)
        cJSON_AddBoolToObject(one, "delayed", true);
    const struct abi_export_fact *fact =
        import->name && is_kernel(import->module) ? fact_find(import->name) : NULL;
    const struct windows_release *first = fact ? windows_first_with(fact->ntddi) : NULL;
    if (first && first != &windows_releases[0]) {
        char text[80];
        cJSON_AddStringToObject(one, "since", windows_text(first->build, text, sizeof text));
    }
    if (fact && fact->ntddi > walk->ntddi) {
        cJSON_AddBoolToObject(one, "newer", true);
        walk->newer++;
    }
    cJSON_AddItemToArray(walk->imports, one);
    return 0;
}

static int export_add(void *context, const struct pe_export *export)
{
    cJSON *one = cJSON_CreateObject();
    if (export->name)
        cJSON_AddStringToObject(one, "name", export->name);
    cJSON_AddNumberToObject(one, "ordinal", export->ordinal);
    if (export->forwarder)
        cJSON_AddStringToObject(one, "forwarder", export->forwarder);
    else
        hex_add(one, "rva", export->rva);
    cJSON_AddItemToArray(context, one);
    return 0;
}

/* ---- the rest ------------------------------------------------------------------------------ */

static void guard_add(cJSON *json, const struct image_bytes *image)
{
    struct pe_load_config config;
    if (pe_load_config_read(&image->view, image->pe.image_base, &config, NULL) != PE_OK)
        return;
    cJSON *guard = cJSON_AddObjectToObject(json, "load_config");
    cJSON_AddNumberToObject(guard, "size", config.size);
    cJSON_AddBoolToObject(guard, "cookie", config.security_cookie != 0);
    hex_add(guard, "guard_flags", config.guard_flags);
    cJSON_AddBoolToObject(guard, "cfg", (config.guard_flags & PE_GUARD_INSTRUMENTED) != 0);
    cJSON_AddBoolToObject(guard, "xfg", (config.guard_flags & PE_GUARD_XFG_ENABLED) != 0);
    cJSON_AddNumberToObject(guard, "functions", (double)config.guard_count);
    cJSON_AddBoolToObject(guard, "hybrid", config.chpe_metadata != 0);
}

static void pdb_add(cJSON *json, const struct pe_view *view)
{
    struct pe_pdb pdb;
    char text[48];
    if (pe_pdb_find(view, &pdb, NULL) != PE_OK)
        return;
    cJSON *one = cJSON_AddObjectToObject(json, "pdb");
    cJSON_AddStringToObject(one, "path", pdb.path);
    for (unsigned i = 0; i < 16; i++) /* the first three parts are numbers, low byte first */
        snprintf(text + i * 2, 3, "%02X",
                 pdb.guid[i < 4   ? 3 - i
                          : i < 6 ? 9 - i
                          : i < 8 ? 13 - i
                                  : i]);
    cJSON_AddStringToObject(one, "guid", text);
    cJSON_AddNumberToObject(one, "age", pdb.age);
}

static void signature_add(cJSON *json, const struct image_bytes *image)
{
    static const char *const states[] = {"none", "unreadable", "test", "signed"};
    struct image_signature signature;
    char text[512];
    image_signature_read(&image->pe, image->bytes, image->size, &signature);
    cJSON *one = cJSON_AddObjectToObject(json, "signature");
    cJSON_AddStringToObject(one, "state", states[signature.state]);
    cJSON_AddStringToObject(one, "text", image_signature_text(&signature, text, sizeof text));
    if (signature.state < SIGNATURE_TEST)
        return;
    cJSON_AddStringToObject(one, "signer", signature.signer);
    cJSON_AddStringToObject(one, "issuer", signature.issuer);
    cJSON_AddStringToObject(one, "digest", signature.digest);
    if (*signature.time)
        cJSON_AddStringToObject(one, "time", signature.time);
    cJSON_AddBoolToObject(one, "hash_right", signature.is_hash_right);
    cJSON_AddBoolToObject(one, "signature_right", signature.is_signature_right);
}

/* Everything about one file. NULL: *error says why. */
static cJSON *image_json(const char *path, struct import_walk *walk, char *error, size_t size)
{
    struct image_bytes image;
    struct pe_error damage = {0};
    if (image_open(path, &image, error, size))
        return NULL;
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "file", path);
    headers_add(json, &image);
    sections_add(json, &image.pe);
    walk->imports = cJSON_AddArrayToObject(json, "imports");
    pe_imports_each(&image.view, import_add, walk, NULL);
    pe_delay_imports_each(&image.view, import_add, walk, NULL);
    pe_exports_each(&image.view, export_add, cJSON_AddArrayToObject(json, "exports"), NULL);
    guard_add(json, &image);
    pdb_add(json, &image.view);
    signature_add(json, &image);
    if (pe_check(&image.view, &damage) != PE_OK)
        cJSON_AddStringToObject(json, "damage", damage.text);
    free(image.bytes);
    return json;
}

void image_line(const char *path, char *out_text, size_t size)
{
    struct image_bytes image;
    struct image_signature signature;
    char text[512];
    if (image_open(path, &image, out_text, size))
        return;
    image_signature_read(&image.pe, image.bytes, image.size, &signature);
    uint32_t sum = pe_checksum(image.bytes, image.size, image.pe.checksum_offset);
    snprintf(out_text, size, "%s, linker %u.%u, %s%s", machine_name(image.pe.machine),
             image.pe.linker_major, image.pe.linker_minor,
             image_signature_text(&signature, text, sizeof text),
             image.pe.checksum == 0 || image.pe.checksum == sum ? "" : ", its checksum is wrong");
    free(image.bytes);
}

int cli_image(int argc, char **argv)
{
    static const struct option options[] = {{"windows", required_argument, NULL, 'w'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    struct import_walk walk = {.ntddi = UINT32_MAX};
    bool is_json = false;
    int result = 0;
    for (int c; (c = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        uint32_t build;
        if (c == 'j')
            is_json = true;
        else if (c != 'w')
            return c == 'h' ? (fputs(usage, stdout), 0) : options_usage(usage);
        else if (options_windows(optarg, &build))
            return EXIT_USAGE;
        else
            walk.ntddi = windows_of_build(build).ntddi;
    }
    if (optind == argc)
        return options_usage(usage);
    cJSON *list = cJSON_CreateArray();
    for (int i = optind; i < argc; i++) {
        char error[512];
        cJSON *one = image_json(argv[i], &walk, error, sizeof error);
        if (one && is_json)
            cJSON_AddItemToArray(list, one);
        else if (one)
            image_print(one), cJSON_Delete(one);
        else
            fprintf(stderr, "cove image: %s\n", error);
        result |= !one;
    }
    if (is_json)
        options_print_json(list);
    else
        cJSON_Delete(list);
    return result || walk.newer ? EXIT_FAILED : 0;
}
