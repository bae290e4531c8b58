/* SPDX-License-Identifier: MIT */
/* se.h - tokens, SIDs, security descriptors, access checks.
 *
 * The core has one user (the machine's owner, a member of Administrators, SYSTEM for the
 * kernel). Access checks are real checks over real ACLs; a caller in kernel mode passes.
 * SeXxx and RtlXxxSid/Acl/SecurityDescriptor contract functions live here.
 */
#ifndef SE_SE_H
#define SE_SE_H

#include <stdbool.h>
#include <stdint.h>

#include <ntifs.h>

extern struct object_type *se_token_type;

NTSTATUS se_init(void); /* after ob_init */
void se_fini(void);
/* The token objects that every process starts with; referenced for the caller. */
void *se_system_token(void);
void *se_user_token(void);
/* Maps generic bits and checks desired against the descriptor (NULL: everything granted). */
NTSTATUS se_check(PSECURITY_DESCRIPTOR descriptor, void *token, ACCESS_MASK desired,
                  const GENERIC_MAPPING *mapping, KPROCESSOR_MODE mode, ACCESS_MASK *out_granted);
/* Self-relative descriptor of an SDDL string as used in device names and INFs; pool, caller frees.
 */
NTSTATUS se_descriptor_of_sddl(const UNICODE_STRING *sddl, PSECURITY_DESCRIPTOR *out_descriptor);

/* ps's part: the tokens of a thread of a process (NULL: the running ones). Both referenced;
 * *out_client is NULL when the thread does not impersonate. Not set: the system token. */
typedef void se_subject_fn(void *thread, void *process, void **out_primary, void **out_client);
void se_subject_set(se_subject_fn *subject);
/* A documented information class of a token into kernel memory that the reader will see at
 * `address` (the program's buffer, or the same): the SIDs lie behind the structure and are
 * pointed at there. Errors: STATUS_BUFFER_TOO_SMALL with *out_length what is needed,
 * STATUS_INVALID_INFO_CLASS, STATUS_INVALID_PARAMETER. */
NTSTATUS se_token_query(void *token, TOKEN_INFORMATION_CLASS kind, void *buffer, uint64_t address,
                        ULONG length, ULONG *out_length);
/* A copy of another type or level. Errors: STATUS_BAD_IMPERSONATION_LEVEL,
 * STATUS_INVALID_PARAMETER. */
NTSTATUS se_token_duplicate(void *token, TOKEN_TYPE type, SECURITY_IMPERSONATION_LEVEL level,
                            void **out_token);
/* Enables or disables one privilege; false: the token does not have it. */
bool se_privilege_enable(void *token, ULONG privilege, bool is_enabled, bool *out_was_enabled);
bool se_privilege_is_enabled(void *token, ULONG privilege);

#endif
