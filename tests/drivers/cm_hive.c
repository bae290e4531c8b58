/* SPDX-License-Identifier: MIT */
/* cm_hive.c - keys saved to hive files, restored from them, hives that are loaded and unloaded. */
#include <ntstrsafe.h>

#include "drivertest.h"

NTSYSAPI NTSTATUS NTAPI ZwSaveKey(HANDLE KeyHandle, HANDLE FileHandle);
NTSYSAPI NTSTATUS NTAPI ZwSaveKeyEx(HANDLE KeyHandle, HANDLE FileHandle, ULONG Format);
NTSYSAPI NTSTATUS NTAPI ZwRestoreKey(HANDLE KeyHandle, HANDLE FileHandle, ULONG Flags);
NTSYSAPI NTSTATUS NTAPI ZwLoadKey(POBJECT_ATTRIBUTES TargetKey, POBJECT_ATTRIBUTES SourceFile);
NTSYSAPI NTSTATUS NTAPI ZwLoadKeyEx(POBJECT_ATTRIBUTES TargetKey, POBJECT_ATTRIBUTES SourceFile,
                                    ULONG Flags, HANDLE TrustKey, HANDLE Event, ACCESS_MASK Access,
                                    PHANDLE Root, PVOID Reserved);
NTSYSAPI NTSTATUS NTAPI ZwUnloadKey(POBJECT_ATTRIBUTES TargetKey);
NTSYSAPI NTSTATUS NTAPI ZwReplaceKey(POBJECT_ATTRIBUTES NewFile, HANDLE KeyHandle,
                                     POBJECT_ATTRIBUTES OldFile);

static OBJECT_ATTRIBUTES attributes_of(PUNICODE_STRING name, PCWSTR text)
{
    OBJECT_ATTRIBUTES attributes;
    RtlInitUnicodeString(name, text);
    InitializeObjectAttributes(&attributes, name, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL,
                               NULL);
    return attributes;
}

static HANDLE key_make(PCWSTR path)
{
    UNICODE_STRING name;
    OBJECT_ATTRIBUTES attributes = attributes_of(&name, path);
    HANDLE key = NULL;
    expect_status(ZwCreateKey(&key, KEY_ALL_ACCESS, &attributes, 0, NULL, 0, NULL), STATUS_SUCCESS);
    return key;
}

static NTSTATUS key_find(PCWSTR path, PHANDLE key)
{
    UNICODE_STRING name;
    OBJECT_ATTRIBUTES attributes = attributes_of(&name, path);
    return ZwOpenKey(key, KEY_ALL_ACCESS, &attributes);
}

static void key_remove(PCWSTR path)
{
    HANDLE key = NULL;
    expect_status(key_find(path, &key), STATUS_SUCCESS);
    expect_status(ZwDeleteKey(key), STATUS_SUCCESS);
    ZwClose(key);
}

static HANDLE file_open(PCWSTR path, ULONG disposition)
{
    UNICODE_STRING name;
    OBJECT_ATTRIBUTES attributes = attributes_of(&name, path);
    IO_STATUS_BLOCK done;
    HANDLE file = NULL;
    expect_status(ZwCreateFile(&file, GENERIC_READ | GENERIC_WRITE | DELETE | SYNCHRONIZE,
                               &attributes, &done, NULL, FILE_ATTRIBUTE_NORMAL, 0, disposition,
                               FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0),
                  STATUS_SUCCESS);
    return file;
}

static void file_remove(PCWSTR path)
{
    UNICODE_STRING name;
    OBJECT_ATTRIBUTES attributes = attributes_of(&name, path);
    expect_status(ZwDeleteFile(&attributes), STATUS_SUCCESS);
}

static void number_set(HANDLE key, PCWSTR value, ULONG number)
{
    UNICODE_STRING name;
    RtlInitUnicodeString(&name, value);
    expect_status(ZwSetValueKey(key, &name, 0, REG_DWORD, &number, sizeof number), STATUS_SUCCESS);
}

/* 0xffffffff: it is not there. */
static ULONG number_get(HANDLE key, PCWSTR value)
{
    struct {
        KEY_VALUE_PARTIAL_INFORMATION partial;
        UCHAR more[8];
    } answer;
    UNICODE_STRING name;
    ULONG length = 0;
    RtlInitUnicodeString(&name, value);
    if (!NT_SUCCESS(ZwQueryValueKey(key, &name, KeyValuePartialInformation, &answer, sizeof answer,
                                    &length)))
        return 0xffffffff;
    return *(ULONG *)answer.partial.Data;
}

#define PLACE L"\\Registry\\Machine\\Software\\HiveTest"
#define FILE1 L"\\??\\C:\\hivetest1.hiv"
#define FILE2 L"\\??\\C:\\hivetest2.hiv"

/* A key, a key with a long name below it, one that is volatile, values of all sizes. */
static void tree_make(void)
{
    UNICODE_STRING name;
    HANDLE key = key_make(PLACE), child = key_make(PLACE L"\\Child"),
           odd = key_make(PLACE L"\\Child\\\x0416\x4e2d odd"), passing = NULL;
    PUCHAR large = ExAllocatePool2(POOL_FLAG_PAGED, 40000, 'tseT');
    OBJECT_ATTRIBUTES attributes = attributes_of(&name, PLACE L"\\Passing");
    expect_status(
        ZwCreateKey(&passing, KEY_ALL_ACCESS, &attributes, 0, NULL, REG_OPTION_VOLATILE, NULL),
        STATUS_SUCCESS);
    number_set(key, L"number", 17);
    number_set(key, L"", 18);
    number_set(odd, L"\x0416", 19);
    for (ULONG i = 0; i < 40000; i++)
        large[i] = (UCHAR)(i * 7);
    RtlInitUnicodeString(&name, L"large");
    expect_status(ZwSetValueKey(child, &name, 0, REG_BINARY, large, 40000), STATUS_SUCCESS);
    RtlInitUnicodeString(&name, L"text");
    expect_status(ZwSetValueKey(child, &name, 0, REG_SZ, (PVOID)L"words", 12), STATUS_SUCCESS);
    RtlInitUnicodeString(&name, L"none");
    expect_status(ZwSetValueKey(child, &name, 0, REG_NONE, NULL, 0), STATUS_SUCCESS);
    ExFreePoolWithTag(large, 'tseT');
    ZwClose(passing);
    ZwClose(odd);
    ZwClose(child);
    ZwClose(key);
}

static void tree_check(PCWSTR place)
{
    WCHAR path[128];
    UNICODE_STRING name;
    HANDLE key = NULL;
    ULONG length = 0;
    PKEY_VALUE_PARTIAL_INFORMATION answer = ExAllocatePool2(POOL_FLAG_PAGED, 41000, 'tseT');
    expect_status(key_find(place, &key), STATUS_SUCCESS);
    expect_number(number_get(key, L"number"), 17);
    expect_number(number_get(key, L""), 18);
    ZwClose(key);
    RtlStringCchPrintfW(path, 128, L"%s\\Passing", place);
    expect_status(key_find(path, &key), STATUS_OBJECT_NAME_NOT_FOUND);
    RtlStringCchPrintfW(path, 128, L"%s\\Child\\\x0416\x4e2d ODD", place);
    expect_status(key_find(path, &key), STATUS_SUCCESS);
    expect_number(number_get(key, L"\x0416"), 19);
    ZwClose(key);
    RtlStringCchPrintfW(path, 128, L"%s\\Child", place);
    expect_status(key_find(path, &key), STATUS_SUCCESS);
    RtlInitUnicodeString(&name, L"large");
    expect_status(ZwQueryValueKey(key, &name, KeyValuePartialInformation, answer, 41000, &length),
                  STATUS_SUCCESS);
    expect_number(answer->DataLength, 40000);
    ULONG wrong = 0;
    for (ULONG i = 0; i < 40000; i++)
        wrong += answer->Data[i] != (UCHAR)(i * 7);
    expect_number(wrong, 0);
    RtlInitUnicodeString(&name, L"none");
    expect_status(ZwQueryValueKey(key, &name, KeyValuePartialInformation, answer, 41000, &length),
                  STATUS_SUCCESS);
    expect(answer->DataLength == 0 && answer->Type == REG_NONE);
    RtlInitUnicodeString(&name, L"text");
    expect_status(ZwQueryValueKey(key, &name, KeyValuePartialInformation, answer, 41000, &length),
                  STATUS_SUCCESS);
    expect(answer->DataLength == 12 && answer->Type == REG_SZ);
    ZwClose(key);
    ExFreePoolWithTag(answer, 'tseT');
}

static void tree_remove(void)
{
    HANDLE passing = NULL;
    if (NT_SUCCESS(key_find(PLACE L"\\Passing", &passing))) {
        ZwDeleteKey(passing);
        ZwClose(passing);
    }
    key_remove(PLACE L"\\Child\\\x0416\x4e2d odd");
    key_remove(PLACE L"\\Child");
    key_remove(PLACE);
}

static void tree_save(PCWSTR file_name)
{
    HANDLE key = NULL, file = file_open(file_name, FILE_CREATE);
    expect_status(key_find(PLACE, &key), STATUS_SUCCESS);
    expect_status(ZwSaveKeyEx(key, file, 5), STATUS_INVALID_PARAMETER);
    expect_status(ZwSaveKey(key, file), STATUS_SUCCESS);
    expect_status(ZwSaveKeyEx(key, file, REG_LATEST_FORMAT), STATUS_SUCCESS);
    ZwClose(file);
    ZwClose(key);
}

static void saved_and_restored(void)
{
    HANDLE key = NULL, child = NULL, file;
    IO_STATUS_BLOCK done;
    LARGE_INTEGER start = {.QuadPart = 5000};
    tree_make();
    tree_save(FILE1);
    /* What has come since goes. */
    key = key_make(PLACE L"\\Child\\Later");
    ZwClose(key);
    expect_status(key_find(PLACE, &key), STATUS_SUCCESS);
    number_set(key, L"number", 99);
    number_set(key, L"later", 1);
    file = file_open(FILE1, FILE_OPEN);
    expect_status(key_find(PLACE L"\\Child", &child), STATUS_SUCCESS);
    expect_status(ZwRestoreKey(key, file, 0), STATUS_ACCESS_DENIED);
    expect_number(number_get(key, L"number"), 99);
    expect_status(ZwRestoreKey(key, file, REG_FORCE_RESTORE), STATUS_SUCCESS);
    expect_number(number_get(child, L"text"), 0xffffffff);
    ZwClose(child);
    expect_number(number_get(key, L"later"), 0xffffffff);
    expect_status(key_find(PLACE L"\\Child\\Later", &child), STATUS_OBJECT_NAME_NOT_FOUND);
    tree_check(PLACE);
    /* A file that is damaged, or none: nothing changes. */
    expect_status(
        ZwWriteFile(file, NULL, NULL, NULL, &done, (PVOID) "damaged!damaged!", 16, &start, NULL),
        STATUS_SUCCESS);
    NTSTATUS status = ZwRestoreKey(key, file, 0);
    expect(status == STATUS_REGISTRY_CORRUPT || status == STATUS_SUCCESS);
    start.QuadPart = 0;
    expect_status(ZwWriteFile(file, NULL, NULL, NULL, &done, (PVOID) "nothing", 7, &start, NULL),
                  STATUS_SUCCESS);
    expect_status(ZwRestoreKey(key, file, 0), STATUS_NOT_REGISTRY_FILE);
    expect_number(number_get(key, L"number"), 17);
    ZwClose(file);
    ZwClose(key);
    file_remove(FILE1);
    tree_remove();
}

static void loaded_and_unloaded(void)
{
    UNICODE_STRING target_name, file_name, below_name;
    OBJECT_ATTRIBUTES target = attributes_of(&target_name, L"\\Registry\\Machine\\HiveTest"),
                      file = attributes_of(&file_name, FILE1),
                      below = attributes_of(&below_name, PLACE);
    HANDLE key = NULL, handle = NULL;
    IO_STATUS_BLOCK done;
    tree_make();
    tree_save(FILE1);
    expect_status(ZwLoadKey(&below, &file), STATUS_INVALID_PARAMETER);
    expect_status(ZwLoadKey(&target, &file), STATUS_SUCCESS);
    tree_check(L"\\Registry\\Machine\\HiveTest");
    /* Nobody else gets the file, the name is taken. */
    expect_status(ZwCreateFile(&handle, GENERIC_READ | SYNCHRONIZE, &file, &done, NULL, 0,
                               FILE_SHARE_READ | FILE_SHARE_WRITE, FILE_OPEN,
                               FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0),
                  STATUS_SHARING_VIOLATION);
    expect_status(ZwLoadKey(&target, &file), STATUS_SHARING_VIOLATION);
    expect_status(key_find(L"\\Registry\\Machine\\HiveTest\\Child", &key), STATUS_SUCCESS);
    number_set(key, L"added", 5);
    expect_status(ZwFlushKey(key), STATUS_SUCCESS);
    number_set(key, L"last", 6);
    expect_status(ZwUnloadKey(&target), STATUS_CANNOT_DELETE);
    ZwClose(key);
    expect_status(ZwUnloadKey(&target), STATUS_SUCCESS);
    expect_status(ZwUnloadKey(&target), STATUS_OBJECT_NAME_NOT_FOUND);
    expect_status(ZwUnloadKey(&below), STATUS_INVALID_PARAMETER);
    /* What was changed is in the file. */
    expect_status(ZwLoadKeyEx(&target, &file, REG_APP_HIVE, NULL, NULL, 0, NULL, NULL),
                  STATUS_INVALID_PARAMETER);
    expect_status(ZwLoadKeyEx(&target, &file, 0, NULL, NULL, 0, NULL, NULL), STATUS_SUCCESS);
    expect_status(key_find(L"\\Registry\\Machine\\HiveTest\\Child", &key), STATUS_SUCCESS);
    expect_number(number_get(key, L"added"), 5);
    expect_number(number_get(key, L"last"), 6);
    ZwClose(key);
    expect_status(ZwUnloadKey(&target), STATUS_SUCCESS);
    file_remove(FILE1);
    tree_remove();
}

/* The machine ended while the file was written: the log beside it has what was to be written. */
static void recovered_from_the_log(void)
{
    UNICODE_STRING target_name, file_name;
    OBJECT_ATTRIBUTES target = attributes_of(&target_name, L"\\Registry\\Machine\\HiveTest"),
                      one = attributes_of(&file_name, FILE1);
    IO_STATUS_BLOCK done;
    LARGE_INTEGER start = {.QuadPart = 0};
    ULONG sum = 0, base[128];
    HANDLE file;
    tree_make();
    tree_save(FILE1);
    tree_save(FILE1 L".LOG1");
    file = file_open(FILE1, FILE_OPEN);
    expect_status(ZwReadFile(file, NULL, NULL, NULL, &done, base, sizeof base, &start, NULL),
                  STATUS_SUCCESS);
    base[2]--; /* the second sequence number */
    for (ULONG i = 0; i < 127; i++)
        sum ^= base[i];
    base[127] = sum;
    expect_status(ZwWriteFile(file, NULL, NULL, NULL, &done, base, sizeof base, &start, NULL),
                  STATUS_SUCCESS);
    ZwClose(file);
    expect_status(ZwLoadKey(&target, &one), STATUS_REGISTRY_RECOVERED);
    tree_check(L"\\Registry\\Machine\\HiveTest");
    expect_status(ZwUnloadKey(&target), STATUS_SUCCESS);
    expect_status(ZwLoadKey(&target, &one), STATUS_SUCCESS);
    tree_check(L"\\Registry\\Machine\\HiveTest");
    expect_status(ZwUnloadKey(&target), STATUS_SUCCESS);
    file_remove(FILE1);
    tree_remove();
}

static void replaced(void)
{
    UNICODE_STRING target_name, one_name, two_name, old_name;
    OBJECT_ATTRIBUTES target = attributes_of(&target_name, L"\\Registry\\Machine\\HiveTest"),
                      one = attributes_of(&one_name, FILE1), two = attributes_of(&two_name, FILE2),
                      old = attributes_of(&old_name, L"\\??\\C:\\hivetest3.hiv");
    HANDLE key = NULL;
    tree_make();
    tree_save(FILE1);
    expect_status(key_find(PLACE, &key), STATUS_SUCCESS);
    number_set(key, L"number", 23);
    ZwClose(key);
    tree_save(FILE2);
    expect_status(key_find(PLACE, &key), STATUS_SUCCESS);
    expect_status(ZwReplaceKey(&two, key, &old), STATUS_INVALID_PARAMETER);
    ZwClose(key);
    expect_status(ZwLoadKey(&target, &one), STATUS_SUCCESS);
    expect_status(key_find(L"\\Registry\\Machine\\HiveTest", &key), STATUS_SUCCESS);
    expect_status(ZwReplaceKey(&two, key, &old), STATUS_SUCCESS);
    expect_number(number_get(key, L"number"), 17);
    ZwClose(key);
    expect_status(ZwUnloadKey(&target), STATUS_SUCCESS);
    expect_status(ZwLoadKey(&target, &one), STATUS_SUCCESS);
    expect_status(key_find(L"\\Registry\\Machine\\HiveTest", &key), STATUS_SUCCESS);
    expect_number(number_get(key, L"number"), 23);
    ZwClose(key);
    expect_status(ZwUnloadKey(&target), STATUS_SUCCESS);
    expect_status(ZwLoadKey(&target, &old), STATUS_SUCCESS);
    tree_check(L"\\Registry\\Machine\\HiveTest");
    expect_status(ZwUnloadKey(&target), STATUS_SUCCESS);
    file_remove(FILE1);
    file_remove(FILE2);
    file_remove(L"\\??\\C:\\hivetest3.hiv");
    tree_remove();
}

/* ---- drivers are asked ----------------------------------------------------------------------- */

static ULONG64 asked;

static NTSTATUS NTAPI watch(PVOID context, PVOID what, PVOID information)
{
    UNREFERENCED_PARAMETER(context);
    asked |= 1ull << (ULONG_PTR)what;
    if ((ULONG_PTR)what == RegNtPreSaveKey)
        expect_number(((PREG_SAVE_KEY_INFORMATION)information)->Format, REG_STANDARD_FORMAT);
    if ((ULONG_PTR)what == RegNtPreRestoreKey)
        return STATUS_CONTENT_BLOCKED;
    return STATUS_SUCCESS;
}

static void drivers_are_asked(void)
{
    UNICODE_STRING target_name, one_name, altitude = RTL_CONSTANT_STRING(L"371000.5");
    OBJECT_ATTRIBUTES target = attributes_of(&target_name, L"\\Registry\\User\\HiveTest"),
                      one = attributes_of(&one_name, FILE1);
    LARGE_INTEGER cookie;
    HANDLE key = NULL, file;
    tree_make();
    file = file_open(FILE1, FILE_CREATE);
    expect_status(CmRegisterCallbackEx(watch, &altitude, drivertest_driver, NULL, &cookie, NULL),
                  STATUS_SUCCESS);
    expect_status(key_find(PLACE, &key), STATUS_SUCCESS);
    expect_status(ZwSaveKey(key, file), STATUS_SUCCESS);
    expect_status(ZwRestoreKey(key, file, 0), STATUS_CONTENT_BLOCKED);
    ZwClose(file);
    ZwClose(key);
    expect_status(ZwLoadKey(&target, &one), STATUS_SUCCESS);
    expect_status(ZwUnloadKey(&target), STATUS_SUCCESS);
    expect_status(CmUnRegisterCallback(cookie), STATUS_SUCCESS);
    /* Who refuses is not told how it ended. */
    ULONG64 wanted = 1ull << RegNtPreSaveKey | 1ull << RegNtPostSaveKey |
                     1ull << RegNtPreRestoreKey | 1ull << RegNtPreLoadKey |
                     1ull << RegNtPostLoadKey | 1ull << RegNtPreUnLoadKey |
                     1ull << RegNtPostUnLoadKey;
    expect_number(asked & wanted, wanted);
    expect_number(asked & 1ull << RegNtPostRestoreKey, 0);
    file_remove(FILE1);
    tree_remove();
}

DRIVERTEST_LIST = {DRIVERTEST(saved_and_restored),     DRIVERTEST(loaded_and_unloaded),
                   DRIVERTEST(recovered_from_the_log), DRIVERTEST(replaced),
                   DRIVERTEST(drivers_are_asked),      DRIVERTEST_END};
