/* SPDX-License-Identifier: MIT */
/* token_query.c - a token's documented information classes.
 *
 * Each answer is one block: the structure, then the SIDs that it points at, by addresses
 * of the reader's. The block is laid out the same way whether it fits or not, so that the
 * length told is right.
 */
#include "se_internal.h"

#include <string.h>

/* A block under construction; counts what would be written beyond the room. */
struct block {
    char *buffer;
    uint64_t address;
    ULONG room, used;
};

static void *block_take(struct block *block, ULONG length, void *scratch)
{
    ULONG at = block->used;
    block->used += (length + 7) & ~7u;
    return block->used <= block->room ? block->buffer + at : scratch;
}

/* Copies a SID behind what is there; answers the reader's pointer to it. */
static PSID block_sid(struct block *block, const struct fixed_sid *fixed)
{
    struct fixed_sid scratch;
    ULONG length = sid_length(SID_OF(*fixed)), at = block->used;
    memcpy(block_take(block, length, &scratch), fixed, length);
    return (PSID)(block->address + at);
}

static void put_user(struct block *block, const struct token *token)
{
    TOKEN_USER scratch, *user = block_take(block, sizeof *user, &scratch);
    user->User.Sid = block_sid(block, token->user);
    user->User.Attributes = 0;
}

static void put_one_sid(struct block *block, const struct fixed_sid *sid)
{
    PSID scratch, *place = block_take(block, sizeof *place, &scratch);
    *place = block_sid(block, sid);
}

static void put_groups(struct block *block, const struct token *token)
{
    struct {
        TOKEN_GROUPS groups;
        SID_AND_ATTRIBUTES more[TOKEN_GROUPS_MAX];
    } scratch;
    ULONG length =
        FIELD_OFFSET(TOKEN_GROUPS, Groups) + token->group_count * (ULONG)sizeof(SID_AND_ATTRIBUTES);
    TOKEN_GROUPS *groups = block_take(block, length, &scratch);
    groups->GroupCount = token->group_count;
    for (unsigned i = 0; i < token->group_count; i++) {
        groups->Groups[i].Sid = block_sid(block, token->groups[i].sid);
        groups->Groups[i].Attributes = token->groups[i].attributes;
    }
}

static void put_restricted(struct block *block, const struct token *token)
{
    struct {
        TOKEN_GROUPS groups;
        SID_AND_ATTRIBUTES more[TOKEN_GROUPS_MAX];
    } scratch;
    ULONG length = FIELD_OFFSET(TOKEN_GROUPS, Groups) +
                   token->restricted_count * (ULONG)sizeof(SID_AND_ATTRIBUTES);
    TOKEN_GROUPS *groups = block_take(block, length, &scratch);
    groups->GroupCount = token->restricted_count;
    for (unsigned i = 0; i < token->restricted_count; i++) {
        groups->Groups[i].Sid = block_sid(block, &token->restricted[i]);
        groups->Groups[i].Attributes =
            SE_GROUP_MANDATORY | SE_GROUP_ENABLED_BY_DEFAULT | SE_GROUP_ENABLED;
    }
}

static void put_origin(struct block *block, const struct token *token)
{
    TOKEN_ORIGIN scratch, *origin = block_take(block, sizeof *origin, &scratch);
    origin->OriginatingLogonSession = (LUID){0, 0};
}

static ULONG privilege_attributes(const struct token *token, unsigned privilege)
{
    uint64_t bit = 1ull << privilege;
    return (atomic_load(&token->privileges_enabled) & bit ? SE_PRIVILEGE_ENABLED : 0) |
           (token->privileges_default & bit ? SE_PRIVILEGE_ENABLED_BY_DEFAULT : 0);
}

static void put_privileges(struct block *block, const struct token *token)
{
    struct {
        TOKEN_PRIVILEGES privileges;
        LUID_AND_ATTRIBUTES more[64];
    } scratch;
    ULONG count = (ULONG)__builtin_popcountll(token->privileges);
    ULONG length =
        FIELD_OFFSET(TOKEN_PRIVILEGES, Privileges) + count * (ULONG)sizeof(LUID_AND_ATTRIBUTES);
    TOKEN_PRIVILEGES *privileges = block_take(block, length, &scratch);
    privileges->PrivilegeCount = count;
    ULONG at = 0;
    for (unsigned i = 0; i < 64; i++)
        if (token->privileges & 1ull << i)
            privileges->Privileges[at++] =
                (LUID_AND_ATTRIBUTES){{i, 0}, privilege_attributes(token, i)};
}

static void put_integrity(struct block *block, const struct token *token)
{
    TOKEN_MANDATORY_LABEL scratch, *label = block_take(block, sizeof *label, &scratch);
    label->Label.Sid = block_sid(block, token->integrity);
    label->Label.Attributes = SE_GROUP_INTEGRITY | SE_GROUP_INTEGRITY_ENABLED;
}

static void put_statistics(struct block *block, const struct token *token)
{
    TOKEN_STATISTICS scratch, *statistics = block_take(block, sizeof *statistics, &scratch);
    memset(statistics, 0, sizeof *statistics);
    statistics->TokenId = token->id;
    statistics->AuthenticationId = token->authentication_id;
    statistics->ExpirationTime.QuadPart = INT64_MAX;
    statistics->TokenType = token->type;
    statistics->ImpersonationLevel = token->level;
    statistics->GroupCount = token->group_count;
    statistics->PrivilegeCount = (ULONG)__builtin_popcountll(token->privileges);
    statistics->ModifiedId = token->id;
}

static void put_source(struct block *block, const struct token *token)
{
    TOKEN_SOURCE scratch, *source = block_take(block, sizeof *source, &scratch);
    memcpy(source->SourceName, token->source, sizeof source->SourceName);
    source->SourceIdentifier = (LUID){0, 0};
}

static void put_default_dacl(struct block *block, const struct token *token)
{
    TOKEN_DEFAULT_DACL scratch, *place = block_take(block, sizeof *place, &scratch);
    char acl_scratch[256];
    ULONG at = block->used, length = system_default_dacl->AclSize;
    memcpy(block_take(block, length, acl_scratch), system_default_dacl, length);
    place->DefaultDacl = (PACL)(block->address + at);
}

/* Answers one number; not more than its four bytes are written. */
static void put_ulong(struct block *block, ULONG value)
{
    if (block->room >= sizeof value)
        memcpy(block->buffer, &value, sizeof value);
    block->used = sizeof value;
}

static bool put_number(struct block *block, const struct token *token, TOKEN_INFORMATION_CLASS kind)
{
    switch (kind) {
    case TokenType:
        put_ulong(block, token->type);
        return true;
    case TokenSessionId:
        put_ulong(block, atomic_load(&token->session));
        return true;
    case TokenHasRestrictions:
        put_ulong(block, token->restricted_count > 0);
        return true;
    case TokenIsAppContainer:
    case TokenVirtualizationAllowed:
    case TokenVirtualizationEnabled:
    case TokenUIAccess:
    case TokenSandBoxInert:
        put_ulong(block, 0);
        return true;
    case TokenElevation:
        put_ulong(block, token->is_elevated);
        return true;
    case TokenElevationType:
        put_ulong(block, TokenElevationTypeDefault);
        return true;
    case TokenMandatoryPolicy:
        put_ulong(block, TOKEN_MANDATORY_POLICY_NO_WRITE_UP);
        return true;
    default:
        return false;
    }
}

static NTSTATUS put_class(struct block *block, const struct token *token,
                          TOKEN_INFORMATION_CLASS kind)
{
    switch (kind) {
    case TokenUser:
        put_user(block, token);
        break;
    case TokenGroups:
        put_groups(block, token);
        break;
    case TokenPrivileges:
        put_privileges(block, token);
        break;
    case TokenOwner:
        put_one_sid(block, token->owner);
        break;
    case TokenPrimaryGroup:
        put_one_sid(block, token->primary_group);
        break;
    case TokenDefaultDacl:
        put_default_dacl(block, token);
        break;
    case TokenSource:
        put_source(block, token);
        break;
    case TokenStatistics:
        put_statistics(block, token);
        break;
    case TokenIntegrityLevel:
        put_integrity(block, token);
        break;
    case TokenRestrictedSids:
        put_restricted(block, token);
        break;
    case TokenOrigin:
        put_origin(block, token);
        break;
    case TokenImpersonationLevel:
        if (token->type != TokenImpersonation)
            return STATUS_INVALID_PARAMETER;
        put_ulong(block, token->level);
        break;
    default:
        return put_number(block, token, kind) ? STATUS_SUCCESS : STATUS_INVALID_INFO_CLASS;
    }
    return STATUS_SUCCESS;
}

NTSTATUS se_token_query(void *token, TOKEN_INFORMATION_CLASS kind, void *buffer, uint64_t address,
                        ULONG length, ULONG *out_length)
{
    struct block block = {buffer, address, length, 0};
    NTSTATUS status = put_class(&block, token, kind);
    if (!NT_SUCCESS(status))
        return status;
    *out_length = block.used;
    return block.used <= length ? STATUS_SUCCESS : STATUS_BUFFER_TOO_SMALL;
}
