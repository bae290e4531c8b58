/* SPDX-License-Identifier: MIT */
/* ldr_file.c - the bytes of a DLL's file, through the kernel or straight from the host. */
#include <dirent.h>
#include <limits.h>
#include <string.h>
#include <strings.h>
#include <stdio.h>

#include "ldr_internal.h"
#include "ntdll/heap.h"
#include "ntdll/nt.h"
#include "ntdll/path.h"

static NTSTATUS handle_read(HANDLE handle, void **out_bytes, size_t *out_size)
{
    IO_STATUS_BLOCK block;
    FILE_STANDARD_INFORMATION standard;
    NTSTATUS status =
        NtQueryInformationFile(handle, &block, &standard, sizeof standard, FileStandardInformation);
    if (!NT_SUCCESS(status))
        return status;
    size_t size = (size_t)standard.EndOfFile.QuadPart;
    if (!size || size > PE_IMAGE_SIZE_MAX)
        return STATUS_INVALID_IMAGE_FORMAT;
    void *bytes;
    status = memory_allocate(size, PAGE_READWRITE, &bytes);
    if (!NT_SUCCESS(status))
        return status;
    LARGE_INTEGER offset = {.QuadPart = 0};
    status = NtReadFile(handle, NULL, NULL, NULL, &block, bytes, (ULONG)size, &offset, NULL);
    if (NT_SUCCESS(status) && block.Information != size)
        status = STATUS_END_OF_FILE;
    if (!NT_SUCCESS(status)) {
        memory_free(bytes);
        return status;
    }
    *out_bytes = bytes;
    *out_size = size;
    return STATUS_SUCCESS;
}

NTSTATUS file_read_nt(const wchar_t *path, void **out_bytes, size_t *out_size)
{
    UNICODE_STRING name;
    NTSTATUS status = path_nt_current(path, &name);
    if (!NT_SUCCESS(status))
        return status;
    OBJECT_ATTRIBUTES attributes;
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    HANDLE handle;
    IO_STATUS_BLOCK block;
    status = NtOpenFile(&handle, FILE_READ_DATA | FILE_READ_ATTRIBUTES | SYNCHRONIZE, &attributes,
                        &block, FILE_SHARE_READ | FILE_SHARE_DELETE,
                        FILE_NON_DIRECTORY_FILE | FILE_SYNCHRONOUS_IO_NONALERT);
    heap_give(name.Buffer);
    if (!NT_SUCCESS(status))
        return status;
    status = handle_read(handle, out_bytes, out_size);
    NtClose(handle);
    return status;
}

/* Opens by a name without regard to case, as programs write them: as it stands, else the first one
 * of its folder that is equal. */
static FILE *host_open(const char *path)
{
    FILE *file = fopen(path, "rbe");
    const char *slash = strrchr(path, '/');
    char found[PATH_MAX] = "";
    if (file || !slash || (size_t)(slash - path) >= sizeof found)
        return file;
    memcpy(found, path, (size_t)(slash - path));
    DIR *folder = opendir(slash == path ? "/" : found);
    for (struct dirent *entry; folder && !file && (entry = readdir(folder));) {
        if (strcasecmp(entry->d_name, slash + 1))
            continue;
        snprintf(found, sizeof found, "%.*s/%s", (int)(slash - path), path, entry->d_name);
        file = fopen(found, "rbe");
    }
    if (folder)
        closedir(folder);
    return file;
}

NTSTATUS file_read_host(const char *path, void **out_bytes, size_t *out_size)
{
    FILE *file = host_open(path);
    if (!file)
        return STATUS_OBJECT_NAME_NOT_FOUND;
    NTSTATUS status = STATUS_INVALID_IMAGE_FORMAT;
    void *bytes = NULL;
    long size = -1;
    if (!fseek(file, 0, SEEK_END))
        size = ftell(file);
    if (size > 0 && (unsigned long)size <= PE_IMAGE_SIZE_MAX) {
        rewind(file);
        status = memory_allocate((size_t)size, PAGE_READWRITE, &bytes);
        if (NT_SUCCESS(status) && fread(bytes, 1, (size_t)size, file) != (size_t)size) {
            memory_free(bytes);
            status = STATUS_END_OF_FILE;
        }
    }
    fclose(file);
    if (NT_SUCCESS(status)) {
        *out_bytes = bytes;
        *out_size = (size_t)size;
    }
    return status;
}
