/* SPDX-License-Identifier: MIT */
/* thunk/thunk.h - thunk scripts, and what is made of them.
 *
 * Rules of use: thunk_read a script into a struct thunk_script, then ask: thunk_assembly writes the
 * one file that is assembled twice into the halves of a flat thunk, thunk_explain a text for
 * people, thunk_ioctl the C code that converts a driver's structures between 32 and 64 bits.
 * thunk_free releases the script; texts that were handed out belong to the caller (free). Doc:
 * Platform SDK, "Thunk Compiler" (Creating a Thunk Script, Thunk Script Keywords, Data Types
 * Supported By the Thunk Compiler, Compiling Flat Thunks, Late Loading)
 */
#ifndef THUNK_THUNK_H
#define THUNK_THUNK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define THUNK_OK     0
#define THUNK_FAILED (-1)

/* A sentence that begins with file:line:column: and says what would be right. */
struct thunk_error {
    uint32_t line, column;
    char text[400];
};

enum thunk_language {
    THUNK_FLAT, /* a thunk script: 16 and 32 bits */
    THUNK_IOCTL /* C declarations of a driver's header: 32 and 64 bits */
};

enum thunk_width { THUNK_16, THUNK_32, THUNK_64, THUNK_WIDTHS };

enum thunk_kind {
    THUNK_VOID,
    THUNK_SIGNED,
    THUNK_UNSIGNED,
    THUNK_BOOL,
    THUNK_POINTER,
    THUNK_STRUCT,
    THUNK_ARRAY
};

struct thunk_field {
    const char *name;
    const struct thunk_type *type;
    uint32_t offset[THUNK_WIDTHS];
};

struct thunk_type {
    enum thunk_kind kind;
    const char *name; /* of a typedef, a tag or a C type; NULL: a pointer or an array of another */
    uint32_t bytes[THUNK_WIDTHS], alignment[THUNK_WIDTHS];
    const struct thunk_type *target; /* of a pointer, or an array's elements */
    uint32_t count;                  /* elements, or fields */
    const struct thunk_field *fields;
    bool is_complete;
    bool is_being_read; /* its fields are */
    bool is_same;       /* 16 and 32 bits agree, and no pointer is within */
    bool is_typedef;    /* the name is; else a tag or C's own */
    bool is_handle;     /* an address that is widened with its sign */
    uint32_t number;    /* in the order of the script; names the descriptor */
    uint32_t line, column;
};

enum thunk_mode { THUNK_INPUT = 1, THUNK_OUTPUT = 2, THUNK_INOUT = 3 };

struct thunk_parameter {
    const char *name; /* NULL: has none */
    const struct thunk_type *type;
    enum thunk_mode mode;
    bool has_mode;
};

#define THUNK_PARAMETERS_MAX 32u

struct thunk_function {
    const char *name;
    const struct thunk_type *result;
    struct thunk_parameter *parameters;
    uint32_t parameter_count;
    uint32_t argument_bytes[THUNK_WIDTHS]; /* on the stack of each side */
    uint32_t fault_error_code;
    bool has_fault_error_code;
    uint32_t line, column;
};

enum thunk_direction { THUNK_NOWHERE, THUNK_16_TO_32, THUNK_32_TO_16 };

struct thunk_script {
    const char *base_name;
    enum thunk_language language;
    enum thunk_direction direction;
    bool preloads_32, is_win31_compatible;
    const struct thunk_type **types; /* structures with a body, and typedef names for them */
    struct thunk_function *functions;
    uint32_t type_count, function_count;
    const char **warnings; /* file:line:column: and a sentence */
    uint32_t warning_count;
    uint32_t type_number; /* types have numbers below it */
    uint32_t checksum;    /* of everything that both halves must agree on */
    void *memory;
};

struct thunk_options {
    enum thunk_language language;
    const char *base_name;         /* NULL: made of the file's name */
    uint32_t pack_16, pack_32;     /* 0: 2 and 4, as published; IOCTLs: 8 */
    bool is_masm;                  /* else nasm */
    const char *code_16, *code_32; /* names of the code segments; NULL: ours */
};

/* Reads the text of a script. name is the file's, for errors and the base name. */
int thunk_read(const char *text, size_t length, const char *name,
               const struct thunk_options *options, struct thunk_script *out_script,
               struct thunk_error *out_error);
void thunk_free(struct thunk_script *script);

/* Each gives a text, or NULL when there is no memory left. */
char *thunk_assembly(const struct thunk_script *script, const struct thunk_options *options);
char *thunk_explain(const struct thunk_script *script);
char *thunk_ioctl(const struct thunk_script *script, const char *header);
char *thunk_ioctl_test(const struct thunk_script *script, const char *header,
                       const char *converter);

#endif
