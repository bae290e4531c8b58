/* SPDX-License-Identifier: MIT */
/* target_control.h - a control device with a target, and requests of its own whose end is noted;
 * for the tests of targets.
 */
#ifndef TESTS_TARGET_CONTROL_H
#define TESTS_TARGET_CONTROL_H

#include "target_lower.h"

#define BYTES            16
#define IOCTL_BUFFERED   CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_IN_DIRECT  CTL_CODE(FILE_DEVICE_UNKNOWN, 0x802, METHOD_IN_DIRECT, FILE_ANY_ACCESS)
#define IOCTL_OUT_DIRECT CTL_CODE(FILE_DEVICE_UNKNOWN, 0x803, METHOD_OUT_DIRECT, FILE_ANY_ACCESS)
#define IOCTL_NEITHER    CTL_CODE(FILE_DEVICE_UNKNOWN, 0x804, METHOD_NEITHER, FILE_ANY_ACCESS)

struct done {
    KEVENT event;
    LONG count;
    NTSTATUS status;
    ULONG_PTR information;
    WDF_REQUEST_COMPLETION_PARAMS params;
    WDFREQUEST request;
};

extern WDFDEVICE control;
extern WDFIOTARGET target;

NTSTATUS control_make(void);
BOOLEAN begin(ULONG flags);
void end(void);
EVT_WDF_REQUEST_COMPLETION_ROUTINE evt_done;
void done_init(struct done *done);
void done_wait(struct done *done);
WDFREQUEST request_make(void);
void request_format(WDFREQUEST request, struct done *done);
void request_renew(WDFREQUEST request);

#endif
