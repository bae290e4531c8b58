/* SPDX-License-Identifier: MIT */
/* ask.c - questions to the machine, and what is read from its answers. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "debugger_internal.h"

#define PIECE 4096u

static cJSON *ask_machine(struct debugger *debugger, const char *question, const char *first,
                          const char *second)
{
    const char *words[] = {question, first, second, NULL};
    if (debugger->is_gone)
        return NULL;
    cJSON *answer = debugger->options.ask(debugger->options.context, words);
    debugger->is_gone = !answer;
    return answer;
}

cJSON *ask(struct debugger *debugger, const char *question, const char *first, const char *second)
{
    cJSON *answer = ask_machine(debugger, question, first, second);
    if (!cJSON_HasObjectItem(answer, "error"))
        return answer;
    complain(debugger, "%s", answer_text(answer, "text"));
    cJSON_Delete(answer);
    return NULL;
}

cJSON *ask_address(struct debugger *debugger, const char *question, uint64_t address)
{
    char text[24];
    snprintf(text, sizeof text, "0x%" PRIx64, address);
    return ask(debugger, question, text, NULL);
}

cJSON *ask_quietly(struct debugger *debugger, const char *question, const char *first)
{
    cJSON *answer = ask_machine(debugger, question, first, NULL);
    if (!cJSON_HasObjectItem(answer, "error"))
        return answer;
    cJSON_Delete(answer);
    return NULL;
}

const char *answer_text(const cJSON *answer, const char *name)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(answer, name));
    return text ? text : "";
}

uint64_t answer_address(const cJSON *answer, const char *name)
{
    return strtoull(answer_text(answer, name), NULL, 16);
}

double answer_number(const cJSON *answer, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(answer, name);
    return cJSON_IsNumber(item) ? item->valuedouble : 0;
}

uint64_t answer_whole(const cJSON *answer, const char *name)
{
    double number = answer_number(answer, name);
    return number >= 0 && number < 9e18 ? (uint64_t)number : 0;
}

bool answer_bool(const cJSON *answer, const char *name)
{
    return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(answer, name));
}

static unsigned nibble(char digit)
{
    return digit <= '9' ? (unsigned)(digit - '0') : (unsigned)(digit - 'a' + 10);
}

size_t memory_read(struct debugger *debugger, uint64_t address, void *bytes, size_t count)
{
    size_t done = 0;
    while (done < count) {
        char first[24], second[24];
        size_t wanted = count - done < PIECE ? count - done : PIECE;
        snprintf(first, sizeof first, "0x%" PRIx64, address + done);
        snprintf(second, sizeof second, "%zu", wanted);
        cJSON *answer = ask_machine(debugger, "memory", first, second);
        const char *text = answer_text(answer, "bytes");
        size_t got = strspn(text, "0123456789abcdef") / 2;
        if (got > wanted)
            got = wanted;
        for (size_t i = 0; i < got; i++)
            ((uint8_t *)bytes)[done + i] =
                (uint8_t)(nibble(text[2 * i]) << 4 | nibble(text[2 * i + 1]));
        cJSON_Delete(answer);
        done += got;
        if (got < wanted)
            break;
    }
    return done;
}
