/* SPDX-License-Identifier: MIT */
/* pack_begin.h - the structures of setupapi.h are packed in 32-bit programs; pack_end.h ends it. */
#ifndef __LP64__
#pragma pack(push, 1)
#endif
