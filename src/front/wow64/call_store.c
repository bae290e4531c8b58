/* SPDX-License-Identifier: MIT */
/* call_store.c - 32-bit programs' calls are not recorded: their handlers stand in a chain. */
#include "ntdll/call.h"
#include "ntdll/teb.h"

struct call_record *call_store_make(void)
{
    return NULL;
}

void call_store_give(struct teb *teb, struct call_record *store)
{
    teb->calls = teb->calls_free = NULL;
    teb->ExceptionList = EXCEPTION_CHAIN_END;
}

bool call_store_is_whole(const struct teb *teb, const struct call_record *store)
{
    return true;
}

void call_forget(struct call_record **chain, uint64_t below)
{
}
