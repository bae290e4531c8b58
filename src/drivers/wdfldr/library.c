/* SPDX-License-Identifier: MIT */
/* library.c - the libraries: found by component, loaded by service, kept by an open device.
 *
 * In: a component and a version; out: a library that has registered itself and cannot go.
 * A library registers from its DriverEntry, in another thread than the one that had it loaded.
 * Invariant: nothing is called and nothing loaded under the lock.
 */
#include "loader.h"

#include <ntstrsafe.h>

static FAST_MUTEX libraries_lock; /* guards: libraries, and clients and file of each */
static LIST_ENTRY libraries;
/* One commissions or decommissions at a time; a mutex of threads, because a library may bind to
 * another one meanwhile. */
static KMUTEX gate;

void loader_say(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)vDbgPrintExWithPrefix("wdfldr: ", DPFLTR_DEFAULT_ID, DPFLTR_ERROR_LEVEL, format,
                                arguments);
    va_end(arguments);
}

void libraries_init(void)
{
    ExInitializeFastMutex(&libraries_lock);
    KeInitializeMutex(&gate, 0);
    InitializeListHead(&libraries);
}

static void library_free(struct library *library)
{
    if (library->service.Buffer != NULL)
        ExFreePoolWithTag(library->service.Buffer, LOADER_TAG);
    if (library->device.Buffer != NULL)
        ExFreePoolWithTag(library->device.Buffer, LOADER_TAG);
    ExFreePoolWithTag(library, LOADER_TAG);
}

void libraries_fini(void)
{
    while (!IsListEmpty(&libraries))
        library_free(CONTAINING_RECORD(RemoveHeadList(&libraries), struct library, entry));
}

static BOOLEAN string_copy(PUNICODE_STRING out, PCUNICODE_STRING from)
{
    out->Buffer = ExAllocatePool2(POOL_FLAG_PAGED, from->Length + sizeof(WCHAR), LOADER_TAG);
    if (out->Buffer == NULL)
        return FALSE;
    out->MaximumLength = from->Length + sizeof(WCHAR);
    RtlCopyUnicodeString(out, from);
    return TRUE;
}

static struct library *library_find_locked(PCUNICODE_STRING service, BOOLEAN is_class)
{
    for (PLIST_ENTRY at = libraries.Flink; at != &libraries; at = at->Flink) {
        struct library *library = CONTAINING_RECORD(at, struct library, entry);
        if ((library->class_info != NULL) == is_class &&
            RtlEqualUnicodeString(&library->service, service, TRUE))
            return library;
    }
    return NULL;
}

NTSTATUS library_register(WDF_LIBRARY_INFO *info, WDF_CLASS_LIBRARY_INFO *class_info,
                          PCUNICODE_STRING service, PCUNICODE_STRING device)
{
    struct library *library, *old;

    library = ExAllocatePool2(POOL_FLAG_PAGED, sizeof(*library), LOADER_TAG);
    if (library == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    library->info = info;
    library->class_info = class_info;
    library->is_ready = TRUE;
    if (!string_copy(&library->service, service) || !string_copy(&library->device, device)) {
        library_free(library);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    ExAcquireFastMutex(&libraries_lock);
    old = library_find_locked(service, class_info != NULL);
    if (old != NULL && old->clients == 0)
        RemoveEntryList(&old->entry);
    if (old == NULL || old->clients == 0)
        InsertTailList(&libraries, &library->entry);
    ExReleaseFastMutex(&libraries_lock);
    if (old != NULL && old->clients != 0) {
        loader_say("%wZ registered as a library again while it has %d clients\n", service,
                   old->clients);
        library_free(library);
        return STATUS_INVALID_DEVICE_STATE;
    }
    if (old != NULL)
        library_free(old);
    return STATUS_SUCCESS;
}

/* ---- the service of a component ------------------------------------------------------------- */

#define SERVICES   L"\\Registry\\Machine\\System\\CurrentControlSet\\Services\\"
#define VERSIONS   L"\\Registry\\Machine\\System\\CurrentControlSet\\Control\\Wdf\\Kmdf\\"
#define NAME_CHARS 260

/* Control\Wdf\Kmdf\COMPONENT\Versions\MAJOR says in Service which; else the Framework of version
 * 1 is Wdf01000, and a class extension's service is called as itself.
 */
static NTSTATUS service_find(PCWSTR component, ULONG major, BOOLEAN is_class, PWCHAR path)
{
    WCHAR key[NAME_CHARS], name[NAME_CHARS];
    UNICODE_STRING value = {0, sizeof(name), name};
    RTL_QUERY_REGISTRY_TABLE table[2] = {0};
    NTSTATUS status;

    status = RtlStringCchPrintfW(key, NAME_CHARS, VERSIONS L"%ws\\Versions\\%u", component, major);
    if (!NT_SUCCESS(status))
        return STATUS_OBJECT_NAME_INVALID;
    table[0].Flags =
        RTL_QUERY_REGISTRY_DIRECT | RTL_QUERY_REGISTRY_REQUIRED | RTL_QUERY_REGISTRY_TYPECHECK;
    table[0].Name = L"Service";
    table[0].EntryContext = &value;
    table[0].DefaultType = REG_SZ << RTL_QUERY_REGISTRY_TYPECHECK_SHIFT;
    if (NT_SUCCESS(RtlQueryRegistryValues(RTL_REGISTRY_ABSOLUTE, key, table, NULL, NULL)))
        return RtlStringCchPrintfW(path, NAME_CHARS, SERVICES L"%wZ", &value);
    if (is_class)
        return RtlStringCchPrintfW(path, NAME_CHARS, SERVICES L"%ws", component);
    if (_wcsicmp(component, L"KmdfLibrary") != 0)
        return STATUS_OBJECT_NAME_NOT_FOUND;
    return RtlStringCchPrintfW(path, NAME_CHARS, SERVICES L"Wdf%02u000", major);
}

/* ---- clients -------------------------------------------------------------------------------- */

static void gate_take(void)
{
    KeWaitForSingleObject(&gate, Executive, KernelMode, FALSE, NULL);
}

static void gate_give(void)
{
    KeReleaseMutex(&gate, FALSE);
}

NTSTATUS library_begin(const WDF_LIBRARY_INFO *info, const WDF_CLASS_LIBRARY_INFO *class_info)
{
    if (info != NULL && info->LibraryCommission != NULL)
        return info->LibraryCommission();
    if (class_info != NULL && class_info->ClassLibraryInitialize != NULL)
        return class_info->ClassLibraryInitialize();
    return STATUS_SUCCESS;
}

static void library_end(const struct library *library)
{
    if (library->info != NULL && library->info->LibraryDecommission != NULL)
        (void)library->info->LibraryDecommission();
    if (library->class_info != NULL && library->class_info->ClassLibraryDeinitialize != NULL)
        library->class_info->ClassLibraryDeinitialize();
}

/* One that was left by its last client, and is still there, begins anew. */
static BOOLEAN library_is_begun(struct library *library)
{
    gate_take();
    if (!library->is_ready)
        library->is_ready = NT_SUCCESS(library_begin(library->info, library->class_info));
    gate_give();
    return library->is_ready;
}

/* One more client of a library that is there; its device is opened for the first. */
static struct library *library_take(PCUNICODE_STRING service, BOOLEAN is_class)
{
    struct library *library;
    PFILE_OBJECT file = NULL;
    PDEVICE_OBJECT device;
    UNICODE_STRING name;

    ExAcquireFastMutex(&libraries_lock);
    library = library_find_locked(service, is_class);
    if (library != NULL)
        library->clients++;
    ExReleaseFastMutex(&libraries_lock);
    if (library == NULL)
        return NULL;
    if (library->file == NULL) {
        name = library->device;
        if (!NT_SUCCESS(IoGetDeviceObjectPointer(&name, FILE_READ_DATA, &file, &device))) {
            library_put(library);
            return NULL;
        }
        ExAcquireFastMutex(&libraries_lock);
        if (library->file == NULL) {
            library->file = file;
            file = NULL;
        }
        ExReleaseFastMutex(&libraries_lock);
        if (file != NULL)
            ObDereferenceObject(file);
    }
    if (library_is_begun(library))
        return library;
    library_put(library);
    return NULL;
}

void library_put(struct library *library)
{
    PFILE_OBJECT file = NULL;
    BOOLEAN ends;

    gate_take();
    ExAcquireFastMutex(&libraries_lock);
    if (--library->clients == 0) {
        file = library->file;
        library->file = NULL;
    }
    ends = file != NULL && library->is_ready;
    ExReleaseFastMutex(&libraries_lock);
    if (ends) {
        library->is_ready = FALSE;
        library_end(library);
    }
    gate_give();
    if (file != NULL)
        ObDereferenceObject(file);
}

NTSTATUS library_get(PCWSTR component, ULONG major, BOOLEAN is_class, PCUNICODE_STRING who,
                     struct library **out_library)
{
    WCHAR path[NAME_CHARS];
    UNICODE_STRING service;
    struct library *library;
    NTSTATUS status;

    status = service_find(component, major, is_class, path);
    if (!NT_SUCCESS(status)) {
        loader_say("%wZ binds to \"%ws\": no such component is known (0x%08X)\n", who, component,
                   status);
        return status;
    }
    RtlInitUnicodeString(&service, path);
    library = library_take(&service, is_class);
    if (library == NULL) {
        status = ZwLoadDriver(&service);
        if (!NT_SUCCESS(status) && status != STATUS_IMAGE_ALREADY_LOADED) {
            loader_say("%wZ needs %ws version %u, but its service %wZ does not load (0x%08X): "
                       "see the line above, or install the class extension\n",
                       who, component, major, &service, status);
            return status;
        }
        library = library_take(&service, is_class);
    }
    if (library == NULL) {
        loader_say("%wZ needs %ws version %u: service %wZ is loaded and has not registered itself "
                   "as a library, or its device cannot be opened\n",
                   who, component, major, &service);
        return STATUS_NOT_FOUND;
    }
    *out_library = library;
    return STATUS_SUCCESS;
}
