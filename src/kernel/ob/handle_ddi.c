/* SPDX-License-Identifier: MIT */
/* handle_ddi.c - handles by their process: copied, found, protected. */
#include "ob_internal.h"

#include "ke/ke.h"
#include "ob_ddi.h"

/* A process is not known here; ps tells its table. */
static struct handle_table *(*table_of)(void *process);

void ob_process_table_set(struct handle_table *(*table)(void *process))
{
    table_of = table;
}

/* Inherit and ProtectFromClose of a handle.
 *
 * IRQL:    PASSIVE_LEVEL
 * Errors:  STATUS_INVALID_HANDLE
 */
NTSTATUS NTAPI ObSetHandleAttributes(HANDLE Handle, struct ob_handle_flags *HandleFlags,
                                     KPROCESSOR_MODE PreviousMode)
{
    ULONG attributes = (HandleFlags->Inherit ? OBJ_INHERIT : 0) |
                       (HandleFlags->ProtectFromClose ? OB_PROTECT_CLOSE : 0);
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    return ob_handle_attributes_set(Handle, PreviousMode, attributes);
}

/* As ZwDuplicateObject, between processes that the caller holds.
 *
 * IRQL:    PASSIVE_LEVEL
 * Errors:  STATUS_INVALID_HANDLE, STATUS_PROCESS_IS_TERMINATING
 */
NTSTATUS NTAPI ObDuplicateObject(PEPROCESS SourceProcess, HANDLE SourceHandle,
                                 PEPROCESS TargetProcess, PHANDLE TargetHandle,
                                 ACCESS_MASK DesiredAccess, ULONG HandleAttributes, ULONG Options,
                                 KPROCESSOR_MODE PreviousMode)
{
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    struct handle_table *from = table_of(SourceProcess);
    struct handle_table *to = TargetProcess ? table_of(TargetProcess) : NULL;
    if (!from || (TargetProcess && !to))
        return STATUS_PROCESS_IS_TERMINATING;
    return ob_handle_duplicate(from, SourceHandle, to, DesiredAccess, HandleAttributes, Options,
                               PreviousMode, TargetHandle);
}

struct handle_search {
    const void *body;
    const struct object_type *type;
    const OBJECT_HANDLE_INFORMATION *like;
    HANDLE found;
};

static void handle_compare(HANDLE handle, void *body, ACCESS_MASK granted, ULONG attributes,
                           void *context)
{
    struct handle_search *search = context;
    if (search->found || (search->body && search->body != body) ||
        (search->type && search->type != ob_type_of(body)))
        return;
    if (search->like &&
        (search->like->GrantedAccess != granted || search->like->HandleAttributes != attributes))
        return;
    search->found = handle;
}

/* The first handle of a process to an object (NULL: of a type), with just that access and
 * attributes if they are given.
 *
 * IRQL:    PASSIVE_LEVEL
 */
BOOLEAN NTAPI ObFindHandleForObject(PEPROCESS Process, PVOID Object, POBJECT_TYPE ObjectType,
                                    POBJECT_HANDLE_INFORMATION HandleInformation, PHANDLE Handle)
{
    struct handle_search search = {
        .body = Object, .type = (const struct object_type *)ObjectType, .like = HandleInformation};
    struct handle_table *table = table_of(Process);
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    if (table)
        ob_handle_table_visit(table, handle_compare, &search);
    *Handle = search.found;
    return search.found != NULL;
}

/* No object is audited.
 *
 * Doc:     nf-ntifs-obqueryobjectauditingbyhandle
 */
NTSTATUS NTAPI ObQueryObjectAuditingByHandle(HANDLE Handle, PBOOLEAN GenerateOnClose)
{
    void *body;
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    NTSTATUS status = ob_handle_reference(Handle, 0, NULL, KernelMode, &body, NULL);
    if (!NT_SUCCESS(status))
        return status;
    ob_dereference(body);
    *GenerateOnClose = FALSE;
    return STATUS_SUCCESS;
}
