/* SPDX-License-Identifier: MIT */
/* listen_power.c - what programs hear of the system's sleep and of power settings.
 *
 * Both come as custom data of a notice: a setting's value under its GUID, an event of the system
 * under none. A program that asked for a setting hears its value first.
 */
#include <string.h>

#include "plugplay_internal.h"
#include "po/po.h"

/* A program has so long before the system sleeps. */
#define SLEEP_100NS (2ll * 10000000)

static void notice_fill(struct power_notice *notice, const GUID *setting, const void *value,
                        ULONG length)
{
    static WCHAR empty[1];
    memset(notice, 0, sizeof *notice);
    notice->notice.kind = PNP_NOTICE_POWER;
    notice->notice.event = *setting;
    notice->notice.instance.Buffer = empty;
    notice->notice.custom = &notice->custom;
    notice->custom.Size =
        (USHORT)(FIELD_OFFSET(TARGET_DEVICE_CUSTOM_NOTIFICATION, CustomDataBuffer) + length);
    notice->custom.NameBufferOffset = -1;
    memcpy(notice->room + FIELD_OFFSET(TARGET_DEVICE_CUSTOM_NOTIFICATION, CustomDataBuffer), value,
           length);
}

bool power_notice_of(struct power_notice *notice, const GUID *setting)
{
    UCHAR value[16];
    ULONG length = po_setting_get(setting, value);
    if (length != 0)
        notice_fill(notice, setting, value, length);
    return length != 0;
}

static void setting_changed(const GUID *setting)
{
    struct power_notice notice;
    if (power_notice_of(&notice, setting))
        listen_tell(&notice.notice);
}

void plugplay_power_event(ULONG event, bool is_asked)
{
    static const GUID none;
    struct power_notice notice;
    struct pnp_veto veto;
    notice_fill(&notice, &none, &event, sizeof event);
    if (is_asked)
        (void)listen_ask(&notice.notice, SLEEP_100NS, &veto);
    else
        listen_tell(&notice.notice);
}

void power_init(void)
{
    po_setting_observe(setting_changed);
}
