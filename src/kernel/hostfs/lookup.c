/* SPDX-License-Identifier: MIT */
/* lookup.c - names: from an NT path to a path of the host, letters in any case.
 *
 * In: components behind backslashes; out: the folder of the drive with each component as the
 * host spells it. "." and ".." are no names here, so a path cannot climb out of its drive;
 * symbolic links of the host are followed where they lead.
 */
#include "hostfs_internal.h"

#include <stdlib.h>
#include <string.h>

/* ---- characters ------------------------------------------------------------------------------ */

static bool component_is_valid(const UNICODE_STRING *component)
{
    unsigned count = component->Length / sizeof(WCHAR);
    const WCHAR *at = component->Buffer;
    if (count == 0 || (count == 1 && at[0] == '.') || (count == 2 && at[0] == '.' && at[1] == '.'))
        return false;
    for (unsigned i = 0; i < count; i++)
        if (at[i] < ' ' || (at[i] < 128 && strchr("/\\:*?\"<>|", (int)at[i]) != NULL))
            return false;
    return true;
}

/* ---- one component
 * --------------------------------------------------------------------------------- */

struct component_search {
    const UNICODE_STRING *wanted;
    char *found; /* malloc'ed */
};

static bool component_compare(const char *name, void *context)
{
    struct component_search *search = context;
    UNICODE_STRING wide;
    if (!NT_SUCCESS(rtl_unicode_of(name, &wide)))
        return true;
    if (RtlEqualUnicodeString(&wide, (PUNICODE_STRING)search->wanted, TRUE))
        search->found = strdup(name);
    RtlFreeUnicodeString(&wide);
    return search->found == NULL;
}

static char *path_join(const char *folder, const char *name)
{
    size_t length = strlen(folder) + 1 + strlen(name) + 1;
    char *path = malloc(length);
    if (path == NULL)
        return NULL;
    strcpy(path, folder);
    strcat(path, "/");
    strcat(path, name);
    return path;
}

/* As spelled, if there is such a file; else whatever differs in case only. */
static NTSTATUS component_find(const char *folder, const UNICODE_STRING *component, char **out_path,
                               bool *out_exists)
{
    struct hostfs_stat stat;
    char *name = rtl_utf8_of(component);
    if (name == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    char *path = path_join(folder, name);
    rtl_free(name);
    if (path == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    *out_exists = hostfs_host_stat(path, &stat) == 0;
    if (!*out_exists) {
        struct component_search search = {.wanted = component};
        hostfs_host_directory_visit(folder[0] != '\0' ? folder : "/", component_compare, &search);
        if (search.found != NULL) {
            char *better = path_join(folder, search.found);
            free(search.found);
            free(path);
            if (better == NULL)
                return STATUS_INSUFFICIENT_RESOURCES;
            path = better;
            *out_exists = hostfs_host_stat(path, &stat) == 0;
        }
    }
    *out_path = path;
    return STATUS_SUCCESS;
}

/* ---- the whole name
 * ------------------------------------------------------------------------------------ */

static UNICODE_STRING component_take(UNICODE_STRING *rest)
{
    unsigned count = 0, all = rest->Length / sizeof(WCHAR);
    while (count < all && rest->Buffer[count] != '\\')
        count++;
    UNICODE_STRING component = {(USHORT)(count * sizeof(WCHAR)), (USHORT)(count * sizeof(WCHAR)),
                                rest->Buffer};
    unsigned skip = count < all ? count + 1 : count;
    rest->Buffer += skip;
    rest->Length = rest->MaximumLength = (USHORT)(rest->Length - skip * sizeof(WCHAR));
    return component;
}

NTSTATUS hostfs_lookup(const char *folder, const UNICODE_STRING *name, char **out_path,
                       bool *out_exists)
{
    UNICODE_STRING rest = *name;
    char *path = strdup(folder);
    NTSTATUS status = path != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
    bool exists = true;
    if (rest.Length >= sizeof(WCHAR) && rest.Buffer[0] == '\\')
        component_take(&rest);
    while (NT_SUCCESS(status) && rest.Length != 0) {
        struct hostfs_stat stat;
        UNICODE_STRING component = component_take(&rest);
        char *next;
        if (!component_is_valid(&component)) {
            status = STATUS_OBJECT_NAME_INVALID;
        } else if (!exists || hostfs_host_stat(path[0] != '\0' ? path : "/", &stat) != 0 ||
                   !stat.is_directory) {
            status = STATUS_OBJECT_PATH_NOT_FOUND;
        } else {
            status = component_find(path, &component, &next, &exists);
            if (NT_SUCCESS(status)) {
                free(path);
                path = next;
            }
        }
    }
    if (!NT_SUCCESS(status)) {
        free(path);
        return status;
    }
    if (path[0] == '\0') {
        free(path);
        path = strdup("/");
        if (path == NULL)
            return STATUS_INSUFFICIENT_RESOURCES;
    }
    *out_path = path;
    *out_exists = exists;
    return STATUS_SUCCESS;
}

/* ---- wildcards
 * ---------------------------------------------------------------------------------------------- */

/* The characters that the DOS forms of wildcards are passed as. */
enum { STAR = '*', ANY = '?', DOS_STAR_CHAR = '<', DOS_QM_CHAR = '>', DOS_DOT_CHAR = '"' };

static bool match(const WCHAR *pattern, unsigned patterns, const WCHAR *name, unsigned names);

/* DOS_STAR takes what it likes up to, not beyond, the last dot of the name. */
static bool match_dos_star(const WCHAR *pattern, unsigned patterns, const WCHAR *name,
                           unsigned names)
{
    unsigned limit = names;
    for (unsigned i = 0; i < names; i++)
        if (name[i] == '.')
            limit = i;
    bool has_dot = limit != names;
    for (unsigned i = 0; i <= (has_dot ? limit : names); i++)
        if (match(pattern, patterns, name + i, names - i))
            return true;
    return false;
}

static bool match(const WCHAR *pattern, unsigned patterns, const WCHAR *name, unsigned names)
{
    while (patterns != 0) {
        WCHAR c = *pattern;
        if (c == STAR) {
            for (unsigned i = 0; i <= names; i++)
                if (match(pattern + 1, patterns - 1, name + i, names - i))
                    return true;
            return false;
        }
        if (c == DOS_STAR_CHAR)
            return match_dos_star(pattern + 1, patterns - 1, name, names);
        bool takes_nothing = names == 0 || *name == '.';
        if ((c == DOS_QM_CHAR && takes_nothing) || (c == DOS_DOT_CHAR && names == 0)) {
            pattern++;
            patterns--;
            continue;
        }
        if (names == 0)
            return false;
        if (c == DOS_DOT_CHAR ? *name != '.'
                              : c != ANY && c != DOS_QM_CHAR &&
                                    RtlUpcaseUnicodeChar(c) != RtlUpcaseUnicodeChar(*name))
            return false;
        pattern++;
        patterns--;
        name++;
        names--;
    }
    return names == 0;
}

bool hostfs_name_matches(const UNICODE_STRING *pattern, const UNICODE_STRING *name)
{
    static const WCHAR everything[] = {'*', '.', '*'};
    unsigned patterns = pattern->Length / sizeof(WCHAR);
    if (patterns == 0 ||
        (patterns == 3 && memcmp(pattern->Buffer, everything, sizeof(everything)) == 0))
        return true;
    return match(pattern->Buffer, patterns, name->Buffer, name->Length / sizeof(WCHAR));
}
