/* SPDX-License-Identifier: MIT */
/* random.c - a generator that is seeded by the kernel and forgets what it has given away.
 *
 * The key is a SHA-256 digest; a block of output is the digest of key and counter. After each
 * request the key is replaced, so that what was handed out cannot be computed from what is left.
 * ExUuidCreate brings the host's randomness: 122 bits a call.
 */
#include "random.h"

#include "hash.h"

#define SEED_CALLS 4

NTKERNELAPI NTSTATUS NTAPI ExUuidCreate(UUID *Uuid);

static KSPIN_LOCK Lock; /* guards: Key, Counter */
static UCHAR Key[HASH_DIGEST_BYTES];
static ULONGLONG Counter;

/* The digest of key, counter and what else there is. Lock is held. */
static VOID NextLocked(const VOID *More, ULONG MoreBytes, UCHAR *Digest)
{
    HASH_STATE state;

    Counter++;
    HashBegin(&state, HASH_SHA256);
    HashAdd(&state, Key, sizeof Key);
    HashAdd(&state, (const UCHAR *)&Counter, sizeof Counter);
    HashAdd(&state, More, MoreBytes);
    HashEnd(&state, Digest);
    RtlSecureZeroMemory(&state, sizeof state);
}

static VOID Mix(const UUID *Seeds, ULONG Bytes)
{
    UCHAR next[HASH_DIGEST_BYTES];
    KIRQL irql;

    KeAcquireSpinLock(&Lock, &irql);
    NextLocked(Seeds, Bytes, next);
    RtlCopyMemory(Key, next, sizeof Key);
    KeReleaseSpinLock(&Lock, irql);
    RtlSecureZeroMemory(next, sizeof next);
}

NTSTATUS RandomBegin(VOID)
{
    UUID seeds[SEED_CALLS];

    KeInitializeSpinLock(&Lock);
    for (ULONG i = 0; i < SEED_CALLS; i++) {
        NTSTATUS status = ExUuidCreate(&seeds[i]);
        if (!NT_SUCCESS(status))
            return status;
    }
    Mix(seeds, sizeof seeds);
    return STATUS_SUCCESS;
}

VOID RandomFill(PUCHAR Buffer, ULONG Length)
{
    UCHAR block[HASH_DIGEST_BYTES];
    UUID seed;
    KIRQL irql;

    if (KeGetCurrentIrql() == PASSIVE_LEVEL && NT_SUCCESS(ExUuidCreate(&seed)))
        Mix(&seed, sizeof seed);
    /* A block at a time: the caller's buffer may be pageable when it may fault. */
    for (ULONG done = 0; done < Length;) {
        ULONG part = Length - done < sizeof block ? Length - done : sizeof block;
        KeAcquireSpinLock(&Lock, &irql);
        NextLocked(NULL, 0, block);
        KeReleaseSpinLock(&Lock, irql);
        RtlCopyMemory(Buffer + done, block, part);
        done += part;
    }
    Mix(NULL, 0);
    RtlSecureZeroMemory(block, sizeof block);
}
