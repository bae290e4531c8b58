/* SPDX-License-Identifier: MIT */
/* mdl.c - MDLs: the pages of a buffer, locked and shown in system space.
 *
 * Pages of a program are locked in its window and can then be mapped, through the window's
 * file, at a system address that stays whatever the program does. Pages of the system are
 * always there and are shown where they are.
 * Invariant: MDL_PAGES_LOCKED says that each frame of a window holds one lock.
 */
#include "mdl.h"
#include "store.h"
#include "user.h"

#define MDL_BYTES_MAX (0xffffffffull - 4095) /* documented limit: 4 GiB less a page */

void mdl_init(MDL *mdl, void *address, size_t length)
{
    size_t count = (((uintptr_t)address & 4095) + length + 4095) >> 12;

    mdl->Next = NULL;
    mdl->Size = (CSHORT)(sizeof(MDL) + count * sizeof(PFN_NUMBER));
    mdl->MdlFlags = 0;
    mdl->StartVa = (void *)((uintptr_t)address & ~(uintptr_t)4095);
    mdl->ByteOffset = (ULONG)((uintptr_t)address & 4095);
    mdl->ByteCount = (ULONG)length;
}

MDL *mdl_allocate(void *address, size_t length)
{
    size_t count = (((uintptr_t)address & 4095) + length + 4095) >> 12;
    MDL *mdl;

    if (length > MDL_BYTES_MAX)
        return NULL;
    mdl = ex_pool_take(sizeof(MDL) + count * sizeof(PFN_NUMBER), MDL_TAG);
    if (mdl == NULL)
        return NULL;
    mdl_init(mdl, address, length);
    mdl->Process = NULL;
    mdl->MappedSystemVa = NULL;
    return mdl;
}

void mdl_describe_system(MDL *mdl)
{
    size_t count = mdl_page_count(mdl);

    for (size_t i = 0; i < count; i++)
        mdl_frames(mdl)[i] = frame_of_system((char *)mdl->StartVa + (i << 12));
}

static NTSTATUS mdl_lock_user(MDL *mdl, bool is_write, bool is_any_window)
{
    uint64_t address = mdl_address(mdl);
    struct mm_window *window = window_of_address(address);
    struct thread *thread = ke_thread_current();
    NTSTATUS status;

    if (window == NULL || (!is_any_window && window_is_foreign(window)))
        return STATUS_ACCESS_VIOLATION;
    status = window_pages_lock(window, address, mdl->ByteCount, is_write, mdl_frames(mdl));
    if (NT_SUCCESS(status))
        mdl->Process = thread == NULL ? NULL : (PEPROCESS)thread->process;
    return status;
}

/* A mapping of a program's memory, or of a section, in system space: its pages stay, too. */
static void frame_hold(PFN_NUMBER number)
{
    struct frame frame;

    frame_describe(number, &frame);
    if (frame.kind == FRAME_WINDOW)
        window_page_lock(frame.window, frame.offset >> 12);
    else if (frame.kind == FRAME_STORE)
        store_find_get(frame.share); /* the reference is the page's */
}

static NTSTATUS mdl_lock_system(MDL *mdl, bool is_write)
{
    size_t count = mdl_page_count(mdl);

    for (size_t i = 0; i < count; i++) {
        char *page = (char *)mdl->StartVa + (i << 12);
        NTSTATUS status = is_write ? user_touch_write(page) : user_touch_read(page);
        if (!NT_SUCCESS(status))
            return status;
    }
    mdl_describe_system(mdl);
    for (size_t i = 0; i < count; i++)
        frame_hold(mdl_frames(mdl)[i]);
    mdl->Process = NULL;
    return STATUS_SUCCESS;
}

NTSTATUS mdl_lock(MDL *mdl, KPROCESSOR_MODE mode, LOCK_OPERATION operation, bool is_any_window)
{
    uint64_t address = mdl_address(mdl), end = address + mdl->ByteCount;
    bool is_write = operation != IoReadAccess;
    NTSTATUS status = STATUS_SUCCESS;

    COVE_ASSERT((mdl->MdlFlags & MDL_PAGES_LOCKED) == 0);
    if (end < address || end > 1ull << 47 ||
        (end > MM_USER_END && (mode == UserMode || address < MM_USER_END)))
        return STATUS_ACCESS_VIOLATION;
    if (mdl->ByteCount != 0)
        status = address < MM_USER_END ? mdl_lock_user(mdl, is_write, is_any_window)
                                       : mdl_lock_system(mdl, is_write);
    if (!NT_SUCCESS(status))
        return status;
    mdl->MdlFlags = (CSHORT)((mdl->MdlFlags & ~MDL_WRITE_OPERATION) | MDL_PAGES_LOCKED |
                             (is_write ? MDL_WRITE_OPERATION : 0));
    mm_tally.mdls_locked++;
    mm_tally.pages_locked += mdl_page_count(mdl);
    return STATUS_SUCCESS;
}

NTSTATUS mm_mdl_lock(PMDL mdl, KPROCESSOR_MODE mode, LOCK_OPERATION operation)
{
    return mdl_lock(mdl, mode, operation, false);
}

/* How many of the frames follow each other from the first on. The usual answer is all: looked at
 * in one go first. */
static size_t frames_run(const PFN_NUMBER *frames, size_t count)
{
    PFN_NUMBER differs = 0;
    size_t run = 1;

    for (size_t i = 0; i < count; i++)
        differs |= frames[i] - frames[0] - i;
    if (differs == 0)
        return count;
    while (run < count && frames[run] == frames[0] + run)
        run++;
    return run;
}

/* A long buffer in a program's own pages, as it was locked: true, and nothing is left to do. */
static bool frames_unlock_run(const PFN_NUMBER *frames, size_t count)
{
    struct frame frame;

    if (count < LOCK_RUN_LEAST || frames[count - 1] != frames[0] + count - 1)
        return false;
    frame_describe(frames[0], &frame);
    return frame.kind == FRAME_WINDOW && count <= frame.bytes >> 12 &&
           window_run_unlock(frame.window, frame.offset >> 12, count);
}

static void frames_unlock(const PFN_NUMBER *frames, size_t count)
{
    struct frame frame;

    if (frames_unlock_run(frames, count))
        return;
    for (size_t i = 0, run; i < count; i += run) {
        run = frames_run(frames + i, count - i);
        frame_describe(frames[i], &frame);
        if (frame.kind != FRAME_SYSTEM && run > frame.bytes >> 12)
            run = frame.bytes >> 12;
        if (frame.kind == FRAME_WINDOW)
            window_pages_unlock(frame.window, frame.offset >> 12, run);
        for (size_t k = 0; k < run && frame.kind == FRAME_STORE; k++)
            store_release(frame.share); /* each page has its own reference */
    }
}

void mdl_unlock(MDL *mdl)
{
    size_t count = mdl_page_count(mdl);

    if ((mdl->MdlFlags & (MDL_MAPPED_TO_SYSTEM_VA | MDL_PARTIAL)) == MDL_MAPPED_TO_SYSTEM_VA)
        mdl_unmap(mdl, mdl->MappedSystemVa);
    frames_unlock(mdl_frames(mdl), count);
    mdl->MdlFlags &= (CSHORT)~MDL_PAGES_LOCKED;
    mm_tally.mdls_locked--;
    mm_tally.pages_locked -= count;
}

/* Pages that lie side by side at system addresses anyway are shown there. */
static void *mdl_system_address(const MDL *mdl)
{
    size_t count = mdl_page_count(mdl);
    struct frame frame;

    frame_describe(mdl_frames(mdl)[0], &frame);
    for (size_t i = 1; i < count; i++)
        if (mdl_frames(mdl)[i] != mdl_frames(mdl)[0] + i)
            return NULL;
    return frame.address;
}

void *mdl_map_system(MDL *mdl, int protection)
{
    size_t count = mdl_page_count(mdl);
    void *address;

    if (count == 0)
        return NULL;
    address = mdl_system_address(mdl);
    if (address == NULL) {
        address = mapping_reserve(count);
        if (address == NULL)
            return NULL;
        if (!NT_SUCCESS(mapping_fill(address, mdl_frames(mdl), count, protection))) {
            mapping_clear(address, count);
            mapping_release(address, count);
            return NULL;
        }
    }
    mm_tally.mappings++;
    mdl->MappedSystemVa = (char *)address + mdl->ByteOffset;
    mdl->MdlFlags |= MDL_MAPPED_TO_SYSTEM_VA |
                     ((mdl->MdlFlags & MDL_PARTIAL) != 0 ? MDL_PARTIAL_HAS_BEEN_MAPPED : 0);
    return mdl->MappedSystemVa;
}

NTSTATUS mdl_map_user(MDL *mdl, uint64_t wanted, ULONG protect, void **out_address)
{
    struct mm_window *window = window_current();
    uint64_t address;
    NTSTATUS status;

    if (window == NULL)
        return STATUS_NOT_SUPPORTED;
    status = window_map_frames(window, wanted & ~4095ull, mdl_frames(mdl), mdl_page_count(mdl),
                               protect, &address);
    if (!NT_SUCCESS(status))
        return status;
    mm_tally.mappings++;
    *out_address = (void *)(address + mdl->ByteOffset);
    return STATUS_SUCCESS;
}

void mdl_unmap(MDL *mdl, void *address)
{
    size_t count = mdl_page_count(mdl);
    void *first = (void *)((uintptr_t)address & ~(uintptr_t)4095);
    struct mm_window *window = window_of_address((uintptr_t)address);

    mm_tally.mappings--;
    if (window != NULL) {
        window_unmap(window, (uintptr_t)first, count);
        return;
    }
    if (mapping_contains(address)) {
        mapping_clear(first, count);
        mapping_release(first, count);
    }
    mdl->MdlFlags &= (CSHORT) ~(MDL_MAPPED_TO_SYSTEM_VA | MDL_PARTIAL_HAS_BEEN_MAPPED |
                                MDL_PARENT_MAPPED_SYSTEM_VA);
}

void mdl_drop_pages(MDL *mdl, size_t count)
{
    PFN_NUMBER *frames = mdl_frames(mdl);
    size_t left = mdl_page_count(mdl) - count;

    if ((mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA) != 0 && mapping_contains(mdl->MappedSystemVa) &&
        (mdl->MdlFlags & MDL_PARENT_MAPPED_SYSTEM_VA) == 0) {
        void *first = (void *)((uintptr_t)mdl->MappedSystemVa & ~(uintptr_t)4095);
        mapping_clear(first, count);
        mapping_release(first, count);
    }
    if ((mdl->MdlFlags & MDL_PAGES_LOCKED) != 0) {
        frames_unlock(frames, count);
        mm_tally.pages_locked -= count;
    }
    __builtin_memmove(frames, frames + count, left * sizeof(*frames));
}

PMDL mm_mdl_allocate(void *address, size_t length)
{
    return mdl_allocate(address, length);
}

void mm_mdl_free(PMDL mdl)
{
    if ((mdl->MdlFlags & MDL_PAGES_LOCKED) != 0)
        mdl_unlock(mdl);
    if ((mdl->MdlFlags & MDL_PARTIAL) != 0)
        MmPrepareMdlForReuse(mdl);
    ex_pool_give(mdl);
}
