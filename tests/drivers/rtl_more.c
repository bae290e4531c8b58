/* SPDX-License-Identifier: MIT */
/* rtl_more.c - tests of the run-time library's rarer half: narrow strings, code pages,
 * addresses as text, short names, prefix and hash tables, compression. */
#include "drivertest.h"

#include <ip2string.h>

#define TAG 'tmtR'

/* Exported, but not declared in the kernel's headers. */
NTSTATUS NTAPI RtlInitAnsiStringEx(PANSI_STRING to, PCSZ from);
NTSTATUS NTAPI RtlInitStringEx(PSTRING to, PCSZ from);
NTSTATUS NTAPI RtlInitUTF8StringEx(PUTF8_STRING to, PCSZ from);
VOID NTAPI RtlFreeUTF8String(PUTF8_STRING text);
NTSTATUS NTAPI RtlUTF8StringToUnicodeString(PUNICODE_STRING to, PUTF8_STRING from, BOOLEAN make);
NTSTATUS NTAPI RtlUnicodeStringToUTF8String(PUTF8_STRING to, PCUNICODE_STRING from, BOOLEAN make);
BOOLEAN NTAPI RtlPrefixString(const STRING *a, const STRING *b, BOOLEAN no_case);
NTSTATUS NTAPI RtlAppendStringToString(PSTRING to, const STRING *from);
NTSTATUS NTAPI RtlAppendAsciizToString(PSTRING to, PCSZ from);
BOOLEAN NTAPI RtlSuffixUnicodeString(PCUNICODE_STRING a, PCUNICODE_STRING b, BOOLEAN no_case);
extern DECLSPEC_IMPORT USHORT NlsAnsiCodePage, NlsOemCodePage;
WCHAR NTAPI RtlAnsiCharToUnicodeChar(PUCHAR *at);
LONG NTAPI RtlCompareUnicodeStrings(PCWCH a, SIZE_T a_count, PCWCH b, SIZE_T b_count,
                                    BOOLEAN no_case);
NTSTATUS NTAPI RtlDecompressBufferEx(USHORT format, PUCHAR out, ULONG out_room, PUCHAR in,
                                     ULONG in_length, PULONG out_length, PVOID workspace);

static BOOLEAN is_text(const char *a, const char *b)
{
    for (; *a && *a == *b; a++, b++)
        ;
    return *a == *b;
}

static BOOLEAN is_wide(PCWSTR a, PCWSTR b)
{
    for (; *a && *a == *b; a++, b++)
        ;
    return *a == *b;
}

static BOOLEAN is_counted(const STRING *text, const char *wanted)
{
    ANSI_STRING other;

    RtlInitAnsiString(&other, wanted);
    return text->Length == other.Length && RtlEqualMemory(text->Buffer, wanted, other.Length);
}

static BOOLEAN is_unicode(PCUNICODE_STRING text, PCWSTR wanted)
{
    UNICODE_STRING other;

    RtlInitUnicodeString(&other, wanted);
    return RtlEqualUnicodeString(text, &other, FALSE);
}

/* ---- narrow strings -------------------------------------------------------------------- */

static void narrow_strings(void)
{
    char room[8];
    STRING one, two, target = {0, sizeof room, room};

    RtlInitString(&one, "Abc");
    expect_number(one.MaximumLength, 4);
    expect_status(RtlInitStringEx(&two, "aBC"), STATUS_SUCCESS);
    expect(RtlEqualString(&one, &two, TRUE) && !RtlEqualString(&one, &two, FALSE));
    expect(RtlCompareString(&one, &two, TRUE) == 0 && RtlCompareString(&one, &two, FALSE) < 0);
    RtlCopyString(&target, &one);
    expect(is_counted(&target, "Abc"));
    expect_status(RtlAppendStringToString(&target, &two), STATUS_SUCCESS);
    expect_status(RtlAppendAsciizToString(&target, "xy"), STATUS_SUCCESS);
    expect(is_counted(&target, "AbcaBCxy"));
    expect_status(RtlAppendAsciizToString(&target, "z"), STATUS_BUFFER_TOO_SMALL);
    expect(RtlPrefixString(&one, &target, FALSE) && !RtlPrefixString(&two, &target, FALSE));
    expect(RtlPrefixString(&two, &target, TRUE));
    RtlUpperString(&target, &two);
    expect(is_counted(&target, "ABC"));
    expect_number(RtlUpperChar('q'), 'Q');
    expect_status(RtlInitAnsiStringEx(&one, NULL), STATUS_SUCCESS);
    expect(one.Length == 0 && one.Buffer == NULL);
    RtlInitUTF8String(&one, "\xc3\xa4");
    expect_number(one.Length, 2);
    expect_status(RtlInitUTF8StringEx(&one, "x"), STATUS_SUCCESS);
    expect_number(one.MaximumLength, 2);
}

static void unicode_strings(void)
{
    UNICODE_STRING text, tail;

    expect(RtlCreateUnicodeString(&text, L"tail of this"));
    RtlInitUnicodeString(&tail, L"THIS");
    expect(RtlSuffixUnicodeString(&tail, &text, TRUE));
    expect(!RtlSuffixUnicodeString(&tail, &text, FALSE));
    RtlFreeUnicodeString(&text);
    expect(RtlCompareUnicodeStrings(L"ab", 2, L"AB", 2, TRUE) == 0);
    expect(RtlCompareUnicodeStrings(L"ab", 2, L"abc", 3, TRUE) < 0);
    expect(RtlCompareUnicodeStrings(L"b", 1, L"abc", 3, FALSE) > 0);
}

/* ---- code pages ------------------------------------------------------------------------ */

static void code_pages(void)
{
    UCHAR bytes[] = {0xc3, 0xa4, 'x', 0};
    PUCHAR at = bytes;
    WCHAR wide[8];
    char narrow[8];
    ULONG length;

    expect_number(NlsAnsiCodePage, 65001);
    expect_number(NlsOemCodePage, 65001);
    expect(NlsMbCodePageTag == NlsMbOemCodePageTag);
    expect(NlsOemLeadByteInfo != NULL && NlsOemLeadByteInfo['a'] == 0);
    expect_number(RtlAnsiCharToUnicodeChar(&at), 0xe4);
    expect(at == bytes + 2);
    expect_status(RtlMultiByteToUnicodeSize(&length, (PCHAR)bytes, 3), STATUS_SUCCESS);
    expect_number(length, 4);
    expect_status(RtlMultiByteToUnicodeN(wide, sizeof wide, &length, (PCHAR)bytes, 3),
                  STATUS_SUCCESS);
    expect(length == 4 && wide[0] == 0xe4 && wide[1] == L'x');
    expect_status(RtlOemToUnicodeN(wide, 2, &length, (PCHAR)bytes, 3), STATUS_SUCCESS);
    expect_number(length, 2);
    wide[1] = L'y';
    expect_status(RtlUnicodeToMultiByteSize(&length, wide, 4), STATUS_SUCCESS);
    expect_number(length, 3);
    expect_status(RtlUnicodeToMultiByteN(narrow, sizeof narrow, &length, wide, 4), STATUS_SUCCESS);
    expect(length == 3 && RtlEqualMemory(narrow, "\xc3\xa4y", 3));
    expect_status(RtlUnicodeToOemN(narrow, sizeof narrow, &length, wide, 4), STATUS_SUCCESS);
    expect_number(length, 3);
    expect_status(RtlUpcaseUnicodeToMultiByteN(narrow, sizeof narrow, &length, wide, 4),
                  STATUS_SUCCESS);
    expect(length == 3 && RtlEqualMemory(narrow, "\xc3\x84Y", 3));
    expect_status(RtlUpcaseUnicodeToOemN(narrow, 2, &length, wide, 4), STATUS_SUCCESS);
    expect_number(length, 2);
    expect_status(RtlUnicodeToUTF8N(narrow, sizeof narrow, &length, wide, 4), STATUS_SUCCESS);
    expect(length == 3 && RtlEqualMemory(narrow, "\xc3\xa4y", 3));
    expect_status(RtlUnicodeToUTF8N(narrow, 1, &length, wide, 4), STATUS_BUFFER_TOO_SMALL);
}

static void oem_strings(void)
{
    UNICODE_STRING wide, back;
    OEM_STRING oem;

    RtlInitUnicodeString(&wide, L"caf\u00e9");
    expect_number(RtlxUnicodeStringToOemSize(&wide), 6);
    expect_number(RtlxUnicodeStringToAnsiSize(&wide), 6);
    expect_status(RtlUnicodeStringToOemString(&oem, &wide, TRUE), STATUS_SUCCESS);
    expect(is_text(oem.Buffer, "caf\xc3\xa9") && oem.Length == 5);
    expect_number(RtlxOemStringToUnicodeSize(&oem), 10);
    expect_number(RtlxAnsiStringToUnicodeSize(&oem), 10);
    expect_status(RtlOemStringToUnicodeString(&back, &oem, TRUE), STATUS_SUCCESS);
    expect(RtlEqualUnicodeString(&wide, &back, FALSE));
    RtlFreeUnicodeString(&back);
    expect_status(RtlOemStringToCountedUnicodeString(&back, &oem, TRUE), STATUS_SUCCESS);
    expect_number(back.Length, 8);
    RtlFreeUnicodeString(&back);
    RtlFreeOemString(&oem);
    expect_status(RtlUnicodeStringToCountedOemString(&oem, &wide, TRUE), STATUS_SUCCESS);
    expect_number(oem.Length, 5);
    RtlFreeOemString(&oem);
    expect_status(RtlUpcaseUnicodeStringToOemString(&oem, &wide, TRUE), STATUS_SUCCESS);
    expect(is_text(oem.Buffer, "CAF\xc3\x89"));
    RtlFreeOemString(&oem);
    expect_status(RtlUpcaseUnicodeStringToCountedOemString(&oem, &wide, TRUE), STATUS_SUCCESS);
    expect_number(oem.Length, 5);
    RtlFreeOemString(&oem);
}

static void utf8_strings(void)
{
    UTF8_STRING narrow;
    UNICODE_STRING wide;
    WCHAR room[2];

    RtlInitUTF8String(&narrow, "\xe2\x82\xac=1");
    expect_status(RtlUTF8StringToUnicodeString(&wide, &narrow, TRUE), STATUS_SUCCESS);
    expect(is_unicode(&wide, L"\u20ac=1"));
    expect_status(RtlUnicodeStringToUTF8String(&narrow, &wide, TRUE), STATUS_SUCCESS);
    expect(narrow.Length == 5 && is_text(narrow.Buffer, "\xe2\x82\xac=1"));
    RtlFreeUnicodeString(&wide);
    wide.Buffer = room;
    wide.MaximumLength = sizeof room;
    expect_status(RtlUTF8StringToUnicodeString(&wide, &narrow, FALSE), STATUS_BUFFER_OVERFLOW);
    expect_number(wide.Length, sizeof room);
    RtlFreeUTF8String(&narrow);
    RtlInitUTF8String(&narrow, "a\xff");
    expect_status(RtlUTF8StringToUnicodeString(&wide, &narrow, FALSE), STATUS_SOME_NOT_MAPPED);
    expect_number(room[1], 0xfffd);
}

/* ---- addresses ------------------------------------------------------------------------- */

static void addresses_v4(void)
{
    static const struct {
        const char *text;
        BOOLEAN strict;
        ULONG host_order;
        ULONG length; /* 0: no address */
    } cases[] = {
        {"1.2.3.4", TRUE, 0x01020304, 7},
        {"255.255.255.255z", TRUE, 0xffffffff, 15},
        {"1.2.3", TRUE, 0, 0},
        {"1.2.3", FALSE, 0x01020003, 5},
        {"0x7f.1", FALSE, 0x7f000001, 6},
        {"010.0.0.1", FALSE, 0x08000001, 9},
        {"256.1.1.1", TRUE, 0, 0},
        {"1.2.3.256", FALSE, 0, 0},
        {"4294967295", FALSE, ~0u, 10},
        {"4294967296", FALSE, 0, 0},
        {"1..2.3", TRUE, 0, 0},
        {"", FALSE, 0, 0},
    };
    IN_ADDR address;
    PCSTR end;
    LPCWSTR wide_end;
    char text[32];
    WCHAR wide[32];
    ULONG i, room;
    USHORT port;

    for (i = 0; i < RTL_NUMBER_OF(cases); i++) {
        NTSTATUS status = RtlIpv4StringToAddressA(cases[i].text, cases[i].strict, &end, &address);
        if (NT_SUCCESS(status) != (cases[i].length != 0))
            drivertest_failed(__FILE__, __LINE__, cases[i].text);
        if (NT_SUCCESS(status) && (RtlUlongByteSwap(address.s_addr) != cases[i].host_order ||
                                   end != cases[i].text + cases[i].length))
            drivertest_failed(__FILE__, __LINE__, cases[i].text);
    }
    expect_status(RtlIpv4StringToAddressW(L"10.0.0.9", TRUE, &wide_end, &address), STATUS_SUCCESS);
    expect(*wide_end == 0);
    expect(RtlIpv4AddressToStringA(&address, text) == text + 8 && is_text(text, "10.0.0.9"));
    expect(RtlIpv4AddressToStringW(&address, wide) == wide + 8 && is_wide(wide, L"10.0.0.9"));
    room = 5;
    expect_status(RtlIpv4AddressToStringExA(&address, RtlUshortByteSwap(80), text, &room),
                  STATUS_INVALID_PARAMETER);
    expect_number(room, 12);
    expect_status(RtlIpv4AddressToStringExA(&address, RtlUshortByteSwap(80), text, &room),
                  STATUS_SUCCESS);
    expect(is_text(text, "10.0.0.9:80"));
    room = 32;
    expect_status(RtlIpv4AddressToStringExW(&address, 0, wide, &room), STATUS_SUCCESS);
    expect(is_wide(wide, L"10.0.0.9") && room == 9);
    expect_status(RtlIpv4StringToAddressExA("1.2.3.4:8080", TRUE, &address, &port), STATUS_SUCCESS);
    expect_number(RtlUshortByteSwap(port), 8080);
    expect_status(RtlIpv4StringToAddressExW(L"1.2.3.4", TRUE, &address, &port), STATUS_SUCCESS);
    expect_number(port, 0);
    expect_status(RtlIpv4StringToAddressExW(L"1.2.3.4:70000", TRUE, &address, &port),
                  STATUS_INVALID_PARAMETER);
    expect_status(RtlIpv4StringToAddressExA("1.2.3.4 ", TRUE, &address, &port),
                  STATUS_INVALID_PARAMETER);
}

static void addresses_v6(void)
{
    static const struct {
        const char *in, *out; /* out NULL: no address */
    } cases[] = {
        {"::", "::"},
        {"::1", "::1"},
        {"1::", "1::"},
        {"2001:DB8:0:0:8:800:200C:417A", "2001:db8::8:800:200c:417a"},
        {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
        {"1:0:0:2:0:0:0:3", "1:0:0:2::3"},
        {"::ffff:1.2.3.4", "::ffff:1.2.3.4"},
        {"::ffff:102:304", "::ffff:1.2.3.4"},
        {"fe80::5efe:10.0.0.1", "fe80::5efe:10.0.0.1"},
        {"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"},
        {"1:2:3:4:5:6:7", NULL},
        {"12345::", NULL},
        {":1", NULL},
        {"", NULL},
        {"1::2::3", "1::2"}, /* the second gap ends it */
    };
    IN6_ADDR address;
    PCSTR end;
    LPCWSTR wide_end;
    char text[72];
    WCHAR wide[72];
    ULONG i, room, scope;
    USHORT port;

    for (i = 0; i < RTL_NUMBER_OF(cases); i++) {
        NTSTATUS status = RtlIpv6StringToAddressA(cases[i].in, &end, &address);
        if (NT_SUCCESS(status) != (cases[i].out != NULL))
            drivertest_failed(__FILE__, __LINE__, cases[i].in);
        if (!NT_SUCCESS(status))
            continue;
        RtlIpv6AddressToStringA(&address, text);
        if (!is_text(text, cases[i].out))
            drivertest_failed(__FILE__, __LINE__, cases[i].out);
    }
    expect_status(RtlIpv6StringToAddressW(L"a::b]", &wide_end, &address), STATUS_SUCCESS);
    expect(*wide_end == L']');
    expect(RtlIpv6AddressToStringW(&address, wide) == wide + 4 && is_wide(wide, L"a::b"));
    room = 72;
    expect_status(RtlIpv6AddressToStringExA(&address, 7, RtlUshortByteSwap(443), text, &room),
                  STATUS_SUCCESS);
    expect(is_text(text, "[a::b%7]:443") && room == 13);
    room = 72;
    expect_status(RtlIpv6AddressToStringExW(&address, 7, 0, wide, &room), STATUS_SUCCESS);
    expect(is_wide(wide, L"a::b%7"));
    expect_status(RtlIpv6StringToAddressExA("[fe80::1%12]:53", &address, &scope, &port),
                  STATUS_SUCCESS);
    expect(scope == 12 && port == RtlUshortByteSwap(53) && address.u.Byte[15] == 1);
    expect_status(RtlIpv6StringToAddressExW(L"fe80::1", &address, &scope, &port), STATUS_SUCCESS);
    expect(scope == 0 && port == 0);
    expect_status(RtlIpv6StringToAddressExW(L"[fe80::1", &address, &scope, &port),
                  STATUS_INVALID_PARAMETER);
}

/* ---- short names ----------------------------------------------------------------------- */

static void short_names(void)
{
    static const struct {
        PCWSTR name;
        BOOLEAN is_legal, has_spaces;
    } cases[] = {
        {L"README.TXT", TRUE, FALSE},   {L"a", TRUE, FALSE},
        {L"..", TRUE, FALSE},           {L"a b.c", TRUE, TRUE},
        {L"toolongname", FALSE, FALSE}, {L"a.html", FALSE, FALSE},
        {L".foo", FALSE, FALSE},        {L"foo.", FALSE, FALSE},
        {L"a.b.c", FALSE, FALSE},       {L"a+b", FALSE, FALSE},
        {L"foo .b", FALSE, FALSE},      {L"\u00e4", FALSE, FALSE},
    };
    GENERATE_NAME_CONTEXT context = {0};
    UNICODE_STRING name, made, earlier = {0};
    WCHAR room[12], before[12];
    char narrow[12];
    OEM_STRING oem = {0, sizeof narrow, narrow};
    BOOLEAN spaces;
    WCHAR c = L'a';
    ULONG i;

    for (i = 0; i < RTL_NUMBER_OF(cases); i++) {
        RtlInitUnicodeString(&name, cases[i].name);
        spaces = FALSE;
        if (RtlIsNameLegalDOS8Dot3(&name, &oem, &spaces) != cases[i].is_legal ||
            spaces != cases[i].has_spaces)
            drivertest_failed_number(__FILE__, __LINE__, "8.3 case", i, -1);
    }
    RtlInitUnicodeString(&name, L"x.y");
    expect(RtlIsNameLegalDOS8Dot3(&name, &oem, &spaces) && is_counted(&oem, "X.Y"));
    expect(RtlIsValidOemCharacter(&c) && c == L'A');

    RtlInitUnicodeString(&name, L".My long+file name.html");
    made = (UNICODE_STRING){0, sizeof room, room};
    expect_status(RtlGenerate8dot3Name(&name, FALSE, &context, &made), STATUS_SUCCESS);
    expect(is_unicode(&made, L"MYLONG~1.HTM"));
    expect_status(RtlGenerate8dot3Name(&name, FALSE, &context, &made), STATUS_SUCCESS);
    expect(is_unicode(&made, L"MYLONG~2.HTM"));
    for (i = 0; i < 200; i++) {
        earlier = (UNICODE_STRING){made.Length, sizeof before, before};
        RtlCopyMemory(before, room, made.Length);
        expect_status(RtlGenerate8dot3Name(&name, FALSE, &context, &made), STATUS_SUCCESS);
        if (RtlEqualUnicodeString(&made, &earlier, TRUE) ||
            !RtlIsNameLegalDOS8Dot3(&made, NULL, NULL))
            drivertest_failed_number(__FILE__, __LINE__, "the n-th short name", i, -1);
    }
}

/* ---- tables ---------------------------------------------------------------------------- */

static void prefix_table(void)
{
    static const PCWSTR prefixes[] = {L"\\", L"\\a", L"\\a\\b", L"\\a\\c", L"\\A\\B"};
    static const struct {
        PCWSTR path;
        ULONG case_index;
        LONG found; /* an index, or -1 */
    } cases[] = {
        {L"\\a\\b\\file", 0, 2}, {L"\\a\\bx", 0, 1},     {L"\\zzz", 0, 0},       {L"\\A\\C", 0, 3},
        {L"\\A\\B\\x", 100, 4},  {L"\\a\\b\\x", 100, 2}, {L"\\A\\c\\d", 100, 0}, {L"\\a\\C", 3, 3},
    };
    UNICODE_STRING names[RTL_NUMBER_OF(prefixes)], path;
    UNICODE_PREFIX_TABLE_ENTRY entries[RTL_NUMBER_OF(prefixes)], again, *entry;
    UNICODE_PREFIX_TABLE table;
    ULONG i, count = 0;

    RtlInitializeUnicodePrefix(&table);
    expect(RtlNextUnicodePrefix(&table, TRUE) == NULL);
    for (i = 0; i < RTL_NUMBER_OF(prefixes); i++) {
        RtlInitUnicodeString(&names[i], prefixes[i]);
        expect(RtlInsertUnicodePrefix(&table, &names[i], &entries[i]));
    }
    expect(!RtlInsertUnicodePrefix(&table, &names[1], &again));
    for (i = 0; i < RTL_NUMBER_OF(cases); i++) {
        RtlInitUnicodeString(&path, cases[i].path);
        entry = RtlFindUnicodePrefix(&table, &path, cases[i].case_index);
        if (entry != (cases[i].found < 0 ? NULL : &entries[cases[i].found]) &&
            /* without case either of the two will do */
            !(cases[i].case_index == 0 && entry && cases[i].found == 2 && entry == &entries[4]))
            drivertest_failed_number(__FILE__, __LINE__, "prefix case", i,
                                     entry ? entry - entries : -1);
    }
    for (entry = RtlNextUnicodePrefix(&table, TRUE); entry;
         entry = RtlNextUnicodePrefix(&table, FALSE))
        count++;
    expect_number(count, 5);
    RtlRemoveUnicodePrefix(&table, &entries[2]); /* its place is the other case's now */
    RtlInitUnicodeString(&path, L"\\a\\b");
    expect(RtlFindUnicodePrefix(&table, &path, 0) == &entries[4]);
    RtlRemoveUnicodePrefix(&table, &entries[4]);
    expect(RtlFindUnicodePrefix(&table, &path, 0) == &entries[1]);
    RtlRemoveUnicodePrefix(&table, &entries[0]);
    RtlRemoveUnicodePrefix(&table, &entries[1]);
    RtlRemoveUnicodePrefix(&table, &entries[3]);
    expect(RtlFindUnicodePrefix(&table, &path, 0) == NULL);
    expect(RtlNextUnicodePrefix(&table, TRUE) == NULL);
}

#define HASH_COUNT 300

struct hashed {
    RTL_DYNAMIC_HASH_TABLE_ENTRY entry;
    ULONG number;
};

static ULONG hash_enumerate(PRTL_DYNAMIC_HASH_TABLE table, BOOLEAN is_weak)
{
    RTL_DYNAMIC_HASH_TABLE_ENUMERATOR place;
    PRTL_DYNAMIC_HASH_TABLE_ENTRY entry;
    ULONG sum = 0;

    if (is_weak) {
        expect(RtlInitWeakEnumerationHashTable(table, &place));
        while ((entry = RtlWeaklyEnumerateEntryHashTable(table, &place)) != NULL)
            sum += CONTAINING_RECORD(entry, struct hashed, entry)->number;
        RtlEndWeakEnumerationHashTable(table, &place);
    } else {
        expect(RtlInitEnumerationHashTable(table, &place));
        expect(!RtlExpandHashTable(table)); /* not under an enumeration */
        while ((entry = RtlEnumerateEntryHashTable(table, &place)) != NULL)
            sum += CONTAINING_RECORD(entry, struct hashed, entry)->number;
        RtlEndEnumerationHashTable(table, &place);
    }
    return sum;
}

static void hash_table(void)
{
    struct hashed *all = ExAllocatePool2(POOL_FLAG_PAGED, HASH_COUNT * sizeof *all, TAG);
    PRTL_DYNAMIC_HASH_TABLE table = NULL;
    RTL_DYNAMIC_HASH_TABLE_CONTEXT context;
    PRTL_DYNAMIC_HASH_TABLE_ENTRY entry;
    ULONG i, count = 0;

    expect(all != NULL && RtlCreateHashTable(&table, 0, 0));
    for (i = 0; i < HASH_COUNT; i++) {
        all[i].number = i;
        expect(RtlInsertEntryHashTable(table, &all[i].entry, i / 3, NULL)); /* three a signature */
    }
    expect_number(table->NumEntries, HASH_COUNT);
    for (entry = RtlLookupEntryHashTable(table, 50, &context); entry;
         entry = RtlGetNextEntryHashTable(table, &context), count++)
        expect(CONTAINING_RECORD(entry, struct hashed, entry)->number / 3 == 50);
    expect_number(count, 3);
    expect(RtlLookupEntryHashTable(table, 5000, &context) == NULL);
    expect_number(hash_enumerate(table, FALSE), HASH_COUNT * (HASH_COUNT - 1) / 2);
    expect(RtlExpandHashTable(table));
    expect_number(table->TableSize, 256);
    expect_number(hash_enumerate(table, TRUE), HASH_COUNT * (HASH_COUNT - 1) / 2);
    expect(RtlContractHashTable(table) && !RtlContractHashTable(table));
    for (i = 0; i < HASH_COUNT; i++)
        expect(RtlRemoveEntryHashTable(table, &all[i].entry, NULL));
    expect(table->NumEntries == 0 && table->NonEmptyBuckets == 0);
    RtlDeleteHashTable(table);
    ExFreePoolWithTag(all, TAG);
}

/* ---- compression ----------------------------------------------------------------------- */

#define PLAIN_BYTES 20000u

/* Text that repeats, then noise, then zeros. */
static void plain_fill(PUCHAR plain)
{
    static const char phrase[] = "a driver, a device and a request; ";
    ULONG i, seed = 1;

    for (i = 0; i < PLAIN_BYTES; i++)
        plain[i] = i < 9000    ? (UCHAR)phrase[i % (sizeof phrase - 1)]
                   : i < 15000 ? (UCHAR)RtlRandomEx(&seed)
                               : 0;
}

static void round_trip(USHORT format, PUCHAR plain, PUCHAR packed, PUCHAR back)
{
    ULONG buffer_space, fragment_space, packed_length = 0, length = 0;
    PVOID workspace;

    expect_status(RtlGetCompressionWorkSpaceSize(format | COMPRESSION_ENGINE_STANDARD,
                                                 &buffer_space, &fragment_space),
                  STATUS_SUCCESS);
    workspace = ExAllocatePool2(POOL_FLAG_PAGED, buffer_space, TAG);
    expect_status(RtlCompressBuffer(format, plain, PLAIN_BYTES, packed, 2 * PLAIN_BYTES, 4096,
                                    &packed_length, workspace),
                  STATUS_SUCCESS);
    expect(packed_length > 6000 && packed_length < 9000); /* the noise stays, the rest shrinks */
    expect_status(RtlDecompressBuffer(format, back, PLAIN_BYTES, packed, packed_length, &length),
                  STATUS_SUCCESS);
    expect(length == PLAIN_BYTES && RtlEqualMemory(plain, back, PLAIN_BYTES));
    RtlZeroMemory(back, PLAIN_BYTES);
    expect_status(
        RtlDecompressBufferEx(format, back, 100, packed, packed_length, &length, workspace),
        STATUS_SUCCESS);
    expect(length == 100 && RtlEqualMemory(plain, back, 100) && back[100] == 0);
    expect_status(
        RtlCompressBuffer(format, plain, PLAIN_BYTES, packed, 3000, 4096, &length, workspace),
        STATUS_BUFFER_TOO_SMALL);
    expect_status(
        RtlCompressBuffer(format, plain + 16000, 4000, packed, 4096, 4096, &length, workspace),
        STATUS_BUFFER_ALL_ZEROS);
    ExFreePoolWithTag(workspace, TAG);
}

static void fragments(PUCHAR plain, PUCHAR packed, PUCHAR back)
{
    ULONG buffer_space, fragment_space, packed_length = 0, length = 0, chunks = 0;
    PUCHAR at = packed, chunk;
    PVOID workspace;

    RtlGetCompressionWorkSpaceSize(COMPRESSION_FORMAT_LZNT1, &buffer_space, &fragment_space);
    workspace = ExAllocatePool2(POOL_FLAG_PAGED, max(buffer_space, fragment_space), TAG);
    expect_status(RtlCompressBuffer(COMPRESSION_FORMAT_LZNT1 | COMPRESSION_ENGINE_MAXIMUM, plain,
                                    PLAIN_BYTES, packed, 2 * PLAIN_BYTES, 4096, &packed_length,
                                    workspace),
                  STATUS_SUCCESS);
    expect_status(RtlDecompressFragment(COMPRESSION_FORMAT_LZNT1, back, 5000, packed, packed_length,
                                        7000, &length, workspace),
                  STATUS_SUCCESS);
    expect(length == 5000 && RtlEqualMemory(plain + 7000, back, 5000));
    while (RtlDescribeChunk(COMPRESSION_FORMAT_LZNT1, &at, packed + packed_length, &chunk,
                            &length) == STATUS_SUCCESS)
        chunks++;
    expect_number(chunks, 5); /* 20000 bytes in chunks of 4096 */
    expect(at == packed + packed_length);
    packed[1] ^= 0x40; /* the signature */
    expect_status(RtlDecompressBuffer(COMPRESSION_FORMAT_LZNT1, back, PLAIN_BYTES, packed,
                                      packed_length, &length),
                  STATUS_BAD_COMPRESSION_BUFFER);
    ExFreePoolWithTag(workspace, TAG);
}

static void compression(void)
{
    /* A chunk by hand: 'a', then 7 bytes from distance 1. */
    static UCHAR by_hand[] = {0x03, 0xb0, 0x02, 'a', 0x04, 0x00};
    PUCHAR memory = ExAllocatePool2(POOL_FLAG_PAGED, 4 * PLAIN_BYTES, TAG);
    ULONG length = 0;
    UCHAR few[16] = {0};

    plain_fill(memory);
    round_trip(COMPRESSION_FORMAT_LZNT1, memory, memory + PLAIN_BYTES, memory + 3 * PLAIN_BYTES);
    round_trip(COMPRESSION_FORMAT_XPRESS, memory, memory + PLAIN_BYTES, memory + 3 * PLAIN_BYTES);
    fragments(memory, memory + PLAIN_BYTES, memory + 3 * PLAIN_BYTES);
    expect_status(RtlDecompressBuffer(COMPRESSION_FORMAT_LZNT1, few, sizeof few, by_hand,
                                      sizeof by_hand, &length),
                  STATUS_SUCCESS);
    expect(length == 8 && RtlEqualMemory(few, "aaaaaaaa", 9));
    expect_status(RtlDecompressBuffer(COMPRESSION_FORMAT_NONE, few, 8, by_hand, 6, &length),
                  STATUS_INVALID_PARAMETER);
    expect_status(RtlDecompressBuffer(9, few, 8, by_hand, 6, &length),
                  STATUS_UNSUPPORTED_COMPRESSION);
    ExFreePoolWithTag(memory, TAG);
}

DRIVERTEST_LIST = {
    DRIVERTEST(narrow_strings), DRIVERTEST(unicode_strings), DRIVERTEST(code_pages),
    DRIVERTEST(oem_strings),    DRIVERTEST(utf8_strings),    DRIVERTEST(addresses_v4),
    DRIVERTEST(addresses_v6),   DRIVERTEST(short_names),     DRIVERTEST(prefix_table),
    DRIVERTEST(hash_table),     DRIVERTEST(compression),     DRIVERTEST_END,
};
