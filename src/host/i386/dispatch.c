/* SPDX-License-Identifier: MIT */
/* dispatch.c - who may enter the kernel through the kernel's own page.
 *
 * For the filter of confine.c every sysenter and syscall of 32-bit code, wherever it stands, comes
 * from the page that the kernel maps for it (the vdso). So each thread has the kernel ask a word of
 * the thread's own before it serves what comes from there (syscall user dispatch): the word says
 * no, but in dispatch_enter.S, through which the C library makes its calls. Calls by int 0x80 out
 * of our own code and the library's lie in a range that is not asked about.
 *
 * Two are made although the word says no. The loader's own int 0x80 (it lies behind the page, and
 * there is one range only), and what reads a clock: the page itself calls when it cannot read one.
 * Invariant: no other call of Windows code is ever made.
 */
#include <link.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "host/confine.h"
#include "dispatch.h"
#include "host_internal.h"

#define NATIVE_LOW  HOST_NATIVE_LOW32
#define CALL_FILTER 1u /* SYSCALL_DISPATCH_FILTER_BLOCK */

#define FLAT_CODE 0x23

/* Asked by the kernel; 0 allows. In dispatch_enter.S, hence the model. */
extern __thread uint32_t host_call_filter __attribute__((tls_model("local-exec")));
__thread uint32_t host_call_filter = CALL_FILTER;

/* dispatch_enter.S */
extern uint32_t host_kernel_enter; /* the page's entry */
void host_call_enter(void);
int32_t host_call_make(uint32_t call, const greg_t *registers);

uint32_t host_kernel_enter;            /* set before the first thread; 0: there is no such page */
static uintptr_t page_low, page_bytes; /* the same */

/* The library takes the address from its thread block, where a new thread's is its creator's. */
static void library_lead_here(void)
{
    __asm__ volatile("movl %0, %%gs:0x10" : : "r"((uint32_t)(uintptr_t)host_call_enter) : "memory");
}

struct layout {
    uintptr_t loader;
    bool is_known;
};

static int layout_look(struct dl_phdr_info *info, size_t size, void *opaque)
{
    struct layout *layout = opaque;
    (void)size;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        uintptr_t at = info->dlpi_addr + segment->p_vaddr;
        if (segment->p_type != PT_LOAD || !(segment->p_flags & PF_X))
            continue;
        if (at >= page_low && at < page_low + page_bytes)
            continue;
        if (info->dlpi_addr != layout->loader && (at < NATIVE_LOW || at >= page_low))
            layout->is_known = false;
    }
    return 0;
}

/* How long the page is, by its own headers. */
static uintptr_t page_measure(uintptr_t base)
{
    const ElfW(Ehdr) *header = (const ElfW(Ehdr) *)base;
    const ElfW(Phdr) *segment = (const ElfW(Phdr) *)(base + header->e_phoff);
    uintptr_t end = 0;
    for (unsigned i = 0; i < header->e_phnum; i++)
        if (segment[i].p_type == PT_LOAD && segment[i].p_vaddr + segment[i].p_memsz > end)
            end = segment[i].p_vaddr + segment[i].p_memsz;
    return (end + HOST_PAGE - 1) & ~(uintptr_t)(HOST_PAGE - 1);
}

/* The kernel asks the calling thread's word from now on. */
static int word_show(void)
{
    return prctl(PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_ON, NATIVE_LOW,
                 page_low - NATIVE_LOW, &host_call_filter);
}

void host_confine_thread(void)
{
    int error = host_kernel_enter ? word_show() : 0;
    COVE_ASSERT(error == 0);
}

void dispatch_begin(void)
{
    struct layout layout = {.loader = getauxval(AT_BASE), .is_known = true};
    uintptr_t entry = getauxval(AT_SYSINFO);
    page_low = getauxval(AT_SYSINFO_EHDR);
    if (!entry || page_low < NATIVE_LOW)
        return;
    page_bytes = page_measure(page_low);
    dl_iterate_phdr(layout_look, &layout);
    if (!layout.is_known || word_show() != 0)
        return; /* a kernel before 5.11 */
    host_kernel_enter = (uint32_t)entry;
    library_lead_here();
}

static bool is_of_clock(int call)
{
    static const int calls[] = {SYS_clock_gettime, SYS_clock_gettime64,     SYS_gettimeofday,
                                SYS_time,          SYS_clock_getres_time64, SYS_clock_getres};
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
        if (calls[i] == call)
            return true;
    return false;
}

/* Makes the call that the registers describe, from here. */
bool host_system_call_answer(const siginfo_t *info, ucontext_t *context)
{
    greg_t *registers = context->uc_mcontext.gregs;
    uintptr_t at = (uint32_t)registers[REG_EIP];
    bool is_of_page = at >= page_low && at < page_low + page_bytes;
    if (!host_kernel_enter || at < NATIVE_LOW || (registers[REG_CS] & 0xffff) != FLAT_CODE ||
        (is_of_page && !is_of_clock(info->si_syscall)))
        return false;
    registers[REG_EAX] = host_call_make((uint32_t)info->si_syscall, registers);
    return true;
}
