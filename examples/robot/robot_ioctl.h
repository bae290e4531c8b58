/* SPDX-License-Identifier: MIT */
/* robot_ioctl.h - what programs say to a robot, whoever has made it. */
#ifndef ROBOT_IOCTL_H
#define ROBOT_IOCTL_H

DEFINE_GUID(GUID_DEVINTERFACE_ROBOT, 0x2e9a4d31, 0x6c08, 0x47b2, 0xb1, 0x5f, 0x90, 0x3d, 0x5e, 0x18,
            0x22, 0x01);

/* In: LONG steps; out: LONG, where it stands then. ERROR_CRC when the way is blocked. */
#define IOCTL_ROBOT_MOVE \
    CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED, FILE_READ_DATA | FILE_WRITE_DATA)
/* Out: WCHAR[], the maker's name. */
#define IOCTL_ROBOT_MAKER CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_BUFFERED, FILE_READ_DATA)

#endif
