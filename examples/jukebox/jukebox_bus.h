/* SPDX-License-Identifier: MIT */
/* jukebox_bus.h - the interface by which a record's driver asks its slot in the jukebox. */
#ifndef JUKEBOX_BUS_H
#define JUKEBOX_BUS_H

DEFINE_GUID(GUID_JUKEBOX_SLOT_INTERFACE, 0x2b9e4a17, 0x6d0c, 0x4f3e, 0x8e, 0x55, 0x19, 0xa7, 0x30,
            0xc2, 0x44, 0x03);

#define JUKEBOX_SLOT_INTERFACE_VERSION 1

typedef struct _JUKEBOX_SLOT_INTERFACE {
    INTERFACE InterfaceHeader;
    /* The title of the record in the slot now; at most JUKEBOX_TITLE_MAX bytes with its zero. */
    NTSTATUS (*GetTitle)(PVOID Context, PCHAR Title);
    ULONG Slot;
} JUKEBOX_SLOT_INTERFACE;

#endif
