/* SPDX-License-Identifier: MIT */
/* ntifs/irp.h - minor functions and small constants of requests to a file system.
 * Part of ntifs.h.
 */
#ifndef _NTIFS_IRP_
#define _NTIFS_IRP_

#define IRP_MN_QUERY_DIRECTORY              0x01
#define IRP_MN_NOTIFY_CHANGE_DIRECTORY      0x02
#define IRP_MN_NOTIFY_CHANGE_DIRECTORY_EX   0x03
#define IRP_MN_USER_FS_REQUEST              0x00
#define IRP_MN_MOUNT_VOLUME                 0x01
#define IRP_MN_VERIFY_VOLUME                0x02
#define IRP_MN_LOAD_FILE_SYSTEM             0x03
#define IRP_MN_TRACK_LINK                   0x04
#define IRP_MN_KERNEL_CALL                  0x04
#define IRP_MN_LOCK                         0x01
#define IRP_MN_UNLOCK_SINGLE                0x02
#define IRP_MN_UNLOCK_ALL                   0x03
#define IRP_MN_UNLOCK_ALL_BY_KEY            0x04
#define IRP_MN_FLUSH_AND_PURGE              0x01
#define IRP_MN_FLUSH_DATA_ONLY              0x02
#define IRP_MN_FLUSH_NO_SYNC                0x03
#define IRP_MN_FLUSH_DATA_SYNC_ONLY         0x04
#define IRP_MN_NORMAL                       0x00
#define IRP_MN_DPC                          0x01
#define IRP_MN_MDL                          0x02
#define IRP_MN_COMPLETE                     0x04
#define IRP_MN_COMPRESSED                   0x08
#define IRP_MN_MDL_DPC                      (IRP_MN_MDL | IRP_MN_DPC)
#define IRP_MN_COMPLETE_MDL                 (IRP_MN_COMPLETE | IRP_MN_MDL)
#define IRP_MN_COMPLETE_MDL_DPC             (IRP_MN_COMPLETE_MDL | IRP_MN_DPC)
#define IRP_MN_QUERY_LEGACY_BUS_INFORMATION 0x18

/* Views of a file in the system cache. */
#define VACB_MAPPING_GRANULARITY (0x40000)
#define VACB_OFFSET_SHIFT        (18)

#define FILE_NO_EA_KNOWLEDGE    0x00000200
#define FILE_NEED_EA            0x00000080
#define FILE_EA_TYPE_BINARY     0xfffe
#define FILE_EA_TYPE_ASCII      0xfffd
#define FILE_EA_TYPE_BITMAP     0xfffb
#define FILE_EA_TYPE_METAFILE   0xfffa
#define FILE_EA_TYPE_ICON       0xfff9
#define FILE_EA_TYPE_EA         0xffee
#define FILE_EA_TYPE_MVMT       0xffdf
#define FILE_EA_TYPE_MVST       0xffde
#define FILE_EA_TYPE_ASN1       0xffdd
#define FILE_EA_TYPE_FAMILY_IDS 0xff01

#endif
