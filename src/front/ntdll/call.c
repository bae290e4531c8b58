/* SPDX-License-Identifier: MIT */
/* call.c - records of the calls by which a program's thread stands in our code.
 *
 * Each thread has a store of records and a chain of those in use, innermost first. The chain
 * tells a walk of frames where the program's code goes on below ours, so that an exception
 * finds its way out of a routine that one of our functions called.
 */
#include "ntdll/call.h"

#include <stdlib.h>

#include "ntdll/teb.h"

_Static_assert(offsetof(struct teb, calls) == 0x1850, "call_entry.S");
_Static_assert(offsetof(struct teb, calls_free) == 0x1858, "call_entry.S");
_Static_assert(offsetof(struct call_record, rip) == 0x08, "call_entry.S");
_Static_assert(offsetof(struct call_record, r15) == 0x50, "call_entry.S");
_Static_assert(offsetof(struct call_record, xmm) == 0x60, "call_entry.S");

struct call_record *call_store_make(void)
{
    return aligned_alloc(16, CALL_RECORDS * sizeof(struct call_record));
}

void call_store_give(struct teb *teb, struct call_record *store)
{
    teb->calls = teb->calls_free = NULL;
    for (unsigned i = store ? CALL_RECORDS : 0; i-- > 0;) {
        store[i].next = teb->calls_free;
        teb->calls_free = &store[i];
    }
}

static bool chain_is_of(const struct call_record *at, const struct call_record *store,
                        unsigned *in_out_count)
{
    for (; at; at = at->next) {
        if (at < store || at >= store + CALL_RECORDS)
            return false;
        ++*in_out_count;
    }
    return true;
}

bool call_store_is_whole(const struct teb *teb, const struct call_record *store)
{
    unsigned count = 0;
    return store && chain_is_of(teb->calls, store, &count) &&
           chain_is_of(teb->calls_free, store, &count) && count == CALL_RECORDS;
}

void call_forget(struct call_record **chain, uint64_t below)
{
    struct teb *teb = teb_current();
    while (*chain && (*chain)->rsp < below) {
        struct call_record *record = *chain;
        *chain = record->next;
        record->next = teb->calls_free;
        teb->calls_free = record;
    }
}

void call_caller(const struct call_record *record, CONTEXT *out)
{
    out->Rip = record->rip;
    out->Rsp = record->rsp + 8;
    out->Rbx = record->rbx;
    out->Rbp = record->rbp;
    out->Rsi = record->rsi;
    out->Rdi = record->rdi;
    out->R12 = record->r12;
    out->R13 = record->r13;
    out->R14 = record->r14;
    out->R15 = record->r15;
    for (unsigned i = 0; i < 10; i++)
        (&out->Xmm6)[i] = record->xmm[i];
}
