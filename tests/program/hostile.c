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

#include <winternl.h>

#define THREADS      2
#define ARGUMENTS    12
#define CELLS_BYTES  0x100000u /* what services may write to; nothing follows it */
#define VICTIM_BYTES 0x40000u
#define PAGE         0x1000u
#define HANDLES      24
#define SURVIVED     99

#ifdef _WIN64
typedef uint64_t (*Service)(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t,
                            uint64_t, uint64_t, uint64_t, uint64_t, uint64_t);
#else
typedef void *Service;
#endif

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
#ifdef _WIN64
    case 1:
        return 0xffff800000000000ull + ((uint64_t)Draw(Player, 0x7fffffff) << 12);
    case 2: /* the window's edges, and what is not canonical */
        return (uint64_t[]){0x7fffffff0000,     0x7fffffffffff,     0x800000000000, 1,
                            0xffffffffffffffff, 0xfffff78000000000, 0x7ffe0000}[Draw(Player, 7)];
#else
    case 1: /* where its host lies, and the kernel on Windows */
        return 0x80000000u + Draw(Player, 0x7fffffff);
    case 2: /* the window's edges */
        return (uint32_t[]){0x7fff0000, 0x7ffeffff, 0x80000000, 1,
                            0xffffffff, 0xc0001000, 0x7ffe0000}[Draw(Player, 7)];
#endif
    case 3: /* reserved only */
        return (uintptr_t)Cells + CELLS_BYTES + Draw(Player, PAGE);
    case 4: /* over the end */
        return (uintptr_t)Cells + CELLS_BYTES - Draw(Player, 64);
    case 5:
    case 6: /* changes its protection */
        return (uintptr_t)Victim + Draw(Player, VICTIM_BYTES);
    case 7:
        return (uintptr_t)Cells + Draw(Player, CELLS_BYTES / 2);
    default:
        return (uintptr_t)Cells + Draw(Player, CELLS_BYTES / 16) * 8;
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
        return (uintptr_t)Handles[Draw(Player, HANDLES)];
    }
}

static uint64_t DrawHandle(struct player *Player)
{
    uint64_t handle = DrawAnyHandle(Player);

    for (int i = 0; i <= THREADS; i++)
        if ((handle & ~3ull) == (uintptr_t)Kept[i])
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
    UNICODE_STRING *string = (void *)(Player->Structure + Offset);

    if (Draw(Player, 6) == 0)
        return DrawAddress(Player);
    string->Buffer = (wchar_t *)(Player->Structure + Offset + 64);
    string->Length = string->MaximumLength = (uint16_t)(2 * wcslen(name));
    memcpy(string->Buffer, name, string->Length);
    if (Draw(Player, 4) == 0)
        string->Length = string->MaximumLength = (uint16_t)DrawNumber(Player);
    if (Draw(Player, 6) == 0)
        string->MaximumLength = (uint16_t)DrawNumber(Player);
    if (Draw(Player, 6) == 0)
        string->Buffer = (wchar_t *)(uintptr_t)DrawAddress(Player);
    return (uintptr_t)string;
}

static uint64_t DrawAttributes(struct player *Player)
{
    OBJECT_ATTRIBUTES *attributes = (void *)Player->Structure;

    switch (Draw(Player, 6)) {
    case 0:
        return 0;
    case 1:
        return DrawAddress(Player);
    }
    *attributes = (OBJECT_ATTRIBUTES){.Length = sizeof *attributes, .Attributes = 0x40};
    if (Draw(Player, 8) == 0)
        attributes->Length = (ULONG)DrawNumber(Player);
    if (Draw(Player, 4) == 0)
        attributes->RootDirectory = (HANDLE)(uintptr_t)DrawHandle(Player);
    attributes->ObjectName = (void *)(uintptr_t)DrawName(Player, 1024);
    if (Draw(Player, 4) == 0)
        attributes->Attributes = (ULONG)DrawNumber(Player) & ~0x10u; /* nothing permanent */
    if (Draw(Player, 8) == 0)
        attributes->SecurityDescriptor = (void *)(uintptr_t)DrawAddress(Player);
    if (Draw(Player, 8) == 0)
        attributes->SecurityQualityOfService = (void *)(uintptr_t)DrawAddress(Player);
    return (uintptr_t)attributes;
}

static uint64_t DrawMemory(struct player *Player)
{
    uintptr_t *cell = (uintptr_t *)(Cells + Draw(Player, 64) * 8);

    if (Draw(Player, 6) == 0)
        return DrawAddress(Player);
    *cell = Draw(Player, 4) == 0 ? (uintptr_t)DrawAddress(Player)
                                 : (uintptr_t)Victim + Draw(Player, VICTIM_BYTES);
    /* Never where our cells are: they must stay. */
    if (*cell >= (uintptr_t)Cells - PAGE && *cell < (uintptr_t)Cells + 2 * CELLS_BYTES)
        *cell = 0;
    return (uintptr_t)cell;
}

static uint64_t DrawTime(struct player *Player)
{
    if (Draw(Player, 4) == 0)
        return (uintptr_t)Cells + CELLS_BYTES + Draw(Player, PAGE);
    *Player->Time = -(int64_t)Draw(Player, 2000);
    return (uintptr_t)Player->Time;
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
        return Draw(Player, 2) ? 0 : (uintptr_t)Routine;
    case 't':
        return DrawTime(Player);
    case 'a':
        return DrawAttributes(Player);
    case 's':
        return DrawName(Player, 0);
    case 'm':
        return DrawMemory(Player);
    case 'z': /* lengths: now and then more than there is */
        *(uintptr_t *)(Cells + 1024) =
            Draw(Player, 8) == 0 ? (uintptr_t)DrawNumber(Player) : Draw(Player, VICTIM_BYTES);
        return (uintptr_t)Cells + 1024;
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

#ifdef _WIN64
static void Enter(const struct service *Service, const uint64_t *a)
{
    Service->Call(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11]);
}
#else
/* Whoever is called takes his words off the stack. */
void EnterWords(Service Call, const uint32_t *Words, uint32_t Count);
__asm__(".globl _EnterWords\n"
        "_EnterWords:\n\t"
        "pushl %ebp\n\t"
        "movl %esp, %ebp\n\t"
        "pushl %esi\n\t"
        "pushl %edi\n\t"
        "movl 12(%ebp), %esi\n\t"
        "movl 16(%ebp), %ecx\n\t"
        "leal (, %ecx, 4), %eax\n\t"
        "subl %eax, %esp\n\t"
        "movl %esp, %edi\n\t"
        "rep movsl\n\t"
        "call *8(%ebp)\n\t"
        "leal -8(%ebp), %esp\n\t"
        "popl %edi\n\t"
        "popl %esi\n\t"
        "popl %ebp\n\t"
        "ret");

static void Enter(const struct service *Service, const uint64_t *a)
{
    uint32_t words[2 * ARGUMENTS], count = 0;

    for (int i = 0; Service->Kinds[i] != 0; i++) {
        words[count++] = (uint32_t)a[i];
        if (Service->Kinds[i] == 'l')
            words[count++] = (uint32_t)(a[i] >> 32);
    }
    EnterWords(Service->Call, words, count);
}
#endif

static void Play(struct player *Player, struct service *Service)
{
    uint64_t a[ARGUMENTS] = {0};

    for (int i = 0; Service->Kinds[i] != 0; i++)
        a[i] = DrawArgument(Player, Service->Kinds[i]);
    if (IsDangerous(Service->Name))
        a[0] = 0x123450 + Draw(Player, 16);
    Enter(Service, a);
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
