/* SPDX-License-Identifier: MIT */
/* image_print.c - the JSON object of an image as lines for people. */
#include <stdio.h>
#include <string.h>

#include "image.h"
#include "options.h"

static bool json_is(const cJSON *object, const char *name)
{
    return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(object, name));
}

static void headers_print(const cJSON *image)
{
    const cJSON *sum = cJSON_GetObjectItem(image, "checksum");
    printf("%s\n", json_text(image, "file"));
    printf("  machine    %s, subsystem %.0f, for Windows %s and later\n",
           json_text(image, "machine"), json_number(image, "subsystem"),
           json_text(image, "os_version"));
    printf("  linker     %s, time stamp %s\n", json_text(image, "linker"),
           json_text(image, "timestamp"));
    printf("  image      base %s, size %s, entry %s, alignment 0x%x, %s\n",
           json_text(image, "base"), json_text(image, "size"), json_text(image, "entry"),
           (unsigned)json_number(image, "section_alignment"),
           json_is(image, "relocations") ? "can be moved" : "cannot be moved");
    printf("  checksum   %s", json_text(sum, "value"));
    if (json_is(sum, "right"))
        printf(", right\n");
    else
        printf(", the file's is %s (not looked at when it is loaded)\n",
               json_text(sum, "computed"));
    if (json_is(image, "dotnet"))
        printf("  .NET       it has a CLR header: it will not be loaded\n");
    if (*json_text(image, "damage"))
        printf("  DAMAGED    %s\n", json_text(image, "damage"));
}

static void signature_print(const cJSON *image)
{
    const cJSON *signature = cJSON_GetObjectItem(image, "signature");
    printf("  signature  %s\n", json_text(signature, "text"));
    if (*json_text(signature, "signer"))
        printf("             issuer \"%s\", %s, image hash %s, signature %s, time stamp %s\n",
               json_text(signature, "issuer"), json_text(signature, "digest"),
               json_is(signature, "hash_right") ? "matches" : "does NOT match",
               json_is(signature, "signature_right") ? "is right" : "is WRONG",
               *json_text(signature, "time") ? json_text(signature, "time") : "none");
}

static void tables_print(const cJSON *image)
{
    const cJSON *config = cJSON_GetObjectItem(image, "load_config");
    const cJSON *pdb = cJSON_GetObjectItem(image, "pdb"), *section;
    if (pdb)
        printf("  pdb        %s {%s} age %.0f\n", json_text(pdb, "path"), json_text(pdb, "guid"),
               json_number(pdb, "age"));
    if (config)
        printf("  guard      %s%s%s, %.0f functions, flags %s\n",
               json_is(config, "cookie") ? "stack cookie" : "no stack cookie",
               json_is(config, "cfg") ? ", CFG" : "", json_is(config, "xfg") ? ", XFG" : "",
               json_number(config, "functions"), json_text(config, "guard_flags"));
    printf("  sections\n");
    cJSON_ArrayForEach(section, cJSON_GetObjectItem(image, "sections"))
    {
        printf("    %-8s  %-10s %-10s %s\n", json_text(section, "name"), json_text(section, "rva"),
               json_text(section, "size"), json_text(section, "rights"));
    }
}

static void import_print(const cJSON *import)
{
    char ordinal[16];
    const char *name = json_text(import, "name");
    snprintf(ordinal, sizeof ordinal, "#%.0f", json_number(import, "ordinal"));
    printf("    %-13s %-44s %-12s %s%s%s\n", json_text(import, "module"), *name ? name : ordinal,
           json_text(import, "state"), json_text(import, "since"),
           json_is(import, "newer") ? " (NEWER)" : "",
           json_is(import, "delayed") ? " delayed" : "");
}

void image_print(const cJSON *image)
{
    const cJSON *item, *exports = cJSON_GetObjectItem(image, "exports");
    headers_print(image);
    signature_print(image);
    tables_print(image);
    printf(
        "  imports (done, partial, absent: their state here; the Windows that first has them)\n");
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(image, "imports")) import_print(item);
    if (cJSON_GetArraySize(exports))
        printf("  exports\n");
    cJSON_ArrayForEach(item, exports)
    {
        const char *forwarder = json_text(item, "forwarder");
        printf("    %5.0f %-44s %s%s\n", json_number(item, "ordinal"), json_text(item, "name"),
               *forwarder ? "-> " : "", *forwarder ? forwarder : json_text(item, "rva"));
    }
}
