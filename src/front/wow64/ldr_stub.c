/* SPDX-License-Identifier: MIT */
/* ldr_stub.c - the few instructions by which a 32-bit program comes into our code.
 *
 * Every register stays as it is: handlers of C++ functions are given their tables in eax.
 */
#include <string.h>

#include "../ntdll/ldr_internal.h"

static uint8_t *put(uint8_t *at, const void *bytes, size_t size)
{
    memcpy(at, bytes, size);
    return at + size;
}

/* jmp function: every address is within reach of another. */
void stub_call_write(uint8_t *stub, const struct abi_user_export *entry)
{
    stub = put(stub, "\xe9", 1);
    uint32_t distance = (uint32_t)(uintptr_t)entry->address - (uint32_t)(uintptr_t)(stub + 4);
    put(stub, &distance, sizeof distance);
}

/* The return address that lies there already is the third argument. */
void stub_absent_write(uint8_t *stub, const char *dll, const char *name)
{
    const void *target = (const void *)abi_user_absent;
    stub = put(stub, "\x68", 1); /* push $name */
    stub = put(stub, &name, sizeof name);
    stub = put(stub, "\x68", 1); /* push $dll */
    stub = put(stub, &dll, sizeof dll);
    stub = put(stub, "\xb8", 1); /* mov $target, %eax */
    stub = put(stub, &target, sizeof target);
    put(stub, "\xff\xd0\x0f\x0b", 4); /* call *%eax; ud2 */
}
