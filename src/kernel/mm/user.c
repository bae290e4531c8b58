/* SPDX-License-Identifier: MIT */
/* user.c - touching memory that may not be there, from native code.
 *
 * A fault in user_copy.S comes back as STATUS_ACCESS_VIOLATION: whoever gets the host's
 * faults asks mm_user_fixup where to go on.
 */
#include "user.h"

#include "base/assert.h"
#include "host/host.h"

extern const char user_code_begin[], user_code_end[], user_code_fault[];

uint64_t mm_user_fixup(uint64_t rip)
{
    if (rip >= (uintptr_t)user_code_begin && rip < (uintptr_t)user_code_end)
        return (uintptr_t)user_code_fault;
    return 0;
}

NTSTATUS mm_user_fill(void *to, int byte, size_t length)
{
    if (!mm_range_is_canonical(to, length))
        return STATUS_ACCESS_VIOLATION;
    return user_fill_bytes(to, byte, length);
}

NTSTATUS mm_user_status_write(IO_STATUS_BLOCK *to, NTSTATUS status, ULONG_PTR information,
                              bool is_low)
{
    if (is_low) {
        ULONG narrow[2] = {(ULONG)status, (ULONG)information};

        if (!NT_SUCCESS(mm_user_copy((ULONG *)to + 1, &narrow[1], sizeof(ULONG))))
            return STATUS_ACCESS_VIOLATION;
        return mm_user_copy(to, &narrow[0], sizeof(ULONG));
    }
    return mm_range_is_canonical(to, sizeof(*to)) ? user_write_status(to, status, information)
                                                  : STATUS_ACCESS_VIOLATION;
}

NTSTATUS mm_window_copy(void *to, const void *from, uint64_t bytes, uint64_t *out_done)
{
    uint64_t done = 0;

    while (done < bytes) {
        uint64_t here = (uintptr_t)from + done, there = (uintptr_t)to + done;
        uint64_t step = HOST_PAGE - (here & (HOST_PAGE - 1));
        uint64_t other = HOST_PAGE - (there & (HOST_PAGE - 1));

        if (other < step)
            step = other;
        if (step > bytes - done)
            step = bytes - done;
        if (!NT_SUCCESS(mm_user_copy((void *)there, (const void *)here, step)))
            break;
        done += step;
    }
    *out_done = done;
    return done == bytes ? STATUS_SUCCESS : STATUS_PARTIAL_COPY;
}

bool address_is_readable(const volatile void *address)
{
    return mm_range_is_canonical(address, 1) && NT_SUCCESS(user_touch_read(address));
}

/* Pages that this thread found writable, and when: a probe says what was so at its moment, and
 * nothing has changed a program's pages since. owner thread only */
#define PROBES_BITS 3 /* allocations begin at round addresses: the page number is mixed */
static __thread struct {
    uint64_t page, changes;
} probes[1u << PROBES_BITS] __attribute__((tls_model("initial-exec")));
_Atomic uint64_t user_changes = 1;

static __attribute__((noinline)) NTSTATUS page_touch(uint64_t address, unsigned place)
{
    uint64_t changes = user_changes; /* before the touch */
    NTSTATUS status = user_touch_write((volatile void *)(uintptr_t)address);

    /* Nobody counts what happens below the windows. */
    if (NT_SUCCESS(status) && (address >= MM_WINDOW_BASE || address < MM_LOW_END)) {
        probes[place].page = address / HOST_PAGE;
        probes[place].changes = changes;
    }
    return status;
}

static inline NTSTATUS page_probe(uint64_t address)
{
    uint64_t page = address / HOST_PAGE;
    unsigned place = (unsigned)(page * 0x9e3779b97f4a7c15ull >> (64 - PROBES_BITS));

    if (__builtin_expect(probes[place].page == page && probes[place].changes == user_changes, 1))
        return STATUS_SUCCESS;
    return page_touch(address, place);
}

static __attribute__((noinline)) NTSTATUS pages_probe(uint64_t first, uint64_t last)
{
    for (uint64_t at = first; at <= last; at = (at | (HOST_PAGE - 1)) + 1) {
        NTSTATUS status = page_probe(at);
        if (!NT_SUCCESS(status))
            return status;
    }
    return STATUS_SUCCESS;
}

NTSTATUS mm_user_probe_pages(uint64_t first, uint64_t last)
{
    bool is_one = ((first ^ last) & ~(uint64_t)(HOST_PAGE - 1)) == 0;

    return __builtin_expect(is_one, 1) ? page_probe(first) : pages_probe(first, last);
}
