/* SPDX-License-Identifier: MIT */
/* avl_table_ddi.c - generic tables on AVL trees: the kind that needs no splaying.
 *
 * BalancedRoot is a header: its RightChild is the tree's root. Balance is the height of the
 * right subtree less that of the left one, -1 to 1. The driver's routines compare, allocate
 * and free; no state of ours is half changed while they run. The caller keeps others out.
 */
#include <stdbool.h>
#include <string.h>

#include "callout/callout.h"
#include "rtl_ddi.h"

typedef RTL_BALANCED_LINKS links;

struct avl_element {
    links node;
    LONGLONG data[];
};

static void *data_of(links *node)
{
    return node == NULL ? NULL : CONTAINING_RECORD(node, struct avl_element, node)->data;
}

static links *root_of(RTL_AVL_TABLE *table)
{
    return table->BalancedRoot.RightChild;
}

/* ---- the tree ------------------------------------------------------------------------------- */

/* Puts other where node hangs; other may be NULL. */
static void replace(links *node, links *other)
{
    links *parent = node->Parent;

    if (parent->LeftChild == node)
        parent->LeftChild = other;
    else
        parent->RightChild = other;
    if (other != NULL)
        other->Parent = parent;
}

/* Lifts the child on one side over node; returns it. */
static links *rotate(links *node, bool is_right_lifted)
{
    links *child = is_right_lifted ? node->RightChild : node->LeftChild;
    links *inner = is_right_lifted ? child->LeftChild : child->RightChild;

    replace(node, child);
    if (is_right_lifted) {
        child->LeftChild = node;
        node->RightChild = inner;
    } else {
        child->RightChild = node;
        node->LeftChild = inner;
    }
    node->Parent = child;
    if (inner != NULL)
        inner->Parent = node;
    return child;
}

/* node leans by two to one side: makes it even again. True if the subtree is lower than
 * before. */
static bool rebalance(links *node, CHAR side, links **out_top)
{
    bool is_right = side > 0;
    links *child = is_right ? node->RightChild : node->LeftChild;
    links *middle;

    if (child->Balance != -side) {
        bool is_lower = child->Balance == side;
        *out_top = rotate(node, is_right);
        node->Balance = is_lower ? 0 : side;
        child->Balance = (CHAR)(is_lower ? 0 : -side);
        return is_lower;
    }
    middle = is_right ? child->LeftChild : child->RightChild;
    rotate(child, !is_right);
    *out_top = rotate(node, is_right);
    node->Balance = (CHAR)(middle->Balance == side ? -side : 0);
    child->Balance = (CHAR)(middle->Balance == -side ? side : 0);
    middle->Balance = 0;
    return true;
}

static void tree_insert(RTL_AVL_TABLE *table, links *node, links *parent, bool is_left)
{
    links *top;

    *node = (links){.Parent = parent};
    if (is_left)
        parent->LeftChild = node;
    else
        parent->RightChild = node;
    for (links *at = parent; at != &table->BalancedRoot; node = at, at = at->Parent) {
        CHAR side = at->LeftChild == node ? -1 : 1;
        if (at->Balance == 0) {
            at->Balance = side;
            continue; /* it has grown; so has what hangs above */
        }
        if (at->Balance == -side)
            at->Balance = 0;
        else
            rebalance(at, side, &top);
        return;
    }
    table->DepthOfTree++;
}

static links *subtree_first(links *node)
{
    while (node != NULL && node->LeftChild != NULL)
        node = node->LeftChild;
    return node;
}

static links *tree_next(RTL_AVL_TABLE *table, links *node)
{
    if (node->RightChild != NULL)
        return subtree_first(node->RightChild);
    while (node->Parent != &table->BalancedRoot && node->Parent->RightChild == node)
        node = node->Parent;
    return node->Parent == &table->BalancedRoot ? NULL : node->Parent;
}

/* Puts its successor, which has no left child, into the place of a node with two children. */
static void exchange_with_successor(links *node)
{
    links *next = subtree_first(node->RightChild), *right = next->RightChild;
    links *next_parent = next->Parent;
    CHAR balance = next->Balance;

    replace(node, next);
    next->Balance = node->Balance;
    next->LeftChild = node->LeftChild;
    next->LeftChild->Parent = next;
    if (next_parent == node) {
        next->RightChild = node;
        node->Parent = next;
    } else {
        next->RightChild = node->RightChild;
        next->RightChild->Parent = next;
        next_parent->LeftChild = node;
        node->Parent = next_parent;
    }
    node->Balance = balance;
    node->LeftChild = NULL;
    node->RightChild = right;
    if (right != NULL)
        right->Parent = node;
}

static void tree_remove(RTL_AVL_TABLE *table, links *node)
{
    links *at, *child, *top;
    CHAR side;

    if (node->LeftChild != NULL && node->RightChild != NULL)
        exchange_with_successor(node);
    child = node->LeftChild != NULL ? node->LeftChild : node->RightChild;
    at = node->Parent;
    side = at->LeftChild == node ? -1 : 1;
    replace(node, child);
    while (at != &table->BalancedRoot) {
        links *above;
        bool is_lower = true;
        if (at->Balance == 0) { /* it leans now, but is as high as before */
            at->Balance = (CHAR)-side;
            return;
        }
        top = at;
        if (at->Balance == side)
            at->Balance = 0;
        else
            is_lower = rebalance(at, (CHAR)-side, &top);
        if (!is_lower)
            return;
        above = top->Parent;
        side = above->LeftChild == top ? -1 : 1;
        at = above;
    }
    table->DepthOfTree--;
}

/* ---- the table --------------------------------------------------------------------------------
 */

static RTL_GENERIC_COMPARE_RESULTS compare(RTL_AVL_TABLE *table, void *a, void *b)
{
    return (RTL_GENERIC_COMPARE_RESULTS)callout_invoke(
        (const void *)table->CompareRoutine,
        (uint64_t[]){(uintptr_t)table, (uintptr_t)a, (uintptr_t)b}, 3);
}

static TABLE_SEARCH_RESULT search(RTL_AVL_TABLE *table, void *buffer, links **out_node)
{
    links *node = root_of(table);

    *out_node = NULL;
    if (node == NULL)
        return TableEmptyTree;
    for (;;) {
        RTL_GENERIC_COMPARE_RESULTS result = compare(table, buffer, data_of(node));
        links *next;

        *out_node = node;
        if (result == GenericEqual)
            return TableFoundNode;
        next = result == GenericLessThan ? node->LeftChild : node->RightChild;
        if (next == NULL)
            return result == GenericLessThan ? TableInsertAsLeft : TableInsertAsRight;
        node = next;
    }
}

/* Doc: nf-ntddk-rtlinitializegenerictableavl */
VOID NTAPI RtlInitializeGenericTableAvl(PRTL_AVL_TABLE Table,
                                        PRTL_AVL_COMPARE_ROUTINE CompareRoutine,
                                        PRTL_AVL_ALLOCATE_ROUTINE AllocateRoutine,
                                        PRTL_AVL_FREE_ROUTINE FreeRoutine, PVOID TableContext)
{
    *Table = (RTL_AVL_TABLE){.CompareRoutine = CompareRoutine,
                             .AllocateRoutine = AllocateRoutine,
                             .FreeRoutine = FreeRoutine,
                             .TableContext = TableContext};
    Table->BalancedRoot.Parent = &Table->BalancedRoot;
}

/* Errors: NULL: the driver's allocation failed
 * Doc:    nf-ntddk-rtlinsertelementgenerictablefullavl
 */
PVOID NTAPI RtlInsertElementGenericTableFullAvl(PRTL_AVL_TABLE Table, PVOID Buffer,
                                                CLONG BufferSize, PBOOLEAN NewElement,
                                                PVOID NodeOrParent,
                                                TABLE_SEARCH_RESULT SearchResult)
{
    struct avl_element *element;

    if (SearchResult == TableFoundNode) {
        if (NewElement != NULL)
            *NewElement = FALSE;
        return data_of(NodeOrParent);
    }
    element = (struct avl_element *)callout_invoke(
        (const void *)Table->AllocateRoutine,
        (uint64_t[]){(uintptr_t)Table, sizeof(*element) + BufferSize}, 2);
    if (NewElement != NULL)
        *NewElement = element != NULL;
    if (element == NULL)
        return NULL;
    memcpy(element->data, Buffer, BufferSize);
    tree_insert(Table, &element->node,
                SearchResult == TableEmptyTree ? &Table->BalancedRoot : NodeOrParent,
                SearchResult == TableInsertAsLeft);
    Table->NumberGenericTableElements++;
    Table->WhichOrderedElement = 0;
    return element->data;
}

/* Doc: nf-ntddk-rtlinsertelementgenerictableavl */
PVOID NTAPI RtlInsertElementGenericTableAvl(PRTL_AVL_TABLE Table, PVOID Buffer, CLONG BufferSize,
                                            PBOOLEAN NewElement)
{
    links *node;
    TABLE_SEARCH_RESULT result = search(Table, Buffer, &node);

    return RtlInsertElementGenericTableFullAvl(Table, Buffer, BufferSize, NewElement, node, result);
}

/* Doc: nf-ntddk-rtllookupelementgenerictablefullavl */
PVOID NTAPI RtlLookupElementGenericTableFullAvl(PRTL_AVL_TABLE Table, PVOID Buffer,
                                                PVOID *NodeOrParent,
                                                TABLE_SEARCH_RESULT *SearchResult)
{
    links *node;

    *SearchResult = search(Table, Buffer, &node);
    *NodeOrParent = node;
    return *SearchResult == TableFoundNode ? data_of(node) : NULL;
}

/* Doc: nf-ntddk-rtllookupelementgenerictableavl */
PVOID NTAPI RtlLookupElementGenericTableAvl(PRTL_AVL_TABLE Table, PVOID Buffer)
{
    links *node;

    return search(Table, Buffer, &node) == TableFoundNode ? data_of(node) : NULL;
}

/* The first of several that compare as equal, and where it is.
 *
 * Doc: nf-ntddk-rtllookupfirstmatchingelementgenerictableavl
 */
PVOID NTAPI RtlLookupFirstMatchingElementGenericTableAvl(PRTL_AVL_TABLE Table, PVOID Buffer,
                                                         PVOID *RestartKey)
{
    links *node = root_of(Table), *first = NULL;

    while (node != NULL) {
        RTL_GENERIC_COMPARE_RESULTS result = compare(Table, Buffer, data_of(node));
        if (result == GenericEqual)
            first = node;
        node = result == GenericGreaterThan ? node->RightChild : node->LeftChild;
    }
    *RestartKey = first;
    return data_of(first);
}

/* Doc: nf-ntddk-rtldeleteelementgenerictableavl */
BOOLEAN NTAPI RtlDeleteElementGenericTableAvl(PRTL_AVL_TABLE Table, PVOID Buffer)
{
    links *node;

    if (search(Table, Buffer, &node) != TableFoundNode)
        return FALSE;
    if (Table->RestartKey == node) { /* an enumeration stands here: it goes on before it */
        links *before = NULL;
        for (links *at = subtree_first(root_of(Table)); at != node; at = tree_next(Table, at))
            before = at;
        Table->RestartKey = before;
    }
    tree_remove(Table, node);
    Table->NumberGenericTableElements--;
    Table->DeleteCount++;
    Table->WhichOrderedElement = 0;
    callout_invoke((const void *)Table->FreeRoutine,
                   (uint64_t[]){(uintptr_t)Table,
                                (uintptr_t)CONTAINING_RECORD(node, struct avl_element, node)},
                   2);
    return TRUE;
}

/* The I-th in order; NULL: there are fewer.
 *
 * Doc: nf-ntddk-rtlgetelementgenerictableavl
 */
PVOID NTAPI RtlGetElementGenericTableAvl(PRTL_AVL_TABLE Table, ULONG I)
{
    if (I >= Table->NumberGenericTableElements)
        return NULL;
    if (Table->WhichOrderedElement == 0 || I + 1 < Table->WhichOrderedElement) {
        Table->OrderedPointer = subtree_first(root_of(Table));
        Table->WhichOrderedElement = 1;
    }
    for (; Table->WhichOrderedElement < I + 1; Table->WhichOrderedElement++)
        Table->OrderedPointer = tree_next(Table, Table->OrderedPointer);
    return data_of(Table->OrderedPointer);
}

/* Doc: nf-ntddk-rtlnumbergenerictableelementsavl */
ULONG NTAPI RtlNumberGenericTableElementsAvl(PRTL_AVL_TABLE Table)
{
    return Table->NumberGenericTableElements;
}

/* Doc: nf-ntddk-rtlisgenerictableemptyavl */
BOOLEAN NTAPI RtlIsGenericTableEmptyAvl(PRTL_AVL_TABLE Table)
{
    return Table->NumberGenericTableElements == 0;
}

/* Doc: nf-ntddk-rtlenumerategenerictablewithoutsplayingavl */
PVOID NTAPI RtlEnumerateGenericTableWithoutSplayingAvl(PRTL_AVL_TABLE Table, PVOID *RestartKey)
{
    links *node =
        *RestartKey == NULL ? subtree_first(root_of(Table)) : tree_next(Table, *RestartKey);

    if (node != NULL)
        *RestartKey = node;
    return data_of(node);
}

/* Doc: nf-ntddk-rtlenumerategenerictableavl; the place is kept in the table */
PVOID NTAPI RtlEnumerateGenericTableAvl(PRTL_AVL_TABLE Table, BOOLEAN Restart)
{
    links *node;

    if (Restart)
        Table->RestartKey = NULL;
    node = Table->RestartKey == NULL ? subtree_first(root_of(Table))
                                     : tree_next(Table, Table->RestartKey);
    if (node != NULL)
        Table->RestartKey = node;
    return data_of(node);
}

static NTSTATUS match(RTL_AVL_TABLE *table, PRTL_AVL_MATCH_FUNCTION routine, void *data,
                      void *match_data)
{
    if (routine == NULL)
        return STATUS_SUCCESS;
    return (NTSTATUS)callout_invoke(
        (const void *)routine,
        (uint64_t[]){(uintptr_t)table, (uintptr_t)data, (uintptr_t)match_data}, 3);
}

/* Goes on from a key, or, when something was deleted since, from a buffer's place in order.
 *
 * Doc: nf-ntddk-rtlenumerategenerictablelikeadirectory
 */
PVOID NTAPI RtlEnumerateGenericTableLikeADirectory(PRTL_AVL_TABLE Table,
                                                   PRTL_AVL_MATCH_FUNCTION MatchFunction,
                                                   PVOID MatchData, ULONG NextFlag,
                                                   PVOID *RestartKey, PULONG DeleteCount,
                                                   PVOID Buffer)
{
    links *node = *RestartKey;

    if (node != NULL && *DeleteCount == Table->DeleteCount) {
        node = NextFlag ? tree_next(Table, node) : node;
    } else {
        TABLE_SEARCH_RESULT result = search(Table, Buffer, &node);
        if (result == TableEmptyTree)
            return NULL;
        if (result == TableInsertAsRight || (result == TableFoundNode && NextFlag))
            node = tree_next(Table, node);
    }
    for (; node != NULL; node = tree_next(Table, node)) {
        NTSTATUS status = match(Table, MatchFunction, data_of(node), MatchData);
        if (status == STATUS_NO_MORE_MATCHES)
            return NULL;
        if (status != STATUS_NO_MATCH) {
            *RestartKey = node;
            *DeleteCount = Table->DeleteCount;
            return data_of(node);
        }
    }
    return NULL;
}
