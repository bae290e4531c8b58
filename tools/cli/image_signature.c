/* SPDX-License-Identifier: MIT */
/* image_signature.c - the Authenticode signature of an image, by OpenSSL's libcrypto.
 *
 * In: a parsed image and its whole file. Out: who signed it, when, and whether the file is still
 * what was signed. Whether anybody should trust the signer is not asked.
 *
 * Doc: "Windows Authenticode Portable Executable Signature Format" (Microsoft)
 */
#include "image_signature.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pkcs7.h>
#include <openssl/ts.h>
#include <openssl/x509.h>

#include "pe/tables.h"
#include "signed_data.h"

#define CERTIFICATE_HEADER  8
#define TYPE_PKCS_SIGNED    2
#define OID_INDIRECT_DATA   "1.3.6.1.4.1.311.2.1.4"
#define OID_RFC3161_STAMP   "1.3.6.1.4.1.311.3.3.1"
#define CHAIN_MAX           16
#define DIRECTORY_OFFSET_64 112
#define DIRECTORY_OFFSET_32 96

static uint32_t load32(const uint8_t *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

static bool object_is(const ASN1_OBJECT *object, const char *oid)
{
    char text[64];
    OBJ_obj2txt(text, sizeof text, object, 1);
    return strcmp(text, oid) == 0;
}

void signed_name_text(const X509_NAME *name, char *out, size_t size)
{
    if (X509_NAME_get_text_by_NID((X509_NAME *)name, NID_commonName, out, (int)size) < 0)
        X509_NAME_oneline(name, out, (int)size);
}

const uint8_t *signed_element(const uint8_t **at, const uint8_t *end, int tag, long *out_length)
{
    int is_tag, is_class;
    const uint8_t *p = *at;
    if (p >= end || ASN1_get_object(&p, out_length, &is_tag, &is_class, end - p) & 0x80 ||
        is_tag != tag)
        return NULL;
    *at = p + *out_length;
    return p;
}

/* SpcIndirectDataContent ::= SEQUENCE { data, messageDigest SEQUENCE { algorithm, OCTET STRING } }.
 * Hands out the sequence's body, whose digest is signed, and the image's digest in it. */
struct indirect_data {
    const uint8_t *body, *digest;
    long body_length, digest_length;
    int digest_nid;
};

static bool indirect_data_read(PKCS7 *p7, struct indirect_data *out)
{
    PKCS7 *contents = p7->d.sign->contents;
    long length;
    if (!object_is(contents->type, OID_INDIRECT_DATA) || !contents->d.other ||
        contents->d.other->type != V_ASN1_SEQUENCE)
        return false;
    const ASN1_STRING *sequence = contents->d.other->value.sequence;
    const uint8_t *at = sequence->data, *end = at + sequence->length;
    out->body = signed_element(&at, end, V_ASN1_SEQUENCE, &out->body_length);
    if (!out->body)
        return false;
    at = out->body;
    end = out->body + out->body_length;
    const uint8_t *info;
    if (!signed_element(&at, end, V_ASN1_SEQUENCE, &length) ||
        !(info = signed_element(&at, end, V_ASN1_SEQUENCE, &length)))
        return false;
    at = info;
    end = info + length;
    const uint8_t *algorithm = at;
    if (!signed_element(&at, end, V_ASN1_SEQUENCE, &length))
        return false;
    X509_ALGOR *parsed = d2i_X509_ALGOR(NULL, &algorithm, at - algorithm);
    out->digest_nid = parsed ? OBJ_obj2nid(parsed->algorithm) : NID_undef;
    X509_ALGOR_free(parsed);
    out->digest = signed_element(&at, end, V_ASN1_OCTET_STRING, &out->digest_length);
    return out->digest != NULL;
}

bool signed_image_hash(const struct pe_image *image, const uint8_t *bytes, size_t size,
                       const EVP_MD *type, uint8_t *out_hash, unsigned *out_length)
{
    uint32_t sum = image->checksum_offset;
    uint32_t optional = image->headers_offset + 24;
    uint32_t directory = optional + (image->is_pe32 ? DIRECTORY_OFFSET_32 : DIRECTORY_OFFSET_64) +
                         PE_DIR_CERTIFICATE * 8;
    size_t table = image->directories[PE_DIR_CERTIFICATE].rva;
    size_t after = table + image->directories[PE_DIR_CERTIFICATE].size;
    if (after == 0)
        table = after = size; /* no certificates */
    if (table < directory + 8 || after > size)
        return false;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool is_good = context && EVP_DigestInit_ex(context, type, NULL) &&
                   EVP_DigestUpdate(context, bytes, sum) &&
                   EVP_DigestUpdate(context, bytes + sum + 4, directory - sum - 4) &&
                   EVP_DigestUpdate(context, bytes + directory + 8, table - directory - 8) &&
                   EVP_DigestUpdate(context, bytes + after, size - after) &&
                   EVP_DigestFinal_ex(context, out_hash, out_length);
    EVP_MD_CTX_free(context);
    return is_good;
}

static bool is_self_signed(X509 *certificate)
{
    return X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) ==
           0;
}

/* Follows issuers among the certificates in the file. */
bool signed_chain_is_own(const STACK_OF(X509) * certificates, X509 *signer)
{
    X509 *top = signer;
    for (unsigned depth = 0; depth < CHAIN_MAX && !is_self_signed(top); depth++) {
        X509 *issuer = NULL;
        for (int i = 0; i < sk_X509_num(certificates) && !issuer; i++)
            if (X509_NAME_cmp(X509_get_subject_name(sk_X509_value(certificates, i)),
                              X509_get_issuer_name(top)) == 0)
                issuer = sk_X509_value(certificates, i);
        if (!issuer)
            return false;
        top = issuer;
    }
    return is_self_signed(top);
}

static void time_text(const ASN1_TIME *time, char *out, size_t size)
{
    struct tm parts;
    if (time && ASN1_TIME_to_tm(time, &parts))
        strftime(out, size, "%Y-%m-%d %H:%M:%S UTC", &parts);
}

/* RFC 3161: the attribute is a signed TSTInfo. */
static void stamp_read(const ASN1_TYPE *value, struct image_signature *out)
{
    if (value->type != V_ASN1_SEQUENCE)
        return;
    const uint8_t *at = value->value.sequence->data;
    PKCS7 *p7 = d2i_PKCS7(NULL, &at, value->value.sequence->length);
    TS_TST_INFO *info = p7 && PKCS7_type_is_signed(p7) ? PKCS7_to_TS_TST_INFO(p7) : NULL;
    if (info)
        time_text(TS_TST_INFO_get_time(info), out->time, sizeof out->time);
    TS_TST_INFO_free(info);
    PKCS7_free(p7);
}

/* Before that: a countersignature with a signing time. */
static void countersignature_read(const ASN1_TYPE *value, struct image_signature *out)
{
    if (value->type != V_ASN1_SEQUENCE)
        return;
    const uint8_t *at = value->value.sequence->data;
    PKCS7_SIGNER_INFO *info = d2i_PKCS7_SIGNER_INFO(NULL, &at, value->value.sequence->length);
    const ASN1_TYPE *time = info ? PKCS7_get_signed_attribute(info, NID_pkcs9_signingTime) : NULL;
    if (time && (time->type == V_ASN1_UTCTIME || time->type == V_ASN1_GENERALIZEDTIME))
        time_text(time->value.utctime, out->time, sizeof out->time);
    PKCS7_SIGNER_INFO_free(info);
}

static void times_read(const PKCS7_SIGNER_INFO *info, struct image_signature *out)
{
    for (int i = 0; i < sk_X509_ATTRIBUTE_num(info->unauth_attr); i++) {
        X509_ATTRIBUTE *attribute = sk_X509_ATTRIBUTE_value(info->unauth_attr, i);
        const ASN1_TYPE *value = X509_ATTRIBUTE_get0_type(attribute, 0);
        const ASN1_OBJECT *object = X509_ATTRIBUTE_get0_object(attribute);
        if (!value)
            continue;
        if (object_is(object, OID_RFC3161_STAMP))
            stamp_read(value, out);
        else if (OBJ_obj2nid(object) == NID_pkcs9_countersignature)
            countersignature_read(value, out);
    }
}

static bool signature_verify(PKCS7 *p7, const struct indirect_data *data)
{
    BIO *body = BIO_new_mem_buf(data->body, (int)data->body_length);
    bool is_right = body && PKCS7_verify(p7, NULL, NULL, body, NULL, PKCS7_NOVERIFY) == 1;
    BIO_free(body);
    ERR_clear_error();
    return is_right;
}

static const char *signed_data_read(PKCS7 *p7, const struct pe_image *image, const uint8_t *bytes,
                                    size_t size, struct image_signature *out)
{
    struct indirect_data data;
    uint8_t hash[EVP_MAX_MD_SIZE];
    unsigned length;
    if (!indirect_data_read(p7, &data))
        return "the signed content is no SpcIndirectData";
    STACK_OF(X509) *signers = PKCS7_get0_signers(p7, NULL, 0);
    STACK_OF(PKCS7_SIGNER_INFO) *infos = PKCS7_get_signer_info(p7);
    if (sk_X509_num(signers) < 1 || sk_PKCS7_SIGNER_INFO_num(infos) < 1) {
        sk_X509_free(signers);
        return "it has no signer whose certificate is there";
    }
    X509 *signer = sk_X509_value(signers, 0);
    signed_name_text(X509_get_subject_name(signer), out->signer, sizeof out->signer);
    signed_name_text(X509_get_issuer_name(signer), out->issuer, sizeof out->issuer);
    out->state = signed_chain_is_own(p7->d.sign->cert, signer) ? SIGNATURE_TEST : SIGNATURE_SIGNED;
    const EVP_MD *type = EVP_get_digestbynid(data.digest_nid);
    snprintf(out->digest, sizeof out->digest, "%s",
             data.digest_nid == NID_undef ? "?" : OBJ_nid2sn(data.digest_nid));
    for (char *at = out->digest; *at; at++)
        *at |= *at >= 'A' && *at <= 'Z' ? 0x20 : 0;
    out->is_hash_right = type && signed_image_hash(image, bytes, size, type, hash, &length) &&
                         length == (unsigned)data.digest_length &&
                         memcmp(hash, data.digest, length) == 0;
    out->is_signature_right = signature_verify(p7, &data);
    times_read(sk_PKCS7_SIGNER_INFO_value(infos, 0), out);
    sk_X509_free(signers);
    return NULL;
}

void image_signature_read(const struct pe_image *image, const uint8_t *bytes, size_t size,
                          struct image_signature *out)
{
    struct pe_view view = pe_view_file(image, bytes, size);
    struct pe_error error = {0};
    uint32_t offset, table_size;
    const char *problem = NULL;
    PKCS7 *p7 = NULL;
    *out = (struct image_signature){.state = SIGNATURE_NONE};
    int found = pe_certificates_find(&view, &offset, &table_size, &error);
    if (found == PE_ABSENT)
        return;
    out->state = SIGNATURE_UNREADABLE;
    if (found == PE_OK) {
        const uint8_t *at = bytes + offset + CERTIFICATE_HEADER;
        if (load32(bytes + offset + 4) >> 16 == TYPE_PKCS_SIGNED)
            p7 = d2i_PKCS7(NULL, &at, (long)load32(bytes + offset) - CERTIFICATE_HEADER);
        if (p7 && PKCS7_type_is_signed(p7) && p7->d.sign && p7->d.sign->contents)
            problem = signed_data_read(p7, image, bytes, size, out);
        else
            problem = "the certificate table holds no PKCS #7 signed data";
    } else {
        problem = error.text;
    }
    if (problem)
        snprintf(out->problem, sizeof out->problem, "%s", problem);
    PKCS7_free(p7);
    ERR_clear_error();
}

char *image_signature_text(const struct image_signature *signature, char *out_text, size_t size)
{
    const char *after = "";
    switch (signature->state) {
    case SIGNATURE_NONE:
        snprintf(out_text, size, "not signed");
        return out_text;
    case SIGNATURE_UNREADABLE:
        snprintf(out_text, size, "not signed in a way known here: %s", signature->problem);
        return out_text;
    default:
        break;
    }
    if (!signature->is_hash_right)
        after = ", but the image was changed afterwards";
    else if (!signature->is_signature_right)
        after = ", but the signature is wrong";
    snprintf(out_text, size, "%s by \"%s\"%s%s%s",
             signature->state == SIGNATURE_TEST ? "test signed" : "signed", signature->signer,
             *signature->time ? " at " : "", signature->time, after);
    return out_text;
}
