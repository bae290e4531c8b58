/* SPDX-License-Identifier: MIT */
/* load_config.c - the load configuration of a driver image: where its cookie is, and the tables
 * and pointers of control-flow guard.
 *
 * The linker finds it by its name and gives the __guard_ symbols their values: addresses of the
 * tables it makes, and counts and flags disguised as addresses; all are 0 without /guard:cf.
 */
typedef unsigned short uint16_t;
typedef unsigned int uint32_t;
typedef unsigned long long uint64_t;

extern uint64_t __security_cookie;
extern char __guard_fids_table[], __guard_fids_count[], __guard_flags[];
extern char __guard_iat_table[], __guard_iat_count[];
extern char __guard_longjmp_table[], __guard_longjmp_count[];
extern char __guard_eh_cont_table[], __guard_eh_cont_count[];

void _guard_check_icall_nop(void);
void _guard_dispatch_icall_nop(void);

/* Guarded code calls through these; a loader that knows the load configuration fills them in,
 * one that does not leaves routines that let every target pass. */
#define GUARD_POINTER __attribute__((section(".00cfg"), used)) const volatile

GUARD_POINTER void *__guard_check_icall_fptr = (void *)_guard_check_icall_nop;
GUARD_POINTER void *__guard_dispatch_icall_fptr = (void *)_guard_dispatch_icall_nop;
GUARD_POINTER void *__guard_xfg_check_icall_fptr = (void *)_guard_check_icall_nop;
GUARD_POINTER void *__guard_xfg_dispatch_icall_fptr = (void *)_guard_dispatch_icall_nop;
GUARD_POINTER void *__guard_xfg_table_dispatch_icall_fptr = (void *)_guard_dispatch_icall_nop;

/* IMAGE_LOAD_CONFIG_DIRECTORY64. */
const struct {
    uint32_t size, time_date_stamp;
    uint16_t major_version, minor_version;
    uint32_t global_flags_clear, global_flags_set, critical_section_timeout;
    uint64_t decommit_free_block, decommit_total_free, lock_prefix_table;
    uint64_t maximum_allocation, virtual_memory_threshold, process_affinity_mask;
    uint32_t process_heap_flags;
    uint16_t csd_version, dependent_load_flags;
    uint64_t edit_list;
    const void *security_cookie;
    uint64_t se_handler_table, se_handler_count;
    const volatile void *guard_check, *guard_dispatch;
    const void *guard_table, *guard_count;
    union {
        const void *guard_flags; /* 32 bits; what follows them stays 0 */
        uint32_t halves[2];
    };
    uint64_t code_integrity;
    const void *guard_iat_table, *guard_iat_count;
    const void *guard_longjmp_table, *guard_longjmp_count;
    uint64_t dynamic_relocations, chpe_metadata;
    uint64_t return_flow_routine, return_flow_pointer;
    uint32_t dynamic_relocations_offset;
    uint16_t dynamic_relocations_section, reserved2;
    uint64_t return_flow_verify;
    uint32_t hot_patch_offset, reserved3;
    uint64_t enclave, volatile_metadata;
    const void *guard_eh_table, *guard_eh_count;
    const volatile void *xfg_check, *xfg_dispatch, *xfg_table_dispatch;
} _load_config_used = {
    .size = sizeof(_load_config_used),
    .security_cookie = &__security_cookie,
    .guard_check = &__guard_check_icall_fptr,
    .guard_dispatch = &__guard_dispatch_icall_fptr,
    .guard_table = __guard_fids_table,
    .guard_count = __guard_fids_count,
    .guard_flags = __guard_flags,
    .guard_iat_table = __guard_iat_table,
    .guard_iat_count = __guard_iat_count,
    .guard_longjmp_table = __guard_longjmp_table,
    .guard_longjmp_count = __guard_longjmp_count,
    .guard_eh_table = __guard_eh_cont_table,
    .guard_eh_count = __guard_eh_cont_count,
    .xfg_check = &__guard_xfg_check_icall_fptr,
    .xfg_dispatch = &__guard_xfg_dispatch_icall_fptr,
    .xfg_table_dispatch = &__guard_xfg_table_dispatch_icall_fptr,
};

_Static_assert(sizeof(_load_config_used) == 304, "the structure up to the XFG pointers");
