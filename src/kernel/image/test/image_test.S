/* SPDX-License-Identifier: MIT */
/* image_test.S - the one function that the test's kernel exports. */
#include "callout/ddi_entry.inc"

    .text
    ddi_entry image_entry_compare, image_compare, 0, image_rows + 32

    .section .note.GNU-stack,"",@progbits
