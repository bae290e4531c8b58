/* SPDX-License-Identifier: MIT */
/* ntifs/irp.h - small constants of requests to a file system.
 * Part of ntifs.h.
 */
#ifndef _NTIFS_IRP_
#define _NTIFS_IRP_

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
