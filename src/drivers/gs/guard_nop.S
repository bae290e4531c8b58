/* SPDX-License-Identifier: MIT */
/* guard_nop.S - what guarded calls go through until a loader puts its own routines there: the
 * check (target in rcx) and the dispatch (target in rax) let everything pass.
 */
    .text
    .globl _guard_check_icall_nop
    .def _guard_check_icall_nop; .scl 2; .type 32; .endef
    .p2align 4
_guard_check_icall_nop:
    ret

    .globl _guard_dispatch_icall_nop
    .def _guard_dispatch_icall_nop; .scl 2; .type 32; .endef
    .p2align 4
_guard_dispatch_icall_nop:
    jmpq *%rax
