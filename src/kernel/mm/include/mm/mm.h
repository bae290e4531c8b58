/* SPDX-License-Identifier: MIT */
/* mm.h - MDLs, probes, programs' windows of memory, views and mappings.
 *
 * Rules of use. A program's memory is a window: a range of addresses below
 * MM_USER_END that is backed by a shared file and mapped at the same addresses
 * in the program's process and here. Only committed pages are mapped here, with the
 * protection the program sees, so a bad user pointer faults in a driver as it does on
 * Windows. Native code must never touch user memory directly: use mm_user_*, which turn a
 * fault into a status. Mapping changes reach the program as map commands, which its front
 * applies before the running service returns.
 */
#ifndef MM_MM_H
#define MM_MM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ntifs.h>

/* The address map of the machine process; the one table. */
#define MM_LOW_BASE 0x10000ull /* a 32-bit program's own addresses */
/* 2 GiB less the 64 KiB that Windows keeps to itself at their end. */
#define MM_LOW_END      0x7fff0000ull
#define MM_WINDOW_BASE  0x200000000000ull
#define MM_WINDOW_BYTES (64ull << 30) /* one program */
#define MM_WINDOW_END   0x400000000000ull
#define MM_USER_END     0x400000000000ull /* what MmUserProbeAddress says */
#define MM_IMAGE_BASE   0x480000000000ull /* driver images */
#define MM_IMAGE_END    0x490000000000ull
#define MM_MAPPING_BASE 0x4b0000000000ull /* MDL and section mappings in system space */
#define MM_MAPPING_END  0x4f0000000000ull
/* Pool: EX_POOL_BASE 0x4a0000000000, clear of AddressSanitizer's own heap. */

NTSTATUS mm_init(void);
void mm_fini(void);

/* ---- windows -------------------------------------------------------------------------- */

struct mm_window;

/* A change of the program's address space, applied by its front: maps [address,
 * address+length) from share fd-number `share` (0 the window itself, 1 the pool arena) at
 * offset with protection (HOST_* bits), or unmaps it (protection 0, share MM_SHARE_NONE). */
struct mm_map_command {
    uint64_t address, length, offset;
    uint32_t share, protection;
};
#define MM_SHARE_WINDOW  0u /* the program's own */
#define MM_SHARE_POOL    1u
#define MM_SHARE_IMAGE   2u          /* drivers */
#define MM_SHARE_ONES    3u          /* where there is no memory */
#define MM_SHARE_STORE   16u         /* sections, from here on */
#define MM_SHARE_FOREIGN 0x80000000u /* another program's window, by slot */
#define MM_SHARE_NONE    0xffffffffu
/* A descriptor of what a map command names; the caller closes it. STATUS_NOT_FOUND: it is
 * gone, and so is the view. */
NTSTATUS mm_share_open(uint32_t share, int *out_fd);

NTSTATUS mm_window_create(struct mm_window **out_window);
/* Of a 32-bit program: its addresses are those below MM_LOW_END. Here they lie elsewhere as well,
 * and at the program's own as long as a thread has taken them (ke_space_change). */
NTSTATUS mm_window_create_low(struct mm_window **out_window);
/* What a thread takes for that; NULL: the window's addresses are its own. */
void *mm_window_space(struct mm_window *window);
uint64_t mm_window_bytes(const struct mm_window *window);
/* Where a program's address lies here, whoever runs: for native code in any thread. */
void *mm_window_here(const struct mm_window *window, void *address);
/* The same of the process that this thread runs in: for the host's work on a caller's buffer, which
 * is done without a processor, so that another program may have the low addresses meanwhile. */
void *mm_user_here(void *address);
void mm_window_destroy(struct mm_window *window);
uint64_t mm_window_base(const struct mm_window *window);
int mm_window_fd(const struct mm_window *window);
/* Who gets the map commands (gate/server: the process's map log). NULL: in-process, nobody. */
void mm_window_listener_set(struct mm_window *window,
                            void (*post)(void *context, const struct mm_map_command *command),
                            void *context);

/* NtAllocateVirtualMemory and friends on a window; types and protections are the
 * documented MEM_* and PAGE_* ones. address/size in and out, rounded as documented. */
NTSTATUS mm_window_allocate(struct mm_window *window, uint64_t *address, uint64_t *size, ULONG type,
                            ULONG protect);
NTSTATUS mm_window_free(struct mm_window *window, uint64_t *address, uint64_t *size, ULONG type);
NTSTATUS mm_window_protect(struct mm_window *window, uint64_t *address, uint64_t *size,
                           ULONG protect, ULONG *out_old);
NTSTATUS mm_window_query(struct mm_window *window, uint64_t address,
                         MEMORY_BASIC_INFORMATION *out_information);

/* A touch at address that the processor refused. STATUS_SUCCESS: it is allowed now;
 * STATUS_GUARD_PAGE_VIOLATION, STATUS_ACCESS_VIOLATION. Also on the signal stack. */
NTSTATUS mm_window_fault(uint64_t address, bool is_write, bool is_execute);
/* The window of the system process, for drivers' views and memory there; NULL: none left. */
struct mm_window *mm_window_system(void);
/* Is it a mapping of physical addresses behind which there is nothing? */
bool mm_address_is_void(const void *address);
/* Bytes between windows of any processes, page by page; *out_done says how many went. */
NTSTATUS mm_window_copy(void *to, const void *from, uint64_t bytes, uint64_t *out_done);

/* The window in whose context the calling thread is (its process's, or the attached
 * one's); ps sets the callback. NULL: the system process. */
void mm_current_window_set(struct mm_window *(*current)(void));
/* The window of a process, NULL: it has none (any more). */
void mm_process_window_set(struct mm_window *(*of)(PEPROCESS process));

/* ---- sections ------------------------------------------------------------------------------ */

NTSTATUS mm_sections_init(void); /* after ob */
void mm_sections_fini(void);
extern struct object_type *mm_section_type;

/* What a file system says of its files; the one of the host's files sets it. */
struct mm_file_ops {
    /* A descriptor that the caller closes. STATUS_INVALID_FILE_FOR_SECTION: not such a file. */
    NTSTATUS (*open)(FILE_OBJECT *file, int *out_fd, bool *out_is_writable, uint64_t *out_bytes);
    NTSTATUS (*size)(FILE_OBJECT *file, uint64_t *out_bytes);
    NTSTATUS (*resize)(FILE_OBJECT *file, uint64_t bytes);
};
void mm_file_ops_set(const struct mm_file_ops *ops);

struct mm_section_request {
    FILE_OBJECT *file; /* NULL: memory without a file */
    uint64_t bytes;    /* 0: all of the file */
    ULONG protect, attributes;
};
/* A body of mm_section_type with one reference. */
NTSTATUS mm_section_create(const struct mm_section_request *request, void **out_section);
void mm_section_query(void *section, ULONG *out_attributes, uint64_t *out_bytes);
NTSTATUS mm_section_extend(void *section, uint64_t *bytes);
bool mm_section_is_physical(const void *section);
/* The access that mapping with protect needs of a section's handle, or making one with it
 * needs of the file's. */
ACCESS_MASK mm_section_access(ULONG protect);
ACCESS_MASK mm_section_file_access(ULONG protect);

struct mm_view_request {
    uint64_t address, offset, bytes; /* in and out */
    ULONG type, protect;
};
NTSTATUS mm_view_map(void *section, struct mm_window *window, struct mm_view_request *request);
NTSTATUS mm_view_unmap(struct mm_window *window, uint64_t address);
NTSTATUS mm_view_flush(struct mm_window *window, uint64_t *address, uint64_t *bytes);
NTSTATUS mm_system_view_map(void *section, uint64_t offset, uint64_t *bytes, void **out_address);
NTSTATUS mm_system_view_unmap(void *address);

/* The shared file in which driver images lie, MM_IMAGE_BASE at its offset 0: their pages have
 * frames like others. -1: none any more. */
void mm_image_share_set(int fd);

/* ---- touching user memory from native code ------------------------------------------------ */

/* Copy with a fault turned into STATUS_ACCESS_VIOLATION; nothing is said about how much was
 * copied then. Either side may be user memory. IRQL <= DISPATCH_LEVEL. */
NTSTATUS user_copy_bytes(void *to, const void *from, size_t length); /* user_copy.S */
/* Addresses that are no addresses at all fault in another way; they are sorted out first. */
static inline bool mm_range_is_canonical(const volatile void *address, size_t length)
{
    uint64_t first = (uintptr_t)address;
    return ((first | length | (first + length)) & ~((1ull << 47) - 1)) == 0;
}
static inline NTSTATUS mm_user_copy(void *to, const void *from, size_t length)
{
    if (!mm_range_is_canonical(to, length) || !mm_range_is_canonical(from, length))
        return STATUS_ACCESS_VIOLATION;
    return user_copy_bytes(to, from, length);
}
/* Writes a status block: Information first, since a program may poll Status. One of a 32-bit
 * program has the shape that it has there. is_low says so where `to` is not the program's own
 * address. */
NTSTATUS mm_user_status_write(IO_STATUS_BLOCK *to, NTSTATUS status, ULONG_PTR information,
                              bool is_low);
static inline bool mm_address_is_low(const volatile void *address)
{
    return (uintptr_t)address < MM_LOW_END;
}
NTSTATUS mm_user_fill(void *to, int byte, size_t length);
/* Are the pages from first to last, below MM_USER_END, there and writable? */
NTSTATUS mm_user_probe_pages(uint64_t first, uint64_t last);
/* Range and alignment check as ProbeForRead/Write document it, as a status instead of an
 * exception: STATUS_ACCESS_VIOLATION, STATUS_DATATYPE_MISALIGNMENT. Length 0 passes. */
static inline NTSTATUS mm_user_probe(const volatile void *address, size_t length,
                                     unsigned alignment, bool for_write)
{
    uint64_t first = (uintptr_t)address, last = first + length - 1;
    if (length == 0)
        return STATUS_SUCCESS;
    if ((first & (alignment - 1)) != 0)
        return STATUS_DATATYPE_MISALIGNMENT;
    if (last < first || last >= MM_USER_END)
        return STATUS_ACCESS_VIOLATION;
    return for_write ? mm_user_probe_pages(first, last) : STATUS_SUCCESS;
}
/* Called by the trap room for a fault with rip in our own copy routines: where to go on, or 0. */
uint64_t mm_user_fixup(uint64_t rip);

/* ---- MDLs -------------------------------------------------------------------------------- */

/* MmProbeAndLockPages as a status (no exception). Locked pages stay readable through a
 * system mapping until unlocked, whatever the program does. */
NTSTATUS mm_mdl_lock(PMDL mdl, KPROCESSOR_MODE mode, LOCK_OPERATION operation);
/* IoAllocateMdl without an IRP; MmUnlockPages, where it is locked, and IoFreeMdl. */
PMDL mm_mdl_allocate(void *address, size_t length);
void mm_mdl_free(PMDL mdl);

struct mm_counts {
    uint64_t mdls_locked, pages_locked, mappings, windows, stores, views;
};
void mm_counts(struct mm_counts *out_counts);

#endif
