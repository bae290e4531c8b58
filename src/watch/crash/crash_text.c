/* SPDX-License-Identifier: MIT */
/* crash_text.c - where a report's text goes: standard error, and a file.
 *
 * Allocates nothing and waits for nobody. What cannot be written is left out.
 */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "crash_internal.h"
#include "host/files.h"
#include "host/host.h"
#include "base/abi_export.h"
#include "image/image.h"

#define PLACES 4u

/* Only the thread whose bug check came first writes. */
static char buffer[8192];
static size_t used;
static int file = -1;

void crash_file_open(const char *path)
{
    if (path != NULL && host_file_open(path, O_WRONLY | O_CREAT | O_APPEND, 0644, &file) != 0)
        file = -1;
}

void crash_file_close(void)
{
    if (file >= 0)
        close(file);
    file = -1;
}

void crash_flush(void)
{
    host_write_stderr(buffer, used);
    for (size_t done = 0; file >= 0 && done < used;) {
        ssize_t written = write(file, buffer + done, used - done);
        if (written <= 0)
            break;
        done += (size_t)written;
    }
    used = 0;
}

void crash_print(const char *format, ...)
{
    va_list arguments;
    if (sizeof(buffer) - used < 512)
        crash_flush();
    va_start(arguments, format);
    int length = vsnprintf(buffer + used, sizeof(buffer) - used, format, arguments);
    va_end(arguments);
    if (length > 0)
        used += (size_t)length < sizeof(buffer) - used ? (size_t)length : sizeof(buffer) - used - 1;
}

const char *crash_place(uint64_t address)
{
    static __thread char places[PLACES][128];
    static __thread unsigned next;
    const struct image *image = image_of_address(address);
    char *place = places[next++ % PLACES];
    uint64_t offset = 0;
    const char *gone = image == NULL ? image_gone_of_address(address, &offset) : NULL;
    const char *section = image_discarded_section(address);
    const struct abi_export *absent = image_absent_of_address(address);
    if (absent != NULL)
        snprintf(place, sizeof(places[0]), "data export %s is not there", absent->name);
    else if (section != NULL)
        snprintf(place, sizeof(places[0]), "%s+0x%llx (%s, discarded after DriverEntry)",
                 image->name, (unsigned long long)(address - image->base), section);
    else if (image != NULL)
        snprintf(place, sizeof(places[0]), "%s+0x%llx", image->name,
                 (unsigned long long)(address - image->base));
    else if (gone != NULL)
        snprintf(place, sizeof(places[0]), "%s+0x%llx (unloaded)", gone,
                 (unsigned long long)offset);
    else
        snprintf(place, sizeof(places[0]), "0x%016llx", (unsigned long long)address);
    return place;
}
