/* SPDX-License-Identifier: MIT */
/* hashes.c - BCrypt… of cng.sys, by its own name and by ksecdd.sys: published vectors, random
 * numbers, and what is refused. */
#include "drivertest.h"

#include <bcrypt.h>

#define TAG 'tseT'

NTSTATUS WINAPI BCryptEncrypt(PVOID key);

static void hex_of(const UCHAR *bytes, ULONG length, PSTR out)
{
    static const CHAR digits[] = "0123456789abcdef";
    for (ULONG i = 0; i < length; i++) {
        *out++ = digits[bytes[i] >> 4];
        *out++ = digits[bytes[i] & 15];
    }
    *out = 0;
}

/* The digest as text, added in pieces of a length that is no block's. */
static PCSTR digest(PCWSTR name, PCSTR key, PCSTR text, ULONG repeat)
{
    static CHAR hex[80];
    UCHAR bytes[32];
    ULONG length = 0, got = 0;
    BCRYPT_ALG_HANDLE algorithm = NULL;
    BCRYPT_HASH_HANDLE hash = NULL;
    hex[0] = 0;
    expect_status(
        BCryptOpenAlgorithmProvider(&algorithm, name, NULL, key ? BCRYPT_ALG_HANDLE_HMAC_FLAG : 0),
        STATUS_SUCCESS);
    expect_status(
        BCryptGetProperty(algorithm, BCRYPT_HASH_LENGTH, (PUCHAR)&length, sizeof length, &got, 0),
        STATUS_SUCCESS);
    expect_number(got, sizeof length);
    expect_status(
        BCryptCreateHash(algorithm, &hash, NULL, 0, (PUCHAR)key, key ? (ULONG)strlen(key) : 0, 0),
        STATUS_SUCCESS);
    for (ULONG i = 0; i < repeat; i++)
        expect_status(BCryptHashData(hash, (PUCHAR)text, (ULONG)strlen(text), 0), STATUS_SUCCESS);
    expect_status(BCryptFinishHash(hash, bytes, length, 0), STATUS_SUCCESS);
    hex_of(bytes, length, hex);
    expect_status(BCryptFinishHash(hash, bytes, length, 0), STATUS_INVALID_HANDLE);
    expect_status(BCryptDestroyHash(hash), STATUS_SUCCESS);
    expect_status(BCryptCloseAlgorithmProvider(algorithm, 0), STATUS_SUCCESS);
    return hex;
}

#define expect_digest(name, key, text, repeat, wanted) \
    expect(strcmp(digest(name, key, text, repeat), wanted) == 0)

static void vectors(void)
{
    expect_digest(BCRYPT_MD5_ALGORITHM, NULL, "", 1, "d41d8cd98f00b204e9800998ecf8427e");
    expect_digest(BCRYPT_MD5_ALGORITHM, NULL, "abc", 1, "900150983cd24fb0d6963f7d28e17f72");
    expect_digest(BCRYPT_MD5_ALGORITHM, NULL, "1234567890", 8, "57edf4a22be3c955ac49da2e2107b67a");
    expect_digest(BCRYPT_SHA1_ALGORITHM, NULL, "abc", 1,
                  "a9993e364706816aba3e25717850c26c9cd0d89d");
    expect_digest(BCRYPT_SHA1_ALGORITHM, NULL, "aaaaaaaaaa", 100000,
                  "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
    expect_digest(BCRYPT_SHA256_ALGORITHM, NULL, "abc", 1,
                  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect_digest(BCRYPT_SHA256_ALGORITHM, NULL, "aaaaaaaaaa", 100000,
                  "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void keyed(void)
{
    static CHAR long_key[132];
    PCSTR text = "what do ya want for nothing?";
    RtlFillMemory(long_key, 131, 0xaa);
    expect_digest(BCRYPT_MD5_ALGORITHM, "Jefe", text, 1, "750c783e6ab0b503eaa86e310a5db738");
    expect_digest(BCRYPT_SHA1_ALGORITHM, "Jefe", text, 1,
                  "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    expect_digest(BCRYPT_SHA256_ALGORITHM, "Jefe", text, 1,
                  "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    expect_digest(BCRYPT_SHA256_ALGORITHM, long_key,
                  "Test Using Larger Than Block-Size Key - Hash Key First", 1,
                  "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

/* At DISPATCH_LEVEL, in the caller's own memory, copied half-way and used again. */
static void objects(void)
{
    UCHAR first[32], second[32], third[32];
    ULONG size = 0, got = 0;
    BCRYPT_HASH_HANDLE hash = NULL, copy = NULL;
    KIRQL irql;
    expect_status(BCryptGetProperty(BCRYPT_SHA256_ALG_HANDLE, BCRYPT_OBJECT_LENGTH, (PUCHAR)&size,
                                    sizeof size, &got, 0),
                  STATUS_SUCCESS);
    PUCHAR place = ExAllocatePool2(POOL_FLAG_NON_PAGED, size, TAG);
    if (!place)
        return;
    expect_status(BCryptCreateHash(BCRYPT_SHA256_ALG_HANDLE, &hash, place, size - 1, NULL, 0, 0),
                  STATUS_BUFFER_TOO_SMALL);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    NTSTATUS status = BCryptCreateHash(BCRYPT_SHA256_ALG_HANDLE, &hash, place, size, NULL, 0,
                                       BCRYPT_HASH_REUSABLE_FLAG);
    if (NT_SUCCESS(status))
        status = BCryptHashData(hash, (PUCHAR) "ab", 2, 0);
    if (NT_SUCCESS(status))
        status = BCryptDuplicateHash(hash, &copy, NULL, 0, 0);
    KeLowerIrql(irql);
    expect_status(status, STATUS_SUCCESS);
    expect_status(BCryptHashData(hash, (PUCHAR) "c", 1, 0), STATUS_SUCCESS);
    expect_status(BCryptHashData(copy, (PUCHAR) "c", 1, 0), STATUS_SUCCESS);
    expect_status(BCryptFinishHash(hash, first, 31, 0), STATUS_INVALID_PARAMETER);
    expect_status(BCryptFinishHash(hash, first, 32, 0), STATUS_SUCCESS);
    expect_status(BCryptFinishHash(copy, second, 32, 0), STATUS_SUCCESS);
    expect(RtlEqualMemory(first, second, 32));
    /* Empty again: the reusable one begins where it began. */
    expect_status(BCryptHashData(hash, (PUCHAR) "abc", 3, 0), STATUS_SUCCESS);
    expect_status(BCryptFinishHash(hash, second, 32, 0), STATUS_SUCCESS);
    expect(RtlEqualMemory(first, second, 32));
    expect_status(
        BCryptHash(BCRYPT_SHA256_ALG_HANDLE, NULL, 0, (PUCHAR) "abc", 3, third, sizeof third),
        STATUS_SUCCESS);
    expect(RtlEqualMemory(first, third, 32));
    expect_status(BCryptDestroyHash(hash), STATUS_SUCCESS);
    expect_status(BCryptDestroyHash(copy), STATUS_SUCCESS);
    expect_status(BCryptDestroyHash(hash), STATUS_INVALID_HANDLE);
    ExFreePoolWithTag(place, TAG);
}

static void random(void)
{
    UCHAR bytes[4][40] = {{0}};
    BCRYPT_ALG_HANDLE algorithm = NULL;
    ULONG ones = 0;
    KIRQL irql;
    expect_status(BCryptOpenAlgorithmProvider(&algorithm, BCRYPT_RNG_ALGORITHM, NULL, 0),
                  STATUS_SUCCESS);
    expect_status(BCryptGenRandom(algorithm, bytes[0], 40, 0), STATUS_SUCCESS);
    expect_status(BCryptGenRandom(NULL, bytes[1], 40, BCRYPT_USE_SYSTEM_PREFERRED_RNG),
                  STATUS_SUCCESS);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    NTSTATUS status = BCryptGenRandom(BCRYPT_RNG_ALG_HANDLE, bytes[2], 39, 0);
    KeLowerIrql(irql);
    expect_status(status, STATUS_SUCCESS);
    expect(bytes[2][39] == 0);
    for (ULONG i = 0; i < 3; i++) {
        for (ULONG j = 0; j < 39 * 8; j++)
            ones += (bytes[i][j / 8] >> (j % 8)) & 1;
        for (ULONG j = 0; j < i; j++)
            expect(!RtlEqualMemory(bytes[i], bytes[j], 39));
    }
    /* 936 bits: outside of these about one run in 10^20. */
    expect(ones > 936 / 2 - 150 && ones < 936 / 2 + 150);
    expect_status(BCryptGenRandom(NULL, bytes[0], 40, 0), STATUS_INVALID_HANDLE);
    expect_status(BCryptGenRandom(BCRYPT_MD5_ALG_HANDLE, bytes[0], 40, 0), STATUS_INVALID_HANDLE);
}

static void refused(void)
{
    BCRYPT_ALG_HANDLE algorithm = NULL;
    BCRYPT_HASH_HANDLE hash;
    WCHAR name[16];
    ULONG got = 0;
    expect_status(BCryptOpenAlgorithmProvider(&algorithm, L"AES", NULL, 0), STATUS_NOT_FOUND);
    expect_status(BCryptOpenAlgorithmProvider(&algorithm, BCRYPT_SHA1_ALGORITHM, L"Another", 0),
                  STATUS_NOT_FOUND);
    expect_status(BCryptOpenAlgorithmProvider(&algorithm, NULL, NULL, 0), STATUS_INVALID_PARAMETER);
    expect_status(BCryptCloseAlgorithmProvider(NULL, 0), STATUS_INVALID_HANDLE);
    expect_status(BCryptCreateHash(BCRYPT_RNG_ALG_HANDLE, &hash, NULL, 0, NULL, 0, 0),
                  STATUS_NOT_SUPPORTED);
    expect_status(BCryptGetProperty(BCRYPT_SHA1_ALG_HANDLE, BCRYPT_ALGORITHM_NAME, (PUCHAR)name,
                                    sizeof name, &got, 0),
                  STATUS_SUCCESS);
    expect(got == 5 * sizeof(WCHAR) && wcscmp(name, L"SHA1") == 0);
    expect_status(BCryptGetProperty(BCRYPT_SHA1_ALG_HANDLE, L"Nothing", NULL, 0, &got, 0),
                  STATUS_NOT_SUPPORTED);
    expect_status(BCryptSetProperty(BCRYPT_SHA1_ALG_HANDLE, BCRYPT_HASH_LENGTH, NULL, 0, 0),
                  STATUS_NOT_SUPPORTED);
    expect_status(BCryptEncrypt(NULL), STATUS_NOT_SUPPORTED);
}

DRIVERTEST_LIST = {
    DRIVERTEST(vectors), DRIVERTEST(keyed),   DRIVERTEST(objects),
    DRIVERTEST(random),  DRIVERTEST(refused), DRIVERTEST_END,
};
