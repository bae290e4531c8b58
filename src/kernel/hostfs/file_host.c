/* SPDX-License-Identifier: MIT */
/* file_host.c - files and folders as Linux serves them.
 *
 * In: absolute paths and descriptors; out: 0 or an errno value. Buffers may be a program's:
 * a bad address comes back as EFAULT.
 */
#include "hostfs_internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "host/files.h"

#define EPOCH_SECONDS 11644473600ll /* from 1601 to 1970 */

static int64_t time_of(const struct timespec *time)
{
    return (time->tv_sec + EPOCH_SECONDS) * 10000000ll + time->tv_nsec / 100;
}

static struct timespec timespec_of(int64_t time_100ns)
{
    if (time_100ns <= 0)
        return (struct timespec){.tv_nsec = UTIME_OMIT};
    return (struct timespec){.tv_sec = time_100ns / 10000000 - EPOCH_SECONDS,
                             .tv_nsec = time_100ns % 10000000 * 100};
}

/* ---- opening -----------------------------------------------------------------------------------
 */

int hostfs_host_open(const char *path, const struct hostfs_open *how, int *out_fd)
{
    int flags = O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    int error = how->is_directory && how->create ? host_file_make_folder(path, 0777) : 0;
    if (error != 0 && (error != EEXIST || how->exclusive))
        return error;
    if (how->is_directory)
        flags |= O_RDONLY | O_DIRECTORY;
    else
        flags |= how->for_write ? (how->for_read ? O_RDWR : O_WRONLY) : O_RDONLY;
    if (!how->is_directory)
        flags |= (how->create ? O_CREAT : 0) | (how->exclusive ? O_EXCL : 0) |
                 (how->truncate ? O_TRUNC : 0);
    error = host_file_open(path, flags, how->read_only ? 0444 : 0666, out_fd);
    if (error == EACCES && !how->for_read && !how->for_write && !how->create)
        error = host_file_open(path, O_PATH, 0, out_fd); /* only attributes are wanted */
    return error;
}

int hostfs_host_close(int fd)
{
    return close(fd) == 0 ? 0 : errno;
}

/* ---- what it is
 * ------------------------------------------------------------------------------------ */

static DEVICE_TYPE type_of(const struct stat *stat, int fd)
{
    if (S_ISFIFO(stat->st_mode) || S_ISSOCK(stat->st_mode))
        return FILE_DEVICE_NAMED_PIPE;
    if (!S_ISCHR(stat->st_mode))
        return FILE_DEVICE_DISK;
    return fd >= 0 && isatty(fd) ? FILE_DEVICE_CONSOLE : FILE_DEVICE_NULL;
}

static void stat_fill(const struct stat *from, int fd, struct hostfs_stat *to)
{
    int64_t oldest = time_of(&from->st_mtim);
    if (time_of(&from->st_ctim) < oldest)
        oldest = time_of(&from->st_ctim);
    *to = (struct hostfs_stat){
        .device = from->st_dev,
        .inode = from->st_ino,
        .size_bytes = S_ISDIR(from->st_mode) ? 0 : (uint64_t)from->st_size,
        .allocated_bytes = S_ISDIR(from->st_mode) ? 0 : (uint64_t)from->st_blocks * 512,
        .create_100ns = oldest,
        .access_100ns = time_of(&from->st_atim),
        .write_100ns = time_of(&from->st_mtim),
        .change_100ns = time_of(&from->st_ctim),
        .links = (uint32_t)from->st_nlink,
        .is_directory = S_ISDIR(from->st_mode),
        .is_read_only = !S_ISDIR(from->st_mode) && !(from->st_mode & 0222),
        .device_type = type_of(from, fd),
    };
}

int hostfs_host_stat(const char *path, struct hostfs_stat *out_stat)
{
    struct stat buffer;
    int fd, error = host_file_open(path, O_PATH, 0, &fd);
    if (error != 0)
        return error;
    error = fstat(fd, &buffer) != 0 ? errno : 0;
    close(fd);
    if (error == 0)
        stat_fill(&buffer, -1, out_stat);
    return error;
}

int hostfs_host_stat_fd(int fd, struct hostfs_stat *out_stat)
{
    struct stat buffer;
    if (fstat(fd, &buffer) != 0)
        return errno;
    stat_fill(&buffer, fd, out_stat);
    return 0;
}

/* ---- bytes
 * --------------------------------------------------------------------------------------------- */

int hostfs_host_read(int fd, void *buffer, size_t length, uint64_t offset, size_t *out_done)
{
    size_t done = 0;
    while (done < length) {
        ssize_t count = pread(fd, (char *)buffer + done, length - done, (off_t)(offset + done));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0 && done == 0)
            return errno;
        if (count <= 0)
            break;
        done += (size_t)count;
    }
    *out_done = done;
    return 0;
}

int hostfs_host_write(int fd, const void *buffer, size_t length, uint64_t offset, size_t *out_done)
{
    size_t done = 0;
    while (done < length) {
        ssize_t count =
            pwrite(fd, (const char *)buffer + done, length - done, (off_t)(offset + done));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return errno;
        done += (size_t)count;
    }
    *out_done = done;
    return 0;
}

int hostfs_host_flush(int fd)
{
    return fsync(fd) == 0 || errno == EINVAL || errno == EROFS ? 0 : errno;
}

int hostfs_host_resize(int fd, uint64_t size)
{
    return ftruncate(fd, (off_t)size) == 0 ? 0 : errno;
}

/* ---- attributes
 * ---------------------------------------------------------------------------------------- */

int hostfs_host_times_set(int fd, int64_t access_100ns, int64_t write_100ns)
{
    struct timespec times[2] = {timespec_of(access_100ns), timespec_of(write_100ns)};
    return futimens(fd, times) == 0 ? 0 : errno;
}

int hostfs_host_read_only_set(int fd, bool is_read_only)
{
    struct stat buffer;
    if (fstat(fd, &buffer) != 0)
        return errno;
    mode_t mode = buffer.st_mode & 07777;
    mode_t wanted = is_read_only ? mode & ~(mode_t)0222 : mode | 0200;
    if (S_ISDIR(buffer.st_mode) || wanted == mode || (!is_read_only && (mode & 0222)))
        return 0;
    return fchmod(fd, wanted) == 0 ? 0 : errno;
}

/* ---- names
 * ------------------------------------------------------------------------------------------------
 */

int hostfs_host_remove(const char *path, bool is_directory)
{
    return host_file_remove(path, is_directory);
}

int hostfs_host_rename(const char *from, const char *to, bool replace)
{
    return host_file_rename(from, to, replace);
}

int hostfs_host_directory_visit(const char *path, bool (*visit)(const char *name, void *context),
                                void *context)
{
    int fd, error = host_file_open(path, O_RDONLY | O_DIRECTORY, 0, &fd);
    if (error != 0)
        return error;
    DIR *directory = fdopendir(fd);
    if (directory == NULL) {
        error = errno;
        close(fd);
        return error;
    }
    struct dirent *entry;
    bool goes_on = true;
    while (goes_on && (entry = readdir(directory)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            goes_on = visit(entry->d_name, context);
    closedir(directory);
    return 0;
}

static bool directory_entry_seen(const char *name, void *context)
{
    (void)name;
    *(bool *)context = false;
    return false;
}

bool hostfs_host_directory_is_empty(const char *path)
{
    bool is_empty = true;
    hostfs_host_directory_visit(path, directory_entry_seen, &is_empty);
    return is_empty;
}

int hostfs_host_volume(const char *path, struct hostfs_volume *out_volume)
{
    struct statvfs buffer;
    int fd, error = host_file_open(path, O_PATH, 0, &fd);
    if (error != 0)
        return error;
    error = fstatvfs(fd, &buffer) != 0 ? errno : 0;
    close(fd);
    if (error != 0)
        return error;
    *out_volume = (struct hostfs_volume){
        .total_units = buffer.f_blocks,
        .free_units = buffer.f_bfree,
        .available_units = buffer.f_bavail,
        .serial = buffer.f_fsid,
        .unit_bytes = (uint32_t)buffer.f_frsize,
    };
    return 0;
}
