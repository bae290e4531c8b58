/* SPDX-License-Identifier: MIT */
/* words.c - what follows a command's name: words, masks, expressions, objects' names. */
#include <ctype.h>
#include <string.h>

#include "debugger_internal.h"

unsigned words_split(char *text, char **words)
{
    unsigned count = 0;
    while (count < WORDS_MAX) {
        while (isspace((unsigned char)*text))
            *text++ = '\0';
        if (!*text)
            break;
        char end = *text == '"' ? *text++ : ' ';
        words[count++] = text;
        while (*text && (end == '"' ? *text != '"' : !isspace((unsigned char)*text)))
            text++;
        if (*text)
            *text++ = '\0';
    }
    return count;
}

/* Goes back to the last star only, so that no mask takes longer than its two lengths' product. */
bool mask_fits(const char *mask, const char *name)
{
    const char *star = NULL, *again = NULL;
    while (*name) {
        if (*mask == '*') {
            star = ++mask;
            again = name;
        } else if (*mask == '?' || tolower((unsigned char)*mask) == tolower((unsigned char)*name)) {
            mask++;
            name++;
        } else if (star) {
            mask = star;
            name = ++again;
        } else {
            return false;
        }
    }
    while (*mask == '*')
        mask++;
    return !*mask;
}

static bool world_symbol(void *context, const char *name, uint64_t *out_value)
{
    return symbol_find(context, name, out_value);
}

static bool world_read(void *context, uint64_t address, void *bytes, size_t count)
{
    return memory_read(context, address, bytes, count) == count;
}

bool evaluate(struct debugger *debugger, const char *text, uint64_t *out_value)
{
    const struct expression_world world = {world_symbol, world_read, debugger};
    char error[320];
    if (expression_evaluate(&world, text, out_value, error, sizeof error))
        return true;
    complain(debugger, "%s", error);
    return false;
}

bool object_address(struct debugger *debugger, const char *word, const char *prefix,
                    uint64_t *out_address)
{
    char path[512];
    snprintf(path, sizeof path, "%s%s", *word == '\\' ? "" : prefix, word);
    cJSON *answer = ask_quietly(debugger, "find", path);
    if (!answer && *word == '\\')
        complain(debugger, "Object %s not found", path);
    if (!answer)
        return *word != '\\' && !debugger->is_gone && evaluate(debugger, word, out_address);
    *out_address = answer_address(answer, "address");
    cJSON_Delete(answer);
    return true;
}
