/* SPDX-License-Identifier: MIT */
/* token.c - tokens: who a thread acts for.
 *
 * There are two: the kernel's (SYSTEM) and the machine owner's, a member of Administrators.
 * All but the set of enabled privileges is set once.
 */
#include "se_internal.h"

#include <string.h>

#define GROUP_ON (SE_GROUP_MANDATORY | SE_GROUP_ENABLED_BY_DEFAULT | SE_GROUP_ENABLED)
#define ALL_PRIVILEGES                                   \
    (((1ull << (SE_MAX_WELL_KNOWN_PRIVILEGE + 1)) - 1) & \
     ~((1ull << SE_MIN_WELL_KNOWN_PRIVILEGE) - 1))
#define BIT(privilege) (1ull << (privilege))

struct object_type *se_token_type;
static struct token *system_token, *user_token;
static se_subject_fn *_Atomic subject_of;
static _Atomic ULONG id_last;

/* A program may see who the system is, not become it. */
static ACCESS_MASK token_limit(const void *body)
{
    return body == system_token ? TOKEN_QUERY | READ_CONTROL : ~(ACCESS_MASK)0;
}

static const struct object_type_ops token_ops = {
    .user_limit = token_limit,
    .mapping = {TOKEN_READ, TOKEN_WRITE, TOKEN_EXECUTE, TOKEN_ALL_ACCESS},
    .valid_access = TOKEN_ALL_ACCESS,
};

static NTSTATUS token_create(const struct fixed_sid *user, const char *source,
                             struct token **out_token)
{
    struct token *token;
    NTSTATUS status = ob_create(se_token_type, sizeof *token, (void **)&token);
    if (!NT_SUCCESS(status))
        return status;
    token->type = TokenPrimary;
    token->level = SecurityImpersonation;
    token->id.LowPart = atomic_fetch_add(&id_last, 1) + 0x400;
    token->user = user;
    token->owner = &sid_admins;
    strncpy(token->source, source, sizeof token->source);
    *out_token = token;
    return STATUS_SUCCESS;
}

NTSTATUS token_copy(const struct token *from, struct token **out_token)
{
    struct token *token;
    NTSTATUS status = ob_create(se_token_type, sizeof *token, (void **)&token);
    if (!NT_SUCCESS(status))
        return status;
    memcpy(token, from, sizeof *token);
    token->id.LowPart = atomic_fetch_add(&id_last, 1) + 0x400;
    *out_token = token;
    return STATUS_SUCCESS;
}

bool token_is_restricted_to(const struct token *token, const SID *sid)
{
    for (unsigned i = 0; i < token->restricted_count; i++)
        if (sid_equals(SID_OF(token->restricted[i]), sid))
            return true;
    return false;
}

static void group_add(struct token *token, const struct fixed_sid *sid, ULONG attributes)
{
    COVE_ASSERT(token->group_count < TOKEN_GROUPS_MAX);
    token->groups[token->group_count].sid = sid;
    token->groups[token->group_count++].attributes = attributes;
}

NTSTATUS tokens_create(void)
{
    NTSTATUS status = ob_type_create("Token", &token_ops, &se_token_type);
    if (NT_SUCCESS(status))
        status = token_create(&sid_system, "*SYSTEM*", &system_token);
    if (NT_SUCCESS(status))
        status = token_create(&sid_owner, "Cove", &user_token);
    if (!NT_SUCCESS(status))
        return status;
    system_token->authentication_id = (LUID)SYSTEM_LUID;
    system_token->primary_group = &sid_system;
    system_token->integrity = &sid_system_level;
    system_token->is_elevated = true;
    system_token->privileges = ALL_PRIVILEGES;
    system_token->privileges_default = system_token->privileges_enabled = ALL_PRIVILEGES;
    group_add(system_token, &sid_admins,
              SE_GROUP_ENABLED_BY_DEFAULT | SE_GROUP_ENABLED | SE_GROUP_OWNER);
    group_add(system_token, &sid_world, GROUP_ON);
    group_add(system_token, &sid_authenticated, GROUP_ON);
    group_add(system_token, &sid_system_level, SE_GROUP_INTEGRITY | SE_GROUP_INTEGRITY_ENABLED);

    user_token->authentication_id.LowPart = 0x10000;
    user_token->primary_group = &sid_owner_group;
    user_token->integrity = &sid_high;
    user_token->is_elevated = true;
    user_token->privileges =
        ALL_PRIVILEGES & ~(BIT(SE_TCB_PRIVILEGE) | BIT(SE_CREATE_TOKEN_PRIVILEGE) |
                           BIT(SE_ASSIGNPRIMARYTOKEN_PRIVILEGE) | BIT(SE_LOCK_MEMORY_PRIVILEGE) |
                           BIT(SE_AUDIT_PRIVILEGE) | BIT(SE_CREATE_PERMANENT_PRIVILEGE));
    user_token->privileges_default = BIT(SE_CHANGE_NOTIFY_PRIVILEGE) |
                                     BIT(SE_IMPERSONATE_PRIVILEGE) |
                                     BIT(SE_CREATE_GLOBAL_PRIVILEGE);
    user_token->privileges_enabled = user_token->privileges_default;
    group_add(user_token, &sid_owner_group, GROUP_ON);
    group_add(user_token, &sid_world, GROUP_ON);
    group_add(user_token, &sid_admins, GROUP_ON | SE_GROUP_OWNER);
    group_add(user_token, &sid_users, GROUP_ON);
    group_add(user_token, &sid_interactive, GROUP_ON);
    group_add(user_token, &sid_authenticated, GROUP_ON);
    group_add(user_token, &sid_local, GROUP_ON);
    group_add(user_token, &sid_high, SE_GROUP_INTEGRITY | SE_GROUP_INTEGRITY_ENABLED);
    return STATUS_SUCCESS;
}

void tokens_fini(void)
{
    ob_dereference(user_token);
    ob_dereference(system_token);
    user_token = system_token = NULL;
}

void *se_system_token(void)
{
    ob_reference(system_token);
    return system_token;
}

void *se_user_token(void)
{
    ob_reference(user_token);
    return user_token;
}

bool token_has_sid(const struct token *token, const SID *sid, bool is_deny)
{
    if (sid_equals(SID_OF(*token->user), sid))
        return true;
    for (unsigned i = 0; i < token->group_count; i++) {
        ULONG attributes = token->groups[i].attributes;
        bool counts = (attributes & SE_GROUP_ENABLED) ||
                      (is_deny && (attributes & SE_GROUP_USE_FOR_DENY_ONLY));
        if (counts && sid_equals(SID_OF(*token->groups[i].sid), sid))
            return true;
    }
    return false;
}

bool se_privilege_is_enabled(void *token, ULONG privilege)
{
    return privilege < 64 &&
           (atomic_load(&((struct token *)token)->privileges_enabled) & BIT(privilege));
}

bool se_privilege_enable(void *body, ULONG privilege, bool is_enabled, bool *out_was_enabled)
{
    struct token *token = body;
    if (privilege >= 64 || !(token->privileges & BIT(privilege)))
        return false;
    uint64_t old = is_enabled ? atomic_fetch_or(&token->privileges_enabled, BIT(privilege))
                              : atomic_fetch_and(&token->privileges_enabled, ~BIT(privilege));
    if (out_was_enabled)
        *out_was_enabled = old & BIT(privilege);
    return true;
}

void se_subject_set(se_subject_fn *subject)
{
    atomic_store(&subject_of, subject);
}

void subject_capture(void *thread, void *process, void **out_primary, void **out_client)
{
    se_subject_fn *subject = atomic_load(&subject_of);
    if (subject) {
        subject(thread, process, out_primary, out_client);
    } else {
        *out_primary = se_system_token();
        *out_client = NULL;
    }
}
