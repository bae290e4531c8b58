/* SPDX-License-Identifier: MIT */
/* service_list.c - Services\<name>\Enum: which devices a service drives, for as long as they run.
 *
 * A volatile key with Count, NextInstance and a value "0", "1", ... for each device's instance.
 */
#include "pnp_internal.h"

#include "cm/cm.h"

static NTSTATUS list_open(struct device_node *node, bool create, void **out_key)
{
    void *service;
    if (node->service.Length == 0)
        return STATUS_OBJECT_NAME_NOT_FOUND;
    NTSTATUS status = key_open(PNP_SERVICES_PATH, &node->service, false, &service);
    if (!NT_SUCCESS(status))
        return status;
    status = key_child_open(service, L"Enum", create, REG_OPTION_VOLATILE, out_key);
    key_close(service);
    return status;
}

static void number_text(ULONG number, WCHAR *out_text)
{
    WCHAR digits[12];
    unsigned count = 0;
    do {
        digits[count++] = (WCHAR)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    for (unsigned i = 0; i < count; i++)
        out_text[i] = digits[count - 1 - i];
    out_text[count] = 0;
}

void service_device_add(struct device_node *node)
{
    void *key;
    WCHAR name[12];
    ULONG count = 0;
    if (!NT_SUCCESS(list_open(node, true, &key)))
        return;
    (void)key_number_get(key, L"Count", &count);
    number_text(count, name);
    if (NT_SUCCESS(key_value_set(key, name, REG_SZ, node->instance.Buffer,
                                 node->instance.Length + (ULONG)sizeof(WCHAR)))) {
        (void)key_number_set(key, L"Count", count + 1);
        (void)key_number_set(key, L"NextInstance", count + 1);
        node->flags |= NODE_IS_SHARED;
    }
    key_close(key);
}

static bool is_this(void *key, ULONG at, const UNICODE_STRING *instance)
{
    WCHAR name[12];
    UNICODE_STRING value;
    number_text(at, name);
    WCHAR *text = key_value_get(key, name, REG_SZ, NULL);
    if (text == NULL)
        return false;
    RtlInitUnicodeString(&value, text);
    bool is_same = RtlEqualUnicodeString(&value, instance, TRUE);
    pnp_free(text);
    return is_same;
}

/* The last one takes the place of the one that goes. */
void service_device_remove(struct device_node *node)
{
    void *key;
    WCHAR name[12], last[12];
    UNICODE_STRING wide;
    ULONG count = 0, at = 0;
    if (!node_is(node, NODE_IS_SHARED) || !NT_SUCCESS(list_open(node, false, &key)))
        return;
    node->flags &= ~NODE_IS_SHARED;
    (void)key_number_get(key, L"Count", &count);
    while (at < count && !is_this(key, at, &node->instance))
        at++;
    if (at < count) {
        number_text(at, name);
        number_text(count - 1, last);
        WCHAR *moved = key_value_get(key, last, REG_SZ, NULL);
        if (moved != NULL && at != count - 1)
            (void)key_text_set(key, name, moved);
        pnp_free(moved);
        RtlInitUnicodeString(&wide, last);
        (void)cm_value_delete(key, &wide);
        (void)key_number_set(key, L"Count", count - 1);
        (void)key_number_set(key, L"NextInstance", count - 1);
    }
    key_close(key);
}
