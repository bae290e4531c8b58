/* SPDX-License-Identifier: MIT */
/* ddi_unknown_entries.S - 256 stubs of 16 bytes, one a row of ddi_unknown_rows.
 *
 * Like the stubs of absent exports: the row's number, then the tail that records the
 * caller and reports.
 */
#include "callout/ddi_entry.inc"

    .text
    ddi_absent_tail ddi_unknown, ddi_unknown_rows, abi_export_absent, $DDI_ROW_UNKNOWN

    .globl ddi_unknown_stubs
    .hidden ddi_unknown_stubs
    .type ddi_unknown_stubs, @function
    .p2align 4
ddi_unknown_stubs:
    .cfi_startproc
    .set index, 0
    .rept DDI_UNKNOWN_ENTRIES
    movl $index, %eax
    jmp ddi_unknown
    .p2align 4, 0xcc
    .set index, index + 1
    .endr
    .cfi_endproc
    .size ddi_unknown_stubs, . - ddi_unknown_stubs

    .section .note.GNU-stack,"",@progbits
