/* SPDX-License-Identifier: MIT */
/* catalog_sign.c - a test signature for a catalog.
 *
 * What a developer's tools do when a package is deployed for a test: a certificate for code signing
 * that signs itself, and the catalog's list signed by its key. The key is forgotten at once.
 */
#include "catalog.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pkcs7.h>
#include <openssl/x509v3.h>

#include "options.h"
#include "signed_data.h"

#define OID_TRUST_LIST "1.3.6.1.4.1.311.10.1"
#define VALID_S        (365 * 24 * 3600L)

static X509 *certificate_make(EVP_PKEY *key)
{
    X509 *certificate = X509_new();
    X509_NAME *name = certificate ? X509_get_subject_name(certificate) : NULL;
    X509_EXTENSION *usage =
        X509V3_EXT_conf_nid(NULL, NULL, NID_ext_key_usage, (char *)"codeSigning");
    bool is_good =
        name && usage && X509_set_version(certificate, X509_VERSION_3) &&
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1) &&
        X509_gmtime_adj(X509_getm_notBefore(certificate), -3600) &&
        X509_gmtime_adj(X509_getm_notAfter(certificate), VALID_S) &&
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                   (const unsigned char *)CATALOG_TEST_SIGNER, -1, -1, 0) &&
        X509_set_issuer_name(certificate, name) && X509_set_pubkey(certificate, key) &&
        X509_add_ext(certificate, usage, -1) && X509_sign(certificate, key, EVP_sha256());
    X509_EXTENSION_free(usage);
    if (is_good)
        return certificate;
    X509_free(certificate);
    return NULL;
}

/* Of the list without its outermost tag and length: that is what the signature is of. */
static bool list_digest(const PKCS7 *p7, uint8_t *out_digest, unsigned *out_length)
{
    const ASN1_TYPE *content = p7->d.sign->contents->d.other;
    if (!content || content->type != V_ASN1_SEQUENCE)
        return false;
    const uint8_t *at = content->value.sequence->data, *end = at + content->value.sequence->length;
    long length;
    const uint8_t *body = signed_element(&at, end, V_ASN1_SEQUENCE, &length);
    return body && EVP_Digest(body, (size_t)length, out_digest, out_length, EVP_sha256(), NULL);
}

static bool signer_add(PKCS7 *p7, X509 *certificate, EVP_PKEY *key)
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned length;
    ASN1_OBJECT *type = OBJ_txt2obj(OID_TRUST_LIST, 1);
    PKCS7_SIGNER_INFO *signer = PKCS7_add_signature(p7, certificate, key, EVP_sha256());
    return type && signer && list_digest(p7, digest, &length) &&
           PKCS7_add_certificate(p7, certificate) &&
           PKCS7_add_signed_attribute(signer, NID_pkcs9_contentType, V_ASN1_OBJECT, type) &&
           PKCS7_add1_attrib_digest(signer, digest, (int)length) && PKCS7_SIGNER_INFO_sign(signer);
}

int catalog_sign_test(const uint8_t *bytes, size_t length, uint8_t **out_bytes, size_t *out_length)
{
    const uint8_t *at = bytes;
    uint8_t *encoded = NULL;
    PKCS7 *p7 = d2i_PKCS7(NULL, &at, (long)length);
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = key ? certificate_make(key) : NULL;
    int count = 0;
    if (p7 && PKCS7_type_is_signed(p7) && p7->d.sign->contents && certificate &&
        signer_add(p7, certificate, key))
        count = i2d_PKCS7(p7, &encoded);
    *out_bytes = count > 0 ? malloc((size_t)count) : NULL;
    if (*out_bytes) {
        memcpy(*out_bytes, encoded, (size_t)count);
        *out_length = (size_t)count;
    }
    OPENSSL_free(encoded);
    X509_free(certificate);
    EVP_PKEY_free(key);
    PKCS7_free(p7);
    return *out_bytes ? 0 : EXIT_FAILED;
}
