/* SPDX-License-Identifier: MIT */
/* connect.c - ThunkConnect16 and ThunkConnect32: halves of a flat thunk find each other.
 *
 * From 32 to 16 bits the 32-bit library comes first and loads the other when it is attached. From
 * 16 to 32 bits the 16-bit one comes first; the other is loaded by the first call, or at once when
 * the script said preload32. Tables are looked at before they are believed.
 * Doc: "Creating a 16-bit Thunk DLL", "Creating a Win32-Based Thunk DLL", "Late Loading"
 */
#include <stdio.h>
#include <string.h>

#include "abi/win16.h"
#include "flat_internal.h"
#include "ntdll/error.h"
#include "win32/flat.h"

#define LINKS_MAX     64u
#define REASON_DETACH 0u
#define REASON_ATTACH 1u
#define PLATFORM_NT   2u

HMODULE WINAPI LoadLibraryA(LPCSTR name);
BOOL WINAPI FreeLibrary(HMODULE module);
PVOID WINAPI GetProcAddress(HMODULE module, LPCSTR name);
BOOL WINAPI IsBadReadPtr(const void *address, UINT_PTR bytes);

static struct flat_link links[LINKS_MAX];
static bool (*world_begin)(void);

struct flat_link *flat_link_of(uint32_t state)
{
    return state && state <= LINKS_MAX && links[state - 1].is_used ? &links[state - 1] : NULL;
}

static struct flat_link *link_take(uint32_t *out_state)
{
    for (uint32_t i = 0; i < LINKS_MAX; i++) {
        if (links[i].is_used)
            continue;
        links[i] = (struct flat_link){.is_used = true};
        *out_state = i + 1;
        return &links[i];
    }
    return NULL;
}

/* ---- tables -------------------------------------------------------------------------------------
 */

static bool is_readable(void *context, uint32_t address, uint32_t bytes)
{
    return !IsBadReadPtr((const void *)(uintptr_t)address, bytes);
}

static struct thunk_table32 *table_32_check(void *place)
{
    static const struct convert_world world = {NULL, flat_to_far, flat_to_flat, NULL};
    struct thunk_table32 *table = place;
    if (!table || (uintptr_t)table & 3 || IsBadReadPtr(table, sizeof *table) ||
        !convert_table_is_good(&world, table, is_readable))
        return NULL;
    return table;
}

static struct thunk_table16 *table_16_check(struct far16 place)
{
    struct thunk_table16 *table = far16_flat(place, sizeof *table);
    if (!table || table->magic != THUNK_TABLE_MAGIC_16 || table->version != THUNK_TABLE_VERSION ||
        !far16_flat(place, (uint32_t)(sizeof *table + table->count * sizeof(struct thunk_entry16))))
        return NULL;
    return table;
}

/* Both were made of one script. */
static bool tables_agree(const struct thunk_table16 *table_16, const struct thunk_table32 *table_32)
{
    return table_16->checksum == table_32->checksum && table_16->direction == table_32->direction &&
           table_16->count == table_32->count;
}

/* ---- 32 to 16 bits ------------------------------------------------------------------------------
 */

static struct module16 *library_load(const char *name)
{
    struct module16_error error;
    struct module16 *module = module16_library(name, &error);
    if (!module || module->builtin)
        return NULL;
    if (module16_start(module))
        return module;
    module16_free(module);
    return NULL;
}

static BOOL down_connect(const char *dll_16, struct thunk_table32 *table, const char *other_name)
{
    uint32_t state;
    if (!cpu16_is_here() && !world_begin())
        return error_fail(ERROR_CALL_NOT_IMPLEMENTED);
    struct module16 *module = library_load(dll_16);
    if (!module)
        return error_fail(ERROR_MOD_NOT_FOUND);
    struct far16 place = module16_name(module, other_name);
    struct thunk_table16 *other = place.selector ? table_16_check(place) : NULL;
    struct flat_link *link = other && tables_agree(other, table) ? link_take(&state) : NULL;
    if (!link) {
        module16_free(module);
        return error_fail(ERROR_PROC_NOT_FOUND);
    }
    link->table_16 = other;
    link->table_32 = table;
    link->module_16 = module;
    table->state = state;
    table->dispatch = (uint32_t)(uintptr_t)flat_call_down;
    return TRUE;
}

static BOOL down_part(struct thunk_table32 *table)
{
    struct flat_link *link = flat_link_of(table->state);
    if (link && link->table_32 == table && cpu16_is_here()) {
        table->state = 0; /* calls are answered with 0 from here on */
        link->is_used = false;
        module16_free(link->module_16);
    }
    return TRUE;
}

static BOOL connect_32(const char *dll_16, const char *dll_32, DWORD instance, DWORD reason,
                       void *place, const char *other_name)
{
    struct thunk_table32 *table = table_32_check(place);
    if (!table || !dll_16 || !other_name)
        return error_fail(ERROR_INVALID_PARAMETER);
    if (table->direction == THUNK_TABLE_16_TO_32)
        return TRUE; /* the 16-bit half asks for this one */
    if (reason == REASON_ATTACH)
        return table->state ? TRUE : down_connect(dll_16, table, other_name);
    return reason == REASON_DETACH ? down_part(table) : TRUE;
}

/* ---- 16 to 32 bits ------------------------------------------------------------------------------
 */

bool flat_link_load(struct flat_link *link)
{
    if (link->table_32)
        return true;
    HMODULE module = LoadLibraryA(link->dll_32);
    if (!module)
        return false;
    struct thunk_table32 *table = table_32_check(GetProcAddress(module, link->name_32));
    if (!table || !tables_agree(link->table_16, table)) {
        FreeLibrary(module);
        return false;
    }
    link->module_32 = module;
    link->table_32 = table;
    return true;
}

static uint32_t up_connect(struct thunk_table16 *table, const char *dll_32, const char *other_name)
{
    uint32_t state;
    struct flat_link *link = link_take(&state);
    if (!link)
        return FALSE;
    link->table_16 = table;
    snprintf(link->dll_32, sizeof link->dll_32, "%s", dll_32);
    snprintf(link->name_32, sizeof link->name_32, "%s", other_name);
    table->state = state;
    if (!(table->flags & THUNK_TABLE_PRELOAD_32) || flat_link_load(link))
        return TRUE;
    table->state = 0;
    link->is_used = false;
    return FALSE;
}

static uint32_t up_part(struct thunk_table16 *table)
{
    struct flat_link *link = flat_link_of(table->state);
    if (!link || link->table_16 != table)
        return TRUE;
    table->state = 0;
    link->is_used = false;
    /* With win31compat the library stays until the process ends. */
    if (link->module_32 && !(table->flags & THUNK_TABLE_WIN31_COMPAT))
        FreeLibrary(link->module_32);
    return TRUE;
}

uint32_t kernel16_ThunkConnect16(const char *dll_16, const char *dll_32, uint16_t instance,
                                 uint32_t reason, struct far16 place, const char *other_name)
{
    struct thunk_table16 *table = table_16_check(place);
    if (peb_current()->OSPlatformId == PLATFORM_NT || !table || !dll_32 || !other_name)
        return FALSE;
    if (table->direction != THUNK_TABLE_16_TO_32)
        return TRUE; /* the 32-bit half looks for this one */
    if (reason == REASON_ATTACH)
        return table->state ? TRUE : up_connect(table, dll_32, other_name);
    return reason == REASON_DETACH ? up_part(table) : TRUE;
}

/* ---- DllMain of 16-bit libraries ---------------------------------------------------------------
 */

/* BOOL FAR PASCAL DllMain(DWORD reason, WORD instance, WORD data, WORD heap, DWORD, WORD) */
static bool library_main(struct module16 *module, uint32_t reason)
{
    struct far16 entry = module16_name(module, "DLLMAIN");
    if (module->image.windows_major < 4 || !entry.selector)
        return true;
    uint16_t data = module->image.auto_data ? module->instance : 0;
    const uint16_t arguments[8] = {[3] = module->image.heap_bytes,
                                   [4] = data,
                                   [5] = module->instance,
                                   [6] = (uint16_t)reason,
                                   [7] = (uint16_t)(reason >> 16)};
    struct cpu16_registers registers = {.ds = data, .eax = data};
    cpu16_call(entry, arguments, sizeof arguments, &registers);
    return (uint16_t)registers.eax != 0;
}

void flat16_init(bool (*begin)(void))
{
    world_begin = begin;
    module16_main_set(library_main);
    flat_connect_set(connect_32);
}
