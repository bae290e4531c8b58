/* SPDX-License-Identifier: MIT */
/* file_system.h - file systems, who watches them, and volumes that may have changed.
 */
#ifndef IO_FILE_SYSTEM_H
#define IO_FILE_SYSTEM_H

#include "io_internal.h"

void file_system_register(PDEVICE_OBJECT device);
/* False: it was not registered. */
bool file_system_forget(PDEVICE_OBJECT device, bool tells);
/* STATUS_DEVICE_ALREADY_ATTACHED: it was the last to register, with the same routine. */
NTSTATUS fs_watcher_register(PDRIVER_OBJECT driver, PDRIVER_FS_NOTIFICATION routine);
/* routine NULL: any. False: there is none. */
bool fs_watcher_forget(PDRIVER_OBJECT driver, PDRIVER_FS_NOTIFICATION routine);
NTSTATUS volume_verify(PDEVICE_OBJECT device, bool allows_raw);

#endif
