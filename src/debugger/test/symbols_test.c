/* SPDX-License-Identifier: MIT */
/* symbols_test.c - symbols and types out of the tools' texts, whole and damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "symbols.h"
#include "types.h"

static const struct symbol_sections sections = {
    .base = 0x480000000000, .count = 3, .rva = {0x1000, 0x2000, 0x3000}};

static const char pdb_text[] =
    "     112 | S_GPROC32 [size = 52] `DriverEntry`\n"
    "           parent = 0, end = 520, addr = 0001:0000, code size = 474\n"
    "           type = `0x1148 (long (_DRIVER_OBJECT*))`, debug start = 0, debug end = 0\n"
    "     164 | S_FRAMEPROC [size = 32]\n"
    "           size = 152, padding size = 0, offset to padding = 0\n"
    "     796 | S_LDATA32 [size = 20] `Count`\n"
    "           type = 0x0612 (long*), addr = 0003:0016\n"
    "     524 | S_LPROC32 [size = 52] `Wdm1Create`\n"
    "           parent = 0, end = 780, addr = 0001:0480, code size = 93\n"
    "    1000 | S_GPROC32 [size = 52] `Lost`\n"
    "           parent = 0, end = 780, addr = 0009:0480, code size = 93\n"
    "    1032 | S_PUB32 [size = 48] `DriverEntry`\n"
    "           flags = function, addr = 0001:0000\n"
    "     296 | S_PUB32 [size = 80] `??_C@_0DE@KLIK@Wdm1@`\n"
    "           flags = none, addr = 0002:0444\n"
    "    1240 | S_PUB32 [size = 36] `__imp_IoCreateDevice`\n"
    "           flags = none, addr = 0002:1080";

static void pdb(void **state)
{
    struct symbols symbols = {0};
    char *text = strdup(pdb_text);
    pdb_symbols_parse(text, &sections, &symbols);
    assert_int_equal(symbols.count, 4);
    const struct symbol *entry = symbols_named(&symbols, "DriverEntry");
    assert_non_null(entry);
    assert_int_equal(entry->address, 0x480000001000);
    assert_int_equal(entry->size, 474);
    assert_int_equal(entry->type, 0x1148);
    assert_true(entry->is_function);
    const struct symbol *count = symbols_named(&symbols, "count");
    assert_non_null(count);
    assert_int_equal(count->address, 0x480000003010);
    assert_int_equal(count->type, 0x612);
    assert_false(count->is_function);
    assert_int_equal(symbols_named(&symbols, "__imp_IoCreateDevice")->address, 0x480000002438);
    assert_null(symbols_named(&symbols, "Lost")); /* its section is not there */
    assert_string_equal(symbols_at(&symbols, 0x4800000011e5)->name, "Wdm1Create");
    assert_string_equal(symbols_at(&symbols, 0x4800000011df)->name, "DriverEntry");
    assert_null(symbols_at(&symbols, 0x480000000fff));
    symbols_free(&symbols);
    free(text);
}

static void table(void **state)
{
    struct symbols symbols = {0};
    char text[] = "Symbols [\n  Symbol {\n    Name: DriverEntry\n    Value: 8\n"
                  "    Section: .text (1)\n    ComplexType: Function (0x2)\n"
                  "    StorageClass: External (0x2)\n  }\n"
                  "  Symbol {\n    Name: helper\n    Value: 0\n    Section: .text (1)\n"
                  "    ComplexType: Function (0x2)\n    StorageClass: Static (0x3)\n  }\n"
                  "  Symbol {\n    Name: __end__\n    Value: 0\n    Section: .text (1)\n"
                  "    ComplexType: Null (0x0)\n    StorageClass: External (0x2)\n  }\n"
                  "  Symbol {\n    Name: .text\n    Value: 0\n    Section: .text (1)\n"
                  "    StorageClass: Static (0x3)\n  }\n"
                  "  Symbol {\n    Name: absolute\n    Value: 4\n"
                  "    Section: IMAGE_SYM_ABSOLUTE (-1)\n    StorageClass: External (0x2)\n  }\n"
                  "  Symbol {\n    Name: count\n    Value: 16\n    Section: .bss (3)\n"
                  "    ComplexType: Null (0x0)\n    StorageClass: Static (0x3)\n  }\n]";
    table_symbols_parse(text, &sections, &symbols);
    assert_int_equal(symbols.count, 4);
    assert_int_equal(symbols_named(&symbols, "DriverEntry")->address, 0x480000001008);
    assert_string_equal(symbols_at(&symbols, 0x480000001004)->name, "helper");
    assert_int_equal(symbols_named(&symbols, "count")->address, 0x480000003010);
    assert_false(symbols_named(&symbols, "count")->is_function);
    symbols_free(&symbols);
}

static const char pdb_types[] =
    "  0x1017 | LF_STRUCTURE [size = 40] `_PAIR`\n"
    "           vtable: <no type>, base list: <no type>, field list: <no type>\n"
    "           options: forward ref (-> 0x101A), sizeof 0\n"
    "  0x1018 | LF_POINTER [size = 12]\n"
    "           referent = 0x1017, mode = pointer, opts = None, kind = ptr64\n"
    "  0x1019 | LF_FIELDLIST [size = 100]\n"
    "           - LF_MEMBER [name = `Next`, Type = 0x1018, offset = 0, attrs = public]\n"
    "           - LF_MEMBER [name = `Bit`, Type = 0x101B, offset = 8, attrs = public]\n"
    "           - LF_MEMBER [name = `Many`, Type = 0x101C, offset = 12, attrs = public]\n"
    "           - LF_MEMBER [name = `Kind`, Type = 0x101E, offset = 24, attrs = public]\n"
    "  0x101A | LF_STRUCTURE [size = 40] `_PAIR`\n"
    "           vtable: <no type>, base list: <no type>, field list: 0x1019\n"
    "           options: None, sizeof 32\n"
    "  0x101B | LF_BITFIELD [size = 12]\n"
    "           type = 0x0022 (unsigned long), bit offset = 3, # bits = 9\n"
    "  0x101C | LF_ARRAY [size = 16]\n"
    "           size: 12, index type: 0x0023 (unsigned __int64), element type: 0x0022 (unsigned "
    "long)\n"
    "  0x101D | LF_FIELDLIST [size = 50]\n"
    "           - LF_ENUMERATE [KindA = 1]\n"
    "           - LF_ENUMERATE [KindB = -2]\n"
    "  0x101E | LF_ENUM [size = 40] `_KIND`\n"
    "           field list: 0x101D, underlying type: 0x0074 (int)\n"
    "           options: \n"
    "   35148 | S_UDT [size = 36] `PPAIR`\n"
    "           original type = 0x1018\n";

static void is_text(const struct types *types, uint32_t number, const char *wanted)
{
    char text[256];
    type_text(types, number, text, sizeof text);
    assert_string_equal(text, wanted);
}

static void types_from_pdb(void **state)
{
    char *text = strdup(pdb_types);
    struct types *types = types_of_pdb(text);
    assert_int_equal(type_named(types, "_PAIR"), 0x101a);
    assert_int_equal(type_named(types, "PAIR"), 0x101a);
    assert_int_equal(type_named(types, "_NOBODY"), 0);
    const struct type *pair = type_real(types, 0x1017); /* through the forward reference */
    assert_int_equal(pair->size, 32);
    const struct type *list = type_members(types, pair);
    assert_int_equal(list->member_count, 4);
    assert_string_equal(list->member[2].name, "Many");
    assert_int_equal(list->member[2].offset, 12);
    is_text(types, list->member[0].type, "Ptr64 _PAIR");
    is_text(types, list->member[1].type, "Pos 3, 9 Bits");
    is_text(types, list->member[2].type, "[3] Uint4B");
    is_text(types, list->member[3].type, "_KIND");
    is_text(types, type_named(types, "PPAIR"), "Ptr64 _PAIR");
    is_text(types, 0xfffff, "Void");
    const struct type *kinds = type_members(types, type_real(types, 0x101e));
    assert_int_equal(kinds->member[1].offset, -2);
    assert_int_equal(type_size(types, 0x101e), 4);
    types_destroy(types);
    free(text);
}

static const char dwarf_text[] =
    "0x0000000b: DW_TAG_compile_unit\n"
    "              DW_AT_name\t(\"driver.c\")\n"
    "\n"
    "0x0000002a:   DW_TAG_base_type\n"
    "                DW_AT_byte_size\t(0x04)\n"
    "                DW_AT_encoding\t(DW_ATE_unsigned)\n"
    "                DW_AT_name\t(\"long unsigned int\")\n"
    "\n"
    "0x00000040:   DW_TAG_structure_type\n"
    "                DW_AT_name\t(\"_PAIR\")\n"
    "                DW_AT_byte_size\t(0x20)\n"
    "\n"
    "0x00000050:     DW_TAG_member\n"
    "                  DW_AT_name\t(\"Next\")\n"
    "                  DW_AT_type\t(0x00000080 \"_PAIR *\")\n"
    "                  DW_AT_data_member_location\t(0x00)\n"
    "\n"
    "0x00000060:     DW_TAG_member\n"
    "                  DW_AT_name\t(\"Bit\")\n"
    "                  DW_AT_type\t(0x0000002a \"long unsigned int\")\n"
    "                  DW_AT_bit_size\t(0x09)\n"
    "                  DW_AT_data_bit_offset\t(0x43)\n"
    "\n"
    "0x00000070:     DW_TAG_member\n"
    "                  DW_AT_name\t(\"Many\")\n"
    "                  DW_AT_type\t(0x00000090 \"ULONG[3]\")\n"
    "                  DW_AT_data_member_location\t(0x0c)\n"
    "\n"
    "0x0000007f:     NULL\n"
    "\n"
    "0x00000080:   DW_TAG_pointer_type\n"
    "                DW_AT_byte_size\t(8)\n"
    "                DW_AT_type\t(0x00000040 \"_PAIR\")\n"
    "\n"
    "0x00000088:   DW_TAG_typedef\n"
    "                DW_AT_name\t(\"PPAIR\")\n"
    "                DW_AT_type\t(0x00000080 \"_PAIR *\")\n"
    "\n"
    "0x00000090:   DW_TAG_array_type\n"
    "                DW_AT_type\t(0x0000002a \"long unsigned int\")\n"
    "\n"
    "0x00000098:     DW_TAG_subrange_type\n"
    "                  DW_AT_upper_bound\t(0x02)\n"
    "\n"
    "0x000000a0:   DW_TAG_enumeration_type\n"
    "                DW_AT_name\t(\"_KIND\")\n"
    "                DW_AT_byte_size\t(0x04)\n"
    "\n"
    "0x000000a8:     DW_TAG_enumerator\n"
    "                  DW_AT_name\t(\"KindB\")\n"
    "                  DW_AT_const_value\t(-2)\n"
    "\n"
    "0x000000b0:   DW_TAG_variable\n"
    "                DW_AT_name\t(\"Pairs\")\n"
    "                DW_AT_type\t(0x00000040 \"_PAIR\")\n";

static void types_from_dwarf(void **state)
{
    char *text = strdup(dwarf_text);
    struct types *types = types_of_dwarf(text);
    uint32_t number = type_named(types, "_PAIR");
    assert_int_not_equal(number, 0);
    const struct type *list = type_members(types, type_real(types, number));
    assert_int_equal(list->member_count, 3);
    is_text(types, list->member[0].type, "Ptr64 _PAIR");
    is_text(types, list->member[1].type, "Pos 3, 9 Bits");
    assert_int_equal(list->member[1].offset, 8);
    is_text(types, list->member[2].type, "[3] Uint4B");
    assert_int_equal(list->member[2].offset, 12);
    is_text(types, type_named(types, "PPAIR"), "Ptr64 _PAIR");
    is_text(types, type_named(types, "variable Pairs"), "_PAIR");
    const struct type *kind = type_real(types, type_named(types, "_KIND"));
    assert_int_equal(type_members(types, kind)->member[0].offset, -2);
    types_destroy(types);
    free(text);
}

/* Text cut off anywhere, or with any letter changed, is read without a fault. */
static void damaged(void **state)
{
    const char *const texts[] = {pdb_text, pdb_types, dwarf_text};
    static const char letters[] = "\n0x9`-(";
    for (size_t t = 0; t < 3; t++) {
        size_t length = strlen(texts[t]);
        for (size_t i = 0; i < length; i++) {
            char *text = strdup(texts[t]);
            text[i] = letters[i % (sizeof letters)];
            struct symbols symbols = {0};
            struct types *types = t == 1   ? types_of_pdb(text)
                                  : t == 2 ? types_of_dwarf(text)
                                           : NULL;
            if (!t)
                pdb_symbols_parse(text, &sections, &symbols);
            for (uint32_t k = 0; types && k < types->count; k += types->count > 0x1000 ? 7 : 1) {
                char line[128];
                type_text(types, k, line, sizeof line);
                type_size(types, k);
                type_members(types, type_real(types, k));
            }
            types_destroy(types);
            symbols_free(&symbols);
            free(text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pdb), cmocka_unit_test(table), cmocka_unit_test(types_from_pdb),
        cmocka_unit_test(types_from_dwarf), cmocka_unit_test(damaged)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
