/* SPDX-License-Identifier: MIT */
/* ldr_absent.c - stand-ins for functions that no table names.
 *
 * A program may import what it never calls. Each such import gets a few instructions that
 * say DLL and function when they are run after all.
 */
#include <string.h>

#include "host/host.h"
#include "ldr_internal.h"
#include "ntdll/heap.h"

#define PAGE_STUBS (HOST_PAGE / STUB_BYTES)

static struct {
    uint8_t *page; /* under the loader's lock */
    unsigned used;
} stubs;

void *absent_stub(const char *dll, const char *name)
{
    if (!stubs.page || stubs.used == PAGE_STUBS) {
        void *page;
        if (!NT_SUCCESS(memory_allocate(HOST_PAGE, PAGE_EXECUTE_READWRITE, &page)))
            return NULL;
        stubs.page = page;
        stubs.used = 0;
    }
    uint8_t *stub = stubs.page + STUB_BYTES * stubs.used++;
    stub_absent_write(stub, strdup(dll), strdup(name));
    return stub;
}
