/* SPDX-License-Identifier: MIT */
/* signed_data.h - what images' signatures and catalogs share: names, chains, ASN.1 elements. */
#ifndef CLI_SIGNED_DATA_H
#define CLI_SIGNED_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/x509.h>

#include "pe/pe.h"

/* The common name, or the whole name without one. */
void signed_name_text(const X509_NAME *name, char *out, size_t size);
/* Do the issuers among the certificates end with one that signs itself? */
bool signed_chain_is_own(const STACK_OF(X509) * certificates, X509 *signer);
/* Enters a constructed or primitive element of a tag; NULL: there is none. */
const uint8_t *signed_element(const uint8_t **at, const uint8_t *end, int tag, long *out_length);
/* What a signature of an image signs: the file without CheckSum, certificate directory and
 * certificates. false: the certificate table does not lie in the file. */
bool signed_image_hash(const struct pe_image *image, const uint8_t *bytes, size_t size,
                       const EVP_MD *type, uint8_t *out_hash, unsigned *out_length);

#endif
