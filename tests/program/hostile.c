/* SPDX-License-Identifier: MIT */
/* hostile.c - calls every system service with arguments that nobody should pass.
 *
 *   hostile SEED CALLS [NUMBER-OF-A-SERVICE]
 *
 * What is passed is drawn from the seed: NULL, misaligned, kernel and unmapped addresses, pages
 * whose protection another thread changes all the time, huge lengths, handles of every type,
 * closed ones and numbers that never were one. Spared is only what would end the game: this
 * program's own end, waits for ever, the handles that it waits for itself (closed, their numbers
 * would soon mean an event that nobody sets), and memory that holds its code and stacks.
 */
#include <stdint.h>
#include <stdlib.h>

#include "check.h"

#define THREADS      2
#define ARGUMENTS    12
#define CELLS_BYTES  0x100000u /* what services may write to; nothing follows it */
#define VICTIM_BYTES 0x40000u
#define PAGE         0x1000u
#define HANDLES      24
#define SURVIVED     99

typedef uint64_t (*Service)(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t,
                            uint64_t, uint64_t, uint64_t, uint64_t, uint64_t);

static struct service {
    const char *Name;
    const char *Kinds;
    Service Call;
} Services[] = {
#define SERVICE(name, kinds) {name, kinds, NULL},
#include "hostile_services.h"
};
#define SERVICES (sizeof(Services) / sizeof(Services[0]))

static char *Cells, *Victim;
static HANDLE Handles[HANDLES];
static HANDLE Kept[THREADS + 1]; /* the threads; set before one of them runs */
static volatile LONG IsOver;
static unsigned long Calls, OnlyService = ~0ul;

struct player {
    uint64_t State;
    int64_t *Time;   /* a page of its own: a short time */
    char *Structure; /* another: names and attributes are built here */
};

/* xorshift64* */
static uint32_t Draw(struct player *Player, uint32_t Below)
{
    Player->State ^= Player->State >> 12;
    Player->State ^= Player->State << 25;
    Player->State ^= Player->State >> 27;
    return (uint32_t)((Player->State * 2685821657736338717ull) >> 33) % Below;
}

static uint64_t DrawNumber(struct player *Player)
{
    static const uint64_t numbers[] = {0,
                                       1,
                                       2,
                                       3,
                                       4,
                                       5,
                                       7,
                                       8,
                                       16,
                                       24,
                                       48,
                                       64,
                                       255,
                                       256,
                                       4095,
                                       4096,
                                       65535,
                                       65536,
                                       0x7fffffff,
                                       0x80000000,
                                       0xffffffff,
                                       0xfffffffe,
                                       0xffffffffffffffff};

    switch (Draw(Player, 4)) {
    case 0:
        return numbers[Draw(Player, sizeof(numbers) / sizeof(numbers[0]))];
    case 1:
        return 1ull << Draw(Player, 64);
    case 2:
        return Draw(Player, 64);
    default:
        return CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800 + Draw(Player, 16), Draw(Player, 4),
                        Draw(Player, 4));
    }
}

static uint64_t DrawAddress(struct player *Player)
{
    switch (Draw(Player, 12)) {
    case 0:
        return 0;
    case 1:
        return 0xffff800000000000ull + ((uint64_t)Draw(Player, 0x7fffffff) << 12);
    case 2: /* the window's edges, and what is not canonical */
        return (uint64_t[]){0x7fffffff0000,     0x7fffffffffff,     0x800000000000, 1,
                            0xffffffffffffffff, 0xfffff78000000000, 0x7ffe0000}[Draw(Player, 7)];
    case 3: /* reserved only */
        return (uint64_t)Cells + CELLS_BYTES + Draw(Player, PAGE);
    case 4: /* over the end */
        return (uint64_t)Cells + CELLS_BYTES - Draw(Player, 64);
    case 5:
    case 6: /* changes its protection */
        return (uint64_t)Victim + Draw(Player, VICTIM_BYTES);
    case 7:
        return (uint64_t)Cells + Draw(Player, CELLS_BYTES / 2);
    default:
        return (uint64_t)Cells + Draw(Player, CELLS_BYTES / 16) * 8;
    }
}

static uint64_t DrawAnyHandle(struct player *Player)
{
    switch (Draw(Player, 10)) {
    case 0:
        return 0;
    case 1:
        return Draw(Player, 0x1000);
    case 2:
        return DrawNumber(Player) & ~7ull;
    case 3:
        return 0xffffffff80000000ull + Draw(Player, 0x200) * 4; /* like the kernel's own */
    default:
        return (uint64_t)Handles[Draw(Player, HANDLES)];
    }
}

static uint64_t DrawHandle(struct player *Player)
{
    uint64_t handle = DrawAnyHandle(Player);

    for (int i = 0; i <= THREADS; i++)
        if ((handle & ~3ull) == (uint64_t)Kept[i])
            return 0;
    return handle;
}

static uint64_t DrawName(struct player *Player, size_t Offset)
{
    static const wchar_t *const names[] = {L"\\Device\\Wdm1",
                                           L"\\??\\C:\\",
                                           L"\\BaseNamedObjects\\hostile",
                                           L"\\",
                                           L"",
                                           L"\\Registry\\Machine\\Software\\Hostile",
                                           L"\\??\\Pending",
                                           L"a",
                                           L"\\Device\\Wdm1\\x",
                                           L"\\DosDevices\\NUL"};
    const wchar_t *name = names[Draw(Player, 10)];
    char *at = Player->Structure + Offset;
    uint16_t length = (uint16_t)(2 * wcslen(name));
    uint64_t buffer = (uint64_t)at + 64;

    if (Draw(Player, 6) == 0)
        return DrawAddress(Player);
    memcpy((void *)buffer, name, length);
    if (Draw(Player, 4) == 0)
        length = (uint16_t)DrawNumber(Player);
    memcpy(at, &length, 2);
    if (Draw(Player, 6) == 0)
        length = (uint16_t)DrawNumber(Player);
    memcpy(at + 2, &length, 2);
    if (Draw(Player, 6) == 0)
        buffer = DrawAddress(Player);
    memcpy(at + 8, &buffer, 8);
    return (uint64_t)at;
}

static uint64_t DrawAttributes(struct player *Player)
{
    uint64_t fields[6] = {48, 0, 0, 0x40, 0, 0};

    switch (Draw(Player, 6)) {
    case 0:
        return 0;
    case 1:
        return DrawAddress(Player);
    }
    if (Draw(Player, 8) == 0)
        fields[0] = DrawNumber(Player);
    if (Draw(Player, 4) == 0)
        fields[1] = DrawHandle(Player);
    fields[2] = DrawName(Player, 1024);
    if (Draw(Player, 4) == 0)
        fields[3] = DrawNumber(Player) & ~0x10ull; /* nothing permanent */
    for (int i = 4; i < 6; i++)
        if (Draw(Player, 8) == 0)
            fields[i] = DrawAddress(Player);
    memcpy(Player->Structure, fields, sizeof(fields));
    return (uint64_t)Player->Structure;
}

static uint64_t DrawMemory(struct player *Player)
{
    uint64_t *cell = (uint64_t *)(Cells + Draw(Player, 64) * 8);

    if (Draw(Player, 6) == 0)
        return DrawAddress(Player);
    *cell =
        Draw(Player, 4) == 0 ? DrawAddress(Player) : (uint64_t)Victim + Draw(Player, VICTIM_BYTES);
    /* Never where our cells are: they must stay. */
    if (*cell >= (uint64_t)Cells - PAGE && *cell < (uint64_t)Cells + 2 * CELLS_BYTES)
        *cell = 0;
    return (uint64_t)cell;
}

static uint64_t DrawTime(struct player *Player)
{
    if (Draw(Player, 4) == 0)
        return (uint64_t)Cells + CELLS_BYTES + Draw(Player, PAGE);
    *Player->Time = -(int64_t)Draw(Player, 2000);
    return (uint64_t)Player->Time;
}

static void NTAPI Routine(void *Context, void *Block, ULONG Reserved)
{
    (void)Context;
    (void)Block;
    (void)Reserved;
}

static uint64_t DrawArgument(struct player *Player, char Kind)
{
    switch (Kind) {
    case 'h':
        return DrawHandle(Player);
    case 'r':
        return Draw(Player, 2) ? 0 : (uint64_t)Routine;
    case 't':
        return DrawTime(Player);
    case 'a':
        return DrawAttributes(Player);
    case 's':
        return DrawName(Player, 0);
    case 'm':
        return DrawMemory(Player);
    case 'z': /* lengths: now and then more than there is */
        *(uint64_t *)(Cells + 1024) =
            Draw(Player, 8) == 0 ? DrawNumber(Player) : Draw(Player, VICTIM_BYTES);
        return (uint64_t)Cells + 1024;
    case 'b':
        return Draw(Player, 2);
    case 'u':
    case 'l':
        return DrawNumber(Player);
    default:
        return DrawAddress(Player);
    }
}

/* Ends, stops or renews this very thread or program: only with handles that are neither. */
static int IsDangerous(const char *Name)
{
    return !strcmp(Name, "NtTerminateProcess") || !strcmp(Name, "NtTerminateThread") ||
           !strcmp(Name, "NtSuspendThread") || !strcmp(Name, "NtCoveThreadBegin");
}

static void Play(struct player *Player, struct service *Service)
{
    uint64_t a[ARGUMENTS] = {0};

    for (int i = 0; Service->Kinds[i] != 0; i++)
        a[i] = DrawArgument(Player, Service->Kinds[i]);
    if (IsDangerous(Service->Name))
        a[0] = 0x123450 + Draw(Player, 16);
    Service->Call(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11]);
}

static HANDLE HandleMake(int Kind)
{
    switch (Kind % 12) {
    case 0:
        return CreateEventA(NULL, Kind & 1, FALSE, NULL);
    case 1:
        return CreateMutexA(NULL, FALSE, NULL);
    case 2:
        return CreateSemaphoreA(NULL, 1, 5, NULL);
    case 3:
        return CreateWaitableTimerA(NULL, TRUE, NULL);
    case 4:
        return CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    case 5:
        return CreateFileA("\\\\.\\Wdm1", GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
                           FILE_FLAG_OVERLAPPED, NULL);
    case 6:
        return CreateFileA("\\\\.\\Wdm1", GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0,
                           NULL);
    case 7:
        return CreateFileA("hostile.tmp", GENERIC_READ | GENERIC_WRITE, 7, NULL, CREATE_ALWAYS, 0,
                           NULL);
    case 8:
        return CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 0x10000, NULL);
    case 9: {
        HKEY key = NULL;
        RegCreateKeyExA(HKEY_LOCAL_MACHINE, "Software\\Hostile", 0, NULL, 0, KEY_ALL_ACCESS, NULL,
                        &key, NULL);
        return key;
    }
    case 10: {
        HANDLE token = NULL;
        OpenProcessToken(GetCurrentProcess(), TOKEN_ALL_ACCESS, &token);
        return token;
    }
    default: /* the pseudo handles of process and thread */
        return Kind & 1 ? GetCurrentProcess() : GetCurrentThread();
    }
}

static DWORD WINAPI PlayAll(void *Context)
{
    struct player *player = Context;

    for (unsigned long i = 0; i < Calls / THREADS; i++) {
        struct service *service =
            &Services[OnlyService < SERVICES ? OnlyService : Draw(player, SERVICES)];
        if (service->Call)
            Play(player, service);
        if (i % 64 == 63) {
            int kind = (int)Draw(player, HANDLES);
            CloseHandle(Handles[kind]);
            Handles[kind] = HandleMake(kind);
        }
    }
    return 0;
}

static DWORD WINAPI FlipPages(void *Unused)
{
    static const DWORD kinds[] = {PAGE_READWRITE, PAGE_NOACCESS, PAGE_READONLY, PAGE_READWRITE,
                                  PAGE_READWRITE | PAGE_GUARD};

    (void)Unused;
    for (unsigned i = 0; !IsOver; i++) {
        char *page = Victim + (i * 7 % (VICTIM_BYTES / PAGE)) * PAGE;
        DWORD old;
        if (!VirtualProtect(page, PAGE, kinds[i % 5], &old))
            VirtualAlloc(page, PAGE, MEM_COMMIT, PAGE_READWRITE);
        if (i % 16 == 0)
            Sleep(0);
    }
    return 0;
}

int main(int argc, char **argv)
{
    static struct player players[THREADS];
    HMODULE ntdll = GetModuleHandleA("ntdll.dll");

    if (argc < 3)
        return 2;
    Calls = strtoul(argv[2], NULL, 0);
    if (argc > 3)
        OnlyService = strtoul(argv[3], NULL, 0);
    for (unsigned i = 0; i < SERVICES; i++)
        Services[i].Call = (Service)(void *)GetProcAddress(ntdll, Services[i].Name);
    Cells = VirtualAlloc(NULL, 2 * CELLS_BYTES, MEM_RESERVE, PAGE_NOACCESS);
    VirtualAlloc(Cells, CELLS_BYTES, MEM_COMMIT, PAGE_READWRITE);
    Victim = VirtualAlloc(NULL, VICTIM_BYTES, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    for (int i = 0; i < HANDLES; i++)
        Handles[i] = HandleMake(i);
    Kept[THREADS] = CreateThread(NULL, 0, FlipPages, NULL, CREATE_SUSPENDED, NULL);
    for (int i = 0; i < THREADS; i++) {
        char *pages = VirtualAlloc(NULL, 0x20000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
        players[i].State = (strtoull(argv[1], NULL, 0) * THREADS + i + 1) * 0x9e3779b97f4a7c15ull;
        players[i].Time = (int64_t *)pages;
        players[i].Structure = pages + PAGE;
        Kept[i] = CreateThread(NULL, 0, PlayAll, &players[i], CREATE_SUSPENDED, NULL);
    }
    for (int i = 0; i <= THREADS; i++)
        ResumeThread(Kept[i]);
    for (int i = 0; i < THREADS; i++)
        WaitForSingleObject(Kept[i], INFINITE);
    IsOver = 1;
    WaitForSingleObject(Kept[THREADS], INFINITE);
    ExitProcess(SURVIVED); /* its standard output may be closed by now */
}
