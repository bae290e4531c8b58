/* SPDX-License-Identifier: MIT */
/* plugplay_internal.h - one call of NtCovePlugPlay, and the operations. */
#ifndef PLUGPLAY_INTERNAL_H
#define PLUGPLAY_INTERNAL_H

#include "plugplay/plugplay.h"
#include "pnp/notice.h"
#include "pnp/pnp.h"
#include "wire/plugplay.h"

#define PLUGPLAY_TAG 'lPvC'

/* Lies in pool. What goes out is checked and copied by who serves the call. */
struct call {
    struct wire_plugplay in;
    void *data; /* in.length bytes, captured, in pool; NULL: none */
    struct wire_plugplay_reply reply;
    UNICODE_STRING name; /* in.name */
    void *answer;        /* reply.length bytes in pool, or NULL: freed after the call */
};

/* Puts a copy behind the reply. */
NTSTATUS call_answer(struct call *call, const void *data, ULONG length);
NTSTATUS call_answer_string(struct call *call, const UNICODE_STRING *text);

NTSTATUS devices_list(struct call *call);
NTSTATUS device_query(struct call *call);
NTSTATUS device_relative(struct call *call);
NTSTATUS device_resources(struct call *call);
NTSTATUS root_device_create(struct call *call);
NTSTATUS device_act(struct call *call);
NTSTATUS property_get(struct call *call);
NTSTATUS property_set(struct call *call);
NTSTATUS property_keys(struct call *call);
NTSTATUS interfaces_list(struct call *call);
NTSTATUS interface_register(struct call *call);
NTSTATUS interface_delete(struct call *call);
NTSTATUS interface_alias(struct call *call);
NTSTATUS interface_query(struct call *call);

NTSTATUS package_add(struct call *call);
NTSTATUS package_delete(struct call *call);
NTSTATUS package_use(struct call *call);
NTSTATUS package_drivers(struct call *call);

/* Of the power manager: neither of a device nor of an interface. */
#define PNP_NOTICE_POWER ((enum pnp_notice_kind)WIRE_NOTICE_POWER)
struct power_notice {
    struct pnp_notice notice;
    union {
        TARGET_DEVICE_CUSTOM_NOTIFICATION custom;
        UCHAR room[sizeof(TARGET_DEVICE_CUSTOM_NOTIFICATION) + 16];
    };
};
/* The value of a setting that is now. False: it has none. */
bool power_notice_of(struct power_notice *notice, const GUID *setting);
void power_init(void);
/* To every subscription that wants it. */
void listen_tell(const struct pnp_notice *notice);
/* One after the other, until one refuses. */
NTSTATUS listen_ask(const struct pnp_notice *notice, LONGLONG limit_100ns,
                    struct pnp_veto *out_veto);

NTSTATUS listen_init(void);
NTSTATUS listen_open(struct call *call);
NTSTATUS listen_subscribe(struct call *call);
NTSTATUS listen_unsubscribe(struct call *call);
NTSTATUS listen_next(struct call *call);
NTSTATUS listen_answer(struct call *call);

#endif
