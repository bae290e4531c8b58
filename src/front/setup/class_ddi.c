/* SPDX-License-Identifier: MIT */
/* class_ddi.c - setupapi: setup classes, by GUID and by name. Doc: setupapi.h */
#include <string.h>

#include "crt/string.h"
#include "set.h"

/* A text value of a class's key; heap, or NULL. */
static wchar_t *class_text(const GUID *class_guid, const wchar_t *value)
{
    HKEY key;
    wchar_t path[120], name[39], text[300], wanted[40] = L"";
    DWORD size = sizeof text - sizeof *text, type;
    guid_text(class_guid, name);
    crt_wcscpy(path, CLASS_KEY);
    crt_wcscat(path, name);
    if (RegOpenKeyExW(HKEY_LOCAL_MACHINE, path, 0, KEY_READ, &key))
        return NULL;
    if (value) /* on the stack: the machine sees none of our own memory */
        crt_wcscpy(wanted, value);
    LSTATUS error = RegQueryValueExW(key, wanted, NULL, &type, (BYTE *)text, &size);
    RegCloseKey(key);
    if (error || (type != REG_SZ && type != REG_EXPAND_SZ))
        return NULL;
    text[size / sizeof *text] = 0;
    return text_copy(text);
}

/* Calls visit with each class until it answers true. */
static bool classes_visit(bool (*visit)(const GUID *class_guid, void *context), void *context)
{
    HKEY key;
    wchar_t path[64], name[64];
    bool is_found = false;
    crt_wcscpy(path, CLASS_KEY);
    path[crt_wcslen(path) - 1] = 0;
    if (RegOpenKeyExW(HKEY_LOCAL_MACHINE, path, 0, KEY_READ, &key))
        return false;
    for (DWORD i = 0; !is_found; i++) {
        GUID guid;
        DWORD count = 64;
        if (RegEnumKeyExW(key, i, name, &count, NULL, NULL, NULL, NULL))
            break;
        is_found = guid_parse(name, &guid) && visit(&guid, context);
    }
    RegCloseKey(key);
    return is_found;
}

struct collection {
    const wchar_t *name; /* NULL: every class */
    DWORD flags;
    GUID *list;
    DWORD room, count;
};

#define NO_INSTALL_CLASS 1u
#define NO_DISPLAY_CLASS 2u

static bool is_marked(const GUID *guid, const wchar_t *value)
{
    wchar_t *text = class_text(guid, value);
    bool is_it = text && *text == '1';
    heap_give(text);
    return is_it;
}

static bool collect(const GUID *guid, void *context)
{
    struct collection *all = context;
    if (all->name) {
        wchar_t *name = class_text(guid, L"Class");
        bool is_it = name && !crt_wcsicmp(name, all->name);
        heap_give(name);
        if (!is_it)
            return false;
    }
    if ((all->flags & NO_INSTALL_CLASS && is_marked(guid, L"NoInstallClass")) ||
        (all->flags & NO_DISPLAY_CLASS && is_marked(guid, L"NoDisplayClass")))
        return false;
    if (all->count < all->room)
        all->list[all->count] = *guid;
    all->count++;
    return false;
}

static BOOL collected(struct collection *all, DWORD *needed)
{
    if (!needed || (all->room && !all->list))
        return error_fail(ERROR_INVALID_PARAMETER);
    (void)classes_visit(collect, all);
    *needed = all->count;
    return all->count <= all->room ? TRUE : error_fail(ERROR_INSUFFICIENT_BUFFER);
}

/* ---- from a name
 * ---------------------------------------------------------------------------------- */

static BOOL guids_from(const wchar_t *name, GUID *list, DWORD room, DWORD *needed)
{
    struct collection all = {.name = name, .list = list, .room = room};
    return name ? collected(&all, needed) : error_fail(ERROR_INVALID_PARAMETER);
}

EXPORT(BOOL, SetupDiClassGuidsFromNameW,
       (const wchar_t *name, GUID *list, DWORD room, DWORD *needed))
{
    return guids_from(name, list, room, needed);
}
EXPORT(BOOL, SetupDiClassGuidsFromNameExW,
       (const wchar_t *name, GUID *list, DWORD room, DWORD *needed, const wchar_t *machine,
        void *reserved))
{
    return guids_from(name, list, room, needed);
}
EXPORT(BOOL, SetupDiClassGuidsFromNameA, (const char *name, GUID *list, DWORD room, DWORD *needed))
{
    struct wide wide;
    wide_of(&wide, name);
    BOOL answer = guids_from(wide.text, list, room, needed);
    wide_drop(&wide);
    return answer;
}
EXPORT(BOOL, SetupDiClassGuidsFromNameExA,
       (const char *name, GUID *list, DWORD room, DWORD *needed, const char *machine,
        void *reserved))
{
    return SetupDiClassGuidsFromNameA(name, list, room, needed);
}

EXPORT(BOOL, SetupDiBuildClassInfoList, (DWORD flags, GUID *list, DWORD room, DWORD *needed))
{
    struct collection all = {.flags = flags, .list = list, .room = room};
    return collected(&all, needed);
}
EXPORT(BOOL, SetupDiBuildClassInfoListExW,
       (DWORD flags, GUID *list, DWORD room, DWORD *needed, const wchar_t *machine, void *reserved))
{
    return SetupDiBuildClassInfoList(flags, list, room, needed);
}
EXPORT(BOOL, SetupDiBuildClassInfoListExA,
       (DWORD flags, GUID *list, DWORD room, DWORD *needed, const char *machine, void *reserved))
{
    return SetupDiBuildClassInfoList(flags, list, room, needed);
}

/* ---- to a name
 * ------------------------------------------------------------------------------------ */

static BOOL text_of(const GUID *class_guid, const wchar_t *value, bool is_wide, void *buffer,
                    DWORD room, DWORD *needed)
{
    wchar_t *text = class_guid ? class_text(class_guid, value) : NULL;
    if (!text)
        return error_fail(ERROR_INVALID_CLASS);
    bool fits = text_answer(text, is_wide, buffer, room, needed);
    heap_give(text);
    return fits ? TRUE : error_fail(ERROR_INSUFFICIENT_BUFFER);
}

#define CLASS_TEXT(name, letter, text, wide, value)                                               \
    EXPORT(BOOL, name##letter, (const GUID *class_guid, text *buffer, DWORD room, DWORD *needed)) \
    {                                                                                             \
        return text_of(class_guid, value, wide, buffer, room, needed);                            \
    }                                                                                             \
    EXPORT(BOOL, name##Ex##letter,                                                                \
           (const GUID *class_guid, text *buffer, DWORD room, DWORD *needed, const text *machine, \
            void *reserved))                                                                      \
    {                                                                                             \
        return text_of(class_guid, value, wide, buffer, room, needed);                            \
    }
CLASS_TEXT(SetupDiClassNameFromGuid, W, wchar_t, true, L"Class")
CLASS_TEXT(SetupDiClassNameFromGuid, A, char, false, L"Class")
CLASS_TEXT(SetupDiGetClassDescription, W, wchar_t, true, NULL)
CLASS_TEXT(SetupDiGetClassDescription, A, char, false, NULL)

/* ---- keys
 * ----------------------------------------------------------------------------------------- */

#define DIOCR_INSTALLER 1u
#define DIOCR_INTERFACE 2u

EXPORT(HKEY, SetupDiOpenClassRegKeyExW,
       (const GUID *class_guid, ACCESS_MASK access, DWORD flags, const wchar_t *machine,
        void *reserved))
{
    HKEY key;
    wchar_t path[120], name[39];
    crt_wcscpy(path, flags & DIOCR_INTERFACE ? INTERFACE_KEY : CLASS_KEY);
    path[crt_wcslen(path) - 1] = 0;
    if (class_guid) {
        guid_text(class_guid, name);
        crt_wcscat(path, L"\\");
        crt_wcscat(path, name);
    }
    LSTATUS error = RegOpenKeyExW(HKEY_LOCAL_MACHINE, path, 0, access, &key);
    if (!error)
        return key;
    error_set(error == ERROR_FILE_NOT_FOUND ? ERROR_INVALID_CLASS : (ULONG)error);
    return INVALID_HANDLE_VALUE;
}
EXPORT(HKEY, SetupDiOpenClassRegKeyExA,
       (const GUID *class_guid, ACCESS_MASK access, DWORD flags, const char *machine,
        void *reserved))
{
    return SetupDiOpenClassRegKeyExW(class_guid, access, flags, NULL, NULL);
}
EXPORT(HKEY, SetupDiOpenClassRegKey, (const GUID *class_guid, ACCESS_MASK access))
{
    return SetupDiOpenClassRegKeyExW(class_guid, access, DIOCR_INSTALLER, NULL, NULL);
}
