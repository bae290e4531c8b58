/* SPDX-License-Identifier: MIT */
/* program_map.c - where the parts of the linked file that we are lie in memory.
 *
 * Read from its own program headers, which the linker has placed at its beginning.
 */
#include <elf.h>

#include "host_internal.h"

extern const uint8_t __ehdr_start[] __attribute__((visibility("hidden")));

unsigned host_program_segments(struct host_segment *out_segments, unsigned room)
{
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)__ehdr_start;
    const Elf64_Phdr *part = (const Elf64_Phdr *)(__ehdr_start + header->e_phoff);
    uintptr_t page = HOST_PAGE - 1, first = 0;
    unsigned count = 0;
    for (unsigned i = 0; i < header->e_phnum && count < room; i++) {
        if (part[i].p_type != PT_LOAD)
            continue;
        if (count == 0)
            first = part[i].p_vaddr & ~page;
        uintptr_t begin = (uintptr_t)__ehdr_start + part[i].p_vaddr - first;
        out_segments[count++] = (struct host_segment){
            .begin = begin & ~page,
            .end = (begin + part[i].p_memsz + page) & ~page,
            .protection = (part[i].p_flags & PF_R ? HOST_READ : 0) |
                          (part[i].p_flags & PF_W ? HOST_WRITE : 0) |
                          (part[i].p_flags & PF_X ? HOST_EXECUTE : 0),
        };
    }
    return count;
}
