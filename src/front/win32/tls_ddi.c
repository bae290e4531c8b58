/* SPDX-License-Identifier: MIT */
/* tls_ddi.c - slots of thread-local storage, plain and with a callback (fiber-local).
 *
 * Doc: processthreadsapi.h, fibersapi.h. The values of a fiber that does not run are with it.
 */
#include <string.h>

#include "ntdll/sync.h"
#include "ntdll/thread.h"
#include "user.h"

#define TLS_SMALL 64u
#define TLS_SLOTS (TLS_SMALL + 1024u)
#define FLS_SLOTS 128u
#define NO_SLOT   0xffffffffu

typedef void(WINAPI *fls_callback)(PVOID);

static struct {
    RTL_SRWLOCK lock; /* guards: the rest */
    bool tls_taken[TLS_SLOTS], fls_taken[FLS_SLOTS];
    fls_callback callback[FLS_SLOTS];
} slots;

static DWORD slot_take(bool *taken, DWORD first, DWORD count)
{
    DWORD slot = first;
    srw_take_exclusive(&slots.lock);
    while (slot < count && taken[slot])
        slot++;
    if (slot < count)
        taken[slot] = true;
    srw_give_exclusive(&slots.lock);
    if (slot == count) {
        error_set(ERROR_NO_MORE_ITEMS);
        return NO_SLOT;
    }
    return slot;
}

/* ---- thread-local ------------------------------------------------------------------------------
 */

/* The cell of a slot; made when make, else NULL where the thread has no far slots. */
static PVOID *tls_cell(struct teb *teb, DWORD slot, bool make)
{
    if (slot < TLS_SMALL)
        return &teb->TlsSlots[slot];
    if (!teb->TlsExpansionSlots && make)
        teb->TlsExpansionSlots = heap_allocate(heap_process(), HEAP_ZERO_MEMORY,
                                               (TLS_SLOTS - TLS_SMALL) * sizeof(PVOID));
    return teb->TlsExpansionSlots ? &teb->TlsExpansionSlots[slot - TLS_SMALL] : NULL;
}

static void tls_clear(struct teb *teb, void *slot)
{
    PVOID *cell = tls_cell(teb, (DWORD)(ULONG_PTR)slot, false);
    if (cell)
        *cell = NULL;
}

EXPORT(DWORD, TlsAlloc, (void))
{
    return slot_take(slots.tls_taken, 0, TLS_SLOTS);
}

EXPORT(BOOL, TlsFree, (DWORD slot))
{
    if (slot >= TLS_SLOTS || !slots.tls_taken[slot])
        return error_fail(ERROR_INVALID_PARAMETER);
    thread_each(tls_clear, (void *)(ULONG_PTR)slot);
    srw_take_exclusive(&slots.lock);
    slots.tls_taken[slot] = false;
    srw_give_exclusive(&slots.lock);
    return TRUE;
}

EXPORT(LPVOID, TlsGetValue, (DWORD slot))
{
    if (slot >= TLS_SLOTS)
        return error_fail(ERROR_INVALID_PARAMETER), NULL;
    PVOID *cell = tls_cell(teb_current(), slot, false);
    error_set(ERROR_SUCCESS);
    return cell ? *cell : NULL;
}

EXPORT(BOOL, TlsSetValue, (DWORD slot, LPVOID value))
{
    if (slot >= TLS_SLOTS)
        return error_fail(ERROR_INVALID_PARAMETER);
    PVOID *cell = tls_cell(teb_current(), slot, true);
    if (!cell)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY);
    *cell = value;
    return TRUE;
}

/* ---- fiber-local -------------------------------------------------------------------------------
 */

EXPORT(DWORD, FlsAlloc, (fls_callback callback))
{
    DWORD slot = slot_take(slots.fls_taken, 1, FLS_SLOTS);
    if (slot != NO_SLOT)
        slots.callback[slot] = callback;
    return slot;
}

static void fls_clear(struct teb *teb, void *slot)
{
    if (teb->FlsData)
        teb->FlsData[(DWORD)(ULONG_PTR)slot] = NULL;
}

/* Differs: the callback is called for the calling thread's value only. */
EXPORT(BOOL, FlsFree, (DWORD slot))
{
    if (slot >= FLS_SLOTS || !slots.fls_taken[slot])
        return error_fail(ERROR_INVALID_PARAMETER);
    struct teb *teb = teb_current();
    PVOID value = teb->FlsData ? teb->FlsData[slot] : NULL;
    if (value && slots.callback[slot])
        slots.callback[slot](value);
    thread_each(fls_clear, (void *)(ULONG_PTR)slot);
    srw_take_exclusive(&slots.lock);
    slots.fls_taken[slot] = false;
    slots.callback[slot] = NULL;
    srw_give_exclusive(&slots.lock);
    return TRUE;
}

EXPORT(PVOID, FlsGetValue, (DWORD slot))
{
    struct teb *teb = teb_current();
    if (!slot || slot >= FLS_SLOTS)
        return error_fail(ERROR_INVALID_PARAMETER), NULL;
    error_set(ERROR_SUCCESS);
    return teb->FlsData ? teb->FlsData[slot] : NULL;
}

EXPORT(BOOL, FlsSetValue, (DWORD slot, PVOID value))
{
    struct teb *teb = teb_current();
    if (!slot || slot >= FLS_SLOTS)
        return error_fail(ERROR_INVALID_PARAMETER);
    if (!teb->FlsData)
        teb->FlsData = heap_allocate(heap_process(), HEAP_ZERO_MEMORY, FLS_SLOTS * sizeof(PVOID));
    if (!teb->FlsData)
        return error_fail(ERROR_NOT_ENOUGH_MEMORY);
    teb->FlsData[slot] = value;
    return TRUE;
}

void fls_values_end(struct teb *teb)
{
    for (DWORD slot = 1; teb->FlsData && slot < FLS_SLOTS; slot++) {
        PVOID value = teb->FlsData[slot];
        teb->FlsData[slot] = NULL;
        if (value && slots.callback[slot])
            slots.callback[slot](value);
    }
    heap_give(teb->FlsData);
    teb->FlsData = NULL;
}

void fls_thread_end(struct teb *teb)
{
    fls_values_end(teb);
    heap_give(teb->TlsExpansionSlots);
    teb->TlsExpansionSlots = NULL;
}

void win32_init(void)
{
    thread_end_register(queue_thread_end);
    thread_end_register(fls_thread_end);
}
