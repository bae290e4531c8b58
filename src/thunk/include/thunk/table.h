/* SPDX-License-Identifier: MIT */
/* thunk/table.h - the tables in the two halves of a flat thunk, as they lie in memory.
 *
 * The compiler writes them, the run time reads them: nothing else knows them. All numbers are
 * little-endian; addresses of the 32-bit half are flat, those of the 16-bit half selector:offset.
 * Doc: docs/decisions, "Flat thunks are tables"
 */
#ifndef THUNK_TABLE_H
#define THUNK_TABLE_H

#include <stdint.h>

#define THUNK_TABLE_MAGIC_16 0x36315443u /* "CT16" */
#define THUNK_TABLE_MAGIC_32 0x32335443u /* "CT32" */
#define THUNK_TABLE_VERSION  1u

#define THUNK_TABLE_16_TO_32 1u
#define THUNK_TABLE_32_TO_16 2u

#define THUNK_TABLE_PRELOAD_32   0x0001u
#define THUNK_TABLE_WIN31_COMPAT 0x0002u

#define THUNK_TABLE_FUNCTIONS_MAX 4096u

/* NAME_ThunkData16: the header, then an entry for each function. */
struct thunk_table16 {
    uint32_t magic;
    uint16_t version, direction;
    uint32_t checksum;
    uint16_t flags, count;
    uint32_t state; /* the run time's; 0 in the file */
};
_Static_assert(sizeof(struct thunk_table16) == 20, "the compiler writes these offsets");

struct thunk_entry16 {
    uint32_t value; /* to 16 bits: the function, selector:offset; to 32 bits: faulterrorcode */
    uint16_t argument_bytes, reserved;
};
_Static_assert(sizeof(struct thunk_entry16) == 8, "the compiler writes these offsets");

/* NAME_ThunkData32. */
struct thunk_table32 {
    uint32_t magic;
    uint16_t version, direction;
    uint32_t checksum;
    uint32_t flags, count;
    uint32_t state;     /* the run time's; 0 in the file */
    uint32_t dispatch;  /* __fastcall(struct thunk_function32 *, stack); set by ThunkConnect32 */
    uint32_t functions; /* address of count addresses of struct thunk_function32 */
};
_Static_assert(sizeof(struct thunk_table32) == 32, "the compiler writes these offsets");

struct thunk_parameter32 {
    uint32_t type; /* address of a struct thunk_type32 */
    uint32_t mode; /* 1 in, 2 out, 3 both */
};

struct thunk_function32 {
    uint32_t table, index;
    uint32_t target; /* to 32 bits: the function; else 0 */
    uint32_t name;
    uint16_t argument_bytes_16, argument_bytes_32;
    uint32_t result; /* address of a struct thunk_type32 */
    uint32_t parameter_count;
    struct thunk_parameter32 parameters[];
};
_Static_assert(sizeof(struct thunk_function32) == 28, "the compiler writes these offsets");

/* kind is an enum thunk_kind. */
#define THUNK_TYPE32_SAME 0x01u /* both sides agree: it is shared, not copied */

struct thunk_field32 {
    uint32_t offset_16, offset_32, type;
};

struct thunk_type32 {
    uint8_t kind, flags;
    uint16_t reserved;
    uint32_t bytes_16, bytes_32;
    uint32_t target; /* a pointer's, or an array's elements; 0: none or void */
    uint32_t count;
    struct thunk_field32 fields[];
};
_Static_assert(sizeof(struct thunk_type32) == 20, "the compiler writes these offsets");

#endif
