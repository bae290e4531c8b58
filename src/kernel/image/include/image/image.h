/* SPDX-License-Identifier: MIT */
/* image.h - driver images in system space: load, bind, find, unload.
 *
 * Rules of use. image_load reads and checks the whole file first (room pe); only then is
 * anything mapped. The list of loaded images is what lm shows and what the unwinder and the
 * traps search; searching is lock-free, because it happens in fault handlers.
 */
#ifndef IMAGE_IMAGE_H
#define IMAGE_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ntifs.h>

#include "base/list.h"
#include "pe/pe.h"

struct image {
    uint64_t base, size; /* set once */
    uint64_t entry;      /* absolute address; 0: none */
    char name[64];       /* "wdm1.sys" */
    char *path;          /* host path; NULL for built-in modules */
    struct pe_image pe;  /* parsed headers; set once */
    uint32_t timestamp;
    bool is_native;             /* ntoskrnl.exe, hal.dll: headers in front of our own code */
    uint64_t pdata, pdata_size; /* absolute address of the function table */
    uint32_t references;        /* images that import from it, and its driver object */
    struct list link;
};

struct image_error {
    NTSTATUS status;
    char text[320]; /* what, where, what to do next */
};

/* A bound import for the trace and the verifier: where a driver image's calls go. */
NTSTATUS image_init(void);
void image_fini(void);

/* Loads a file of the host. Unresolved names of known modules bind to reporting entries;
 * an unknown module is an error. INIT sections are kept until image_discard_init. */
NTSTATUS image_load(const char *path, struct image **out_image, struct image_error *out_error);
void image_discard_init(struct image *image);
void image_unload(struct image *image);
/* Called for an image that goes, while its pages are still there; image_lock is held. */
void image_gone_hook_set(void (*hook)(const struct image *image));

/* Makes code of an image writable for the moment, and what it was before. Any thread, in fault
 * handlers as well; one at a time. false: it is no code, or the host refuses. */
bool image_code_open(uint64_t address, size_t size_bytes);
void image_code_close(uint64_t address, size_t size_bytes);

/* ---- export drivers, brought in by an importer ---- */

/* The next library below importer whose DllInitialize must run before the importer may; NULL: none
 * left, or, when *out_is_busy, another thread is at it: ask again. Say image_library_begun. */
struct image *image_library_begin(struct image *importer, bool *out_is_busy);
void image_library_begun(struct image *library, bool is_ready);
/* The next library that nobody imports from any more; NULL: none. Say image_library_ended: one
 * that goes is freed, one that stays is kept for later importers. */
struct image *image_library_end(void);
void image_library_ended(struct image *library, bool goes);
/* One that DllInitialize has seen: it may stay loaded with nobody importing from it. */
bool image_is_library(const struct image *image);
/* Where else libraries are looked for, after the importer's own folder: host folders number 0, 1 …
 * (malloc'ed, ending in a slash; NULL: no more). */
void image_library_folders_set(char *(*folder)(unsigned index));

/* Lock-free; the image stays valid while its driver is loaded. NULL: not in any image. */
struct image *image_of_address(uint64_t address);
bool image_is_driver_code(uint64_t address);
/* Name of an image that was unloaded and lay at address, and the offset in it. NULL: none that is
 * remembered. Lock-free. */
const char *image_gone_of_address(uint64_t address, uint64_t *out_offset);
/* Name of the section at an address that went after DriverEntry (INIT); NULL: none, or it is still
 * there. Lock-free. */
const char *image_discarded_section(uint64_t address);
/* May these bytes of an image be read without a fault? Lock-free. false outside images. */
bool image_can_read(uint64_t address, size_t size_bytes);
/* The variable of the kernel that an importer was given this address for though nobody has written
 * it: touching it faults. Lock-free. NULL: none. */
struct abi_export;
const struct abi_export *image_absent_of_address(uint64_t address);
/* Imports of such variables since somebody asked last, one a call. false: no more. */
struct image_absent {
    char importer[64];
    char name[80]; /* "ntoskrnl.exe!Variable" */
};
bool image_absent_take(struct image_absent *out_absent);
void image_visit(void (*visit)(struct image *image, void *context), void *context);
/* The loaded driver images by rising address, without the lock: for reports. */
void image_visit_unlocked(void (*visit)(const struct image *image, void *context), void *context);
/* Address of an export of a loaded image or of ntoskrnl/hal (MmGetSystemRoutineAddress). NULL:
 * none. */
void *image_export(const char *module, const char *name);

/* The kernel's export table (generated); boot hands it in before the first load. */
void image_kernel_exports_set(const struct abi_export *table, size_t count);
/* Every row that this Windows exports and that has an address, by name. */
void image_kernel_export_visit(void (*visit)(const struct abi_export *row, void *context),
                               void *context);
/* The Windows that the kernel claims to be (0: the default): names that came later are exported
 * to nobody. Without a call nothing is too new. */
void image_windows_set(uint32_t build);
/* Gives ntoskrnl.exe and hal.dll their headers and places; after the two above. */
NTSTATUS image_kernel_map(void);

#endif
