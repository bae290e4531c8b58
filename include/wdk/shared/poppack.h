/* SPDX-License-Identifier: MIT */
/* Ends the packing begun by the latest pshpackN.h. No guard: it nests. */
#pragma pack(pop)
