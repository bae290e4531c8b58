/* SPDX-License-Identifier: MIT */
/* irp_sync.h - what IoBuild… hand to the builders of drivers' IRPs. Pointers are borrowed
 * until the IRP ends.
 */
#ifndef IO_IRP_SYNC_H
#define IO_IRP_SYNC_H

#include "io_internal.h"

struct irp_sync_control {
    PDEVICE_OBJECT device;
    ULONG code;
    void *input, *output;
    ULONG input_length, output_length;
    bool is_internal;
    KEVENT *event;
    IO_STATUS_BLOCK *status;
};
PIRP irp_sync_control(const struct irp_sync_control *control);

struct irp_sync_transfer {
    PDEVICE_OBJECT device;
    UCHAR major;
    void *buffer;
    ULONG length;
    const LARGE_INTEGER *offset; /* NULL: 0 */
    KEVENT *event;
    IO_STATUS_BLOCK *status;
    bool is_threaded;
};
PIRP irp_sync_transfer(const struct irp_sync_transfer *transfer);
PIRP irp_associate(PIRP master, CCHAR stacks);

#endif
