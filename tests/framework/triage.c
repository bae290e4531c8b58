/* SPDX-License-Identifier: MIT */
/* triage.c - WdfGetTriageInfo: what a dump's reader does with it, done to objects that live. */
#include "kmdf_test.h"

#include <wdftriage.h>

typedef struct _MARKED {
    ULONG number;
} MARKED;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(MARKED, marked_of);

#define AT(base, offset, type) (*(type *)((PUCHAR)(base) + (offset)))

/* From an object to its context's name, to its parent, and from there to it again. */
static void from_object_to_object(void)
{
    const WDF_TRIAGE_INFO *triage = WdfGetTriageInfo();
    const WDFOBJECT_TRIAGE_INFO *at = triage->WdfObjectTriageInfo;
    WDF_OBJECT_ATTRIBUTES attributes;
    PUCHAR object, parent, context, type;
    WDFOBJECT above, below;
    PLIST_ENTRY head;

    expect_number(triage->WdfMajorVersion, 1);
    expect_number(triage->WdfMinorVersion, 33);
    expect_number(triage->TriageInfoMajorVersion, WDF_01_TRIAGE_INFO_MAJOR_VERSION);
    expect_status(WdfObjectCreate(WDF_NO_OBJECT_ATTRIBUTES, &above), STATUS_SUCCESS);
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, MARKED);
    attributes.ParentObject = above;
    expect_status(WdfObjectCreate(&attributes, &below), STATUS_SUCCESS);
    object = (PUCHAR) ~(ULONG_PTR)below;
    parent = AT(object, at->ParentObject, PUCHAR);
    expect(parent == (PUCHAR) ~(ULONG_PTR)above);
    expect(AT(object, at->Globals, PVOID) == WdfDriverGlobals);
    head = &AT(parent, at->ChildListHead, LIST_ENTRY);
    expect(head->Flink == &AT(object, at->ChildEntry, LIST_ENTRY) && head->Flink->Flink == head);
    /* The first context lies behind the object's head in the same block. */
    context = (PUCHAR)marked_of(below) - triage->WdfContextTriageInfo->Context;
    expect(AT(context, triage->WdfContextTriageInfo->Object, PUCHAR) == object);
    type = AT(context, triage->WdfContextTriageInfo->TypeInfoPtr, PUCHAR);
    expect_number(AT(type, triage->WdfContextTypeTriageInfo->ContextSize, size_t), sizeof(MARKED));
    expect(strcmp(AT(type, triage->WdfContextTypeTriageInfo->ContextName, PCHAR), "MARKED") == 0);
    WdfObjectDelete(above);
}

DRIVERTEST_LIST = {DRIVERTEST(from_object_to_object), DRIVERTEST_END};
