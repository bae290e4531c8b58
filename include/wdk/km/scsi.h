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

/* Pages of MODE SENSE and MODE SELECT. */
#define MODE_PAGE_VENDOR_SPECIFIC               0x00
#define MODE_PAGE_ERROR_RECOVERY                0x01
#define MODE_PAGE_DISCONNECT                    0x02
#define MODE_PAGE_FORMAT_DEVICE                 0x03
#define MODE_PAGE_MRW                           0x03
#define MODE_PAGE_RIGID_GEOMETRY                0x04
#define MODE_PAGE_FLEXIBILE                     0x05
#define MODE_PAGE_WRITE_PARAMETERS              0x05
#define MODE_PAGE_VERIFY_ERROR                  0x07
#define MODE_PAGE_CACHING                       0x08
#define MODE_PAGE_PERIPHERAL                    0x09
#define MODE_PAGE_CONTROL                       0x0a
#define MODE_PAGE_MEDIUM_TYPES                  0x0b
#define MODE_PAGE_NOTCH_PARTITION               0x0c
#define MODE_PAGE_CD_AUDIO_CONTROL              0x0e
#define MODE_PAGE_DATA_COMPRESS                 0x0f
#define MODE_PAGE_DEVICE_CONFIG                 0x10
#define MODE_PAGE_XOR_CONTROL                   0x10
#define MODE_PAGE_MEDIUM_PARTITION              0x11
#define MODE_PAGE_ENCLOSURE_SERVICES_MANAGEMENT 0x14
#define MODE_PAGE_EXTENDED                      0x15
#define MODE_PAGE_EXTENDED_DEVICE_SPECIFIC      0x16
#define MODE_PAGE_CDVD_FEATURE_SET              0x18
#define MODE_PAGE_PROTOCOL_SPECIFIC_LUN         0x18
#define MODE_PAGE_PROTOCOL_SPECIFIC_PORT        0x19
#define MODE_PAGE_POWER_CONDITION               0x1a
#define MODE_PAGE_LUN_MAPPING                   0x1b
#define MODE_PAGE_FAULT_REPORTING               0x1c
#define MODE_PAGE_CDVD_INACTIVITY               0x1d
#define MODE_PAGE_ELEMENT_ADDRESS               0x1d
#define MODE_PAGE_TRANSPORT_GEOMETRY            0x1e
#define MODE_PAGE_DEVICE_CAPABILITIES           0x1f
#define MODE_PAGE_CAPABILITIES                  0x2a
#define MODE_PAGE_RETURN_ALL                    0x3f

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
