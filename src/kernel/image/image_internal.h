/* SPDX-License-Identifier: MIT */
/* image_internal.h - what the files of this room share.
 *
 * A module is an image with what the room alone needs: where its pages are, what it imports
 * from, and how it came in. All changes are made under image_lock; readers in fault handlers
 * use the index.
 */
#ifndef IMAGE_INTERNAL_H
#define IMAGE_INTERNAL_H

#include "image/image.h"

#include "base/abi_export.h"
#include "base/windows.h"
#include "host/host.h"
#include "pe/pe.h"
#include "pe/tables.h"
#include "pe/unwind.h"

#define IMAGE_SLOT        0x10000ull /* images begin at multiples of this */
#define IMAGE_FILE_MAX    (256u << 20)
#define IMAGE_DEPTH_MAX   16
#define IMAGE_FORWARD_MAX 8

/* How far an export driver has come that an importer brought in. */
enum library_state {
    LIBRARY_NEW,   /* DllInitialize has not run; or a driver */
    LIBRARY_BUSY,  /* somebody calls into it and will say how that went */
    LIBRARY_READY, /* its exports may be used; also: nobody does any more, but it wants to stay */
    LIBRARY_IDLE,  /* the last importer has gone: to be asked by DllUnload */
};

struct module {
    struct image abi;
    enum library_state state;  /* image_lock */
    struct pe_layout *layout;  /* NULL for native modules; set once */
    bool is_driver;            /* asked for by image_load, not only by an importer; image_lock */
    _Atomic bool is_discarded; /* INIT pages are gone */
    struct module **imports;   /* each holds a reference; set while loading */
    uint32_t import_count;
    /* Where indirect calls may go: sorted entries of guard_stride bytes. NULL: anywhere. Set once
     * while loading. */
    const uint8_t *guard_table;
    uint32_t guard_count, guard_stride;
};

static inline struct module *module_of(struct image *image)
{
    return (struct module *)image;
}

/* A file's bytes with what pe says about them. */
struct image_file {
    uint8_t *bytes;
    size_t size_bytes;
    struct pe_image pe;
    struct pe_layout layout;
    const char *name; /* base name, inside path */
    char *path;       /* real path; malloc'ed */
};

/* guards: modules, and everything in a module that says so. Held while a file is read, never
 * while a driver's routine runs. */
extern struct host_lock image_lock;
extern struct list image_modules; /* of image.link, in load order */

/* ntoskrnl.exe, hal.dll */
#define IMAGE_NATIVES 2u

/* image.c */
struct module *module_native(unsigned index);
NTSTATUS image_fail(struct image_error *error, NTSTATUS status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
struct module *module_find_locked(const char *name);
struct module *module_find_path_locked(const char *path);
void module_publish_locked(struct module *module);
void module_get_locked(struct module *module);
void module_put_locked(struct module *module);
void module_free(struct module *module);
unsigned module_kernel_bits(const char *name); /* enum abi_module; 0: none of the kernel's */
struct pe_view module_view(const struct module *module);

/* image_file.c */
NTSTATUS image_file_open(const char *path, struct image_file *out_file, struct image_error *error);
void image_file_close(struct image_file *file);
/* A file of that name, whatever its case, in the folder of importer. NULL: none; malloc'ed. */
char *image_file_beside(const char *importer, const char *name);

/* image_library.c: beside the importer, or where the system keeps its drivers. */
char *image_library_path(const char *importer, const char *name);

/* image_load.c */
NTSTATUS module_load_locked(const char *path, unsigned depth, struct module **out_module,
                            struct image_error *error);

/* image_import.c: loads what the file imports from and sees that every import is there. */
NTSTATUS imports_check_locked(const struct image_file *file, struct module *module, unsigned depth,
                              struct image_error *error);
NTSTATUS imports_bind_locked(struct module *module, void *mapped, struct image_error *error);

/* image_export.c */
const struct abi_export *kernel_exports(size_t *out_count);
const struct abi_export *kernel_export_find(const char *name);
/* Did a later Windows than the machine's bring this row? */
bool kernel_export_is_newer(const struct abi_export *row);
uint32_t kernel_build(void);
/* Address of a module's export by name, or by ordinal when name is NULL. 0: none. */
uint64_t module_export_locked(struct module *module, const char *name, uint16_t ordinal,
                              unsigned depth);
/* Where an export is forwarded to ("MODULE.Name", "MODULE.#12"); NULL: it is not, or not there. */
const char *module_forwarder_locked(struct module *module, const char *name, uint16_t ordinal);

/* image_map.c: the file in which all images lie. */
NTSTATUS image_map_init(void);
void image_map_fini(void);
/* image_map.c */
NTSTATUS image_place(const struct image_file *file, struct module *module,
                     struct image_error *error);
NTSTATUS image_protect(struct module *module);
void image_unplace(struct module *module);
bool image_region_is_readable(const struct module *module, const struct pe_region *region);

/* image_absent.c: where an importer is sent for a variable that is not there, always the same
 * place for a row (0: no room), and a line about it for who writes the log. */
uint64_t image_absent_place_locked(const struct abi_export *row);
void image_absent_note_locked(const char *importer, const struct abi_export *row);
void image_absent_fini(void);

/* image_guard.c */
void image_guard_fill(struct module *module);
/* Called by guarded code on its own stack with its registers, of which only the integer ones
 * have been saved: what it calls may use no others. */
#define IMAGE_INTEGER_ONLY __attribute__((target("general-regs-only")))
bool image_guard_allows(uint64_t target);

/* image_gone.c */
void image_gone_note(const struct image *image);

/* image_index.c */
bool image_index_add(struct image *image); /* false: no memory */
void image_index_remove(struct image *image);
void image_index_fini(void);

#endif
