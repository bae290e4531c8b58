/* SPDX-License-Identifier: MIT */
/* ddi_frame.h - the "in" crossing: a driver calls one of our functions.
 *
 * Every function a driver imports is entered through a thunk (ddi_entry.inc) that
 * records the caller here and links the record into the thread's chain while the
 * function runs. Whoever must know "who called us, with which registers" reads
 * ddi_top; an exception is dispatched from there, and our own frames above it are
 * never unwound. This header is read by the assembler, too.
 */
#ifndef CALLOUT_DDI_FRAME_H
#define CALLOUT_DDI_FRAME_H

/* Byte offsets inside struct ddi_frame; ddi_frame_check.c holds them against the C. */
#define DDI_FRAME_PREVIOUS 0
#define DDI_FRAME_ROW      8
#define DDI_FRAME_RIP      16
#define DDI_FRAME_RSP      24
#define DDI_FRAME_RBX      32
#define DDI_FRAME_RBP      40
#define DDI_FRAME_RSI      48
#define DDI_FRAME_RDI      56
#define DDI_FRAME_R12      64
#define DDI_FRAME_R13      72
#define DDI_FRAME_R14      80
#define DDI_FRAME_R15      88
#define DDI_FRAME_XMM6     96
#define DDI_FRAME_SIZE     256

/* A variadic function is handed this many slots beyond its four registers. */
#define DDI_VARIADIC_SLOTS 32

/* The row number of names that no table has. */
#define DDI_ROW_UNKNOWN 0xffffffff

/* How many such names a machine can bind. */
#define DDI_UNKNOWN_ENTRIES 256

#ifndef __ASSEMBLER__

#include "base/abi_export.h"

/* One call of ours that has not returned. It lies on the caller's own stack, below
 * the arguments: lower addresses are newer. Owner thread only, no lock.
 */
struct ddi_frame {
    struct ddi_frame *previous;
    const struct abi_export *row; /* which export was called */
    uint64_t rip;                 /* where the caller goes on */
    uint64_t rsp;                 /* its stack pointer there */
    uint64_t rbx, rbp, rsi, rdi;
    uint64_t r12, r13, r14, r15;
    struct {
        uint64_t low, high;
    } __attribute__((aligned(16))) xmm[10]; /* xmm6 to xmm15 */
};

/* Newest frame of this thread; NULL outside every call. Who leaves frames without
 * returning through their thunks (an exception handler in a driver) sets it back.
 */
extern __thread struct ddi_frame *ddi_top __attribute__((tls_model("initial-exec")));

/* An absent export was called: says its name and caller, then stops the machine.
 *
 * Takes:   row: index into abi_kernel_exports, or DDI_ROW_UNKNOWN for a name that stands in
 *          no table; frame: the caller, frame->row names the export in both cases
 * Errors:  does not return
 */
void abi_export_absent(uint32_t row, struct ddi_frame *frame);

/* Gives an entry that reports itself like an absent export to a name that no table has,
 * so that an image importing it still loads. One entry serves all importers of a name.
 *
 * Takes:   name is copied (and cut at 63 characters); modules: enum abi_module bits
 * Locks:   the caller lets one thread in at a time
 * Errors:  NULL when all DDI_UNKNOWN_ENTRIES are spent
 */
const void *ddi_unknown_entry(const char *name, uint32_t modules);

#endif
#endif
