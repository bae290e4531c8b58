/* SPDX-License-Identifier: MIT */
/* leaks.c - is everything back where it began? What shutdown says when it is not. */
#include <stdio.h>
#include <string.h>

#include "boot_internal.h"
#include "etw/etw.h"
#include "ex/ex.h"
#include "gate/gate.h"
#include "hostfs/hostfs.h"
#include "image/image.h"
#include "io/io.h"
#include "ke/ke.h"
#include "mm/mm.h"
#include "ob/ob.h"
#include "rtl/rtl.h"

/* Blocks that driver code asked for. The kernel's own lists keep some memory for the next
 * request; that is no leak. */
static void block_count(const struct ex_pool_block *block, void *count)
{
    if (block->caller)
        ++*(uint64_t *)count;
}

/* All but threads: the system's workers come and go by themselves. */
static void object_count(struct object_type *type, void *body, void *count)
{
    if (strcmp(ob_type_name(type), "Thread"))
        ++*(uint64_t *)count;
}

void boot_counts_take(struct boot_counts *out_counts)
{
    uint64_t blocks = 0, bodies = 0;
    struct ob_counts objects;
    struct io_counts io;
    struct mm_counts mm;
    struct ke_counts ke;
    ex_pool_visit(block_count, &blocks);
    ob_visit(object_count, &bodies);
    ob_counts(&objects);
    io_counts(&io);
    mm_counts(&mm);
    ke_counts(&ke);
    unsigned drives = hostfs_drive_count(); /* made for programs; they stay */
    *out_counts = (struct boot_counts){
        .pool_blocks = blocks,
        .objects = bodies - 2 * drives,
        .handles = objects.handles,
        .irps = io.irps,
        .files = io.files,
        .devices = io.devices - drives,
        .drivers = io.drivers,
        .locked_pages = mm.pages_locked,
        .timers = ke.timers_set,
        .providers = etw_driver_providers(),
    };
}

struct reporter {
    void (*report)(const char *line, void *context);
    void *context;
};

/* "name+0x10", also for images that are gone. false: the image stays loaded, and what it
 * asked for with it. */
static bool caller_is_gone(const struct ex_pool_block *block, char *out_text, size_t size)
{
    uint64_t offset = 0;
    const struct image *image = image_of_address((uint64_t)block->caller);
    if (image && !image->is_native)
        return false;
    const char *gone = image_gone_of_address((uint64_t)block->caller, &offset);
    if (gone)
        snprintf(out_text, size, "%s+0x%llx", gone, (unsigned long long)offset);
    else
        snprintf(out_text, size, "%p", block->caller);
    return true;
}

/* Only blocks that driver code asked for: those are what a driver's author can mend. An
 * object is called by its type and name; the blocks that hang on it are not listed. */
static void block_report(const struct ex_pool_block *block, void *context)
{
    const struct reporter *reporter = context;
    char line[400], caller[100];
    void *body;
    if (!block->caller || !caller_is_gone(block, caller, sizeof caller))
        return;
    switch (ob_block_kind(block, &body)) {
    case OB_BLOCK_PART:
        return;
    case OB_BLOCK_OBJECT: {
        UNICODE_STRING name = {0};
        char *text = NT_SUCCESS(ob_name_of(body, &name)) && name.Length ? rtl_utf8_of(&name) : NULL;
        snprintf(line, sizeof line, "leak: object %s%s of type %s, made by %s", text ? text : "",
                 text ? "" : "without a name", ob_type_name(ob_type_of(body)), caller);
        rtl_free(text);
        RtlFreeUnicodeString(&name);
        break;
    }
    default:
        snprintf(line, sizeof line, "leak: %zu bytes of %s pool, tag '%.4s', allocated from %s",
                 block->bytes, block->is_paged ? "paged" : "nonpaged", (const char *)&block->tag,
                 caller);
    }
    reporter->report(line, reporter->context);
}

unsigned boot_leaks_report(const struct boot_counts *began,
                           void (*report)(const char *line, void *context), void *context)
{
    struct boot_counts now;
    struct reporter reporter = {report, context};
    boot_counts_take(&now);
    bool is_kept = now.drivers > began->drivers; /* said already; what they hold is no leak */
    const struct {
        const char *what;
        uint64_t began, now;
        bool may_be_kept; /* and nobody can tell whose it is */
    } kinds[] = {
        {"pool blocks", began->pool_blocks, now.pool_blocks, true},
        {"objects", began->objects, now.objects, true},
        {"handles", began->handles, now.handles, true},
        {"IRPs", began->irps, now.irps, false},
        {"file objects", began->files, now.files, true},
        {"device objects", began->devices, now.devices, true},
        {"driver objects", began->drivers, now.drivers, true},
        {"locked pages", began->locked_pages, now.locked_pages, true},
        {"timers set", began->timers, now.timers, true},
        {"trace providers", began->providers, now.providers, true},
    };
    unsigned left = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (kinds[i].now <= kinds[i].began || (is_kept && kinds[i].may_be_kept))
            continue;
        char line[160];
        snprintf(line, sizeof line, "leak: %llu %s left behind",
                 (unsigned long long)(kinds[i].now - kinds[i].began), kinds[i].what);
        report(line, context);
        left++;
    }
    if (now.pool_blocks > began->pool_blocks)
        ex_pool_visit(block_report, &reporter);
    return left;
}

struct holders {
    struct reporter reporter;
    unsigned count;
};

static void holder_report(PIRP irp, void *context)
{
    struct holders *holders = context;
    if (irp->CurrentLocation < 1 || irp->CurrentLocation > irp->StackCount)
        return;
    const IO_STACK_LOCATION *stack = irp->Tail.Overlay.CurrentStackLocation;
    char *name =
        stack->DeviceObject ? rtl_utf8_of(&stack->DeviceObject->DriverObject->DriverName) : NULL;
    char line[200];
    snprintf(line, sizeof line,
             "stuck: IRP %p, major function 0x%02x, was given to %s and not completed%s",
             (void *)irp, stack->MajorFunction, name ? name : "a driver",
             irp->Cancel ? " though it was cancelled" : "");
    rtl_free(name);
    holders->reporter.report(line, holders->reporter.context);
    holders->count++;
}

unsigned boot_stuck_report(void (*report)(const char *line, void *context), void *context)
{
    struct holders holders = {.reporter = {report, context}};
    irp_visit(holder_report, &holders);
    return holders.count ? holders.count : 1;
}
