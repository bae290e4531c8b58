/* SPDX-License-Identifier: MIT */
/* extension.c - class extensions in the way of requests and file objects.
 *
 * A create goes to the extension first that the driver brought first, and on only when it says so;
 * cleanup and close come back the other way, to those alone that have seen the create. Contexts
 * that extensions want in requests and file objects are added when these are made.
 */
#include "request_internal.h"

NTSTATUS fx_extensions_request(struct fx_device *device, struct fx_request *request)
{
    struct fx_extension *extension;
    NTSTATUS status = STATUS_SUCCESS;

    for (extension = device->extensions; extension != NULL && NT_SUCCESS(status);
         extension = extension->next)
        if (extension->has_requests && extension->request_attributes.ContextTypeInfo != NULL)
            status = fx_context_add(extension->globals, &request->object,
                                    &extension->request_attributes, NULL);
    return status;
}

NTSTATUS fx_extensions_file(struct fx_device *device, struct fx_file *file)
{
    struct fx_extension *extension;
    NTSTATUS status = STATUS_SUCCESS;

    for (extension = device->extensions; extension != NULL && NT_SUCCESS(status);
         extension = extension->next)
        if (extension->has_file && extension->file_attributes.Size != 0 &&
            extension->file_attributes.ContextTypeInfo != NULL)
            status = fx_context_add(extension->globals, &file->object, &extension->file_attributes,
                                    NULL);
    return status;
}

BOOLEAN fx_extensions_hear_create(const struct fx_device *device)
{
    const struct fx_extension *extension;

    if (!device->has_extension_file)
        return FALSE;
    for (extension = device->extensions; extension != NULL; extension = extension->next)
        if (extension->has_file && extension->file_create != NULL)
            return TRUE;
    return FALSE;
}

/* The list has the newest first: the one before behind in the order of the driver's calls. */
static const struct fx_extension *older(const struct fx_device *device,
                                        const struct fx_extension *behind)
{
    const struct fx_extension *extension = device->extensions;

    if (extension == behind)
        return NULL;
    while (extension->next != behind)
        extension = extension->next;
    return extension;
}

/* Who keeps the request may end it, and the file object with it, before he returns: what is to be
 * remembered of him is written first.
 */
BOOLEAN fx_extensions_create(struct fx_device *device, struct fx_request *request,
                             struct fx_file *file)
{
    const struct fx_extension *extension;

    for (extension = older(device, NULL); extension != NULL; extension = older(device, extension)) {
        if (!extension->has_file || extension->file_create == NULL)
            continue;
        if (file != NULL)
            file->claimed = extension;
        if (extension->file_create(fx_handle_of(&device->object), fx_handle_of(&request->object),
                                   file == NULL ? NULL : fx_handle_of(&file->object)))
            return TRUE;
    }
    if (file != NULL)
        file->claimed = NULL;
    return FALSE;
}

void fx_extensions_file_end(struct fx_device *device, struct fx_file *file, BOOLEAN is_cleanup)
{
    const struct fx_extension *extension, *claimed = file != NULL ? file->claimed : NULL;

    if (!device->has_extension_file)
        return;
    for (extension = device->extensions; extension != NULL; extension = extension->next) {
        PFN_WDF_FILE_CLEANUP routine =
            is_cleanup ? extension->file.EvtFileCleanup : extension->file.EvtFileClose;

        if (extension == claimed)
            claimed = NULL; /* from here on they have seen the create */
        if (claimed == NULL && extension->has_file && routine != NULL)
            routine(file == NULL ? NULL : fx_handle_of(&file->object));
    }
}
