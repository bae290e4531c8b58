/* SPDX-License-Identifier: MIT */
/* pack_end.h - the other end of pack_begin.h. */
#ifndef __LP64__
#pragma pack(pop)
#endif
