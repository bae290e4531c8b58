/* SPDX-License-Identifier: MIT */
/* rtl_system.c - tests of the run-time library's numbers, bits, trees and what it says about
 * the system: debugger, versions, breakpoints. */
#include "drivertest.h"

#include <ntstrsafe.h>

/* Exported, but not declared in the kernel's headers. */
ULONG NTAPI RtlCrc32(const void *bytes, SIZE_T length, ULONG initial);
ULONGLONG NTAPI RtlCrc64(const void *bytes, SIZE_T length, ULONGLONG initial);
ULONG NTAPI RtlUniform(PULONG seed);
LARGE_INTEGER NTAPI RtlExtendedMagicDivide(LARGE_INTEGER dividend, LARGE_INTEGER magic,
                                           CCHAR shift);
LARGE_INTEGER NTAPI RtlLargeIntegerDivide(LARGE_INTEGER dividend, LARGE_INTEGER divisor,
                                          PLARGE_INTEGER remainder);
ULONG NTAPI RtlNumberOfSetBitsInRange(PRTL_BITMAP map, ULONG begin, ULONG length);
ULONG NTAPI RtlNumberOfClearBitsInRange(PRTL_BITMAP map, ULONG begin, ULONG length);
VOID NTAPI RtlCopyBitMap(PRTL_BITMAP from, PRTL_BITMAP to, ULONG at);
BOOLEAN NTAPI RtlIsServicePackVersionInstalled(ULONG version);
extern DECLSPEC_IMPORT ULONG InitSafeBootMode;

/* ---- numbers --------------------------------------------------------------------------- */

static void numbers(void)
{
    ULONG words[4] = {7, 7, 7, 8}, value = 0, seed = 5;
    LARGE_INTEGER big, third, rest, quotient;
    USHORT two = 0x1234;
    char copy[16];

    expect_status(RtlCharToInteger("0x10", 0, &value), STATUS_SUCCESS);
    expect_number(value, 16);
    expect_status(RtlCharToInteger("12", 3, &value), STATUS_INVALID_PARAMETER);
    expect_number(RtlCompareMemoryUlong(words, sizeof words, 7), 12);
    RtlCopyMemoryNonTemporal(copy, words, sizeof copy);
    RtlPrefetchMemoryNonTemporal(copy, sizeof copy);
    expect(RtlEqualMemory(copy, words, sizeof copy));
    expect_number(RtlCrc32("123456789", 9, 0), 0xcbf43926);
    expect(RtlCrc64("123456789", 9, 0) != RtlCrc64("123456780", 9, 0));
    expect_number(RtlUshortByteSwap(two), 0x3412);
    expect(RtlUlonglongByteSwap(0x0102030405060708ull) == 0x0807060504030201ull);
    big.QuadPart = 1000000007;
    third.QuadPart = 10;
    quotient = RtlLargeIntegerDivide(big, third, &rest);
    expect(quotient.QuadPart == 100000000 && rest.QuadPart == 7);
    third.QuadPart = 0x5555555555555556ll; /* 2^64 / 3 */
    expect_number(RtlExtendedMagicDivide(big, third, 0).QuadPart, 333333335);
    expect(RtlRandom(&seed) < MAXLONG && seed != 5);
    value = RtlUniform(&seed);
    expect(value < MAXLONG && RtlUniform(&seed) != value);
    expect_number(RtlNtStatusToDosErrorNoTeb(STATUS_ACCESS_DENIED), 5);
}

static void access_masks(void)
{
    GENERIC_MAPPING mapping = {1, 2, 4, 15};
    ACCESS_MASK mask = GENERIC_READ | GENERIC_EXECUTE | DELETE;

    RtlMapGenericMask(&mask, &mapping);
    expect_number(mask, DELETE | 5);
}

static void bits(void)
{
    ULONG words[2] = {0, 0}, others[2] = {0, 0};
    RTL_BITMAP map, other;

    RtlInitializeBitMap(&map, words, 64);
    RtlInitializeBitMap(&other, others, 64);
    RtlSetBit(&map, 3);
    RtlSetBit(&map, 40);
    RtlClearBit(&map, 3);
    expect(words[0] == 0 && words[1] == 0x100);
    RtlSetBits(&map, 30, 4);
    expect_number(RtlNumberOfSetBitsInRange(&map, 31, 10), 4);
    expect_number(RtlNumberOfClearBitsInRange(&map, 31, 10), 6);
    map.SizeOfBitMap = 34;
    RtlCopyBitMap(&map, &other, 2);
    expect(others[0] == 0 && others[1] == 0xf);
    expect_number(RtlNumberOfSetBitsUlongPtr(0xf00f), 8);
}

/* ---- trees ----------------------------------------------------------------------------- */

static void splay_links(void)
{
    RTL_SPLAY_LINKS nodes[5], *root = &nodes[2];
    ULONG i;

    for (i = 0; i < 5; i++)
        RtlInitializeSplayLinks(&nodes[i]);
    RtlInsertAsLeftChild(&nodes[2], &nodes[1]);
    RtlInsertAsLeftChild(&nodes[1], &nodes[0]);
    RtlInsertAsRightChild(&nodes[2], &nodes[3]);
    RtlInsertAsRightChild(&nodes[3], &nodes[4]);
    expect(RtlSubtreeSuccessor(root) == &nodes[3] && RtlSubtreePredecessor(root) == &nodes[1]);
    root = RtlSplay(&nodes[0]);
    expect(root == &nodes[0] && RtlParent(root) == root);
    for (i = 0; i < 4; i++)
        expect(RtlRealSuccessor(&nodes[i]) == &nodes[i + 1] &&
               RtlRealPredecessor(&nodes[i + 1]) == &nodes[i]);
    expect(RtlRealSuccessor(&nodes[4]) == NULL && RtlRealPredecessor(&nodes[0]) == NULL);
    root = RtlDelete(&nodes[2]);
    expect(root != NULL && RtlRealSuccessor(&nodes[1]) == &nodes[3]);
    RtlDeleteNoSplay(&nodes[1], &root);
    expect(RtlRealSuccessor(&nodes[0]) == &nodes[3]);
    RtlDeleteNoSplay(&nodes[0], &root);
    RtlDeleteNoSplay(&nodes[3], &root);
    RtlDeleteNoSplay(&nodes[4], &root);
    expect(root == NULL);
}

static RTL_GENERIC_COMPARE_RESULTS NTAPI number_compare(PRTL_GENERIC_TABLE table, PVOID a, PVOID b)
{
    ULONG one = *(PULONG)a, two = *(PULONG)b;

    return one < two ? GenericLessThan : one > two ? GenericGreaterThan : GenericEqual;
}

static RTL_GENERIC_COMPARE_RESULTS NTAPI avl_compare(PRTL_AVL_TABLE table, PVOID a, PVOID b)
{
    return number_compare(NULL, a, b);
}

static PVOID NTAPI table_allocate(PRTL_GENERIC_TABLE table, CLONG length)
{
    return ExAllocatePool2(POOL_FLAG_PAGED, length, 'lbTt');
}

static VOID NTAPI table_free(PRTL_GENERIC_TABLE table, PVOID memory)
{
    ExFreePoolWithTag(memory, 'lbTt');
}

static PVOID NTAPI avl_allocate(PRTL_AVL_TABLE table, CLONG length)
{
    return table_allocate(NULL, length);
}

static VOID NTAPI avl_free(PRTL_AVL_TABLE table, PVOID memory)
{
    table_free(NULL, memory);
}

static NTSTATUS NTAPI is_even(PRTL_AVL_TABLE table, PVOID data, PVOID match)
{
    return *(PULONG)data % 2 == 0 ? STATUS_SUCCESS : STATUS_NO_MATCH;
}

static void generic_table(void)
{
    RTL_GENERIC_TABLE table;
    TABLE_SEARCH_RESULT result;
    PVOID place = NULL, found;
    ULONG number = 20, i, sum = 0;
    BOOLEAN is_new;

    RtlInitializeGenericTable(&table, number_compare, table_allocate, table_free, NULL);
    expect(RtlLookupElementGenericTableFull(&table, &number, &place, &result) == NULL);
    expect_number(result, TableEmptyTree);
    RtlInsertElementGenericTableFull(&table, &number, sizeof number, &is_new, place, result);
    expect(is_new);
    number = 10;
    expect(RtlLookupElementGenericTableFull(&table, &number, &place, &result) == NULL);
    expect_number(result, TableInsertAsLeft);
    RtlInsertElementGenericTableFull(&table, &number, sizeof number, &is_new, place, result);
    expect(RtlLookupElementGenericTableFull(&table, &number, &place, &result) != NULL);
    expect_number(result, TableFoundNode);
    place = NULL;
    while ((found = RtlEnumerateGenericTableWithoutSplaying(&table, &place)) != NULL)
        sum = sum * 100 + *(PULONG)found;
    expect_number(sum, 1020);
    for (i = 10; i <= 20; i += 10)
        expect(RtlDeleteElementGenericTable(&table, &i));
}

static void avl_table(void)
{
    RTL_AVL_TABLE table;
    TABLE_SEARCH_RESULT result;
    PVOID place = NULL, found;
    ULONG number, sum = 0, deletes = 0;
    BOOLEAN is_new;

    RtlInitializeGenericTableAvl(&table, avl_compare, avl_allocate, avl_free, NULL);
    for (number = 1; number <= 6; number++) {
        expect(RtlLookupElementGenericTableFullAvl(&table, &number, &place, &result) == NULL);
        RtlInsertElementGenericTableFullAvl(&table, &number, sizeof number, &is_new, place, result);
        expect(is_new);
    }
    place = NULL;
    while ((found = RtlEnumerateGenericTableWithoutSplayingAvl(&table, &place)) != NULL)
        sum = sum * 10 + *(PULONG)found;
    expect_number(sum, 123456);
    number = 4;
    found = RtlLookupFirstMatchingElementGenericTableAvl(&table, &number, &place);
    expect(found != NULL && *(PULONG)found == 4);
    place = NULL;
    number = 0;
    sum = 0;
    while ((found = RtlEnumerateGenericTableLikeADirectory(&table, is_even, NULL, TRUE, &place,
                                                           &deletes, &number)) != NULL)
        sum = sum * 10 + *(PULONG)found;
    expect_number(sum, 246);
    for (number = 1; number <= 6; number++)
        expect(RtlDeleteElementGenericTableAvl(&table, &number));
}

/* ---- the system and its debugger ----------------------------------------------------------- */

static void about_the_system(void)
{
    ULONG product = 0, needed;
    RTL_OSVERSIONINFOW version = {.dwOSVersionInfoSize = sizeof version};
    KD_OPTION option = KD_OPTION_SET_BLOCK_ENABLE;

    expect(RtlGetProductInfo(10, 0, 0, 0, &product) && product != 0);
    expect((RtlGetEnabledExtendedFeatures(3) & ~3ull) == 0);
    expect(!RtlIsServicePackVersionInstalled(0xff000000));
    RtlGetVersion(&version);
    expect(RtlIsServicePackVersionInstalled(version.dwMajorVersion << 24 | version.dwMinorVersion
                                                                               << 16));
    expect_number(InitSafeBootMode, 0);
    expect(KD_DEBUGGER_NOT_PRESENT && !KD_DEBUGGER_ENABLED);
    expect(KdRefreshDebuggerNotPresent());
    expect_status(KdDisableDebugger(), STATUS_DEBUGGER_INACTIVE);
    expect_status(KdEnableDebugger(), STATUS_DEBUGGER_INACTIVE);
    expect_status(KdChangeOption(option, 0, NULL, 0, NULL, &needed), STATUS_DEBUGGER_INACTIVE);
}

static void breakpoints(void)
{
    NTSTATUS status = STATUS_SUCCESS;

    __try {
        DbgBreakPoint();
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    expect_status(status, STATUS_BREAKPOINT);
    status = STATUS_SUCCESS;
    __try {
        DbgBreakPointWithStatus(DBG_STATUS_CONTROL_C);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    expect_status(status, STATUS_BREAKPOINT);
    status = STATUS_SUCCESS;
    __try {
        RtlAssert((PVOID) "1 == 2", (PVOID)__FILE__, __LINE__, NULL);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    expect_status(status, STATUS_BREAKPOINT);
}

static char heard[64];

static VOID NTAPI listen(PSTRING text, ULONG component, ULONG level)
{
    USHORT i;

    for (i = 0; i < text->Length && i < sizeof heard - 1; i++)
        heard[i] = text->Buffer[i];
    heard[i] = 0;
}

static BOOLEAN was_heard(const char *text)
{
    ANSI_STRING one, two;

    RtlInitAnsiString(&one, heard);
    RtlInitAnsiString(&two, text);
    return RtlEqualString(&one, &two, FALSE);
}

static void print_list(const char *prefix, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    if (prefix)
        vDbgPrintExWithPrefix(prefix, DPFLTR_IHVDRIVER_ID, DPFLTR_ERROR_LEVEL, format, arguments);
    else
        vDbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_ERROR_LEVEL, format, arguments);
    va_end(arguments);
}

static void debug_prints(void)
{
    char answer[4] = "xy";

    expect_status(DbgSetDebugPrintCallback(listen, TRUE), STATUS_SUCCESS);
    print_list(NULL, "number %d\n", 5);
    expect(was_heard("number 5\n"));
    print_list("mine: ", "number %d\n", 6);
    expect(was_heard("mine: number 6\n"));
    DbgPrintReturnControlC("and %s\n", "this");
    expect(was_heard("and this\n"));
    expect_number(DbgPrompt("anybody? ", answer, sizeof answer), 0);
    expect_number(answer[0], 0);
    expect_status(DbgSetDebugPrintCallback(listen, FALSE), STATUS_SUCCESS);
    heard[0] = 0;
    DbgPrintReturnControlC("nobody hears this\n");
    expect(was_heard(""));
}

DRIVERTEST_LIST = {
    DRIVERTEST(numbers),     DRIVERTEST(access_masks),     DRIVERTEST(bits),
    DRIVERTEST(splay_links), DRIVERTEST(generic_table),    DRIVERTEST(avl_table),
    DRIVERTEST(breakpoints), DRIVERTEST(about_the_system), DRIVERTEST(debug_prints),
    DRIVERTEST_END,
};
