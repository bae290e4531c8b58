/* SPDX-License-Identifier: MIT */
/* wdmguid.c - wdmguid.lib: the GUIDs of wdmguid.h, for drivers that define none themselves. */
#include <initguid.h>

#include <wdmguid.h>
