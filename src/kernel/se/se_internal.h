/* SPDX-License-Identifier: MIT */
/* se_internal.h - identifiers, lists and descriptors as this room handles them. */
#ifndef SE_INTERNAL_H
#define SE_INTERNAL_H

#include <stdatomic.h>

#include "base/assert.h"
#include "ke/ke.h"
#include "ex/ex.h"
#include "ob/ob.h"
#include "rtl/rtl.h"
#include "se/se.h"

#define SE_TAG 'eSoc'

/* ---- identifiers (sid.c) ---- */

struct fixed_sid {
    UCHAR revision, count;
    UCHAR authority[6];
    ULONG sub[5];
};

extern const struct fixed_sid sid_null, sid_world, sid_local, sid_creator_owner, sid_creator_group,
    sid_owner_rights, sid_nt, sid_dialup, sid_network, sid_batch, sid_interactive, sid_service,
    sid_anonymous, sid_self, sid_authenticated, sid_restricted, sid_system, sid_local_service,
    sid_network_service, sid_admins, sid_users, sid_guests, sid_power_users, sid_account_ops,
    sid_system_ops, sid_print_ops, sid_backup_ops, sid_iuser, sid_untrusted, sid_low, sid_medium,
    sid_high, sid_system_level, sid_user_drivers, sid_all_packages, sid_write_restricted, sid_owner,
    sid_owner_group;

#define SID_OF(fixed) ((PSID)(uintptr_t)&(fixed))

bool sid_is_valid(const SID *sid);
ULONG sid_length(const SID *sid);
bool sid_equals(const SID *a, const SID *b);
/* "S-1-5-18" at text; *in_out_at moves behind it. */
NTSTATUS sid_parse(const WCHAR *text, ULONG count, ULONG *in_out_at, SE_SID *out_sid);

/* ---- lists (acl.c) ---- */

/* The list's own numbers are right: every ACE lies inside, every SID inside its ACE. */
bool acl_is_valid(const ACL *acl);
/* The first byte behind the last ACE; NULL: there is no room or the list is damaged. */
void *acl_end(const ACL *acl);
NTSTATUS acl_add(ACL *acl, UCHAR type, ULONG flags, ACCESS_MASK mask, PSID sid, ULONG revision);
/* An ACE of an object's part: which, and of which kind of heirs, stands between mask and SID. */
struct object_ace {
    ACE_HEADER header;
    ACCESS_MASK mask;
    ULONG present; /* OBJECT_ACE_… */
    GUID types[];
};

#define OBJECT_ACE_TYPE      1u
#define OBJECT_ACE_INHERITED 2u

/* Is it one of those (in any list: allowed, denied, audit, alarm)? */
static inline bool ace_is_of_object(UCHAR type)
{
    return type >= ACCESS_MIN_MS_OBJECT_ACE_TYPE && type <= ACCESS_MAX_MS_OBJECT_ACE_TYPE;
}

/* The SID of an ACE that has one behind the mask; NULL: another kind of ACE. */
SID *ace_sid(const ACE_HEADER *ace);

/* ---- descriptors (descriptor.c) ---- */

/* Where the parts are, in either form. */
struct descriptor_parts {
    SECURITY_DESCRIPTOR_CONTROL control;
    SID *owner, *group;
    ACL *sacl, *dacl; /* NULL with the present bit: everything is allowed */
};
void descriptor_parts(PSECURITY_DESCRIPTOR descriptor, struct descriptor_parts *out_parts);
ULONG descriptor_parts_length(const struct descriptor_parts *parts);
/* Writes a self-relative descriptor of descriptor_parts_length bytes. */
void descriptor_build(const struct descriptor_parts *parts, void *buffer);
NTSTATUS descriptor_make(const struct descriptor_parts *parts, ULONG tag,
                         PSECURITY_DESCRIPTOR *out_descriptor, ULONG *out_length);
bool descriptor_is_valid(PSECURITY_DESCRIPTOR descriptor);
bool descriptor_relative_is_valid(PSECURITY_DESCRIPTOR descriptor, ULONG length,
                                  SECURITY_INFORMATION required);

/* ---- tokens (token.c) ---- */

#define TOKEN_GROUPS_MAX 12

struct token {
    TOKEN_TYPE type;
    SECURITY_IMPERSONATION_LEVEL level;
    LUID id, authentication_id;
    const struct fixed_sid *user, *owner, *primary_group, *integrity;
    unsigned group_count;
    struct {
        const struct fixed_sid *sid;
        ULONG attributes;
    } groups[TOKEN_GROUPS_MAX];          /* set once */
    uint64_t privileges;                 /* bit n: has privilege n; set once */
    _Atomic uint64_t privileges_enabled; /* bit n: may use it */
    uint64_t privileges_default;         /* set once */
    char source[TOKEN_SOURCE_LENGTH];
    bool is_elevated;
    /* A token with restricting SIDs passes a check only if these alone pass it as well. */
    unsigned restricted_count;
    bool is_write_restricted;                      /* only where writing is asked for */
    struct fixed_sid restricted[TOKEN_GROUPS_MAX]; /* set once */
    _Atomic ULONG session;
};

/* Another token object with the same contents and an id of its own. */
NTSTATUS token_copy(const struct token *from, struct token **out_token);
/* Do the restricting SIDs name sid? */
bool token_is_restricted_to(const struct token *token, const SID *sid);

NTSTATUS tokens_create(void);
void tokens_fini(void);
/* Does the token speak for sid? is_deny: groups that only deny count as well. */
bool token_has_sid(const struct token *token, const SID *sid, bool is_deny);
/* The tokens in whose name the running thread acts; see se_subject_fn. */
void subject_capture(void *thread, void *process, void **out_primary, void **out_client);
extern ACL *system_default_dacl, *public_default_dacl;

/* ---- checks (access.c) ---- */

ACCESS_MASK access_map(ACCESS_MASK access, const GENERIC_MAPPING *mapping);
NTSTATUS access_check(PSECURITY_DESCRIPTOR descriptor, struct token *token, ACCESS_MASK desired,
                      ACCESS_MASK granted_before, const GENERIC_MAPPING *mapping,
                      ACCESS_MASK *out_granted);

#endif
