/* SPDX-License-Identifier: MIT */
/* impersonation_ddi.c - what drivers call to act for a client, and to stop it. */
#include "ps_internal.h"

static struct process_thread *thread_of(PETHREAD thread)
{
    return (struct process_thread *)thread;
}

/* NULL: the thread does not impersonate; otherwise referenced.
 *
 * Doc:     nf-ntifs-psreferenceimpersonationtoken
 */
PACCESS_TOKEN NTAPI PsReferenceImpersonationToken(PETHREAD Thread, PBOOLEAN CopyOnOpen,
                                                  PBOOLEAN EffectiveOnly,
                                                  PSECURITY_IMPERSONATION_LEVEL ImpersonationLevel)
{
    struct ps_impersonation client;
    ps_impersonation_get(thread_of(Thread), &client);
    if (!client.token)
        return NULL;
    *CopyOnOpen = client.copies;
    *EffectiveOnly = client.is_effective;
    *ImpersonationLevel = client.level;
    return client.token;
}

/* Doc:     nf-ntifs-psdereferenceimpersonationtoken */
VOID NTAPI PsDereferenceImpersonationToken(PACCESS_TOKEN ImpersonationToken)
{
    if (ImpersonationToken)
        ob_dereference(ImpersonationToken);
}

/* Doc:     nf-ntifs-psreverttoself */
VOID NTAPI PsRevertToSelf(VOID)
{
    struct process_thread *thread = ps_thread_current();
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    if (thread)
        ps_impersonation_set(thread, &(struct ps_impersonation){0});
}

/* Token NULL ends it.
 *
 * Errors:  STATUS_BAD_IMPERSONATION_LEVEL
 * Doc:     nf-ntifs-psimpersonateclient
 * Differs: the level is not lowered for a server that may not impersonate
 */
NTSTATUS NTAPI PsImpersonateClient(PETHREAD Thread, PACCESS_TOKEN Token, BOOLEAN CopyOnOpen,
                                   BOOLEAN EffectiveOnly,
                                   SECURITY_IMPERSONATION_LEVEL ImpersonationLevel)
{
    struct ps_impersonation client = {Token, ImpersonationLevel, CopyOnOpen, EffectiveOnly};
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    return ps_impersonation_set(thread_of(Thread), &client);
}

/* The token of a handle; NULL ends impersonation.
 *
 * Errors:  STATUS_BAD_TOKEN_TYPE: a primary token
 */
NTSTATUS NTAPI PsAssignImpersonationToken(PETHREAD Thread, HANDLE Token)
{
    void *token = NULL;
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    NTSTATUS status = STATUS_SUCCESS;
    if (Token)
        status =
            ob_handle_reference(Token, TOKEN_IMPERSONATE, se_token_type, KernelMode, &token, NULL);
    if (!NT_SUCCESS(status))
        return status;
    if (token && SeTokenType(token) != TokenImpersonation) {
        status = STATUS_BAD_TOKEN_TYPE;
    } else {
        struct ps_impersonation client = {
            token, token ? SeTokenImpersonationLevel(token) : SecurityAnonymous, false, false};
        status = ps_impersonation_set(thread_of(Thread), &client);
    }
    if (token)
        ob_dereference(token);
    return status;
}

/* TRUE: it did impersonate, and PsRestoreImpersonation must follow.
 *
 * Doc:     nf-ntifs-psdisableimpersonation
 */
BOOLEAN NTAPI PsDisableImpersonation(PETHREAD Thread, PSE_IMPERSONATION_STATE ImpersonationState)
{
    struct ps_impersonation client;
    ps_impersonation_get(thread_of(Thread), &client);
    *ImpersonationState = (SE_IMPERSONATION_STATE){.Token = client.token,
                                                   .CopyOnOpen = client.copies,
                                                   .EffectiveOnly = client.is_effective,
                                                   .Level = client.level};
    if (!client.token)
        return FALSE;
    host_lock_take(&ps_lock);
    thread_of(Thread)->impersonation_disabled = true;
    host_lock_give(&ps_lock);
    return TRUE;
}

/* Takes back the reference that PsDisableImpersonation left in the state.
 *
 * Doc:     nf-ntifs-psrestoreimpersonation
 */
VOID NTAPI PsRestoreImpersonation(PETHREAD Thread, PSE_IMPERSONATION_STATE ImpersonationState)
{
    host_lock_take(&ps_lock);
    thread_of(Thread)->impersonation_disabled = false;
    host_lock_give(&ps_lock);
    if (ImpersonationState->Token)
        ob_dereference(ImpersonationState->Token);
    ImpersonationState->Token = NULL;
}

/* ServerThread NULL: the calling one.
 *
 * Doc:     nf-ntifs-seimpersonateclientex
 */
NTSTATUS NTAPI SeImpersonateClientEx(PSECURITY_CLIENT_CONTEXT ClientContext, PETHREAD ServerThread)
{
    struct process_thread *thread = ServerThread ? thread_of(ServerThread) : ps_thread_current();
    struct ps_impersonation client = {
        ClientContext->ClientToken, ClientContext->SecurityQos.ImpersonationLevel, false,
        ClientContext->SecurityQos.EffectiveOnly || ClientContext->DirectAccessEffectiveOnly};
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    return thread ? ps_impersonation_set(thread, &client) : STATUS_INVALID_PARAMETER;
}

/* Doc:     nf-ntifs-seimpersonateclient */
VOID NTAPI SeImpersonateClient(PSECURITY_CLIENT_CONTEXT ClientContext, PETHREAD ServerThread)
{
    SeImpersonateClientEx(ClientContext, ServerThread);
}
