/* SPDX-License-Identifier: MIT */
/* system.c - NtQuerySystemInformation for 32-bit programs: answers with pointers made narrow.
 *
 * The wide answer is fetched whole, so the length that is told is what a 32-bit program needs.
 * Addresses of the kernel are cut, as by Windows. Classes that look the same go over as they are.
 */
#include <string.h>

#include "abi/services.h"
#include "ntdll/heap.h"
#include "ntdll/nt.h"
#include "wow64/widen.h"
#include "wow64_internal.h"

enum { BASIC = 0, PROCESSES = 5, MODULES = 11, REGISTRY_QUOTA = 37 };

struct thread64 {
    int64_t times[3];
    uint32_t wait_time, unused;
    uint64_t start, process, id;
    uint32_t priorities[2], rest[4];
};
struct thread32 {
    int64_t times[3];
    uint32_t wait_time, start, process, id, priorities[2], rest[4];
};
struct process64 {
    uint32_t next, thread_count;
    int64_t times[6];
    struct wow64_string name;
    uint32_t base_priority, unused;
    uint64_t id, parent;
    uint32_t handles, session;
    uint64_t sizes[3];
    uint32_t faults, unused2;
    uint64_t more_sizes[9];
    int64_t transfers[6];
    struct thread64 threads[];
};
struct process32 {
    uint32_t next, thread_count;
    int64_t times[6];
    UNICODE_STRING name;
    uint32_t base_priority, id, parent, handles, session, sizes[3], faults, more_sizes[9];
    int64_t transfers[6];
    struct thread32 threads[];
};
_Static_assert(sizeof(struct process64) == 0x100 && sizeof(struct process32) == 0xb8 &&
                   sizeof(struct thread64) == 0x50 && sizeof(struct thread32) == 0x40,
               "winternl.h");

struct module64 {
    uint64_t section, mapped, base;
    uint8_t rest[0x110];
};
struct module32 {
    uint32_t section, mapped, base;
    uint8_t rest[0x110];
};
struct basic64 {
    uint32_t head[7], unused;
    uint64_t lowest, highest, affinity;
    uint8_t processors;
};
struct basic32 {
    uint32_t head[7], lowest, highest, affinity;
    uint8_t processors;
};
_Static_assert(sizeof(struct basic32) == 44 && sizeof(struct module32) == 284, "winternl.h");

/* The narrow answer under construction; what does not fit is only counted. */
struct narrow {
    uint8_t *to;
    ULONG room, used;
};

static void *narrow_take(struct narrow *narrow, ULONG bytes)
{
    ULONG at = narrow->used;
    narrow->used += bytes;
    return narrow->used <= narrow->room ? narrow->to + at : NULL;
}

/* On the heap, for heap_give; NULL with the status. */
static void *wide_fetch(ULONG class, NTSTATUS *status)
{
    uint32_t room = 0x4000, need = 0;
    for (;;) {
        void *wide = heap_take(room);
        if (!wide)
            return *status = STATUS_NO_MEMORY, NULL;
        const uint64_t arguments[] = {class, ADDRESS64(wide), room, ADDRESS64(&need)};
        *status = (NTSTATUS)door_call(SERVICE_NtQuerySystemInformation, arguments, 4);
        if (NT_SUCCESS(*status))
            return wide;
        heap_give(wide);
        if (*status != STATUS_INFO_LENGTH_MISMATCH)
            return NULL;
        room = (need > room ? need : room) + 0x4000;
    }
}

static void basic_narrow(const struct basic64 *wide, struct narrow *narrow)
{
    struct basic32 *to = narrow_take(narrow, sizeof *to);
    if (!to)
        return;
    *to = (struct basic32){.lowest = (uint32_t)wide->lowest,
                           .highest = (uint32_t)wide->highest,
                           .affinity = (uint32_t)wide->affinity,
                           .processors = wide->processors};
    memcpy(to->head, wide->head, sizeof to->head);
}

static void thread_narrow(const struct thread64 *wide, struct narrow *narrow)
{
    struct thread32 *to = narrow_take(narrow, sizeof *to);
    if (!to)
        return;
    *to = (struct thread32){.wait_time = wide->wait_time,
                            .start = (uint32_t)wide->start,
                            .process = (uint32_t)wide->process,
                            .id = (uint32_t)wide->id};
    memcpy(to->times, wide->times, sizeof to->times);
    memcpy(to->priorities, wide->priorities, sizeof to->priorities);
    memcpy(to->rest, wide->rest, sizeof to->rest);
}

static void process_fill(const struct process64 *wide, struct process32 *to)
{
    *to = (struct process32){.thread_count = wide->thread_count,
                             .base_priority = wide->base_priority,
                             .id = (uint32_t)wide->id,
                             .parent = (uint32_t)wide->parent,
                             .handles = wide->handles,
                             .session = wide->session,
                             .faults = wide->faults};
    memcpy(to->times, wide->times, sizeof to->times);
    memcpy(to->transfers, wide->transfers, sizeof to->transfers);
    for (unsigned i = 0; i < 3; i++)
        to->sizes[i] = (uint32_t)wide->sizes[i];
    for (unsigned i = 0; i < 9; i++)
        to->more_sizes[i] = (uint32_t)wide->more_sizes[i];
}

static void process_narrow(const struct process64 *wide, struct narrow *narrow)
{
    ULONG begin = narrow->used;
    struct process32 *to = narrow_take(narrow, sizeof *to);
    if (to)
        process_fill(wide, to);
    for (uint32_t i = 0; i < wide->thread_count; i++)
        thread_narrow(&wide->threads[i], narrow);
    wchar_t *text = narrow_take(narrow, (wide->name.maximum + 7u) & ~7u);
    if (!text)
        return;
    memcpy(text, POINTER32(void, wide->name.buffer), wide->name.maximum);
    to->name =
        (UNICODE_STRING){wide->name.length, wide->name.maximum, wide->name.length ? text : NULL};
    to->next = wide->next ? narrow->used - begin : 0;
}

static void processes_narrow(const uint8_t *wide, struct narrow *narrow)
{
    for (;;) {
        const struct process64 *process = (const struct process64 *)wide;
        process_narrow(process, narrow);
        if (!process->next)
            return;
        wide += process->next;
    }
}

static void modules_narrow(const uint8_t *wide, struct narrow *narrow)
{
    uint32_t count = *(const uint32_t *)wide;
    const struct module64 *from = (const struct module64 *)(wide + 8);
    uint32_t *head = narrow_take(narrow, sizeof *head);
    if (head)
        *head = count;
    for (uint32_t i = 0; i < count; i++) {
        struct module32 *to = narrow_take(narrow, sizeof *to);
        if (!to)
            continue;
        *to = (struct module32){
            (uint32_t)from[i].section, (uint32_t)from[i].mapped, (uint32_t)from[i].base, {0}};
        memcpy(to->rest, from[i].rest, sizeof to->rest);
    }
}

static void quota_narrow(const uint32_t *wide, struct narrow *narrow)
{
    uint32_t *to = narrow_take(narrow, 3 * sizeof *to);
    if (to)
        memcpy(to, wide, 3 * sizeof *to); /* two numbers and the low half of a size */
}

NTSTATUS NTAPI NtQuerySystemInformation(ULONG class, PVOID information, ULONG length,
                                        PULONG returned);
NTSTATUS NTAPI NtQuerySystemInformation(ULONG class, PVOID information, ULONG length,
                                        PULONG returned)
{
    struct narrow narrow = {information, length, 0};
    NTSTATUS status;
    switch (class) {
    case BASIC:
    case PROCESSES:
    case MODULES:
    case REGISTRY_QUOTA:
        break;
    default:
        return (NTSTATUS)door_call(
            SERVICE_NtQuerySystemInformation,
            (const uint64_t[]){class, ADDRESS64(information), length, ADDRESS64(returned)}, 4);
    }
    if (!wow64_is_writable(information, length) ||
        !wow64_is_writable(returned, returned ? sizeof *returned : 0))
        return STATUS_ACCESS_VIOLATION;
    void *wide = wide_fetch(class, &status);
    if (!wide)
        return status;
    if (class == BASIC)
        basic_narrow(wide, &narrow);
    else if (class == PROCESSES)
        processes_narrow(wide, &narrow);
    else if (class == MODULES)
        modules_narrow(wide, &narrow);
    else
        quota_narrow(wide, &narrow);
    heap_give(wide);
    if (returned)
        *returned = narrow.used;
    return narrow.used <= length ? STATUS_SUCCESS : STATUS_INFO_LENGTH_MISMATCH;
}
