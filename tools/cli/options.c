/* SPDX-License-Identifier: MIT */
/* options.c - what the verbs share. */
#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/windows.h"
#include "client/client.h"

int options_windows(const char *text, uint32_t *out_build)
{
    struct windows_version version;
    if (windows_parse(text, &version)) {
        fprintf(stderr, "cove: --windows %s: no version known here\n" OPTIONS_WINDOWS_HELP, text);
        return EXIT_USAGE;
    }
    *out_build = version.build;
    return 0;
}

int options_signing(const char *text, unsigned *out_signing)
{
    static const char *const names[] = {
        [CLIENT_SIGNING_TEST] = "test", [CLIENT_SIGNING_ON] = "on", [CLIENT_SIGNING_OFF] = "off"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i], text))
            continue;
        *out_signing = i;
        return 0;
    }
    fprintf(stderr, "cove: --signing %s: it is test, on or off\n", text);
    return EXIT_USAGE;
}

const char *options_machine(const char *given)
{
    const char *set = getenv("COVE_MACHINE");
    if (given)
        return given;
    return set && *set ? set : "default";
}

int options_client_failed(void)
{
    fprintf(stderr, "cove: %s\n", client_error());
    return EXIT_FAILED;
}

int options_usage(const char *text)
{
    fputs(text, stderr);
    return EXIT_USAGE;
}

cJSON *options_ask(const char *machine, const char *const *words, uint32_t *out_code)
{
    struct client_reply reply;
    if (client_request(machine, words, &reply)) {
        options_client_failed();
        return NULL;
    }
    cJSON *json = cJSON_Parse(reply.text);
    free(reply.text);
    if (!json)
        fprintf(stderr,
                "cove: machine '%s' gave an answer that is no JSON; is it of another version?\n",
                machine);
    *out_code = reply.code;
    return json;
}

void options_print_json(cJSON *json)
{
    char *text = cJSON_Print(json);
    if (text)
        puts(text);
    free(text);
    cJSON_Delete(json);
}

const char *json_text(const cJSON *object, const char *name)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
    return text ? text : "";
}

double json_number(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsNumber(item) ? item->valuedouble : 0;
}
