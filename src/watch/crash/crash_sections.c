/* SPDX-License-Identifier: MIT */
/* crash_sections.c - the sections of a bug-check report, one function each.
 *
 * Everything foreign is read through mm's fault-proof copy, because a report is written when
 * something is broken.
 */
#include <string.h>

#include "base/abi_names.h"
#include "crash_internal.h"
#include "ex/ex.h"
#include "host/host.h"
#include "base/abi_export.h"
#include "image/image.h"
#include "io/io.h"
#include "mm/mm.h"
#include "ps/ps.h"

#define REQUESTS_SHOWN 16u

typedef unsigned long long ull;

/* ---- the stop --------------------------------------------------------------------------- */

static void parameter_print(const struct abi_bugcheck *known, unsigned index, uint64_t value)
{
    const char *meaning = known != NULL ? known->parameter[index] : "";
    const char *status = meaning != NULL && strstr(meaning, "code") != NULL
                             ? abi_status_name((uint32_t)value)
                             : NULL;
    crash_print("  %u  0x%016llx  %s", index + 1, (ull)value, meaning != NULL ? meaning : "");
    if (status != NULL)
        crash_print(": %s", status);
    const struct image *image = image_of_address(value);
    uint64_t offset;
    if ((image != NULL && !image->is_native) || image_gone_of_address(value, &offset) != NULL ||
        image_absent_of_address(value) != NULL)
        crash_print(": %s", crash_place(value));
    crash_print("\n");
}

static void where_print(const struct bugcheck *bugcheck)
{
    const struct thread *thread = ke_thread_current();
    const struct process *process = thread != NULL ? thread->process : NULL;
    if (process != NULL)
        crash_print("  process    %s (%llu)\n", process->image_name, (ull)process->id);
    if (thread != NULL)
        crash_print("  thread     %s\n", thread->name[0] != '\0' ? thread->name : "(no name)");
    /* What a thread has left behind is found when nothing of the driver is on its stack. */
    const struct process_thread *known = ps_thread_current();
    if (known != NULL && thread->is_system && known->start_address != NULL)
        crash_print("  started at %s\n", crash_place((uint64_t)known->start_address));
    crash_print("  processor  %u at IRQL %u\n", ke_processor_number(), bugcheck->irql);
}

/* Whose memory a first parameter is, when the pool remembers. */
static void pool_print(uint64_t address)
{
    struct ex_pool_special special;
    if (!ex_pool_special_find(address, &special))
        return;
    const struct ex_pool_block *block = &special.block;
    crash_print("\npool\n  block      0x%llx, %llu bytes, tag '%.4s'\n", (ull)block->address,
                (ull)block->bytes, (const char *)&block->tag);
    crash_print("  allocated  %s  %s\n", crash_place((uint64_t)block->caller),
                crash_line((uint64_t)block->caller));
    if (special.is_freed)
        crash_print("  freed      %s  %s\n", crash_place((uint64_t)special.freer),
                    crash_line((uint64_t)special.freer));
}

void crash_section_stop(const struct crash *crash)
{
    const struct bugcheck *bugcheck = crash->bugcheck;
    const struct abi_bugcheck *known = abi_bugcheck_find(bugcheck->code);
    crash_print("\n*** STOP: 0x%08X %s\n", bugcheck->code,
                known != NULL ? known->name : "(a code that no table has)");
    const struct abi_bugcheck *kind = abi_bugcheck_kind(bugcheck->code, bugcheck->parameter[0]);
    if (kind != NULL)
        known = kind;
    if (known != NULL && known->text != NULL && known->text[0] != '\0')
        crash_print("*** %s\n", known->text);
    if (crash->culprit != 0)
        crash_print("*** at %s  %s\n", crash_place(crash->culprit), crash_line(crash->culprit));
    if (crash->call != NULL)
        crash_print("*** in its call of %s\n", crash->call);
    if ((NTSTATUS)bugcheck->parameter[0] == STATUS_PROCEDURE_NOT_FOUND &&
        crash_absent_last() != NULL)
        crash_print("*** %s is not there; docs/status.md lists what is\n", crash_absent_last());
    const struct abi_export *absent = image_absent_of_address(bugcheck->parameter[0]);
    if (absent != NULL)
        crash_print("*** the driver used %s!%s, which is not there; docs/status.md lists what is\n",
                    absent->modules & ABI_NTOSKRNL ? "ntoskrnl.exe" : "hal.dll", absent->name);
    crash_print("\nparameters\n");
    for (unsigned i = 0; i < 4; i++)
        parameter_print(known, i, bugcheck->parameter[i]);
    pool_print(bugcheck->parameter[0]);
    crash_print("\nwhere\n");
    where_print(bugcheck);
}

/* ---- exception and registers ------------------------------------------------------------ */

void crash_section_exception(const struct crash *crash)
{
    EXCEPTION_RECORD record;
    if (crash->bugcheck->exception == NULL ||
        !NT_SUCCESS(mm_user_copy(&record, crash->bugcheck->exception, sizeof(record))))
        return;
    const char *name = abi_status_name((uint32_t)record.ExceptionCode);
    crash_print("\nexception\n  0x%08X %s at %s\n", (unsigned)record.ExceptionCode,
                name != NULL ? name : "", crash_place((uint64_t)record.ExceptionAddress));
    if (record.ExceptionCode == STATUS_ACCESS_VIOLATION && record.NumberParameters >= 2) {
        ULONG_PTR operation = record.ExceptionInformation[0];
        crash_print("  it tried to %s address 0x%016llx\n",
                    operation == 0 ? "read" : (operation == 1 ? "write" : "execute"),
                    (ull)record.ExceptionInformation[1]);
        return;
    }
    for (ULONG i = 0; i < record.NumberParameters && i < EXCEPTION_MAXIMUM_PARAMETERS; i++)
        crash_print("  parameter %u  0x%016llx\n", i, (ull)record.ExceptionInformation[i]);
}

void crash_section_registers(const struct crash *crash)
{
    const struct host_registers *r = crash->bugcheck->registers;
    if (r == NULL)
        return;
    crash_print("\nregisters\n"
                "  rax=%016llx rbx=%016llx rcx=%016llx\n  rdx=%016llx rsi=%016llx rdi=%016llx\n"
                "  rip=%016llx rsp=%016llx rbp=%016llx\n   r8=%016llx  r9=%016llx r10=%016llx\n"
                "  r11=%016llx r12=%016llx r13=%016llx\n  r14=%016llx r15=%016llx efl=%08llx\n",
                (ull)r->rax, (ull)r->rbx, (ull)r->rcx, (ull)r->rdx, (ull)r->rsi, (ull)r->rdi,
                (ull)r->rip, (ull)r->rsp, (ull)r->rbp, (ull)r->r8, (ull)r->r9, (ull)r->r10,
                (ull)r->r11, (ull)r->r12, (ull)r->r13, (ull)r->r14, (ull)r->r15, (ull)r->eflags);
}

/* ---- stack -------------------------------------------------------------------------------------
 */

void crash_section_stack(const struct crash *crash)
{
    if (crash->stack_count == 0)
        return;
    crash_print("\nstack (driver frames, newest first)\n");
    for (unsigned i = 0; i < crash->stack_count; i++) {
        crash_print("  %016llx  %s  %s\n", (ull)crash->stack[i].rsp,
                    crash_place(crash->stack[i].rip), crash_line(crash->stack[i].rip));
        if (crash->stack[i].is_boundary)
            crash_print("                    (kernel)\n");
    }
    if (crash->stack_count == CRASH_STACK_MAX)
        crash_print("  ...\n");
}

/* ---- requests --------------------------------------------------------------------------- */

static const char *major_name(UCHAR major)
{
    static const char *const names[] = {"CREATE",
                                        "CREATE_NAMED_PIPE",
                                        "CLOSE",
                                        "READ",
                                        "WRITE",
                                        "QUERY_INFORMATION",
                                        "SET_INFORMATION",
                                        "QUERY_EA",
                                        "SET_EA",
                                        "FLUSH_BUFFERS",
                                        "QUERY_VOLUME_INFORMATION",
                                        "SET_VOLUME_INFORMATION",
                                        "DIRECTORY_CONTROL",
                                        "FILE_SYSTEM_CONTROL",
                                        "DEVICE_CONTROL",
                                        "INTERNAL_DEVICE_CONTROL",
                                        "SHUTDOWN",
                                        "LOCK_CONTROL",
                                        "CLEANUP",
                                        "CREATE_MAILSLOT",
                                        "QUERY_SECURITY",
                                        "SET_SECURITY",
                                        "POWER",
                                        "SYSTEM_CONTROL",
                                        "DEVICE_CHANGE",
                                        "QUERY_QUOTA",
                                        "SET_QUOTA",
                                        "PNP"};
    return major < sizeof(names) / sizeof(names[0]) ? names[major] : "?";
}

/* The driver that holds the request: that of its current stack location. */
static uint64_t request_holder(const IRP *irp, IO_STACK_LOCATION *out_stack)
{
    DEVICE_OBJECT device;
    DRIVER_OBJECT driver;
    const IO_STACK_LOCATION *stack = irp->Tail.Overlay.CurrentStackLocation;
    if (irp->CurrentLocation > irp->StackCount ||
        !NT_SUCCESS(mm_user_copy(out_stack, stack, sizeof(*out_stack))) ||
        !NT_SUCCESS(mm_user_copy(&device, out_stack->DeviceObject, sizeof(device))) ||
        !NT_SUCCESS(mm_user_copy(&driver, device.DriverObject, sizeof(driver))))
        return 0;
    return (uint64_t)driver.DriverStart;
}

static void request_print(PIRP pointer, void *context)
{
    unsigned *count = context;
    IO_STACK_LOCATION stack;
    IRP irp;
    if (++*count > REQUESTS_SHOWN || !NT_SUCCESS(mm_user_copy(&irp, pointer, sizeof(irp))))
        return;
    if (*count == 1)
        crash_print("\nrequests that are not finished\n");
    uint64_t holder = request_holder(&irp, &stack);
    const struct image *image = image_of_address(holder);
    if (holder == 0) {
        crash_print("  irp 0x%llx, with the I/O manager\n", (ull)pointer);
        return;
    }
    crash_print("  irp 0x%llx  IRP_MJ_%s", (ull)pointer, major_name(stack.MajorFunction));
    if (stack.MajorFunction == IRP_MJ_DEVICE_CONTROL ||
        stack.MajorFunction == IRP_MJ_INTERNAL_DEVICE_CONTROL)
        crash_print(" code 0x%08X", stack.Parameters.DeviceIoControl.IoControlCode);
    crash_print("  with %s%s\n", image != NULL ? image->name : "the kernel",
                stack.Control & SL_PENDING_RETURNED ? ", pending" : "");
}

void crash_section_requests(void)
{
    unsigned count = 0;
    irp_visit(request_print, &count);
    if (count > REQUESTS_SHOWN)
        crash_print("  and %u more\n", count - REQUESTS_SHOWN);
}

/* ---- drivers ---------------------------------------------------------------------------- */

static void driver_print(const struct image *image, void *context)
{
    unsigned *count = context;
    if (++*count == 1)
        crash_print("\ndrivers loaded\n");
    crash_print("  %012llx-%012llx  %s  (built %08x)\n", (ull)image->base,
                (ull)(image->base + image->size), image->name, image->timestamp);
}

void crash_section_drivers(void)
{
    unsigned count = 0;
    image_visit_unlocked(driver_print, &count);
}
