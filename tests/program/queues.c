/* SPDX-License-Identifier: MIT */
/* queues.c - file queues: what is done, in which order, and what the callback may change. */
#include "check.h"

#include <setupapi.h>

static UINT Heard[64];
static unsigned HeardCount;
static UINT SkipAt, AbortAt;

static UINT CALLBACK Hear(PVOID Context, UINT What, UINT_PTR First, UINT_PTR Second)
{
    if (HeardCount < 64)
        Heard[HeardCount++] = What;
    if (What == SkipAt)
        return FILEOP_SKIP;
    if (What == AbortAt) {
        SetLastError(ERROR_NOT_READY);
        return FILEOP_ABORT;
    }
    return SetupDefaultQueueCallbackA(Context, What, First, Second);
}

static unsigned Scanned;

static UINT CALLBACK Scan(PVOID Context, UINT What, UINT_PTR First, UINT_PTR Second)
{
    (void)Context, (void)Second;
    Scanned += What == SPFILENOTIFY_QUEUESCAN && strstr((char *)First, "made\\") != NULL;
    return NO_ERROR;
}

static UINT CALLBACK ScanWide(PVOID Context, UINT What, UINT_PTR First, UINT_PTR Second)
{
    (void)Context, (void)Second;
    Scanned += What == SPFILENOTIFY_QUEUESCAN && wcsstr((WCHAR *)First, L"made\\") != NULL;
    return Scanned > 1 ? ERROR_NOT_READY : NO_ERROR;
}

static void Write(const char *Name, const char *Text)
{
    DWORD done;
    HANDLE file = CreateFileA(Name, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    WriteFile(file, Text, (DWORD)strlen(Text), &done, NULL);
    CloseHandle(file);
}

static int IsThere(const char *Name)
{
    return GetFileAttributesA(Name) != INVALID_FILE_ATTRIBUTES;
}

static char Folder[MAX_PATH];
static PVOID Default;

static HSPFILEQ Filled(void)
{
    HSPFILEQ queue = SetupOpenFileQueue();
    SetupQueueCopyA(queue, Folder, NULL, "one.txt", NULL, NULL, "C:\\made\\deep", NULL, 0);
    SetupQueueCopyW(queue, L"C:\\from", NULL, L"two.txt", NULL, NULL, L"C:\\made", L"other.txt",
                    SP_COPY_NOOVERWRITE);
    SetupQueueDeleteA(queue, "C:\\from", "gone.txt");
    SetupQueueDeleteW(queue, L"C:\\from\\never.txt", NULL);
    SetupQueueRenameA(queue, "C:\\from", "old.txt", NULL, "new.txt");
    return queue;
}

static void Begin(void)
{
    CreateDirectoryA("C:\\from", NULL);
    Write("C:\\from\\one.txt", "one");
    Write("C:\\from\\two.txt", "two");
    Write("C:\\from\\gone.txt", "gone");
    Write("C:\\from\\old.txt", "old");
    HeardCount = 0;
}

static void CheckOrder(void)
{
    static const UINT order[] = {
        SPFILENOTIFY_STARTQUEUE,  SPFILENOTIFY_STARTSUBQUEUE, SPFILENOTIFY_STARTDELETE,
        SPFILENOTIFY_ENDDELETE,   SPFILENOTIFY_STARTDELETE,   SPFILENOTIFY_ENDDELETE,
        SPFILENOTIFY_ENDSUBQUEUE, SPFILENOTIFY_STARTSUBQUEUE, SPFILENOTIFY_STARTRENAME,
        SPFILENOTIFY_ENDRENAME,   SPFILENOTIFY_ENDSUBQUEUE,   SPFILENOTIFY_STARTSUBQUEUE,
        SPFILENOTIFY_STARTCOPY,   SPFILENOTIFY_ENDCOPY,       SPFILENOTIFY_STARTCOPY,
        SPFILENOTIFY_ENDCOPY,     SPFILENOTIFY_ENDSUBQUEUE,   SPFILENOTIFY_ENDQUEUE};
    DWORD result = 7;
    Begin();
    HSPFILEQ queue = Filled();
    Check("a queue is scanned",
          SetupScanFileQueueA(queue, SPQ_SCAN_USE_CALLBACK, NULL, Scan, NULL, &result) &&
              Scanned == 2 && result == 1);
    Scanned = 0;
    CheckFails("until the callback ends it",
               SetupScanFileQueueW(queue, SPQ_SCAN_USE_CALLBACK, NULL, ScanWide, NULL, &result),
               ERROR_NOT_READY);
    Check("nothing is there yet",
          SetupScanFileQueueA(queue, SPQ_SCAN_FILE_PRESENCE, NULL, NULL, NULL, &result) &&
              !result && !IsThere("C:\\made"));
    Check("it is carried out", SetupCommitFileQueueA(NULL, queue, Hear, Default));
    Check("deletes, renames, copies",
          HeardCount == sizeof order / sizeof *order && !memcmp(Heard, order, sizeof order));
    Check("copied, with the folders", Holds("C:\\made\\deep\\one.txt", "one"));
    Check("under another name", Holds("C:\\made\\other.txt", "two"));
    Check("deleted", !IsThere("C:\\from\\gone.txt"));
    Check("renamed", Holds("C:\\from\\new.txt", "old") && !IsThere("C:\\from\\old.txt"));
    Check("all is there",
          SetupScanFileQueueA(queue, SPQ_SCAN_FILE_PRESENCE, NULL, NULL, NULL, &result) && result);
    Check("it closes", SetupCloseFileQueue(queue));
}

static void CheckChanges(void)
{
    Begin();
    Write("C:\\made\\other.txt", "mine");
    HSPFILEQ queue = Filled();
    SkipAt = SPFILENOTIFY_STARTDELETE;
    Check("the callback skips", SetupCommitFileQueueA(NULL, queue, Hear, Default));
    Check("what is not deleted", IsThere("C:\\from\\gone.txt"));
    Check("what is there is not overwritten", Holds("C:\\made\\other.txt", "mine"));
    SetupCloseFileQueue(queue);
    SkipAt = 0;
    AbortAt = SPFILENOTIFY_STARTCOPY;
    Begin();
    queue = Filled();
    CheckFails("and ends it", SetupCommitFileQueueA(NULL, queue, Hear, Default), ERROR_NOT_READY);
    Check("behind the deletes", !IsThere("C:\\from\\gone.txt"));
    Check("with a last word", Heard[HeardCount - 1] == SPFILENOTIFY_ENDQUEUE);
    SetupCloseFileQueue(queue);
    AbortAt = 0;
    queue = SetupOpenFileQueue();
    HeardCount = 0;
    SetupQueueRenameW(queue, L"C:\\from", L"nothing.txt", NULL, L"something.txt");
    CheckFails("a file that is not there",
               SetupCommitFileQueueW(NULL, queue, SetupDefaultQueueCallbackW, Default),
               ERROR_FILE_NOT_FOUND);
    SetupCloseFileQueue(queue);
}

int main(void)
{
    strcpy(Folder, "C:\\from");
    Default = SetupInitDefaultQueueCallback(NULL);
    Check("the default callback begins", Default != NULL);
    CheckOrder();
    CheckChanges();
    PVOID other = SetupInitDefaultQueueCallbackEx(NULL, NULL, 0, 0, NULL);
    Check("quietly, too", other != NULL);
    SetupTermDefaultQueueCallback(other);
    SetupTermDefaultQueueCallback(Default);
    CheckFails("a queue that is none", SetupCloseFileQueue((HSPFILEQ)Folder), ERROR_INVALID_HANDLE);
    return Result();
}
