/* SPDX-License-Identifier: MIT */
/* modules.c - what is loaded on the machine, and names for addresses in it.
 *
 * The list is asked for once a command; symbols that were read stay as long as the same image does.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "debugger_internal.h"
#include "types.h"

/* The kernel's names are entries of this size at most; behind the last one is other code. */
#define NT_ENTRY_MAX 0x20u

static void module_free(struct module *module)
{
    symbols_free(&module->symbols);
    types_destroy(module->types);
    free(module->path);
    free(module->file);
    free(module);
}

void modules_free(struct debugger *debugger)
{
    while (debugger->modules) {
        struct module *next = debugger->modules->next;
        module_free(debugger->modules);
        debugger->modules = next;
    }
}

static void name_make(struct module *module)
{
    if (!strcasecmp(module->image, "ntoskrnl.exe")) {
        strcpy(module->name, "nt");
        return;
    }
    snprintf(module->name, sizeof module->name, "%s", module->image);
    char *dot = strrchr(module->name, '.');
    if (dot && dot > module->name)
        *dot = '\0';
    for (char *at = module->name; *at; at++)
        if (*at == ' ' || *at == '-' || *at == '!')
            *at = '_';
}

static struct module *module_same(struct debugger *debugger, const cJSON *item)
{
    for (struct module *at = debugger->modules; at; at = at->next)
        if ((at->is_native || at->start == answer_address(item, "start")) &&
            at->timestamp == (uint32_t)answer_whole(item, "timestamp") &&
            at->checksum == (uint32_t)answer_whole(item, "checksum") &&
            !strcmp(at->image, answer_text(item, "name")) &&
            !strcmp(at->path, answer_text(item, "path")))
            return at;
    return NULL;
}

static void module_add(struct debugger *debugger, const cJSON *item)
{
    struct module *module = calloc(1, sizeof *module), **at = &debugger->modules;
    if (!module)
        return;
    module->start = answer_address(item, "start");
    module->end = answer_address(item, "end");
    module->timestamp = (uint32_t)answer_whole(item, "timestamp");
    module->checksum = (uint32_t)answer_whole(item, "checksum");
    module->is_native = answer_bool(item, "is_native");
    module->is_there = true;
    snprintf(module->image, sizeof module->image, "%s", answer_text(item, "name"));
    module->path = strdup(answer_text(item, "path"));
    name_make(module);
    while (*at && (*at)->start < module->start)
        at = &(*at)->next;
    module->next = *at;
    *at = module;
}

static void modules_refresh(struct debugger *debugger)
{
    const cJSON *item;
    if (debugger->are_modules_fresh || debugger->is_gone)
        return;
    debugger->are_modules_fresh = true;
    cJSON *list = ask_quietly(debugger, "modules", NULL);
    for (struct module *at = debugger->modules; at; at = at->next)
        at->is_there = false;
    cJSON_ArrayForEach(item, list)
    {
        struct module *same = module_same(debugger, item);
        if (same)
            same->is_there = true;
        else
            module_add(debugger, item);
    }
    cJSON_Delete(list);
    for (struct module **at = &debugger->modules; *at;) {
        struct module *module = *at;
        if (module->is_there) {
            at = &module->next;
        } else {
            *at = module->next;
            module_free(module);
        }
    }
}

struct module *modules_first(struct debugger *debugger)
{
    modules_refresh(debugger);
    return debugger->modules;
}

struct module *module_find(struct debugger *debugger, const char *name)
{
    for (struct module *at = modules_first(debugger); at; at = at->next)
        if (!strcasecmp(at->name, name) || !strcasecmp(at->image, name))
            return at;
    return NULL;
}

struct module *module_of(struct debugger *debugger, uint64_t address)
{
    for (struct module *at = modules_first(debugger); at; at = at->next)
        if (!at->is_native && address >= at->start && address < at->end)
            return at;
    return NULL;
}

/* The kernel's names and where drivers' calls to them arrive. */
static void native_symbols_read(struct debugger *debugger, struct module *module)
{
    unsigned bit = strcmp(module->name, "nt") ? 2 : 1;
    const cJSON *item;
    cJSON *list = ask_quietly(debugger, "exports", NULL);
    cJSON_ArrayForEach(item, list)
    {
        struct symbol symbol = {.address = answer_address(item, "address"),
                                .is_function = !answer_bool(item, "is_data"),
                                .name = (char *)(uintptr_t)answer_text(item, "name")};
        if (symbol.address && (unsigned)answer_whole(item, "modules") & bit)
            symbols_add(&module->symbols, &symbol);
    }
    cJSON_Delete(list);
    symbols_sort(&module->symbols);
    module->origin = SYMBOLS_EXPORT;
    if (module->symbols.count) {
        module->start = module->symbols.items[0].address;
        module->end = module->symbols.items[module->symbols.count - 1].address + NT_ENTRY_MAX;
    }
}

void module_load(struct debugger *debugger, struct module *module)
{
    if (module->origin != SYMBOLS_DEFERRED)
        return;
    if (module->is_native)
        native_symbols_read(debugger, module);
    else
        module_symbols_read(module, debugger->symbol_path);
}

const struct symbol *symbol_nearest(struct debugger *debugger, uint64_t address,
                                    struct module **out_module)
{
    const struct symbol *symbol;
    struct module *module = module_of(debugger, address);
    *out_module = module;
    if (module) {
        module_load(debugger, module);
        symbol = symbols_at(&module->symbols, address);
        return symbol;
    }
    for (module = debugger->modules; module; module = module->next) {
        if (!module->is_native)
            continue;
        module_load(debugger, module);
        symbol = symbols_at(&module->symbols, address);
        if (symbol && address - symbol->address < NT_ENTRY_MAX) {
            *out_module = module;
            return symbol;
        }
    }
    return NULL;
}

const char *symbol_text(struct debugger *debugger, uint64_t address)
{
    static char texts[4][640];
    static unsigned next;
    char *text = texts[next++ % 4];
    struct module *module;
    text[0] = '\0';
    if (!address)
        return text;
    const struct symbol *symbol = symbol_nearest(debugger, address, &module);
    unsigned long long offset = symbol ? address - symbol->address : 0;
    if (symbol && offset)
        snprintf(text, sizeof texts[0], "%s!%s+0x%llx", module->name, symbol->name, offset);
    else if (symbol)
        snprintf(text, sizeof texts[0], "%s!%s", module->name, symbol->name);
    else if (module && address > module->start)
        snprintf(text, sizeof texts[0], "%s+0x%llx", module->name,
                 (unsigned long long)(address - module->start));
    else if (module)
        snprintf(text, sizeof texts[0], "%s", module->name);
    return text;
}

bool symbol_find(struct debugger *debugger, const char *name, uint64_t *out_address)
{
    const char *bang = strchr(name, '!');
    char prefix[64];
    for (struct module *at = modules_first(debugger); at; at = at->next) {
        if (!bang && !strcasecmp(at->name, name)) {
            *out_address = at->start;
            return true;
        }
    }
    snprintf(prefix, sizeof prefix, "%.*s", bang ? (int)(bang - name) : 0, name);
    for (struct module *at = debugger->modules; at; at = at->next) {
        if (bang && strcasecmp(at->name, prefix) && strcasecmp(at->image, prefix))
            continue;
        module_load(debugger, at);
        const struct symbol *symbol = symbols_named(&at->symbols, bang ? bang + 1 : name);
        if (symbol) {
            *out_address = symbol->address;
            return true;
        }
    }
    return false;
}
