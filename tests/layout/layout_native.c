/* SPDX-License-Identifier: MIT */
/* layout_native.c - compiles only if the native half sees the contract's structures as
 * abi/layout says they are. There is nothing to run.
 */
#include <ntifs.h>
#include <aux_klib.h>
#include <ntimage.h>
#include <wmilib.h>
#include <usbdlib.h>
#include <hidport.h>
#include <hidsdi.h>
#include <batclass.h>
#include <srb.h>
#include <abi/layout_asserts.h>

/* Without the headers' marks the asserts would all be skipped. */
#if !defined(_WDMDDK_) || !defined(_NTDDK_) || !defined(_NTIFS_) || !defined(_NTIMAGE_)
#error "a header does not say that it was included"
#endif
_Static_assert(sizeof(wchar_t) == 2, "WCHAR has 16 bits");
_Static_assert(sizeof(LONG) == 4 && sizeof(ULONG_PTR) == 8, "LLP64 sizes on an LP64 host");
