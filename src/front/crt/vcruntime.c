/* SPDX-License-Identifier: MIT */
/* vcruntime.c - what vcruntime140.dll has beside text functions and jumps.
 *
 * Exception objects are copied and type names compared as documented for std::exception and
 * type_info; the exceptions themselves are in cxx_*.c.
 */
#include <string.h>

#include "crt_internal.h"

struct exception_text { /* __std_exception_data */
    char *what;
    bool is_ours;
};

CRT(void, ucrt___std_exception_copy, (const struct exception_text *from, struct exception_text *to))
{
    *to = *from;
    if (!from->is_ours || !from->what)
        return;
    size_t size = strlen(from->what) + 1;
    to->what = heap_take(size);
    to->is_ours = to->what;
    if (to->what)
        memcpy(to->what, from->what, size);
}

CRT(void, ucrt___std_exception_destroy, (struct exception_text * text))
{
    if (text->is_ours)
        heap_give(text->what);
    *text = (struct exception_text){0};
}

struct type_text { /* __std_type_info_data */
    const char *undecorated;
    char decorated[];
};

CRT(int, ucrt___std_type_info_compare, (const struct type_text *a, const struct type_text *b))
{
    return a == b ? 0 : strcmp(a->decorated + 1, b->decorated + 1);
}

CRT(size_t, ucrt___std_type_info_hash, (const struct type_text *type))
{
    uint64_t hash = 0xcbf29ce484222325; /* FNV-1a */
    for (const char *at = type->decorated + 1; *at; at++)
        hash = (hash ^ (uint8_t)*at) * 0x100000001b3;
    return hash ^ hash >> 32;
}

CRT(void, ucrt___std_type_info_destroy_list, (void *list))
{
    /* Names are not undecorated here, so none were kept. */
}

static _Thread_local void *translator;

CRT(void *, ucrt__set_se_translator, (void *handler))
{
    void *old = translator;
    translator = handler;
    return old;
}

CRT(BOOL, ucrt___vcrt_InitializeCriticalSectionEx,
    (RTL_CRITICAL_SECTION * section, DWORD spins, DWORD flags))
{
    section_init(section, spins);
    return TRUE;
}
