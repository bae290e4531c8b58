/* SPDX-License-Identifier: MIT */
/* windows.h - the releases of Windows a machine can claim to be: names, numbers, NTDDI values.
 *
 * One table (windows.c). Both sides use it: the command reads what a person typed, the machine
 * says which release a build belongs to and which release first had an export.
 */
#ifndef BASE_WINDOWS_H
#define BASE_WINDOWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WINDOWS_BUILD_DEFAULT 22621u

struct windows_release {
    const char *family;  /* "7", "8", "8.1", "10", "11": what --windows takes */
    const char *release; /* "22H2"; "SP1"; empty where the family has one only */
    uint32_t major, minor, build;
    uint32_t ntddi; /* NTDDI_VERSION of its headers, without service pack */
};

/* By rising build. */
extern const struct windows_release windows_releases[];
extern const size_t windows_release_count;

/* A version as a machine reports it; build may lie between those of two releases. */
struct windows_version {
    uint32_t major, minor, build;
    uint32_t service_pack;
    uint32_t ntddi; /* newest NTDDI value whose exports it has */
};

/* The version of a build; 0 is the default. Builds below the first release are that release. */
struct windows_version windows_of_build(uint32_t build);
/* Reads "10", "10:22H2", "10:19045", "10.0.19045", "6.1.7601" or "7". 0, or EINVAL. */
int windows_parse(const char *text, struct windows_version *out_version);
/* Windows 95 and 98: what programs of 16 and 32 bits can be told. The machine below them, and its
 * drivers, are those of the default release. */
bool windows_is_9x(uint32_t build);
/* The first release with the exports of an NTDDI value; NULL: none that is known. */
const struct windows_release *windows_first_with(uint32_t ntddi);
/* The newest release that is not newer than the build. */
const struct windows_release *windows_release_of(uint32_t build);
/* "Windows 10, version 22H2 (10.0.19045)"; returns out_text. */
char *windows_text(uint32_t build, char *out_text, size_t size);

#endif
