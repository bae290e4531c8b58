/* SPDX-License-Identifier: MIT */
/* image_kernel.h - how large the headers of the kernel's own two modules may be.
 *
 * For the assembler, too. hal.dll lies in front, so that the rest is ntoskrnl.exe.
 */
#ifndef IMAGE_KERNEL_H
#define IMAGE_KERNEL_H

#define IMAGE_HAL_BYTES    0x10000
#define IMAGE_KERNEL_BYTES 0x50000
/* The host moves the linked file by pages, images begin at multiples of 64 KiB. */
#define IMAGE_KERNEL_ALIGN       0x10000
#define IMAGE_KERNEL_PLACE_BYTES (IMAGE_HAL_BYTES + IMAGE_KERNEL_BYTES + IMAGE_KERNEL_ALIGN)

#endif
