/* SPDX-License-Identifier: MIT */
/* ntdll/call.h - records of a program's calls into our code, made by the stubs of its imports.
 *
 * Owner thread only. A record holds what Microsoft's convention keeps over a call, as it was
 * when the call was made.
 */
#ifndef NTDLL_CALL_H
#define NTDLL_CALL_H

#include "ntdll/win.h"

struct teb;

#define CALL_RECORDS 64u /* of a thread; calls nested deeper are not recorded */

struct call_record {
    struct call_record *next; /* the call around it; or the next free one */
    uint64_t rip;             /* where the program goes on */
    uint64_t rsp;             /* where its return address lay */
    uint64_t rbx, rbp, rsi, rdi, r12, r13, r14, r15;
    M128A xmm[10]; /* xmm6 to xmm15 */
};

/* Memory for one thread's records; NULL: there is none, its calls are not recorded. */
struct call_record *call_store_make(void);
/* Makes all of them free. */
void call_store_give(struct teb *teb, struct call_record *store);
/* False: some went to another thread, with a fiber; the store must stay as it is. */
bool call_store_is_whole(const struct teb *teb, const struct call_record *store);

/* Frees the records of calls made below that stack address. */
void call_forget(struct call_record **chain, uint64_t below);
/* Sets what the caller keeps, its Rip and Rsp. */
void call_caller(const struct call_record *record, CONTEXT *out);

/* call_entry.S: where a stub jumps to, its function in r11. */
void call_entry(void);

#endif
