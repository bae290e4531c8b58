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

#define STUB_BYTES 48u
#define PAGE_STUBS (HOST_PAGE / STUB_BYTES)

static struct {
    uint8_t *page; /* under the loader's lock */
    unsigned used;
} stubs;

static uint8_t *put(uint8_t *at, const void *bytes, size_t size)
{
    memcpy(at, bytes, size);
    return at + size;
}

void *absent_stub(const char *dll, const char *name)
{
    if (!stubs.page || stubs.used == PAGE_STUBS) {
        void *page;
        if (!NT_SUCCESS(memory_allocate(HOST_PAGE, PAGE_EXECUTE_READWRITE, &page)))
            return NULL;
        stubs.page = page;
        stubs.used = 0;
    }
    const void *target = (const void *)abi_user_absent;
    uint8_t *stub = stubs.page + STUB_BYTES * stubs.used++, *at = stub;
    dll = strdup(dll);
    name = strdup(name);
    at = put(at, "\x48\xbf", 2); /* mov $dll, %rdi */
    at = put(at, &dll, 8);
    at = put(at, "\x48\xbe", 2); /* mov $name, %rsi */
    at = put(at, &name, 8);
    at = put(at, "\x48\x8b\x14\x24", 4); /* mov (%rsp), %rdx */
    at = put(at, "\x48\x83\xe4\xf0", 4); /* and $-16, %rsp */
    at = put(at, "\x48\xb8", 2);         /* mov $target, %rax */
    at = put(at, &target, 8);
    put(at, "\xff\xd0\x0f\x0b", 4); /* call *%rax; ud2 */
    return stub;
}
