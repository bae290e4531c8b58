/* SPDX-License-Identifier: MIT */
/* ldt.c - the native back end: the processor itself, through the process's descriptor table.
 *
 * In come entries as selector.c keeps them; switch.S crosses between flat and 16-bit code, and
 * fault.c takes its faults over from the signal handler.
 */
#include <asm/ldt.h>
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cpu_internal.h"
#include "ntdll/exception.h"

#define BYTES_MOST 0x100000u /* more is counted in pages */
#define LDT_WRITE  0x11

static int entry_write(uint16_t selector)
{
    struct user_desc segment = {.entry_number = selector >> 3};
    if (selector_is(selector)) {
        uint32_t limit = selector_limit(selector);
        segment.base_addr = (uint32_t)(uintptr_t)selector_base(selector);
        segment.limit_in_pages = limit >= BYTES_MOST;
        segment.limit = segment.limit_in_pages ? limit >> 12 : limit;
        segment.contents = selector_kind(selector) == CPU16_CODE ? MODIFY_LDT_CONTENTS_CODE : 0;
        segment.read_exec_only = selector_kind(selector) == CPU16_DATA_READ_ONLY;
        segment.useable = 1;
    } else {
        segment.read_exec_only = segment.seg_not_present = 1;
    }
    return syscall(SYS_modify_ldt, LDT_WRITE, &segment, sizeof segment) == 0 ? 0 : errno;
}

static int probe(void)
{
    static const uint8_t anything;
    uint16_t selector = selector_take(&anything, 1, CPU16_DATA);
    uint32_t rights = 0;
    uint8_t is_there = 0;
    if (!selector)
        return ENOSYS;
    /* Some emulations of Linux accept the call and do nothing. */
    __asm__("larl %2, %0; setz %1" : "+r"(rights), "+q"(is_there) : "r"((uint32_t)selector) : "cc");
    selector_give(selector, 1);
    return is_there ? 0 : ENOSYS;
}

static int start(const char **out_reason)
{
    if (probe() != 0) {
        *out_reason = "this host has no local descriptor table (modify_ldt)";
        return ENOTSUP;
    }
    __asm__ volatile("movw %%fs, %0" : "=r"(cpu16_host_fs));
    __asm__ volatile("movw %%gs, %0" : "=r"(cpu16_host_gs));
    exception_fault_first(cpu16_fault_hook);
    return 0;
}

static bool is_loadable(uint16_t selector)
{
    uint8_t is_readable;
    __asm__("verr %w1; setz %0" : "=q"(is_readable) : "r"((uint32_t)selector) : "cc");
    return is_readable;
}

static uint8_t *put(uint8_t *at, const void *bytes, size_t size)
{
    memcpy(at, bytes, size);
    return at + size;
}

static void far_put(uint8_t *at, const char *opcode, void (*target)(void))
{
    uint32_t offset = (uint32_t)(uintptr_t)target;
    uint16_t selector = FLAT_CODE;
    at = put(at, opcode, 2);
    at = put(at, &offset, sizeof offset);
    put(at, &selector, sizeof selector);
}

/* push dword number; call far dword FLAT_CODE:cpu16_out */
static void thunk_write(void *where, uint32_t number)
{
    uint8_t *at = put(where, "\x66\x68", 2);
    at = put(at, &number, sizeof number);
    far_put(at, "\x66\x9a", cpu16_out);
}

/* jmp far dword FLAT_CODE:cpu16_back */
static void back_write(void *where)
{
    far_put(where, "\x66\xea", cpu16_back);
}

const struct cpu16_backend cpu16_ldt = {
    "ldt", start, entry_write, is_loadable, thunk_write, back_write, cpu16_enter,
};
