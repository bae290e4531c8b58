/* SPDX-License-Identifier: MIT */
/* wdm1_ioctl.h - what the driver and its programs agree on. */
#ifndef WDM1_IOCTL_H
#define WDM1_IOCTL_H

#define WDM1_DEVICE_PATH "\\\\.\\Wdm1"

#define WDM1_IOCTL(n) CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801 + (n), METHOD_BUFFERED, FILE_ANY_ACCESS)

#define IOCTL_WDM1_ZERO_BUFFER     WDM1_IOCTL(0) /* every byte becomes 0 */
#define IOCTL_WDM1_REMOVE_BUFFER   WDM1_IOCTL(1) /* the buffer is freed, its size is 0 */
#define IOCTL_WDM1_GET_BUFFER_SIZE WDM1_IOCTL(2) /* out: ULONG */
#define IOCTL_WDM1_GET_BUFFER      WDM1_IOCTL(3) /* out: as much of the buffer as fits */

#endif
