/* SPDX-License-Identifier: MIT */
/* services.c - services whose answers hold pointers in places that a class or a count decides.
 *
 * Each asks the kernel with a wide structure on its stack and narrows what came. Lengths are told
 * as a 32-bit program needs them; classes without pointers go over as they are.
 */
#include <stdlib.h>
#include <string.h>

#include "abi/services.h"
#include "ntdll/heap.h"
#include "ntdll/nt.h"
#include "wow64/widen.h"
#include "wow64_internal.h"

#define CALL(service, ...)                                                   \
    ((NTSTATUS)door_call(SERVICE_##service, (const uint64_t[]){__VA_ARGS__}, \
                         sizeof((const uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t)))

/* Answers of variable length are fetched into twice the room, and some. */
#define ROOM_MOST         0x10000u
#define WIDE_ROOM(length) ((length) > ROOM_MOST ? ROOM_MOST * 2 : (length) * 2 + 64)

/* What the narrow answer is written to is looked at before the service does anything; it raises in
 * the caller only when it goes meanwhile. */
#define ANSWERS_TO(at, bytes)               \
    do {                                    \
        if (!wow64_is_writable(at, bytes))  \
            return STATUS_ACCESS_VIOLATION; \
    } while (0)
#define RETURNS_TO(at) ANSWERS_TO(at, (at) ? sizeof *(at) : 0)

static void length_tell(ULONG *to, uint64_t length)
{
    if (to)
        *to = (ULONG)length;
}

/* ---- memory -----------------------------------------------------------------------------------
 */

struct memory_basic64 {
    uint64_t base, allocation;
    uint32_t allocation_protect, unused;
    uint64_t size;
    uint32_t state, protect, type, unused2;
} __attribute__((aligned(8)));

NTSTATUS NTAPI NtQueryVirtualMemory(HANDLE process, PVOID address, MEMORY_INFORMATION_CLASS class,
                                    PVOID information, SIZE_T length, PSIZE_T returned)
{
    struct memory_basic64 wide = {0};
    uint64_t wide_returned = 0;
    MEMORY_BASIC_INFORMATION *narrow = information;
    if (class != MemoryBasicInformation)
        return STATUS_INVALID_INFO_CLASS;
    if (length < sizeof *narrow)
        return STATUS_INFO_LENGTH_MISMATCH;
    ANSWERS_TO(narrow, sizeof *narrow);
    RETURNS_TO(returned);
    NTSTATUS status = CALL(NtQueryVirtualMemory, HANDLE64(process), ADDRESS64(address), class,
                           ADDRESS64(&wide), sizeof wide, ADDRESS64(&wide_returned));
    if (!NT_SUCCESS(status))
        return status;
    *narrow = (MEMORY_BASIC_INFORMATION){.BaseAddress = POINTER32(void, wide.base),
                                         .AllocationBase = POINTER32(void, wide.allocation),
                                         .AllocationProtect = wide.allocation_protect,
                                         .RegionSize = (SIZE_T)wide.size,
                                         .State = wide.state,
                                         .Protect = wide.protect,
                                         .Type = wide.type};
    if (returned)
        *returned = sizeof *narrow;
    return status;
}

struct section_basic64 {
    uint64_t base;
    uint32_t attributes, unused;
    int64_t size;
} __attribute__((aligned(8)));

NTSTATUS NTAPI NtQuerySection(HANDLE section, ULONG class, PVOID information, SIZE_T length,
                              PSIZE_T returned);
NTSTATUS NTAPI NtQuerySection(HANDLE section, ULONG class, PVOID information, SIZE_T length,
                              PSIZE_T returned)
{
    struct section_basic64 wide = {0};
    struct {
        ULONG base, attributes;
        LARGE_INTEGER size;
    } *narrow = information;
    if (class)
        return STATUS_INVALID_INFO_CLASS;
    if (length < sizeof *narrow)
        return STATUS_INFO_LENGTH_MISMATCH;
    ANSWERS_TO(narrow, sizeof *narrow);
    RETURNS_TO(returned);
    NTSTATUS status =
        CALL(NtQuerySection, HANDLE64(section), class, ADDRESS64(&wide), sizeof wide, 0);
    if (!NT_SUCCESS(status))
        return status;
    narrow->base = (ULONG)wide.base;
    narrow->attributes = wide.attributes;
    narrow->size.QuadPart = wide.size;
    if (returned)
        *returned = sizeof *narrow;
    return status;
}

/* ---- completion ports
 * ----------------------------------------------------------------------------- */

struct completion64 {
    uint64_t key, context;
    struct wow64_status block;
};

NTSTATUS NTAPI NtRemoveIoCompletion(HANDLE port, PVOID *key, PVOID *context, PIO_STATUS_BLOCK block,
                                    PLARGE_INTEGER timeout)
{
    struct completion64 wide = {0};
    ULONG words[4]; /* nobody's: what is written to goes through them and back */
    if (!wow64_is_programs((uintptr_t)key | (uintptr_t)context | (uintptr_t)block) ||
        !wow64_renew4(&words[0], key) || !wow64_renew4(&words[1], context) ||
        !wow64_renew8(&words[2], block))
        return STATUS_ACCESS_VIOLATION;
    NTSTATUS status = CALL(NtRemoveIoCompletion, HANDLE64(port), ADDRESS64(&wide.key),
                           ADDRESS64(&wide.context), ADDRESS64(&wide.block), ADDRESS64(timeout));
    if (status != STATUS_SUCCESS)
        return status;
    *key = POINTER32(void, wide.key);
    *context = POINTER32(void, wide.context);
    wow64_status_end((uint32_t)(uintptr_t)block, &wide.block);
    return status;
}

struct completion32 {
    ULONG key, context, status, information;
};
#define COMPLETIONS_AT_ONCE 64u

NTSTATUS NTAPI NtRemoveIoCompletionEx(HANDLE port, PVOID entries, ULONG count, PULONG removed,
                                      PLARGE_INTEGER timeout, BOOLEAN is_alertable)
{
    struct completion64 wide[COMPLETIONS_AT_ONCE];
    struct completion32 *narrow = entries;
    if (count > COMPLETIONS_AT_ONCE)
        count = COMPLETIONS_AT_ONCE;
    ANSWERS_TO(removed, sizeof *removed);
    ANSWERS_TO(narrow, count * sizeof *narrow);
    NTSTATUS status = CALL(NtRemoveIoCompletionEx, HANDLE64(port), ADDRESS64(wide), count,
                           ADDRESS64(removed), ADDRESS64(timeout), is_alertable);
    for (ULONG i = 0; status == STATUS_SUCCESS && i < *removed; i++)
        narrow[i] =
            (struct completion32){(ULONG)wide[i].key, (ULONG)wide[i].context,
                                  (ULONG)wide[i].block.status, (ULONG)wide[i].block.information};
    return status;
}

/* ---- threads and processes
 * --------------------------------------------------------------------------- */

NTSTATUS NTAPI NtCoveApcTake(PVOID call);
NTSTATUS NTAPI NtCoveApcTake(PVOID call)
{
    uint64_t wide[4] = {0};
    ANSWERS_TO(call, 4 * sizeof(ULONG));
    NTSTATUS status = CALL(NtCoveApcTake, ADDRESS64(wide));
    if (NT_SUCCESS(status))
        wow64_pointers_out_end((uint32_t)(uintptr_t)call, 4, wide);
    return status;
}

struct thread_basic64 {
    uint32_t exit_status, unused;
    uint64_t teb, process, thread, affinity;
    uint32_t priority, base_priority;
} __attribute__((aligned(8)));
struct thread_basic32 {
    uint32_t exit_status, teb, process, thread, affinity, priority, base_priority;
};

NTSTATUS NTAPI NtQueryInformationThread(HANDLE thread, THREADINFOCLASS class, PVOID information,
                                        ULONG length, PULONG returned)
{
    struct thread_basic64 wide = {0};
    struct thread_basic32 *narrow = information;
    if (class != ThreadBasicInformation)
        return CALL(NtQueryInformationThread, HANDLE64(thread), class, ADDRESS64(information),
                    length, ADDRESS64(returned));
    if (length != sizeof *narrow)
        return STATUS_INFO_LENGTH_MISMATCH;
    ANSWERS_TO(narrow, sizeof *narrow);
    RETURNS_TO(returned);
    NTSTATUS status =
        CALL(NtQueryInformationThread, HANDLE64(thread), class, ADDRESS64(&wide), sizeof wide, 0);
    if (!NT_SUCCESS(status))
        return status;
    *narrow = (struct thread_basic32){
        wide.exit_status,        (uint32_t)wide.teb, (uint32_t)wide.process, (uint32_t)wide.thread,
        (uint32_t)wide.affinity, wide.priority,      wide.base_priority};
    length_tell(returned, sizeof *narrow);
    return status;
}

NTSTATUS NTAPI NtSetInformationThread(HANDLE thread, THREADINFOCLASS class, PVOID information,
                                      ULONG length)
{
    int32_t narrow;
    uint64_t wide;
    if (class != ThreadImpersonationToken)
        return CALL(NtSetInformationThread, HANDLE64(thread), class, ADDRESS64(information),
                    length);
    if (length != sizeof narrow)
        return STATUS_INFO_LENGTH_MISMATCH;
    if (!wow64_copy(&narrow, information, sizeof narrow))
        return STATUS_ACCESS_VIOLATION;
    wide = HANDLE64(narrow);
    return CALL(NtSetInformationThread, HANDLE64(thread), class, ADDRESS64(&wide), sizeof wide);
}

struct process_basic64 {
    uint32_t exit_status, unused;
    uint64_t peb, affinity;
    uint32_t priority, unused2;
    uint64_t id, parent;
} __attribute__((aligned(8)));
struct process_basic32 {
    uint32_t exit_status, peb, affinity, priority, id, parent;
};

#define PROCESS_DEBUG_PORT 7
#define PROCESS_WOW64      26
#define PROCESS_IMAGE_NAME 27
#define PROCESS_IMAGE_PATH 43

/* A counted string with its characters behind it, as it lies in a wide answer. */
static NTSTATUS name_narrow(const uint8_t *wide, PVOID information, ULONG length, ULONG *returned)
{
    struct wow64_string string;
    memcpy(&string, wide, sizeof string);
    UNICODE_STRING *narrow = information;
    ULONG need = (ULONG)sizeof *narrow + string.maximum;
    length_tell(returned, need);
    if (length < need)
        return STATUS_INFO_LENGTH_MISMATCH;
    wchar_t *text = (wchar_t *)(narrow + 1);
    memcpy(text, POINTER32(void, string.buffer), string.length);
    if (string.maximum > string.length)
        text[string.length / sizeof *text] = 0;
    *narrow = (UNICODE_STRING){string.length, string.maximum, string.length ? text : NULL};
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI NtQueryInformationProcess(HANDLE process, PROCESSINFOCLASS class, PVOID information,
                                         ULONG length, PULONG returned)
{
    struct process_basic64 wide = {0};
    uint64_t number = 0;
    NTSTATUS status;
    uint8_t *room;
    ANSWERS_TO(information, length);
    RETURNS_TO(returned);
    switch ((int)class) {
    case ProcessBasicInformation:
        if (length != sizeof(struct process_basic32))
            return STATUS_INFO_LENGTH_MISMATCH;
        status = CALL(NtQueryInformationProcess, HANDLE64(process), class, ADDRESS64(&wide),
                      sizeof wide, 0);
        if (NT_SUCCESS(status))
            *(struct process_basic32 *)information = (struct process_basic32){
                wide.exit_status, (uint32_t)wide.peb, (uint32_t)wide.affinity,
                wide.priority,    (uint32_t)wide.id,  (uint32_t)wide.parent};
        length_tell(returned, sizeof(struct process_basic32));
        return status;
    case PROCESS_DEBUG_PORT:
    case PROCESS_WOW64:
        if (length != sizeof(ULONG))
            return STATUS_INFO_LENGTH_MISMATCH;
        status = CALL(NtQueryInformationProcess, HANDLE64(process), class, ADDRESS64(&number),
                      sizeof number, 0);
        if (NT_SUCCESS(status))
            *(ULONG *)information = (ULONG)number;
        length_tell(returned, sizeof(ULONG));
        return status;
    case PROCESS_IMAGE_NAME:
    case PROCESS_IMAGE_PATH:
        room = alloca(WIDE_ROOM(length));
        status = CALL(NtQueryInformationProcess, HANDLE64(process), class, ADDRESS64(room),
                      WIDE_ROOM(length), ADDRESS64(returned));
        return NT_SUCCESS(status) ? name_narrow(room, information, length, returned) : status;
    default:
        return CALL(NtQueryInformationProcess, HANDLE64(process), class, ADDRESS64(information),
                    length, ADDRESS64(returned));
    }
}

/* ---- objects
 * ------------------------------------------------------------------------------------------- */

#define OBJECT_NAME 1
#define OBJECT_TYPE 2

NTSTATUS NTAPI NtQueryObject(HANDLE handle, OBJECT_INFORMATION_CLASS class, PVOID information,
                             ULONG length, PULONG returned)
{
    if (class != OBJECT_NAME && class != OBJECT_TYPE)
        return CALL(NtQueryObject, HANDLE64(handle), class, ADDRESS64(information), length,
                    ADDRESS64(returned));
    ANSWERS_TO(information, length);
    RETURNS_TO(returned);
    uint8_t *room = alloca(WIDE_ROOM(length));
    NTSTATUS status = CALL(NtQueryObject, HANDLE64(handle), class, ADDRESS64(room),
                           WIDE_ROOM(length), ADDRESS64(returned));
    return NT_SUCCESS(status) ? name_narrow(room, information, length, returned) : status;
}

/* Entries are pairs of strings; after the last comes a pair without characters. */
NTSTATUS NTAPI NtQueryDirectoryObject(HANDLE directory, PVOID buffer, ULONG length,
                                      BOOLEAN is_single, BOOLEAN is_restart, PULONG context,
                                      PULONG returned)
{
    ANSWERS_TO(buffer, length);
    RETURNS_TO(context);
    RETURNS_TO(returned);
    uint8_t *room = alloca(WIDE_ROOM(length));
    NTSTATUS status =
        CALL(NtQueryDirectoryObject, HANDLE64(directory), ADDRESS64(room), WIDE_ROOM(length),
             is_single, is_restart, ADDRESS64(context), ADDRESS64(returned));
    if (!NT_SUCCESS(status))
        return status;
    const struct wow64_string *wide = (const struct wow64_string *)room;
    UNICODE_STRING *narrow = buffer;
    ULONG count = 0, bytes = 0;
    for (; wide[count].buffer; count++)
        bytes += wide[count].maximum;
    ULONG need = (count + 2) * (ULONG)sizeof *narrow + bytes;
    length_tell(returned, need);
    if (length < need)
        return STATUS_BUFFER_TOO_SMALL;
    char *text = (char *)(narrow + count + 2);
    for (ULONG i = 0; i < count; text += wide[i++].maximum) {
        memcpy(text, POINTER32(void, wide[i].buffer), wide[i].maximum);
        narrow[i] = (UNICODE_STRING){wide[i].length, wide[i].maximum, (wchar_t *)text};
    }
    narrow[count] = narrow[count + 1] = (UNICODE_STRING){0};
    return status;
}

/* ---- tokens
 * ---------------------------------------------------------------------------------------------- */

#define TOKEN_USER_CLASS      1
#define TOKEN_GROUPS_CLASS    2
#define TOKEN_OWNER_CLASS     4
#define TOKEN_GROUP_CLASS     5
#define TOKEN_DACL_CLASS      6
#define TOKEN_INTEGRITY_CLASS 25

struct sid_and_attributes64 {
    uint64_t sid;
    uint32_t attributes, unused;
} __attribute__((aligned(8)));
struct sid_and_attributes32 {
    uint32_t sid, attributes;
};

static ULONG sid_bytes(uint64_t sid)
{
    return sid ? 8 + 4u * POINTER32(const uint8_t, sid)[1] : 0;
}

/* What the pointers of a wide answer point to, behind the narrow heads. */
static NTSTATUS token_narrow(const uint8_t *room, ULONG class, PVOID information, ULONG length,
                             ULONG *returned)
{
    const struct sid_and_attributes64 *wide = (const struct sid_and_attributes64 *)room;
    bool is_list = class == TOKEN_GROUPS_CLASS, has_attributes = is_list;
    ULONG count = is_list ? *(const uint32_t *)room : 1, bytes = is_list ? 4 : 0;
    if (is_list)
        wide = (const struct sid_and_attributes64 *)(room + 8);
    has_attributes |= class == TOKEN_USER_CLASS || class == TOKEN_INTEGRITY_CLASS;
    ULONG head = has_attributes ? sizeof(struct sid_and_attributes32) : 4;
    bytes += count * head;
    ULONG at = bytes;
    for (ULONG i = 0; i < count; i++)
        bytes += class == TOKEN_DACL_CLASS
                     ? (wide[i].sid ? POINTER32(const uint16_t, wide[i].sid)[1] : 0)
                     : sid_bytes(wide[i].sid);
    length_tell(returned, bytes);
    if (length < bytes)
        return STATUS_BUFFER_TOO_SMALL;
    uint8_t *out = information, *heads = out + (is_list ? 4 : 0);
    if (is_list)
        *(uint32_t *)out = count;
    for (ULONG i = 0; i < count; i++, heads += head) {
        ULONG size = class == TOKEN_DACL_CLASS
                         ? (wide[i].sid ? POINTER32(const uint16_t, wide[i].sid)[1] : 0)
                         : sid_bytes(wide[i].sid);
        *(uint32_t *)heads = size ? (uint32_t)(uintptr_t)(out + at) : 0;
        if (has_attributes)
            ((uint32_t *)heads)[1] = wide[i].attributes;
        memcpy(out + at, POINTER32(void, wide[i].sid), size);
        at += size;
    }
    return STATUS_SUCCESS;
}

NTSTATUS NTAPI NtQueryInformationToken(HANDLE token, TOKEN_INFORMATION_CLASS class,
                                       PVOID information, ULONG length, PULONG returned)
{
    ANSWERS_TO(information, length);
    RETURNS_TO(returned);
    switch ((int)class) {
    case TOKEN_USER_CLASS:
    case TOKEN_GROUPS_CLASS:
    case TOKEN_OWNER_CLASS:
    case TOKEN_GROUP_CLASS:
    case TOKEN_DACL_CLASS:
    case TOKEN_INTEGRITY_CLASS: {
        /* Asked with room for all, so that the length that is told is the narrow one's. */
        uint8_t *room = alloca(WIDE_ROOM(length) + 4096);
        NTSTATUS status = CALL(NtQueryInformationToken, HANDLE64(token), class, ADDRESS64(room),
                               WIDE_ROOM(length) + 4096, ADDRESS64(returned));
        return NT_SUCCESS(status) ? token_narrow(room, (ULONG) class, information, length, returned)
                                  : status;
    }
    default:
        return CALL(NtQueryInformationToken, HANDLE64(token), class, ADDRESS64(information), length,
                    ADDRESS64(returned));
    }
}

/* ---- files
 * ------------------------------------------------------------------------------------------------
 */

#define FILE_RENAME     10
#define FILE_LINK       11
#define FILE_COMPLETION 30
#define FILE_RENAME_EX  65
#define FILE_LINK_EX    72

struct rename32 {
    uint32_t flags, root, length;
    uint8_t name[];
};
struct rename64 {
    uint32_t flags, unused;
    uint64_t root;
    uint32_t length;
    uint8_t name[];
} __attribute__((packed, aligned(8)));

/* A target that is redirected grows by this at most. */
#define REDIRECT_MORE 64u

/* wide has room for length and REDIRECT_MORE more. False: the program's buffer is not there. */
static bool rename_widen(const void *information, ULONG length, struct rename64 *wide,
                         uint64_t *out_size)
{
    struct rename32 head;
    uint32_t rest = length - (uint32_t)sizeof head;
    if (!wow64_is_programs((uintptr_t)information) ||
        !wow64_copy(&head, information, sizeof head) ||
        !wow64_copy(wide->name, (const uint8_t *)information + sizeof head, rest))
        return false;
    wide->flags = head.flags;
    wide->unused = 0;
    wide->root = HANDLE64((int32_t)head.root);
    wide->length = head.length;
    size_t count = 0;
    wchar_t *moved = NULL;
    if (!head.root && head.length <= rest)
        moved =
            wow64_name_redirect((const wchar_t *)wide->name, head.length / sizeof *moved, &count);
    if (moved) {
        wide->length = rest = (uint32_t)(count * sizeof *moved);
        memcpy(wide->name, moved, rest);
        heap_give(moved);
    }
    *out_size = sizeof *wide + rest;
    return true;
}

NTSTATUS NTAPI NtSetInformationFile(HANDLE file, PIO_STATUS_BLOCK block, PVOID information,
                                    ULONG length, FILE_INFORMATION_CLASS class)
{
    struct wow64_status wide_block = {0};
    uint32_t words[2];
    uint64_t completion[2];
    uint64_t at = ADDRESS64(information), size = length;
    ANSWERS_TO(block, sizeof words);
    if (class == FILE_COMPLETION && length >= sizeof words) {
        if (!wow64_is_programs((uintptr_t)information) ||
            !wow64_copy(words, information, sizeof words))
            return STATUS_ACCESS_VIOLATION;
        completion[0] = HANDLE64((int32_t)words[0]);
        completion[1] = words[1];
        at = ADDRESS64(completion);
        size = sizeof completion;
    } else if ((class == FILE_RENAME || class == FILE_LINK || (int)class == FILE_RENAME_EX ||
                (int)class == FILE_LINK_EX) &&
               length >= sizeof(struct rename32) && length <= ROOM_MOST) {
        struct rename64 *wide = alloca(sizeof *wide + length + REDIRECT_MORE);
        if (!rename_widen(information, length, wide, &size))
            return STATUS_ACCESS_VIOLATION;
        at = ADDRESS64(wide);
    }
    NTSTATUS status =
        CALL(NtSetInformationFile, HANDLE64(file), ADDRESS64(&wide_block), at, size, class);
    wow64_status_end((uint32_t)(uintptr_t)block, &wide_block);
    return status;
}
