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

/* The part of IMAGE_LOAD_CONFIG_DIRECTORY64 up to the guard flags; the linker puts its
 * address into the image's directory because of its name.
 */
const struct {
    uint32_t size, time_date_stamp;
    uint16_t major_version, minor_version;
    uint32_t global_flags_clear, global_flags_set, critical_section_timeout;
    uint64_t decommit_free_block, decommit_total_free, lock_prefix_table;
    uint64_t maximum_allocation, virtual_memory_threshold, process_affinity_mask;
    uint32_t process_heap_flags;
    uint16_t csd_version, dependent_load_flags;
    uint64_t edit_list;
    const uint64_t *security_cookie;
    uint64_t se_handler_table, se_handler_count;
    uint64_t guard_check, guard_dispatch, guard_table, guard_count;
    uint32_t guard_flags, padding;
} _load_config_used = {
    .size = sizeof(_load_config_used),
    .security_cookie = &__security_cookie,
};

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
