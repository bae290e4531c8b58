/* SPDX-License-Identifier: MIT */
/* command_modules.c - lm, x, ln: modules and their symbols. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "debugger_internal.h"

static const char *origin_text(const struct module *module)
{
    switch (module->origin) {
    case SYMBOLS_DEFERRED:
        return "(deferred)";
    case SYMBOLS_EXPORT:
        return "(export symbols)";
    case SYMBOLS_TABLE:
        return "(coff symbols)";
    case SYMBOLS_PDB:
        return "(private pdb symbols)";
    default:
        return "(no symbols)";
    }
}

static void module_details(struct debugger *debugger, struct module *module)
{
    char when[64] = "";
    time_t seconds = module->timestamp;
    struct tm parts;
    if (gmtime_r(&seconds, &parts))
        strftime(when, sizeof when, "%a %b %e %H:%M:%S %Y", &parts);
    say(debugger, "    Image path: %s\n", *module->path ? module->path : "(the machine itself)");
    say(debugger, "    Image name: %s\n", module->image);
    if (!module->is_native) {
        say(debugger, "    Timestamp:        %s (%08X)\n", when, module->timestamp);
        say(debugger, "    CheckSum:         %08X\n", module->checksum);
    }
    say(debugger, "    ImageSize:        %08llX\n",
        (unsigned long long)(module->end - module->start));
    if (*module->note)
        say(debugger, "    Symbols:          none: %s\n", module->note);
}

static cJSON *module_json(const struct module *module)
{
    cJSON *item = cJSON_CreateObject();
    char text[24];
    cJSON_AddStringToObject(item, "name", module->name);
    cJSON_AddStringToObject(item, "image", module->image);
    snprintf(text, sizeof text, "0x%llx", (unsigned long long)module->start);
    cJSON_AddStringToObject(item, "start", text);
    snprintf(text, sizeof text, "0x%llx", (unsigned long long)module->end);
    cJSON_AddStringToObject(item, "end", text);
    cJSON_AddStringToObject(item, "path", module->path);
    cJSON_AddNumberToObject(item, "timestamp", module->timestamp);
    cJSON_AddNumberToObject(item, "checksum", module->checksum);
    cJSON_AddStringToObject(item, "symbols", origin_text(module));
    cJSON_AddStringToObject(item, "symbol_file", module->file ? module->file : "");
    cJSON_AddStringToObject(item, "note", module->note);
    return item;
}

static void modules_print(struct debugger *debugger, const char *mask, bool is_verbose)
{
    cJSON *list = debugger->options.is_json ? cJSON_CreateArray() : NULL;
    if (!list)
        say(debugger, "start             end                 module name\n");
    for (struct module *at = modules_first(debugger); at; at = at->next) {
        if (!mask_fits(mask, at->name))
            continue;
        if (is_verbose || at->is_native)
            module_load(debugger, at);
        if (list) {
            cJSON_AddItemToArray(list, module_json(at));
            continue;
        }
        say(debugger, "%s %s   %-10s %s  %s\n", tick(at->start), tick(at->end), at->name,
            origin_text(at), at->file ? at->file : "");
        if (is_verbose)
            module_details(debugger, at);
    }
    if (list) {
        char *text = cJSON_Print(list);
        say(debugger, "%s\n", text ? text : "[]");
        cJSON_free(text);
        cJSON_Delete(list);
    }
}

/* "m MASK", "vm MASK", "a ADDRESS" */
static void modules_command(struct debugger *debugger, char *text, bool is_verbose)
{
    char *words[WORDS_MAX];
    unsigned count = words_split(text, words);
    const char *mask = "*";
    for (unsigned i = 0; i < count; i++) {
        uint64_t address;
        if (!strcmp(words[i], "v") || !strcmp(words[i], "vm"))
            is_verbose = true;
        if ((!strcasecmp(words[i], "m") || !strcmp(words[i], "vm")) && i + 1 < count) {
            mask = words[++i];
        } else if (!strcmp(words[i], "a") && i + 1 < count) {
            if (!evaluate(debugger, words[++i], &address))
                return;
            const struct module *module = module_of(debugger, address);
            mask = module ? module->name : "";
        } else if (strcmp(words[i], "v") && strcmp(words[i], "k") && strcmp(words[i], "f") &&
                   strcmp(words[i], "n")) {
            complain(debugger, "lm [v] [m MASK | a ADDRESS]");
            return;
        }
    }
    modules_print(debugger, mask, is_verbose);
}

void command_lm(struct debugger *debugger, char *text)
{
    modules_command(debugger, text, false);
}

void command_lmv(struct debugger *debugger, char *text)
{
    modules_command(debugger, text, true);
}

/* ---- x, ln
 * --------------------------------------------------------------------------------------- */

static void symbol_json(cJSON *list, const struct module *module, const struct symbol *symbol)
{
    char text[24], name[640];
    cJSON *item = cJSON_CreateObject();
    snprintf(text, sizeof text, "0x%llx", (unsigned long long)symbol->address);
    snprintf(name, sizeof name, "%s!%s", module->name, symbol->name);
    cJSON_AddStringToObject(item, "address", text);
    cJSON_AddStringToObject(item, "name", name);
    cJSON_AddNumberToObject(item, "size", symbol->size);
    cJSON_AddBoolToObject(item, "is_function", symbol->is_function);
    cJSON_AddItemToArray(list, item);
}

void command_x(struct debugger *debugger, char *text)
{
    char *bang = strchr(text, '!');
    const char *module_mask = "*", *mask = text;
    if (!*text) {
        complain(debugger, "x MODULE!MASK");
        return;
    }
    if (bang) {
        *bang = '\0';
        module_mask = text;
        mask = bang + 1;
    }
    cJSON *list = debugger->options.is_json ? cJSON_CreateArray() : NULL;
    bool is_module_found = false;
    for (struct module *at = modules_first(debugger); at; at = at->next) {
        if (!mask_fits(module_mask, at->name) && strcasecmp(module_mask, at->image))
            continue;
        is_module_found = true;
        module_load(debugger, at);
        for (size_t i = 0; i < at->symbols.count; i++) {
            const struct symbol *symbol = &at->symbols.items[i];
            if (!mask_fits(mask, symbol->name))
                continue;
            if (list)
                symbol_json(list, at, symbol);
            else
                say(debugger, "%s          %s!%s\n", tick(symbol->address), at->name, symbol->name);
        }
    }
    if (list) {
        char *json = cJSON_Print(list);
        say(debugger, "%s\n", json ? json : "[]");
        cJSON_free(json);
        cJSON_Delete(list);
    }
    if (!is_module_found)
        complain(debugger, "Couldn't resolve 'x %s!%s': no such module", module_mask, mask);
}

void command_ln(struct debugger *debugger, char *text)
{
    uint64_t address;
    struct module *module;
    if (!evaluate(debugger, text, &address))
        return;
    const struct symbol *symbol = symbol_nearest(debugger, address, &module);
    if (!symbol) {
        if (module)
            say(debugger, "%s   %s+0x%llx\n", tick(address), module->name,
                (unsigned long long)(address - module->start));
        else
            complain(debugger, "%s is in no module", tick(address));
        return;
    }
    const struct symbol *behind = symbol + 1;
    bool has_behind = behind < module->symbols.items + module->symbols.count;
    say(debugger, "(%s)   %s!%s", tick(symbol->address), module->name, symbol->name);
    if (address != symbol->address)
        say(debugger, "+0x%llx", (unsigned long long)(address - symbol->address));
    if (has_behind)
        say(debugger, "   |  (%s)   %s!%s", tick(behind->address), module->name, behind->name);
    say(debugger, "\n");
    if (address == symbol->address)
        say(debugger, "Exact matches:\n    %s!%s\n", module->name, symbol->name);
}

/* ---- .sympath, .reload
 * --------------------------------------------------------------------------- */

void command_reload(struct debugger *debugger, char *text)
{
    modules_free(debugger);
    debugger->are_modules_fresh = false;
}

void command_sympath(struct debugger *debugger, char *text)
{
    const char *old = debugger->symbol_path ? debugger->symbol_path : "";
    char path[4096];
    bool is_added = *text == '+';
    if (*text) {
        text += is_added;
        text += strspn(text, " ");
        snprintf(path, sizeof path, "%s%s%s", is_added ? old : "", is_added && *old ? ":" : "",
                 text);
        free(debugger->symbol_path);
        debugger->symbol_path = strdup(path);
        command_reload(debugger, text);
    }
    say(debugger, "Symbol search path is: %s\n",
        debugger->symbol_path && *debugger->symbol_path ? debugger->symbol_path : "<empty>");
}
