/* SPDX-License-Identifier: MIT */
/* volumes.c - drives and their room; and what of ucrtbase.dll only its own headers call. */
#include "check.h"

static void CheckVolumes(void)
{
    wchar_t name[64], system[64], current[MAX_PATH];
    char narrow[64];
    DWORD serial = 1, other = 2, component = 0, flags = 0;
    GetCurrentDirectoryW(MAX_PATH, current);
    current[3] = 0;
    Check("a volume",
          GetVolumeInformationW(current, name, 64, &serial, &component, &flags, system, 64) &&
              component >= 100 && system[0]);
    Check("nothing of it", GetVolumeInformationW(current, NULL, 0, NULL, NULL, NULL, NULL, 0));
    Check("that of the current folder",
          GetVolumeInformationA(NULL, NULL, 0, &other, NULL, NULL, narrow, 64) && other == serial &&
              narrow[0] == (char)system[0]);
    CheckFails("no room for its name",
               GetVolumeInformationW(current, NULL, 0, NULL, NULL, NULL, system, 1),
               ERROR_MORE_DATA);
    Check("no such drive", !GetVolumeInformationW(L"Q:\\", NULL, 0, NULL, NULL, NULL, NULL, 0) &&
                               GetLastError() == ERROR_PATH_NOT_FOUND);
}

static void CheckRoom(void)
{
    ULARGE_INTEGER available, total, left, again;
    DWORD sectors, bytes, clusters, all;
    Check("room", GetDiskFreeSpaceExW(NULL, &available, &total, &left) && total.QuadPart &&
                      available.QuadPart <= left.QuadPart && left.QuadPart <= total.QuadPart);
    Check("the same by another name",
          GetDiskFreeSpaceExA(".", NULL, &again, NULL) && again.QuadPart == total.QuadPart);
    Check("in clusters", GetDiskFreeSpaceW(NULL, &sectors, &bytes, &clusters, &all) &&
                             clusters <= all && (ULONGLONG)sectors * bytes * all <= total.QuadPart);
    Check("none of what is not there", !GetDiskFreeSpaceExA("Q:\\", &available, NULL, NULL));
}

static void CheckDrives(void)
{
    wchar_t wide[128];
    char narrow[128];
    DWORD drives = GetLogicalDrives(), needed = GetLogicalDriveStringsW(0, NULL), seen = 0;
    DWORD length = GetLogicalDriveStringsW(128, wide);
    for (wchar_t *at = wide; *at; at += 4)
        seen |= at[1] == ':' && at[2] == '\\' && !at[3] ? 1u << (at[0] - 'A') : 1u << 31;
    Check("the drives, one after the other", seen == drives && needed == length + 1);
    Check("as bytes", GetLogicalDriveStringsA(128, narrow) == length && narrow[0] == (char)wide[0]);
    Check("not in too little room", GetLogicalDriveStringsA(length, narrow) == length + 1);
    ULONG bytes = 0x1000, more = 0x7fffffff;
    Check("room on the stack", SetThreadStackGuarantee(&bytes) && bytes >= 0x1000);
    CheckFails("within limits", SetThreadStackGuarantee(&more), ERROR_INVALID_PARAMETER);
}

#define FROM(dll, name) ((void *)GetProcAddress(dll, name))

static void CheckRuntime(void)
{
    HMODULE ucrt = LoadLibraryA("ucrtbase.dll");
    long *(*timezone)(void) = FROM(ucrt, "__timezone");
    int *(*daylight)(void) = FROM(ucrt, "__daylight");
    char **(*zone)(void) = FROM(ucrt, "__tzname");
    int (*get_timezone)(long *) = FROM(ucrt, "_get_timezone");
    int (*get_daylight)(int *) = FROM(ucrt, "_get_daylight");
    int (*pointers)(void *, char ***, char ***, int **) = FROM(ucrt, "_get_stream_buffer_pointers");
    void *(*temporary)(void) = FROM(ucrt, "tmpfile");
    int (*put)(int, void *) = FROM(ucrt, "fputc");
    int (*shut)(void *) = FROM(ucrt, "fclose");
    long seconds = 1;
    int saves = 1, *count = NULL;
    char **base = NULL, **at = NULL;
    get_timezone(&seconds);
    get_daylight(&saves);
    Check("the zone's cells",
          *timezone() == seconds && *daylight() == saves && zone()[0] && zone()[1]);
    void *file = temporary();
    Check("a stream's buffer", file && put('x', file) == 'x' &&
                                   !pointers(file, &base, &at, &count) && **base == 'x' &&
                                   *at == *base + 1 && *count > 0);
    shut(file);
}

int main(void)
{
    CheckVolumes();
    CheckRoom();
    CheckDrives();
    CheckRuntime();
    return Result();
}
