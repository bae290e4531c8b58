/* SPDX-License-Identifier: MIT */
/* inf_ddi.c - setupapi: INF files opened, lines found, fields read. Doc: setupapi.h
 *
 * The text is room inf's: UTF-8, with %tokens% replaced. An INFCONTEXT holds the file and the
 * numbers of section and line, which are looked up each time.
 */
#include <stdlib.h>
#include <string.h>

#include "crt/string.h"
#include "crt/utf.h"
#include "inf/dirid.h"
#include "inf/inf.h"
#include "inf/model.h"
#include "inf_handle.h"
#include "plug.h"

#define INF_MAGIC       0x464e4950u
#define GENERIC_READ_32 0x80000000u
#define SHARE_READ      1u
#define OPEN_EXISTING   3u
#define STYLE_OLD       1u /* INF_STYLE_OLDNT */

struct inf_context { /* INFCONTEXT */
    struct inf_handle *inf, *current;
    UINT section, line;
};

/* ---- files
 * --------------------------------------------------------------------------------------- */

static void *file_read(const wchar_t *path, size_t *out_length)
{
    LARGE_INTEGER *size = heap_take(sizeof *size + sizeof(DWORD));
    HANDLE file = CreateFileW(path, GENERIC_READ_32, SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    void *bytes = NULL;
    if (!size || file == INVALID_HANDLE_VALUE) {
        heap_give(size);
        return NULL;
    }
    DWORD *done = (DWORD *)(size + 1);
    if (GetFileSizeEx(file, size) && size->QuadPart <= INF_FILE_MAX) {
        bytes = heap_take((size_t)size->QuadPart + 1);
        if (bytes && !ReadFile(file, bytes, (DWORD)size->QuadPart, done, NULL)) {
            heap_give(bytes);
            bytes = NULL;
        }
        *out_length = bytes ? *done : 0;
    } else {
        error_set(ERROR_BAD_FORMAT);
    }
    CloseHandle(file);
    heap_give(size);
    return bytes;
}

static void source_set(struct inf_handle *handle, const char *path)
{
    const char *slash = strrchr(path, '\\');
    size_t length = slash ? (size_t)(slash - path) : 0;
    memcpy(handle->source, path, length);
    handle->source[length] = '\0';
}

/* While an INF is read its own folder is known and the machine's; others have no number yet. */
static const char *folder_known(void *handle, uint32_t dirid)
{
    struct inf_handle *own = handle;
    struct inf_dirid_owner owner = {.source = own->source};
    return inf_dirid_table(&owner, dirid);
}

struct inf_handle *inf_handle_create(const wchar_t *name, UINT *out_line)
{
    wchar_t path[MAX_PATH * 2] = L"";
    char narrow[MAX_PATH * 3];
    struct inf_error error = {0};
    struct inf_options options = {.dirid = folder_known};
    size_t length;
    if (out_line)
        *out_line = 0;
    if (!name || crt_wcslen(name) >= MAX_PATH)
        return error_fail(ERROR_INVALID_PARAMETER), INVALID_HANDLE_VALUE;
    if (!crt_wcspbrk(name, L"\\/:"))
        crt_wcscpy(path, L"C:\\Windows\\INF\\");
    crt_wcscat(path, name);
    void *bytes = file_read(path, &length);
    if (!bytes)
        return INVALID_HANDLE_VALUE;
    crt_utf8_from_string(path, narrow, sizeof narrow);
    struct inf_handle *handle = calloc(1, sizeof *handle);
    if (handle)
        source_set(handle, narrow);
    options.dirid_context = handle;
    int answer =
        handle ? inf_parse(bytes, length, narrow, &options, &handle->inf, &error) : INF_ABSENT;
    heap_give(bytes);
    if (answer != INF_OK) {
        free(handle);
        if (out_line)
            *out_line = error.line;
        error_set(handle ? SETUP_ERROR(3) : ERROR_NOT_ENOUGH_MEMORY); /* ERROR_GENERAL_SYNTAX */
        return INVALID_HANDLE_VALUE;
    }
    handle->magic = INF_MAGIC;
    return handle;
}

struct inf *inf_handle_open(const wchar_t *name)
{
    struct inf_handle *handle = inf_handle_create(name, NULL);
    struct inf *inf = handle != INVALID_HANDLE_VALUE ? handle->inf : NULL;
    if (inf)
        free(handle);
    return inf;
}

void inf_handle_destroy(struct inf_handle *handle)
{
    for (unsigned i = 0; i < handle->folder_count; i++)
        free(handle->folder[i].path);
    handle->magic = 0;
    inf_destroy(handle->inf);
    free(handle);
}

const struct inf_target *inf_handle_target(void)
{
    static const struct inf_target target = {INF_AMD64, 10, 0, 19045, 1, 0};
    return &target;
}

struct inf_handle *inf_handle_of(void *pointer)
{
    struct inf_handle *handle = pointer;
    if (!handle || handle == INVALID_HANDLE_VALUE || handle->magic != INF_MAGIC)
        return error_fail(ERROR_INVALID_HANDLE), NULL;
    return handle;
}

EXPORT(void *, SetupOpenInfFileW,
       (const wchar_t *name, const wchar_t *class_name, DWORD style, UINT *line))
{
    if (style == STYLE_OLD)
        return error_fail(ERROR_WRONG_INF_STYLE), INVALID_HANDLE_VALUE;
    struct inf_handle *handle = inf_handle_create(name, line);
    if (handle == INVALID_HANDLE_VALUE || !class_name)
        return handle;
    char wanted[64];
    crt_utf8_from_string(class_name, wanted, sizeof wanted);
    const char *is = inf_value(handle->inf, "Version", "Class");
    if (is && inf_same(is, wanted))
        return handle;
    inf_handle_destroy(handle);
    return error_fail(ERROR_CLASS_MISMATCH), INVALID_HANDLE_VALUE;
}
EXPORT(void *, SetupOpenInfFileA,
       (const char *name, const char *class_name, DWORD style, UINT *line))
{
    struct wide file, class;
    wide_of(&file, name);
    wide_of(&class, class_name);
    void *handle = SetupOpenInfFileW(file.text, class.text, style, line);
    wide_drop(&class);
    wide_drop(&file);
    return handle;
}
EXPORT(void, SetupCloseInfFile, (void *pointer))
{
    struct inf_handle *handle = inf_handle_of(pointer);
    if (handle)
        inf_handle_destroy(handle);
}

/* ---- lines
 * --------------------------------------------------------------------------------------- */

/* A line with one field and no key is its own key. */
static const char *line_key(const struct inf_line *line)
{
    return line->key ? line->key : line->field_count == 1 ? line->fields[0].text : NULL;
}

static const struct inf_line *line_of(const struct inf_context *context,
                                      const struct inf_section **out_section)
{
    struct inf_handle *handle = context ? inf_handle_of(context->inf) : NULL;
    const struct inf_section *section =
        handle ? inf_section_at(handle->inf, context->section) : NULL;
    if (out_section)
        *out_section = section;
    if (!section || context->line >= section->line_count)
        return error_fail(ERROR_INVALID_PARAMETER), NULL;
    return &section->lines[context->line];
}

static BOOL line_from(struct inf_handle *handle, const struct inf_section *section, UINT from,
                      const char *key, struct inf_context *out)
{
    for (UINT i = from; i < section->line_count; i++) {
        const char *own = line_key(&section->lines[i]);
        if (key && (!own || !inf_same(own, key)))
            continue;
        *out = (struct inf_context){handle, handle, section->index, i};
        return TRUE;
    }
    return error_fail(ERROR_LINE_NOT_FOUND);
}

static BOOL line_first(void *pointer, const char *section_name, const char *key,
                       struct inf_context *out)
{
    struct inf_handle *handle = inf_handle_of(pointer);
    if (!handle || !section_name || !out)
        return handle ? error_fail(ERROR_INVALID_PARAMETER) : FALSE;
    const struct inf_section *section = inf_section_find(handle->inf, section_name);
    return section ? line_from(handle, section, 0, key, out) : error_fail(ERROR_SECTION_NOT_FOUND);
}

#define NARROW(name, text)          \
    char name[INF_NAME_BYTES] = ""; \
    if (text)                       \
    crt_utf8_from_string(text, name, sizeof name)

EXPORT(BOOL, SetupFindFirstLineA,
       (void *handle, const char *section, const char *key, struct inf_context *out))
{
    return line_first(handle, section, key, out);
}
EXPORT(BOOL, SetupFindFirstLineW,
       (void *handle, const wchar_t *section, const wchar_t *key, struct inf_context *out))
{
    NARROW(name, section);
    NARROW(wanted, key);
    return line_first(handle, section ? name : NULL, key ? wanted : NULL, out);
}

static BOOL line_next(const struct inf_context *context, const char *key, struct inf_context *out)
{
    const struct inf_section *section;
    if (!line_of(context, &section) || !out)
        return FALSE;
    struct inf_handle *handle = context->inf;
    return line_from(handle, section, context->line + 1, key, out);
}
EXPORT(BOOL, SetupFindNextLine, (struct inf_context * context, struct inf_context *out))
{
    return line_next(context, NULL, out);
}
EXPORT(BOOL, SetupFindNextMatchLineA,
       (struct inf_context * context, const char *key, struct inf_context *out))
{
    return line_next(context, key, out);
}
EXPORT(BOOL, SetupFindNextMatchLineW,
       (struct inf_context * context, const wchar_t *key, struct inf_context *out))
{
    NARROW(wanted, key);
    return line_next(context, key ? wanted : NULL, out);
}

static LONG line_count(void *pointer, const char *name)
{
    struct inf_handle *handle = inf_handle_of(pointer);
    const struct inf_section *section = handle ? inf_section_find(handle->inf, name) : NULL;
    if (handle && !section)
        error_set(ERROR_SECTION_NOT_FOUND);
    if (section)
        error_set(ERROR_SUCCESS);
    return section ? (LONG)section->line_count : -1;
}
EXPORT(LONG, SetupGetLineCountA, (void *handle, const char *section))
{
    return line_count(handle, section);
}
EXPORT(LONG, SetupGetLineCountW, (void *handle, const wchar_t *section))
{
    NARROW(name, section);
    return line_count(handle, name);
}

static BOOL line_at(void *pointer, const char *name, DWORD index, struct inf_context *out)
{
    struct inf_handle *handle = inf_handle_of(pointer);
    const struct inf_section *section = handle ? inf_section_find(handle->inf, name) : NULL;
    if (!handle)
        return FALSE;
    if (!section || index >= section->line_count)
        return error_fail(section ? ERROR_LINE_NOT_FOUND : ERROR_SECTION_NOT_FOUND);
    *out = (struct inf_context){handle, handle, section->index, index};
    return TRUE;
}
EXPORT(BOOL, SetupGetLineByIndexA,
       (void *handle, const char *section, DWORD index, struct inf_context *out))
{
    return line_at(handle, section, index, out);
}
EXPORT(BOOL, SetupGetLineByIndexW,
       (void *handle, const wchar_t *section, DWORD index, struct inf_context *out))
{
    NARROW(name, section);
    return line_at(handle, name, index, out);
}

/* ---- fields
 * -------------------------------------------------------------------------------------- */

EXPORT(DWORD, SetupGetFieldCount, (struct inf_context * context))
{
    const struct inf_line *line = line_of(context, NULL);
    return line ? line->field_count : 0;
}

/* 0 is the key, 1 the first field. NULL: there is none, last error set. */
static const char *field_of(const struct inf_context *context, DWORD index)
{
    const struct inf_line *line = line_of(context, NULL);
    const char *text = NULL;
    if (!line)
        return NULL;
    if (!index)
        text = line_key(line);
    else if (index <= line->field_count)
        text = line->fields[index - 1].text;
    if (!text)
        error_set(ERROR_INVALID_PARAMETER);
    return text;
}

static BOOL utf8_answer(const char *text, bool is_wide, void *buffer, DWORD room, DWORD *needed)
{
    wchar_t *wide = wide_copy(text, strlen(text), NULL);
    if (!wide)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY);
    bool fits = text_answer(wide, is_wide, buffer, room, needed);
    heap_give(wide);
    return fits || !buffer ? TRUE : error_fail(ERROR_INSUFFICIENT_BUFFER);
}

/* Folders that the program named itself are put in only now. */
static BOOL field_answer(const struct inf_context *context, DWORD index, bool is_wide, void *buffer,
                         DWORD room, DWORD *needed)
{
    const char *text = field_of(context, index);
    if (!text || !context->inf->folder_count)
        return text && utf8_answer(text, is_wide, buffer, room, needed);
    char *whole = inf_handle_text(context->inf, text);
    BOOL answer = whole && utf8_answer(whole, is_wide, buffer, room, needed);
    free(whole);
    return answer;
}

EXPORT(BOOL, SetupGetStringFieldA,
       (struct inf_context * context, DWORD index, char *buffer, DWORD room, DWORD *needed))
{
    return field_answer(context, index, false, buffer, room, needed);
}
EXPORT(BOOL, SetupGetStringFieldW,
       (struct inf_context * context, DWORD index, wchar_t *buffer, DWORD room, DWORD *needed))
{
    return field_answer(context, index, true, buffer, room, needed);
}

EXPORT(BOOL, SetupGetIntField, (struct inf_context * context, DWORD index, int *out_value))
{
    int64_t value = 0;
    const struct inf_line *line = line_of(context, NULL);
    if (!line || !out_value)
        return FALSE;
    if (!index || index > line->field_count)
        return error_fail(ERROR_INVALID_PARAMETER);
    if (inf_number(line, index - 1, &value) == INF_DAMAGED)
        return error_fail(ERROR_INVALID_DATA);
    *out_value = (int)value;
    return TRUE;
}

/* The fields from index on, joined by a character; a list ends with an empty one. */
static BOOL fields_answer(const struct inf_context *context, DWORD index, char between,
                          bool is_wide, void *buffer, DWORD room, DWORD *needed)
{
    const struct inf_line *line = line_of(context, NULL);
    size_t bytes = 1, at = 0, count;
    if (!line)
        return FALSE;
    for (DWORD i = index; i < line->field_count; i++)
        bytes += strlen(line->fields[i].text) + 1;
    char *joined = heap_take(bytes + 1);
    if (!joined)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY);
    for (DWORD i = index; i < line->field_count; i++) {
        size_t length = strlen(line->fields[i].text);
        memcpy(joined + at, line->fields[i].text, length);
        at += length;
        joined[at++] = between;
    }
    if (between && at)
        at--;
    joined[at++] = '\0';
    wchar_t *wide = wide_copy(joined, at, &count);
    size_t length = is_wide ? count : at;
    if (needed)
        *needed = (DWORD)length;
    bool fits = wide && buffer && room >= length;
    if (fits)
        memcpy(buffer, is_wide ? (void *)wide : joined, length * (is_wide ? sizeof(wchar_t) : 1));
    heap_give(wide);
    heap_give(joined);
    return fits || !buffer ? TRUE : error_fail(ERROR_INSUFFICIENT_BUFFER);
}

#define MANY(letter, text, wide)                                                                   \
    EXPORT(BOOL, SetupGetMultiSzField##letter,                                                     \
           (struct inf_context * context, DWORD index, text * buffer, DWORD room, DWORD * needed)) \
    {                                                                                              \
        if (!index)                                                                                \
            return error_fail(ERROR_INVALID_PARAMETER);                                            \
        return fields_answer(context, index - 1, '\0', wide, buffer, room, needed);                \
    }
MANY(W, wchar_t, true)
MANY(A, char, false)

EXPORT(BOOL, SetupGetLineTextW,
       (struct inf_context * context, void *handle, const wchar_t *section, const wchar_t *key,
        wchar_t *buffer, DWORD room, DWORD *needed))
{
    struct inf_context found;
    if (!context && !SetupFindFirstLineW(handle, section, key, &found))
        return FALSE;
    return fields_answer(context ? context : &found, 0, ',', true, buffer, room, needed);
}
EXPORT(BOOL, SetupGetLineTextA,
       (struct inf_context * context, void *handle, const char *section, const char *key,
        char *buffer, DWORD room, DWORD *needed))
{
    struct inf_context found;
    if (!context && !line_first(handle, section, key, &found))
        return FALSE;
    return fields_answer(context ? context : &found, 0, ',', false, buffer, room, needed);
}

/* ---- the class and the section that serve this machine
 * -------------------------------------------- */

static BOOL inf_class(const wchar_t *path, GUID *out_guid, bool is_wide, void *name, DWORD room,
                      DWORD *needed)
{
    uint8_t guid[16];
    struct inf_handle *handle = inf_handle_create(path, NULL);
    if (handle == INVALID_HANDLE_VALUE)
        return FALSE;
    const char *text = inf_value(handle->inf, "Version", "Class");
    const char *id = inf_value(handle->inf, "Version", "ClassGuid");
    BOOL answer = FALSE;
    if (!text || !id || inf_guid_parse(id, guid) != INF_OK) {
        error_set(ERROR_INVALID_DATA);
    } else {
        memcpy(out_guid, guid, sizeof guid);
        answer = utf8_answer(text, is_wide, name, room, needed);
    }
    inf_handle_destroy(handle);
    return answer;
}
EXPORT(BOOL, SetupDiGetINFClassW,
       (const wchar_t *path, GUID *out_guid, wchar_t *name, DWORD room, DWORD *needed))
{
    return out_guid ? inf_class(path, out_guid, true, name, room, needed)
                    : error_fail(ERROR_INVALID_PARAMETER);
}
EXPORT(BOOL, SetupDiGetINFClassA,
       (const char *path, GUID *out_guid, char *name, DWORD room, DWORD *needed))
{
    struct wide file;
    if (!out_guid)
        return error_fail(ERROR_INVALID_PARAMETER);
    wide_of(&file, path);
    BOOL answer = inf_class(file.text, out_guid, false, name, room, needed);
    wide_drop(&file);
    return answer;
}
