/* SPDX-License-Identifier: MIT */
/* windows.c - the table of releases, and the words that name a row of it.
 *
 * Doc: "Windows 10 release information", "Windows 11 release information" (Microsoft Learn) for
 * builds; sdkddkver.h for NTDDI values.
 */
#include "base/windows.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const struct windows_release windows_releases[] = {
    {"7", "", 6, 1, 7600, 0x06010000},        {"7", "SP1", 6, 1, 7601, 0x06010000},
    {"8", "", 6, 2, 9200, 0x06020000},        {"8.1", "", 6, 3, 9600, 0x06030000},
    {"10", "1507", 10, 0, 10240, 0x0a000000}, {"10", "1511", 10, 0, 10586, 0x0a000001},
    {"10", "1607", 10, 0, 14393, 0x0a000002}, {"10", "1703", 10, 0, 15063, 0x0a000003},
    {"10", "1709", 10, 0, 16299, 0x0a000004}, {"10", "1803", 10, 0, 17134, 0x0a000005},
    {"10", "1809", 10, 0, 17763, 0x0a000006}, {"10", "1903", 10, 0, 18362, 0x0a000007},
    {"10", "1909", 10, 0, 18363, 0x0a000007}, {"10", "2004", 10, 0, 19041, 0x0a000008},
    {"10", "20H2", 10, 0, 19042, 0x0a000008}, {"10", "21H1", 10, 0, 19043, 0x0a000008},
    {"10", "21H2", 10, 0, 19044, 0x0a000008}, {"10", "22H2", 10, 0, 19045, 0x0a000008},
    {"11", "21H2", 10, 0, 22000, 0x0a00000b}, {"11", "22H2", 10, 0, 22621, 0x0a00000c},
    {"11", "23H2", 10, 0, 22631, 0x0a00000c}, {"11", "24H2", 10, 0, 26100, 0x0a000010},
    {"11", "25H2", 10, 0, 26200, 0x0a000010},
};
const size_t windows_release_count = sizeof(windows_releases) / sizeof(windows_releases[0]);

/* What a machine can only tell its programs. */
static const struct windows_release programs_only[] = {
    {"95", "", 4, 0, 950, 0}, {"98", "", 4, 10, 1998, 0}, {"98", "SE", 4, 10, 2222, 0}};

static const struct windows_release *find_9x(uint32_t build)
{
    for (size_t i = 0; i < sizeof programs_only / sizeof *programs_only; i++)
        if (programs_only[i].build == build)
            return &programs_only[i];
    return NULL;
}

bool windows_is_9x(uint32_t build)
{
    return find_9x(build) != NULL;
}

/* "95", "98", "98:SE". 0: another. */
static uint32_t build_9x(const char *text)
{
    char name[16];
    for (size_t i = 0; i < sizeof programs_only / sizeof *programs_only; i++) {
        const struct windows_release *release = &programs_only[i];
        snprintf(name, sizeof name, "%s%s%s", release->family, *release->release ? ":" : "",
                 release->release);
        if (!strcasecmp(name, text))
            return release->build;
    }
    return 0;
}

/* What a family's name alone means: its last release, except that 11 is the default machine. */
static uint32_t family_build(const char *family, size_t length)
{
    uint32_t build = 0;
    if (length == 2 && memcmp(family, "11", 2) == 0)
        return WINDOWS_BUILD_DEFAULT;
    for (size_t i = 0; i < windows_release_count; i++)
        if (strlen(windows_releases[i].family) == length &&
            memcmp(windows_releases[i].family, family, length) == 0)
            build = windows_releases[i].build;
    return build;
}

const struct windows_release *windows_release_of(uint32_t build)
{
    const struct windows_release *found = find_9x(build);
    if (found)
        return found;
    found = &windows_releases[0];
    for (size_t i = 0; i < windows_release_count && windows_releases[i].build <= build; i++)
        found = &windows_releases[i];
    return found;
}

const struct windows_release *windows_first_with(uint32_t ntddi)
{
    for (size_t i = 0; i < windows_release_count; i++)
        if (windows_releases[i].ntddi >= ntddi)
            return &windows_releases[i];
    return NULL;
}

struct windows_version windows_of_build(uint32_t build)
{
    if (build == 0)
        build = WINDOWS_BUILD_DEFAULT;
    const struct windows_release *release = windows_release_of(build);
    if (build < release->build)
        build = release->build;
    return (struct windows_version){
        .major = release->major,
        .minor = release->minor,
        .build = build,
        .service_pack = strcmp(release->release, "SP1") == 0 ? 1 : 0,
        .ntddi = release->ntddi,
    };
}

/* A whole decimal number. 0: it is none. */
static uint32_t number(const char *text)
{
    char *end;
    if (text[0] < '1' || text[0] > '9' || strlen(text) > 6)
        return 0;
    unsigned long value = strtoul(text, &end, 10);
    return *end == '\0' ? (uint32_t)value : 0;
}

/* "MAJOR.MINOR.BUILD". 0: it is none, or its parts do not belong together. */
static uint32_t triple_build(const char *text)
{
    unsigned major, minor;
    int at = 0;
    if (sscanf(text, "%2u.%1u.%n", &major, &minor, &at) != 2 || at == 0)
        return 0;
    uint32_t build = number(text + at);
    const struct windows_release *release = windows_release_of(build);
    return build >= release->build && release->major == major && release->minor == minor ? build
                                                                                         : 0;
}

/* "FAMILY:RELEASE" or "FAMILY:BUILD". Older families have their releases' builds only. */
static uint32_t member_build(const char *text, const char *colon)
{
    size_t length = (size_t)(colon - text);
    const char *member = colon + 1;
    for (size_t i = 0; i < windows_release_count; i++) {
        const struct windows_release *release = &windows_releases[i];
        if (strlen(release->family) == length && memcmp(release->family, text, length) == 0 &&
            release->release[0] != '\0' && strcasecmp(release->release, member) == 0)
            return release->build;
    }
    uint32_t build = number(member);
    const struct windows_release *release = windows_release_of(build);
    bool is_member = strlen(release->family) == length &&
                     memcmp(release->family, text, length) == 0 && build >= release->build;
    return is_member && (build == release->build || release->major >= 10) ? build : 0;
}

int windows_parse(const char *text, struct windows_version *out_version)
{
    const char *colon = strchr(text, ':');
    uint32_t build = build_9x(text);
    if (build == 0)
        build = colon != NULL ? member_build(text, colon) : family_build(text, strlen(text));
    if (build == 0 && colon == NULL)
        build = triple_build(text);
    if (build == 0)
        return EINVAL;
    *out_version = windows_of_build(build);
    return 0;
}

char *windows_text(uint32_t build, char *out_text, size_t size)
{
    const struct windows_release *release = windows_release_of(build);
    const char *separator = release->release[0] == '\0' ? ""
                            : release->major < 10       ? " "
                                                        : ", version ";
    snprintf(out_text, size, "Windows %s%s%s (%u.%u.%u)", release->family, separator,
             release->release, release->major, release->minor, build);
    return out_text;
}
