/* SPDX-License-Identifier: MIT */
/* wow64/widen.h - what a 32-bit program hands to a service, as the one kernel takes it.
 *
 * Rules of use. The generated stubs of the services call these; what they make lies on the stub's
 * stack, which is the program's, so that the kernel reaches it. Pointers are numbers here: 32 bits
 * from the program, 64 to the kernel. 0 stays 0. What a program points to wrongly becomes an
 * address that the service fails with (STATUS_ACCESS_VIOLATION); the ..._end answer false when
 * what was there is gone afterwards.
 */
#ifndef WOW64_WIDEN_H
#define WOW64_WIDEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* UNICODE_STRING, OBJECT_ATTRIBUTES and IO_STATUS_BLOCK of a 64-bit process. */
struct wow64_string {
    uint16_t length, maximum;
    uint32_t unused;
    uint64_t buffer;
} __attribute__((aligned(8)));

struct wow64_attributes {
    uint32_t length, unused;
    uint64_t root, name;
    uint32_t flags, unused2;
    uint64_t security, quality;
    struct wow64_string text; /* what name points to */
} __attribute__((aligned(8)));

struct wow64_status {
    uint64_t status, information;
} __attribute__((aligned(8)));

struct wow64_file_string {
    struct wow64_string string;
    wchar_t *moved; /* on the heap; NULL: the name is the program's */
};

struct wow64_file_attributes {
    struct wow64_attributes attributes;
    wchar_t *moved;
};

/* A handle or pointer that the service answers; what stands there goes along, so that it stays when
 * the service answers nothing. */
uint64_t wow64_number(uint32_t pointer, uint64_t *wide);
bool wow64_number_end(uint32_t pointer, uint64_t wide);
uint64_t wow64_status(uint32_t pointer, struct wow64_status *wide);
bool wow64_status_end(uint32_t pointer, const struct wow64_status *wide);
uint64_t wow64_attributes(uint32_t pointer, struct wow64_attributes *wide);
uint64_t wow64_string(uint32_t pointer, struct wow64_string *wide);
/* A string that the service fills: its length comes back. */
uint64_t wow64_string_out(uint32_t pointer, struct wow64_string *wide);
bool wow64_string_out_end(uint32_t pointer, const struct wow64_string *wide);
/* count pointers, widened with zeros; and back. */
uint64_t wow64_pointers(uint32_t pointer, uint32_t count, uint64_t *wide);
uint64_t wow64_pointers_out(uint32_t pointer, uint32_t count, uint64_t *wide);
bool wow64_pointers_out_end(uint32_t pointer, uint32_t count, const uint64_t *wide);
/* count handles, at most 64: their sign goes along. */
uint64_t wow64_handles(uint32_t pointer, uint32_t count, uint64_t *wide);

/* Names of files, redirected (redirect.c). */
uint64_t wow64_file_string(uint32_t pointer, struct wow64_file_string *wide);
bool wow64_file_string_end(uint32_t pointer, struct wow64_file_string *wide);
uint64_t wow64_file_attributes(uint32_t pointer, struct wow64_file_attributes *wide);
bool wow64_file_attributes_end(uint32_t pointer, struct wow64_file_attributes *wide);

#endif
