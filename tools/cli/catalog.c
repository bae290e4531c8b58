/* SPDX-License-Identifier: MIT */
/* catalog.c - reads a catalog: its members, and who signed it.
 *
 * Doc: "Catalog Files and Digital Signatures"; the list is a certificate trust list of PKCS #7.
 */
#include "catalog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pkcs7.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "options.h"
#include "signed_data.h"

#define OID_TRUST_LIST    "1.3.6.1.4.1.311.10.1"
#define OID_INDIRECT_DATA "1.3.6.1.4.1.311.2.1.4"
#define OID_NAME_VALUE    "1.3.6.1.4.1.311.12.2.1"
#define MEMBERS_MAX       100000

static bool oid_is(const uint8_t *body, long length, const char *text)
{
    ASN1_OBJECT *object = OBJ_txt2obj(text, 1);
    bool is_it = object && OBJ_length(object) == (size_t)length &&
                 memcmp(OBJ_get0_data(object), body, (size_t)length) == 0;
    ASN1_OBJECT_free(object);
    return is_it;
}

/* SpcIndirectDataContent: the digest is in its second sequence. */
static void digest_read(const uint8_t *at, const uint8_t *end, struct catalog_member *member)
{
    long length;
    const uint8_t *body = signed_element(&at, end, V_ASN1_SEQUENCE, &length);
    if (!body)
        return;
    at = body;
    end = body + length;
    const uint8_t *info;
    if (!signed_element(&at, end, V_ASN1_SEQUENCE, &length) ||
        !(info = signed_element(&at, end, V_ASN1_SEQUENCE, &length)))
        return;
    at = info;
    end = info + length;
    const uint8_t *algorithm = at;
    if (!signed_element(&at, end, V_ASN1_SEQUENCE, &length))
        return;
    X509_ALGOR *parsed = d2i_X509_ALGOR(NULL, &algorithm, at - algorithm);
    member->digest_nid = parsed ? OBJ_obj2nid(parsed->algorithm) : NID_undef;
    X509_ALGOR_free(parsed);
    const uint8_t *digest = signed_element(&at, end, V_ASN1_OCTET_STRING, &length);
    if (!digest || length > CATALOG_DIGEST_MAX)
        return;
    memcpy(member->digest, digest, (size_t)length);
    member->digest_length = (unsigned)length;
}

/* CatalogNameValue "File": the name in UTF-16. */
static void name_read(const uint8_t *at, const uint8_t *end, struct catalog_member *member)
{
    static const uint8_t file[] = {0, 'F', 0, 'i', 0, 'l', 0, 'e'};
    long length;
    const uint8_t *body = signed_element(&at, end, V_ASN1_SEQUENCE, &length);
    if (!body)
        return;
    at = body;
    end = body + length;
    const uint8_t *name = signed_element(&at, end, V_ASN1_BMPSTRING, &length);
    if (!name || length != sizeof file || memcmp(name, file, sizeof file) != 0 ||
        !signed_element(&at, end, V_ASN1_INTEGER, &length))
        return;
    const uint8_t *value = signed_element(&at, end, V_ASN1_OCTET_STRING, &length);
    for (long i = 0; value && i + 1 < length && (size_t)i / 2 < sizeof member->file - 1; i += 2)
        member->file[i / 2] = value[i + 1] == 0 && value[i] < 0x80 ? (char)value[i] : '?';
}

static void attribute_read(const uint8_t *at, const uint8_t *end, struct catalog_member *member)
{
    long length, value_length;
    const uint8_t *oid = signed_element(&at, end, V_ASN1_OBJECT, &length);
    const uint8_t *value = oid ? signed_element(&at, end, V_ASN1_SET, &value_length) : NULL;
    if (!value)
        return;
    if (oid_is(oid, length, OID_INDIRECT_DATA))
        digest_read(value, value + value_length, member);
    else if (oid_is(oid, length, OID_NAME_VALUE))
        name_read(value, value + value_length, member);
}

static bool member_read(const uint8_t *at, const uint8_t *end, struct catalog *catalog)
{
    long length;
    struct catalog_member member = {0};
    if (!signed_element(&at, end, V_ASN1_OCTET_STRING, &length))
        return false;
    const uint8_t *set = signed_element(&at, end, V_ASN1_SET, &length);
    if (!set)
        return false;
    at = set;
    end = set + length;
    for (const uint8_t *one; (one = signed_element(&at, end, V_ASN1_SEQUENCE, &length)) != NULL;)
        attribute_read(one, one + length, &member);
    if ((catalog->member_count & (catalog->member_count - 1)) == 0) {
        unsigned room = catalog->member_count ? 2 * catalog->member_count : 1;
        struct catalog_member *grown = realloc(catalog->members, room * sizeof *grown);
        if (!grown)
            return false;
        catalog->members = grown;
    }
    catalog->members[catalog->member_count++] = member;
    return catalog->member_count < MEMBERS_MAX;
}

/* CertificateTrustList ::= SEQUENCE { usage, identifier?, time, algorithm, members?, ... } */
static const char *list_read(const uint8_t *at, const uint8_t *end, struct catalog *catalog)
{
    long length;
    if (!signed_element(&at, end, V_ASN1_SEQUENCE, &length))
        return "its list says not what it is for";
    (void)signed_element(&at, end, V_ASN1_OCTET_STRING, &length);
    if (!signed_element(&at, end, V_ASN1_UTCTIME, &length) &&
        !signed_element(&at, end, V_ASN1_GENERALIZEDTIME, &length))
        return "its list has no time";
    if (!signed_element(&at, end, V_ASN1_SEQUENCE, &length))
        return "its list names no algorithm";
    const uint8_t *members = signed_element(&at, end, V_ASN1_SEQUENCE, &length);
    if (!members)
        return NULL;
    at = members;
    end = members + length;
    while (at < end) {
        const uint8_t *one = signed_element(&at, end, V_ASN1_SEQUENCE, &length);
        if (!one || !member_read(one, one + length, catalog))
            return "a member of its list is damaged";
    }
    return NULL;
}

static void signer_read(PKCS7 *p7, const uint8_t *body, long length, struct catalog *catalog)
{
    STACK_OF(X509) *signers = PKCS7_get0_signers(p7, NULL, 0);
    catalog->state = CATALOG_UNSIGNED;
    if (sk_X509_num(signers) > 0) {
        X509 *signer = sk_X509_value(signers, 0);
        signed_name_text(X509_get_subject_name(signer), catalog->signer, sizeof catalog->signer);
        signed_name_text(X509_get_issuer_name(signer), catalog->issuer, sizeof catalog->issuer);
        catalog->state =
            signed_chain_is_own(p7->d.sign->cert, signer) ? CATALOG_TEST : CATALOG_SIGNED;
        BIO *signed_body = BIO_new_mem_buf(body, (int)length);
        catalog->is_signature_right =
            signed_body && PKCS7_verify(p7, NULL, NULL, signed_body, NULL, PKCS7_NOVERIFY) == 1;
        BIO_free(signed_body);
    }
    sk_X509_free(signers);
}

static const char *contents_read(PKCS7 *p7, struct catalog *catalog)
{
    char type[64];
    long length;
    PKCS7 *contents = p7->d.sign->contents;
    OBJ_obj2txt(type, sizeof type, contents->type, 1);
    if (strcmp(type, OID_TRUST_LIST) != 0 || !contents->d.other ||
        contents->d.other->type != V_ASN1_SEQUENCE)
        return "its content is no certificate trust list";
    const ASN1_STRING *sequence = contents->d.other->value.sequence;
    const uint8_t *at = sequence->data, *end = at + sequence->length;
    const uint8_t *body = signed_element(&at, end, V_ASN1_SEQUENCE, &length);
    const char *problem = body ? list_read(body, body + length, catalog) : "its list is damaged";
    if (!problem)
        signer_read(p7, body, length, catalog);
    return problem;
}

int catalog_read(const uint8_t *bytes, size_t length, struct catalog *out_catalog)
{
    const uint8_t *at = bytes;
    const char *problem = "it is no PKCS #7 signed data";
    *out_catalog = (struct catalog){.state = CATALOG_UNREADABLE};
    PKCS7 *p7 = d2i_PKCS7(NULL, &at, (long)length);
    if (p7 && PKCS7_type_is_signed(p7) && p7->d.sign && p7->d.sign->contents)
        problem = contents_read(p7, out_catalog);
    if (problem) {
        out_catalog->state = CATALOG_UNREADABLE;
        snprintf(out_catalog->problem, sizeof out_catalog->problem, "%s", problem);
    }
    PKCS7_free(p7);
    ERR_clear_error();
    return problem ? EXIT_FAILED : 0;
}

void catalog_fini(struct catalog *catalog)
{
    free(catalog->members);
    catalog->members = NULL;
    catalog->member_count = 0;
}

const struct catalog_member *catalog_find(const struct catalog *catalog, const uint8_t *bytes,
                                          size_t length)
{
    static const int nids[] = {NID_sha256, NID_sha1};
    struct pe_image image;
    struct pe_error error;
    bool is_image = pe_parse(bytes, length, &image, &error) == PE_OK;
    for (size_t n = 0; n < sizeof nids / sizeof nids[0]; n++) {
        const EVP_MD *type = EVP_get_digestbynid(nids[n]);
        uint8_t hashes[2][EVP_MAX_MD_SIZE];
        unsigned size = 0;
        bool has[2] = {is_image && signed_image_hash(&image, bytes, length, type, hashes[0], &size),
                       EVP_Digest(bytes, length, hashes[1], &size, type, NULL) == 1};
        for (unsigned i = 0; i < catalog->member_count; i++)
            for (unsigned k = 0; k < 2; k++)
                if (has[k] && catalog->members[i].digest_nid == nids[n] &&
                    catalog->members[i].digest_length == size &&
                    memcmp(catalog->members[i].digest, hashes[k], size) == 0)
                    return &catalog->members[i];
    }
    return NULL;
}

bool catalog_is_trusted(const uint8_t *bytes, size_t length, const char *roots)
{
    const uint8_t *at = bytes;
    bool is_trusted = false;
    PKCS7 *p7 = roots ? d2i_PKCS7(NULL, &at, (long)length) : NULL;
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    bool is_ready = p7 && store && context && PKCS7_type_is_signed(p7) && p7->d.sign &&
                    X509_STORE_load_file(store, roots) == 1;
    STACK_OF(X509) *signers = is_ready ? PKCS7_get0_signers(p7, NULL, 0) : NULL;
    if (sk_X509_num(signers) > 0 &&
        X509_STORE_CTX_init(context, store, sk_X509_value(signers, 0), p7->d.sign->cert) == 1) {
        /* A list stays signed when the certificate runs out. */
        X509_STORE_CTX_set_flags(context, X509_V_FLAG_NO_CHECK_TIME);
        X509_STORE_CTX_set_purpose(context, X509_PURPOSE_ANY);
        is_trusted = X509_verify_cert(context) == 1;
    }
    sk_X509_free(signers);
    X509_STORE_CTX_free(context);
    X509_STORE_free(store);
    PKCS7_free(p7);
    ERR_clear_error();
    return is_trusted;
}
