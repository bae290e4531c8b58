/* SPDX-License-Identifier: MIT */
/* etw_ddi.c - what drivers call to register as providers and to write events.
 *
 * Arguments are checked here; what they do stands in provider.c and write.c. Descriptions
 * of events are looked for in the image of whoever called EtwRegister.
 */
#include <string.h>

#include "callout/callout.h"
#include "etw_ddi.h"
#include "etw_internal.h"
#include "ke/ke.h"

static __thread GUID activity_current; /* of this thread; owner thread only */

static uint64_t caller_code(void)
{
    return callout_in_ddi() ? ddi_top->rip : 0;
}

/* IRQL:    PASSIVE_LEVEL; the callback is called before this returns
 * Doc:     wdm.h EtwRegister
 */
NTSTATUS NTAPI EtwRegister(LPCGUID ProviderId, PETWENABLECALLBACK EnableCallback,
                           PVOID CallbackContext, PREGHANDLE RegHandle)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    if (!ProviderId || !RegHandle)
        return STATUS_INVALID_PARAMETER;
    const struct etw_registration registration = {.guid = *ProviderId,
                                                  .callback = EnableCallback,
                                                  .context = CallbackContext,
                                                  .code = caller_code()};
    return etw_register(&registration, RegHandle);
}

/* Doc: wdm.h EtwUnregister */
NTSTATUS NTAPI EtwUnregister(REGHANDLE RegHandle)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    return etw_unregister(RegHandle);
}

/* IRQL: any. Doc: wdm.h EtwProviderEnabled */
BOOLEAN NTAPI EtwProviderEnabled(REGHANDLE RegHandle, UCHAR Level, ULONGLONG Keyword)
{
    return etw_enabled(RegHandle, Level, Keyword);
}

/* IRQL: any. Doc: wdm.h EtwEventEnabled */
BOOLEAN NTAPI EtwEventEnabled(REGHANDLE RegHandle, PCEVENT_DESCRIPTOR EventDescriptor)
{
    return etw_enabled(RegHandle, EventDescriptor->Level, EventDescriptor->Keyword);
}

static NTSTATUS event_write(REGHANDLE handle, struct etw_event *event)
{
    if (event->data_count > MAX_EVENT_DATA_DESCRIPTORS || (event->data_count && !event->data))
        return STATUS_INVALID_PARAMETER;
    if (!event->activity)
        event->activity = &activity_current;
    return etw_write(handle, event);
}

/* IRQL: any. Doc: wdm.h EtwWrite */
NTSTATUS NTAPI EtwWrite(REGHANDLE RegHandle, PCEVENT_DESCRIPTOR EventDescriptor, LPCGUID ActivityId,
                        ULONG UserDataCount, PEVENT_DATA_DESCRIPTOR UserData)
{
    return event_write(RegHandle, &(struct etw_event){.descriptor = EventDescriptor,
                                                      .activity = ActivityId,
                                                      .data = UserData,
                                                      .data_count = UserDataCount});
}

/* IRQL: any. Doc: wdm.h EtwWriteTransfer */
NTSTATUS NTAPI EtwWriteTransfer(REGHANDLE RegHandle, PCEVENT_DESCRIPTOR EventDescriptor,
                                LPCGUID ActivityId, LPCGUID RelatedActivityId, ULONG UserDataCount,
                                PEVENT_DATA_DESCRIPTOR UserData)
{
    return event_write(RegHandle, &(struct etw_event){.descriptor = EventDescriptor,
                                                      .activity = ActivityId,
                                                      .related = RelatedActivityId,
                                                      .data = UserData,
                                                      .data_count = UserDataCount});
}

#define THE_SESSION 1u /* there is one; its bit in a filter */

/* IRQL: any. Doc: wdm.h EtwWriteEx */
NTSTATUS NTAPI EtwWriteEx(REGHANDLE RegHandle, PCEVENT_DESCRIPTOR EventDescriptor, ULONG64 Filter,
                          ULONG Flags, LPCGUID ActivityId, LPCGUID RelatedActivityId,
                          ULONG UserDataCount, PEVENT_DATA_DESCRIPTOR UserData)
{
    if (Filter & THE_SESSION)
        return etw_is_handle(RegHandle) ? STATUS_SUCCESS : STATUS_INVALID_HANDLE;
    return EtwWriteTransfer(RegHandle, EventDescriptor, ActivityId, RelatedActivityId,
                            UserDataCount, UserData);
}

/* IRQL: any. Doc: wdm.h EtwWriteString */
NTSTATUS NTAPI EtwWriteString(REGHANDLE RegHandle, UCHAR Level, ULONGLONG Keyword,
                              LPCGUID ActivityId, PCWSTR String)
{
    if (!String)
        return STATUS_INVALID_PARAMETER;
    return etw_write_string(RegHandle, Level, Keyword, String);
}

/* A random identifier of version 4. */
static void activity_create(GUID *out_guid)
{
    uint64_t random[2] = {host_random64(), host_random64()};
    memcpy(out_guid, random, sizeof *out_guid);
    out_guid->Data3 = (USHORT)((out_guid->Data3 & 0x0fff) | 0x4000);
    out_guid->Data4[0] = (UCHAR)((out_guid->Data4[0] & 0x3f) | 0x80);
}

/* IRQL: below DISPATCH_LEVEL; any to create. Doc: wdm.h EtwActivityIdControl */
NTSTATUS NTAPI EtwActivityIdControl(ULONG ControlCode, LPGUID ActivityId)
{
    GUID old = activity_current;
    if (!ActivityId)
        return STATUS_INVALID_PARAMETER;
    switch (ControlCode) {
    case EVENT_ACTIVITY_CTRL_GET_ID:
        *ActivityId = old;
        return STATUS_SUCCESS;
    case EVENT_ACTIVITY_CTRL_SET_ID:
        activity_current = *ActivityId;
        return STATUS_SUCCESS;
    case EVENT_ACTIVITY_CTRL_CREATE_ID:
        activity_create(ActivityId);
        return STATUS_SUCCESS;
    case EVENT_ACTIVITY_CTRL_GET_SET_ID:
        activity_current = *ActivityId;
        *ActivityId = old;
        return STATUS_SUCCESS;
    case EVENT_ACTIVITY_CTRL_CREATE_SET_ID:
        activity_create(&activity_current);
        *ActivityId = old;
        return STATUS_SUCCESS;
    default:
        return STATUS_INVALID_PARAMETER;
    }
}

/* Traits are: their size in bytes (16 bits), the provider's name, more that is not used. */
static NTSTATUS traits_set(REGHANDLE handle, const void *information, ULONG length)
{
    struct etw_bytes bytes = {information, length};
    size_t name_length;
    if (!bytes_take(&bytes, 2))
        return STATUS_INVALID_PARAMETER;
    const char *name = bytes_string(&bytes, 1, &name_length);
    return name ? etw_name_set(handle, name, name_length) : STATUS_INVALID_PARAMETER;
}

/* Doc:     wdm.h EtwSetInformation
 * Differs: tracking of binaries is taken note of and does nothing
 */
NTSTATUS NTAPI EtwSetInformation(REGHANDLE RegHandle, EVENT_INFO_CLASS InformationClass,
                                 PVOID EventInformation, ULONG InformationLength)
{
    if (!etw_is_handle(RegHandle))
        return STATUS_INVALID_HANDLE;
    switch (InformationClass) {
    case EventProviderSetTraits:
        return traits_set(RegHandle, EventInformation, InformationLength);
    case EventProviderBinaryTrackInfo:
    case EventProviderUseDescriptorType:
        return STATUS_SUCCESS;
    default:
        return STATUS_INVALID_DEVICE_REQUEST;
    }
}
