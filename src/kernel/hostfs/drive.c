/* SPDX-License-Identifier: MIT */
/* drive.c - host folders as drives, and paths through them.
 *
 * A drive is a device \Device\HostDriveX with a link \GLOBAL??\X:. Drives are made at boot
 * and go at the end; between, the table only grows.
 */
#include "hostfs_internal.h"
#include "rtl/rtl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DRIVES 26u

static struct hostfs_drive drives[DRIVES]; /* set once each, by hostfs_drive_add */
static DRIVER_OBJECT *driver;
FAST_MUTEX hostfs_lock;

/* ---- start and stop ---------------------------------------------------------------------------
 */

static NTSTATUS pipe_device_create(void)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\HostPipe");
    NTSTATUS status =
        IoCreateDevice(driver, 0, &name, FILE_DEVICE_NAMED_PIPE, 0, FALSE, &hostfs_pipe_device);
    if (NT_SUCCESS(status))
        hostfs_pipe_device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    return status;
}

/* IRQL:    PASSIVE_LEVEL; after io_init
 * Errors:  what device objects bring
 */
NTSTATUS hostfs_init(void)
{
    ExInitializeFastMutex(&hostfs_lock);
    hostfs_pipe_init();
    hostfs_sections_init();
    NTSTATUS status =
        io_native_driver_create("\\FileSystem\\hostfs", hostfs_driver_entry(), &driver);
    if (NT_SUCCESS(status))
        status = pipe_device_create();
    if (!NT_SUCCESS(status))
        return status;
    io_host_path_set(hostfs_host_path);
    return STATUS_SUCCESS;
}

static void link_name(char letter, WCHAR buffer[16], UNICODE_STRING *out_name)
{
    static const char prefix[] = "\\GLOBAL??\\";
    unsigned count = sizeof(prefix) - 1;
    for (unsigned i = 0; i < count; i++)
        buffer[i] = (unsigned char)prefix[i];
    buffer[count++] = (unsigned char)letter;
    buffer[count++] = ':';
    *out_name = (UNICODE_STRING){(USHORT)(count * sizeof(WCHAR)), 16 * sizeof(WCHAR), buffer};
}

void hostfs_fini(void)
{
    io_host_path_set(NULL);
    for (unsigned i = 0; i < DRIVES; i++) {
        WCHAR buffer[16];
        UNICODE_STRING name;
        if (drives[i].device == NULL)
            continue;
        link_name(drives[i].letter, buffer, &name);
        ob_symbolic_link_delete(&name);
        if (drives[i].letter == 'C') {
            RtlInitUnicodeString(&name, L"\\SystemRoot");
            ob_symbolic_link_delete(&name);
        }
        IoDeleteDevice(drives[i].device);
        free(drives[i].root);
        drives[i] = (struct hostfs_drive){0};
    }
    if (hostfs_pipe_device != NULL)
        IoDeleteDevice(hostfs_pipe_device);
    hostfs_pipe_device = NULL;
    if (driver != NULL)
        io_native_driver_destroy(driver);
    driver = NULL;
}

/* ---- drives
 * -------------------------------------------------------------------------------------- */

static unsigned drive_index(char letter)
{
    if (letter >= 'a' && letter <= 'z')
        return (unsigned)(letter - 'a');
    return letter >= 'A' && letter <= 'Z' ? (unsigned)(letter - 'A') : DRIVES;
}

struct hostfs_drive *hostfs_drive_find(char letter)
{
    unsigned index = drive_index(letter);
    return index < DRIVES && drives[index].device != NULL ? &drives[index] : NULL;
}

struct hostfs_drive *hostfs_drive_of(PDEVICE_OBJECT device)
{
    return *(struct hostfs_drive **)device->DeviceExtension;
}

#define SYSTEM_DRIVE 'C'

static NTSTATUS drive_link(char letter, PUNICODE_STRING device_name)
{
    WCHAR buffer[16];
    UNICODE_STRING name, root = RTL_CONSTANT_STRING(L"\\SystemRoot"),
                         target = RTL_CONSTANT_STRING(L"\\Device\\HostDriveC\\Windows");
    link_name(letter, buffer, &name);
    NTSTATUS status = ob_symbolic_link_create(&name, device_name);
    if (NT_SUCCESS(status) && letter == SYSTEM_DRIVE) {
        status = ob_symbolic_link_create(&root, &target);
        if (!NT_SUCCESS(status))
            ob_symbolic_link_delete(&name);
    }
    return status;
}

static char *root_copy(const char *folder)
{
    char *root = strdup(folder);
    size_t length = root != NULL ? strlen(root) : 0;
    while (length > 0 && root[length - 1] == '/')
        root[--length] = '\0';
    return root;
}

unsigned hostfs_drive_count(void)
{
    unsigned count = 0;
    for (unsigned i = 0; i < DRIVES; i++)
        count += drives[i].device != NULL;
    return count;
}

/* IRQL:    PASSIVE_LEVEL
 * Takes:   borrows folder
 * Errors:  STATUS_INVALID_PARAMETER, STATUS_OBJECT_NAME_COLLISION: the letter has a folder;
 *          STATUS_NOT_A_DIRECTORY and what the host says of folder
 */
NTSTATUS hostfs_drive_add(char letter, const char *folder)
{
    unsigned index = drive_index(letter);
    struct hostfs_stat stat;
    char text[32];
    UNICODE_STRING name;
    if (index >= DRIVES || folder[0] != '/')
        return STATUS_INVALID_PARAMETER;
    struct hostfs_drive *drive = &drives[index];
    if (drive->device != NULL)
        return STATUS_OBJECT_NAME_COLLISION;
    int error = hostfs_host_stat(folder, &stat);
    if (error != 0)
        return hostfs_status_of_errno(error);
    if (!stat.is_directory)
        return STATUS_NOT_A_DIRECTORY;
    drive->letter = (char)('A' + index);
    snprintf(text, sizeof(text), "\\Device\\HostDrive%c", drive->letter);
    NTSTATUS status = rtl_unicode_of(text, &name);
    if (!NT_SUCCESS(status))
        return status;
    drive->root = root_copy(folder);
    PDEVICE_OBJECT device = NULL;
    status = drive->root != NULL ? IoCreateDevice(driver, sizeof(drive), &name,
                                                  FILE_DEVICE_DISK_FILE_SYSTEM, 0, FALSE, &device)
                                 : STATUS_INSUFFICIENT_RESOURCES;
    if (NT_SUCCESS(status))
        status = drive_link(drive->letter, &name);
    RtlFreeUnicodeString(&name);
    if (!NT_SUCCESS(status)) {
        if (device != NULL)
            IoDeleteDevice(device);
        free(drive->root);
        drive->root = NULL;
        return status;
    }
    *(struct hostfs_drive **)device->DeviceExtension = drive;
    device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    drive->device = device;
    return STATUS_SUCCESS;
}

/* ---- NT paths
 * ---------------------------------------------------------------------------------------- */

/* Takes an ASCII prefix off, in any case; false: it does not begin so. */
static bool prefix_take(UNICODE_STRING *path, const char *prefix)
{
    unsigned count = (unsigned)strlen(prefix), all = path->Length / sizeof(WCHAR);
    if (all < count)
        return false;
    for (unsigned i = 0; i < count; i++)
        if (RtlUpcaseUnicodeChar(path->Buffer[i]) !=
            RtlUpcaseUnicodeChar((WCHAR)(unsigned char)prefix[i]))
            return false;
    path->Buffer += count;
    path->Length = path->MaximumLength = (USHORT)(path->Length - count * sizeof(WCHAR));
    return true;
}

NTSTATUS hostfs_split(const UNICODE_STRING *nt_path, struct hostfs_drive **out_drive,
                      UNICODE_STRING *out_rest)
{
    UNICODE_STRING path = *nt_path;
    bool is_device = prefix_take(&path, "\\Device\\HostDrive");
    bool is_link =
        !is_device && (prefix_take(&path, "\\??\\") || prefix_take(&path, "\\GLOBAL??\\") ||
                       prefix_take(&path, "\\DosDevices\\"));
    unsigned skip = is_device ? 1 : 2;
    unsigned all = path.Length / sizeof(WCHAR);
    if (!(is_device || is_link) || all < skip || path.Buffer[0] > 'z' ||
        (is_link && path.Buffer[1] != ':') || (all > skip && path.Buffer[skip] != '\\'))
        return STATUS_OBJECT_PATH_NOT_FOUND;
    struct hostfs_drive *drive = hostfs_drive_find((char)path.Buffer[0]);
    if (drive == NULL)
        return STATUS_OBJECT_PATH_NOT_FOUND;
    path.Buffer += skip;
    path.Length = path.MaximumLength = (USHORT)(path.Length - skip * sizeof(WCHAR));
    *out_drive = drive;
    *out_rest = path;
    return STATUS_SUCCESS;
}

/* Where \SystemRoot leads, with rest behind it; pool, RtlFreeUnicodeString. */
static NTSTATUS system_root_join(const UNICODE_STRING *rest, UNICODE_STRING *out_path)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\SystemRoot");
    OBJECT_ATTRIBUTES attributes;
    void *link;
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    NTSTATUS status = ob_open(&attributes, ob_symbolic_link_type, 0, KernelMode, NULL, &link);
    if (!NT_SUCCESS(status))
        return status;
    const UNICODE_STRING *target = ob_symbolic_link_target(link);
    size_t bytes = (size_t)target->Length + rest->Length;
    WCHAR *buffer =
        bytes <= 0xfffe ? ExAllocatePool2(POOL_FLAG_PAGED, bytes + 2, HOSTFS_TAG) : NULL;
    if (buffer != NULL) {
        memcpy(buffer, target->Buffer, target->Length);
        memcpy((char *)buffer + target->Length, rest->Buffer, rest->Length);
        *out_path = (UNICODE_STRING){(USHORT)bytes, (USHORT)bytes, buffer};
    }
    ob_dereference(link);
    return buffer != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

static NTSTATUS drive_host_path(const UNICODE_STRING *nt_path, char **out_path)
{
    struct hostfs_drive *drive;
    UNICODE_STRING rest;
    bool exists;
    char *path;
    NTSTATUS status = hostfs_split(nt_path, &drive, &rest);
    if (NT_SUCCESS(status))
        status = hostfs_lookup(drive->root, &rest, &path, &exists);
    if (!NT_SUCCESS(status))
        return status;
    if (!exists) {
        free(path);
        return STATUS_OBJECT_NAME_NOT_FOUND;
    }
    *out_path = path;
    return STATUS_SUCCESS;
}

/* ImagePath's forms: \??\C:\dir\x.sys, \SystemRoot\System32\drivers\x.sys, and a path
 * relative to the system root.
 *
 * IRQL:    PASSIVE_LEVEL
 * Takes:   borrows nt_path; *out_path is malloc'ed
 * Errors:  STATUS_OBJECT_PATH_NOT_FOUND, STATUS_OBJECT_NAME_NOT_FOUND, _INVALID
 * Doc:     "CreateServiceW", ImagePath
 */
/* \Host/abs/path: a file of the host that no drive shows. Only the loader understands it. */
static NTSTATUS bare_host_path(const UNICODE_STRING *rest, char **out_path)
{
    char *path = rtl_utf8_of(rest);
    if (path == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    *out_path = strdup(path);
    rtl_free(path);
    return *out_path != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

NTSTATUS hostfs_host_path(const UNICODE_STRING *nt_path, char **out_path)
{
    UNICODE_STRING bare = *nt_path;
    if (prefix_take(&bare, "\\Host/")) {
        bare.Buffer--; /* keeps the slash */
        bare.Length = bare.MaximumLength = (USHORT)(bare.Length + sizeof(WCHAR));
        return bare_host_path(&bare, out_path);
    }
    UNICODE_STRING rest = *nt_path, whole;
    static const WCHAR backslash[] = L"\\";
    bool is_relative = rest.Length >= sizeof(WCHAR) && rest.Buffer[0] != '\\';
    if (!is_relative && !prefix_take(&rest, "\\SystemRoot"))
        return drive_host_path(nt_path, out_path);
    NTSTATUS status;
    if (is_relative) {
        UNICODE_STRING slash = {2, 4, (PWSTR)backslash}, root;
        status = system_root_join(&slash, &root);
        if (!NT_SUCCESS(status))
            return status;
        size_t bytes = (size_t)root.Length + rest.Length;
        WCHAR *buffer =
            bytes <= 0xfffe ? ExAllocatePool2(POOL_FLAG_PAGED, bytes + 2, HOSTFS_TAG) : NULL;
        if (buffer != NULL) {
            memcpy(buffer, root.Buffer, root.Length);
            memcpy((char *)buffer + root.Length, rest.Buffer, rest.Length);
            whole = (UNICODE_STRING){(USHORT)bytes, (USHORT)bytes, buffer};
        }
        ExFreePool(root.Buffer);
        status = buffer != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
    } else {
        status = system_root_join(&rest, &whole);
    }
    if (!NT_SUCCESS(status))
        return status;
    status = drive_host_path(&whole, out_path);
    ExFreePool(whole.Buffer);
    return status;
}

static bool root_is_prefix(const char *root, const char *path)
{
    size_t length = strlen(root);
    return strncmp(root, path, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

/* The name a program would use for a host path: through the drive with the longest folder.
 *
 * IRQL:    PASSIVE_LEVEL
 * Takes:   borrows path; gives \??\X:\… in *out_path, RtlFreeUnicodeString
 * Errors:  STATUS_OBJECT_PATH_NOT_FOUND: no drive leads there
 */
NTSTATUS hostfs_nt_path(const char *path, UNICODE_STRING *out_path)
{
    const struct hostfs_drive *best = NULL;
    for (unsigned i = 0; i < DRIVES; i++)
        if (drives[i].device != NULL && root_is_prefix(drives[i].root, path) &&
            (best == NULL || strlen(drives[i].root) > strlen(best->root)))
            best = &drives[i];
    if (best == NULL)
        return STATUS_OBJECT_PATH_NOT_FOUND;
    const char *rest = path + strlen(best->root);
    size_t length = strlen(rest) + 16;
    char *text = malloc(length);
    if (text == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    snprintf(text, length, "\\??\\%c:%s", best->letter, rest[0] != '\0' ? rest : "/");
    for (char *at = text + 4; *at != '\0'; at++)
        if (*at == '/')
            *at = '\\';
    NTSTATUS status = rtl_unicode_of(text, out_path);
    free(text);
    return status;
}
