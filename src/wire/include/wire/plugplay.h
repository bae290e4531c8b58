/* SPDX-License-Identifier: MIT */
/* wire/plugplay.h - what NtCovePlugPlay carries: devices, for setupapi and cfgmgr32.
 *
 * NtCovePlugPlay(Operation, Input, InputLength, Output, OutputLength). Input is struct
 * wire_plugplay with data behind it, Output struct wire_plugplay_reply with data behind it. All
 * text is UTF-16 and terminated; lists end with an empty string. Fixed-width fields, the same for
 * 32- and 64-bit programs.
 *
 * A failed NTSTATUS of the call means that nothing was done and Output was not written (bad
 * pointers, unknown operation, lengths). What the operation says is reply.status. When there is
 * more data than room, reply.status is STATUS_BUFFER_TOO_SMALL, reply.length what it takes.
 */
#ifndef WIRE_PLUGPLAY_H
#define WIRE_PLUGPLAY_H

#include <stdint.h>

enum wire_plugplay_operation {
    /* What there is. flags 1: also what is not there now. */
    WIRE_PLUGPLAY_DEVICES = 1,  /* name: an enumerator or empty; out: a list of instances */
    WIRE_PLUGPLAY_DEVICE = 2,   /* name; out: flags DN_*, problem, problem_status; data: instance.
                                   STATUS_NO_SUCH_DEVICE: nobody ever saw it; problem
                                   CM_PROB_PHANTOM: it is not there now */
    WIRE_PLUGPLAY_RELATIVE = 3, /* name, kind WIRE_RELATIVE_*; out: an instance. An empty name is
                                   the root */
    /* kind WIRE_OF_*; name; property; locale */
    WIRE_PLUGPLAY_PROPERTY_GET = 4,  /* out: type, data */
    WIRE_PLUGPLAY_PROPERTY_SET = 5,  /* type, data; length 0 and type 0 deletes */
    WIRE_PLUGPLAY_PROPERTY_KEYS = 6, /* out: struct wire_property[] */
    /* guid: a class of interfaces, all zero: all */
    WIRE_PLUGPLAY_INTERFACES = 7,         /* name: a device or empty; out: a list of links */
    WIRE_PLUGPLAY_INTERFACE_REGISTER = 8, /* name: a device; data: reference; out: a link */
    WIRE_PLUGPLAY_INTERFACE_DELETE = 9,   /* name: a link */
    WIRE_PLUGPLAY_INTERFACE_ALIAS = 10,   /* name: a link; out: another class's */
    WIRE_PLUGPLAY_INTERFACE = 11,         /* name: a link; out: flags 1 enabled; data: instance;
                                             guid in reply */
    /* What is done. reply.veto and veto_name: who refused */
    WIRE_PLUGPLAY_CREATE = 12, /* name: "ROOT\X" or "X"; data: hardware IDs; out: an instance */
    WIRE_PLUGPLAY_ACT = 13,    /* name: a device, empty: the root; kind WIRE_ACT_* */
    /* Listening. */
    WIRE_PLUGPLAY_LISTEN = 14,      /* handle: an event; out: number, the listener's handle */
    WIRE_PLUGPLAY_SUBSCRIBE = 15,   /* handle: listener; kind WIRE_LISTEN_*; out: number */
    WIRE_PLUGPLAY_UNSUBSCRIBE = 16, /* handle, number */
    WIRE_PLUGPLAY_NEXT = 17,        /* handle; out: struct wire_plugplay_event and its data.
                                       STATUS_NO_MORE_ENTRIES: none now */
    WIRE_PLUGPLAY_ANSWER = 18,      /* handle, number: the event's question; flags 1: refused */
    /* Packages. reply.problem: 0 or an error of Win32 or setupapi, in words behind the reply. */
    WIRE_PLUGPLAY_PACKAGE_ADD = 19,    /* name: native name of an INF; out: "oem0.inf" */
    WIRE_PLUGPLAY_PACKAGE_DELETE = 20, /* name: "oem0.inf"; flags 1: also when it is in use, 2:
                                          devices lose it */
    WIRE_PLUGPLAY_PACKAGE_USE = 21,    /* name: "oem0.inf"; data: a hardware ID, none: all that it
                                          serves; flags 1: also where there is a better one; out:
                                          number of devices; flags 1: restart */
    WIRE_PLUGPLAY_DRIVERS = 22,        /* name: a device; out: struct wire_driver[], best first */
    WIRE_PLUGPLAY_RESOURCES = 23,      /* name: a device; out: the CM_RESOURCE_LIST that it was
                                          started with, raw. STATUS_NO_MORE_ENTRIES: none */
};

enum wire_relative { WIRE_RELATIVE_PARENT, WIRE_RELATIVE_CHILD, WIRE_RELATIVE_SIBLING };
enum wire_of { WIRE_OF_DEVICE, WIRE_OF_INTERFACE, WIRE_OF_CLASS, WIRE_OF_INTERFACE_CLASS };
enum wire_act {
    WIRE_ACT_CONFIGURE, /* the key names its driver now */
    WIRE_ACT_ENABLE,
    WIRE_ACT_DISABLE,
    WIRE_ACT_RESTART,
    WIRE_ACT_REMOVE,
    WIRE_ACT_EJECT,
    WIRE_ACT_RESCAN,
    WIRE_ACT_WAIT, /* until nothing is under way */
};
enum wire_listen {
    WIRE_LISTEN_INTERFACE, /* guid; all zero: of every class */
    WIRE_LISTEN_TARGET,    /* number: a handle of a file on the device */
    WIRE_LISTEN_INSTANCE,  /* name: a device; empty: all */
    WIRE_LISTEN_POWER,     /* guid: a power setting; all zero: the system's own events */
};

struct wire_property {
    uint8_t format[16];
    uint32_t id;
};

#define WIRE_PLUGPLAY_NAME 512u

struct wire_plugplay {
    uint32_t kind, flags, type, locale;
    uint64_t handle, number;
    uint8_t guid[16];
    struct wire_property property;
    uint32_t length; /* of what follows */
    uint16_t name[WIRE_PLUGPLAY_NAME];
};

struct wire_plugplay_reply {
    int32_t status, problem_status;
    uint32_t flags, problem, type, veto;
    uint64_t number;
    uint8_t guid[16];
    uint32_t length, reserved; /* of what follows, or of what it takes */
    uint16_t veto_name[256];
};

/* kind: enum pnp_notice_kind, as the kernel says it. */
enum wire_plugplay_notice {
    WIRE_NOTICE_INTERFACE,  /* name: a link */
    WIRE_NOTICE_TARGET,     /* name: an instance; event; custom data */
    WIRE_NOTICE_ENUMERATED, /* name: an instance */
    WIRE_NOTICE_STARTED,
    WIRE_NOTICE_REMOVED,
    WIRE_NOTICE_POWER, /* event: the setting, custom data its value; or all zero, and a PBT_* */
};
struct wire_plugplay_event {
    uint64_t subscription;
    uint64_t question; /* not 0: a removal or a sleep waits for the answer */
    uint32_t kind;
    int32_t name_offset; /* of the custom data; -1: none */
    uint8_t event[16], class_guid[16];
    uint32_t custom_length, reserved;
    uint16_t name[WIRE_PLUGPLAY_NAME];
    /* the custom data */
};

/* A driver of a package that fits a device. */
struct wire_driver {
    uint32_t rank, flags; /* WIRE_DRIVER_* */
    uint16_t published[32], section[256], description[256], manufacturer[256], provider[256];
    uint16_t date[16], version[24], matching_id[256];
};
#define WIRE_DRIVER_INSTALLED 1u
#define WIRE_DRIVER_SIGNED    2u

_Static_assert(sizeof(struct wire_driver) == 2712, "the same for every width");
_Static_assert(sizeof(struct wire_plugplay) == 1096, "the same for every width");
_Static_assert(sizeof(struct wire_plugplay_reply) == 568, "the same for every width");
_Static_assert(sizeof(struct wire_plugplay_event) == 1088, "the same for every width");

#endif
