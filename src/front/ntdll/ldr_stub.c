/* SPDX-License-Identifier: MIT */
/* ldr_stub.c - the few instructions by which a program comes into our code.
 *
 * No register that carries an argument is changed, so they suit every calling rule.
 */
#include <string.h>

#include "ldr_internal.h"
#include "ntdll/call.h"

static uint8_t *put(uint8_t *at, const void *bytes, size_t size)
{
    memcpy(at, bytes, size);
    return at + size;
}

/* mov $function, %r11; mov $entry, %r10; jmp *%r10. Or mov $function, %r11; jmp *%r11. */
void stub_call_write(uint8_t *stub, const struct abi_user_export *entry)
{
    const void *by = (const void *)call_entry;
    bool is_recorded = entry->kind != ABI_RAW && entry->status != ABI_ABSENT;
    stub = put(stub, "\x49\xbb", 2);
    stub = put(stub, &entry->address, sizeof entry->address);
    if (!is_recorded) {
        put(stub, "\x41\xff\xe3", 3);
        return;
    }
    stub = put(stub, "\x49\xba", 2);
    stub = put(stub, &by, sizeof by);
    put(stub, "\x41\xff\xe2", 3);
}

void stub_absent_write(uint8_t *stub, const char *dll, const char *name)
{
    const void *target = (const void *)abi_user_absent;
    stub = put(stub, "\x48\xbf", 2); /* mov $dll, %rdi */
    stub = put(stub, &dll, sizeof dll);
    stub = put(stub, "\x48\xbe", 2); /* mov $name, %rsi */
    stub = put(stub, &name, sizeof name);
    stub = put(stub, "\x48\x8b\x14\x24", 4); /* mov (%rsp), %rdx */
    stub = put(stub, "\x48\x83\xe4\xf0", 4); /* and $-16, %rsp */
    stub = put(stub, "\x48\xb8", 2);         /* mov $target, %rax */
    stub = put(stub, &target, sizeof target);
    put(stub, "\xff\xd0\x0f\x0b", 4); /* call *%rax; ud2 */
}
