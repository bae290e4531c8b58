/* SPDX-License-Identifier: MIT */
/* hash_table_ddi.c - dynamic hash tables: entries of the caller's in chains by signature.
 *
 * The directory is one array of chain heads whose size is a power of two; it doubles and
 * halves when asked. Entries with one signature follow each other in their chain. An
 * enumerator is an entry itself (signature 0) that stands where it has come to, so entries may
 * come and go meanwhile; the directory may not change. The caller keeps others out.
 */
#include "rtl_ddi.h"
#include "rtl_internal.h"

#include <stdbool.h>

#define TABLE_TAG           'hsaH'
#define TABLE_SIZE_MIN      128u
#define TABLE_SIZE_MAX      (1u << 26)
#define HEADER_IS_OURS      0x1u
#define SIGNATURE_RESERVED  0u
#define SIGNATURE_ALTERNATE 1u

static LIST_ENTRY *chains_of(const RTL_DYNAMIC_HASH_TABLE *table)
{
    return table->Directory;
}

static ULONG_PTR signature_of(ULONG_PTR signature)
{
    return signature == SIGNATURE_RESERVED ? SIGNATURE_ALTERNATE : signature;
}

static LIST_ENTRY *chain_of(const RTL_DYNAMIC_HASH_TABLE *table, ULONG_PTR signature)
{
    ULONGLONG mixed = ((ULONGLONG)signature >> table->Shift) * 0x9e3779b97f4a7c15ull;
    return &chains_of(table)[(mixed >> 32) & table->DivisorMask];
}

static RTL_DYNAMIC_HASH_TABLE_ENTRY *entry_of(LIST_ENTRY *link)
{
    return CONTAINING_RECORD(link, RTL_DYNAMIC_HASH_TABLE_ENTRY, Linkage);
}

static LIST_ENTRY *chains_create(ULONG size)
{
    LIST_ENTRY *chains = rtl_allocate(size * sizeof *chains, TABLE_TAG);
    for (ULONG i = 0; chains && i < size; i++)
        InitializeListHead(&chains[i]);
    return chains;
}

/* Doc: ntddk.h */
BOOLEAN NTAPI RtlCreateHashTable(PRTL_DYNAMIC_HASH_TABLE *HashTable, ULONG Shift, ULONG Flags)
{
    RTL_DYNAMIC_HASH_TABLE *table = *HashTable;
    LIST_ENTRY *chains = chains_create(TABLE_SIZE_MIN);
    if (Flags != 0 || !chains) {
        rtl_free(chains);
        return FALSE;
    }
    if (!table)
        table = rtl_allocate(sizeof *table, TABLE_TAG);
    if (!table) {
        rtl_free(chains);
        return FALSE;
    }
    bool is_ours = !*HashTable;
    *table = (RTL_DYNAMIC_HASH_TABLE){.Flags = is_ours ? HEADER_IS_OURS : 0,
                                      .Shift = Shift,
                                      .TableSize = TABLE_SIZE_MIN,
                                      .DivisorMask = TABLE_SIZE_MIN - 1,
                                      .Directory = chains};
    *HashTable = table;
    return TRUE;
}

/* The table must be empty. */
VOID NTAPI RtlDeleteHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable)
{
    rtl_free(HashTable->Directory);
    HashTable->Directory = NULL;
    if (HashTable->Flags & HEADER_IS_OURS)
        rtl_free(HashTable);
}

/* Where entries of the signature begin: context says between which links. */
static bool chain_seek(RTL_DYNAMIC_HASH_TABLE *table, ULONG_PTR signature,
                       RTL_DYNAMIC_HASH_TABLE_CONTEXT *context)
{
    LIST_ENTRY *head = chain_of(table, signature);
    context->ChainHead = head;
    context->PrevLinkage = head;
    context->Signature = signature;
    for (LIST_ENTRY *at = head->Flink; at != head; at = at->Flink) {
        if (entry_of(at)->Signature == signature)
            return true;
        context->PrevLinkage = at;
    }
    return false;
}

BOOLEAN NTAPI RtlInsertEntryHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable,
                                      PRTL_DYNAMIC_HASH_TABLE_ENTRY Entry, ULONG_PTR Signature,
                                      PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context)
{
    RTL_DYNAMIC_HASH_TABLE_CONTEXT own, *context = Context ? Context : &own;
    Signature = signature_of(Signature);
    if (!Context || !context->ChainHead)
        chain_seek(HashTable, Signature, context);
    Entry->Signature = Signature;
    if (IsListEmpty(context->ChainHead))
        HashTable->NonEmptyBuckets++;
    HashTable->NumEntries++;
    InsertHeadList(context->PrevLinkage, &Entry->Linkage);
    return TRUE;
}

BOOLEAN NTAPI RtlRemoveEntryHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable,
                                      PRTL_DYNAMIC_HASH_TABLE_ENTRY Entry,
                                      PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context)
{
    HashTable->NumEntries--;
    if (RemoveEntryList(&Entry->Linkage))
        HashTable->NonEmptyBuckets--;
    if (Context && !Context->ChainHead)
        chain_seek(HashTable, Entry->Signature, Context);
    return TRUE;
}

/* The first entry of the signature, which may be another key's: the caller compares. */
PRTL_DYNAMIC_HASH_TABLE_ENTRY NTAPI RtlLookupEntryHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable,
                                                            ULONG_PTR Signature,
                                                            PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context)
{
    RTL_DYNAMIC_HASH_TABLE_CONTEXT own, *context = Context ? Context : &own;
    return chain_seek(HashTable, signature_of(Signature), context)
               ? entry_of(context->PrevLinkage->Flink)
               : NULL;
}

PRTL_DYNAMIC_HASH_TABLE_ENTRY NTAPI
RtlGetNextEntryHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable, PRTL_DYNAMIC_HASH_TABLE_CONTEXT Context)
{
    LIST_ENTRY *last = Context->PrevLinkage->Flink, *next = last->Flink;
    while (next != Context->ChainHead && entry_of(next)->Signature == SIGNATURE_RESERVED)
        next = next->Flink;
    if (next == Context->ChainHead || entry_of(next)->Signature != Context->Signature)
        return NULL;
    Context->PrevLinkage = next->Blink;
    return entry_of(next);
}

/* ---- enumeration ----------------------------------------------------------------------- */

static BOOLEAN enumeration_begin(RTL_DYNAMIC_HASH_TABLE *table,
                                 RTL_DYNAMIC_HASH_TABLE_ENUMERATOR *enumerator)
{
    LIST_ENTRY *head = chains_of(table);
    enumerator->BucketIndex = 0;
    enumerator->ChainHead = head;
    enumerator->HashEntry.Signature = SIGNATURE_RESERVED;
    if (IsListEmpty(head))
        table->NonEmptyBuckets++;
    InsertHeadList(head, &enumerator->HashEntry.Linkage);
    table->NumEnumerators++;
    return TRUE;
}

static void place_leave(RTL_DYNAMIC_HASH_TABLE *table,
                        RTL_DYNAMIC_HASH_TABLE_ENUMERATOR *enumerator)
{
    if (RemoveEntryList(&enumerator->HashEntry.Linkage))
        table->NonEmptyBuckets--;
}

static RTL_DYNAMIC_HASH_TABLE_ENTRY *enumeration_next(RTL_DYNAMIC_HASH_TABLE *table,
                                                      RTL_DYNAMIC_HASH_TABLE_ENUMERATOR *enumerator)
{
    LIST_ENTRY *at = enumerator->HashEntry.Linkage.Flink;
    for (;;) {
        for (; at != enumerator->ChainHead; at = at->Flink) {
            if (entry_of(at)->Signature == SIGNATURE_RESERVED)
                continue;
            place_leave(table, enumerator);
            InsertHeadList(at, &enumerator->HashEntry.Linkage);
            if (enumerator->HashEntry.Linkage.Flink == at->Blink)
                table->NonEmptyBuckets++;
            return entry_of(at);
        }
        if (enumerator->BucketIndex + 1 >= table->TableSize)
            return NULL;
        place_leave(table, enumerator);
        enumerator->ChainHead = &chains_of(table)[++enumerator->BucketIndex];
        if (IsListEmpty(enumerator->ChainHead))
            table->NonEmptyBuckets++;
        InsertHeadList(enumerator->ChainHead, &enumerator->HashEntry.Linkage);
        at = enumerator->HashEntry.Linkage.Flink;
    }
}

static void enumeration_end(RTL_DYNAMIC_HASH_TABLE *table,
                            RTL_DYNAMIC_HASH_TABLE_ENUMERATOR *enumerator)
{
    place_leave(table, enumerator);
    table->NumEnumerators--;
    enumerator->ChainHead = NULL;
}

BOOLEAN NTAPI RtlInitEnumerationHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable,
                                          PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator)
{
    return enumeration_begin(HashTable, Enumerator);
}

PRTL_DYNAMIC_HASH_TABLE_ENTRY NTAPI RtlEnumerateEntryHashTable(
    PRTL_DYNAMIC_HASH_TABLE HashTable, PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator)
{
    return enumeration_next(HashTable, Enumerator);
}

VOID NTAPI RtlEndEnumerationHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable,
                                      PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator)
{
    enumeration_end(HashTable, Enumerator);
}

/* A weak enumeration may run while others look up; here it is the same. */
BOOLEAN NTAPI RtlInitWeakEnumerationHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable,
                                              PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator)
{
    return enumeration_begin(HashTable, Enumerator);
}

PRTL_DYNAMIC_HASH_TABLE_ENTRY NTAPI RtlWeaklyEnumerateEntryHashTable(
    PRTL_DYNAMIC_HASH_TABLE HashTable, PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator)
{
    return enumeration_next(HashTable, Enumerator);
}

VOID NTAPI RtlEndWeakEnumerationHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable,
                                          PRTL_DYNAMIC_HASH_TABLE_ENUMERATOR Enumerator)
{
    enumeration_end(HashTable, Enumerator);
}

/* ---- size ------------------------------------------------------------------------------ */

static BOOLEAN table_resize(RTL_DYNAMIC_HASH_TABLE *table, ULONG size)
{
    LIST_ENTRY *old = chains_of(table);
    ULONG old_size = table->TableSize;
    LIST_ENTRY *chains =
        table->NumEnumerators == 0 && size >= TABLE_SIZE_MIN && size <= TABLE_SIZE_MAX
            ? chains_create(size)
            : NULL;
    if (!chains)
        return FALSE;
    table->Directory = chains;
    table->TableSize = size;
    table->DivisorMask = size - 1;
    table->NumEntries = table->NonEmptyBuckets = 0;
    for (ULONG i = 0; i < old_size; i++)
        while (!IsListEmpty(&old[i])) {
            RTL_DYNAMIC_HASH_TABLE_ENTRY *entry = entry_of(RemoveTailList(&old[i]));
            RtlInsertEntryHashTable(table, entry, entry->Signature, NULL);
        }
    rtl_free(old);
    return TRUE;
}

/* Errors: FALSE: no memory, or somebody enumerates */
BOOLEAN NTAPI RtlExpandHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable)
{
    return table_resize(HashTable, HashTable->TableSize * 2);
}

BOOLEAN NTAPI RtlContractHashTable(PRTL_DYNAMIC_HASH_TABLE HashTable)
{
    return table_resize(HashTable, HashTable->TableSize / 2);
}
