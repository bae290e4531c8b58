/* SPDX-License-Identifier: MIT */
/* system_information_services_ddi.c - NtQuerySystemInformation: what the system says of itself.
 *
 * Each class builds its answer in pool; what does not fit is counted, so that the length told is
 * right. Layouts are those of winternl.h and of Microsoft's pages on the function. Load figures
 * that nobody counts here are zero.
 */
#include <string.h>

#include "ex/ex.h"
#include "image/image.h"
#include "ps/ps.h"
#include "rtl/rtl.h"
#include "services.h"

#define TAG_SYSTEM 'ysTG'

enum {
    SystemBasic = 0,
    SystemProcessor = 1,
    SystemPerformance = 2,
    SystemTimeOfDay = 3,
    SystemProcess = 5,
    SystemProcessorPerformance = 8,
    SystemModule = 11,
    SystemInterrupt = 23,
    SystemException = 33,
    SystemKernelDebugger = 35,
    SystemRegistryQuota = 37,
    SystemNumaProcessorMap = 55,
    SystemCodeIntegrity = 103,
};

struct system_basic {
    ULONG reserved, timer_resolution, page_size, physical_pages, lowest_page, highest_page,
        granularity;
    ULONG_PTR lowest_user, highest_user, affinity;
    CCHAR processors;
};

struct system_processor {
    USHORT architecture, level, revision, maximum_processors;
    ULONG feature_bits;
};

struct system_time_of_day {
    LARGE_INTEGER boot, current, zone_bias;
    ULONG zone_id, reserved;
    ULONGLONG boot_bias, sleep_bias;
};

struct system_processor_performance {
    LARGE_INTEGER idle, kernel, user, dpc, interrupt;
    ULONG interrupts;
};

struct system_thread {
    LARGE_INTEGER kernel, user, create;
    ULONG wait_time;
    PVOID start_address;
    CLIENT_ID id;
    KPRIORITY priority;
    LONG base_priority;
    ULONG context_switches, state, wait_reason;
};

struct system_process {
    ULONG next, thread_count;
    LARGE_INTEGER working_set_private;
    ULONG hard_faults, threads_peak;
    ULONGLONG cycles;
    LARGE_INTEGER create, user, kernel;
    UNICODE_STRING name;
    KPRIORITY base_priority;
    HANDLE id, parent_id;
    ULONG handle_count, session;
    ULONG_PTR unique_key, virtual_sizes[2];
    ULONG page_faults;
    ULONG_PTR sizes[9];
    LARGE_INTEGER io_counts[6];
};
_Static_assert(sizeof(struct system_process) == 0x100, "winternl.h: the threads follow");

/* RTL_PROCESS_MODULE_INFORMATION; a ULONG with the count is in front of the first. */
struct system_module {
    HANDLE section;
    PVOID mapped_base, image_base;
    ULONG image_size, flags;
    USHORT load_order, init_order, load_count, name_offset;
    UCHAR path[256];
};

/* An answer under construction. base: where the reader will see it. */
struct answer {
    char *buffer;
    uint64_t base;
    ULONG room, used;
};

/* Room for a part; scratch is handed out when there is none left. */
static void *part_take(struct answer *answer, ULONG length, void *scratch)
{
    ULONG at = answer->used;
    answer->used += length;
    return answer->used <= answer->room ? answer->buffer + at : scratch;
}

static void value_put(struct answer *answer, const void *value, ULONG length)
{
    char scratch[512];
    memcpy(part_take(answer, length, length <= sizeof scratch ? scratch : answer->buffer), value,
           length);
}

/* ---- processes ------------------------------------------------------------------------- */

static void thread_put(struct answer *answer, const struct process_thread *thread)
{
    struct system_thread value = {.create.QuadPart = thread->create_time,
                                  .start_address = thread->start_address,
                                  .id = {(HANDLE)thread->process->id, (HANDLE)thread->id},
                                  .priority = thread->tcb.priority,
                                  .base_priority = thread->tcb.priority};
    value_put(answer, &value, sizeof value);
}

static void thread_visit(struct process_thread *thread, void *context)
{
    thread_put(context, thread);
}

struct process_list {
    struct answer *answer;
    ULONG last; /* offset of the entry before; MAXULONG: none */
};

static void process_visit(struct process *process, void *context)
{
    struct process_list *list = context;
    struct answer *answer = list->answer;
    struct system_process scratch, *entry;
    char name_scratch[128];
    ULONG at = answer->used;
    entry = part_take(answer, sizeof *entry, &scratch);
    *entry =
        (struct system_process){.create.QuadPart = process->create_time,
                                .base_priority = 8,
                                .id = (HANDLE)process->id,
                                .parent_id = (HANDLE)process->parent_id,
                                .handle_count = (ULONG)ob_handle_table_count(process->handles)};
    ULONG threads_at = answer->used;
    ps_process_thread_visit(process, thread_visit, answer);
    entry->thread_count = (answer->used - threads_at) / (ULONG)sizeof(struct system_thread);
    entry->threads_peak = entry->thread_count;
    /* The name stands behind the threads: 14 characters at most. */
    USHORT count = (USHORT)strnlen(process->image_file_name, sizeof process->image_file_name);
    ULONG name_at = answer->used;
    WCHAR *name = part_take(answer, (ULONG)((count + 1) * sizeof(WCHAR) + 7) & ~7u, name_scratch);
    for (USHORT i = 0; i <= count; i++)
        name[i] = i < count ? (UCHAR)process->image_file_name[i] : 0;
    entry->name =
        (UNICODE_STRING){(USHORT)(count * sizeof(WCHAR)), (USHORT)((count + 1) * sizeof(WCHAR)),
                         (PWCH)(answer->base + name_at)};
    if (list->last != MAXULONG && answer->used <= answer->room)
        *(ULONG *)(answer->buffer + list->last) = at - list->last;
    list->last = at;
}

/* ---- modules --------------------------------------------------------------------------- */

struct module_list {
    struct answer *answer;
    USHORT count;
};

static void module_visit(struct image *image, void *context)
{
    struct module_list *list = context;
    struct system_module value = {.image_base = (PVOID)image->base,
                                  .image_size = (ULONG)image->size,
                                  .load_order = list->count++,
                                  .load_count = (USHORT)image->references};
    static const char folder[] = "\\SystemRoot\\System32\\";
    static const char driver_folder[] = "\\SystemRoot\\System32\\drivers\\";
    const char *front = image->is_native ? folder : driver_folder;
    size_t front_length = strlen(front), length = strlen(image->name);
    memcpy(value.path, front, front_length);
    if (length > sizeof value.path - front_length - 1)
        length = sizeof value.path - front_length - 1;
    memcpy(value.path + front_length, image->name, length);
    value.name_offset = (USHORT)front_length;
    value_put(list->answer, &value, sizeof value);
}

static void modules_put(struct answer *answer)
{
    struct module_list list = {.answer = answer};
    ULONG count[2] = {0, 0}; /* and the padding in front of the first */
    value_put(answer, count, sizeof count);
    image_visit(module_visit, &list);
    if (answer->room >= sizeof count)
        *(ULONG *)answer->buffer = list.count;
}

/* ---- the rest -------------------------------------------------------------------------- */

static void basic_put(struct answer *answer)
{
    struct system_basic basic = {.timer_resolution = KeQueryTimeIncrement(),
                                 .page_size = PAGE_SIZE,
                                 .physical_pages = 0x100000,
                                 .highest_page = 0xfffff,
                                 .granularity = 0x10000,
                                 .lowest_user = 0x10000,
                                 .highest_user = (ULONG_PTR)MmHighestUserAddress,
                                 .affinity = ((ULONG_PTR)1 << ke_processor_count()) - 1,
                                 .processors = (CCHAR)ke_processor_count()};
    value_put(answer, &basic, sizeof basic);
}

static void time_put(struct answer *answer)
{
    struct system_time_of_day time = {0};
    ULONGLONG up = KeQueryInterruptTime();
    KeQuerySystemTime(&time.current);
    time.boot.QuadPart = time.current.QuadPart - (LONGLONG)up;
    value_put(answer, &time, sizeof time);
}

static void processors_put(struct answer *answer)
{
    struct system_processor_performance figures = {0};
    for (unsigned i = 0; i < ke_processor_count(); i++)
        value_put(answer, &figures, sizeof figures);
}

/* Classes whose answer is zeros, as long as each one is. */
static ULONG zeros_of(ULONG class)
{
    switch (class) {
    case SystemPerformance:
        return 0x138;
    case SystemInterrupt:
        return 24 * ke_processor_count();
    case SystemException:
        return 16;
    default:
        return 0;
    }
}

static NTSTATUS class_put(struct answer *answer, ULONG class)
{
    static const char zeros[0x138];
    struct process_list processes = {answer, MAXULONG};
    struct system_processor processor = {.architecture = 9 /* AMD64 */,
                                         .maximum_processors = (USHORT)ke_processor_count()};
    switch (class) {
    case SystemBasic:
        basic_put(answer);
        return STATUS_SUCCESS;
    case SystemProcessor:
        value_put(answer, &processor, sizeof processor);
        return STATUS_SUCCESS;
    case SystemTimeOfDay:
        time_put(answer);
        return STATUS_SUCCESS;
    case SystemProcess:
        ps_process_visit(process_visit, &processes);
        return STATUS_SUCCESS;
    case SystemProcessorPerformance:
        processors_put(answer);
        return STATUS_SUCCESS;
    case SystemModule:
        modules_put(answer);
        return STATUS_SUCCESS;
    case SystemKernelDebugger:
        value_put(answer, (const UCHAR[]){FALSE, TRUE}, 2); /* enabled, not present */
        return STATUS_SUCCESS;
    case SystemRegistryQuota:
        value_put(answer, (const ULONGLONG[]){0x7fffffff, 0x7fffffffull << 32}, 16);
        return STATUS_SUCCESS;
    case SystemCodeIntegrity:
        /* Test signing is on: any driver may be loaded. */
        value_put(answer, (const ULONG[]){8, 0x1 | 0x2}, 8);
        return STATUS_SUCCESS;
    default:
        if (zeros_of(class) == 0)
            return STATUS_INVALID_INFO_CLASS;
        for (ULONG left = zeros_of(class); left > 0;) {
            ULONG part = left < sizeof zeros ? left : (ULONG)sizeof zeros;
            value_put(answer, zeros, part);
            left -= part;
        }
        return STATUS_SUCCESS;
    }
}

/* Errors:  STATUS_INFO_LENGTH_MISMATCH with the length needed, STATUS_INVALID_INFO_CLASS
 * Doc:     nf-winternl-ntquerysysteminformation
 * Differs: load figures are zero
 */
SERVICE NtQuerySystemInformation(ULONG Class, PVOID Information, ULONG Length, PULONG ReturnLength)
{
    const ULONG most = 1u << 20;
    struct answer answer = {.base = (uint64_t)Information, .room = Length < most ? Length : most};
    NTSTATUS status = STATUS_SUCCESS;
    if (ReturnLength)
        status = gate_probe_write(ReturnLength, sizeof *ReturnLength, sizeof(ULONG));
    if (NT_SUCCESS(status) && Length)
        status = gate_probe_write(Information, Length, 1);
    if (!NT_SUCCESS(status))
        return status;
    answer.buffer = ExAllocatePool2(POOL_FLAG_PAGED, answer.room ? answer.room : 1, TAG_SYSTEM);
    if (!answer.buffer)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = class_put(&answer, Class);
    if (NT_SUCCESS(status) && answer.used > answer.room)
        status = STATUS_INFO_LENGTH_MISMATCH;
    if (NT_SUCCESS(status))
        status = gate_copy_out(Information, answer.buffer, answer.used);
    ExFreePoolWithTag(answer.buffer, TAG_SYSTEM);
    if (status == STATUS_INVALID_INFO_CLASS)
        return status;
    NTSTATUS told = gate_length_tell(ReturnLength, answer.used);
    return NT_SUCCESS(status) && !NT_SUCCESS(told) ? told : status;
}
