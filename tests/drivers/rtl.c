/* SPDX-License-Identifier: MIT */
/* rtl.c - tests of the run-time library from inside a driver: strings, numbers, bitmaps,
 * the safe string and integer functions, DbgPrint, registry queries. */
#include "drivertest.h"

#include <ntintsafe.h>
#include <ntstrsafe.h>

#define TAG 'tstR'

static BOOLEAN equals(PCUNICODE_STRING string, PCWSTR text)
{
    UNICODE_STRING other;

    RtlInitUnicodeString(&other, text);
    return RtlEqualUnicodeString(string, &other, FALSE);
}

/* ---- strings --------------------------------------------------------------------------------- */

static void strings(void)
{
    UNICODE_STRING one, two, prefix;
    ANSI_STRING ansi;

    RtlInitUnicodeString(&one, L"Cove Driver");
    RtlInitUnicodeString(&two, L"cove driver");
    RtlInitUnicodeString(&prefix, L"COVE");
    expect_number(one.Length, 22);
    expect_number(one.MaximumLength, 24);
    expect(!RtlEqualUnicodeString(&one, &two, FALSE));
    expect(RtlEqualUnicodeString(&one, &two, TRUE));
    expect(RtlCompareUnicodeString(&one, &two, FALSE) < 0);
    expect(RtlCompareUnicodeString(&one, &two, TRUE) == 0);
    expect(RtlPrefixUnicodeString(&prefix, &one, TRUE));
    expect(!RtlPrefixUnicodeString(&prefix, &one, FALSE));
    RtlInitUnicodeString(&one, NULL);
    expect(one.Length == 0 && one.MaximumLength == 0 && one.Buffer == NULL);
    RtlInitAnsiString(&ansi, "abc");
    expect(ansi.Length == 3 && ansi.MaximumLength == 4);
    expect(RtlUpcaseUnicodeChar(L'z') == L'Z' && RtlUpcaseUnicodeChar(0xe4) == 0xc4);
}

static void string_building(void)
{
    DECLARE_UNICODE_STRING_SIZE(target, 8);
    UNICODE_STRING source;

    RtlInitUnicodeString(&source, L"abcd");
    RtlCopyUnicodeString(&target, &source);
    expect(equals(&target, L"abcd"));
    expect_status(RtlAppendUnicodeToString(&target, L"ef"), STATUS_SUCCESS);
    expect_status(RtlAppendUnicodeStringToString(&target, &source), STATUS_BUFFER_TOO_SMALL);
    expect(equals(&target, L"abcdef"));
    RtlInitUnicodeString(&source, L"0123456789");
    RtlCopyUnicodeString(&target, &source); /* as much as fits */
    expect(equals(&target, L"01234567"));
}

static void string_conversion(void)
{
    UNICODE_STRING wide, upper;
    ANSI_STRING narrow, back;

    RtlInitAnsiString(&narrow, "hello");
    expect_status(RtlAnsiStringToUnicodeString(&wide, &narrow, TRUE), STATUS_SUCCESS);
    expect(equals(&wide, L"hello"));
    expect_status(RtlUpcaseUnicodeString(&upper, &wide, TRUE), STATUS_SUCCESS);
    expect(equals(&upper, L"HELLO"));
    expect_status(RtlUnicodeStringToAnsiString(&back, &upper, TRUE), STATUS_SUCCESS);
    expect(back.Length == 5 && RtlEqualMemory(back.Buffer, "HELLO", 6));
    RtlFreeAnsiString(&back);
    RtlFreeUnicodeString(&upper);
    RtlFreeUnicodeString(&wide);
    expect(wide.Buffer == NULL);
}

static void string_numbers(void)
{
    DECLARE_UNICODE_STRING_SIZE(text, 40);
    UNICODE_STRING source;
    GUID guid;
    ULONG value = 0;

    RtlInitUnicodeString(&source, L"0x1F");
    expect_status(RtlUnicodeStringToInteger(&source, 0, &value), STATUS_SUCCESS);
    expect_number(value, 31);
    RtlInitUnicodeString(&source, L"  -12abc");
    expect_status(RtlUnicodeStringToInteger(&source, 10, &value), STATUS_SUCCESS);
    expect_number((LONG)value, -12);
    expect_status(RtlIntegerToUnicodeString(48879, 16, &text), STATUS_SUCCESS);
    expect(equals(&text, L"BEEF"));
    expect_status(RtlInt64ToUnicodeString(1ull << 40, 10, &text), STATUS_SUCCESS);
    expect(equals(&text, L"1099511627776"));
    text.MaximumLength = 4;
    expect_status(RtlIntegerToUnicodeString(123456, 10, &text), STATUS_BUFFER_OVERFLOW);
    RtlInitUnicodeString(&source, L"{01234567-89AB-CDEF-0123-456789ABCDEF}");
    expect_status(RtlGUIDFromString(&source, &guid), STATUS_SUCCESS);
    expect(guid.Data1 == 0x01234567 && guid.Data2 == 0x89ab && guid.Data4[7] == 0xef);
    expect_status(RtlStringFromGUID(&guid, &source), STATUS_SUCCESS);
    expect(equals(&source, L"{01234567-89AB-CDEF-0123-456789ABCDEF}") ||
           equals(&source, L"{01234567-89ab-cdef-0123-456789abcdef}"));
    RtlFreeUnicodeString(&source);
}

/* ---- safe strings and integers ------------------------------------------------------------------
 */

static void safe_strings(void)
{
    CHAR narrow[16];
    WCHAR wide[8];
    PSTR end;
    size_t left, length;

    expect_status(RtlStringCbPrintfA(narrow, sizeof narrow, "%d-%s", 42, "ab"), STATUS_SUCCESS);
    expect(RtlEqualMemory(narrow, "42-ab", 6));
    expect_status(RtlStringCbPrintfA(narrow, 4, "%s", "abcdef"), STATUS_BUFFER_OVERFLOW);
    expect(RtlEqualMemory(narrow, "abc", 4)); /* cut, but terminated */
    expect_status(RtlStringCchPrintfW(wide, 8, L"%ws%u", L"x", 7u), STATUS_SUCCESS);
    expect(wide[0] == L'x' && wide[1] == L'7' && wide[2] == 0);
    expect_status(RtlStringCchCatW(wide, 8, L"abcdefgh"), STATUS_BUFFER_OVERFLOW);
    expect(wide[6] == L'e' && wide[7] == 0);
    expect_status(RtlStringCbCopyA(narrow, sizeof narrow, "abc"), STATUS_SUCCESS);
    expect_status(RtlStringCbLengthA(narrow, sizeof narrow, &length), STATUS_SUCCESS);
    expect_number(length, 3);
    expect_status(RtlStringCbPrintfExA(narrow, sizeof narrow, &end, &left, 0, "%04x", 255),
                  STATUS_SUCCESS);
    expect(end == narrow + 4 && left == 12);
    expect_status(RtlStringCbCopyA(narrow, 0, "abc"), STATUS_INVALID_PARAMETER);
    expect_status(RtlStringCchCopyNA(narrow, 16, "abcdef", 2), STATUS_SUCCESS);
    expect(RtlEqualMemory(narrow, "ab", 3));
}

static void safe_unicode_strings(void)
{
    DECLARE_UNICODE_STRING_SIZE(target, 10);
    UNICODE_STRING source;

    expect_status(RtlUnicodeStringPrintf(&target, L"%s:%d", L"ab", 5), STATUS_SUCCESS);
    expect(equals(&target, L"ab:5"));
    RtlInitUnicodeString(&source, L"wxyz");
    expect_status(RtlUnicodeStringCat(&target, &source), STATUS_SUCCESS);
    expect(equals(&target, L"ab:5wxyz"));
    expect_status(RtlUnicodeStringCatString(&target, L"12345"), STATUS_BUFFER_OVERFLOW);
    expect_number(target.Length, 20);
    expect_status(RtlUnicodeStringCopyString(&target, L"q"), STATUS_SUCCESS);
    expect(equals(&target, L"q"));
    expect_status(RtlUnicodeStringInit(&source, L"init"), STATUS_SUCCESS);
    expect_number(source.Length, 8);
    target.Length = 3; /* odd: not a string */
    expect_status(RtlUnicodeStringValidate(&target), STATUS_INVALID_PARAMETER);
}

static void safe_integers(void)
{
    ULONG small = 0;
    SIZE_T size = 0;
    USHORT shorter = 0;

    expect_status(RtlULongAdd(0xfffffff0, 15, &small), STATUS_SUCCESS);
    expect_number(small, 0xffffffff);
    expect_status(RtlULongAdd(0xfffffff0, 16, &small), STATUS_INTEGER_OVERFLOW);
    expect_status(RtlULongMult(0x10000, 0x10000, &small), STATUS_INTEGER_OVERFLOW);
    expect_status(RtlSizeTAdd(~(SIZE_T)0, 1, &size), STATUS_INTEGER_OVERFLOW);
    expect_status(RtlSizeTMult(1 << 20, 1 << 20, &size), STATUS_SUCCESS);
    expect_number(size, 1ll << 40);
    expect_status(RtlULongToUShort(65536, &shorter), STATUS_INTEGER_OVERFLOW);
    expect_status(RtlULongSub(1, 2, &small), STATUS_INTEGER_OVERFLOW);
}

/* ---- bitmaps, memory, time
 * -------------------------------------------------------------------------- */

static void bitmaps(void)
{
    ULONG words[4];
    RTL_BITMAP map;

    RtlInitializeBitMap(&map, words, 100);
    RtlClearAllBits(&map);
    expect_number(RtlNumberOfSetBits(&map), 0);
    RtlSetBits(&map, 30, 10);
    expect(RtlAreBitsSet(&map, 30, 10) && !RtlAreBitsSet(&map, 29, 2));
    expect(RtlAreBitsClear(&map, 40, 60));
    expect_number(RtlNumberOfSetBits(&map), 10);
    expect_number(RtlFindClearBits(&map, 50, 0), 40);
    expect_number(RtlFindClearBitsAndSet(&map, 30, 0), 0);
    expect_number(RtlFindClearBits(&map, 70, 0), (LONG64)0xffffffff);
    expect_number(RtlFindSetBits(&map, 40, 0), 0);
    RtlClearBits(&map, 0, 30);
    expect(RtlCheckBit(&map, 30) && !RtlCheckBit(&map, 29));
    RtlSetAllBits(&map);
    expect_number(RtlNumberOfClearBits(&map), 0);
}

static void memory_and_time(void)
{
    UCHAR one[16] = {1, 2, 3, 4}, two[16] = {1, 2, 9, 4};
    TIME_FIELDS fields = {.Year = 2024, .Month = 2, .Day = 29, .Hour = 12}, back;
    LARGE_INTEGER time;
    ULONG seed = 1;

    expect_number(RtlCompareMemory(one, two, 16), 2);
    RtlMoveMemory(one + 1, one, 4);
    expect(one[1] == 1 && one[4] == 4);
    expect(RtlTimeFieldsToTime(&fields, &time));
    expect_number(time.QuadPart, 133536816000000000ll);
    RtlTimeToTimeFields(&time, &back);
    expect(back.Day == 29 && back.Month == 2 && back.Weekday == 4);
    fields.Month = 13;
    expect(!RtlTimeFieldsToTime(&fields, &time));
    expect(RtlRandomEx(&seed) != RtlRandomEx(&seed));
    expect_number(RtlUlongByteSwap(0x11223344), 0x44332211);
    expect_number(RtlNtStatusToDosError(STATUS_ACCESS_DENIED), 5);
}

/* ---- printing
 * ------------------------------------------------------------------------------------------ */

static void debug_print(void)
{
    UNICODE_STRING wide;
    ANSI_STRING narrow;

    RtlInitUnicodeString(&wide, L"wide");
    RtlInitAnsiString(&narrow, "narrow");
    expect_status(DbgPrint("print: %d %08x %wZ %Z %ws %s %I64d %c%%\n", -5, 0xbeef, &wide, &narrow,
                           L"ws", "s", 1ll << 40, 'c'),
                  STATUS_SUCCESS);
    KdPrint(("print: checked builds only\n"));
    expect_status(
        DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_ERROR_LEVEL, "print: an error of %p\n", (PVOID)0x1f),
        STATUS_SUCCESS);
}

/* ---- registry queries
 * ------------------------------------------------------------------------------------- */

static ULONG routine_calls, routine_type;

static NTSTATUS query_routine(PWSTR name, ULONG type, PVOID data, ULONG length, PVOID context,
                              PVOID entry)
{
    routine_calls++;
    routine_type = type;
    expect(context == (PVOID)1 && entry == (PVOID)2);
    expect(length == sizeof(ULONG) && *(PULONG)data == 0x1234);
    return STATUS_SUCCESS;
}

static void registry_queries(void)
{
    PWSTR path = drivertest_registry_path.Buffer;
    ULONG number = 0x1234, direct = 0, absent = 7, fallback = 77;
    UNICODE_STRING text = {0};
    RTL_QUERY_REGISTRY_TABLE table[5] = {
        {.Flags = RTL_QUERY_REGISTRY_DIRECT | RTL_QUERY_REGISTRY_TYPECHECK,
         .Name = (PWSTR)L"TestNumber",
         .EntryContext = &direct,
         .DefaultType = (REG_DWORD << RTL_QUERY_REGISTRY_TYPECHECK_SHIFT) | REG_NONE},
        {.Flags = RTL_QUERY_REGISTRY_DIRECT, .Name = (PWSTR)L"TestText", .EntryContext = &text},
        {.Flags = RTL_QUERY_REGISTRY_DIRECT,
         .Name = (PWSTR)L"TestAbsent",
         .EntryContext = &absent,
         .DefaultType = REG_DWORD,
         .DefaultData = &fallback,
         .DefaultLength = sizeof fallback},
        {.QueryRoutine = query_routine, .Name = (PWSTR)L"TestNumber", .EntryContext = (PVOID)2},
    };

    expect_status(RtlWriteRegistryValue(RTL_REGISTRY_ABSOLUTE, path, L"TestNumber", REG_DWORD,
                                        &number, sizeof number),
                  STATUS_SUCCESS);
    expect_status(RtlWriteRegistryValue(RTL_REGISTRY_ABSOLUTE, path, L"TestText", REG_SZ,
                                        (PVOID)L"some text", 20),
                  STATUS_SUCCESS);
    routine_calls = 0;
    expect_status(RtlQueryRegistryValues(RTL_REGISTRY_ABSOLUTE, path, table, (PVOID)1, NULL),
                  STATUS_SUCCESS);
    expect_number(direct, 0x1234);
    expect(equals(&text, L"some text"));
    expect_number(absent, 77);
    expect(routine_calls == 1 && routine_type == REG_DWORD);
    RtlFreeUnicodeString(&text);
    expect_status(RtlCheckRegistryKey(RTL_REGISTRY_SERVICES, (PWSTR)L"NoSuchService"),
                  STATUS_OBJECT_NAME_NOT_FOUND);
    expect_status(RtlDeleteRegistryValue(RTL_REGISTRY_ABSOLUTE, path, L"TestNumber"),
                  STATUS_SUCCESS);
    expect_status(RtlDeleteRegistryValue(RTL_REGISTRY_ABSOLUTE, path, L"TestNumber"),
                  STATUS_OBJECT_NAME_NOT_FOUND);
    RtlDeleteRegistryValue(RTL_REGISTRY_ABSOLUTE, path, L"TestText");
}

DRIVERTEST_LIST = {
    DRIVERTEST(strings),        DRIVERTEST(string_building),  DRIVERTEST(string_conversion),
    DRIVERTEST(string_numbers), DRIVERTEST(safe_strings),     DRIVERTEST(safe_unicode_strings),
    DRIVERTEST(safe_integers),  DRIVERTEST(bitmaps),          DRIVERTEST(memory_and_time),
    DRIVERTEST(debug_print),    DRIVERTEST(registry_queries), DRIVERTEST_END,
};
