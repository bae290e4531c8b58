/* SPDX-License-Identifier: MIT */
/* generic_table_ddi.c - generic tables on splay trees: sorted elements of a driver's making.
 *
 * An element is the links, an entry in the list of insertion order, and a copy of what the
 * driver gave. The driver's routines compare, allocate and free; no state of ours is half
 * changed while they run. The caller keeps others out.
 */
#include <string.h>

#include "callout/callout.h"
#include "rtl_ddi.h"

struct element {
    RTL_SPLAY_LINKS links;
    LIST_ENTRY order;
    LONGLONG data[]; /* what the driver sees, 8-byte aligned */
};

static struct element *element_of_links(RTL_SPLAY_LINKS *links)
{
    return CONTAINING_RECORD(links, struct element, links);
}

static void *data_of_links(RTL_SPLAY_LINKS *links)
{
    return links == NULL ? NULL : element_of_links(links)->data;
}

static RTL_GENERIC_COMPARE_RESULTS compare(RTL_GENERIC_TABLE *table, void *a, void *b)
{
    return (RTL_GENERIC_COMPARE_RESULTS)callout_invoke(
        (const void *)table->CompareRoutine,
        (uint64_t[]){(uintptr_t)table, (uintptr_t)a, (uintptr_t)b}, 3);
}

/* Doc: nf-ntddk-rtlinitializegenerictable */
VOID NTAPI RtlInitializeGenericTable(PRTL_GENERIC_TABLE Table,
                                     PRTL_GENERIC_COMPARE_ROUTINE CompareRoutine,
                                     PRTL_GENERIC_ALLOCATE_ROUTINE AllocateRoutine,
                                     PRTL_GENERIC_FREE_ROUTINE FreeRoutine, PVOID TableContext)
{
    *Table = (RTL_GENERIC_TABLE){.CompareRoutine = CompareRoutine,
                                 .AllocateRoutine = AllocateRoutine,
                                 .FreeRoutine = FreeRoutine,
                                 .TableContext = TableContext};
    InitializeListHead(&Table->InsertOrderList);
    Table->OrderedPointer = &Table->InsertOrderList;
}

static TABLE_SEARCH_RESULT search(RTL_GENERIC_TABLE *table, void *buffer,
                                  RTL_SPLAY_LINKS **out_node)
{
    RTL_SPLAY_LINKS *node = table->TableRoot;

    *out_node = NULL;
    if (node == NULL)
        return TableEmptyTree;
    for (;;) {
        RTL_GENERIC_COMPARE_RESULTS result = compare(table, buffer, data_of_links(node));
        RTL_SPLAY_LINKS *next;

        *out_node = node;
        if (result == GenericEqual)
            return TableFoundNode;
        next = result == GenericLessThan ? node->LeftChild : node->RightChild;
        if (next == NULL)
            return result == GenericLessThan ? TableInsertAsLeft : TableInsertAsRight;
        node = next;
    }
}

/* Inserts where a search for the same buffer ended.
 *
 * Errors: NULL: the driver's allocation failed
 * Doc:    nf-ntddk-rtlinsertelementgenerictablefull
 */
PVOID NTAPI RtlInsertElementGenericTableFull(PRTL_GENERIC_TABLE Table, PVOID Buffer,
                                             CLONG BufferSize, PBOOLEAN NewElement,
                                             PVOID NodeOrParent, TABLE_SEARCH_RESULT SearchResult)
{
    RTL_SPLAY_LINKS *parent = NodeOrParent;
    struct element *element;

    if (SearchResult == TableFoundNode) {
        if (NewElement != NULL)
            *NewElement = FALSE;
        Table->TableRoot = RtlSplay(parent);
        return data_of_links(parent);
    }
    element = (struct element *)callout_invoke(
        (const void *)Table->AllocateRoutine,
        (uint64_t[]){(uintptr_t)Table, sizeof(*element) + BufferSize}, 2);
    if (NewElement != NULL)
        *NewElement = element != NULL;
    if (element == NULL)
        return NULL;
    element->links = (RTL_SPLAY_LINKS){.Parent = &element->links};
    memcpy(element->data, Buffer, BufferSize);
    if (SearchResult != TableEmptyTree) {
        element->links.Parent = parent;
        if (SearchResult == TableInsertAsLeft)
            parent->LeftChild = &element->links;
        else
            parent->RightChild = &element->links;
    }
    InsertTailList(&Table->InsertOrderList, &element->order);
    Table->NumberGenericTableElements++;
    Table->TableRoot = RtlSplay(&element->links);
    return element->data;
}

/* Doc: nf-ntddk-rtlinsertelementgenerictable */
PVOID NTAPI RtlInsertElementGenericTable(PRTL_GENERIC_TABLE Table, PVOID Buffer, CLONG BufferSize,
                                         PBOOLEAN NewElement)
{
    RTL_SPLAY_LINKS *node;
    TABLE_SEARCH_RESULT result = search(Table, Buffer, &node);

    return RtlInsertElementGenericTableFull(Table, Buffer, BufferSize, NewElement, node, result);
}

/* Doc: nf-ntddk-rtllookupelementgenerictablefull */
PVOID NTAPI RtlLookupElementGenericTableFull(PRTL_GENERIC_TABLE Table, PVOID Buffer,
                                             PVOID *NodeOrParent, TABLE_SEARCH_RESULT *SearchResult)
{
    RTL_SPLAY_LINKS *node;

    *SearchResult = search(Table, Buffer, &node);
    *NodeOrParent = node;
    if (*SearchResult != TableFoundNode)
        return NULL;
    Table->TableRoot = RtlSplay(node);
    return data_of_links(node);
}

/* Doc: nf-ntddk-rtllookupelementgenerictable */
PVOID NTAPI RtlLookupElementGenericTable(PRTL_GENERIC_TABLE Table, PVOID Buffer)
{
    TABLE_SEARCH_RESULT result;
    PVOID node;

    return RtlLookupElementGenericTableFull(Table, Buffer, &node, &result);
}

/* Doc: nf-ntddk-rtldeleteelementgenerictable */
BOOLEAN NTAPI RtlDeleteElementGenericTable(PRTL_GENERIC_TABLE Table, PVOID Buffer)
{
    RTL_SPLAY_LINKS *node;
    struct element *element;

    if (search(Table, Buffer, &node) != TableFoundNode)
        return FALSE;
    element = element_of_links(node);
    Table->TableRoot = RtlDelete(node);
    RemoveEntryList(&element->order);
    Table->NumberGenericTableElements--;
    Table->WhichOrderedElement = 0;
    Table->OrderedPointer = &Table->InsertOrderList;
    callout_invoke((const void *)Table->FreeRoutine,
                   (uint64_t[]){(uintptr_t)Table, (uintptr_t)element}, 2);
    return TRUE;
}

/* The element that was inserted as the I-th; NULL: there are fewer.
 *
 * Doc: nf-ntddk-rtlgetelementgenerictable
 */
PVOID NTAPI RtlGetElementGenericTable(PRTL_GENERIC_TABLE Table, ULONG I)
{
    if (I >= Table->NumberGenericTableElements)
        return NULL;
    if (Table->WhichOrderedElement == 0 || I + 1 < Table->WhichOrderedElement) {
        Table->OrderedPointer = Table->InsertOrderList.Flink;
        Table->WhichOrderedElement = 1;
    }
    for (; Table->WhichOrderedElement < I + 1; Table->WhichOrderedElement++)
        Table->OrderedPointer = Table->OrderedPointer->Flink;
    return CONTAINING_RECORD(Table->OrderedPointer, struct element, order)->data;
}

/* Doc: nf-ntddk-rtlnumbergenerictableelements */
ULONG NTAPI RtlNumberGenericTableElements(PRTL_GENERIC_TABLE Table)
{
    return Table->NumberGenericTableElements;
}

/* Doc: nf-ntddk-rtlisgenerictableempty */
BOOLEAN NTAPI RtlIsGenericTableEmpty(PRTL_GENERIC_TABLE Table)
{
    return Table->TableRoot == NULL;
}

static RTL_SPLAY_LINKS *first_links(RTL_GENERIC_TABLE *table)
{
    RTL_SPLAY_LINKS *node = table->TableRoot;

    while (node != NULL && node->LeftChild != NULL)
        node = node->LeftChild;
    return node;
}

/* Doc: nf-ntddk-rtlenumerategenerictablewithoutsplaying */
PVOID NTAPI RtlEnumerateGenericTableWithoutSplaying(PRTL_GENERIC_TABLE Table, PVOID *RestartKey)
{
    RTL_SPLAY_LINKS *node =
        *RestartKey == NULL ? first_links(Table) : RtlRealSuccessor(*RestartKey);

    if (node != NULL)
        *RestartKey = node;
    return data_of_links(node);
}

/* In order; the root is where the enumeration stands.
 *
 * Doc: nf-ntddk-rtlenumerategenerictable
 */
PVOID NTAPI RtlEnumerateGenericTable(PRTL_GENERIC_TABLE Table, BOOLEAN Restart)
{
    RTL_SPLAY_LINKS *node;

    if (Table->TableRoot == NULL)
        return NULL;
    node = Restart ? first_links(Table) : RtlRealSuccessor(Table->TableRoot);
    if (node == NULL)
        return NULL;
    Table->TableRoot = RtlSplay(node);
    return data_of_links(node);
}
