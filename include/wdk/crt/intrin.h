/* SPDX-License-Identifier: MIT */
/* intrin.h - the compiler's own, with what it leaves out.
 *
 * Its copies of functions that processor_intrinsics.h has are put out of the way: wdm.h
 * brings ours to drivers that never include this file, and both must get along.
 */
#ifndef _WDK_INTRIN_H_
#define _WDK_INTRIN_H_

#if defined(_WIN32) && defined(__x86_64__)
#define __halt             __wdk_unused_halt
#define __nop              __wdk_unused_nop
#define __inbyte           __wdk_unused_inbyte
#define __inword           __wdk_unused_inword
#define __indword          __wdk_unused_indword
#define __outbyte          __wdk_unused_outbyte
#define __outword          __wdk_unused_outword
#define __outdword         __wdk_unused_outdword
#define __readmsr          __wdk_unused_readmsr
#define __readcr0          __wdk_unused_readcr0
#define __readcr2          __wdk_unused_readcr2
#define __readcr3          __wdk_unused_readcr3
#define __readcr4          __wdk_unused_readcr4
#define __readcr8          __wdk_unused_readcr8
#define __writecr0         __wdk_unused_writecr0
#define __writecr3         __wdk_unused_writecr3
#define __writecr4         __wdk_unused_writecr4
#define __writecr8         __wdk_unused_writecr8
#define __readdr           __wdk_unused_readdr
#define __writedr          __wdk_unused_writedr
#define __getcallerseflags __wdk_unused_getcallerseflags
#define __segmentlimit     __wdk_unused_segmentlimit
#define __movsb            __wdk_unused_movsb
#define __movsw            __wdk_unused_movsw
#define __movsd            __wdk_unused_movsd
#define __movsq            __wdk_unused_movsq
#define __stosw            __wdk_unused_stosw
#define __stosd            __wdk_unused_stosd
#define __stosq            __wdk_unused_stosq
#endif

#include_next <intrin.h>

#if defined(_WIN32) && defined(__x86_64__)
#undef __halt
#undef __nop
#undef __inbyte
#undef __inword
#undef __indword
#undef __outbyte
#undef __outword
#undef __outdword
#undef __readmsr
#undef __readcr0
#undef __readcr2
#undef __readcr3
#undef __readcr4
#undef __readcr8
#undef __writecr0
#undef __writecr3
#undef __writecr4
#undef __writecr8
#undef __readdr
#undef __writedr
#undef __getcallerseflags
#undef __segmentlimit
#undef __movsb
#undef __movsw
#undef __movsd
#undef __movsq
#undef __stosw
#undef __stosd
#undef __stosq
#endif

#include <processor_intrinsics.h>

#endif
