/* SPDX-License-Identifier: MIT */
/* image_file.c - a file of the host becomes bytes that have been checked.
 *
 * In: a path. Out: the whole file, its headers and its layout, every table of it checked;
 * or the status NtLoadDriver documents and a sentence that names the field. Nothing is mapped.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "host/files.h"
#include "image_internal.h"
#include "rtl/rtl.h"

static NTSTATUS read_failure(const char *path, int error, struct image_error *out_error)
{
    switch (error) {
    case ENOENT:
    case ENOTDIR:
        return image_fail(out_error, STATUS_OBJECT_NAME_NOT_FOUND,
                          "%s does not exist; check the path of the driver", path);
    case EACCES:
        return image_fail(out_error, STATUS_ACCESS_DENIED,
                          "%s may not be read; check its permissions", path);
    default:
        return image_fail(out_error, STATUS_UNSUCCESSFUL, "%s cannot be read: %s", path,
                          strerror(error));
    }
}

static NTSTATUS read_whole(const char *path, struct image_file *file, struct image_error *error)
{
    long size;
    int fd, open_error = host_file_open(path, O_RDONLY, 0, &fd);
    if (open_error != 0)
        return read_failure(path, open_error, error);
    FILE *stream = fdopen(fd, "rb");
    if (stream == NULL) {
        close(fd);
        return read_failure(path, errno, error);
    }
    NTSTATUS status = STATUS_SUCCESS;
    if (fseek(stream, 0, SEEK_END) != 0 || (size = ftell(stream)) < 0 ||
        fseek(stream, 0, SEEK_SET) != 0) {
        status = read_failure(path, errno, error);
    } else if ((unsigned long)size > IMAGE_FILE_MAX) {
        status = image_fail(error, STATUS_INVALID_IMAGE_FORMAT,
                            "%s is too large for a driver (%ld bytes)", path, size);
    } else if ((file->bytes = malloc(size > 0 ? (size_t)size : 1)) == NULL) {
        status = image_fail(error, STATUS_INSUFFICIENT_RESOURCES, "no memory to read %s", path);
    } else {
        file->size_bytes = fread(file->bytes, 1, (size_t)size, stream);
        if (file->size_bytes != (size_t)size)
            status = read_failure(path, ferror(stream) ? EIO : ENODATA, error);
    }
    fclose(stream);
    return status;
}

/* What the PE format leaves open and a kernel-mode loader does not. */
static NTSTATUS check_kind(const struct image_file *file, struct image_error *error)
{
    const struct pe_image *pe = &file->pe;
    if (pe->machine == PE_MACHINE_I386)
        return image_fail(error, STATUS_INVALID_IMAGE_WIN_32,
                          "%s: Machine is i386 (0x14c): a 32-bit driver; build it for x64",
                          file->name);
    if (pe->machine == PE_MACHINE_ARM64)
        return image_fail(error, STATUS_INVALID_IMAGE_FORMAT,
                          "%s: Machine is ARM64 (0xaa64): a driver for ARM64 processors, or a "
                          "hybrid (ARM64X) one; build it for x64",
                          file->name);
    if (pe->machine != PE_MACHINE_AMD64 || pe->is_pe32)
        return image_fail(error, STATUS_INVALID_IMAGE_FORMAT,
                          "%s: Machine is 0x%x; this machine runs 0x8664 (x64) drivers only",
                          file->name, pe->machine);
    /* Windows does not ask for it either: some drivers were linked as programs are. */
    if (pe->subsystem != PE_SUBSYSTEM_NATIVE)
        rtl_debug_printf("image: %s: Subsystem is %u, not 1 (native)\n", file->name, pe->subsystem);
    if (pe->directories[PE_DIR_CLR].rva != 0 && pe->directories[PE_DIR_CLR].size != 0)
        return image_fail(error, STATUS_INVALID_IMAGE_FORMAT,
                          "%s: has a CLR header at RVA 0x%x: .NET code does not run in the kernel",
                          file->name, pe->directories[PE_DIR_CLR].rva);
    if (!(pe->characteristics & PE_FILE_EXECUTABLE))
        return image_fail(error, STATUS_INVALID_IMAGE_FORMAT,
                          "%s: Characteristics (0x%x) lacks EXECUTABLE_IMAGE: the linker left "
                          "errors in it",
                          file->name, pe->characteristics);
    return STATUS_SUCCESS;
}

/* x64 code that is only a part of an image for ARM64 processors (ARM64EC). */
static NTSTATUS check_hybrid(const struct image_file *file, const struct pe_view *view,
                             struct image_error *error)
{
    struct pe_load_config config;
    if (pe_load_config_read(view, file->pe.image_base, &config, NULL) != PE_OK ||
        config.chpe_metadata == 0)
        return STATUS_SUCCESS;
    return image_fail(error, STATUS_INVALID_IMAGE_FORMAT,
                      "%s: CHPEMetadataPointer is 0x%llx: a hybrid image (ARM64EC) for ARM64 "
                      "processors; build it for x64",
                      file->name, (unsigned long long)config.chpe_metadata);
}

static NTSTATUS check_file(struct image_file *file, struct image_error *error)
{
    struct pe_error pe_error;
    if (pe_parse(file->bytes, file->size_bytes, &file->pe, &pe_error) != PE_OK)
        goto damaged;
    NTSTATUS status = check_kind(file, error);
    if (!NT_SUCCESS(status))
        return status;
    struct pe_view view = pe_view_file(&file->pe, file->bytes, file->size_bytes);
    /* Nor does it look at the function table before something unwinds: packers shuffle it. */
    if (pe_functions_check(&view, &pe_error) == PE_DAMAGED)
        rtl_debug_printf("image: %s: %s; exceptions in it may find no handler\n", file->name,
                         pe_error.text);
    if (pe_check_loading(&view, &pe_error) != PE_OK ||
        pe_layout_plan(&file->pe, &file->layout, &pe_error) != PE_OK)
        goto damaged;
    return check_hybrid(file, &view, error); /* CheckSum is not looked at; `cove image` shows it */
damaged:
    return image_fail(error, STATUS_INVALID_IMAGE_FORMAT, "%s: %s", file->name, pe_error.text);
}

NTSTATUS image_file_open(const char *path, struct image_file *out_file, struct image_error *error)
{
    struct image_file file = {.path = realpath(path, NULL)};
    if (file.path == NULL)
        return read_failure(path, errno, error);
    const char *slash = strrchr(file.path, '/');
    file.name = slash != NULL ? slash + 1 : file.path;
    NTSTATUS status = read_whole(file.path, &file, error);
    if (NT_SUCCESS(status))
        status = check_file(&file, error);
    if (NT_SUCCESS(status))
        *out_file = file;
    else
        image_file_close(&file);
    return status;
}

void image_file_close(struct image_file *file)
{
    free(file->bytes);
    free(file->path);
    file->bytes = NULL;
    file->path = NULL;
}

char *image_file_beside(const char *importer, const char *name)
{
    const char *slash = strrchr(importer, '/');
    char folder[PATH_MAX], *path = NULL;
    struct dirent *entry;
    if (slash == NULL || strchr(name, '/') != NULL || strchr(name, '\\') != NULL)
        return NULL;
    snprintf(folder, sizeof(folder), "%.*s", (int)(slash - importer + 1), importer);
    int fd;
    if (host_file_open(folder, O_RDONLY | O_DIRECTORY, 0, &fd) != 0)
        return NULL;
    DIR *directory = fdopendir(fd);
    if (directory == NULL) {
        close(fd);
        return NULL;
    }
    while (path == NULL && (entry = readdir(directory)) != NULL)
        if (entry->d_type != DT_DIR && strcasecmp(entry->d_name, name) == 0 &&
            asprintf(&path, "%s%s", folder, entry->d_name) < 0)
            path = NULL;
    closedir(directory);
    return path;
}
