/* SPDX-License-Identifier: MIT */
/* hash.c - MD5 (RFC 1321), SHA-1 and SHA-256 (FIPS 180-4), written from the standards.
 *
 * A block is turned into the state's words; what is left of a block waits in the state. Any IRQL:
 * nothing is allocated and all memory is the caller's.
 */
#include "hash.h"

typedef VOID BLOCK_ROUTINE(ULONG *Words, const UCHAR *Block);

static ULONG RotateLeft(ULONG Value, ULONG Bits)
{
    return (Value << Bits) | (Value >> (32 - Bits));
}

static ULONG RotateRight(ULONG Value, ULONG Bits)
{
    return (Value >> Bits) | (Value << (32 - Bits));
}

static ULONG LoadBig(const UCHAR *At)
{
    return (ULONG)At[0] << 24 | (ULONG)At[1] << 16 | (ULONG)At[2] << 8 | At[3];
}

static ULONG LoadLittle(const UCHAR *At)
{
    return (ULONG)At[3] << 24 | (ULONG)At[2] << 16 | (ULONG)At[1] << 8 | At[0];
}

/* ---- MD5 ---------------------------------------------------------------------------------- */

/* floor(2^32 * |sin(i + 1)|) */
static const ULONG Md5Sines[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};
static const UCHAR Md5Shifts[4][4] = {
    {7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};

static VOID Md5Block(ULONG *Words, const UCHAR *Block)
{
    ULONG a = Words[0], b = Words[1], c = Words[2], d = Words[3];

    for (ULONG i = 0; i < 64; i++) {
        ULONG mix, from, next;
        switch (i / 16) {
        case 0:
            mix = (b & c) | (~b & d), from = i;
            break;
        case 1:
            mix = (d & b) | (~d & c), from = 5 * i + 1;
            break;
        case 2:
            mix = b ^ c ^ d, from = 3 * i + 5;
            break;
        default:
            mix = c ^ (b | ~d), from = 7 * i;
            break;
        }
        next = b + RotateLeft(a + mix + Md5Sines[i] + LoadLittle(Block + 4 * (from % 16)),
                              Md5Shifts[i / 16][i % 4]);
        a = d, d = c, c = b, b = next;
    }
    Words[0] += a, Words[1] += b, Words[2] += c, Words[3] += d;
}

/* ---- SHA-1 -------------------------------------------------------------------------------- */

static VOID Sha1Block(ULONG *Words, const UCHAR *Block)
{
    static const ULONG constants[4] = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};
    ULONG a = Words[0], b = Words[1], c = Words[2], d = Words[3], e = Words[4], schedule[80];

    for (ULONG i = 0; i < 16; i++)
        schedule[i] = LoadBig(Block + 4 * i);
    for (ULONG i = 16; i < 80; i++)
        schedule[i] =
            RotateLeft(schedule[i - 3] ^ schedule[i - 8] ^ schedule[i - 14] ^ schedule[i - 16], 1);
    for (ULONG i = 0; i < 80; i++) {
        ULONG mix, next;
        if (i < 20)
            mix = (b & c) | (~b & d);
        else if (i >= 40 && i < 60)
            mix = (b & c) | (b & d) | (c & d);
        else
            mix = b ^ c ^ d;
        next = RotateLeft(a, 5) + mix + e + constants[i / 20] + schedule[i];
        e = d, d = c, c = RotateLeft(b, 30), b = a, a = next;
    }
    Words[0] += a, Words[1] += b, Words[2] += c, Words[3] += d, Words[4] += e;
}

/* ---- SHA-256 ------------------------------------------------------------------------------ */

/* The first 32 bits of the fractions of the cube roots of the first 64 primes. */
static const ULONG Sha256Constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static VOID Sha256Block(ULONG *Words, const UCHAR *Block)
{
    ULONG w[HASH_WORDS], schedule[64];

    for (ULONG i = 0; i < HASH_WORDS; i++)
        w[i] = Words[i];
    for (ULONG i = 0; i < 16; i++)
        schedule[i] = LoadBig(Block + 4 * i);
    for (ULONG i = 16; i < 64; i++) {
        ULONG low = schedule[i - 15], high = schedule[i - 2];
        low = RotateRight(low, 7) ^ RotateRight(low, 18) ^ (low >> 3);
        high = RotateRight(high, 17) ^ RotateRight(high, 19) ^ (high >> 10);
        schedule[i] = schedule[i - 16] + low + schedule[i - 7] + high;
    }
    for (ULONG i = 0; i < 64; i++) {
        ULONG e = RotateRight(w[4], 6) ^ RotateRight(w[4], 11) ^ RotateRight(w[4], 25);
        ULONG a = RotateRight(w[0], 2) ^ RotateRight(w[0], 13) ^ RotateRight(w[0], 22);
        ULONG choice = (w[4] & w[5]) ^ (~w[4] & w[6]);
        ULONG majority = (w[0] & w[1]) ^ (w[0] & w[2]) ^ (w[1] & w[2]);
        ULONG first = w[7] + e + choice + Sha256Constants[i] + schedule[i];
        for (ULONG j = HASH_WORDS - 1; j > 0; j--)
            w[j] = w[j - 1];
        w[4] += first;
        w[0] = first + a + majority;
    }
    for (ULONG i = 0; i < HASH_WORDS; i++)
        Words[i] += w[i];
}

/* ---- the common shape --------------------------------------------------------------------- */

static const struct {
    BLOCK_ROUTINE *Block;
    ULONG DigestBytes;
    BOOLEAN IsBig; /* words and length with the highest byte first */
    ULONG Begin[HASH_WORDS];
} Kinds[HASH_KINDS] = {
    {Md5Block, 16, FALSE, {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476}},
    {Sha1Block, 20, TRUE, {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0}},
    {Sha256Block,
     32,
     TRUE,
     {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab,
      0x5be0cd19}},
};

ULONG HashDigestBytes(HASH_KIND Kind)
{
    return Kinds[Kind].DigestBytes;
}

VOID HashBegin(HASH_STATE *State, HASH_KIND Kind)
{
    RtlZeroMemory(State, sizeof *State);
    State->Kind = Kind;
    RtlCopyMemory(State->Words, Kinds[Kind].Begin, sizeof State->Words);
}

VOID HashAdd(HASH_STATE *State, const UCHAR *Bytes, ULONG Length)
{
    ULONG used = (ULONG)(State->Bytes % HASH_BLOCK_BYTES);

    State->Bytes += Length;
    while (Length != 0) {
        ULONG part = HASH_BLOCK_BYTES - used < Length ? HASH_BLOCK_BYTES - used : Length;
        RtlCopyMemory(State->Block + used, Bytes, part);
        Bytes += part, Length -= part, used += part;
        if (used == HASH_BLOCK_BYTES) {
            Kinds[State->Kind].Block(State->Words, State->Block);
            used = 0;
        }
    }
}

VOID HashEnd(HASH_STATE *State, UCHAR *Digest)
{
    static const UCHAR padding[HASH_BLOCK_BYTES] = {0x80};
    BOOLEAN isBig = Kinds[State->Kind].IsBig;
    ULONG used = (ULONG)(State->Bytes % HASH_BLOCK_BYTES);
    ULONGLONG bits = State->Bytes * 8;
    UCHAR length[sizeof bits];

    for (ULONG i = 0; i < sizeof length; i++)
        length[isBig ? sizeof length - 1 - i : i] = (UCHAR)(bits >> (8 * i));
    HashAdd(State, padding, (used < 56 ? 56 : 120) - used);
    HashAdd(State, length, sizeof length);
    for (ULONG i = 0; i < Kinds[State->Kind].DigestBytes; i++) {
        ULONG shift = isBig ? 24 - 8 * (i % 4) : 8 * (i % 4);
        Digest[i] = (UCHAR)(State->Words[i / 4] >> shift);
    }
}
