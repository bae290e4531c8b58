/* SPDX-License-Identifier: MIT */
/* shutdown.h - registration for IRP_MJ_SHUTDOWN, for notify_ddi.c. */
#ifndef IO_SHUTDOWN_H
#define IO_SHUTDOWN_H

#include "io_internal.h"

NTSTATUS shutdown_register(PDEVICE_OBJECT device, bool is_last_call);

#endif
