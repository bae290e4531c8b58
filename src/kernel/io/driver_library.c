/* SPDX-License-Identifier: MIT */
/* driver_library.c - export drivers: DllInitialize before the first importer, DllUnload after the
 * last.
 *
 * An export driver has no driver object. Its DllInitialize gets the path of the service key that
 * bears its name; a failure fails the importer. One without DllUnload, or whose DllUnload says
 * no, stays loaded.
 */
#include "io_internal.h"

#include <stdio.h>
#include <string.h>

#include "callout/callout.h"
#include "driver_library.h"

static NTSTATUS library_initialize(struct image *library)
{
    const void *routine = image_export(library->name, "DllInitialize");
    char path[200];
    UNICODE_STRING key;
    if (routine == NULL)
        return STATUS_SUCCESS;
    snprintf(path, sizeof(path), "\\Registry\\Machine\\System\\CurrentControlSet\\Services\\%.*s",
             (int)strcspn(library->name, "."), library->name);
    NTSTATUS status = rtl_unicode_of(path, &key);
    if (!NT_SUCCESS(status))
        return status;
    status = callout_dll_initialize(routine, &key);
    RtlFreeUnicodeString(&key);
    return status;
}

#define BUSY_100NS (-10000ll) /* 1 ms: another importer's load is inside DllInitialize */

/* IRQL:    PASSIVE_LEVEL, in a thread of the system process
 * Errors:  the first DllInitialize that failed; error says whose
 * Doc:     "Creating Export Drivers"; DllInitialize, DllUnload
 */
NTSTATUS driver_libraries_begin(struct image *importer, struct io_load_error *error)
{
    LARGE_INTEGER moment = {.QuadPart = BUSY_100NS};
    NTSTATUS status = STATUS_SUCCESS;
    for (;;) {
        bool is_busy;
        struct image *library = image_library_begin(importer, &is_busy);
        if (library == NULL && !is_busy)
            return STATUS_SUCCESS;
        if (library == NULL) {
            KeDelayExecutionThread(KernelMode, FALSE, &moment);
            continue;
        }
        status = library_initialize(library);
        if (!NT_SUCCESS(status)) {
            io_error_set(error, status, "%s: DllInitialize of %s returned %s", importer->name,
                         library->name, rtl_status_text(status));
            image_library_begun(library, false);
            return status;
        }
        image_discard_init(library);
        image_library_begun(library, true);
    }
}

/* IRQL:    PASSIVE_LEVEL
 * Doc:     DllUnload
 */
void driver_libraries_end(void)
{
    struct image *library;
    while ((library = image_library_end()) != NULL) {
        const void *routine = image_export(library->name, "DllUnload");
        NTSTATUS status = routine != NULL ? callout_dll_unload(routine) : STATUS_UNSUCCESSFUL;
        if (NT_SUCCESS(status))
            driver_library_outstanding_check(library);
        image_library_ended(library, NT_SUCCESS(status));
        module_list_update();
    }
}
