/* SPDX-License-Identifier: MIT */
/* scm_trigger.c - services that start or stop when a device interface of a class arrives.
 *
 * A service's triggers are subkeys of its key, TriggerInfo\0 and so on: Type, Action, GUID, and
 * DataType0 with Data0, a hardware ID that the device must have. Who writes one also names the
 * service in Control\ServiceTriggers\{class}, so that an arrival that nobody waits for costs one
 * look. What stands there is only a hint; the service's key decides.
 * Doc: ns-winsvc-service_trigger, "INF AddService Directive" (AddTrigger)
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cm/cm.h"
#include "ob/ob.h"
#include "pnp/interface.h"
#include "pnp/notice.h"
#include "rtl/rtl.h"
#include "scm_internal.h"

#define CONTROL_SET   "\\Registry\\Machine\\System\\CurrentControlSet\\"
#define TRIGGERS      CONTROL_SET "Control\\ServiceTriggers"
#define TRIGGERS_MOST 64u
#define DATA_MOST     512u
#define IDS_MOST      4096u

enum { TYPE_INTERFACE_ARRIVAL = 1 };        /* SERVICE_TRIGGER_TYPE_* */
enum { ACTION_START = 1, ACTION_STOP = 2 }; /* SERVICE_TRIGGER_ACTION_* */
enum { DATA_STRING = 2 };                   /* SERVICE_TRIGGER_DATA_TYPE_* */

struct arrival {
    GUID class_guid;
    char *instance; /* the device's, in UTF-8 */
};

static void arrival_free(struct arrival *arrival)
{
    rtl_free(arrival->instance);
    free(arrival);
}

static void *key_open(const char *path)
{
    UNICODE_STRING name;
    OBJECT_ATTRIBUTES attributes;
    void *key = NULL;
    if (!NT_SUCCESS(rtl_unicode_of(path, &name)))
        return NULL;
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    if (!NT_SUCCESS(cm_key_open(&attributes, KEY_READ, KernelMode, false, 0, NULL, &key)))
        key = NULL;
    RtlFreeUnicodeString(&name);
    return key;
}

static void guid_text(const GUID *guid, char out[39])
{
    snprintf(out, 39, "{%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x}", (unsigned)guid->Data1,
             guid->Data2, guid->Data3, guid->Data4[0], guid->Data4[1], guid->Data4[2],
             guid->Data4[3], guid->Data4[4], guid->Data4[5], guid->Data4[6], guid->Data4[7]);
}

/* ---- does it fit? ------------------------------------------------------------------------------
 */

static bool list_has(void *key, PCWSTR value, const UNICODE_STRING *wanted)
{
    WCHAR *ids = calloc(IDS_MOST + 2, sizeof *ids);
    bool is_found = false;
    if (ids)
        (void)scm_key_bytes(key, value, ids, IDS_MOST * sizeof *ids);
    for (const WCHAR *at = ids; at && *at && !is_found;) {
        UNICODE_STRING id;
        RtlInitUnicodeString(&id, at);
        is_found = RtlEqualUnicodeString(&id, wanted, TRUE);
        at += id.Length / sizeof *at + 1;
    }
    free(ids);
    return is_found;
}

/* Without a hardware ID every device of the class will do. */
static bool device_fits(void *trigger, const struct arrival *arrival)
{
    WCHAR text[DATA_MOST] = {0};
    char path[1024];
    UNICODE_STRING wanted;
    if (scm_key_number(trigger, L"DataType0", 0) != DATA_STRING)
        return true;
    (void)scm_key_bytes(trigger, L"Data0", text, sizeof text - sizeof *text);
    RtlInitUnicodeString(&wanted, text);
    snprintf(path, sizeof path, CONTROL_SET "Enum\\%s", arrival->instance);
    void *device = key_open(path);
    bool fits = device && (list_has(device, L"HardwareID", &wanted) ||
                           list_has(device, L"CompatibleIDs", &wanted));
    if (device)
        ObDereferenceObject(device);
    return fits;
}

/* What the service's n-th trigger wants done; 0: nothing. ~0: there are no more. */
static uint32_t action_of(const char *service, unsigned index, const struct arrival *arrival)
{
    char path[320];
    void *trigger;
    GUID guid;
    snprintf(path, sizeof path, "%s\\TriggerInfo\\%u", service, index);
    if (scm_key_open(path, false, &trigger))
        return ~0u;
    bool fits = scm_key_number(trigger, L"Type", 0) == TYPE_INTERFACE_ARRIVAL &&
                scm_key_bytes(trigger, L"GUID", &guid, sizeof guid) == sizeof guid &&
                !memcmp(&guid, &arrival->class_guid, sizeof guid) && device_fits(trigger, arrival);
    uint32_t action = fits ? scm_key_number(trigger, L"Action", 0) : 0;
    ObDereferenceObject(trigger);
    return action;
}

static void service_look(const char *service, const struct arrival *arrival)
{
    char error[256] = "";
    struct scm_status status;
    uint32_t action = 0, result = NO_ERROR;
    for (unsigned i = 0; i < TRIGGERS_MOST && !action; i++)
        action = action_of(service, i, arrival);
    if (action == ACTION_START)
        result = scm_start(service, NULL, error, sizeof error);
    else if (action == ACTION_STOP)
        result = scm_stop(service, &status, error, sizeof error);
    if (result && result != ERROR_SERVICE_ALREADY_RUNNING && result != ERROR_SERVICE_NOT_ACTIVE)
        rtl_debug_printf("cove: a device triggers service %s: error %u%s%s\n", service, result,
                         *error ? ": " : "", error);
}

/* ---- arrivals ----------------------------------------------------------------------------------
 */

static void *class_open(const GUID *class_guid)
{
    char path[sizeof TRIGGERS + 40] = TRIGGERS "\\";
    guid_text(class_guid, path + sizeof TRIGGERS);
    return key_open(path);
}

static void arrival_run(void *context)
{
    struct arrival *arrival = context;
    struct {
        KEY_VALUE_BASIC_INFORMATION information;
        WCHAR rest[256];
    } buffer;
    ULONG length;
    void *key = class_open(&arrival->class_guid);
    for (ULONG i = 0; key && NT_SUCCESS(cm_value_enumerate(key, i, KeyValueBasicInformation,
                                                           &buffer, sizeof buffer, &length));
         i++) {
        USHORT bytes = (USHORT)buffer.information.NameLength;
        UNICODE_STRING name = {bytes, bytes, buffer.information.Name};
        char *service = rtl_utf8_of(&name);
        if (service)
            service_look(service, arrival);
        rtl_free(service);
    }
    if (key)
        ObDereferenceObject(key);
    arrival_free(arrival);
}

static void arrival_begin(const GUID *class_guid, const UNICODE_STRING *instance)
{
    struct arrival *arrival = calloc(1, sizeof *arrival);
    if (!arrival)
        return;
    arrival->class_guid = *class_guid;
    arrival->instance = rtl_utf8_of(instance);
    if (!arrival->instance || !scm_work_start("trigger", arrival_run, arrival))
        arrival_free(arrival);
}

static void arrived(const struct pnp_notice *notice)
{
    void *key = class_open(&notice->interface_class);
    if (!key)
        return;
    ObDereferenceObject(key);
    arrival_begin(&notice->interface_class, &notice->instance);
}

/* ---- what was there before ---------------------------------------------------------------------
 */

static void class_look(const UNICODE_STRING *name)
{
    GUID guid;
    WCHAR *links = NULL;
    ULONG bytes;
    if (!NT_SUCCESS(RtlGUIDFromString((UNICODE_STRING *)name, &guid)) ||
        !NT_SUCCESS(pnp_interface_list(&guid, NULL, false, &links, &bytes)))
        return;
    for (const WCHAR *at = links; *at;) {
        UNICODE_STRING link;
        struct pnp_interface interface;
        RtlInitUnicodeString(&link, at);
        at += link.Length / sizeof *at + 1;
        if (!NT_SUCCESS(pnp_interface_find(&link, &interface)))
            continue;
        arrival_begin(&guid, &interface.instance);
        pnp_interface_release(&interface);
    }
    ExFreePool(links);
}

void scm_triggers_begin(void)
{
    struct {
        KEY_BASIC_INFORMATION information;
        WCHAR rest[64];
    } buffer;
    ULONG length;
    pnp_arrival_set(arrived);
    void *key = key_open(TRIGGERS);
    for (ULONG i = 0; key && NT_SUCCESS(cm_key_enumerate(key, i, KeyBasicInformation, &buffer,
                                                         sizeof buffer, &length));
         i++) {
        USHORT bytes = (USHORT)buffer.information.NameLength;
        UNICODE_STRING name = {bytes, bytes, buffer.information.Name};
        class_look(&name);
    }
    if (key)
        ObDereferenceObject(key);
}

void scm_triggers_end(void)
{
    pnp_arrival_set(NULL);
}
