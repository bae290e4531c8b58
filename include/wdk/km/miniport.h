/* SPDX-License-Identifier: MIT */
/*
 * What a miniport driver may use when its port driver stands for the kernel: base
 * types, bus and resource names, register access. The port driver's own header comes
 * after this one; nothing here calls the kernel. A file that has wdm.h needs no more.
 */
#ifndef _MINIPORT_
#define _MINIPORT_

#include "ntdef.h"
#include "wdm/types.h"
#include "wdm/resource.h"
#include "wdm/list.h"
#include "wdm/interlocked.h"
#include "wdm/ports.h"

#ifdef __cplusplus
extern "C" {
#endif

#define EMULATOR_READ_ACCESS  0x01
#define EMULATOR_WRITE_ACCESS 0x02

typedef enum _EMULATOR_PORT_ACCESS_TYPE {
    Uchar,
    Ushort,
    Ulong
} EMULATOR_PORT_ACCESS_TYPE,
    *PEMULATOR_PORT_ACCESS_TYPE;

typedef struct _EMULATOR_ACCESS_ENTRY {
    ULONG BasePort;
    ULONG NumConsecutivePorts;
    EMULATOR_PORT_ACCESS_TYPE AccessType;
    UCHAR AccessMode;
    UCHAR StringSupport;
    PVOID Routine;
} EMULATOR_ACCESS_ENTRY, *PEMULATOR_ACCESS_ENTRY;

typedef VOID(NTAPI *PBANKED_SECTION_ROUTINE)(ULONG ReadBank, ULONG WriteBank, PVOID Context);

#ifdef __cplusplus
}
#endif

#endif
