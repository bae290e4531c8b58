/* SPDX-License-Identifier: MIT */
/* cookie.c - the cookie of a driver image, and what gives it its value.
 *
 * In: nothing but the processor's clock and addresses; out: a cookie that differs from
 * its default and fits in 48 bits, as the load configuration's documentation asks.
 * Compiled without protection: it runs before the cookie is good.
 */
typedef unsigned char uint8_t;
typedef unsigned short uint16_t;
typedef unsigned int uint32_t;
typedef unsigned long long uint64_t;

#define COOKIE_DEFAULT 0x00002B992DDFA232ull
#define COOKIE_MASK    0x0000FFFFFFFFFFFFull
/* KUSER_SHARED_DATA.InterruptTime, where every driver may read it. */
#define INTERRUPT_TIME (*(const volatile uint64_t *)0xFFFFF78000000008ull)

uint64_t __security_cookie = COOKIE_DEFAULT;
uint64_t __security_cookie_complement = ~COOKIE_DEFAULT;

void __security_init_cookie(void);

void __security_init_cookie(void)
{
    uint64_t cookie = __security_cookie;

    /* A loader that knows the load configuration has been here before us. */
    if (cookie == 0 || cookie == COOKIE_DEFAULT) {
        cookie = __builtin_ia32_rdtsc() ^ INTERRUPT_TIME ^ (uint64_t)&__security_cookie;
        cookie ^= (uint64_t)&cookie << 16;
        cookie &= COOKIE_MASK;
        if (cookie == 0 || cookie == COOKIE_DEFAULT)
            cookie = COOKIE_DEFAULT + 1;
        __security_cookie = cookie;
    }
    __security_cookie_complement = ~cookie;
}
