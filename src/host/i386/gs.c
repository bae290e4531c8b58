/* SPDX-License-Identifier: MIT */
/* gs.c - the FS base of the calling thread, where 32-bit Windows code finds its thread block.
 *
 * The C library uses GS. One entry of the descriptor table that the kernel keeps for each thread
 * is FS's: the same number in all threads. A signal handler is entered with FS as it was.
 */
#include <asm/ldt.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host_internal.h"

#define NOT_GIVEN UINT32_MAX

static _Atomic uint32_t entry = NOT_GIVEN; /* the kernel gives each thread the same */

static uint16_t library_gs; /* the C library's, the same in all threads; set before Windows code */

/* Other threads of ours have no such entry. */
static __thread bool has_block __attribute__((tls_model("local-exec")));

#define FLAT_CODE 0x23 /* the kernel's, for every 32-bit process */
#define FLAT_DATA 0x2b

void host_gs_set(void *base)
{
    struct user_desc segment = {.entry_number = entry,
                                .base_addr = (uint32_t)(uintptr_t)base,
                                .limit = 0xfffff,
                                .seg_32bit = 1,
                                .limit_in_pages = 1,
                                .useable = 1};
    uint32_t selector;

    if (base == NULL && entry == NOT_GIVEN)
        return;
    if (syscall(SYS_set_thread_area, &segment) != 0)
        return;
    entry = segment.entry_number;
    has_block = true;
    selector = entry << 3 | 3;
    __asm__ volatile("movw %w0, %%fs" : : "r"(selector));
    __asm__ volatile("movw %%gs, %0" : "=r"(library_gs));
}

/* Apart, so that nothing of the thread's is read before GS leads to it. */
static __attribute__((noinline)) void block_restore(const greg_t *registers)
{
    uint32_t selector = entry << 3 | 3;

    if (has_block && (registers[REG_FS] & 0xffff) != (greg_t)selector)
        __asm__ volatile("movw %w0, %%fs" : : "r"(selector) : "memory");
}

void host_segments_restore(const ucontext_t *context)
{
    const greg_t *registers = context->uc_mcontext.gregs;

    if (library_gs == 0)
        return;
    if ((registers[REG_GS] & 0xffff) != library_gs)
        __asm__ volatile("movw %0, %%gs" : : "r"(library_gs) : "memory");
    block_restore(registers);
}

void host_segments_own(struct host_registers *registers)
{
    registers->cs = FLAT_CODE;
    registers->ss = registers->ds = registers->es = FLAT_DATA;
    if (library_gs != 0)
        registers->gs = library_gs;
    if (has_block)
        registers->fs = (uint16_t)(entry << 3 | 3);
}

void *host_gs_get(void)
{
    struct user_desc segment = {.entry_number = entry};

    if (entry == NOT_GIVEN || syscall(SYS_get_thread_area, &segment) != 0)
        return NULL;
    return (void *)(uintptr_t)segment.base_addr;
}
