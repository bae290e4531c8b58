/* SPDX-License-Identifier: MIT */
/* Packs the structures that follow to 2 byte(s), until poppack.h. No guard: it nests. */
#pragma pack(push, 2)
