/* SPDX-License-Identifier: MIT */
/* cxx_standard.c - exceptions of the standard library that the run-time throws itself.
 *
 * Comes in: which class and its text, a literal that lives as long as the program. Types are
 * named as MSVC names them, so a program's own catch of std::exception or of the class takes it.
 */
#include "cxx.h"

/* std::exception and all that derive from it here: a table of functions and the text. */
struct standard_exception {
    const void *const *vtable;
    struct {
        const char *what;
        bool is_owned;
    } data;
};

static void *CXX_METHOD standard_destroy(struct standard_exception *self, unsigned flags)
{
    if (self->data.is_owned)
        heap_give((void *)self->data.what);
    return self;
}

static const char *CXX_METHOD standard_what(const struct standard_exception *self)
{
    return self->data.what ? self->data.what : "Unknown exception";
}

static const void *const standard_vtable[] = {(const void *)standard_destroy,
                                              (const void *)standard_what};

#define NAME_BYTES 40u
#define DEPTH_MAX  3

struct standard_descriptor {
    const void *vtable;
    char *undecorated;
    char name[NAME_BYTES];
};

static const uint8_t parent_of[CXX_STANDARD_COUNT] = {
    [CXX_LENGTH_ERROR] = CXX_LOGIC_ERROR,
    [CXX_OUT_OF_RANGE] = CXX_LOGIC_ERROR,
    [CXX_INVALID_ARGUMENT] = CXX_LOGIC_ERROR,
    [CXX_OVERFLOW_ERROR] = CXX_RUNTIME_ERROR,
}; /* others: CXX_STANDARD_EXCEPTION, which is 0 and its own */

/* All that is thrown lies in one block, so that its parts can be named relative to it. */
static struct standard {
    struct cxx_throw info[CXX_STANDARD_COUNT];
    struct {
        int32_t count, rva[DEPTH_MAX];
    } list[CXX_STANDARD_COUNT];
    struct cxx_type type[CXX_STANDARD_COUNT];
    struct standard_descriptor descriptor[CXX_STANDARD_COUNT];
} standard = {.descriptor = {[CXX_STANDARD_EXCEPTION] = {.name = ".?AVexception@std@@"},
                             [CXX_BAD_CAST] = {.name = ".?AVbad_cast@std@@"},
                             [CXX_BAD_TYPEID] = {.name = ".?AVbad_typeid@std@@"},
                             [CXX_BAD_ALLOC] = {.name = ".?AVbad_alloc@std@@"},
                             [CXX_BAD_EXCEPTION] = {.name = ".?AVbad_exception@std@@"},
                             [CXX_BAD_FUNCTION_CALL] = {.name = ".?AVbad_function_call@std@@"},
                             [CXX_LOGIC_ERROR] = {.name = ".?AVlogic_error@std@@"},
                             [CXX_LENGTH_ERROR] = {.name = ".?AVlength_error@std@@"},
                             [CXX_OUT_OF_RANGE] = {.name = ".?AVout_of_range@std@@"},
                             [CXX_INVALID_ARGUMENT] = {.name = ".?AVinvalid_argument@std@@"},
                             [CXX_RUNTIME_ERROR] = {.name = ".?AVruntime_error@std@@"},
                             [CXX_OVERFLOW_ERROR] = {.name = ".?AVoverflow_error@std@@"}}};

/* The base of x64 tables may be anything that leaves no part at 0. */
#define BASE        ((uint64_t)BY_WIDTH((uintptr_t)&standard - 16, 0))
#define RVA(member) ((int32_t)((uint64_t)(uintptr_t)&standard.member - BASE))

void cxx_raise_standard(enum cxx_standard which, const char *text)
{
    static const struct cxx_place none = {0, -1, 0};
    struct standard_exception object = {standard_vtable, {text, false}};
    int32_t depth = 0;
    /* The object has no copy constructor and no destructor: a copy is one of its bytes. */
    for (enum cxx_standard at = which;; at = parent_of[at]) {
        standard.type[at] = (struct cxx_type){0, RVA(descriptor[at]), none, sizeof object, 0};
        standard.list[which].rva[depth++] = RVA(type[at]);
        if (at == CXX_STANDARD_EXCEPTION)
            break;
    }
    standard.list[which].count = depth;
    standard.info[which].types_rva = RVA(list[which]);
    cxx_raise(&object, &standard.info[which], BASE);
}

/* ---- what the templates in a program's headers call to throw -----------------------------------
 */

CRT(void, msvcp_xbad_alloc, (void))
{
    cxx_raise_standard(CXX_BAD_ALLOC, "bad allocation");
}

CRT(void, msvcp_xbad_function_call, (void))
{
    cxx_raise_standard(CXX_BAD_FUNCTION_CALL, "bad function call");
}

CRT(void, msvcp_xinvalid_argument, (const char *text))
{
    cxx_raise_standard(CXX_INVALID_ARGUMENT, text);
}

CRT(void, msvcp_xlength_error, (const char *text))
{
    cxx_raise_standard(CXX_LENGTH_ERROR, text);
}

CRT(void, msvcp_xout_of_range, (const char *text))
{
    cxx_raise_standard(CXX_OUT_OF_RANGE, text);
}

CRT(void, msvcp_xoverflow_error, (const char *text))
{
    cxx_raise_standard(CXX_OVERFLOW_ERROR, text);
}

CRT(void, msvcp_xruntime_error, (const char *text))
{
    cxx_raise_standard(CXX_RUNTIME_ERROR, text);
}
