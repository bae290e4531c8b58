/* SPDX-License-Identifier: MIT */
/* module_file.c - where the symbols of a driver are: its PDB, its own symbol table, its exports.
 *
 * The file must be the one that was loaded (its time stamp says so), and the PDB the one it names.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pe/pe.h"
#include "pe/tables.h"
#include "symbols.h"

bool pdb_is_of(const char *file, const uint8_t guid[16], uint32_t age)
{
    const char *command[] = {"llvm-pdbutil-19", "dump", "--summary", file, NULL};
    char wanted[48];
    snprintf(wanted, sizeof wanted,
             "{%02X%02X%02X%02X-%02X%02X-%02X%02X-%02X%02X-%02X%02X%02X%02X%02X%02X}", guid[3],
             guid[2], guid[1], guid[0], guid[5], guid[4], guid[7], guid[6], guid[8], guid[9],
             guid[10], guid[11], guid[12], guid[13], guid[14], guid[15]);
    char *text = tool_output(command);
    bool is_right = text && strstr(text, wanted);
    free(text);
    return is_right;
}

struct image_file {
    uint8_t *bytes;
    size_t size;
    struct pe_image image;
    struct pe_view view;
};

static bool image_file_open(const char *path, struct image_file *out_file)
{
    struct stat status;
    struct pe_error error;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool is_read = !fstat(fd, &status) && status.st_size > 0;
    out_file->size = is_read ? (size_t)status.st_size : 0;
    out_file->bytes =
        is_read ? mmap(NULL, out_file->size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
    close(fd);
    if (out_file->bytes == MAP_FAILED)
        return false;
    if (pe_parse(out_file->bytes, out_file->size, &out_file->image, &error) != PE_OK) {
        munmap(out_file->bytes, out_file->size);
        return false;
    }
    out_file->view = pe_view_file(&out_file->image, out_file->bytes, out_file->size);
    return true;
}

static char *pdb_at(const char *folder, size_t length, const char *leaf, const struct pe_pdb *pdb)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%.*s%s%s", (int)length, folder, length ? "/" : "", leaf);
    return !access(path, R_OK) && pdb_is_of(path, pdb->guid, pdb->age) ? strdup(path) : NULL;
}

/* The PDB in the folders of symbol_path, beside the image by either name, where it was when it was
 * linked, or here. */
static char *pdb_locate(const struct module *module, const struct pe_pdb *pdb,
                        const char *symbol_path)
{
    const char *leaf = pdb->path;
    for (const char *at = pdb->path; *at; at++)
        if (*at == '/' || *at == '\\')
            leaf = at + 1;
    const char *slash = strrchr(module->path, '/'), *dot = strrchr(module->path, '.');
    int folder = slash ? (int)(slash + 1 - module->path) : 0;
    int stem =
        dot && (!slash || dot > slash) ? (int)(dot - module->path) : (int)strlen(module->path);
    char own[PATH_MAX], *found = NULL;
    for (const char *at = symbol_path; at && *at && !found;) {
        size_t length = strcspn(at, ";:");
        found = length ? pdb_at(at, length, leaf, pdb) : NULL;
        at += length + (at[length] != '\0');
    }
    snprintf(own, sizeof own, "%.*s.pdb", stem, module->path);
    if (!found)
        found = pdb_at(module->path, folder ? (size_t)folder - 1 : 0, leaf, pdb);
    if (!found)
        found = pdb_at("", 0, own, pdb);
    if (!found)
        found = pdb_at("", 0, pdb->path, pdb);
    return found ? found : pdb_at("", 0, leaf, pdb);
}

static struct symbol_sections sections_of(const struct module *module,
                                          const struct image_file *file)
{
    struct symbol_sections sections = {.base = module->start};
    for (uint32_t i = 0; i < file->image.section_count; i++)
        sections.rva[sections.count++] = file->image.sections[i].rva;
    return sections;
}

static bool pdb_read(struct module *module, const struct image_file *file, const char *symbol_path)
{
    struct symbol_sections sections = sections_of(module, file);
    struct pe_error error;
    struct pe_pdb pdb;
    if (pe_pdb_find(&file->view, &pdb, &error) != PE_OK)
        return false;
    char *path = pdb_locate(module, &pdb, symbol_path);
    if (!path) {
        snprintf(module->note, sizeof module->note,
                 "its PDB (%.60s) was not found; .sympath FOLDER", pdb.path);
        return false;
    }
    const char *command[] = {"llvm-pdbutil-19", "dump", "--symbols", "--globals",
                             "--publics",       path,   NULL};
    char *text = tool_output(command);
    if (text)
        pdb_symbols_parse(text, &sections, &module->symbols);
    free(text);
    if (!module->symbols.count) {
        snprintf(module->note, sizeof module->note, "llvm-pdbutil-19 says nothing of its PDB");
        free(path);
        return false;
    }
    module->file = path;
    module->origin = SYMBOLS_PDB;
    module->note[0] = '\0';
    return true;
}

static bool table_read(struct module *module, const struct image_file *file)
{
    const char *command[] = {"llvm-readobj-19", "--symbols", module->path, NULL};
    struct symbol_sections sections = sections_of(module, file);
    char *text = tool_output(command);
    if (text)
        table_symbols_parse(text, &sections, &module->symbols);
    free(text);
    if (!module->symbols.count)
        return false;
    module->file = strdup(module->path);
    module->origin = SYMBOLS_TABLE;
    module->note[0] = '\0';
    return true;
}

static int export_add(void *context, const struct pe_export *export)
{
    struct module *module = context;
    char number[24], *name = number;
    if (export->forwarder)
        return 0;
    snprintf(number, sizeof number, "Ordinal%u", export->ordinal);
    if (export->name)
        name = (char *)(uintptr_t)export->name;
    struct symbol symbol = {
        .address = module->start + export->rva, .name = name, .is_function = true};
    symbols_add(&module->symbols, &symbol);
    return 0;
}

void module_symbols_read(struct module *module, const char *symbol_path)
{
    struct image_file file;
    struct pe_error error;
    module->origin = SYMBOLS_NONE;
    if (!*module->path || !image_file_open(module->path, &file)) {
        snprintf(module->note, sizeof module->note, "its file cannot be read");
        return;
    }
    if (file.image.timestamp != module->timestamp || file.image.checksum != module->checksum) {
        snprintf(module->note, sizeof module->note, "its file is not the one that was loaded");
    } else if (!pdb_read(module, &file, symbol_path) && !table_read(module, &file)) {
        pe_exports_each(&file.view, export_add, module, &error);
        symbols_sort(&module->symbols);
        if (module->symbols.count)
            module->origin = SYMBOLS_EXPORT;
    }
    munmap(file.bytes, file.size);
}
