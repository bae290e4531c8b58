/* SPDX-License-Identifier: MIT */
/* cm_query.c - RtlQueryRegistryValues: every type of value with every flag. */
#include "drivertest.h"

NTSYSAPI NTSTATUS NTAPI RtlQueryRegistryValuesEx(ULONG RelativeTo, PCWSTR Path,
                                                 PRTL_QUERY_REGISTRY_TABLE QueryTable,
                                                 PVOID Context, PVOID Environment);

#define PLACE L"\\Registry\\Machine\\Software\\QueryTest"

/* A value of each type: bytes, and what a routine is told without NOEXPAND. */
static const struct sample {
    ULONG type, length;
    const void *bytes;
    ULONG calls, told_type, told_length; /* of the first call */
} samples[] = {
    {REG_NONE, 0, NULL, 1, REG_NONE, 0},
    {REG_SZ, 10, L"text", 1, REG_SZ, 10},
    {REG_EXPAND_SZ, 12, L"%A%-%", 1, REG_SZ, 14},
    {REG_BINARY, 3, "\1\2\3", 1, REG_BINARY, 3},
    {REG_DWORD, 4, "\1\0\0\0", 1, REG_DWORD, 4},
    {REG_DWORD_BIG_ENDIAN, 4, "\0\0\0\1", 1, REG_DWORD_BIG_ENDIAN, 4},
    {REG_LINK, 8, L"link", 1, REG_LINK, 8},
    {REG_MULTI_SZ, 18, L"one\0two\0", 2, REG_SZ, 8},
    {REG_RESOURCE_LIST, 24, "resource list of bytes..", 1, REG_RESOURCE_LIST, 24},
    {REG_FULL_RESOURCE_DESCRIPTOR, 20, "a full descriptor...", 1, REG_FULL_RESOURCE_DESCRIPTOR, 20},
    {REG_RESOURCE_REQUIREMENTS_LIST, 12, "requirements", 1, REG_RESOURCE_REQUIREMENTS_LIST, 12},
    {REG_QWORD, 8, "\1\2\3\4\5\6\7\10", 1, REG_QWORD, 8},
};
#define SAMPLES RTL_NUMBER_OF(samples)

static WCHAR names[SAMPLES][4];

static HANDLE place_make(void)
{
    UNICODE_STRING name;
    OBJECT_ATTRIBUTES attributes;
    HANDLE key = NULL;
    RtlInitUnicodeString(&name, PLACE);
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL,
                               NULL);
    expect_status(ZwCreateKey(&key, KEY_ALL_ACCESS, &attributes, 0, NULL, 0, NULL), STATUS_SUCCESS);
    for (ULONG i = 0; i < SAMPLES; i++) {
        names[i][0] = 'v';
        names[i][1] = (WCHAR)('a' + i);
        RtlInitUnicodeString(&name, names[i]);
        expect_status(ZwSetValueKey(key, &name, 0, samples[i].type, (PVOID)samples[i].bytes,
                                    samples[i].length),
                      STATUS_SUCCESS);
    }
    return key;
}

static void place_remove(HANDLE key)
{
    expect_status(ZwDeleteKey(key), STATUS_SUCCESS);
    ZwClose(key);
}

static struct {
    ULONG calls, type, length;
    NTSTATUS answer;
    WCHAR name[4];
    UCHAR bytes[32];
} told;

static NTSTATUS NTAPI record(PWSTR name, ULONG type, PVOID data, ULONG length, PVOID context,
                             PVOID entry_context)
{
    expect(context == &told && entry_context == names);
    if (told.calls++ == 0) {
        told.type = type;
        told.length = length;
        RtlZeroMemory(told.name, sizeof told.name);
        for (ULONG i = 0; name && i < 3; i++)
            if ((told.name[i] = name[i]) == 0)
                break;
        if (length <= sizeof told.bytes)
            RtlCopyMemory(told.bytes, data, length);
    }
    return told.answer;
}

static NTSTATUS query(PRTL_QUERY_REGISTRY_TABLE entry)
{
    static const WCHAR environment[] = L"B=no\0a=wide\0C=no\0";
    RTL_QUERY_REGISTRY_TABLE table[2] = {*entry};
    told.calls = 0;
    return RtlQueryRegistryValues(RTL_REGISTRY_ABSOLUTE, PLACE, table, &told, (PVOID)environment);
}

static BOOLEAN is_there(HANDLE key, PCWSTR value)
{
    UNICODE_STRING name;
    KEY_VALUE_BASIC_INFORMATION basic;
    ULONG length;
    RtlInitUnicodeString(&name, value);
    return ZwQueryValueKey(key, &name, KeyValueBasicInformation, &basic, sizeof basic, &length) !=
           STATUS_OBJECT_NAME_NOT_FOUND;
}

static void routines_are_told_every_type(void)
{
    HANDLE key = place_make();
    for (ULONG i = 0; i < SAMPLES; i++) {
        const struct sample *sample = &samples[i];
        RTL_QUERY_REGISTRY_TABLE entry = {
            .QueryRoutine = record, .Name = names[i], .EntryContext = names};
        expect_status(query(&entry), STATUS_SUCCESS);
        expect_number(told.calls, sample->calls);
        expect_number(told.type, sample->told_type);
        expect_number(told.length, sample->told_length);
        expect(told.name[1] == names[i][1]);
        if (sample->type == REG_EXPAND_SZ)
            expect(RtlEqualMemory(told.bytes, L"wide-%", 14));
        entry.Flags = RTL_QUERY_REGISTRY_NOEXPAND | RTL_QUERY_REGISTRY_REQUIRED;
        expect_status(query(&entry), STATUS_SUCCESS);
        expect(told.calls == 1 && told.type == sample->type && told.length == sample->length);
        expect(RtlEqualMemory(told.bytes, sample->bytes, sample->length));
        /* Only a call: the value itself is not asked for. */
        entry.Flags = RTL_QUERY_REGISTRY_NOVALUE;
        expect_status(query(&entry), STATUS_SUCCESS);
        expect(told.calls == 1 && told.type == REG_NONE && told.length == 0);
        entry.Flags = RTL_QUERY_REGISTRY_DELETE;
        expect_status(query(&entry), STATUS_SUCCESS);
        expect(told.calls == sample->calls && !is_there(key, names[i]));
        expect_status(query(&entry), STATUS_SUCCESS);
        expect_number(told.calls, 0);
        entry.Flags = RTL_QUERY_REGISTRY_REQUIRED;
        expect_status(query(&entry), STATUS_OBJECT_NAME_NOT_FOUND);
    }
    place_remove(key);
}

static void variables_take_every_type(void)
{
    HANDLE key = place_make();
    for (ULONG i = 0; i < SAMPLES; i++) {
        const struct sample *sample = &samples[i];
        BOOLEAN is_text =
            sample->type == REG_SZ || sample->type == REG_EXPAND_SZ || sample->type == REG_MULTI_SZ;
        union {
            UNICODE_STRING text;
            LONG room;
            UCHAR bytes[40];
        } target = {.room = -32};
        WCHAR words[20];
        if (is_text)
            target.text = (UNICODE_STRING){0, sizeof words, words};
        RTL_QUERY_REGISTRY_TABLE entry = {
            .Flags = RTL_QUERY_REGISTRY_DIRECT | RTL_QUERY_REGISTRY_TYPECHECK |
                     RTL_QUERY_REGISTRY_NOEXPAND,
            .Name = names[i],
            .EntryContext = &target,
            .DefaultType = sample->type << RTL_QUERY_REGISTRY_TYPECHECK_SHIFT,
        };
        expect_status(query(&entry), STATUS_SUCCESS);
        if (is_text) {
            expect_number(target.text.Length, sample->length - sizeof(WCHAR));
            expect(RtlEqualMemory(words, sample->bytes, sample->length));
        } else {
            expect(RtlEqualMemory(target.bytes, sample->bytes, sample->length));
        }
        /* Another type: refused, nothing stored. */
        RtlFillMemory(&target, sizeof target, 0x5a);
        entry.DefaultType = ((sample->type + 1) % SAMPLES) << RTL_QUERY_REGISTRY_TYPECHECK_SHIFT;
        expect_status(query(&entry), STATUS_OBJECT_TYPE_MISMATCH);
        expect(target.bytes[0] == 0x5a && target.bytes[39] == 0x5a);
        /* Too little room. */
        entry.DefaultType = sample->type << RTL_QUERY_REGISTRY_TYPECHECK_SHIFT;
        if (is_text)
            target.text = (UNICODE_STRING){0, 4, words};
        else
            target.room = -1;
        if (is_text || sample->length > 4)
            expect_status(query(&entry), STATUS_BUFFER_TOO_SMALL);
        entry.QueryRoutine = record;
        expect_status(query(&entry), STATUS_INVALID_PARAMETER);
    }
    for (ULONG i = 0; i < SAMPLES; i++) {
        UNICODE_STRING name;
        RtlInitUnicodeString(&name, names[i]);
        expect_status(ZwDeleteValueKey(key, &name), STATUS_SUCCESS);
    }
    place_remove(key);
}

/* A large value that is not text: with its length and type in front when the room is positive. */
static void large_values_say_what_they_are(void)
{
    struct {
        LONG room;
        ULONG type;
        UCHAR bytes[24];
    } target = {.room = sizeof target};
    HANDLE key = place_make();
    RTL_QUERY_REGISTRY_TABLE entry = {
        .Flags = RTL_QUERY_REGISTRY_DIRECT, .Name = names[8], .EntryContext = &target};
    expect_status(query(&entry), STATUS_SUCCESS);
    expect(target.room == 24 && target.type == REG_RESOURCE_LIST &&
           RtlEqualMemory(target.bytes, samples[8].bytes, 24));
    target.room = sizeof target - 1;
    expect_status(query(&entry), STATUS_BUFFER_TOO_SMALL);
    /* All values, sub-keys, defaults; a routine's answer ends it, all but one. */
    RTL_QUERY_REGISTRY_TABLE all = {
        .QueryRoutine = record, .EntryContext = names, .Flags = RTL_QUERY_REGISTRY_NOEXPAND};
    expect_status(query(&all), STATUS_SUCCESS);
    expect_number(told.calls, SAMPLES);
    told.answer = STATUS_UNSUCCESSFUL;
    expect_status(query(&all), STATUS_UNSUCCESSFUL);
    expect_number(told.calls, 1);
    told.answer = STATUS_BUFFER_TOO_SMALL;
    expect_status(query(&all), STATUS_SUCCESS);
    expect_number(told.calls, SAMPLES);
    told.answer = STATUS_SUCCESS;
    RTL_QUERY_REGISTRY_TABLE none = {.QueryRoutine = record,
                                     .EntryContext = names,
                                     .Name = (PWSTR)L"none",
                                     .DefaultType = REG_SZ,
                                     .DefaultData = (PVOID)L"default"};
    expect_status(query(&none), STATUS_SUCCESS);
    expect(told.calls == 1 && told.length == 16 && RtlEqualMemory(told.bytes, L"default", 16));
    RTL_QUERY_REGISTRY_TABLE below[4] = {
        {.Flags = RTL_QUERY_REGISTRY_SUBKEY, .Name = (PWSTR)L"QueryTest"},
        {.QueryRoutine = record, .Name = names[4], .EntryContext = names},
        {.QueryRoutine = record,
         .Name = names[4],
         .EntryContext = names,
         .Flags = RTL_QUERY_REGISTRY_TOPKEY}};
    told.calls = 0;
    expect_status(RtlQueryRegistryValuesEx(RTL_REGISTRY_ABSOLUTE, L"\\Registry\\Machine\\Software",
                                           below, &told, NULL),
                  STATUS_SUCCESS);
    expect_number(told.calls, 1);
    all.Flags = RTL_QUERY_REGISTRY_DELETE;
    expect_status(query(&all), STATUS_SUCCESS);
    expect_number(told.calls, SAMPLES + 1); /* the list of strings is two calls */
    all.Flags = RTL_QUERY_REGISTRY_REQUIRED;
    expect_status(query(&all), STATUS_OBJECT_NAME_NOT_FOUND);
    place_remove(key);
}

DRIVERTEST_LIST = {DRIVERTEST(routines_are_told_every_type), DRIVERTEST(variables_take_every_type),
                   DRIVERTEST(large_values_say_what_they_are), DRIVERTEST_END};
