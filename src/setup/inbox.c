/* SPDX-License-Identifier: MIT */
/* inbox.c - the INFs that packages name by Include and Needs: those of src/inf/inbox, in the
 * program.
 *
 * The drivers behind some of them are not on the machine: such a device gets its problem code when
 * it is started, and the service's name is in it.
 */
#include "inbox.h"

#include <stdlib.h>

#include "setup_internal.h"

static const struct inf **parsed; /* guarded by the installation lock; NULL: not asked for yet */

const struct inf *inbox_find(void *unused, const char *name)
{
    if (!parsed)
        parsed = calloc(inbox_count, sizeof *parsed);
    for (size_t i = 0; parsed && i < inbox_count; i++) {
        struct setup_error error = {0};
        struct inf *inf;
        if (!inf_same(inbox_texts[i].name, name))
            continue;
        if (!parsed[i] && !package_parse(inbox_texts[i].text, inbox_texts[i].length,
                                         inbox_texts[i].name, "", &inf, &error))
            parsed[i] = inf;
        return parsed[i];
    }
    return NULL;
}

void inbox_unload(void)
{
    for (size_t i = 0; parsed && i < inbox_count; i++)
        inf_destroy((struct inf *)parsed[i]);
    free(parsed);
    parsed = NULL;
}
