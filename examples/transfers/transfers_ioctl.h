/* SPDX-License-Identifier: MIT */
/* transfers_ioctl.h - one control code for each transfer method. */
#ifndef TRANSFERS_IOCTL_H
#define TRANSFERS_IOCTL_H

#define TRANSFERS_DEVICE_PATH "\\\\.\\Transfers"

#define TRANSFERS_IOCTL(method) \
    CTL_CODE(FILE_DEVICE_UNKNOWN, 0x810 + (method), (method), FILE_ANY_ACCESS)

/* Each takes text and answers it in capitals. For METHOD_IN_DIRECT the second buffer is
 * only read: its bytes are added up and the sum is what Information says. */
#define IOCTL_TRANSFERS_BUFFERED   TRANSFERS_IOCTL(METHOD_BUFFERED)
#define IOCTL_TRANSFERS_IN_DIRECT  TRANSFERS_IOCTL(METHOD_IN_DIRECT)
#define IOCTL_TRANSFERS_OUT_DIRECT TRANSFERS_IOCTL(METHOD_OUT_DIRECT)
#define IOCTL_TRANSFERS_NEITHER    TRANSFERS_IOCTL(METHOD_NEITHER)

#endif
