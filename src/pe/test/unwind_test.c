/* SPDX-License-Identifier: MIT */
/* unwind_test.c - frames undone by hand-assembled code, unwind information and stacks.
 *
 * The image is an array based at IMAGE, the stack another at STACK; the reader knows only these,
 * so a step outside either is an error and never a crash.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "pe/unwind.h"

#define IMAGE      UINT64_C(0xfffff80012340000)
#define IMAGE_SIZE 0x4000
#define TABLE      0x1000
#define INFO       0x2000
#define STACK      UINT64_C(0x500000)
#define RETURN     UINT64_C(0x11223344)

struct world {
    uint8_t image[IMAGE_SIZE];
    uint64_t stack[256];
    struct pe_memory memory;
    struct pe_unwind_image unwind;
    struct pe_context context;
    struct pe_context_pointers pointers;
    struct pe_unwind_frame frame;
    struct pe_error error;
};

static int world_read(void *context, uint64_t address, void *out, size_t size)
{
    struct world *w = context;
    if (address - IMAGE < IMAGE_SIZE && IMAGE_SIZE - (address - IMAGE) >= size)
        memcpy(out, w->image + (address - IMAGE), size);
    else if (address - STACK < sizeof(w->stack) && sizeof(w->stack) - (address - STACK) >= size)
        memcpy(out, (uint8_t *)w->stack + (address - STACK), size);
    else
        return -1;
    return 0;
}

static int setup(void **state)
{
    struct world *w = calloc(1, sizeof(*w));
    w->memory = (struct pe_memory){world_read, w};
    w->unwind = (struct pe_unwind_image){&w->memory, IMAGE, IMAGE_SIZE, TABLE, 0};
    memset(w->image, 0x90, TABLE);
    for (int i = 0; i < 256; i++)
        w->stack[i] = 0xdead000000000000u + (uint64_t)i;
    for (uint64_t i = 0; i < 16; i++)
        w->context.gpr[i] = 0x1000 + i;
    w->context.gpr[PE_RSP] = STACK;
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    free(*state);
    return 0;
}

/* Adds a function; info bytes go to its own place, whose RVA is returned. */
static uint32_t add_function(struct world *w, uint32_t begin, uint32_t end, const void *info,
                             size_t size)
{
    uint32_t rva = INFO + w->unwind.table_count * 0x100;
    uint32_t entry[3] = {begin, end, rva};
    memcpy(w->image + TABLE + 12 * w->unwind.table_count++, entry, 12);
    memcpy(w->image + rva, info, size);
    return rva;
}

#define ADD(w, begin, end, ...)                                 \
    add_function(w, begin, end, (const uint8_t[]){__VA_ARGS__}, \
                 sizeof((const uint8_t[]){__VA_ARGS__}))
#define CODE(offset, op, info) (offset), ((op) | (info) << 4)

/* Unwinds at an RVA with all handlers asked for. */
static int unwind_at(struct world *w, uint32_t rva)
{
    struct pe_function function;
    int found = pe_function_find(&w->unwind, rva, &function, &w->error);
    if (found == PE_DAMAGED)
        return found;
    return pe_virtual_unwind(&w->unwind, 3, IMAGE + rva, found == PE_OK ? &function : NULL,
                             &w->context, &w->pointers, &w->frame, &w->error);
}

static void leaf_pops_the_return_address(void **state)
{
    struct world *w = *state;
    w->stack[0] = RETURN;
    assert_int_equal(unwind_at(w, 0x100), PE_OK);
    assert_true(w->context.rip == RETURN);
    assert_true(w->context.gpr[PE_RSP] == STACK + 8);
    assert_true(w->frame.establisher == STACK);
    assert_int_equal(w->frame.handler_rva, 0);
}

static void table_is_searched(void **state)
{
    struct world *w = *state;
    struct pe_function function;
    ADD(w, 0x100, 0x120, 1, 0, 0, 0);
    ADD(w, 0x120, 0x130, 1, 0, 0, 0);
    uint32_t real = ADD(w, 0x200, 0x240, 1, 0, 0, 0);
    uint32_t indirect[3] = {0x300, 0x340, TABLE + 24 + 1};
    memcpy(w->image + TABLE + 36, indirect, 12);
    w->unwind.table_count = 4;
    static const struct {
        uint32_t rva;
        int result;
        uint32_t begin;
    } cases[] = {{0xff, PE_ABSENT, 0},      {0x100, PE_OK, 0x100}, {0x11f, PE_OK, 0x100},
                 {0x120, PE_OK, 0x120},     {0x130, PE_ABSENT, 0}, {0x1ff, PE_ABSENT, 0},
                 {0x23f, PE_OK, 0x200},     {0x240, PE_ABSENT, 0}, {0x310, PE_OK, 0x200},
                 {0xffffffff, PE_ABSENT, 0}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(pe_function_find(&w->unwind, cases[i].rva, &function, &w->error),
                         cases[i].result);
        if (cases[i].result == PE_OK)
            assert_int_equal(function.begin, cases[i].begin);
    }
    pe_function_find(&w->unwind, 0x310, &function, &w->error);
    assert_int_equal(function.unwind, real);
    /* Room that a linker left behind the last function. */
    memset(w->image + TABLE + 48, 0, 7 * 12);
    for (w->unwind.table_count = 5; w->unwind.table_count <= 11; w->unwind.table_count++) {
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
            assert_int_equal(pe_function_find(&w->unwind, cases[i].rva, &function, &w->error),
                             cases[i].result);
    }
    w->unwind.table_count = 4;
    w->unwind.table_rva = IMAGE_SIZE - 4;
    assert_int_equal(pe_function_find(&w->unwind, 0x100, &function, &w->error), PE_DAMAGED);
    assert_string_equal(w->error.field, "ExceptionTable");
}

/* push rbx; push r12; sub rsp, 0x28. Handler 0x150. */
static void add_ordinary(struct world *w)
{
    ADD(w, 0x100, 0x200, 1 | 3 << 3, 7, 3, 0, CODE(7, 2, 4), CODE(3, 0, PE_R12), CODE(1, 0, PE_RBX),
        0, 0, 0x50, 0x01, 0, 0, 0xaa, 0xbb, 0xcc, 0xdd);
    w->stack[5] = 0x1212;
    w->stack[6] = 0xbbbb;
    w->stack[7] = RETURN;
}

static void body_undoes_pushes_and_allocation(void **state)
{
    struct world *w = *state;
    add_ordinary(w);
    assert_int_equal(unwind_at(w, 0x140), PE_OK);
    assert_true(w->context.rip == RETURN);
    assert_true(w->context.gpr[PE_RSP] == STACK + 64);
    assert_true(w->context.gpr[PE_R12] == 0x1212);
    assert_true(w->context.gpr[PE_RBX] == 0xbbbb);
    assert_true(w->context.gpr[PE_RSI] == 0x1000 + PE_RSI);
    assert_true(w->pointers.gpr[PE_R12] == STACK + 40);
    assert_true(w->pointers.gpr[PE_RBX] == STACK + 48);
    assert_true(w->pointers.gpr[PE_RSI] == 0);
    assert_true(w->frame.establisher == STACK);
    assert_int_equal(w->frame.handler_rva, 0x150);
    assert_true(w->frame.handler_data == IMAGE + INFO + 4 + 8 + 4);
    assert_int_equal(w->image[w->frame.handler_data - IMAGE], 0xaa);
    assert_int_equal(w->frame.flags, 3);
    assert_false(w->frame.is_interrupt);
}

static void prologue_undoes_what_has_run(void **state)
{
    /* Stack as after the given steps, control address, where the return address is. */
    static const struct {
        uint32_t rva;
        unsigned first; /* stack word that rsp points to */
    } cases[] = {{0x100, 7}, {0x101, 6}, {0x103, 5}, {0x106, 5}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct world *w;
        setup((void **)&w);
        add_ordinary(w);
        w->context.gpr[PE_RSP] = STACK + 8 * cases[i].first;
        assert_int_equal(unwind_at(w, cases[i].rva), PE_OK);
        assert_true(w->context.rip == RETURN);
        assert_true(w->context.gpr[PE_RSP] == STACK + 64);
        assert_int_equal(w->frame.handler_rva, 0); /* none in a prologue */
        assert_true(w->context.gpr[PE_RBX] == (i >= 1 ? 0xbbbb : 0x1000 + PE_RBX));
        assert_true(w->context.gpr[PE_R12] == (i >= 2 ? 0x1212 : 0x1000 + PE_R12));
        teardown((void **)&w);
    }
}

static void handler_types_select(void **state)
{
    struct world *w = *state;
    struct pe_function function;
    ADD(w, 0x100, 0x200, 1 | 1 << 3, 0, 0, 0, 0x50, 0x01, 0, 0);
    w->stack[0] = RETURN;
    pe_function_find(&w->unwind, 0x110, &function, NULL);
    struct pe_context context = w->context;
    pe_virtual_unwind(&w->unwind, PE_UNWIND_UHANDLER, IMAGE + 0x110, &function, &context, NULL,
                      &w->frame, NULL);
    assert_int_equal(w->frame.handler_rva, 0);
    context = w->context;
    pe_virtual_unwind(&w->unwind, PE_UNWIND_EHANDLER, IMAGE + 0x110, &function, &context, NULL,
                      &w->frame, NULL);
    assert_int_equal(w->frame.handler_rva, 0x150);
}

/* push rbp; sub rsp, 0x40; lea rbp, [rsp+0x20]; then a dynamic allocation below. */
static void frame_register_finds_the_frame(void **state)
{
    struct world *w = *state;
    ADD(w, 0x100, 0x200, 1 | 1 << 3, 10, 3, PE_RBP | 2 << 4, CODE(10, 3, 0), CODE(5, 2, 7),
        CODE(1, 0, PE_RBP), 0, 0, 0x50, 0x01, 0, 0);
    w->stack[40 + 8] = 0x5555;
    w->stack[40 + 9] = RETURN;
    w->context.gpr[PE_RBP] = STACK + 8 * 40 + 0x20;
    struct pe_context start = w->context;
    assert_int_equal(unwind_at(w, 0x140), PE_OK);
    assert_true(w->context.rip == RETURN);
    assert_true(w->context.gpr[PE_RBP] == 0x5555);
    assert_true(w->context.gpr[PE_RSP] == STACK + 8 * 50);
    assert_true(w->frame.establisher == STACK + 8 * 40);
    assert_int_equal(w->frame.handler_rva, 0x150);
    /* Between the allocation and the lea the frame is still rsp's. */
    w->context = start;
    w->context.gpr[PE_RBP] = 0x9999;
    w->context.gpr[PE_RSP] = STACK + 8 * 40;
    assert_int_equal(unwind_at(w, 0x105), PE_OK);
    assert_true(w->context.rip == RETURN);
    assert_true(w->frame.establisher == STACK + 8 * 40);
}

static void saves_are_restored(void **state)
{
    struct world *w = *state;
    /* sub rsp,0x400 (large, 16-bit); saves of rbx, r15 (far), xmm6, xmm15 (far). */
    ADD(w, 0x100, 0x200, 1, 0x20, 12, 0, CODE(0x20, 9, 15), 0x40, 0, 0, 0, CODE(0x18, 8, 6), 3, 0,
        CODE(0x12, 5, PE_R15), 0x18, 0, 0, 0, CODE(0xe, 4, PE_RBX), 2, 0, CODE(7, 1, 0), 0x80, 0);
    w->stack[2] = 0xb0b0;
    w->stack[3] = 0x1515;
    w->stack[6] = 0x66;
    w->stack[7] = 0x67;
    w->stack[8] = 0x150;
    w->stack[9] = 0x151;
    w->stack[128] = RETURN;
    assert_int_equal(unwind_at(w, 0x140), PE_OK);
    assert_true(w->context.rip == RETURN);
    assert_true(w->context.gpr[PE_RBX] == 0xb0b0);
    assert_true(w->context.gpr[PE_R15] == 0x1515);
    assert_true(w->context.xmm[6].low == 0x66 && w->context.xmm[6].high == 0x67);
    assert_true(w->context.xmm[15].low == 0x150 && w->context.xmm[15].high == 0x151);
    assert_true(w->pointers.xmm[6] == STACK + 48);
    assert_true(w->context.gpr[PE_RSP] == STACK + 0x408);
}

static void large_allocation_with_32_bits(void **state)
{
    struct world *w = *state;
    ADD(w, 0x100, 0x200, 1, 7, 3, 0, CODE(7, 1, 1), 0x00, 0x02, 0, 0, 0, 0);
    w->stack[64] = RETURN;
    assert_int_equal(unwind_at(w, 0x140), PE_OK);
    assert_true(w->context.rip == RETURN);
}

static void machine_frame_ends_the_frame(void **state)
{
    for (unsigned error_code = 0; error_code < 2; error_code++) {
        struct world *w;
        setup((void **)&w);
        ADD(w, 0x100, 0x200, 1, 5, 2, 0, CODE(5, 2, 3), CODE(0, 10, error_code));
        w->stack[4 + error_code] = RETURN;
        w->stack[4 + error_code + 3] = STACK + 0x500;
        assert_int_equal(unwind_at(w, 0x140), PE_OK);
        assert_true(w->context.rip == RETURN);
        assert_true(w->context.gpr[PE_RSP] == STACK + 0x500);
        assert_true(w->frame.is_interrupt);
        teardown((void **)&w);
    }
    (void)state;
}

static void chained_information_is_followed(void **state)
{
    struct world *w = *state;
    struct pe_function primary, function;
    add_ordinary(w);
    /* A cold part that saved rsi on top of the ordinary frame. */
    uint32_t chained = ADD(w, 0x300, 0x340, 1 | 4 << 3, 0, 2, 0, CODE(0, 4, PE_RSI), 1, 0);
    memcpy(w->image + chained + 8, w->image + TABLE, 12);
    w->stack[1] = 0x5151;
    assert_int_equal(unwind_at(w, 0x310), PE_OK);
    assert_true(w->context.rip == RETURN);
    assert_true(w->context.gpr[PE_RSI] == 0x5151);
    assert_true(w->context.gpr[PE_R12] == 0x1212);
    assert_int_equal(w->frame.handler_rva, 0x150); /* the primary's */
    assert_int_equal(w->frame.flags, 3);
    pe_function_find(&w->unwind, 0x310, &function, NULL);
    assert_int_equal(pe_function_primary(&w->unwind, &function, &primary, &w->error), PE_OK);
    assert_int_equal(primary.begin, 0x100);
    memcpy(w->image + chained + 8, &function, 12); /* a ring */
    assert_int_equal(unwind_at(w, 0x310), PE_DAMAGED);
    assert_string_equal(w->error.field, "ChainedFunction");
}

/* --- epilogues --- */

static void put_code(struct world *w, uint32_t rva, const uint8_t *bytes, size_t count)
{
    memcpy(w->image + rva, bytes, count);
}

#define PUT(w, rva, ...) \
    put_code(w, rva, (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static void epilogue_is_recognised_at_each_step(void **state)
{
    /* add rsp,28h; pop r12; pop rbx; ret */
    static const struct {
        uint32_t rva;
        unsigned first;
    } cases[] = {{0x1f0, 0}, {0x1f4, 5}, {0x1f6, 6}, {0x1f7, 7}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct world *w;
        setup((void **)&w);
        add_ordinary(w);
        PUT(w, 0x1f0, 0x48, 0x83, 0xc4, 0x28, 0x41, 0x5c, 0x5b, 0xc3);
        w->context.gpr[PE_RSP] = STACK + 8 * cases[i].first;
        assert_int_equal(unwind_at(w, cases[i].rva), PE_OK);
        assert_true(w->context.rip == RETURN);
        assert_true(w->context.gpr[PE_RSP] == STACK + 64);
        assert_int_equal(w->frame.handler_rva, 0);
        assert_true(w->context.gpr[PE_RBX] == (i <= 2 ? 0xbbbb : 0x1000 + PE_RBX));
        teardown((void **)&w);
    }
    (void)state;
}

static void epilogue_ends_are_told_apart(void **state)
{
    static const struct {
        uint8_t bytes[8];
        bool is_epilogue;
    } cases[] = {
        {{0x5b, 0xc3}, true},
        {{0x5b, 0xf3, 0xc3}, true},
        {{0x5b, 0xc2, 0x10, 0x00}, true},
        {{0x5b, 0xeb, 0x7f}, true},  /* jmp far enough */
        {{0x5b, 0xeb, 0xf0}, false}, /* jmp back into the body */
        {{0x5b, 0xe9, 0x00, 0x10, 0x00, 0x00}, true},
        {{0x5b, 0xe9, 0x1a, 0xff, 0xff, 0xff}, true}, /* to its own start: a tail call */
        {{0x5b, 0xff, 0x25, 0, 0, 0, 0}, true},       /* jmp [rip] */
        {{0x5b, 0xff, 0xe0}, false},                  /* jmp rax: a switch, perhaps */
        {{0x5b, 0x48, 0xff, 0xe0}, true},             /* rex64 jmp rax */
        {{0x5b, 0xff, 0x60, 0x08}, false},            /* jmp [rax+8] */
        {{0x5b, 0x90, 0xc3}, false},
        {{0x48, 0x83, 0xc4, 0x20, 0x90, 0xc3}, false},
        {{0x48, 0x81, 0xc4, 0x08, 0, 0, 0, 0xc3}, true},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct world *w;
        setup((void **)&w);
        ADD(w, 0x100, 0x200, 1 | 3 << 3, 1, 1, 0, CODE(1, 0, PE_RBX), 0, 0, 0x50, 0x01, 0, 0);
        memcpy(w->image + 0x1e0, cases[i].bytes, 8);
        w->stack[0] = 0xbbbb;
        w->stack[1] = RETURN;
        assert_int_equal(unwind_at(w, 0x1e0), PE_OK);
        assert_true(w->context.rip == RETURN);
        if ((w->frame.handler_rva == 0) != cases[i].is_epilogue)
            fail_msg("case %zu taken for %s", i, cases[i].is_epilogue ? "body" : "epilogue");
        if (cases[i].bytes[1] == 0xc2)
            assert_true(w->context.gpr[PE_RSP] == STACK + 16 + 0x10);
        teardown((void **)&w);
    }
    (void)state;
}

static void epilogue_through_the_frame_register(void **state)
{
    struct world *w = *state;
    /* push r12; sub rsp,40h; lea r12,[rsp]: r12 needs a SIB byte. */
    ADD(w, 0x100, 0x200, 1, 10, 3, PE_R12, CODE(10, 3, 0), CODE(6, 2, 7), CODE(2, 0, PE_R12));
    PUT(w, 0x1e0, 0x49, 0x8d, 0x64, 0x24, 0x40, 0x41, 0x5c, 0xc3);
    PUT(w, 0x1c0, 0x48, 0x8d, 0x65, 0x40, 0x41, 0x5c, 0xc3); /* lea rsp,[rbp+40]: not its own */
    w->context.gpr[PE_R12] = STACK + 0x100;
    w->context.gpr[PE_RBP] = STACK + 0x100;
    w->stack[40] = 0x1212;
    w->stack[41] = RETURN;
    struct pe_context start = w->context;
    assert_int_equal(unwind_at(w, 0x1e0), PE_OK);
    assert_true(w->context.rip == RETURN);
    assert_true(w->context.gpr[PE_R12] == 0x1212);
    assert_true(w->context.gpr[PE_RSP] == STACK + 0x150);
    w->context = start;
    assert_int_equal(unwind_at(w, 0x1c0), PE_OK); /* as body: the same result by the codes */
    assert_true(w->context.rip == RETURN);
}

static void jump_to_another_part_is_no_epilogue(void **state)
{
    struct world *w = *state;
    add_ordinary(w);
    uint32_t chained = ADD(w, 0x300, 0x340, 1 | 4 << 3, 0, 0, 0);
    memcpy(w->image + chained + 4, w->image + TABLE, 12);
    PUT(w, 0x320, 0xe9, 0x1b, 0xfe, 0xff, 0xff); /* back to 0x140 */
    assert_int_equal(unwind_at(w, 0x320), PE_OK);
    assert_true(w->context.rip == RETURN);
    assert_true(w->context.gpr[PE_RBX] == 0xbbbb);
    setup((void **)&w);
    add_ordinary(w);
    chained = ADD(w, 0x300, 0x340, 1 | 4 << 3, 0, 0, 0);
    memcpy(w->image + chained + 4, w->image + TABLE, 12);
    PUT(w, 0x150, 0xe9, 0xab, 0x01, 0, 0); /* into the cold part, 0x300 */
    assert_int_equal(unwind_at(w, 0x150), PE_OK);
    assert_true(w->context.rip == RETURN);
    teardown((void **)&w);
}

static void version_2_lists_its_epilogues(void **state)
{
    struct world *w = *state;
    /* pop rbx; ret at the end and one at 0x1a0; each two bytes long. */
    ADD(w, 0x100, 0x200, 2 | 3 << 3, 5, 4, 0, CODE(2, 6, 1), CODE(0x60, 6, 0), CODE(5, 2, 3),
        CODE(1, 0, PE_RBX), 0x50, 0x01, 0, 0);
    PUT(w, 0x1fe, 0x5b, 0xc3);
    PUT(w, 0x1a0, 0x5b, 0xc3);
    PUT(w, 0x180, 0x5b, 0xc3); /* looks like one, is not listed */
    static const uint32_t at[] = {0x1fe, 0x1a0, 0x1a1, 0x180};
    for (int i = 0; i < 4; i++) {
        w->context.gpr[PE_RSP] = STACK;
        for (int j = 0; j < 8; j++)
            w->stack[j] = 0;
        unsigned pops = i == 3 ? 4 : i == 2 ? 0 : 1;
        w->stack[i == 3 ? 5 : pops] = RETURN;
        assert_int_equal(unwind_at(w, at[i]), PE_OK);
        assert_true(w->context.rip == RETURN);
        assert_int_equal(w->frame.handler_rva, i == 3 ? 0x150 : 0);
    }
    PUT(w, 0x1a0, 0x90, 0x90);
    assert_int_equal(unwind_at(w, 0x1a0), PE_DAMAGED);
}

/* --- damage --- */

static void damage_is_an_error_and_changes_nothing(void **state)
{
    static const struct {
        uint8_t info[8];
        uint64_t rsp;
        const char *field;
    } cases[] = {
        {{3, 0, 0, 0}, STACK, "UnwindInfo.Version"},
        {{1 | 8 << 3, 0, 0, 0}, STACK, "UnwindInfo.Flags"},
        {{1 | 5 << 3, 0, 0, 0}, STACK, "UnwindInfo.Flags"},
        {{1, 0, 1, 0, CODE(0, 6, 0)}, STACK, "UnwindCode"}, /* version 2's in version 1 */
        {{1, 0, 1, 0, CODE(0, 7, 0)}, STACK, "UnwindCode"},
        {{1, 0, 1, 0, CODE(0, 11, 0)}, STACK, "UnwindCode"},
        {{1, 0, 1, 0, CODE(0, 1, 2)}, STACK, "UnwindCode"},
        {{1, 0, 1, 0, CODE(0, 10, 2)}, STACK, "UnwindCode"},
        {{1, 0, 1, 0, CODE(0, 1, 0)}, STACK, "CountOfCodes"},
        {{1, 0, 1, 0, CODE(0, 3, 0)}, STACK, "FrameRegister"},
        {{1, 0, 1, 0, CODE(0, 0, 3)}, STACK + 2048, "Stack"},
        {{1, 0, 1, 0, CODE(0, 0, 3)}, STACK + 2040, "Stack"},
        {{1, 0, 2, 0, CODE(0, 4, 3), 0xff, 0xff}, STACK, "Stack"},
        {{1 | 4 << 3, 0, 0, 0, 0, 0, 0, 0}, STACK, "UnwindInfo.Version"},
        {{1 | 1 << 3, 0, 0, 0, 0, 0x40, 0, 0}, STACK, "ExceptionHandler"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct world *w;
        setup((void **)&w);
        add_function(w, 0x100, 0x200, cases[i].info, 8);
        w->context.gpr[PE_RSP] = cases[i].rsp;
        struct pe_context before = w->context;
        memset(w->image, 0, 12); /* what a zero chain leads to */
        if (unwind_at(w, 0x140) != PE_DAMAGED)
            fail_msg("case %zu was not seen", i);
        if (strcmp(w->error.field, cases[i].field) != 0)
            fail_msg("case %zu: %s", i, w->error.text);
        assert_memory_equal(&before, &w->context, sizeof(before));
        assert_true(w->pointers.gpr[PE_RBX] == 0);
        teardown((void **)&w);
    }
    (void)state;
}

/* A function that does nothing to its frame, described by the last four bytes there are. */
static void information_without_codes_may_end_the_image(void **state)
{
    struct world *w = *state;
    uint32_t entry[3] = {0x100, 0x140, IMAGE_SIZE - 4};
    memcpy(w->image + TABLE, entry, sizeof(entry));
    memcpy(w->image + IMAGE_SIZE - 4, (const uint8_t[]){1, 0, 0, 0}, 4);
    w->unwind.table_count = 1;
    w->stack[0] = RETURN;
    assert_int_equal(unwind_at(w, 0x120), PE_OK);
    assert_true(w->context.rip == RETURN);
}

static void any_information_terminates(void **state)
{
    /* Every first code byte pair with every flag and some rest: result or error, no crash. */
    for (uint32_t seed = 0; seed < 200000; seed++) {
        static struct world *w;
        if (!w)
            setup((void **)&w);
        uint32_t x = seed * 2654435761u + 12345;
        uint8_t info[16];
        for (size_t i = 0; i < sizeof(info); i++) {
            x = x * 1664525u + 1013904223u;
            info[i] = (uint8_t)(x >> 24);
        }
        info[0] = (uint8_t)((info[0] & 0x38) | (1 + (seed & 1)));
        info[2] &= 7;
        w->unwind.table_count = 0;
        w->context.gpr[PE_RSP] = STACK + 0x100;
        add_function(w, 0x100, 0x200, info, sizeof(info));
        int result = unwind_at(w, 0x100 + (seed & 0xff));
        assert_true(result == PE_OK || (result == PE_DAMAGED && w->error.field));
        if (seed == 199999)
            teardown((void **)&w);
    }
    (void)state;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(leaf_pops_the_return_address),
        TEST(table_is_searched),
        TEST(body_undoes_pushes_and_allocation),
        TEST(prologue_undoes_what_has_run),
        TEST(handler_types_select),
        TEST(frame_register_finds_the_frame),
        TEST(saves_are_restored),
        TEST(large_allocation_with_32_bits),
        TEST(machine_frame_ends_the_frame),
        TEST(chained_information_is_followed),
        TEST(epilogue_is_recognised_at_each_step),
        TEST(epilogue_ends_are_told_apart),
        TEST(epilogue_through_the_frame_register),
        TEST(jump_to_another_part_is_no_epilogue),
        TEST(version_2_lists_its_epilogues),
        TEST(information_without_codes_may_end_the_image),
        TEST(damage_is_an_error_and_changes_nothing),
        TEST(any_information_terminates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
