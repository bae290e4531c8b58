/* SPDX-License-Identifier: MIT */
/* client.c - a driver becomes a client: globals, recorder, the table; and is one no more.
 *
 * In: the driver's bind information, from the loader. Out: the table where the driver looks for it,
 * copied for versions whose drivers own an array, by address for later ones; counts and sizes for
 * those that ask. A count of functions that no version has is refused.
 */
#include "bind.h"

#include "../watch/layout.h"
#include "../watch/watch.h"
#include "client.h"
#include "wdf_entries.h"

/* Up to 1.13 a driver has an array of its own. */
#define COPIED_COUNT_MAX 438u

static KSPIN_LOCK clients_lock; /* guards: clients */
static LIST_ENTRY clients;
FX_LAYOUT_HEAD(&clients, FX_VERSION_MINOR);

void clients_init(void)
{
    KeInitializeSpinLock(&clients_lock);
    InitializeListHead(&clients);
}

struct fx_globals *fx_client_find(PDRIVER_OBJECT driver)
{
    struct fx_globals *found = NULL;
    KIRQL irql;

    KeAcquireSpinLock(&clients_lock, &irql);
    for (PLIST_ENTRY at = clients.Flink; at != &clients && found == NULL; at = at->Flink) {
        struct fx_globals *globals = CONTAINING_RECORD(at, struct fx_globals, entry);
        if (globals->driver_object == driver)
            found = globals;
    }
    KeReleaseSpinLock(&clients_lock, irql);
    return found;
}

/* ---- the way in
 * ------------------------------------------------------------------------------------ */

static BOOLEAN is_known_count(ULONG count)
{
    for (ULONG i = 0; i < ARRAYSIZE(fx_table_versions); i++)
        if (fx_table_versions[i].count == count)
            return TRUE;
    return FALSE;
}

static void name_set(struct fx_globals *globals)
{
    const UNICODE_STRING *path = &globals->registry_path;
    ULONG count = path->Length / sizeof(WCHAR), start = count;

    while (start > 0 && path->Buffer[start - 1] != '\\')
        start--;
    for (ULONG i = 0; i < WDF_DRIVER_GLOBALS_NAME_LEN - 1 && start + i < count; i++)
        globals->abi.DriverName[i] = (CHAR)path->Buffer[start + i];
}

static void globals_free(struct fx_globals *globals)
{
    fx_dispose_destroy(globals);
    fx_settings_free(globals);
    fx_recorder_destroy(globals->recorder);
    if (globals->registry_path.Buffer != NULL)
        ExFreePoolWithTag(globals->registry_path.Buffer, FX_TAG);
    ExFreePoolWithTag(globals, FX_TAG);
}

static struct fx_globals *globals_create(const CLIENT_INFO *client, const WDF_BIND_INFO *info)
{
    PCUNICODE_STRING path = client->RegistryPath;
    struct fx_globals *globals;
    ULONG pages;

    globals = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*globals), FX_TAG);
    if (globals == NULL)
        return NULL;
    globals->abi.DriverTag = FX_TAG;
    globals->driver_object = client->DriverObject;
    globals->image = client->DriverObject->DriverStart;
    globals->image_size = client->DriverObject->DriverSize;
    globals->minor = info->Version.Minor;
    globals->build = info->Version.Build;
    globals->bind = (PVOID)info;
    InitializeListHead(&globals->lingering);
    globals->registry_path.Buffer =
        ExAllocatePool2(POOL_FLAG_NON_PAGED, path->Length + sizeof(WCHAR), FX_TAG);
    if (globals->registry_path.Buffer == NULL) {
        globals_free(globals);
        return NULL;
    }
    globals->registry_path.MaximumLength = path->Length + sizeof(WCHAR);
    RtlCopyUnicodeString(&globals->registry_path, path);
    name_set(globals);
    fx_settings_read(globals, &pages);
    globals->recorder = fx_recorder_create(globals->abi.DriverName, pages);
    if (globals->recorder == NULL) {
        globals_free(globals);
        return NULL;
    }
    return globals;
}

static void table_give(struct fx_globals *globals, PWDF_BIND_INFO info)
{
    const WDFFUNC *entries = globals->verifier.on ? fx_verified_entries : fx_entries;
    PWDF_BIND_INFO2 second = (PWDF_BIND_INFO2)info;

    if (info->FuncCount <= COPIED_COUNT_MAX)
        RtlCopyMemory(info->FuncTable, entries, info->FuncCount * sizeof(WDFFUNC));
    else
        *(const WDFFUNC **)info->FuncTable = entries;
    if (info->Size != sizeof(WDF_BIND_INFO2))
        return;
    if (second->FuncCountPtr != NULL)
        *second->FuncCountPtr = FX_ENTRY_COUNT;
    if (second->StructCountPtr != NULL)
        *second->StructCountPtr = WDF_STRUCTURE_TABLE_NUM_ENTRIES;
    if (second->StructTable != NULL)
        *second->StructTable = (size_t *)fx_struct_sizes_table();
}

/* IRQL:    PASSIVE_LEVEL
 * Errors:  STATUS_INVALID_PARAMETER: the count of functions is no version's;
 *          STATUS_INSUFFICIENT_RESOURCES
 */
NTSTATUS client_register(PWDF_BIND_INFO info, PWDF_COMPONENT_GLOBALS *out_globals, PVOID *context)
{
    const CLIENT_INFO *client = *context;
    struct fx_globals *globals;
    KIRQL irql;

    if (client->Size != sizeof(*client) || client->DriverObject == NULL)
        return STATUS_INVALID_PARAMETER;
    /* One that is newer than the Framework lives with fewer functions, and is told how many. */
    if (info->Size == sizeof(WDF_BIND_INFO2) && info->Version.Minor > FX_VERSION_MINOR)
        info->FuncCount = FX_ENTRY_COUNT;
    if (!is_known_count(info->FuncCount)) {
        DbgPrintEx(
            DPFLTR_IHVDRIVER_ID, DPFLTR_ERROR_LEVEL,
            "wdf01000: %wZ has a table of %u functions, which no version of the Framework "
            "from 1.0 to 1.%u has: build it with the headers and the library of one version\n",
            client->RegistryPath, info->FuncCount, FX_VERSION_MINOR);
        return STATUS_INVALID_PARAMETER;
    }
    globals = globals_create(client, info);
    if (globals == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    table_give(globals, info);
    KeAcquireSpinLock(&clients_lock, &irql);
    InsertTailList(&clients, &globals->entry);
    KeReleaseSpinLock(&clients_lock, irql);
    fx_log(globals, FX_LOG_NOTE, "bound: 1.%u, %u functions", globals->minor, info->FuncCount);
    *out_globals = (PWDF_COMPONENT_GLOBALS)&globals->abi;
    return STATUS_SUCCESS;
}

/* ---- the way out
 * ----------------------------------------------------------------------------------- */

/* Objects that are still referenced though nobody will give the references back. Their memory goes
 * back, too: the client's code is about to go.
 */
static void leaks_say(struct fx_globals *globals)
{
    ULONG count = 0;

    for (PLIST_ENTRY at = globals->lingering.Flink; at != &globals->lingering; at = at->Flink) {
        struct fx_object *object = CONTAINING_RECORD(at, struct fx_object, sibling);
        fx_log(globals, FX_LOG_ERROR,
               "leaked: %s %p, tag '%.4s', %d references; created at +0x%Ix of the driver",
               object->type->name, fx_handle_of(object), (const char *)&globals->abi.DriverTag,
               object->references,
               object->creator != NULL ? (ULONG_PTR)object->creator - (ULONG_PTR)globals->image
                                       : 0);
        fx_track_say(object);
        count++;
    }
    if (count > 0)
        fx_log(globals, FX_LOG_ERROR, "%u objects were deleted and are still referenced", count);
}

/* IRQL:    PASSIVE_LEVEL
 * Takes:   the globals
 */
NTSTATUS client_unregister(PWDF_BIND_INFO info, PWDF_COMPONENT_GLOBALS globals)
{
    struct fx_globals *client = fx_globals_of((PWDF_DRIVER_GLOBALS)globals);
    KIRQL irql;

    fx_driver_end(client);
    leaks_say(client);
    KeAcquireSpinLock(&clients_lock, &irql);
    RemoveEntryList(&client->entry);
    KeReleaseSpinLock(&clients_lock, irql);
    globals_free(client);
    return STATUS_SUCCESS;
}
