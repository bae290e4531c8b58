/* SPDX-License-Identifier: MIT */
/* image_gone.c - the last images that were unloaded: whose code was it that is gone?
 *
 * Ranges are not used again soon (image_map.c), so an address still tells. Read without a
 * lock, in fault handlers and bug-check reports: an entry's base is written last and cleared
 * first.
 */
#include <stdatomic.h>
#include <string.h>

#include "image_internal.h"

#define GONE 16u

static struct {
    _Atomic uint64_t base; /* 0: being written, or never used */
    uint64_t size;
    char name[64];
} gone[GONE];
static unsigned gone_next; /* image_lock */

void image_gone_note(const struct image *image)
{
    unsigned i = gone_next++ % GONE;
    atomic_store(&gone[i].base, 0);
    gone[i].size = image->size;
    memcpy(gone[i].name, image->name, sizeof(gone[i].name));
    atomic_store(&gone[i].base, image->base);
}

const char *image_gone_of_address(uint64_t address, uint64_t *out_offset)
{
    for (unsigned i = 0; i < GONE; i++) {
        uint64_t base = atomic_load(&gone[i].base);
        if (base == 0 || address < base || address - base >= gone[i].size)
            continue;
        *out_offset = address - base;
        return gone[i].name;
    }
    return NULL;
}
