/* SPDX-License-Identifier: MIT */
/* filter_ddi.c - tokens made from tokens: with less than the first, or as a client's.
 *
 * A token made here shares nothing that can change with the one it comes from.
 */
#include "se_internal.h"

#include <string.h>

#define FLAGS_KNOWN (DISABLE_MAX_PRIVILEGE | SANDBOX_INERT | LUA_TOKEN | WRITE_RESTRICTED)

static void groups_disable(struct token *token, const TOKEN_GROUPS *groups)
{
    for (ULONG i = 0; groups && i < groups->GroupCount; i++)
        for (unsigned at = 0; at < token->group_count; at++)
            if (sid_equals(SID_OF(*token->groups[at].sid), groups->Groups[i].Sid))
                token->groups[at].attributes =
                    (token->groups[at].attributes &
                     ~(ULONG)(SE_GROUP_ENABLED | SE_GROUP_ENABLED_BY_DEFAULT | SE_GROUP_OWNER)) |
                    SE_GROUP_USE_FOR_DENY_ONLY;
}

static void privileges_drop(struct token *token, uint64_t gone)
{
    token->privileges &= ~gone;
    token->privileges_default &= ~gone;
    atomic_fetch_and(&token->privileges_enabled, ~gone);
}

static NTSTATUS restrict_to(struct token *token, const TOKEN_GROUPS *sids)
{
    for (ULONG i = 0; i < sids->GroupCount; i++) {
        const SID *sid = sids->Groups[i].Sid;
        if (!sid_is_valid(sid) || sid_length(sid) > sizeof(struct fixed_sid) ||
            token->restricted_count == TOKEN_GROUPS_MAX)
            return STATUS_INVALID_PARAMETER;
        memcpy(&token->restricted[token->restricted_count++], sid, sid_length(sid));
    }
    return STATUS_SUCCESS;
}

/* A token with groups for denying only, fewer privileges, restricting SIDs.
 *
 * IRQL:    PASSIVE_LEVEL
 * Takes:   gives a reference in *FilteredToken (ObDereferenceObject)
 * Errors:  STATUS_INVALID_PARAMETER: a flag, or more or longer SIDs than a token holds here
 * Doc:     nf-ntifs-sefiltertoken
 * Differs: SANDBOX_INERT has nothing to act on; LUA_TOKEN removes no group of its own
 */
NTSTATUS NTAPI SeFilterToken(PACCESS_TOKEN ExistingToken, ULONG Flags, PTOKEN_GROUPS SidsToDisable,
                             PTOKEN_PRIVILEGES PrivilegesToDelete, PTOKEN_GROUPS RestrictedSids,
                             PACCESS_TOKEN *FilteredToken)
{
    struct token *token;
    uint64_t gone = 0;
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    if (Flags & ~(ULONG)FLAGS_KNOWN)
        return STATUS_INVALID_PARAMETER;
    NTSTATUS status = token_copy(ExistingToken, &token);
    if (!NT_SUCCESS(status))
        return status;
    groups_disable(token, SidsToDisable);
    if (Flags & DISABLE_MAX_PRIVILEGE)
        gone = ~(1ull << SE_CHANGE_NOTIFY_PRIVILEGE);
    for (ULONG i = 0; PrivilegesToDelete && i < PrivilegesToDelete->PrivilegeCount; i++)
        if (PrivilegesToDelete->Privileges[i].Luid.LowPart < 64)
            gone |= 1ull << PrivilegesToDelete->Privileges[i].Luid.LowPart;
    privileges_drop(token, gone);
    if (RestrictedSids)
        status = restrict_to(token, RestrictedSids);
    token->is_write_restricted = (Flags & WRITE_RESTRICTED) && token->restricted_count > 0;
    if (!NT_SUCCESS(status)) {
        ob_dereference(token);
        return status;
    }
    *FilteredToken = token;
    return STATUS_SUCCESS;
}

NTSTATUS se_token_duplicate(void *from, TOKEN_TYPE type, SECURITY_IMPERSONATION_LEVEL level,
                            void **out_token)
{
    const struct token *source = from;
    struct token *token;
    if ((type != TokenPrimary && type != TokenImpersonation) ||
        (unsigned)level > SecurityDelegation)
        return STATUS_INVALID_PARAMETER;
    if (source->type == TokenImpersonation && type == TokenImpersonation && level > source->level)
        return STATUS_BAD_IMPERSONATION_LEVEL;
    NTSTATUS status = token_copy(source, &token);
    if (!NT_SUCCESS(status))
        return status;
    token->type = type;
    token->level = type == TokenPrimary ? SecurityImpersonation : level;
    *out_token = token;
    return STATUS_SUCCESS;
}

/* ---- what a server keeps of its client ----------------------------------------------------- */

static NTSTATUS client_fill(void *token, bool is_client, SECURITY_IMPERSONATION_LEVEL level,
                            const SECURITY_QUALITY_OF_SERVICE *quality, BOOLEAN is_remote,
                            PSECURITY_CLIENT_CONTEXT out_context)
{
    if (is_client && quality->ImpersonationLevel > level)
        return STATUS_BAD_IMPERSONATION_LEVEL;
    memset(out_context, 0, sizeof *out_context);
    out_context->SecurityQos = *quality;
    out_context->ServerIsRemote = is_remote;
    /* A token's identity never changes, so static and dynamic tracking come to the same. */
    ob_reference(token);
    out_context->ClientToken = token;
    return STATUS_SUCCESS;
}

/* Errors:  STATUS_BAD_IMPERSONATION_LEVEL
 * IRQL:    PASSIVE_LEVEL
 * Doc:     nf-ntifs-secreateclientsecurityfromsubjectcontext
 */
NTSTATUS NTAPI SeCreateClientSecurityFromSubjectContext(
    PSECURITY_SUBJECT_CONTEXT SubjectContext, PSECURITY_QUALITY_OF_SERVICE ClientSecurityQos,
    BOOLEAN ServerIsRemote, PSECURITY_CLIENT_CONTEXT ClientContext)
{
    void *client = SubjectContext->ClientToken;
    return client_fill(client ? client : SubjectContext->PrimaryToken, client != NULL,
                       SubjectContext->ImpersonationLevel, ClientSecurityQos, ServerIsRemote,
                       ClientContext);
}

/* Takes:   a reference on the token (SeDeleteClientSecurity)
 * IRQL:    PASSIVE_LEVEL
 * Doc:     nf-ntifs-secreateclientsecurity
 */
NTSTATUS NTAPI SeCreateClientSecurity(PETHREAD ClientThread,
                                      PSECURITY_QUALITY_OF_SERVICE ClientSecurityQos,
                                      BOOLEAN RemoteSession, PSECURITY_CLIENT_CONTEXT ClientContext)
{
    void *primary, *client;
    KE_REQUIRE_IRQL_AT_MOST(APC_LEVEL);
    subject_capture(ClientThread, NULL, &primary, &client);
    struct token *token = client ? client : primary;
    NTSTATUS status = client_fill(token, client != NULL, token->level, ClientSecurityQos,
                                  RemoteSession, ClientContext);
    ob_dereference(primary);
    if (client)
        ob_dereference(client);
    return status;
}
