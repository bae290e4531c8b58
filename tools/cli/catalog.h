/* SPDX-License-Identifier: MIT */
/* catalog.h - catalog files (.cat): lists of the hashes of a package's files, signed as a whole.
 *
 * A catalog is PKCS #7 signed data around a certificate trust list. It is made unsigned;
 * `osslsigncode sign -in x.cat` signs it. Whom to trust is the reader's to decide.
 */
#ifndef CLI_CATALOG_H
#define CLI_CATALOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CATALOG_DIGEST_MAX 64

struct catalog_member {
    uint8_t digest[CATALOG_DIGEST_MAX];
    unsigned digest_length;
    int digest_nid; /* of OpenSSL */
    char file[260]; /* its name, where the catalog says it */
};

enum catalog_state {
    CATALOG_UNREADABLE,
    CATALOG_UNSIGNED,
    CATALOG_TEST, /* the chain in the file ends with a certificate that signs itself */
    CATALOG_SIGNED,
};

struct catalog {
    enum catalog_state state;
    bool is_signature_right; /* the signer's key signed this list */
    char signer[160], issuer[160];
    char problem[160]; /* of CATALOG_UNREADABLE */
    struct catalog_member *members;
    unsigned member_count;
};

/* 0; EXIT_FAILED: CATALOG_UNREADABLE. catalog_fini in both cases. */
int catalog_read(const uint8_t *bytes, size_t length, struct catalog *out_catalog);
void catalog_fini(struct catalog *catalog);
/* Is a file with these bytes listed? Images by what their signatures sign, other files whole. */
const struct catalog_member *catalog_find(const struct catalog *catalog, const uint8_t *bytes,
                                          size_t length);

/* Does the signer's chain end with one of the certificates in a file (PEM)? NULL: no. */
bool catalog_is_trusted(const uint8_t *bytes, size_t length, const char *roots);

/* A file that goes into a catalog. */
struct catalog_file {
    const char *name; /* without folders */
    const uint8_t *bytes;
    size_t length;
};
struct catalog_facts {
    const char *os;                  /* "2:10.0" */
    const char *const *hardware_ids; /* in lower case */
    unsigned hardware_id_count;
};
/* Unsigned, with SHA-256 hashes. *out_bytes is the caller's to free(). 0, or EXIT_FAILED: no
 * memory. */
int catalog_make(const struct catalog_file *files, unsigned file_count,
                 const struct catalog_facts *facts, uint8_t **out_bytes, size_t *out_length);

/* The catalog of an INF's package, unsigned. */
struct inf_target;
struct package_catalog {
    const char *os; /* as in catalog_facts */
    const struct inf_target *targets;
    unsigned target_count;
    bool needs_name; /* an INF without CatalogFile is a problem */
    bool needs_all;  /* a file that is not there is one */
    /* filled: */
    uint8_t *bytes; /* the caller's to free() */
    size_t length;
    char name[260]; /* the INF's CatalogFile; "": none */
    unsigned file_count;
};
/* 0, or EXIT_FAILED with the problem in words ("": it has been said). */
int package_catalog_make(const char *inf_path, struct package_catalog *inout, char *out_problem,
                         size_t size);

/* Signs an unsigned catalog as a test: by a key and a certificate that are made for it and whose
 * key nobody keeps. *out_bytes is the caller's to free(). 0, or EXIT_FAILED. */
#define CATALOG_TEST_SIGNER "Cove Test Certificate"
int catalog_sign_test(const uint8_t *bytes, size_t length, uint8_t **out_bytes, size_t *out_length);

#endif
