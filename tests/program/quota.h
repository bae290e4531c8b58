/* SPDX-License-Identifier: MIT */
/* quota.h - what the program quota.c asks of the driver quota_driver.c. */
#ifndef QUOTA_H
#define QUOTA_H

#define QUOTA_DEVICE_PATH "\\\\.\\Quota"
#define QUOTA_IOCTL(n)    CTL_CODE(FILE_DEVICE_UNKNOWN, 0x980 + (n), METHOD_BUFFERED, FILE_ANY_ACCESS)

#define IOCTL_QUOTA_CHECK QUOTA_IOCTL(0) /* out: the line of the first check that failed, or 0 */
#define IOCTL_QUOTA_USED  QUOTA_IOCTL(1) /* out: bytes of nonpaged pool charged to the caller */
#define IOCTL_QUOTA_LIMIT QUOTA_IOCTL(2) /* in: the most it may use */
#define IOCTL_QUOTA_KEEP  QUOTA_IOCTL(3) /* in: bytes; a block charged to the caller stays */
#define IOCTL_QUOTA_FREE  QUOTA_IOCTL(4) /* frees it */

#endif
