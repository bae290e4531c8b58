/* SPDX-License-Identifier: MIT */
/* ddi_frame_check.c - holds the assembler's offsets against the C structure.
 *
 * No code: a wrong offset does not compile.
 */
#include "callout/ddi_frame.h"

#include <stddef.h>

#define CHECK(field, offset) \
    _Static_assert(offsetof(struct ddi_frame, field) == (offset), "ddi_frame: " #field)

CHECK(previous, DDI_FRAME_PREVIOUS);
CHECK(row, DDI_FRAME_ROW);
CHECK(rip, DDI_FRAME_RIP);
CHECK(rsp, DDI_FRAME_RSP);
CHECK(rbx, DDI_FRAME_RBX);
CHECK(rbp, DDI_FRAME_RBP);
CHECK(rsi, DDI_FRAME_RSI);
CHECK(rdi, DDI_FRAME_RDI);
CHECK(r12, DDI_FRAME_R12);
CHECK(r13, DDI_FRAME_R13);
CHECK(r14, DDI_FRAME_R14);
CHECK(r15, DDI_FRAME_R15);
CHECK(xmm, DDI_FRAME_XMM6);

_Static_assert(sizeof(struct ddi_frame) == DDI_FRAME_SIZE, "ddi_frame: size");
_Static_assert(_Alignof(struct ddi_frame) == 16, "ddi_frame: movaps needs 16");
_Static_assert(ABI_EXPORT_SIZE == 1 << 5, "ddi_absent_tail shifts by five");
