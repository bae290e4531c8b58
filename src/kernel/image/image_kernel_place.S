/* SPDX-License-Identifier: MIT */
/* image_kernel_place.S - room for the headers of ntoskrnl.exe and hal.dll.
 *
 * Constant sections come first in the linked file: everything that the kernel exports lies
 * above this place, at offsets that an export directory can hold. Filled when a machine starts.
 */
#include "image_kernel.h"

    .section .kernel_headers, "a", @progbits
    .balign 4096
    .globl image_kernel_place
    .hidden image_kernel_place
    .type image_kernel_place, @object
image_kernel_place:
    .zero IMAGE_KERNEL_PLACE_BYTES
    .size image_kernel_place, IMAGE_KERNEL_PLACE_BYTES

    .section .note.GNU-stack, "", @progbits
