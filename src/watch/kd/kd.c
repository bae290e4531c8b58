/* SPDX-License-Identifier: MIT */
/* kd.c - the table of a debugger's questions, and how answers are written. */
#include "kd/kd.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kd_internal.h"

static const struct question {
    const char *name;
    unsigned least, most; /* words behind the name */
    kd_question *answer;
} questions[] = {
    {"target", 0, 0, kd_target},
    {"irql", 0, 0, kd_irql},
    {"modules", 0, 0, kd_modules},
    {"exports", 0, 0, kd_exports},
    {"memory", 2, 2, kd_memory},
    {"find", 1, 1, kd_find},
    {"object", 1, 1, kd_object},
    {"objects", 1, 1, kd_objects},
    {"handles", 1, 1, kd_handles},
    {"drivers", 0, 0, kd_drivers},
    {"driver", 1, 1, kd_driver},
    {"device", 1, 1, kd_device},
    {"stack", 1, 1, kd_stack},
    {"file", 1, 1, kd_file},
    {"irp", 1, 1, kd_irp},
    {"irps", 0, 2, kd_irps},
    {"processes", 0, 0, kd_processes},
    {"process", 1, 1, kd_process},
    {"threads", 1, 1, kd_threads},
    {"thread", 1, 1, kd_thread},
    {"pool", 1, 1, kd_pool},
    {"pool-used", 0, 0, kd_pool_used},
    {"nodes", 0, 0, kd_nodes},
};

#define WORDS_MAX 4u

cJSON *kd_answer(unsigned count, char **words)
{
    char *given[WORDS_MAX] = {NULL};
    for (unsigned i = 0; i < count && i < WORDS_MAX; i++)
        given[i] = words[i];
    for (size_t i = 0; count && i < sizeof questions / sizeof *questions; i++) {
        const struct question *question = &questions[i];
        if (strcmp(question->name, words[0]))
            continue;
        if (count - 1 < question->least || count - 1 > question->most)
            return kd_refuse(STATUS_INVALID_PARAMETER, "wrong number of words for '%s'", words[0]);
        return question->answer(given);
    }
    return kd_refuse(STATUS_INVALID_PARAMETER,
                     "this machine does not know '%s'; is it of another version of cove?",
                     count ? words[0] : "");
}

cJSON *kd_refuse(NTSTATUS status, const char *format, ...)
{
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    cJSON *answer = cJSON_CreateObject();
    kd_number(answer, "error", (uint32_t)status);
    cJSON_AddStringToObject(answer, "text", text);
    return answer;
}

void kd_address(cJSON *object, const char *name, uint64_t address)
{
    char text[24];
    snprintf(text, sizeof text, "0x%" PRIx64, address);
    cJSON_AddStringToObject(object, name, text);
}

void kd_number(cJSON *object, const char *name, double number)
{
    cJSON_AddNumberToObject(object, name, number);
}

void kd_text_take(cJSON *object, const char *name, char *utf8)
{
    cJSON_AddStringToObject(object, name, utf8 ? utf8 : "");
    free(utf8);
}
