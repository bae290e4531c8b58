/* SPDX-License-Identifier: MIT */
/* prefix_ddi.c - prefix tables: the longest prefix of a path, by whole names.
 *
 * Entries are the callers'. A splay tree holds one entry a name, compared without case;
 * entries that differ from it in case only hang on it in a ring (CaseMatch). Finding looks
 * up one prefix of the path after the other, the longest first. The caller keeps others out.
 */
#include "rtl_ddi.h"

#include <stdbool.h>

enum { PREFIX_TABLE_NODE = 0x0800, PREFIX_IN_TREE, PREFIX_IN_RING };

static UNICODE_PREFIX_TABLE_ENTRY *entry_of(RTL_SPLAY_LINKS *links)
{
    return links ? CONTAINING_RECORD(links, UNICODE_PREFIX_TABLE_ENTRY, Links) : NULL;
}

/* Doc: nf-ntifs-rtlinitializeunicodeprefix */
VOID NTAPI RtlInitializeUnicodePrefix(PUNICODE_PREFIX_TABLE PrefixTable)
{
    *PrefixTable = (UNICODE_PREFIX_TABLE){.NodeTypeCode = PREFIX_TABLE_NODE};
}

/* The entry of the tree that has the name, or the one below which it belongs. */
static UNICODE_PREFIX_TABLE_ENTRY *tree_find(const UNICODE_PREFIX_TABLE *table,
                                             const UNICODE_STRING *name, LONG *out_order)
{
    UNICODE_PREFIX_TABLE_ENTRY *entry = table->NextPrefixTree, *found = NULL;
    *out_order = 0;
    while (entry) {
        found = entry;
        *out_order = RtlCompareUnicodeString(name, entry->Prefix, TRUE);
        if (*out_order == 0)
            break;
        entry = entry_of(*out_order < 0 ? entry->Links.LeftChild : entry->Links.RightChild);
    }
    return found;
}

static CSHORT names_count(const UNICODE_STRING *path)
{
    CSHORT count = 1;
    for (unsigned i = 1; i < path->Length / sizeof(WCHAR); i++)
        count += path->Buffer[i] == '\\';
    return count;
}

/* Errors:  FALSE: the same prefix is there already
 * Doc:     nf-ntifs-rtlinsertunicodeprefix
 */
BOOLEAN NTAPI RtlInsertUnicodePrefix(PUNICODE_PREFIX_TABLE PrefixTable, PUNICODE_STRING Prefix,
                                     PUNICODE_PREFIX_TABLE_ENTRY PrefixTableEntry)
{
    UNICODE_PREFIX_TABLE_ENTRY *entry = PrefixTableEntry;
    LONG order;
    UNICODE_PREFIX_TABLE_ENTRY *place = tree_find(PrefixTable, Prefix, &order);
    *entry = (UNICODE_PREFIX_TABLE_ENTRY){.NodeTypeCode = PREFIX_IN_TREE,
                                          .NameLength = names_count(Prefix),
                                          .CaseMatch = entry,
                                          .Prefix = Prefix};
    RtlInitializeSplayLinks(&entry->Links);
    if (place && order == 0) {
        UNICODE_PREFIX_TABLE_ENTRY *at = place;
        do {
            if (RtlEqualUnicodeString(at->Prefix, Prefix, FALSE))
                return FALSE;
            at = at->CaseMatch;
        } while (at != place);
        entry->NodeTypeCode = PREFIX_IN_RING;
        entry->CaseMatch = place->CaseMatch;
        place->CaseMatch = entry;
        return TRUE;
    }
    if (place) {
        if (order < 0)
            RtlInsertAsLeftChild(&place->Links, &entry->Links);
        else
            RtlInsertAsRightChild(&place->Links, &entry->Links);
    }
    PrefixTable->NextPrefixTree = entry_of(RtlSplay(&entry->Links));
    return TRUE;
}

/* Another entry takes an entry's place in the tree. */
static void tree_replace(UNICODE_PREFIX_TABLE *table, UNICODE_PREFIX_TABLE_ENTRY *old,
                         UNICODE_PREFIX_TABLE_ENTRY *fresh)
{
    fresh->NodeTypeCode = PREFIX_IN_TREE;
    fresh->Links = old->Links;
    if (fresh->Links.LeftChild)
        fresh->Links.LeftChild->Parent = &fresh->Links;
    if (fresh->Links.RightChild)
        fresh->Links.RightChild->Parent = &fresh->Links;
    if (old->Links.Parent == &old->Links) {
        fresh->Links.Parent = &fresh->Links;
        table->NextPrefixTree = fresh;
    } else if (old->Links.Parent->LeftChild == &old->Links) {
        old->Links.Parent->LeftChild = &fresh->Links;
    } else {
        old->Links.Parent->RightChild = &fresh->Links;
    }
}

/* Doc: nf-ntifs-rtlremoveunicodeprefix */
VOID NTAPI RtlRemoveUnicodePrefix(PUNICODE_PREFIX_TABLE PrefixTable,
                                  PUNICODE_PREFIX_TABLE_ENTRY PrefixTableEntry)
{
    UNICODE_PREFIX_TABLE_ENTRY *entry = PrefixTableEntry, *before = entry;
    PrefixTable->LastNextEntry = NULL;
    while (before->CaseMatch != entry)
        before = before->CaseMatch;
    before->CaseMatch = entry->CaseMatch;
    if (entry->NodeTypeCode == PREFIX_IN_TREE) {
        if (before != entry)
            tree_replace(PrefixTable, entry, before);
        else
            PrefixTable->NextPrefixTree = entry_of(RtlDelete(&entry->Links));
    }
    entry->CaseMatch = entry;
}

/* Equal with case in front of the index, without behind it. */
static bool prefix_is_equal(const UNICODE_STRING *a, const UNICODE_STRING *b, ULONG index)
{
    ULONG bytes = index * (ULONG)sizeof(WCHAR);
    UNICODE_STRING front[2] = {*a, *b};
    if (bytes >= a->Length)
        return RtlEqualUnicodeString(a, b, FALSE);
    front[0].Length = front[1].Length = (USHORT)bytes;
    return a->Length == b->Length && RtlEqualUnicodeString(&front[0], &front[1], FALSE);
}

/* The entry with the longest prefix.
 *
 * Errors:  NULL: none
 * Doc:     nf-ntifs-rtlfindunicodeprefix
 */
PUNICODE_PREFIX_TABLE_ENTRY NTAPI RtlFindUnicodePrefix(PUNICODE_PREFIX_TABLE PrefixTable,
                                                       PCUNICODE_STRING FullName,
                                                       ULONG CaseInsensitiveIndex)
{
    UNICODE_STRING prefix = *FullName;
    while (prefix.Length > 0) {
        LONG order;
        UNICODE_PREFIX_TABLE_ENTRY *place = tree_find(PrefixTable, &prefix, &order), *at = place;
        do {
            if (at && order == 0 && prefix_is_equal(&prefix, at->Prefix, CaseInsensitiveIndex)) {
                PrefixTable->NextPrefixTree = entry_of(RtlSplay(&place->Links));
                return at;
            }
            at = at ? at->CaseMatch : NULL;
        } while (at != place);
        /* One name less; the root stays when it begins with one. */
        USHORT length = prefix.Length / sizeof(WCHAR);
        bool is_root = length == 1;
        while (length > 0 && prefix.Buffer[length - 1] != '\\')
            length--;
        if (length > 1)
            length--;
        prefix.Length = is_root ? 0 : (USHORT)(length * sizeof(WCHAR));
    }
    return NULL;
}

/* In the order of names; entries that differ in case only follow each other.
 *
 * Doc:     nf-ntifs-rtlnextunicodeprefix
 */
PUNICODE_PREFIX_TABLE_ENTRY NTAPI RtlNextUnicodePrefix(PUNICODE_PREFIX_TABLE PrefixTable,
                                                       BOOLEAN Restart)
{
    UNICODE_PREFIX_TABLE_ENTRY *last = PrefixTable->LastNextEntry, *next;
    if (Restart || !last) {
        next = PrefixTable->NextPrefixTree;
        while (next && next->Links.LeftChild)
            next = entry_of(next->Links.LeftChild);
    } else if (last->CaseMatch->NodeTypeCode != PREFIX_IN_TREE) {
        next = last->CaseMatch;
    } else {
        /* Back at the entry of the tree: on to the next name. */
        next = entry_of(RtlRealSuccessor(&last->CaseMatch->Links));
    }
    PrefixTable->LastNextEntry = next;
    return next;
}
