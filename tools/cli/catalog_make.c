/* SPDX-License-Identifier: MIT */
/* catalog_make.c - an unsigned catalog, written as ASN.1 from the outside in.
 *
 * ContentInfo { signedData { 1, {}, { certificate trust list }, {} } }; the list has an entry for
 * each file: its hash, its name, and what kind of file it is.
 */
#include "catalog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/rand.h>

#include "options.h"
#include "signed_data.h"

#define TAG_INTEGER  0x02
#define TAG_OCTETS   0x04
#define TAG_NULL     0x05
#define TAG_OID      0x06
#define TAG_UTC_TIME 0x17
#define TAG_BMP      0x1e
#define TAG_SEQUENCE 0x30
#define TAG_SET      0x31
#define TAG_EXPLICIT 0xa0 /* [0] */

#define OID_SIGNED_DATA   "1.2.840.113549.1.7.2"
#define OID_TRUST_LIST    "1.3.6.1.4.1.311.10.1"
#define OID_CATALOG_LIST  "1.3.6.1.4.1.311.12.1.1"
#define OID_MEMBER_V2     "1.3.6.1.4.1.311.12.1.3"
#define OID_NAME_VALUE    "1.3.6.1.4.1.311.12.2.1"
#define OID_INDIRECT_DATA "1.3.6.1.4.1.311.2.1.4"
#define OID_PE_IMAGE      "1.3.6.1.4.1.311.2.1.15"
#define OID_FLAT_FILE     "1.3.6.1.4.1.311.2.1.25"
#define OID_SHA256        "2.16.840.1.101.3.4.2.1"

#define NAME_FLAGS_FILE UINT32_C(0x10010001) /* authenticated, of a member, a name */
#define NAME_FLAGS_LIST UINT32_C(0x10010001)
#define HASH_LENGTH     32

struct der {
    uint8_t *bytes;
    size_t used, capacity;
    bool is_full; /* no memory: what follows is not written */
};

static void put(struct der *der, const void *bytes, size_t length)
{
    if (der->used + length > der->capacity) {
        size_t capacity = 2 * (der->used + length) + 256;
        uint8_t *grown = der->is_full ? NULL : realloc(der->bytes, capacity);
        der->is_full = !grown;
        if (!grown)
            return;
        der->bytes = grown;
        der->capacity = capacity;
    }
    memcpy(der->bytes + der->used, bytes, length);
    der->used += length;
}

/* Begins an element; end writes its length before what has come since. */
static size_t begin(struct der *der, uint8_t tag)
{
    put(der, &tag, 1);
    return der->used;
}

static void end(struct der *der, size_t from)
{
    uint8_t length[8];
    size_t size = der->used - from, count = 0, octets = 1;
    if (der->is_full)
        return;
    while (octets < sizeof size && size >> (8 * octets))
        octets++;
    if (size >= 0x80)
        length[count++] = (uint8_t)(0x80 | octets);
    for (size_t i = octets; i > 0; i--)
        length[count++] = (uint8_t)(size >> (8 * (i - 1)));
    put(der, length, count); /* room for it */
    if (der->is_full)
        return;
    memmove(der->bytes + from + count, der->bytes + from, size);
    memcpy(der->bytes + from, length, count);
}

static void element_put(struct der *der, uint8_t tag, const void *bytes, size_t length)
{
    size_t at = begin(der, tag);
    put(der, bytes, length);
    end(der, at);
}

static void oid_put(struct der *der, const char *text)
{
    ASN1_OBJECT *object = OBJ_txt2obj(text, 1);
    if (object)
        element_put(der, TAG_OID, OBJ_get0_data(object), OBJ_length(object));
    ASN1_OBJECT_free(object);
}

static void number_put(struct der *der, uint32_t value)
{
    const uint8_t bytes[5] = {0, (uint8_t)(value >> 24), (uint8_t)(value >> 16),
                              (uint8_t)(value >> 8), (uint8_t)value};
    unsigned first = 0;
    while (first < 4 && bytes[first] == 0 && bytes[first + 1] < 0x80)
        first++;
    element_put(der, TAG_INTEGER, bytes + first, 5 - first);
}

/* Names in catalogs are ASCII here; what is not becomes '?'. */
static void wide_put(struct der *der, uint8_t tag, const char *text, bool is_little)
{
    size_t at = begin(der, tag);
    for (size_t i = 0; i < strlen(text) + is_little; i++) {
        uint8_t c = (uint8_t)text[i] < 0x80 ? (uint8_t)text[i] : '?';
        const uint8_t unit[2] = {is_little ? c : 0, is_little ? 0 : c};
        put(der, unit, 2);
    }
    end(der, at);
}

static void algorithm_put(struct der *der, const char *oid)
{
    size_t at = begin(der, TAG_SEQUENCE);
    oid_put(der, oid);
    element_put(der, TAG_NULL, "", 0);
    end(der, at);
}

/* CatalogNameValue ::= SEQUENCE { refname BMPString, typeaction INTEGER, value OCTET STRING } */
static void name_value_put(struct der *der, const char *name, uint32_t flags, const char *value)
{
    size_t at = begin(der, TAG_SEQUENCE);
    wide_put(der, TAG_BMP, name, false);
    number_put(der, flags);
    wide_put(der, TAG_OCTETS, value, true);
    end(der, at);
}

static void attribute_begin(struct der *der, const char *oid, size_t *out_outer, size_t *out_inner)
{
    *out_outer = begin(der, TAG_SEQUENCE);
    oid_put(der, oid);
    *out_inner = begin(der, TAG_SET);
}

/* SpcIndirectDataContent: what kind of file the hash is of, and the hash. */
static void indirect_data_put(struct der *der, bool is_image, const uint8_t *hash)
{
    static const uint8_t flags[] = {0x03, 0x02, 0x05, 0xa0};
    static const uint8_t file[] = {0xa0, 0x20, 0xa2, 0x1e, 0x80, 0x1c}; /* a name of 14 */
    size_t all = begin(der, TAG_SEQUENCE), data = begin(der, TAG_SEQUENCE);
    oid_put(der, is_image ? OID_PE_IMAGE : OID_FLAT_FILE);
    if (is_image) {
        size_t image = begin(der, TAG_SEQUENCE);
        put(der, flags, sizeof flags);
        put(der, file, sizeof file);
        for (const char *c = "<<<Obsolete>>>"; *c; c++) {
            const uint8_t unit[2] = {0, (uint8_t)*c};
            put(der, unit, 2);
        }
        end(der, image);
    } else { /* SpcLink [2] EXPLICIT { [0] IMPLICIT BMPString "" } */
        static const uint8_t link[] = {0xa2, 0x02, 0x80, 0x00};
        put(der, link, sizeof link);
    }
    end(der, data);
    size_t info = begin(der, TAG_SEQUENCE);
    algorithm_put(der, OID_SHA256);
    element_put(der, TAG_OCTETS, hash, HASH_LENGTH);
    end(der, info);
    end(der, all);
}

static bool file_hash(const struct catalog_file *file, uint8_t *out_hash, bool *out_is_image)
{
    struct pe_image image;
    struct pe_error error;
    unsigned length;
    *out_is_image =
        pe_parse(file->bytes, file->length, &image, &error) == PE_OK &&
        signed_image_hash(&image, file->bytes, file->length, EVP_sha256(), out_hash, &length);
    return *out_is_image ||
           EVP_Digest(file->bytes, file->length, out_hash, &length, EVP_sha256(), NULL) == 1;
}

static bool member_put(struct der *der, const struct catalog_file *file)
{
    uint8_t hash[EVP_MAX_MD_SIZE];
    bool is_image;
    size_t outer, inner;
    if (!file_hash(file, hash, &is_image))
        return false;
    size_t all = begin(der, TAG_SEQUENCE);
    element_put(der, TAG_OCTETS, hash, HASH_LENGTH);
    size_t attributes = begin(der, TAG_SET);
    attribute_begin(der, OID_NAME_VALUE, &outer, &inner);
    name_value_put(der, "File", NAME_FLAGS_FILE, file->name);
    end(der, inner);
    end(der, outer);
    attribute_begin(der, OID_INDIRECT_DATA, &outer, &inner);
    indirect_data_put(der, is_image, hash);
    end(der, inner);
    end(der, outer);
    end(der, attributes);
    end(der, all);
    return true;
}

static void extension_put(struct der *der, const char *name, const char *value)
{
    size_t all = begin(der, TAG_SEQUENCE);
    oid_put(der, OID_NAME_VALUE);
    size_t octets = begin(der, TAG_OCTETS);
    name_value_put(der, name, NAME_FLAGS_LIST, value);
    end(der, octets);
    end(der, all);
}

static void extensions_put(struct der *der, const struct catalog_facts *facts)
{
    size_t outer = begin(der, TAG_EXPLICIT), list = begin(der, TAG_SEQUENCE);
    extension_put(der, "OSAttr", facts->os);
    for (unsigned i = 0; i < facts->hardware_id_count; i++) {
        char name[24];
        snprintf(name, sizeof name, "HWID%u", i + 1);
        extension_put(der, name, facts->hardware_ids[i]);
    }
    end(der, list);
    end(der, outer);
}

static bool list_put(struct der *der, const struct catalog_file *files, unsigned file_count,
                     const struct catalog_facts *facts)
{
    uint8_t identifier[16];
    char text[24];
    time_t now = time(NULL);
    struct tm day;
    bool is_good = RAND_bytes(identifier, sizeof identifier) == 1;
    size_t all = begin(der, TAG_SEQUENCE), usage = begin(der, TAG_SEQUENCE);
    oid_put(der, OID_CATALOG_LIST);
    end(der, usage);
    element_put(der, TAG_OCTETS, identifier, sizeof identifier);
    gmtime_r(&now, &day);
    strftime(text, sizeof text, "%y%m%d%H%M%SZ", &day);
    element_put(der, TAG_UTC_TIME, text, strlen(text));
    algorithm_put(der, OID_MEMBER_V2);
    size_t members = begin(der, TAG_SEQUENCE);
    for (unsigned i = 0; i < file_count && is_good; i++)
        is_good = member_put(der, &files[i]);
    end(der, members);
    extensions_put(der, facts);
    end(der, all);
    return is_good;
}

int catalog_make(const struct catalog_file *files, unsigned file_count,
                 const struct catalog_facts *facts, uint8_t **out_bytes, size_t *out_length)
{
    struct der der = {0};
    size_t all = begin(&der, TAG_SEQUENCE);
    oid_put(&der, OID_SIGNED_DATA);
    size_t outer = begin(&der, TAG_EXPLICIT), data = begin(&der, TAG_SEQUENCE);
    number_put(&der, 1);
    element_put(&der, TAG_SET, "", 0); /* digest algorithms */
    size_t contents = begin(&der, TAG_SEQUENCE);
    oid_put(&der, OID_TRUST_LIST);
    size_t content = begin(&der, TAG_EXPLICIT);
    bool is_good = list_put(&der, files, file_count, facts);
    end(&der, content);
    end(&der, contents);
    element_put(&der, TAG_SET, "", 0); /* signers */
    end(&der, data);
    end(&der, outer);
    end(&der, all);
    if (der.is_full || !is_good) {
        free(der.bytes);
        return EXIT_FAILED;
    }
    *out_bytes = der.bytes;
    *out_length = der.used;
    return 0;
}
