/* SPDX-License-Identifier: MIT */
/* leaks.c - is everything back where it began? What shutdown says when it is not. */
#include <stdio.h>
#include <string.h>

#include "boot_internal.h"
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
    };
}

struct reporter {
    void (*report)(const char *line, void *context);
    void *context;
};

/* Only blocks that driver code asked for: those are what a driver's author can mend. */
static void block_report(const struct ex_pool_block *block, void *context)
{
    const struct reporter *reporter = context;
    if (!block->caller)
        return;
    char line[200];
    snprintf(line, sizeof line, "leak: %zu bytes of %s pool, tag '%.4s', allocated from %p",
             block->bytes, block->is_paged ? "paged" : "nonpaged", (const char *)&block->tag,
             block->caller);
    reporter->report(line, reporter->context);
}

unsigned boot_leaks_report(const struct boot_counts *began,
                           void (*report)(const char *line, void *context), void *context)
{
    struct boot_counts now;
    boot_counts_take(&now);
    const struct {
        const char *what;
        uint64_t began, now;
    } kinds[] = {
        {"pool blocks", began->pool_blocks, now.pool_blocks},
        {"objects", began->objects, now.objects},
        {"handles", began->handles, now.handles},
        {"IRPs", began->irps, now.irps},
        {"file objects", began->files, now.files},
        {"device objects", began->devices, now.devices},
        {"driver objects", began->drivers, now.drivers},
        {"locked pages", began->locked_pages, now.locked_pages},
        {"timers set", began->timers, now.timers},
    };
    unsigned left = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (kinds[i].now <= kinds[i].began)
            continue;
        char line[160];
        snprintf(line, sizeof line, "leak: %llu %s left behind",
                 (unsigned long long)(kinds[i].now - kinds[i].began), kinds[i].what);
        report(line, context);
        left++;
    }
    if (now.pool_blocks > began->pool_blocks) {
        struct reporter reporter = {report, context};
        ex_pool_visit(block_report, &reporter);
    }
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
