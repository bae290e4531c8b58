/* SPDX-License-Identifier: MIT */
/* driver_pick.c - which services drive a device: what its Enum key and its class's key say.
 *
 * In: a device that has been identified; out: the names of its drivers in the order in which they
 * are added: the device's lower filters, its class's, the function driver, the device's upper
 * filters, its class's. A name that stands in two lists is there twice, as written.
 */
#include "pnp_internal.h"

static NTSTATUS pick_add(struct driver_picks *picks, const WCHAR *service, bool is_function)
{
    UNICODE_STRING wide, copy;
    struct driver_pick *grown = pnp_allocate((picks->count + 1) * sizeof(*grown));
    RtlInitUnicodeString(&wide, service);
    if (grown == NULL ||
        !NT_SUCCESS(pnp_string_copy(service, wide.Length / sizeof(WCHAR), &copy))) {
        pnp_free(grown);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    if (picks->count != 0)
        memcpy(grown, picks->pick, picks->count * sizeof(*grown));
    grown[picks->count++] = (struct driver_pick){copy.Buffer, is_function};
    pnp_free(picks->pick);
    picks->pick = grown;
    return STATUS_SUCCESS;
}

static NTSTATUS picks_add_filters(struct driver_picks *picks, void *key, const WCHAR *value)
{
    NTSTATUS status = STATUS_SUCCESS;
    WCHAR *list = key != NULL ? key_value_get(key, value, REG_MULTI_SZ, NULL) : NULL;
    for (WCHAR *name = list; NT_SUCCESS(status) && name != NULL && *name != 0;) {
        status = pick_add(picks, name, false);
        while (*name++ != 0)
            ;
    }
    pnp_free(list);
    return status;
}

/* Control\Class\{ClassGUID}; NULL: the device has no class or the class no key. */
void *device_class_key_open(void *device_key)
{
    void *class_key = NULL;
    UNICODE_STRING relative;
    WCHAR *guid = key_value_get(device_key, L"ClassGUID", REG_SZ, NULL);
    if (guid == NULL)
        return NULL;
    RtlInitUnicodeString(&relative, guid);
    if (!NT_SUCCESS(key_open(PNP_CLASS_PATH, &relative, false, &class_key)))
        class_key = NULL;
    pnp_free(guid);
    return class_key;
}

/* Doc: "INF AddFilter", "Installing a Filter Driver", "Adding a PnP Device to a Running System" */
NTSTATUS driver_picks_read(struct device_node *node, struct driver_picks *out_picks)
{
    struct driver_picks picks = {0};
    void *key;
    NTSTATUS status = node_key(node, false, &key);
    if (!NT_SUCCESS(status))
        return status;
    void *class_key = device_class_key_open(key);
    WCHAR *service = key_value_get(key, L"Service", REG_SZ, NULL);
    picks.is_raw = service == NULL || *service == 0;
    status = picks_add_filters(&picks, key, L"LowerFilters");
    if (NT_SUCCESS(status))
        status = picks_add_filters(&picks, class_key, L"LowerFilters");
    if (NT_SUCCESS(status) && !picks.is_raw)
        status = pick_add(&picks, service, true);
    if (NT_SUCCESS(status))
        status = picks_add_filters(&picks, key, L"UpperFilters");
    if (NT_SUCCESS(status))
        status = picks_add_filters(&picks, class_key, L"UpperFilters");
    pnp_free(service);
    if (class_key != NULL)
        key_close(class_key);
    key_close(key);
    if (!NT_SUCCESS(status)) {
        driver_picks_free(&picks);
        return status;
    }
    *out_picks = picks;
    return STATUS_SUCCESS;
}

void driver_picks_free(struct driver_picks *picks)
{
    for (unsigned i = 0; i < picks->count; i++)
        pnp_free(picks->pick[i].service);
    pnp_free(picks->pick);
    *picks = (struct driver_picks){0};
}
