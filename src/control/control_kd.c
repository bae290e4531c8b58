/* SPDX-License-Identifier: MIT */
/* control_kd.c - a debugger's question; the answer may be longer than one message. */
#include <stdlib.h>
#include <string.h>

#include "control_internal.h"
#include "kd/kd.h"

#define PIECE 32768u

void control_kd(server_control *control, unsigned count, char **words)
{
    cJSON *answer = kd_answer(count, words);
    char *text = answer ? cJSON_PrintUnformatted(answer) : NULL;
    cJSON_Delete(answer);
    if (!text) {
        control_fail(control, 0xc000009au, "out of memory");
        return;
    }
    size_t length = strlen(text), sent = 0;
    bool is_last;
    do {
        size_t now = length - sent < PIECE ? length - sent : PIECE;
        is_last = sent + now == length;
        if (!server_control_reply(control, 0, text + sent, now, is_last))
            break;
        sent += now;
    } while (!is_last);
    free(text);
}
