/* SPDX-License-Identifier: MIT */
/* image_library.c - export drivers that came in for an importer: who must be told that it has
 * begun, and who that it may go.
 *
 * This room calls no driver code. It hands out one library after the other, those that others
 * import from first; who gets one calls its DllInitialize or DllUnload without the lock and says
 * how that went. Invariant: a library is in at most one pair of such hands.
 */
#include <stdlib.h>
#include <string.h>

#include "image_internal.h"

static char *(*library_folder)(unsigned index); /* set once */

void image_library_folders_set(char *(*folder)(unsigned index))
{
    library_folder = folder;
}

char *image_library_path(const char *importer, const char *name)
{
    char *path = image_file_beside(importer, name);
    char *folder = NULL;
    for (unsigned i = 0; path == NULL && library_folder != NULL; i++) {
        if ((folder = library_folder(i)) == NULL)
            break;
        path = image_file_beside(folder, name);
        free(folder);
    }
    return path;
}

/* Is somebody to call it before it may be used? A driver that runs as a service is not. */
static bool is_new(const struct module *module)
{
    return module->state == LIBRARY_NEW && !module->is_driver && !module->abi.is_native;
}

/* Depth first: what a library imports from begins before it. Imports have no cycles. */
static struct module *new_below_locked(struct module *module, bool *out_is_busy)
{
    for (uint32_t i = 0; i < module->import_count; i++) {
        struct module *from = module->imports[i];
        struct module *found = new_below_locked(from, out_is_busy);
        if (found != NULL || *out_is_busy)
            return found;
        if (from->state == LIBRARY_BUSY) {
            *out_is_busy = true;
            return NULL;
        }
        if (is_new(from))
            return from;
    }
    return NULL;
}

struct image *image_library_begin(struct image *importer, bool *out_is_busy)
{
    *out_is_busy = false;
    host_lock_take(&image_lock);
    struct module *found = new_below_locked(module_of(importer), out_is_busy);
    if (found != NULL)
        found->state = LIBRARY_BUSY;
    host_lock_give(&image_lock);
    return found != NULL ? &found->abi : NULL;
}

void image_library_begun(struct image *image, bool is_ready)
{
    struct module *module = module_of(image);
    host_lock_take(&image_lock);
    module->state = is_ready ? LIBRARY_READY : LIBRARY_NEW;
    host_lock_give(&image_lock);
}

struct image *image_library_end(void)
{
    struct module *found = NULL;
    host_lock_take(&image_lock);
    list_for_each(node, &image_modules)
    {
        struct module *module = module_of(list_entry(node, struct image, link));
        if (module->state != LIBRARY_IDLE)
            continue;
        found = module;
        found->state = LIBRARY_BUSY;
        break;
    }
    host_lock_give(&image_lock);
    return found != NULL ? &found->abi : NULL;
}

/* Somebody may have come to import from it while it was asked; then it begins anew. */
void image_library_ended(struct image *image, bool goes)
{
    struct module *module = module_of(image);
    host_lock_take(&image_lock);
    if (goes && module->abi.references == 0)
        module_free(module);
    else
        module->state = goes ? LIBRARY_NEW : LIBRARY_READY;
    host_lock_give(&image_lock);
}

bool image_is_library(const struct image *image)
{
    const struct module *module = (const struct module *)image;
    return !module->is_driver && !image->is_native && module->state != LIBRARY_NEW;
}
