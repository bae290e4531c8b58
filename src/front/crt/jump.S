/* SPDX-License-Identifier: MIT */
/* jump.S - setjmp and longjmp of the C run-times; being written. */
    .section .note.GNU-stack,"",@progbits
