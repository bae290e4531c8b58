/* SPDX-License-Identifier: MIT */
/* Skeleton_ioctl.h - what the driver and its programs share. Include initguid.h before it in one
 * file of each. */
#ifndef SKELETON_IOCTL_H
#define SKELETON_IOCTL_H

#define SKELETON_TEXT_MAX 256

/* Any text, up to SKELETON_TEXT_MAX bytes, comes back the other way round, and in large letters
 * with the filter. */
#define IOCTL_SKELETON_REVERSE \
    CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_ANY_ACCESS)

DEFINE_GUID(GUID_DEVINTERFACE_SKELETON, 0x5ce1e70a, 0x5ce1, 0x4ce2, 0x8c, 0xe3, 0x5c, 0xe4, 0x5c,
            0xe5, 0x5c, 0xe6);

#endif
