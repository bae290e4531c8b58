/* SPDX-License-Identifier: MIT */
/* splay_ddi.c - splay trees made of RTL_SPLAY_LINKS, as file systems and drivers embed them.
 *
 * A root is its own parent. Every function that moves links returns the new root. Any IRQL;
 * the caller keeps others out.
 */
#include <stdbool.h>

#include "rtl_ddi.h"

typedef RTL_SPLAY_LINKS links;

static bool is_root(const links *node)
{
    return node->Parent == node;
}

static bool is_left(const links *node)
{
    return node->Parent->LeftChild == node && !is_root(node);
}

/* Puts other (which may be NULL) where node hangs. */
static void replace(links *node, links *other)
{
    if (is_root(node)) {
        if (other != NULL)
            other->Parent = other;
        return;
    }
    if (is_left(node))
        node->Parent->LeftChild = other;
    else
        node->Parent->RightChild = other;
    if (other != NULL)
        other->Parent = node->Parent;
}

/* Lifts node over its parent; order stays. */
static void rotate(links *node)
{
    links *parent = node->Parent, *inner;

    if (is_left(node)) {
        inner = node->RightChild;
        replace(parent, node);
        node->RightChild = parent;
        parent->LeftChild = inner;
    } else {
        inner = node->LeftChild;
        replace(parent, node);
        node->LeftChild = parent;
        parent->RightChild = inner;
    }
    parent->Parent = node;
    if (inner != NULL)
        inner->Parent = parent;
}

/* Moves a node to the root, halving the depth of those on its way.
 *
 * Doc: nf-wdm-rtlsplay
 */
PRTL_SPLAY_LINKS NTAPI RtlSplay(PRTL_SPLAY_LINKS Links)
{
    while (!is_root(Links)) {
        links *parent = Links->Parent;
        if (is_root(parent)) {
            rotate(Links);
        } else if (is_left(Links) == is_left(parent)) {
            rotate(parent);
            rotate(Links);
        } else {
            rotate(Links);
            rotate(Links);
        }
    }
    return Links;
}

/* Doc: nf-wdm-rtlsubtreesuccessor; NULL: none below this node */
PRTL_SPLAY_LINKS NTAPI RtlSubtreeSuccessor(PRTL_SPLAY_LINKS Links)
{
    links *node = Links->RightChild;

    while (node != NULL && node->LeftChild != NULL)
        node = node->LeftChild;
    return node;
}

/* Doc: nf-wdm-rtlsubtreepredecessor */
PRTL_SPLAY_LINKS NTAPI RtlSubtreePredecessor(PRTL_SPLAY_LINKS Links)
{
    links *node = Links->LeftChild;

    while (node != NULL && node->RightChild != NULL)
        node = node->RightChild;
    return node;
}

/* Doc: nf-wdm-rtlrealsuccessor; NULL: the last one */
PRTL_SPLAY_LINKS NTAPI RtlRealSuccessor(PRTL_SPLAY_LINKS Links)
{
    links *node = RtlSubtreeSuccessor(Links);

    if (node != NULL)
        return node;
    for (node = Links; !is_root(node); node = node->Parent)
        if (is_left(node))
            return node->Parent;
    return NULL;
}

/* Doc: nf-wdm-rtlrealpredecessor */
PRTL_SPLAY_LINKS NTAPI RtlRealPredecessor(PRTL_SPLAY_LINKS Links)
{
    links *node = RtlSubtreePredecessor(Links);

    if (node != NULL)
        return node;
    for (node = Links; !is_root(node); node = node->Parent)
        if (!is_left(node))
            return node->Parent;
    return NULL;
}

/* Exchanges a node with its predecessor below it, so that the node has one child at most. */
static void exchange_with_predecessor(links *node)
{
    links *other = RtlSubtreePredecessor(node), *left = other->LeftChild;
    bool is_child = other->Parent == node;
    links *other_parent = other->Parent;

    replace(node, other);
    other->RightChild = node->RightChild;
    other->RightChild->Parent = other;
    if (is_child) {
        other->LeftChild = node;
        node->Parent = other;
    } else {
        other->LeftChild = node->LeftChild;
        other->LeftChild->Parent = other;
        other_parent->RightChild = node;
        node->Parent = other_parent;
    }
    node->LeftChild = left;
    if (left != NULL)
        left->Parent = node;
    node->RightChild = NULL;
}

/* Takes a node out. Its parent, if any, is then where a splay may begin; NULL: it was the root. */
static links *take_out(links *node)
{
    links *child, *parent;

    if (node->LeftChild != NULL && node->RightChild != NULL)
        exchange_with_predecessor(node);
    child = node->LeftChild != NULL ? node->LeftChild : node->RightChild;
    parent = is_root(node) ? NULL : node->Parent;
    replace(node, child);
    return parent != NULL ? parent : child;
}

/* Returns the new root; NULL: the tree is empty.
 *
 * Doc: nf-wdm-rtldelete
 */
PRTL_SPLAY_LINKS NTAPI RtlDelete(PRTL_SPLAY_LINKS Links)
{
    links *near = take_out(Links);

    return near == NULL ? NULL : RtlSplay(near);
}

/* Doc: nf-wdm-rtldeletenosplay */
VOID NTAPI RtlDeleteNoSplay(PRTL_SPLAY_LINKS Links, PRTL_SPLAY_LINKS *Root)
{
    links *near = take_out(Links);

    while (near != NULL && !is_root(near))
        near = near->Parent;
    *Root = near;
}
