/* SPDX-License-Identifier: MIT */
/* inf_folder_ddi.c - setupapi: folders that an INF names by numbers, and which of its sections
 * serves this machine.
 *
 * Doc: setupapi.h SetupSetDirectoryId, SetupDiGetActualSectionToInstall
 */
#include <stdlib.h>
#include <string.h>

#include "crt/string.h"
#include "crt/utf.h"
#include "inf/dirid.h"
#include "inf_handle.h"

#define DIRID_FIRST_USER 0x8000u /* DIRID_USER */
#define TEXT_MOST        4096u

const char *inf_handle_folder(void *handle, uint32_t dirid)
{
    struct inf_handle *own = handle;
    struct inf_dirid_owner owner = {.source = own->source};
    for (unsigned i = 0; i < own->folder_count; i++)
        if (own->folder[i].dirid == dirid)
            return own->folder[i].path;
    return inf_dirid_table(&owner, dirid);
}

char *inf_handle_text(struct inf_handle *handle, const char *text)
{
    char *whole = malloc(TEXT_MOST);
    if (!whole)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY), NULL;
    if (inf_dirid_expand(text, inf_handle_folder, handle, whole, TEXT_MOST) == INF_OK)
        return whole;
    free(whole);
    return error_fail(ERROR_INVALID_DATA), NULL;
}

/* A NULL path takes the number away. */
static BOOL folder_set(struct inf_handle *handle, DWORD dirid, const char *path)
{
    char *copy = path ? strdup(path) : NULL;
    unsigned at = 0;
    if (path && !copy)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY);
    while (at < handle->folder_count && handle->folder[at].dirid != dirid)
        at++;
    if (at < handle->folder_count)
        free(handle->folder[at].path);
    if (!path) {
        if (at < handle->folder_count)
            handle->folder[at] = handle->folder[--handle->folder_count];
        return TRUE;
    }
    if (at == INF_FOLDERS_MOST) {
        free(copy);
        return error_fail(ERROR_NOT_ENOUGH_MEMORY);
    }
    handle->folder_count += at == handle->folder_count;
    handle->folder[at] = (struct inf_folder){dirid, copy};
    size_t length = strlen(copy);
    if (length > 3 && copy[length - 1] == '\\')
        copy[length - 1] = '\0';
    return TRUE;
}

EXPORT(BOOL, SetupSetDirectoryIdW, (void *pointer, DWORD dirid, const wchar_t *folder))
{
    char path[MAX_PATH * 3];
    struct inf_handle *handle = inf_handle_of(pointer);
    if (!handle)
        return FALSE;
    if (!dirid && !folder) {
        while (handle->folder_count)
            (void)folder_set(handle, handle->folder[0].dirid, NULL);
        return TRUE;
    }
    if (dirid < DIRID_FIRST_USER || (folder && crt_wcslen(folder) >= MAX_PATH))
        return error_fail(ERROR_INVALID_PARAMETER);
    if (folder)
        crt_utf8_from_string(folder, path, sizeof path);
    return folder_set(handle, dirid, folder ? path : NULL);
}

EXPORT(BOOL, SetupSetDirectoryIdA, (void *pointer, DWORD dirid, const char *folder))
{
    struct wide wide;
    wide_of(&wide, folder);
    BOOL answer = SetupSetDirectoryIdW(pointer, dirid, wide.text);
    wide_drop(&wide);
    return answer;
}

/* ---- the section that is meant -----------------------------------------------------------------
 */

EXPORT(BOOL, SetupDiGetActualSectionToInstallW,
       (void *pointer, const wchar_t *name, wchar_t *buffer, DWORD room, DWORD *needed,
        wchar_t **extension))
{
    char narrow[INF_NAME_BYTES];
    DWORD length;
    struct inf_install install;
    struct inf_handle *handle = inf_handle_of(pointer);
    if (!handle || !name)
        return handle ? error_fail(ERROR_INVALID_PARAMETER) : FALSE;
    crt_utf8_from_string(name, narrow, sizeof narrow);
    /* Documented: no such section is no error, the name comes back as it is. */
    if (inf_install_find(handle->inf, narrow, inf_handle_target(), &install) != INF_OK) {
        install.extension = "";
        strcpy(install.actual, narrow);
    }
    wchar_t *actual = wide_copy(install.actual, strlen(install.actual), NULL);
    if (!actual)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY);
    bool fits = text_answer(actual, true, buffer, room, needed ? needed : &length);
    heap_give(actual);
    if (buffer && !fits)
        return error_fail(ERROR_INSUFFICIENT_BUFFER);
    if (extension)
        *extension = buffer && *install.extension ? buffer + crt_wcslen(name) : NULL;
    return TRUE;
}

EXPORT(BOOL, SetupDiGetActualSectionToInstallA,
       (void *pointer, const char *name, char *buffer, DWORD room, DWORD *needed, char **extension))
{
    wchar_t actual[INF_NAME_BYTES], *ending;
    DWORD length;
    struct wide wide;
    wide_of(&wide, name);
    BOOL answer = SetupDiGetActualSectionToInstallW(pointer, wide.text, actual, INF_NAME_BYTES,
                                                    &length, &ending);
    wide_drop(&wide);
    if (!answer)
        return FALSE;
    bool fits = text_answer(actual, false, buffer, room, needed ? needed : &length);
    if (buffer && !fits)
        return error_fail(ERROR_INSUFFICIENT_BUFFER);
    if (extension)
        *extension = buffer && ending ? buffer + strlen(name) : NULL;
    return TRUE;
}
