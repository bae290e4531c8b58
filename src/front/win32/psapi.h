/* SPDX-License-Identifier: MIT */
/* psapi.h - what can be seen of drivers, processes and their modules; for psapi and toolhelp. */
#ifndef WIN32_PSAPI_H
#define WIN32_PSAPI_H

#include "win32_internal.h"

/* As NtQuerySystemInformation answers (winternl.h; RTL_PROCESS_MODULE_INFORMATION). */
struct seen_thread {
    LARGE_INTEGER kernel, user, create;
    ULONG wait_time;
    PVOID start_address;
    CLIENT_ID id;
    LONG priority, base_priority;
    ULONG context_switches, state, wait_reason;
};

struct seen_process {
    ULONG next, thread_count;
    uint8_t times[48];
    UNICODE_STRING name;
    LONG base_priority;
    HANDLE id, parent_id;
    ULONG handle_count, session;
    uint8_t counters[BY_WIDTH(152, 100)];
    struct seen_thread threads[];
};
_Static_assert(offsetof(struct seen_process, id) == BY_WIDTH(0x50, 0x44), "documented");
_Static_assert(offsetof(struct seen_process, threads) == BY_WIDTH(0x100, 0xb8), "documented");

struct seen_driver {
    HANDLE section;
    PVOID mapped_base, image_base;
    ULONG image_size, flags;
    USHORT load_order, init_order, load_count, name_offset;
    char path[256];
};

struct seen_drivers {
    ULONG count;
    struct seen_driver driver[];
};

/* Answers on the heap, for heap_give; NULL with the last error set. */
struct seen_drivers *drivers_see(void);
struct seen_process *processes_see(void);
/* The one after it; NULL: it was the last. */
struct seen_process *process_after(struct seen_process *process);

struct seen_module {
    uint64_t base, entry;
    uint32_t size_bytes;
    wchar_t name[128], path[MAX_PATH];
};

/* Which modules. A 32-bit program has no others: for 64-bit ones its native list is the program. */
#define SEE_NATIVE 1u /* of the caller's width */
#define SEE_32     2u /* of 32-bit processes, asked for by 64-bit ones */

/* Calls visit for each module of a process, in load order, until it answers false. A 32-bit caller
 * does not see those of 64-bit processes (ERROR_PARTIAL_COPY). */
bool modules_visit(HANDLE process, unsigned which,
                   bool (*visit)(const struct seen_module *, void *context), void *context);
/* The path of the program that the process runs. */
bool process_path(HANDLE process, wchar_t path[MAX_PATH]);

#endif
