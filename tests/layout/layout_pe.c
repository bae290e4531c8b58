/* SPDX-License-Identifier: MIT */
/* layout_pe.c - the same for the PE target, in C and in C++ and for several versions of
 * Windows. There is nothing to run.
 */
#include <ntifs.h>
#include <ntstrsafe.h>
#include <ntintsafe.h>
#include <intsafe.h>
#include <wdmsec.h>
#include <csq.h>
#include <aux_klib.h>
#include <ntimage.h>
#include <wmilib.h>
#include <usbdlib.h>
#include <hidport.h>
#include <hidsdi.h>
#include <batclass.h>
#include <srb.h>
#include <evntrace.h>
#include <devguid.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <intrin.h>
#include <abi/layout_asserts.h>

#if !defined(_WDMDDK_) || !defined(_NTDDK_) || !defined(_NTIFS_) || !defined(_NTIMAGE_)
#error "a header does not say that it was included"
#endif

#ifdef __cplusplus
#define LAYOUT_PE_ASSERT static_assert
#else
#define LAYOUT_PE_ASSERT _Static_assert
#endif
LAYOUT_PE_ASSERT(sizeof(WCHAR) == 2 && sizeof(LONG) == 4, "LLP64");

/* What an older version must not see. */
#if NTDDI_VERSION < NTDDI_WIN8
typedef int FILE_ID_INFORMATION;
#endif
#if NTDDI_VERSION < NTDDI_WIN10_RS2
typedef int FILE_STAT_INFORMATION;
#endif
