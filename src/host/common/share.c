/* SPDX-License-Identifier: MIT */
/* share.c - memory that two processes share: sparse files without a name.
 *
 * The descriptor is the share; it is closed on exec, so that only whoever is sent
 * it has it. Closing it leaves the mappings in place.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "host_internal.h"

int host_share_create(const char *name, uint64_t length, int *out_fd)
{
    int fd = memfd_create(name, MFD_CLOEXEC);
    int error;

    if (fd < 0)
        return errno;
    if (ftruncate(fd, (off_t)length) != 0) {
        error = errno;
        close(fd);
        return error;
    }
    *out_fd = fd;
    return 0;
}

int host_share_map(int fd, uint64_t offset, size_t length, int protection, void *address,
                   void **out_address)
{
    void *got;

    COVE_ASSERT(((uintptr_t)address & (HOST_PAGE - 1)) == 0 && (offset & (HOST_PAGE - 1)) == 0);
    COVE_ASSERT((length & (HOST_PAGE - 1)) == 0 && length != 0);
    got = mmap(address, length, host_protection_bits(protection),
               MAP_SHARED | MAP_NORESERVE | (address ? MAP_FIXED : 0), fd, (off_t)offset);
    if (got == MAP_FAILED)
        return errno;
    *out_address = got;
    return 0;
}

void host_share_close(int fd)
{
    int result = close(fd);

    COVE_ASSERT(result == 0);
}

void host_share_punch(int fd, uint64_t offset, size_t length)
{
    int result;

    COVE_ASSERT((offset & (HOST_PAGE - 1)) == 0 && (length & (HOST_PAGE - 1)) == 0);
    if (length == 0)
        return;
    do
        result =
            fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)offset, (off_t)length);
    while (result != 0 && errno == EINTR);
    COVE_ASSERT(result == 0);
}

int host_share_duplicate(int fd, int *out_fd)
{
    int got = fcntl(fd, F_DUPFD_CLOEXEC, 0);

    if (got < 0)
        return errno;
    *out_fd = got;
    return 0;
}

int host_share_write(int fd, uint64_t offset, const void *from, size_t length)
{
    const char *at = from;

    while (length != 0) {
        ssize_t done = pwrite(fd, at, length, (off_t)offset);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return done == 0 ? EIO : errno;
        at += done;
        offset += (uint64_t)done;
        length -= (size_t)done;
    }
    return 0;
}

int host_share_flush(int fd)
{
    int result;

    do
        result = fdatasync(fd);
    while (result != 0 && errno == EINTR);
    return result == 0 ? 0 : errno;
}
