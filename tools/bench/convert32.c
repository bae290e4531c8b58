/* SPDX-License-Identifier: MIT */
/* convert32.c - what it costs to widen a 32-bit program's call of a service, and to narrow what
 * came back: the generated stubs themselves, with nobody behind the door.
 *
 * Prints the name of a service and nanoseconds, a line each.
 */
#include <asm/ldt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "crt/string.h"
#include "door/door.h"
#include "ntdll/heap.h"
#include "ntdll/nt.h"
#include "ntdll/teb.h"

#define ROUNDS   31
#define CALLS    100000
#define HANDLES  8
#define NAME_MAX 64

/* ---- what the stubs need of the program's host -------------------------------------------- */

static volatile uint64_t taken; /* so that nothing that was made wide is left out */

uint64_t door_call(uint32_t service, const uint64_t *arguments, uint32_t count)
{
    taken = arguments[count - 1] + service;
    return 0;
}

void *heap_take(size_t size)
{
    return malloc(size);
}

void heap_give(void *block)
{
    free(block);
}

size_t crt_wcslen(const wchar_t *text)
{
    size_t count = 0;
    while (text[count])
        count++;
    return count;
}

static int block_make(void)
{
    static struct teb block;
    struct user_desc place = {.entry_number = (unsigned)-1,
                              .base_addr = (uint32_t)(uintptr_t)&block,
                              .limit = 0xfffff,
                              .seg_32bit = 1,
                              .limit_in_pages = 1,
                              .useable = 1};
    block.Self = &block;
    if (syscall(SYS_set_thread_area, &place))
        return -1;
    __asm__ volatile("movw %w0, %%fs" : : "q"(place.entry_number << 3 | 3));
    return 0;
}

/* ---- the calls ------------------------------------------------------------------------------- */

static wchar_t text[NAME_MAX] = L"\\??\\CoveBench";
static UNICODE_STRING name;
static OBJECT_ATTRIBUTES attributes;
static HANDLE handles[HANDLES], answer;
static IO_STATUS_BLOCK status;
static CLIENT_ID client;
static PVOID base, key;
static SIZE_T size;
static ULONG words[16], length;

static void control(void)
{
    NtDeviceIoControlFile((HANDLE)4, (HANDLE)8, NULL, NULL, &status, 0x222000, text, 8, text, 8);
}

static void event_create(void)
{
    NtCreateEvent(&answer, 0x1f0003, &attributes, NotificationEvent, FALSE);
}

static void objects_wait(void)
{
    NtWaitForMultipleObjects(HANDLES, handles, WaitAny, FALSE, NULL);
}

static void file_open(void)
{
    NtOpenFile(&answer, 0x100000, &attributes, &status, 3, 0x20);
}

static void file_create(void)
{
    NtCreateFile(&answer, 0x100000, &attributes, &status, NULL, 0, 3, 1, 0x20, NULL, 0);
}

static void value_query(void)
{
    NtQueryValueKey((HANDLE)4, &name, 2, words, sizeof words, &length);
}

static void link_query(void)
{
    NtQuerySymbolicLinkObject((HANDLE)4, &name, &length);
}

static void process_open(void)
{
    NtOpenProcess(&answer, 0x400, &attributes, &client);
}

static void memory_take(void)
{
    NtAllocateVirtualMemory((HANDLE)-1, &base, 0, &size, 0x1000, 4);
}

static void memory_query(void)
{
    NtQueryVirtualMemory((HANDLE)-1, text, 0, words, 28, NULL);
}

static void completion_remove(void)
{
    NtRemoveIoCompletion((HANDLE)4, &key, &base, &status, NULL);
}

static void file_query(void)
{
    NtQueryInformationFile((HANDLE)4, &status, words, sizeof words, 5);
}

static void file_set(void)
{
    NtSetInformationFile((HANDLE)4, &status, words, 8, 14);
}

static void process_query(void)
{
    NtQueryInformationProcess((HANDLE)-1, 0, words, 24, NULL);
}

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static void measure(const char *what, void (*call)(void))
{
    double rounds[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
        struct timespec began, ended;
        clock_gettime(CLOCK_MONOTONIC, &began);
        for (int i = 0; i < CALLS; i++)
            call();
        clock_gettime(CLOCK_MONOTONIC, &ended);
        rounds[round] = ((double)(ended.tv_sec - began.tv_sec) * 1e9 +
                         (double)(ended.tv_nsec - began.tv_nsec)) /
                        CALLS;
    }
    qsort(rounds, ROUNDS, sizeof *rounds, compare);
    printf("%s %.1f\n", what, rounds[ROUNDS / 2]);
}

int main(void)
{
    name = (UNICODE_STRING){(USHORT)(crt_wcslen(text) * sizeof *text), sizeof text, text};
    attributes = (OBJECT_ATTRIBUTES){.Length = sizeof attributes, .ObjectName = &name};
    if (block_make())
        return 1;
    measure("NtDeviceIoControlFile", control);
    measure("NtCreateEvent", event_create);
    measure("NtWaitForMultipleObjects", objects_wait);
    measure("NtOpenFile", file_open);
    measure("NtCreateFile", file_create);
    measure("NtQueryInformationFile", file_query);
    measure("NtSetInformationFile", file_set);
    measure("NtQueryValueKey", value_query);
    measure("NtQuerySymbolicLinkObject", link_query);
    measure("NtOpenProcess", process_open);
    measure("NtQueryInformationProcess", process_query);
    measure("NtAllocateVirtualMemory", memory_take);
    measure("NtQueryVirtualMemory", memory_query);
    measure("NtRemoveIoCompletion", completion_remove);
    return 0;
}
