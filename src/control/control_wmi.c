/* SPDX-License-Identifier: MIT */
/* control_wmi.c - wmi list, query, set: the instrumentation blocks of devices, in JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control_internal.h"
#include "io/io.h"
#include "rtl/rtl.h"

static void guid_add(cJSON *item, const GUID *guid)
{
    char text[40];

    snprintf(text, sizeof text, "{%08lx-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x}",
             (unsigned long)guid->Data1, guid->Data2, guid->Data3, guid->Data4[0], guid->Data4[1],
             guid->Data4[2], guid->Data4[3], guid->Data4[4], guid->Data4[5], guid->Data4[6],
             guid->Data4[7]);
    cJSON_AddStringToObject(item, "guid", text);
}

/* "{…}" of 38 characters. */
static bool guid_read(const char *text, GUID *out_guid)
{
    UNICODE_STRING wide;
    NTSTATUS status = rtl_unicode_of(text, &wide);

    if (!NT_SUCCESS(status))
        return false;
    status = RtlGUIDFromString(&wide, out_guid);
    RtlFreeUnicodeString(&wide);
    return NT_SUCCESS(status);
}

static void block_add(DEVICE_OBJECT *device, const WMIREGGUIDW *block, void *list)
{
    cJSON *item = cJSON_CreateObject();
    char *driver = rtl_utf8_of(&device->DriverObject->DriverName);

    guid_add(item, &block->Guid);
    cJSON_AddStringToObject(item, "driver", driver ? driver : "?");
    cJSON_AddNumberToObject(item, "instances", block->InstanceCount);
    cJSON_AddBoolToObject(item, "is_event", (block->Flags & WMIREG_FLAG_EVENT_ONLY_GUID) != 0);
    cJSON_AddItemToArray(list, item);
    rtl_free(driver);
}

static void instance_add(const UNICODE_STRING *instance, const void *data, ULONG size, void *list)
{
    cJSON *item = cJSON_CreateObject();
    char *name = rtl_utf8_of(instance), *hex = malloc(size * 2 + 1);

    for (ULONG i = 0; hex && i < size; i++)
        snprintf(hex + i * 2, 3, "%02x", ((const unsigned char *)data)[i]);
    if (hex)
        hex[size * 2] = '\0';
    cJSON_AddStringToObject(item, "instance", name ? name : "?");
    cJSON_AddStringToObject(item, "data", hex ? hex : "");
    cJSON_AddItemToArray(list, item);
    free(hex);
    rtl_free(name);
}

static void outcome(server_control *control, NTSTATUS status, cJSON *reply)
{
    if (NT_SUCCESS(status)) {
        control_reply(control, 0, reply);
        return;
    }
    cJSON_Delete(reply);
    control_fail(control, (uint32_t)status, rtl_status_text(status));
}

static NTSTATUS set(const GUID *guid, const char *instance, const char *hex)
{
    size_t size = strlen(hex) / 2;
    unsigned char *data = malloc(size + 1);
    UNICODE_STRING name;
    NTSTATUS status = data ? rtl_unicode_of(instance, &name) : STATUS_NO_MEMORY;

    if (NT_SUCCESS(status)) {
        unsigned byte;
        for (size_t i = 0; i < size && sscanf(hex + i * 2, "%2x", &byte) == 1; i++)
            data[i] = (unsigned char)byte;
        status = io_wmi_set(guid, &name, data, (ULONG)size);
        RtlFreeUnicodeString(&name);
    }
    free(data);
    return status;
}

/* list | query GUID | set GUID INSTANCE HEX */
void control_wmi(server_control *control, unsigned count, char **words)
{
    cJSON *list = cJSON_CreateArray();
    NTSTATUS status = STATUS_SUCCESS;
    GUID guid;

    if (count > 1 && !guid_read(words[1], &guid)) {
        cJSON_Delete(list);
        control_fail(control, CONTROL_BAD_REQUEST,
                     "a block is named by its GUID, {xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx}");
        return;
    }
    if (!strcmp(words[0], "query") && count == 2)
        status = io_wmi_query(&guid, instance_add, list);
    else if (!strcmp(words[0], "set") && count == 4)
        status = set(&guid, words[2], words[3]);
    else
        io_wmi_visit(block_add, list);
    outcome(control, status, list);
}
