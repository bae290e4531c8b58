/* SPDX-License-Identifier: MIT */
/* impersonation.c - the client that a thread acts for.
 *
 * Any thread may be given a client or lose it; whoever checks takes a reference first. Invariant:
 * a token is never dereferenced under ps_lock.
 */
#include "ps_internal.h"

void ps_impersonation_get(struct process_thread *thread, struct ps_impersonation *out_client)
{
    *out_client = (struct ps_impersonation){0};
    host_lock_take(&ps_lock);
    if (thread->impersonation_token && !thread->impersonation_disabled) {
        ob_reference(thread->impersonation_token);
        *out_client = (struct ps_impersonation){
            thread->impersonation_token, thread->impersonation_level, thread->impersonation_copies,
            thread->impersonation_effective};
    }
    host_lock_give(&ps_lock);
}

NTSTATUS ps_impersonation_set(struct process_thread *thread, const struct ps_impersonation *client)
{
    void *token = client->token;
    if (token && SeTokenType(token) == TokenImpersonation &&
        client->level > SeTokenImpersonationLevel(token))
        return STATUS_BAD_IMPERSONATION_LEVEL;
    if (token)
        ob_reference(token);
    host_lock_take(&ps_lock);
    void *old = thread->impersonation_token;
    thread->impersonation_token = token;
    thread->impersonation_level = client->level;
    thread->impersonation_copies = client->copies;
    thread->impersonation_effective = client->is_effective;
    host_lock_give(&ps_lock);
    if (old)
        ob_dereference(old);
    return STATUS_SUCCESS;
}
