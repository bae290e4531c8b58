/* SPDX-License-Identifier: MIT */
/* cng.c - hashes and random numbers for drivers: the BCrypt… routines of cng.sys.
 *
 * An algorithm is a row of a table, opened or named by its pseudo handle; a hash lives in the
 * caller's memory or in pool of ours. All routines but those that allocate pool run at any IRQL
 * up to DISPATCH_LEVEL; what is not there says so in the log and returns STATUS_NOT_SUPPORTED.
 */
#include <wdm.h>

#include <bcrypt.h>

#include "hash.h"
#include "random.h"

#define TAG            'gnCK'
#define HASH_SIGNATURE 'hsaH'
#define ALG_SIGNATURE  'mglA'
#define INNER_PAD      0x36
#define OUTER_PAD      0x5c

typedef struct _ALGORITHM {
    ULONG Signature;
    PCWSTR Name;
    HASH_KIND Kind; /* HASH_KINDS: random numbers */
    BOOLEAN IsKeyed;
    ULONG_PTR PseudoHandle;
} ALGORITHM;

static const ALGORITHM Algorithms[] = {
    {ALG_SIGNATURE, BCRYPT_MD5_ALGORITHM, HASH_MD5, FALSE, 0x21},
    {ALG_SIGNATURE, BCRYPT_SHA1_ALGORITHM, HASH_SHA1, FALSE, 0x31},
    {ALG_SIGNATURE, BCRYPT_SHA256_ALGORITHM, HASH_SHA256, FALSE, 0x41},
    {ALG_SIGNATURE, BCRYPT_RNG_ALGORITHM, HASH_KINDS, FALSE, 0x81},
    {ALG_SIGNATURE, BCRYPT_MD5_ALGORITHM, HASH_MD5, TRUE, 0x91},
    {ALG_SIGNATURE, BCRYPT_SHA1_ALGORITHM, HASH_SHA1, TRUE, 0xa1},
    {ALG_SIGNATURE, BCRYPT_SHA256_ALGORITHM, HASH_SHA256, TRUE, 0xb1},
};

typedef struct _HASH {
    ULONG Signature;
    BOOLEAN IsPool, IsReusable, IsEnded;
    const ALGORITHM *Algorithm;
    HASH_STATE State; /* of what has been added */
    HASH_STATE Begin; /* what it starts with: the key, if there is one */
    HASH_STATE Outer; /* keyed: of the second pass */
} HASH;

DRIVER_INITIALIZE DriverEntry;
NTSTATUS DllInitialize(PUNICODE_STRING RegistryPath);
NTSTATUS DllUnload(void);
NTSTATUS BCryptAbsent(void);

/* ---- algorithms --------------------------------------------------------------------------- */

/* A handle is the address of a row or a pseudo handle; NULL: neither. */
static const ALGORITHM *AlgorithmOf(BCRYPT_HANDLE Handle)
{
    for (ULONG i = 0; i < RTL_NUMBER_OF(Algorithms); i++)
        if (Handle == (PVOID)&Algorithms[i] || (ULONG_PTR)Handle == Algorithms[i].PseudoHandle)
            return &Algorithms[i];
    return NULL;
}

static BOOLEAN NameIs(PCWSTR Name, PCWSTR Wanted)
{
    while (*Name && *Name == *Wanted)
        Name++, Wanted++;
    return *Name == *Wanted;
}

/* Doc:     BCryptOpenAlgorithmProvider (Microsoft Learn) */
NTSTATUS WINAPI BCryptOpenAlgorithmProvider(BCRYPT_ALG_HANDLE *Algorithm, PCWSTR Name,
                                            PCWSTR Implementation, ULONG Flags)
{
    BOOLEAN isKeyed = (Flags & BCRYPT_ALG_HANDLE_HMAC_FLAG) != 0;

    if (!Algorithm || !Name ||
        Flags & ~(ULONG)(BCRYPT_ALG_HANDLE_HMAC_FLAG | BCRYPT_PROV_DISPATCH |
                         BCRYPT_HASH_REUSABLE_FLAG))
        return STATUS_INVALID_PARAMETER;
    if (Implementation && !NameIs(Implementation, MS_PRIMITIVE_PROVIDER))
        return STATUS_NOT_FOUND;
    for (ULONG i = 0; i < RTL_NUMBER_OF(Algorithms); i++)
        if (NameIs(Name, Algorithms[i].Name) && Algorithms[i].IsKeyed == isKeyed) {
            *Algorithm = (BCRYPT_ALG_HANDLE)&Algorithms[i];
            return STATUS_SUCCESS;
        }
    return STATUS_NOT_FOUND;
}

/* Doc:     BCryptCloseAlgorithmProvider (Microsoft Learn) */
NTSTATUS WINAPI BCryptCloseAlgorithmProvider(BCRYPT_ALG_HANDLE Algorithm, ULONG Flags)
{
    return Flags == 0 && AlgorithmOf(Algorithm) ? STATUS_SUCCESS : STATUS_INVALID_HANDLE;
}

/* ---- hashes ------------------------------------------------------------------------------- */

static HASH *HashOf(BCRYPT_HANDLE Handle)
{
    HASH *hash = Handle;

    return (ULONG_PTR)Handle > MAXUSHORT && hash->Signature == HASH_SIGNATURE ? hash : NULL;
}

/* RFC 2104: both passes begin with the key. */
static VOID HashKey(HASH *Hash, const UCHAR *Secret, ULONG Length)
{
    UCHAR key[HASH_BLOCK_BYTES] = {0}, pad[HASH_BLOCK_BYTES];
    HASH_KIND kind = Hash->Algorithm->Kind;
    HASH_STATE shorter;

    if (Length > sizeof key) {
        HashBegin(&shorter, kind);
        HashAdd(&shorter, Secret, Length);
        HashEnd(&shorter, key);
    } else {
        RtlCopyMemory(key, Secret, Length);
    }
    for (ULONG i = 0; i < sizeof pad; i++)
        pad[i] = key[i] ^ INNER_PAD;
    HashAdd(&Hash->Begin, pad, sizeof pad);
    for (ULONG i = 0; i < sizeof pad; i++)
        pad[i] = key[i] ^ OUTER_PAD;
    HashBegin(&Hash->Outer, kind);
    HashAdd(&Hash->Outer, pad, sizeof pad);
    RtlSecureZeroMemory(key, sizeof key);
    RtlSecureZeroMemory(pad, sizeof pad);
}

/* The memory of a new hash: the caller's, or pool when there is none. */
static NTSTATUS HashPlace(PUCHAR Object, ULONG Length, HASH **Hash)
{
    if (Object && Length < sizeof(HASH))
        return STATUS_BUFFER_TOO_SMALL;
    *Hash = Object ? (HASH *)Object : ExAllocatePoolWithTag(NonPagedPoolNx, sizeof(HASH), TAG);
    return *Hash ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

static VOID HashStart(HASH *Hash, const ALGORITHM *Algorithm, BOOLEAN IsPool, const UCHAR *Secret,
                      ULONG SecretLength)
{
    RtlZeroMemory(Hash, sizeof *Hash);
    Hash->Signature = HASH_SIGNATURE;
    Hash->IsPool = IsPool;
    Hash->Algorithm = Algorithm;
    HashBegin(&Hash->Begin, Algorithm->Kind);
    if (Algorithm->IsKeyed)
        HashKey(Hash, Secret, SecretLength);
    Hash->State = Hash->Begin;
}

/* IRQL:    <= DISPATCH_LEVEL
 * Doc:     BCryptCreateHash (Microsoft Learn)
 */
NTSTATUS WINAPI BCryptCreateHash(BCRYPT_ALG_HANDLE Algorithm, BCRYPT_HASH_HANDLE *Hash,
                                 PUCHAR Object, ULONG ObjectLength, PUCHAR Secret,
                                 ULONG SecretLength, ULONG Flags)
{
    const ALGORITHM *algorithm = AlgorithmOf(Algorithm);
    NTSTATUS status;
    HASH *hash;

    if (!algorithm)
        return STATUS_INVALID_HANDLE;
    if (algorithm->Kind == HASH_KINDS)
        return STATUS_NOT_SUPPORTED;
    if (!Hash || Flags & ~(ULONG)BCRYPT_HASH_REUSABLE_FLAG || (SecretLength && !Secret) ||
        (SecretLength && !algorithm->IsKeyed))
        return STATUS_INVALID_PARAMETER;
    status = HashPlace(Object, ObjectLength, &hash);
    if (!NT_SUCCESS(status))
        return status;
    HashStart(hash, algorithm, !Object, Secret, SecretLength);
    hash->IsReusable = (Flags & BCRYPT_HASH_REUSABLE_FLAG) != 0;
    *Hash = hash;
    return STATUS_SUCCESS;
}

/* Doc:     BCryptHashData (Microsoft Learn) */
NTSTATUS WINAPI BCryptHashData(BCRYPT_HASH_HANDLE Hash, PUCHAR Input, ULONG Length, ULONG Flags)
{
    HASH *hash = HashOf(Hash);

    if (!hash || hash->IsEnded)
        return STATUS_INVALID_HANDLE;
    if (Flags || (Length && !Input))
        return STATUS_INVALID_PARAMETER;
    HashAdd(&hash->State, Input, Length);
    return STATUS_SUCCESS;
}

/* Doc:     BCryptFinishHash (Microsoft Learn) */
NTSTATUS WINAPI BCryptFinishHash(BCRYPT_HASH_HANDLE Hash, PUCHAR Output, ULONG Length, ULONG Flags)
{
    HASH *hash = HashOf(Hash);
    HASH_STATE outer;
    ULONG digest;

    if (!hash || hash->IsEnded)
        return STATUS_INVALID_HANDLE;
    digest = HashDigestBytes(hash->Algorithm->Kind);
    if (Flags || !Output || Length != digest)
        return STATUS_INVALID_PARAMETER;
    HashEnd(&hash->State, Output);
    if (hash->Algorithm->IsKeyed) {
        outer = hash->Outer;
        HashAdd(&outer, Output, digest);
        HashEnd(&outer, Output);
    }
    hash->IsEnded = !hash->IsReusable;
    hash->State = hash->Begin;
    return STATUS_SUCCESS;
}

/* Doc:     BCryptDuplicateHash (Microsoft Learn) */
NTSTATUS WINAPI BCryptDuplicateHash(BCRYPT_HASH_HANDLE Hash, BCRYPT_HASH_HANDLE *NewHash,
                                    PUCHAR Object, ULONG ObjectLength, ULONG Flags)
{
    const HASH *hash = HashOf(Hash);
    NTSTATUS status;
    HASH *copy;

    if (!hash)
        return STATUS_INVALID_HANDLE;
    if (!NewHash || Flags)
        return STATUS_INVALID_PARAMETER;
    status = HashPlace(Object, ObjectLength, &copy);
    if (!NT_SUCCESS(status))
        return status;
    *copy = *hash;
    copy->IsPool = !Object;
    *NewHash = copy;
    return STATUS_SUCCESS;
}

/* Doc:     BCryptDestroyHash (Microsoft Learn) */
NTSTATUS WINAPI BCryptDestroyHash(BCRYPT_HASH_HANDLE Hash)
{
    HASH *hash = HashOf(Hash);
    BOOLEAN isPool;

    if (!hash)
        return STATUS_INVALID_HANDLE;
    isPool = hash->IsPool;
    RtlSecureZeroMemory(hash, sizeof *hash);
    if (isPool)
        ExFreePoolWithTag(hash, TAG);
    return STATUS_SUCCESS;
}

/* Doc:     BCryptHash (Microsoft Learn) */
NTSTATUS WINAPI BCryptHash(BCRYPT_ALG_HANDLE Algorithm, PUCHAR Secret, ULONG SecretLength,
                           PUCHAR Input, ULONG InputLength, PUCHAR Output, ULONG OutputLength)
{
    BCRYPT_HASH_HANDLE handle;
    HASH hash;
    NTSTATUS status =
        BCryptCreateHash(Algorithm, &handle, (PUCHAR)&hash, sizeof hash, Secret, SecretLength, 0);

    if (!NT_SUCCESS(status))
        return status;
    status = BCryptHashData(handle, Input, InputLength, 0);
    if (NT_SUCCESS(status))
        status = BCryptFinishHash(handle, Output, OutputLength, 0);
    BCryptDestroyHash(handle);
    return status;
}

/* ---- properties --------------------------------------------------------------------------- */

static NTSTATUS PropertyPut(const VOID *Value, ULONG Size, PUCHAR Output, ULONG Length,
                            ULONG *Result)
{
    *Result = Size;
    if (!Output)
        return STATUS_SUCCESS;
    if (Length < Size)
        return STATUS_BUFFER_TOO_SMALL;
    RtlCopyMemory(Output, Value, Size);
    return STATUS_SUCCESS;
}

/* Doc:     BCryptGetProperty (Microsoft Learn) */
NTSTATUS WINAPI BCryptGetProperty(BCRYPT_HANDLE Object, PCWSTR Property, PUCHAR Output,
                                  ULONG Length, ULONG *Result, ULONG Flags)
{
    const ALGORITHM *algorithm = AlgorithmOf(Object);
    ULONG number, size = sizeof(WCHAR);

    if (!algorithm && HashOf(Object))
        algorithm = HashOf(Object)->Algorithm;
    if (!algorithm)
        return STATUS_INVALID_HANDLE;
    if (!Property || !Result || Flags)
        return STATUS_INVALID_PARAMETER;
    if (NameIs(Property, BCRYPT_ALGORITHM_NAME)) {
        for (PCWSTR at = algorithm->Name; *at; at++)
            size += sizeof(WCHAR);
        return PropertyPut(algorithm->Name, size, Output, Length, Result);
    }
    if (algorithm->Kind == HASH_KINDS)
        return STATUS_NOT_SUPPORTED;
    if (NameIs(Property, BCRYPT_OBJECT_LENGTH))
        number = sizeof(HASH);
    else if (NameIs(Property, BCRYPT_HASH_LENGTH))
        number = HashDigestBytes(algorithm->Kind);
    else if (NameIs(Property, BCRYPT_HASH_BLOCK_LENGTH))
        number = HASH_BLOCK_BYTES;
    else
        return STATUS_NOT_SUPPORTED;
    return PropertyPut(&number, sizeof number, Output, Length, Result);
}

/* Doc:     BCryptSetProperty (Microsoft Learn); these algorithms have none that can be set */
NTSTATUS WINAPI BCryptSetProperty(BCRYPT_HANDLE Object, PCWSTR Property, PUCHAR Input, ULONG Length,
                                  ULONG Flags)
{
    return AlgorithmOf(Object) || HashOf(Object) ? STATUS_NOT_SUPPORTED : STATUS_INVALID_HANDLE;
}

/* ---- random numbers ----------------------------------------------------------------------- */

/* IRQL:    <= DISPATCH_LEVEL
 * Doc:     BCryptGenRandom (Microsoft Learn)
 */
NTSTATUS WINAPI BCryptGenRandom(BCRYPT_ALG_HANDLE Algorithm, PUCHAR Buffer, ULONG Length,
                                ULONG Flags)
{
    const ALGORITHM *algorithm = Algorithm ? AlgorithmOf(Algorithm) : NULL;
    BOOLEAN isPreferred = (Flags & BCRYPT_USE_SYSTEM_PREFERRED_RNG) != 0;

    if (isPreferred ? Algorithm != NULL : !algorithm || algorithm->Kind != HASH_KINDS)
        return STATUS_INVALID_HANDLE;
    if (Length && !Buffer)
        return STATUS_INVALID_PARAMETER;
    RandomFill(Buffer, Length);
    return STATUS_SUCCESS;
}

/* ---- the driver --------------------------------------------------------------------------- */

/* Ciphers, keys, signatures. */
NTSTATUS BCryptAbsent(void)
{
    DbgPrint("cng: ciphers, keys and signatures are not there\n");
    return STATUS_NOT_SUPPORTED;
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    return STATUS_SUCCESS;
}

NTSTATUS DllInitialize(PUNICODE_STRING RegistryPath)
{
    return RandomBegin();
}

NTSTATUS DllUnload(void)
{
    return STATUS_SUCCESS;
}
