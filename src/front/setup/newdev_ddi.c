/* SPDX-License-Identifier: MIT */
/* newdev_ddi.c - packages into the driver store, onto devices, and away. Doc: newdev.h, setupapi.h
 */
#include <string.h>

#include "crt/string.h"
#include "driver.h"
#include "install.h"

NTSTATUS NTAPI RtlDosPathNameToNtPathName_U_WithStatus(const wchar_t *dos, UNICODE_STRING *out_nt,
                                                       wchar_t **out_file, void *relative);

#define INSTALLFLAG_FORCE 1u
#define INSTALLFLAG_BITS  7u

/* The answer's error, or TRUE. */
static BOOL said(NTSTATUS status, const struct plug *plug)
{
    if (!NT_SUCCESS(status))
        return error_result(status);
    return plug->reply->problem ? error_fail(plug->reply->problem) : TRUE;
}

/* "oem0.inf" of a package that is in the store now. */
static BOOL package_added(const wchar_t *path, wchar_t out_published[32])
{
    struct plug plug;
    UNICODE_STRING name;
    if (!path)
        return error_fail(ERROR_INVALID_PARAMETER);
    NTSTATUS status = RtlDosPathNameToNtPathName_U_WithStatus(path, &name, NULL, NULL);
    if (!NT_SUCCESS(status))
        return error_result(status);
    struct wire_plugplay *in = plug_input(name.Buffer);
    heap_give(name.Buffer);
    if (!in)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY);
    status = plug_ask(WIRE_PLUGPLAY_PACKAGE_ADD, in, NULL, 0, &plug);
    heap_give(in);
    BOOL answer = said(status, &plug);
    if (answer)
        crt_wcscpy_s(out_published, 32, plug.data);
    plug_free(&plug);
    return answer;
}

static BOOL package_used(const wchar_t *published, const wchar_t *hardware_id, bool is_forced,
                         BOOL *needs_reboot)
{
    struct plug plug;
    struct wire_plugplay *in = plug_input(published);
    if (!in)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY);
    in->flags = is_forced;
    NTSTATUS status = plug_ask(
        WIRE_PLUGPLAY_PACKAGE_USE, in, hardware_id,
        hardware_id ? (uint32_t)((crt_wcslen(hardware_id) + 1) * sizeof *hardware_id) : 0, &plug);
    heap_give(in);
    BOOL answer = said(status, &plug);
    if (answer && needs_reboot)
        *needs_reboot = plug.reply->flags & 1 ? TRUE : FALSE;
    plug_free(&plug);
    return answer;
}

/* ---- newdev
 * -------------------------------------------------------------------------------------- */

EXPORT(BOOL, UpdateDriverForPlugAndPlayDevicesW,
       (HWND parent, const wchar_t *hardware_id, const wchar_t *path, DWORD flags,
        BOOL *needs_reboot))
{
    wchar_t published[32];
    if (flags & ~INSTALLFLAG_BITS)
        return error_fail(ERROR_INVALID_FLAGS);
    if (!hardware_id || !*hardware_id)
        return error_fail(ERROR_INVALID_PARAMETER);
    return package_added(path, published) &&
           package_used(published, hardware_id, flags & INSTALLFLAG_FORCE, needs_reboot);
}
EXPORT(BOOL, UpdateDriverForPlugAndPlayDevicesA,
       (HWND parent, const char *hardware_id, const char *path, DWORD flags, BOOL *needs_reboot))
{
    struct wide id, file;
    wide_of(&id, hardware_id);
    wide_of(&file, path);
    BOOL answer =
        UpdateDriverForPlugAndPlayDevicesW(parent, id.text, file.text, flags, needs_reboot);
    wide_drop(&file);
    wide_drop(&id);
    return answer;
}

#define DIIRFLAG_FORCE_INF 2u

EXPORT(BOOL, DiInstallDriverW, (HWND parent, const wchar_t *path, DWORD flags, BOOL *needs_reboot))
{
    wchar_t published[32];
    if (!package_added(path, published))
        return FALSE;
    if (package_used(published, NULL, flags & DIIRFLAG_FORCE_INF, needs_reboot))
        return TRUE;
    /* Nobody needs it now: it is in the store, as asked. */
    ULONG error = error_get();
    return error == ERROR_NO_MORE_ITEMS || error == ERROR_NO_SUCH_DEVINST ? TRUE
                                                                          : error_fail(error);
}
EXPORT(BOOL, DiInstallDriverA, (HWND parent, const char *path, DWORD flags, BOOL *needs_reboot))
{
    struct wide file;
    wide_of(&file, path);
    BOOL answer = DiInstallDriverW(parent, file.text, flags, needs_reboot);
    wide_drop(&file);
    return answer;
}

/* ---- the store
 * ----------------------------------------------------------------------------------- */

#define SP_COPY_DELETESOURCE 1u

static BOOL inf_copied(const wchar_t *path, bool is_wide, void *buffer, DWORD room, DWORD *needed,
                       void **component)
{
    wchar_t published[32], full[MAX_PATH];
    DWORD count;
    if (!package_added(path, published))
        return FALSE;
    crt_wcscpy(full, L"C:\\Windows\\INF\\");
    crt_wcscat(full, published);
    bool fits = text_answer(full, is_wide, buffer, room, &count);
    if (needed)
        *needed = count;
    if (buffer && !fits)
        return error_fail(ERROR_INSUFFICIENT_BUFFER);
    if (component && buffer)
        *component =
            (char *)buffer + (count - 1 - crt_wcslen(published)) * (is_wide ? sizeof(wchar_t) : 1);
    return TRUE;
}

EXPORT(BOOL, SetupCopyOEMInfW,
       (const wchar_t *path, const wchar_t *media, DWORD media_type, DWORD style, wchar_t *buffer,
        DWORD room, DWORD *needed, wchar_t **component))
{
    return inf_copied(path, true, buffer, room, needed, (void **)component);
}
EXPORT(BOOL, SetupCopyOEMInfA,
       (const char *path, const char *media, DWORD media_type, DWORD style, char *buffer,
        DWORD room, DWORD *needed, char **component))
{
    struct wide file;
    wide_of(&file, path);
    BOOL answer = inf_copied(file.text, false, buffer, room, needed, (void **)component);
    wide_drop(&file);
    return answer;
}

static BOOL package_deleted(const wchar_t *name, uint32_t flags)
{
    struct plug plug;
    struct wire_plugplay *in = name ? plug_input(name) : NULL;
    if (!in)
        return error_fail(ERROR_INVALID_PARAMETER);
    in->flags = flags;
    NTSTATUS status = plug_ask(WIRE_PLUGPLAY_PACKAGE_DELETE, in, NULL, 0, &plug);
    heap_give(in);
    BOOL answer = said(status, &plug);
    plug_free(&plug);
    return answer;
}

#define SUOI_FORCEDELETE 1u

EXPORT(BOOL, SetupUninstallOEMInfW, (const wchar_t *name, DWORD flags, void *reserved))
{
    return package_deleted(name, flags & SUOI_FORCEDELETE);
}
EXPORT(BOOL, SetupUninstallOEMInfA, (const char *name, DWORD flags, void *reserved))
{
    struct wide wide;
    wide_of(&wide, name);
    BOOL answer = package_deleted(wide.text, flags & SUOI_FORCEDELETE);
    wide_drop(&wide);
    return answer;
}

/* ---- onto one device
 * ------------------------------------------------------------------------------ */

BOOL install_selected(struct device_element *element)
{
    if (!element->selected && !drivers_read(element))
        return FALSE;
    struct driver_element *driver = element->selected;
    if (!driver && !list_is_empty(&element->drivers))
        driver = list_entry(element->drivers.next, struct driver_element, link);
    if (!driver)
        return error_fail(ERROR_NO_DRIVER_SELECTED);
    BOOL needs_reboot = FALSE;
    return package_used((const wchar_t *)driver->driver.published,
                        (const wchar_t *)driver->driver.matching_id, true, &needs_reboot);
}
EXPORT(BOOL, DiInstallDevice,
       (HWND parent, HDEVINFO handle, struct devinfo_data *data, void *driver, DWORD flags,
        BOOL *needs_reboot))
{
    struct device_element *element = element_of(handle, data, false);
    if (needs_reboot)
        *needs_reboot = FALSE;
    return element && install_selected(element);
}

/* Nobody is asked anything here. */
EXPORT(BOOL, SetupSetNonInteractiveMode, (BOOL is_set))
{
    static bool was; /* a flag that programs get back */
    BOOL before = was;
    was = is_set;
    return before;
}
EXPORT(INT, SetupPromptReboot, (void *queue, HWND owner, BOOL is_only_asked))
{
    return 0;
}
