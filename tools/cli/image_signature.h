/* SPDX-License-Identifier: MIT */
/* image_signature.h - the Authenticode signature in an image file: shown, never enforced. */
#ifndef CLI_IMAGE_SIGNATURE_H
#define CLI_IMAGE_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pe/pe.h"

enum image_signature_state {
    SIGNATURE_NONE,
    SIGNATURE_UNREADABLE, /* a certificate table that holds no Authenticode signature */
    SIGNATURE_TEST,       /* the chain in the file ends with a certificate that signs itself */
    SIGNATURE_SIGNED,
};

struct image_signature {
    enum image_signature_state state;
    char signer[160], issuer[160]; /* common names, or whole names without one */
    char digest[16];               /* "sha256" */
    char time[40];                 /* of the time stamp; empty: none */
    bool is_hash_right;            /* the image is what was signed */
    bool is_signature_right;       /* the signer's key made the signature; no trust is looked at */
    char problem[160];             /* of SIGNATURE_UNREADABLE */
};

/* Reads the signature of a whole file. */
void image_signature_read(const struct pe_image *image, const uint8_t *bytes, size_t size,
                          struct image_signature *out_signature);
/* "not signed", "test signed by X", "signed by X, but the image was changed afterwards". */
char *image_signature_text(const struct image_signature *signature, char *out_text, size_t size);

#endif
