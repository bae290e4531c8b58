/* SPDX-License-Identifier: MIT */
/* package_call.c - driver packages that programs bring, and drivers that fit a device.
 *
 * Differs: nobody looks into catalogs for a program: one that is there counts as a test signature.
 */
#include <stdlib.h>
#include <string.h>

#include "hostfs/hostfs.h"
#include "plugplay_internal.h"
#include "rtl/rtl.h"
#include "setup/setup.h"

static NTSTATUS text_answer(struct call *call, const char *text)
{
    UNICODE_STRING wide;
    NTSTATUS status = rtl_unicode_of(text, &wide);
    if (!NT_SUCCESS(status))
        return status;
    status = call_answer_string(call, &wide);
    RtlFreeUnicodeString(&wide);
    return status;
}

/* What was refused is an answer, not a failure. */
static NTSTATUS refused(struct call *call, uint32_t error, const struct setup_error *words)
{
    call->reply.problem = error;
    return text_answer(call, words->text);
}

NTSTATUS package_add(struct call *call)
{
    char *path;
    NTSTATUS status = hostfs_host_path(&call->name, &path);
    if (!NT_SUCCESS(status))
        return status;
    struct setup_package *package = calloc(1, sizeof *package);
    struct setup_error words = {0};
    struct setup_source source = {.inf_path = path, .signer = "", .is_unseen = true};
    if (!package) {
        free(path);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    uint32_t error = setup_package_add(&source, package, &words);
    status = error ? refused(call, error, &words) : text_answer(call, package->published);
    free(package);
    free(path);
    return status;
}

NTSTATUS package_delete(struct call *call)
{
    struct setup_error words = {0};
    char *name = rtl_utf8_of(&call->name);
    if (!name)
        return STATUS_INSUFFICIENT_RESOURCES;
    uint32_t error = setup_package_delete(name, call->in.flags & 2, call->in.flags & 1, &words);
    rtl_free(name);
    return error ? refused(call, error, &words) : STATUS_SUCCESS;
}

NTSTATUS package_use(struct call *call)
{
    struct setup_outcome outcome = {0};
    struct setup_error words = {0};
    char *id = NULL;
    if (call->in.length > 1024 || call->in.length % sizeof(WCHAR))
        return STATUS_INVALID_PARAMETER;
    if (call->data) {
        UNICODE_STRING text = {(USHORT)call->in.length, (USHORT)call->in.length, call->data};
        while (text.Length && !text.Buffer[text.Length / sizeof(WCHAR) - 1])
            text.Length = (USHORT)(text.Length - sizeof(WCHAR));
        id = rtl_utf8_of(&text);
        if (!id)
            return STATUS_INSUFFICIENT_RESOURCES;
    }
    char *name = rtl_utf8_of(&call->name);
    uint32_t error = name ? setup_device_update(name, id, call->in.flags & 1, &outcome, &words) : 0;
    NTSTATUS status = name ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
    rtl_free(name);
    if (id)
        rtl_free(id);
    call->reply.number = outcome.count;
    call->reply.flags = outcome.needs_restart;
    return error ? refused(call, error, &words) : status;
}

/* ---- drivers of a device
 * ------------------------------------------------------------------------- */

struct drivers {
    struct wire_driver *list; /* malloc */
    uint32_t count;
    NTSTATUS status;
};

static void text_put(uint16_t *field, size_t size, const char *text)
{
    UNICODE_STRING wide;
    if (!text || !NT_SUCCESS(rtl_unicode_of(text, &wide)))
        return;
    memcpy(field, wide.Buffer, min(wide.Length, size - sizeof(WCHAR)));
    RtlFreeUnicodeString(&wide);
}
#define TEXT_PUT(field, text) text_put((field), sizeof(field), (text))

static void driver_visit(const struct setup_driver *driver, void *context)
{
    struct drivers *all = context;
    struct wire_driver *grown = realloc(all->list, (all->count + 1) * sizeof *grown);
    if (!grown) {
        all->status = STATUS_INSUFFICIENT_RESOURCES;
        return;
    }
    all->list = grown;
    struct wire_driver *one = &grown[all->count++];
    memset(one, 0, sizeof *one);
    one->rank = driver->rank;
    one->flags = (driver->is_installed ? WIRE_DRIVER_INSTALLED : 0) |
                 (driver->is_signed ? WIRE_DRIVER_SIGNED : 0);
    TEXT_PUT(one->published, driver->published);
    TEXT_PUT(one->section, driver->section);
    TEXT_PUT(one->description, driver->description);
    TEXT_PUT(one->manufacturer, driver->manufacturer);
    TEXT_PUT(one->provider, driver->provider);
    TEXT_PUT(one->date, driver->date);
    TEXT_PUT(one->version, driver->version);
    TEXT_PUT(one->matching_id, driver->matching_id);
}

NTSTATUS package_drivers(struct call *call)
{
    struct drivers all = {0};
    struct setup_error words = {0};
    char *instance = rtl_utf8_of(&call->name);
    if (!instance)
        return STATUS_INSUFFICIENT_RESOURCES;
    uint32_t error = setup_driver_visit(instance, driver_visit, &all, &words);
    rtl_free(instance);
    NTSTATUS status = all.status;
    if (NT_SUCCESS(status))
        status = error ? refused(call, error, &words)
                       : call_answer(call, all.list, all.count * (uint32_t)sizeof *all.list);
    free(all.list);
    return status;
}
