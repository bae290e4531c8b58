/* SPDX-License-Identifier: MIT */
/*
 * Kernel-mode base types: processor modes, access masks, security structures in
 * their public form, handles to objects whose inside is private.
 * Everything else in wdm.h builds on this file; it declares no function.
 */
#ifndef _WDM_TYPES_H_
#define _WDM_TYPES_H_

#include "ntdef.h"
#include "ntstatus.h"
#include "ntcontext.h"

#ifdef __cplusplus
extern "C" {
#endif

#define NTKERNELAPI   DECLSPEC_IMPORT
#define NTHALAPI      DECLSPEC_IMPORT
#define HALAPI        DECLSPEC_IMPORT
#define NTNLSAPI      NTSYSAPI
#define NTVERIFIERAPI DECLSPEC_IMPORT

#define PAGE_SIZE       0x1000
#define PAGE_SHIFT      12L
#define PAGE_MASK       0xFFF
#define LARGE_PAGE_SIZE 0x200000ULL

typedef UCHAR KIRQL, *PKIRQL;
typedef CCHAR KPROCESSOR_MODE;
typedef enum _MODE { KernelMode, UserMode, MaximumMode } MODE;
typedef ULONG_PTR PFN_NUMBER, *PPFN_NUMBER;
typedef LONG_PTR SPFN_NUMBER, *PSPFN_NUMBER;
typedef ULONG_PTR ERESOURCE_THREAD, *PERESOURCE_THREAD;
typedef ULONG PROCESSORINDEX, *PPROCESSORINDEX;

/* Objects whose inside a driver may not know. The kernel's and the executive's name of a
 * thread or process are one type: a PETHREAD is passed where a PKTHREAD is asked for.
 */
typedef struct _KTHREAD *PKTHREAD, *PRKTHREAD, *PETHREAD;
typedef struct _KPROCESS *PKPROCESS, *PRKPROCESS, *PEPROCESS;
typedef struct _EJOB *PEJOB;
typedef struct _ESILO *PESILO;
typedef struct _OBJECT_TYPE *POBJECT_TYPE;
typedef struct _KINTERRUPT *PKINTERRUPT, *PRKINTERRUPT;
typedef struct _IO_TIMER *PIO_TIMER;
typedef struct _CALLBACK_OBJECT *PCALLBACK_OBJECT;
typedef struct _EX_TIMER *PEX_TIMER;
typedef struct _EX_RUNDOWN_REF_CACHE_AWARE *PEX_RUNDOWN_REF_CACHE_AWARE;
typedef struct _IO_WORKITEM *PIO_WORKITEM;
typedef struct _DEVICE_HANDLER_OBJECT *PDEVICE_HANDLER_OBJECT;
typedef struct _BUS_HANDLER *PBUS_HANDLER;

struct _IRP;
typedef struct _DEVICE_OBJECT *PDEVICE_OBJECT;
struct _DRIVER_OBJECT;
struct _FILE_OBJECT;
struct _IO_STACK_LOCATION;
struct _MDL;
struct _KDPC;
struct _KAPC;
struct _SCATTER_GATHER_LIST;
struct _DMA_ADAPTER;

typedef struct _CLIENT_ID {
    HANDLE UniqueProcess;
    HANDLE UniqueThread;
} CLIENT_ID, *PCLIENT_ID;

typedef struct _QUAD {
    union {
        __int64 UseThisFieldToCopy;
        double DoNotUseThisField;
    };
} QUAD, *PQUAD, UQUAD, *PUQUAD;

/* Says what a routine that enumerates or walks wants next. */
typedef enum _DEVICE_WAKE_DEPTH {
    DeviceWakeDepthNotWakeable = 0,
    DeviceWakeDepthD0,
    DeviceWakeDepthD1,
    DeviceWakeDepthD2,
    DeviceWakeDepthD3hot,
    DeviceWakeDepthD3cold,
    DeviceWakeDepthMaximum
} DEVICE_WAKE_DEPTH,
    *PDEVICE_WAKE_DEPTH;

/* ---- Access rights ---- */

typedef ULONG ACCESS_MASK, *PACCESS_MASK;

#define DELETE                   (0x00010000L)
#define READ_CONTROL             (0x00020000L)
#define WRITE_DAC                (0x00040000L)
#define WRITE_OWNER              (0x00080000L)
#define SYNCHRONIZE              (0x00100000L)
#define STANDARD_RIGHTS_REQUIRED (0x000F0000L)
#define STANDARD_RIGHTS_READ     (READ_CONTROL)
#define STANDARD_RIGHTS_WRITE    (READ_CONTROL)
#define STANDARD_RIGHTS_EXECUTE  (READ_CONTROL)
#define STANDARD_RIGHTS_ALL      (0x001F0000L)
#define SPECIFIC_RIGHTS_ALL      (0x0000FFFFL)
#define ACCESS_SYSTEM_SECURITY   (0x01000000L)
#define MAXIMUM_ALLOWED          (0x02000000L)
#define GENERIC_READ             (0x80000000L)
#define GENERIC_WRITE            (0x40000000L)
#define GENERIC_EXECUTE          (0x20000000L)
#define GENERIC_ALL              (0x10000000L)

typedef struct _GENERIC_MAPPING {
    ACCESS_MASK GenericRead;
    ACCESS_MASK GenericWrite;
    ACCESS_MASK GenericExecute;
    ACCESS_MASK GenericAll;
} GENERIC_MAPPING, *PGENERIC_MAPPING;

#define DIRECTORY_QUERY               (0x0001)
#define DIRECTORY_TRAVERSE            (0x0002)
#define DIRECTORY_CREATE_OBJECT       (0x0004)
#define DIRECTORY_CREATE_SUBDIRECTORY (0x0008)
#define DIRECTORY_ALL_ACCESS          (STANDARD_RIGHTS_REQUIRED | 0xF)
#define SYMBOLIC_LINK_QUERY           (0x0001)
#define SYMBOLIC_LINK_SET             (0x0002)
#define SYMBOLIC_LINK_ALL_ACCESS      (STANDARD_RIGHTS_REQUIRED | SYMBOLIC_LINK_QUERY)
#define SYMBOLIC_LINK_ALL_ACCESS_EX   (STANDARD_RIGHTS_REQUIRED | 0xFFFF)

#define SECTION_QUERY                0x0001
#define SECTION_MAP_WRITE            0x0002
#define SECTION_MAP_READ             0x0004
#define SECTION_MAP_EXECUTE          0x0008
#define SECTION_EXTEND_SIZE          0x0010
#define SECTION_MAP_EXECUTE_EXPLICIT 0x0020
#define SECTION_ALL_ACCESS                                                             \
    (STANDARD_RIGHTS_REQUIRED | SECTION_QUERY | SECTION_MAP_WRITE | SECTION_MAP_READ | \
     SECTION_MAP_EXECUTE | SECTION_EXTEND_SIZE)

#define EVENT_QUERY_STATE      0x0001
#define EVENT_MODIFY_STATE     0x0002
#define EVENT_ALL_ACCESS       (STANDARD_RIGHTS_REQUIRED | SYNCHRONIZE | 0x3)
#define SEMAPHORE_QUERY_STATE  0x0001
#define SEMAPHORE_MODIFY_STATE 0x0002
#define SEMAPHORE_ALL_ACCESS   (STANDARD_RIGHTS_REQUIRED | SYNCHRONIZE | 0x3)
#define TIMER_QUERY_STATE      0x0001
#define TIMER_MODIFY_STATE     0x0002
#define TIMER_ALL_ACCESS \
    (STANDARD_RIGHTS_REQUIRED | SYNCHRONIZE | TIMER_QUERY_STATE | TIMER_MODIFY_STATE)
#define MUTANT_QUERY_STATE                0x0001
#define MUTANT_ALL_ACCESS                 (STANDARD_RIGHTS_REQUIRED | SYNCHRONIZE | MUTANT_QUERY_STATE)
#define PROCESS_TERMINATE                 (0x0001)
#define PROCESS_CREATE_THREAD             (0x0002)
#define PROCESS_SET_SESSIONID             (0x0004)
#define PROCESS_VM_OPERATION              (0x0008)
#define PROCESS_VM_READ                   (0x0010)
#define PROCESS_VM_WRITE                  (0x0020)
#define PROCESS_DUP_HANDLE                (0x0040)
#define PROCESS_CREATE_PROCESS            (0x0080)
#define PROCESS_SET_QUOTA                 (0x0100)
#define PROCESS_SET_INFORMATION           (0x0200)
#define PROCESS_QUERY_INFORMATION         (0x0400)
#define PROCESS_SUSPEND_RESUME            (0x0800)
#define PROCESS_QUERY_LIMITED_INFORMATION (0x1000)
#define PROCESS_SET_LIMITED_INFORMATION   (0x2000)
#define PROCESS_ALL_ACCESS                (STANDARD_RIGHTS_REQUIRED | SYNCHRONIZE | 0xFFFF)
#define THREAD_TERMINATE                  (0x0001)
#define THREAD_SUSPEND_RESUME             (0x0002)
#define THREAD_ALERT                      (0x0004)
#define THREAD_GET_CONTEXT                (0x0008)
#define THREAD_SET_CONTEXT                (0x0010)
#define THREAD_SET_INFORMATION            (0x0020)
#define THREAD_QUERY_INFORMATION          (0x0040)
#define THREAD_SET_LIMITED_INFORMATION    (0x0400)
#define THREAD_QUERY_LIMITED_INFORMATION  (0x0800)
#define THREAD_RESUME                     (0x1000)
#define THREAD_ALL_ACCESS                 (STANDARD_RIGHTS_REQUIRED | SYNCHRONIZE | 0xFFFF)

#define LOW_PRIORITY          0
#define LOW_REALTIME_PRIORITY 16
#define HIGH_PRIORITY         31
#define MAXIMUM_PRIORITY      32

#ifdef __cplusplus
}
#endif

#endif
