/* SPDX-License-Identifier: MIT */
/* cxx.h - the tables of C++ exceptions and types in images of MSVC's model.
 *
 * Layouts as LLVM emits them (WinException.cpp, MicrosoftCXXABI.cpp): addresses are relative
 * to the image's base in x64 images and whole in 32-bit ones (the base is 0 then), states are
 * numbered from 0 and -1 is the function's outside. Tables of x64 functions
 * come in two forms, plain (cxx_plain.c) and packed (cxx_packed.c); a `struct cxx_form` reads
 * one of them, and everything else sees plain entries.
 */
#ifndef CXX_H
#define CXX_H

#include <string.h>

#include "crt_internal.h"
#include "ntdll/exception.h"

#define CXX_EXCEPTION 0xe06d7363u
#define CXX_MAGIC     0x19930520u /* of what is thrown */
#define CXX_MAGIC_NEW 0x19930522u /* of functions: the last member is there */

/* enum: cxx_function.flags */
#define CXX_ONLY_CXX 1u /* compiled so that other exceptions pass by */
#define CXX_NOEXCEPT 4u

struct cxx_function {
    uint32_t magic;
    int32_t state_count, unwind_rva;
    uint32_t try_count;
    int32_t try_rva;
    uint32_t ip_count;
    int32_t ip_rva, unwind_help, expected_rva;
    uint32_t flags;
};

struct cxx_unwind {
    int32_t to_state, action_rva;
};

struct cxx_try { /* inner blocks stand before outer ones; catches have states (high, catch_high] */
    int32_t low, high, catch_high, catch_count, catches_rva;
};

/* Bits of what is thrown and of what a catch takes. */
#define CXX_CONST     1u
#define CXX_VOLATILE  2u
#define CXX_UNALIGNED 4u
#define CXX_REFERENCE 8u

struct cxx_catch {
    uint32_t adjectives;
    int32_t type_rva, object_offset, handler_rva;
#ifdef __LP64__
    int32_t frame_offset; /* in the catch's own frame: where its function's frame stands */
#endif
};

struct cxx_ip {
    uint32_t ip_rva;
    int32_t state;
};

struct cxx_throw {
    uint32_t attributes;
    int32_t destructor_rva, forward, types_rva;
};

struct cxx_type_list {
    int32_t count, rva[];
};

struct cxx_place { /* of a base in an object */
    int32_t member, table, index;
};

#define CXX_SIMPLE       1u
#define CXX_BY_REFERENCE 2u
#define CXX_VIRTUAL_BASE 4u

struct cxx_type {
    uint32_t properties;
    int32_t descriptor_rva;
    struct cxx_place place;
    int32_t size_bytes, copy_rva;
};

struct cxx_descriptor { /* type_info */
    const void *vtable;
    char *undecorated;
    char name[];
};

static inline const void *cxx_at(uint64_t image, int32_t rva)
{
    return rva ? (const void *)(uintptr_t)(image + (uint64_t)(int64_t)rva) : NULL;
}

/* ---- a function's tables, whatever their form ------------------------------------------------ */

struct cxx_view {                    /* of one frame */
    uint64_t image, physical, frame; /* frame: the function's, that funclets get */
    uint32_t begin_rva;              /* of the code that the frame runs */
    const struct cxx_form *form;
    const struct cxx_function *function; /* plain tables only */
    int32_t unwind_rva, try_rva, ip_rva;
    uint32_t flags;
    bool is_catch;         /* the frame is a catch block's, ... */
    bool has_within;       /* ... which shares tables with its function; then: */
    struct cxx_try within; /* the block it catches for */
    int32_t state;
};

struct cxx_step { /* out of a state */
    int32_t to_state, action_rva;
    enum { CXX_FUNCLET, CXX_OBJECT, CXX_POINTER } kind; /* what the action is given */
    uint32_t object_offset;
};

#define CXX_GO_ON_MAX 2u
struct cxx_handler {
    struct cxx_catch is;
    unsigned go_on_count; /* the handler answers an index into go_on; 0: an address */
    uint64_t go_on[CXX_GO_ON_MAX];
};

struct cxx_form {
    /* Fills what the tables say of the frame; image, physical and begin_rva are there. */
    void (*look)(struct cxx_view *view, int32_t data_rva);
    int32_t (*state_of_ip)(const struct cxx_view *view, uint32_t ip);
    /* False: there is no such entry. */
    bool (*step)(const struct cxx_view *view, int32_t state, struct cxx_step *out);
    bool (*block)(const struct cxx_view *view, uint32_t index, struct cxx_try *out);
    bool (*handler)(const struct cxx_view *view, const struct cxx_try *block, int32_t index,
                    struct cxx_handler *out);
};

/* The next number of packed tables. As many low ones as there are bytes more, then a zero; five
 * bytes: the last four are it. */
static inline uint32_t cxx_number(const uint8_t **at)
{
    uint64_t bits = 0;
    unsigned more = (unsigned)__builtin_ctz(~(unsigned)**at & 0x1f ?: 0x10);
    if (more >= 4) {
        memcpy(&bits, *at + 1, 4);
        *at += 5;
        return (uint32_t)bits;
    }
    memcpy(&bits, *at, more + 1);
    *at += more + 1;
    return (uint32_t)(bits >> (more + 1));
}

EXCEPTION_DISPOSITION cxx_frame_handle(const struct cxx_form *form, EXCEPTION_RECORD *record,
                                       PVOID frame, const DISPATCHER_CONTEXT *dispatcher);

/* ---- exceptions ------------------------------------------------------------------------------ */

/* What is thrown: ExceptionInformation of its record. */
struct cxx_thrown {
    ULONG_PTR magic;
    void *object;
    const struct cxx_throw *info;
#ifdef __LP64__
    uint64_t image;
#endif
};
#define CXX_THROWN_WORDS (sizeof(struct cxx_thrown) / sizeof(ULONG_PTR))

static inline uint64_t cxx_image_of(const struct cxx_thrown *thrown)
{
#ifdef __LP64__
    return thrown->image;
#else
    return 0;
#endif
}

/* How programs' member functions are called. */
#ifdef __LP64__
#define CXX_METHOD WINAPI
#else
#define CXX_METHOD __attribute__((thiscall))
#endif

/* A catch block that runs; on the stack, listed in the thread's block. */
struct cxx_block {
    struct catch_record listed; /* first */
    uint64_t frame;             /* the physical frame it catches for */
    int32_t state;              /* that frame's, meanwhile */
    uint64_t handler;           /* the block's code */
    int32_t unwind_rva;         /* of the tables that the search used */
    struct cxx_try caught;
    EXCEPTION_RECORD *record;
};

/* The exception a bare throw raises again; NULL: none is being handled. */
struct cxx_block *cxx_current(void);
static inline struct cxx_thrown *cxx_thrown_of(EXCEPTION_RECORD *record)
{
    return (struct cxx_thrown *)record->ExceptionInformation;
}
bool cxx_is(const EXCEPTION_RECORD *record);

/* cxx_type.c */
void *cxx_base(void *object, const struct cxx_place *place);
/* The first of the thrown types that the catch takes; *out_type NULL: it takes everything. */
bool cxx_matches(const struct cxx_catch *handler, uint64_t image, EXCEPTION_RECORD *record,
                 const struct cxx_type **out_type);
void cxx_object_catch(const struct cxx_catch *handler, uint64_t image, uint64_t frame,
                      EXCEPTION_RECORD *record, const struct cxx_type *type);
void cxx_object_destroy(EXCEPTION_RECORD *record);

/* cxx_throw.c: raises as the program's caller. */
[[noreturn]] void cxx_raise(void *object, const struct cxx_throw *info, uint64_t image);
/* cxx_standard.c: std::exception and what derives from it. */
enum cxx_standard {
    CXX_STANDARD_EXCEPTION,
    CXX_BAD_CAST,
    CXX_BAD_TYPEID,
    CXX_BAD_ALLOC,
    CXX_BAD_EXCEPTION,
    CXX_BAD_FUNCTION_CALL,
    CXX_LOGIC_ERROR,
    CXX_LENGTH_ERROR,
    CXX_OUT_OF_RANGE,
    CXX_INVALID_ARGUMENT,
    CXX_RUNTIME_ERROR,
    CXX_OVERFLOW_ERROR,
    CXX_STANDARD_COUNT,
};
/* text: a literal. */
[[noreturn]] void cxx_raise_standard(enum cxx_standard which, const char *text);

/* cxx_type.c: the copy constructor that the program named for the type, or its bytes. */
void cxx_object_copy(void *to, const struct cxx_thrown *from, const struct cxx_type *type);

[[noreturn]] void WINAPI ucrt_terminate(void);

#endif
