/* SPDX-License-Identifier: MIT */
/* hash.h - MD5, SHA-1 and SHA-256 as one shape: begin, take bytes, end.
 *
 * All three work on blocks of 64 bytes with the length in bits at the end; what differs is a row
 * of a table. A HASH_STATE is plain memory: a copy of it goes on by itself.
 */
#ifndef CNG_HASH_H
#define CNG_HASH_H

#include <wdm.h>

#define HASH_BLOCK_BYTES  64
#define HASH_DIGEST_BYTES 32 /* the longest */
#define HASH_WORDS        8

typedef enum _HASH_KIND { HASH_MD5, HASH_SHA1, HASH_SHA256, HASH_KINDS } HASH_KIND;

typedef struct _HASH_STATE {
    HASH_KIND Kind;
    ULONG Words[HASH_WORDS];
    ULONGLONG Bytes;
    UCHAR Block[HASH_BLOCK_BYTES];
} HASH_STATE;

ULONG HashDigestBytes(HASH_KIND Kind);
VOID HashBegin(HASH_STATE *State, HASH_KIND Kind);
VOID HashAdd(HASH_STATE *State, const UCHAR *Bytes, ULONG Length);
/* Writes HashDigestBytes of the kind; the state must begin again before it is used. */
VOID HashEnd(HASH_STATE *State, UCHAR *Digest);

#endif
