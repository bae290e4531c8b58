/* SPDX-License-Identifier: MIT */
/* scsi.h - commands of the SCSI standard, as far as file systems and class drivers name them.
 *
 * A command block is shown as bytes; the standard says what they mean.
 */
#ifndef _NTSCSI_
#define _NTSCSI_

#include <wdm.h>

typedef union _CDB {
    UCHAR AsByte[16];
    ULONG AsUlong[4];
} CDB, *PCDB;

#define CDB6GENERIC_LENGTH  6
#define CDB10GENERIC_LENGTH 10
#define CDB12GENERIC_LENGTH 12

#define SCSIOP_TEST_UNIT_READY   0x00
#define SCSIOP_REQUEST_SENSE     0x03
#define SCSIOP_FORMAT_UNIT       0x04
#define SCSIOP_INQUIRY           0x12
#define SCSIOP_MODE_SELECT       0x15
#define SCSIOP_MODE_SENSE        0x1a
#define SCSIOP_START_STOP_UNIT   0x1b
#define SCSIOP_MEDIUM_REMOVAL    0x1e
#define SCSIOP_READ_CAPACITY     0x25
#define SCSIOP_READ              0x28
#define SCSIOP_WRITE             0x2a
#define SCSIOP_VERIFY            0x2f
#define SCSIOP_SYNCHRONIZE_CACHE 0x35
#define SCSIOP_READ_TOC          0x43

#endif
