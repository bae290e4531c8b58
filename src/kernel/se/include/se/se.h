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

NTSTATUS se_init(void); /* after ob_init */
void se_fini(void);
/* The token objects that every process starts with; referenced for the caller. */
void *se_system_token(void);
void *se_user_token(void);
/* Maps generic bits and checks desired against the descriptor (NULL: everything granted). */
NTSTATUS se_check(PSECURITY_DESCRIPTOR descriptor, void *token, ACCESS_MASK desired,
                  const GENERIC_MAPPING *mapping, KPROCESSOR_MODE mode, ACCESS_MASK *out_granted);
/* Self-relative descriptor of an SDDL string as used in device names and INFs; pool, caller frees. */
NTSTATUS se_descriptor_of_sddl(const UNICODE_STRING *sddl, PSECURITY_DESCRIPTOR *out_descriptor);

#endif
