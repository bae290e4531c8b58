/* SPDX-License-Identifier: MIT */
/* ntverp.h - the version of the kit a driver is built with, for common.ver. The numbers
 * are those of the newest interface our headers describe.
 */
#ifndef _WDK_RC_NTVERP_H_
#define _WDK_RC_NTVERP_H_

#include "verrsrc.h"

#define VER_PRODUCTMAJORVERSION 10
#define VER_PRODUCTMINORVERSION 0
#define VER_PRODUCTBUILD        22621
#define VER_PRODUCTBUILD_QFE    0

#ifndef VER_PRODUCTVERSION
#define VER_PRODUCTVERSION \
    VER_PRODUCTMAJORVERSION, VER_PRODUCTMINORVERSION, VER_PRODUCTBUILD, VER_PRODUCTBUILD_QFE
#endif
#ifndef VER_PRODUCTVERSION_STR
#define VER_PRODUCTVERSION_STR "10.0.22621.0"
#endif

#define VER_FILEFLAGSMASK VS_FFI_FILEFLAGSMASK
#ifndef VER_FILEOS
#define VER_FILEOS VOS_NT_WINDOWS32
#endif
#ifndef VER_FILEFLAGS
#if DBG
#define VER_FILEFLAGS VS_FF_DEBUG
#else
#define VER_FILEFLAGS 0
#endif
#endif

#endif
