/* SPDX-License-Identifier: MIT */
/* provider.c - who may trace, and how much of it is wanted.
 *
 * A table of slots; a handle is a slot's number and the count of its uses, so that a stale
 * one is known. Writers look at a slot without a lock, at any IRQL; what they look at is
 * changed in one store. The lock guards taking and giving back slots, names and rules; no
 * driver is called under it.
 */
#include <stdatomic.h>
#include <string.h>
#include <strings.h>

#include "callout/callout.h"
#include "etw_internal.h"
#include "host/host.h"
#include "image/image.h"

#define PROVIDERS 2048u
#define RULES     64u

#define CONTROL_DISABLE 0u
#define CONTROL_ENABLE  1u

struct provider {
    _Atomic uint64_t handle;  /* 0: free */
    _Atomic uint32_t enabled; /* level + 1; 0: off */
    _Atomic uint64_t keywords;
    /* Set before handle is, except for name. */
    struct etw_registration registration;
    char name[ETW_NAME_BYTES]; /* guarded by the lock; grows once from empty */
    uint32_t uses;
};

static struct {
    struct host_lock lock; /* guards: taking slots, names, rules */
    struct provider providers[PROVIDERS];
    uint32_t used; /* slots that were ever taken */
    struct etw_rule rules[RULES];
    unsigned rule_count;
} etw;

NTSTATUS etw_init(void)
{
    memset(&etw, 0, sizeof etw);
    etw.rules[0] = (struct etw_rule){.is_all = true, .is_on = true, .level = ETW_LEVEL_ALL};
    etw.rule_count = 1;
    return STATUS_SUCCESS;
}

void etw_fini(void)
{
    etw_sink_set(NULL);
}

static struct provider *provider_of(REGHANDLE handle)
{
    uint64_t slot = (handle & 0xffff) - 1;
    if (slot >= PROVIDERS || !handle || atomic_load(&etw.providers[slot].handle) != handle)
        return NULL;
    return &etw.providers[slot];
}

bool etw_is_handle(REGHANDLE handle)
{
    return provider_of(handle) != NULL;
}

unsigned etw_driver_providers(void)
{
    unsigned count = 0;
    host_lock_take(&etw.lock);
    for (uint32_t i = 0; i < etw.used; i++)
        count += etw.providers[i].handle && !etw.providers[i].registration.is_user;
    host_lock_give(&etw.lock);
    return count;
}

/* ---- switching ----------------------------------------------------------------------- */

static bool rule_concerns(const struct etw_rule *rule, const struct provider *provider)
{
    if (rule->is_all)
        return true;
    if (rule->name[0])
        return !strcasecmp(rule->name, provider->name);
    return !memcmp(&rule->guid, &provider->registration.guid, sizeof(GUID));
}

/* Sets what the rules say. False: it was so already. */
static bool provider_switch_locked(struct provider *provider)
{
    const struct etw_rule *newest = NULL;
    for (unsigned i = 0; i < etw.rule_count; i++)
        if (rule_concerns(&etw.rules[i], provider))
            newest = &etw.rules[i];
    uint32_t enabled = newest && newest->is_on ? newest->level + 1u : 0;
    uint64_t keywords = newest ? newest->keywords : 0;
    bool is_new = enabled != provider->enabled || keywords != provider->keywords;
    atomic_store(&provider->keywords, keywords);
    atomic_store(&provider->enabled, enabled);
    return is_new;
}

/* The driver's routine may be gone: a driver that forgot to take back its registration. */
static void provider_tell(const struct provider *provider)
{
    static const GUID session;
    const struct etw_registration *registration = &provider->registration;
    uint32_t enabled = provider->enabled;
    uint64_t keywords = provider->keywords;
    if (registration->callback && !registration->is_user &&
        image_is_driver_code((uintptr_t)registration->callback))
        callout_etw_enable(registration->callback, &session,
                           enabled ? CONTROL_ENABLE : CONTROL_DISABLE,
                           enabled ? (UCHAR)(enabled - 1) : 0, keywords ? keywords : ~0ull, 0,
                           registration->context);
}

NTSTATUS etw_rule_add(const struct etw_rule *rule)
{
    static const struct etw_rule none;
    host_lock_take(&etw.lock);
    if (etw.rule_count == RULES && !rule->is_all) {
        host_lock_give(&etw.lock);
        return STATUS_QUOTA_EXCEEDED;
    }
    if (rule->is_all)
        etw.rule_count = 0; /* nothing older counts any more */
    etw.rules[etw.rule_count] = none;
    etw.rules[etw.rule_count++] = *rule;
    uint32_t used = etw.used;
    host_lock_give(&etw.lock);
    for (uint32_t i = 0; i < used; i++) {
        struct provider *provider = &etw.providers[i];
        host_lock_take(&etw.lock);
        bool is_new = provider->handle && provider_switch_locked(provider);
        host_lock_give(&etw.lock);
        if (is_new)
            provider_tell(provider);
    }
    return STATUS_SUCCESS;
}

/* ---- registering ------------------------------------------------------------------------ */

/* A free slot, not the one given back last: stale handles are known for longer. */
static struct provider *slot_take_locked(void)
{
    if (etw.used < PROVIDERS)
        return &etw.providers[etw.used++];
    for (uint32_t i = 0; i < PROVIDERS; i++)
        if (!etw.providers[i].handle)
            return &etw.providers[i];
    return NULL;
}

NTSTATUS etw_register(const struct etw_registration *registration, REGHANDLE *out_handle)
{
    struct etw_record record;
    bool is_described =
        record_find(registration->code, ETW_RECORD_PROVIDER, &registration->guid, 0, 0, &record);
    host_lock_take(&etw.lock);
    struct provider *provider = slot_take_locked();
    if (!provider) {
        host_lock_give(&etw.lock);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    provider->registration = *registration;
    provider->name[0] = '\0';
    if (is_described)
        strncat(provider->name, record.texts[0], sizeof provider->name - 1);
    provider->enabled = 0;
    bool is_new = provider_switch_locked(provider);
    uint64_t slot = (uint64_t)(provider - etw.providers);
    *out_handle = (uint64_t)++provider->uses << 16 | (slot + 1);
    atomic_store(&provider->handle, *out_handle);
    host_lock_give(&etw.lock);
    if (is_new)
        provider_tell(provider);
    return STATUS_SUCCESS;
}

NTSTATUS etw_unregister(REGHANDLE handle)
{
    host_lock_take(&etw.lock);
    struct provider *provider = provider_of(handle);
    if (provider)
        atomic_store(&provider->handle, 0);
    host_lock_give(&etw.lock);
    return provider ? STATUS_SUCCESS : STATUS_INVALID_HANDLE;
}

NTSTATUS etw_name_set(REGHANDLE handle, const char *name, size_t length)
{
    host_lock_take(&etw.lock);
    struct provider *provider = provider_of(handle);
    bool is_new = false;
    if (provider && !provider->name[0] && length < sizeof provider->name) {
        memcpy(provider->name, name, length);
        is_new = provider_switch_locked(provider);
    }
    host_lock_give(&etw.lock);
    if (is_new)
        provider_tell(provider);
    return provider ? STATUS_SUCCESS : STATUS_INVALID_HANDLE;
}

/* ---- asking ------------------------------------------------------------------------------ */

static bool is_wanted(const struct provider *provider, uint8_t level, uint64_t keywords)
{
    uint32_t enabled = provider->enabled;
    uint64_t wanted = provider->keywords;
    return level < enabled && (!keywords || !wanted || keywords & wanted);
}

bool etw_enabled(REGHANDLE handle, uint8_t level, uint64_t keywords)
{
    const struct provider *provider = provider_of(handle);
    return provider && is_wanted(provider, level, keywords);
}

bool provider_wants(REGHANDLE handle, uint8_t level, uint64_t keywords, struct etw_face *out_face)
{
    const struct provider *provider = provider_of(handle);
    if (!provider || !is_wanted(provider, level, keywords))
        return false;
    out_face->guid = provider->registration.guid;
    out_face->code = provider->registration.code;
    memcpy(out_face->name, provider->name, sizeof out_face->name);
    out_face->name[sizeof out_face->name - 1] = '\0';
    return true;
}

uint8_t etw_level(REGHANDLE handle)
{
    const struct provider *provider = provider_of(handle);
    uint32_t enabled = provider ? provider->enabled : ETW_LEVEL_ALL + 1u;
    return (uint8_t)(enabled ? enabled - 1 : 0);
}

uint64_t etw_keywords(REGHANDLE handle)
{
    const struct provider *provider = provider_of(handle);
    uint64_t keywords = provider ? provider->keywords : 0;
    return keywords ? keywords : ~0ull;
}
