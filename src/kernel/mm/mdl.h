/* SPDX-License-Identifier: MIT */
/* mdl.h - what can be done with an MDL, for the DDI files of this room. */
#ifndef MM_MDL_H
#define MM_MDL_H

#include "mm_internal.h"

#define MDL_TAG 0x206c644du /* "Mdl " */

static inline PFN_NUMBER *mdl_frames(const MDL *mdl)
{
    return (PFN_NUMBER *)(mdl + 1);
}

static inline uint64_t mdl_address(const MDL *mdl)
{
    return (uintptr_t)mdl->StartVa + mdl->ByteOffset;
}

static inline size_t mdl_page_count(const MDL *mdl)
{
    return ((size_t)mdl->ByteOffset + mdl->ByteCount + 4095) >> 12;
}

/* NULL: no memory, or longer than an MDL can say. */
MDL *mdl_allocate(void *address, size_t length);
void mdl_init(MDL *mdl, void *address, size_t length);
void mdl_describe_system(MDL *mdl); /* frames of pages that are always there */
/* mm_mdl_lock, perhaps for pages of a program that is not the current one. */
NTSTATUS mdl_lock(MDL *mdl, KPROCESSOR_MODE mode, LOCK_OPERATION operation, bool is_any_window);
void mdl_unlock(MDL *mdl);
/* Where the pages are in system space now; NULL: no addresses, or pages that cannot be shown. */
void *mdl_map_system(MDL *mdl, int protection);
NTSTATUS mdl_map_user(MDL *mdl, uint64_t wanted, ULONG protect, void **out_address);
void mdl_unmap(MDL *mdl, void *address);
/* Forgets count whole pages at the front: unlocked, unmapped. */
void mdl_drop_pages(MDL *mdl, size_t count);

#endif
