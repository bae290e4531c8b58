/* SPDX-License-Identifier: MIT */
/* jukebox.h - what programs and drivers say to the jukebox and to the records in it.
 *
 * Both are found by their device interfaces. Include <initguid.h> first in one file.
 */
#ifndef JUKEBOX_H
#define JUKEBOX_H

DEFINE_GUID(GUID_DEVINTERFACE_JUKEBOX, 0x2b9e4a17, 0x6d0c, 0x4f3e, 0x8e, 0x55, 0x19, 0xa7, 0x30,
            0xc2, 0x44, 0x01);
DEFINE_GUID(GUID_DEVINTERFACE_RECORD, 0x2b9e4a17, 0x6d0c, 0x4f3e, 0x8e, 0x55, 0x19, 0xa7, 0x30,
            0xc2, 0x44, 0x02);

#define JUKEBOX_TITLE_MAX 32
#define JUKEBOX_SLOTS_MAX 100

/* To the jukebox: a record is put into a slot, taken out without a word, or handed out after
 * everybody has agreed. A record that is put in where one is changes its title only. */
#define IOCTL_JUKEBOX_INSERT \
    CTL_CODE(FILE_DEVICE_BUS_EXTENDER, 0x800, METHOD_BUFFERED, FILE_WRITE_DATA)
#define IOCTL_JUKEBOX_REMOVE \
    CTL_CODE(FILE_DEVICE_BUS_EXTENDER, 0x801, METHOD_BUFFERED, FILE_WRITE_DATA)
#define IOCTL_JUKEBOX_EJECT \
    CTL_CODE(FILE_DEVICE_BUS_EXTENDER, 0x802, METHOD_BUFFERED, FILE_WRITE_DATA)
/* Out: ULONG slots of all records, one after the other. */
#define IOCTL_JUKEBOX_LIST \
    CTL_CODE(FILE_DEVICE_BUS_EXTENDER, 0x803, METHOD_BUFFERED, FILE_READ_DATA)
/* In: any number of JUKEBOX_RECORD: exactly these are in the jukebox now. */
#define IOCTL_JUKEBOX_REFILL \
    CTL_CODE(FILE_DEVICE_BUS_EXTENDER, 0x804, METHOD_BUFFERED, FILE_WRITE_DATA)

typedef struct _JUKEBOX_RECORD {
    unsigned int Slot;
    char Title[JUKEBOX_TITLE_MAX];
} JUKEBOX_RECORD;

#endif
