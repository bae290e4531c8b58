/* SPDX-License-Identifier: MIT */
/* fsrtl.c - tests of what file systems call: names, wild cards, legal names, statuses, pool
 * that raises. */
#include "drivertest.h"

BOOLEAN NTAPI FsRtlIsNameInUnUpcasedExpression(PUNICODE_STRING pattern, PUNICODE_STRING name,
                                               BOOLEAN no_case, PWCH upcase);

static UNICODE_STRING of(PCWSTR text)
{
    UNICODE_STRING string;

    RtlInitUnicodeString(&string, text);
    return string;
}

static ANSI_STRING narrow(PCSZ text)
{
    ANSI_STRING string;

    RtlInitAnsiString(&string, text);
    return string;
}

static BOOLEAN is(PCUNICODE_STRING string, PCWSTR text)
{
    UNICODE_STRING other = of(text);

    return RtlEqualUnicodeString(string, &other, FALSE);
}

static void expressions(void)
{
    /* < is DOS_STAR, > is DOS_QM, " is DOS_DOT */
    static const struct {
        PCWSTR pattern, name;
        BOOLEAN matches;
    } cases[] = {
        {L"*", L"anything.txt", TRUE},
        {L"*", L"", FALSE},
        {L"", L"", TRUE},
        {L"*.TXT", L"a.txt", TRUE},
        {L"*.TXT", L"a.txt.bak", FALSE},
        {L"A?C", L"abc", TRUE},
        {L"A?C", L"ac", FALSE},
        {L"A*B*C", L"a--b--c", TRUE},
        {L"A*B*C", L"a--c--b", FALSE},
        {L"<.TXT", L"a.b.txt", TRUE},
        {L"<", L"noext", TRUE},
        {L"<", L"a.txt", FALSE},
        {L"<TXT", L"a.b.txt", TRUE},
        {L">>>", L"ab", TRUE},
        {L">>>.C", L"ab.c", TRUE},
        {L">>>.C", L"abcd.c", FALSE},
        {L"A\"", L"a", TRUE},
        {L"A\"", L"a.", TRUE},
        {L"A\"", L"ab", FALSE},
        {L"<.<", L"a.b.c", TRUE},
    };
    UNICODE_STRING pattern, name;
    WCHAR longest[700];
    ULONG i;

    for (i = 0; i < RTL_NUMBER_OF(cases); i++) {
        pattern = of(cases[i].pattern);
        name = of(cases[i].name);
        if (FsRtlIsNameInExpression(&pattern, &name, TRUE, NULL) != cases[i].matches)
            drivertest_failed_number(__FILE__, __LINE__, "expression", i, -1);
    }
    pattern = of(L"*.txt");
    name = of(L"A.TXT");
    expect(!FsRtlIsNameInExpression(&pattern, &name, FALSE, NULL));
    expect(!FsRtlIsNameInExpression(&pattern, &name, TRUE, NULL)); /* must be in upper case */
    expect(FsRtlIsNameInUnUpcasedExpression(&pattern, &name, TRUE, NULL));
    for (i = 0; i < 699; i++)
        longest[i] = i % 2 ? L'*' : L'A';
    longest[699] = 0;
    pattern = of(longest);
    name = of(L"aaa");
    expect(!FsRtlIsNameInExpression(&pattern, &name, TRUE, NULL));
}

static void names(void)
{
    UNICODE_STRING a = of(L"Name"), b = of(L"nAME"), first, rest;
    ANSI_STRING path = narrow("\\B+;\\C"), pattern = narrow("A*.?"), one, two;

    expect(FsRtlAreNamesEqual(&a, &b, TRUE, NULL) && !FsRtlAreNamesEqual(&a, &b, FALSE, NULL));
    FsRtlDissectName(of(L"A\\B\\C\\D\\E"), &first, &rest);
    expect(is(&first, L"A") && is(&rest, L"B\\C\\D\\E"));
    FsRtlDissectName(of(L"\\A"), &first, &rest);
    expect(is(&first, L"A") && rest.Length == 0);
    FsRtlDissectName(of(L""), &first, &rest);
    expect(first.Length == 0 && rest.Length == 0);
    FsRtlDissectDbcs(path, &one, &two);
    expect(one.Length == 3 && one.Buffer == path.Buffer + 1 && two.Length == 1);
    expect(!FsRtlDoesNameContainWildCards(&a));
    a = of(L"a<b");
    expect(FsRtlDoesNameContainWildCards(&a));
    expect(FsRtlDoesDbcsContainWildCards(&pattern) && !FsRtlDoesDbcsContainWildCards(&path));
    one = narrow("axx.c");
    two = narrow("bxx.c");
    expect(FsRtlIsDbcsInExpression(&pattern, &one) && !FsRtlIsDbcsInExpression(&pattern, &two));
}

static void legal_names(void)
{
    static const struct {
        PCSZ name;
        BOOLEAN wild, path, leading, in_fat, in_hpfs;
    } cases[] = {
        {"readme.txt", FALSE, FALSE, FALSE, TRUE, TRUE},
        {".foo", FALSE, FALSE, FALSE, FALSE, TRUE},
        {"foo.", FALSE, FALSE, FALSE, FALSE, FALSE},
        {"foo .b", FALSE, FALSE, FALSE, FALSE, TRUE},
        {"foo. b", FALSE, FALSE, FALSE, TRUE, TRUE},
        {" bar", FALSE, FALSE, FALSE, TRUE, TRUE},
        {"a+b", FALSE, FALSE, FALSE, FALSE, TRUE},
        {"a|b", FALSE, FALSE, FALSE, FALSE, FALSE},
        {"muchtoolong.txt", FALSE, FALSE, FALSE, FALSE, TRUE},
        {"*.c", FALSE, FALSE, FALSE, FALSE, FALSE},
        {"*.c", TRUE, FALSE, FALSE, TRUE, TRUE},
        {"\\a\\b", FALSE, TRUE, TRUE, TRUE, TRUE},
        {"\\a\\b", FALSE, TRUE, FALSE, FALSE, FALSE},
        {"a\\b", FALSE, FALSE, FALSE, FALSE, FALSE},
    };
    ULONG i;

    for (i = 0; i < RTL_NUMBER_OF(cases); i++) {
        if (FsRtlIsFatDbcsLegal(narrow(cases[i].name), cases[i].wild, cases[i].path,
                                cases[i].leading) != cases[i].in_fat)
            drivertest_failed(__FILE__, __LINE__, cases[i].name);
        if (FsRtlIsHpfsDbcsLegal(narrow(cases[i].name), cases[i].wild, cases[i].path,
                                 cases[i].leading) != cases[i].in_hpfs)
            drivertest_failed(__FILE__, __LINE__, cases[i].name);
    }
    expect(FsRtlLegalAnsiCharacterArray['*'] & FSRTL_WILD_CHARACTER);
    expect(FsRtlIsAnsiCharacterLegalFat('a', FALSE) && !FsRtlIsAnsiCharacterLegalFat('+', FALSE));
    expect(FsRtlIsAnsiCharacterLegalNtfs('+', FALSE));
}

static void statuses(void)
{
    expect(FsRtlIsNtstatusExpected(STATUS_DISK_FULL));
    expect(!FsRtlIsNtstatusExpected(STATUS_ACCESS_VIOLATION));
    expect_status(FsRtlNormalizeNtstatus(STATUS_DISK_FULL, STATUS_UNEXPECTED_IO_ERROR),
                  STATUS_DISK_FULL);
    expect_status(FsRtlNormalizeNtstatus(STATUS_ILLEGAL_INSTRUCTION, STATUS_UNEXPECTED_IO_ERROR),
                  STATUS_UNEXPECTED_IO_ERROR);
    expect(FsRtlIsTotalDeviceFailure(STATUS_DEVICE_NOT_CONNECTED));
    expect(!FsRtlIsTotalDeviceFailure(STATUS_CRC_ERROR) &&
           !FsRtlIsTotalDeviceFailure(STATUS_SUCCESS));
}

static void pool(void)
{
    NTSTATUS status = STATUS_SUCCESS;
    PVOID memory;

    memory = FsRtlAllocatePoolWithTag(PagedPool, 100, 'tsTF');
    ExFreePoolWithTag(memory, 'tsTF');
    memory = FsRtlAllocatePoolWithQuotaTag(PagedPool, 100, 'tsTF');
    ExFreePoolWithTag(memory, 'tsTF');
    ExFreePool(FsRtlAllocatePool(PagedPool, 100));
    ExFreePool(FsRtlAllocatePoolWithQuota(PagedPool, 100));
    __try {
        FsRtlAllocatePoolWithTag(PagedPool, (SIZE_T)1 << 50, 'tsTF');
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    expect_status(status, STATUS_INSUFFICIENT_RESOURCES);
}

DRIVERTEST_LIST = {
    DRIVERTEST(expressions), DRIVERTEST(names), DRIVERTEST(legal_names),
    DRIVERTEST(statuses),    DRIVERTEST(pool),  DRIVERTEST_END,
};
