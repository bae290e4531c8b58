/* SPDX-License-Identifier: MIT */
/* start_io.h - StartIo's queue, for start_io_ddi.c. key NULL: at the tail, or the head. */
#ifndef IO_START_IO_H
#define IO_START_IO_H

#include "io_internal.h"

void start_io_packet(PDEVICE_OBJECT device, PIRP irp, const ULONG *key, PDRIVER_CANCEL cancel);
void start_io_next(PDEVICE_OBJECT device, bool cancelable, const ULONG *key);

#endif
