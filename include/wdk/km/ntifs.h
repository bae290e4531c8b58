/* SPDX-License-Identifier: MIT */
/* ntifs.h - what file systems, file-system filters and security drivers include.
 *
 * Everything of ntddk.h and, beyond it, tokens and access, the file-system run-time
 * library, the cache manager, and the services a plain device driver has no use for.
 * Each noun has its own file in the folder ntifs.
 */
#ifndef _NTIFS_
#define _NTIFS_
#define _NTIFS_INCLUDED_

#include <ntddk.h>
#include "ntifs/irp.h"
#include "ntifs/security.h"
#include "ntifs/se.h"
#include "ntifs/file_information.h"
#include "ntifs/volume_information.h"
#include "ntifs/fsctl.h"
#include "ntifs/fsrtl.h"
#include "ntifs/fsrtl_name.h"
#include "ntifs/fsrtl_context.h"
#include "ntifs/cc.h"
#include "ntifs/rtl.h"
#include "ntifs/object.h"
#include "ntifs/nt.h"
#include "ntifs/transaction.h"

#endif
