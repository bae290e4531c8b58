/* SPDX-License-Identifier: MIT */
/* locks.c - ranges of a file that are locked: what goes together, who waits, what ends a lock;
 * and information that is set by class on an open file. Doc: fileapi.h */
#include "check.h"

#define SIZE 100u

static HANDLE Open(DWORD Flags)
{
    return CreateFileA("locks.bin", GENERIC_READ | GENERIC_WRITE | DELETE,
                       FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, OPEN_ALWAYS,
                       Flags, NULL);
}

static BOOL ReadAt(HANDLE File, DWORD Offset)
{
    OVERLAPPED at = {0};
    char byte;
    DWORD count;
    at.Offset = Offset;
    return ReadFile(File, &byte, 1, &count, &at) && count == 1;
}

static BOOL WriteAt(HANDLE File, DWORD Offset)
{
    OVERLAPPED at = {0};
    DWORD count;
    at.Offset = Offset;
    return WriteFile(File, "x", 1, &count, &at) && count == 1;
}

static BOOL Lock(HANDLE File, DWORD Offset, DWORD Size, DWORD Flags)
{
    OVERLAPPED at = {0};
    at.Offset = Offset;
    return LockFileEx(File, Flags, 0, Size, 0, &at);
}

static BOOL Unlock(HANDLE File, DWORD Offset, DWORD Size)
{
    OVERLAPPED at = {0};
    at.Offset = Offset;
    return UnlockFileEx(File, 0, Size, 0, &at);
}

static void CheckExclusive(HANDLE First, HANDLE Second)
{
    Check("a range is locked", LockFile(First, 10, 0, 10, 0));
    Check("its owner writes", WriteAt(First, 10));
    CheckFails("another handle does not", WriteAt(Second, 19), ERROR_LOCK_VIOLATION);
    CheckFails("nor does it read", ReadAt(Second, 10), ERROR_LOCK_VIOLATION);
    Check("it reads beside it", ReadAt(Second, 9) && ReadAt(Second, 20));
    CheckFails("no lock on a part of it", LockFile(Second, 19, 0, 5, 0), ERROR_LOCK_VIOLATION);
    CheckFails("not even the owner's own", LockFile(First, 19, 0, 5, 0), ERROR_LOCK_VIOLATION);
    Check("a lock beside it", LockFile(Second, 20, 0, 5, 0));
    CheckFails("a part is not unlocked", UnlockFile(First, 10, 0, 5, 0), ERROR_NOT_LOCKED);
    CheckFails("nor by another handle", UnlockFile(Second, 10, 0, 10, 0), ERROR_NOT_LOCKED);
    Check("unlocked", UnlockFile(First, 10, 0, 10, 0) && UnlockFile(Second, 20, 0, 5, 0));
    CheckFails("not twice", UnlockFile(First, 10, 0, 10, 0), ERROR_NOT_LOCKED);
    Check("everybody writes", WriteAt(Second, 10) && WriteAt(First, 20));
    Check("far behind the end",
          LockFile(First, 0, 0x7fffffff, 1, 0) && UnlockFile(First, 0, 0x7fffffff, 1, 0));
}

static void CheckShared(HANDLE First, HANDLE Second)
{
    Check("two share", Lock(First, 0, 8, LOCKFILE_FAIL_IMMEDIATELY) &&
                           Lock(Second, 4, 8, LOCKFILE_FAIL_IMMEDIATELY));
    CheckFails("no exclusive one with them",
               Lock(Second, 0, 8, LOCKFILE_FAIL_IMMEDIATELY | LOCKFILE_EXCLUSIVE_LOCK),
               ERROR_LOCK_VIOLATION);
    Check("both read", ReadAt(First, 5) && ReadAt(Second, 5));
    CheckFails("the one does not write", WriteAt(First, 5), ERROR_LOCK_VIOLATION);
    CheckFails("nor does the other", WriteAt(Second, 5), ERROR_LOCK_VIOLATION);
    Check("unlocked by its range", Unlock(First, 0, 8) && Unlock(Second, 4, 8));
    CheckFails("flags that are none", Lock(First, 0, 8, 4), ERROR_INVALID_PARAMETER);
}

static void CheckWaiting(HANDLE First)
{
    OVERLAPPED waiting = {0};
    DWORD count;
    HANDLE second = Open(FILE_FLAG_OVERLAPPED);
    waiting.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
    waiting.Offset = 30;
    Check("held", LockFile(First, 30, 0, 1, 0));
    CheckFails("a lock waits", LockFileEx(second, LOCKFILE_EXCLUSIVE_LOCK, 0, 1, 0, &waiting),
               ERROR_IO_PENDING);
    Check("its event is not set", WaitForSingleObject(waiting.hEvent, 0) == WAIT_TIMEOUT);
    Check("let go", UnlockFile(First, 30, 0, 1, 0));
    Check("it is told", GetOverlappedResult(second, &waiting, &count, TRUE) &&
                            WaitForSingleObject(waiting.hEvent, 0) == WAIT_OBJECT_0);
    CheckFails("it has the lock", WriteAt(First, 30), ERROR_LOCK_VIOLATION);

    waiting.Offset = 30;
    CheckFails("one waits for itself",
               LockFileEx(second, LOCKFILE_EXCLUSIVE_LOCK, 0, 1, 0, &waiting), ERROR_IO_PENDING);
    Check("and is cancelled", CancelIoEx(second, &waiting));
    CheckFails("as such", GetOverlappedResult(second, &waiting, &count, TRUE),
               ERROR_OPERATION_ABORTED);
    CheckFails("waits again", LockFileEx(second, LOCKFILE_EXCLUSIVE_LOCK, 0, 1, 0, &waiting),
               ERROR_IO_PENDING);
    Check("the end of the handle",
          CloseHandle(second) && WaitForSingleObject(waiting.hEvent, 30000) == WAIT_OBJECT_0);
    Check("ends its locks", WriteAt(First, 30));
    CloseHandle(waiting.hEvent);
}

static DWORD WINAPI Waiter(void *File)
{
    return Lock(File, 40, 1, LOCKFILE_EXCLUSIVE_LOCK) ? 7 : GetLastError();
}

/* The lock is held by this thread's own handle; the other thread's call waits inside. */
static void CheckSynchronous(HANDLE First)
{
    DWORD code = 0;
    HANDLE second = Open(0);
    Check("held again", LockFile(First, 40, 0, 1, 0));
    HANDLE thread = CreateThread(NULL, 0, Waiter, second, 0, NULL);
    while (!CancelSynchronousIo(thread) && GetLastError() == ERROR_NOT_FOUND)
        SwitchToThread();
    Check("a wait is cancelled from outside", WaitForSingleObject(thread, 30000) == WAIT_OBJECT_0 &&
                                                  GetExitCodeThread(thread, &code) &&
                                                  code == ERROR_OPERATION_ABORTED);
    CloseHandle(thread);
    thread = CreateThread(NULL, 0, Waiter, second, 0, NULL);
    Check("or ends with the lock", UnlockFile(First, 40, 0, 1, 0) &&
                                       WaitForSingleObject(thread, 30000) == WAIT_OBJECT_0 &&
                                       GetExitCodeThread(thread, &code) && code == 7);
    CloseHandle(thread);
    CheckFails("which is the other handle's", ReadAt(First, 40), ERROR_LOCK_VIOLATION);
    CloseHandle(second);
    Check("until it is closed", ReadAt(First, 40));
}

static BOOL IsThere(const char *Name)
{
    return GetFileAttributesA(Name) != INVALID_FILE_ATTRIBUTES;
}

static BOOL Rename(HANDLE File, FILE_INFO_BY_HANDLE_CLASS Class, const WCHAR *Name, DWORD Flags)
{
    union {
        FILE_RENAME_INFO info;
        char room[200];
    } rename = {0};
    DWORD bytes = (DWORD)wcslen(Name) * sizeof(WCHAR);
    *(DWORD *)&rename.info = Flags;
    rename.info.FileNameLength = bytes;
    memcpy(rename.info.FileName, Name, bytes);
    return SetFileInformationByHandle(File, Class, &rename, sizeof rename);
}

#define RENAME_EX      ((FILE_INFO_BY_HANDLE_CLASS)22)
#define DISPOSITION_EX ((FILE_INFO_BY_HANDLE_CLASS)21)

static void CheckInformation(HANDLE File)
{
    FILE_END_OF_FILE_INFO end = {0};
    FILE_ALLOCATION_INFO allocation = {0};
    FILE_BASIC_INFO basic = {0}, found;
    FILE_STANDARD_INFO standard;
    FILE_IO_PRIORITY_HINT_INFO hint = {IoPriorityHintLow};
    LARGE_INTEGER size;
    end.EndOfFile.QuadPart = 70;
    Check("a new end", SetFileInformationByHandle(File, FileEndOfFileInfo, &end, sizeof end) &&
                           GetFileSizeEx(File, &size) && size.QuadPart == 70);
    allocation.AllocationSize.QuadPart = 50;
    Check("less room",
          SetFileInformationByHandle(File, FileAllocationInfo, &allocation, sizeof allocation) &&
              GetFileInformationByHandleEx(File, FileStandardInfo, &standard, sizeof standard) &&
              standard.EndOfFile.QuadPart == 50 && !standard.DeletePending);
    basic.LastWriteTime.QuadPart = 0x01d0000000000000;
    Check("a time", SetFileInformationByHandle(File, FileBasicInfo, &basic, sizeof basic) &&
                        GetFileInformationByHandleEx(File, FileBasicInfo, &found, sizeof found) &&
                        found.LastWriteTime.QuadPart == basic.LastWriteTime.QuadPart);
    Check("a hint", SetFileInformationByHandle(File, FileIoPriorityHintInfo, &hint, sizeof hint));
    hint.PriorityHint = MaximumIoPriorityHintType;
    CheckFails("a hint that is none",
               SetFileInformationByHandle(File, FileIoPriorityHintInfo, &hint, sizeof hint),
               ERROR_INVALID_PARAMETER);
    CheckFails("a class that is only asked",
               SetFileInformationByHandle(File, FileStandardInfo, &standard, sizeof standard),
               ERROR_INVALID_PARAMETER);
    CheckFails("too little", SetFileInformationByHandle(File, FileEndOfFileInfo, &end, 4),
               ERROR_BAD_LENGTH);
}

static void CheckRenames(HANDLE File)
{
    FILE_DISPOSITION_INFO disposition = {TRUE};
    struct {
        FILE_NAME_INFO info;
        WCHAR more[MAX_PATH];
    } name;
    static const WCHAR ending[] = L"\\renamed.bin";
    HANDLE other = CreateFileA("other.bin", GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    CloseHandle(other);
    CheckFails("not over what is there", Rename(File, FileRenameInfo, L"other.bin", FALSE),
               ERROR_ALREADY_EXISTS);
    Check("over it when asked", Rename(File, FileRenameInfo, L"other.bin", TRUE) &&
                                    IsThere("other.bin") && !IsThere("locks.bin"));
    Check("by flags", Rename(File, RENAME_EX, L"renamed.bin", 1) && IsThere("renamed.bin"));
    Check("its name", GetFileInformationByHandleEx(File, FileNameInfo, &name, sizeof name) &&
                          name.info.FileNameLength > sizeof ending &&
                          !memcmp((char *)name.info.FileName + name.info.FileNameLength -
                                      (sizeof ending - sizeof(WCHAR)),
                                  ending, sizeof ending - sizeof(WCHAR)));
    CheckFails("less room than the name",
               GetFileInformationByHandleEx(File, FileNameInfo, &name, sizeof name.info),
               ERROR_MORE_DATA);
    Check("to be deleted",
          SetFileInformationByHandle(File, FileDispositionInfo, &disposition, sizeof disposition));
    CheckFails("nobody opens it now",
               CreateFileA("renamed.bin", GENERIC_READ, 7, NULL, OPEN_EXISTING, 0, NULL) !=
                   INVALID_HANDLE_VALUE,
               ERROR_ACCESS_DENIED);
    disposition.DeleteFile = FALSE;
    Check("or not",
          SetFileInformationByHandle(File, FileDispositionInfo, &disposition, sizeof disposition) &&
              IsThere("renamed.bin"));
}

/* With POSIX semantics a name goes with the handle that deletes, though another has the file. */
static void CheckDeletes(HANDLE File)
{
    ULONG flags = 1 | 2;
    HANDLE second =
        CreateFileA("renamed.bin", GENERIC_READ | DELETE, 7, NULL, OPEN_EXISTING, 0, NULL);
    Check("deleted at once",
          SetFileInformationByHandle(second, DISPOSITION_EX, &flags, sizeof flags) &&
              CloseHandle(second) && !IsThere("renamed.bin"));
    Check("the other reads on", ReadAt(File, 0));
    HANDLE fresh = CreateFileA("renamed.bin", GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL);
    Check("the name is free", fresh != INVALID_HANDLE_VALUE && CloseHandle(fresh));
    CloseHandle(File);
    Check("and stays the new file's", IsThere("renamed.bin") && DeleteFileA("renamed.bin"));
}

static unsigned Count(HANDLE Folder, FILE_INFO_BY_HANDLE_CLASS Class)
{
    char room[4096];
    unsigned count = 0;
    for (; GetFileInformationByHandleEx(Folder, Class, room, sizeof room);
         Class = Class == FileFullDirectoryInfo || Class == FileFullDirectoryRestartInfo
                     ? FileFullDirectoryInfo
                     : FileIdBothDirectoryInfo) {
        for (const FILE_ID_BOTH_DIR_INFO *at = (void *)room;;
             at = (const void *)((const char *)at + at->NextEntryOffset)) {
            count++;
            if (!at->NextEntryOffset)
                break;
        }
    }
    return GetLastError() == ERROR_NO_MORE_FILES ? count : 0;
}

static void CheckFolder(void)
{
    FILE_ID_INFO one, other;
    BY_HANDLE_FILE_INFORMATION by;
    CreateDirectoryA("entries", NULL);
    CloseHandle(CreateFileA("entries\\a", GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL));
    CloseHandle(CreateFileA("entries\\b", GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL));
    HANDLE folder = CreateFileA("entries", GENERIC_READ, 7, NULL, OPEN_EXISTING,
                                FILE_FLAG_BACKUP_SEMANTICS, NULL);
    Check("entries of a folder", Count(folder, FileIdBothDirectoryInfo) == 4);
    Check("no more", Count(folder, FileIdBothDirectoryInfo) == 0);
    Check("from the beginning", Count(folder, FileIdBothDirectoryRestartInfo) == 4 &&
                                    Count(folder, FileFullDirectoryRestartInfo) == 4);
    HANDLE file = CreateFileA("entries\\a", GENERIC_READ, 7, NULL, OPEN_EXISTING, 0, NULL);
    Check("identifiers", GetFileInformationByHandleEx(folder, FileIdInfo, &one, sizeof one) &&
                             GetFileInformationByHandleEx(file, FileIdInfo, &other, sizeof other) &&
                             one.VolumeSerialNumber == other.VolumeSerialNumber &&
                             memcmp(&one.FileId, &other.FileId, sizeof one.FileId));
    Check("as told elsewhere",
          GetFileInformationByHandle(file, &by) && !memcmp(&other.FileId, &by.nFileIndexLow, 4));
    CloseHandle(file);
    CloseHandle(folder);
    Check("all gone",
          DeleteFileA("entries\\a") && DeleteFileA("entries\\b") && RemoveDirectoryA("entries"));
}

int main(void)
{
    static const char bytes[SIZE];
    DWORD count;
    HANDLE first = Open(0), second = Open(0);
    Check("a file", WriteFile(first, bytes, SIZE, &count, NULL) && count == SIZE);
    CheckExclusive(first, second);
    CheckShared(first, second);
    CheckWaiting(first);
    CheckSynchronous(first);
    CloseHandle(second);
    CheckInformation(first);
    CheckRenames(first);
    CheckDeletes(first);
    CheckFolder();
    return Result();
}
