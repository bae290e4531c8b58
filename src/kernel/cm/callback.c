/* SPDX-License-Identifier: MIT */
/* callback.c - drivers that watch the registry: who they are, and asking them.
 *
 * The highest altitude is asked first and told last. A registration is held by rundown
 * protection while an operation passes, so that unregistering waits for it. Invariant: no
 * lock is held while a driver's routine runs.
 */
#include "cm_internal.h"

#include <string.h>

#include "callout/callout.h"

struct registry_callback {
    struct list link; /* guarded by callback_lock */
    EX_RUNDOWN_REF rundown;
    PEX_CALLBACK_FUNCTION routine;
    PVOID context;
    LONGLONG cookie;
    UNICODE_STRING altitude;
};

/* What a driver has put on a key object. */
struct key_context {
    struct list link; /* guarded by callback_lock */
    void *key;        /* no reference: it goes when the key does */
    struct registry_callback *owner;
    PVOID context;
};

static struct host_lock callback_lock; /* guards: callbacks, cookie_last, contexts */
static struct list contexts = LIST_INIT(contexts);
static _Atomic unsigned context_count;
static struct list callbacks = LIST_INIT(callbacks);
static LONGLONG cookie_last;
static _Atomic unsigned callback_count;

bool registry_is_watched(void)
{
    return atomic_load_explicit(&callback_count, memory_order_relaxed) > 0;
}

/* Altitudes are decimal numbers: the longer whole part is the higher one. */
static int altitude_compare(const UNICODE_STRING *a, const UNICODE_STRING *b)
{
    ULONG whole[2] = {0, 0};
    const UNICODE_STRING *text[2] = {a, b};
    for (unsigned i = 0; i < 2; i++)
        while (whole[i] < text[i]->Length / sizeof(WCHAR) && text[i]->Buffer[whole[i]] != '.')
            whole[i]++;
    if (whole[0] != whole[1])
        return whole[0] < whole[1] ? -1 : 1;
    return RtlCompareUnicodeString(a, b, FALSE);
}

NTSTATUS registry_callback_add(PEX_CALLBACK_FUNCTION routine, PCUNICODE_STRING altitude,
                               PVOID context, PLARGE_INTEGER out_cookie)
{
    struct registry_callback *callback =
        ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof *callback, CM_TAG);
    if (!callback)
        return STATUS_INSUFFICIENT_RESOURCES;
    NTSTATUS status = cm_string_copy(altitude, &callback->altitude);
    ExInitializeRundownProtection(&callback->rundown);
    callback->routine = routine;
    callback->context = context;
    struct list *at = &callbacks;
    host_lock_take(&callback_lock);
    list_for_each(node, &callbacks)
    {
        int order = altitude_compare(&list_entry(node, struct registry_callback, link)->altitude,
                                     &callback->altitude);
        /* Those of the old call have no altitude, and may be many. */
        if (order == 0 && callback->altitude.Length > 0)
            status = STATUS_FLT_INSTANCE_ALTITUDE_COLLISION;
        if (order < 0)
            break;
        at = node;
    }
    if (NT_SUCCESS(status)) {
        callback->cookie = ++cookie_last;
        out_cookie->QuadPart = callback->cookie;
        list_insert_after(at, &callback->link);
        atomic_fetch_add(&callback_count, 1);
    }
    host_lock_give(&callback_lock);
    if (!NT_SUCCESS(status)) {
        cm_string_free(&callback->altitude);
        ExFreePoolWithTag(callback, CM_TAG);
    }
    return status;
}

static struct registry_callback *callback_find_locked(LARGE_INTEGER cookie)
{
    list_for_each(node, &callbacks)
    {
        struct registry_callback *callback = list_entry(node, struct registry_callback, link);
        if (callback->cookie == cookie.QuadPart)
            return callback;
    }
    return NULL;
}

bool registry_callback_exists(LARGE_INTEGER cookie)
{
    host_lock_take(&callback_lock);
    bool exists = callback_find_locked(cookie) != NULL;
    host_lock_give(&callback_lock);
    return exists;
}

/* Whose routine this thread is in, and where on its stack; an exception may have left it since. */
static __thread struct {
    const struct registry_callback *callback;
    uintptr_t frame;
} inside;

static NTSTATUS routine_call(const struct registry_callback *callback, REG_NOTIFY_CLASS what,
                             void *information)
{
    uint64_t arguments[3] = {(uint64_t)callback->context, (uint64_t)what, (uint64_t)information};
    const struct registry_callback *above = inside.callback;
    uintptr_t frame = inside.frame;
    inside.callback = callback;
    inside.frame = (uintptr_t)__builtin_frame_address(0);
    NTSTATUS status = (NTSTATUS)callout_invoke(callback->routine, arguments, 3);
    inside.callback = above;
    inside.frame = frame;
    return status;
}

/* What a routine does itself is told only to those below it.
 *
 * Doc: "Supporting Layered Registry Filtering Drivers": does not restart at the top of the stack
 */
static bool is_below_locked(const struct registry_callback *callback)
{
    if (!inside.callback || (uintptr_t)__builtin_frame_address(0) >= inside.frame)
        return true;
    for (struct list *node = callback->link.previous; node != &callbacks; node = node->previous)
        if (list_entry(node, struct registry_callback, link) == inside.callback)
            return true;
    return false;
}

/* ---- contexts -------------------------------------------------------------------------- */

static struct key_context *context_find_locked(const void *key,
                                               const struct registry_callback *owner)
{
    list_for_each(node, &contexts)
    {
        struct key_context *context = list_entry(node, struct key_context, link);
        if ((!key || context->key == key) && (!owner || context->owner == owner))
            return context;
    }
    return NULL;
}

static PVOID context_of(const void *key, const struct registry_callback *owner)
{
    PVOID value = NULL;
    if (!key || atomic_load(&context_count) == 0)
        return NULL;
    host_lock_take(&callback_lock);
    struct key_context *context = context_find_locked(key, owner);
    if (context)
        value = context->context;
    host_lock_give(&callback_lock);
    return value;
}

/* Takes contexts off and tells their owners, who may free what they point at. */
static void contexts_clean(void *key, struct registry_callback *owner)
{
    for (;;) {
        host_lock_take(&callback_lock);
        struct key_context *context = context_find_locked(key, owner);
        /* An owner that is leaving cleans up itself. */
        bool is_ours = context && (owner || ExAcquireRundownProtection(&context->owner->rundown));
        if (is_ours) {
            list_remove(&context->link);
            atomic_fetch_sub(&context_count, 1);
        } else if (context) {
            context->key = NULL;
        }
        host_lock_give(&callback_lock);
        if (!context)
            return;
        if (!is_ours)
            continue;
        REG_CALLBACK_CONTEXT_CLEANUP_INFORMATION information = {.Object = key ? key : context->key,
                                                                .ObjectContext = context->context};
        routine_call(context->owner, RegNtCallbackObjectContextCleanup, &information);
        if (!owner)
            ExReleaseRundownProtection(&context->owner->rundown);
        ExFreePoolWithTag(context, CM_TAG);
    }
}

void registry_key_gone(void *key)
{
    if (atomic_load(&context_count) > 0)
        contexts_clean(key, NULL);
}

NTSTATUS registry_context_set(void *key, LARGE_INTEGER cookie, PVOID value, PVOID *out_old)
{
    struct key_context *fresh = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof *fresh, CM_TAG);
    PVOID old = NULL;
    if (!fresh)
        return STATUS_INSUFFICIENT_RESOURCES;
    host_lock_take(&callback_lock);
    struct registry_callback *owner = callback_find_locked(cookie);
    struct key_context *context = owner ? context_find_locked(key, owner) : NULL;
    if (context) {
        old = context->context;
        context->context = value;
    } else if (owner) {
        *fresh = (struct key_context){.key = key, .owner = owner, .context = value};
        list_push_back(&contexts, &fresh->link);
        atomic_fetch_add(&context_count, 1);
        fresh = NULL;
    }
    host_lock_give(&callback_lock);
    if (fresh)
        ExFreePoolWithTag(fresh, CM_TAG);
    if (owner && out_old)
        *out_old = old;
    return owner ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

/* ---- asking and telling ---------------------------------------------------------------- */

NTSTATUS registry_callback_remove(LARGE_INTEGER cookie)
{
    host_lock_take(&callback_lock);
    struct registry_callback *found = callback_find_locked(cookie);
    if (found) {
        list_remove(&found->link);
        atomic_fetch_sub(&callback_count, 1);
    }
    host_lock_give(&callback_lock);
    if (!found)
        return STATUS_INVALID_PARAMETER;
    ExWaitForRundownProtectionRelease(&found->rundown);
    contexts_clean(NULL, found);
    cm_string_free(&found->altitude);
    ExFreePoolWithTag(found, CM_TAG);
    return STATUS_SUCCESS;
}

NTSTATUS registry_before(struct registry_operation *operation)
{
    struct registry_callback *all[REGISTRY_WATCHERS_MAX];
    unsigned count = 0;
    host_lock_take(&callback_lock);
    list_for_each(node, &callbacks)
    {
        struct registry_callback *callback = list_entry(node, struct registry_callback, link);
        if (count < REGISTRY_WATCHERS_MAX && is_below_locked(callback) &&
            ExAcquireRundownProtection(&callback->rundown))
            all[count++] = callback;
    }
    host_lock_give(&callback_lock);
    NTSTATUS status = STATUS_SUCCESS;
    operation->count = 0;
    for (unsigned i = 0; i < count; i++) {
        if (status != STATUS_SUCCESS) {
            /* Who has not been asked is not told either. */
            ExReleaseRundownProtection(&all[i]->rundown);
            continue;
        }
        operation->call_context[0] = NULL;
        /* The context on the object follows in each of the structures. */
        operation->call_context[1] = context_of(operation->subject, all[i]);
        status = routine_call(all[i], operation->before, operation->information);
        /* Who has decided the outcome itself is not told of it. */
        if (status == STATUS_SUCCESS) {
            operation->watchers[operation->count] = all[i];
            operation->contexts[operation->count++] = *operation->call_context;
        } else {
            ExReleaseRundownProtection(&all[i]->rundown);
        }
    }
    return status;
}

NTSTATUS registry_after(struct registry_operation *operation, NTSTATUS status)
{
    bool is_decided = status == STATUS_CALLBACK_BYPASS;
    NTSTATUS result = is_decided ? STATUS_SUCCESS : status;
    while (operation->count-- > 0) {
        struct registry_callback *callback = operation->watchers[operation->count];
        REG_POST_OPERATION_INFORMATION information = {
            .Object = operation->object,
            .Status = result,
            .PreInformation = operation->information,
            .ReturnStatus = result,
            .CallContext = operation->contexts[operation->count],
            .ObjectContext = context_of(operation->object, callback),
        };
        if (routine_call(callback, operation->after, &information) == STATUS_CALLBACK_BYPASS)
            result = information.ReturnStatus;
        ExReleaseRundownProtection(&callback->rundown);
    }
    return result;
}
