/* SPDX-License-Identifier: MIT */
/* sender.h - a control device of the Framework and IRPs sent to it from inside the kernel.
 *
 * What a test of queues and requests needs: devices with queues, IRPs of every kind whose end is
 * noted, files opened on the device. A sent IRP is on the caller's stack (struct sent) and must be
 * waited for (sent_end) before that goes.
 */
#ifndef TESTS_SENDER_H
#define TESTS_SENDER_H

#include "kmdf_test.h"

struct sent {
    PIRP irp;
    KEVENT done;
    volatile LONG is_done;
    NTSTATUS answer; /* of IoCallDriver */
    NTSTATUS status;
    ULONG_PTR information;
    PMDL mdl;
    UCHAR buffer[64];
};

struct sender_io {
    UCHAR major;
    ULONG code;
    ULONG input, output; /* lengths; read and write: the one that counts */
    PVOID user_input, user_output;
    PFILE_OBJECT file;
    BOOLEAN from_user;
    BOOLEAN direct; /* buffer goes as an MDL */
};

/* A control device; hook may change its init. Deleted with WdfObjectDelete. */
WDFDEVICE sender_device(void (*hook)(PWDFDEVICE_INIT init));
#define SENDER_DEVICE_NAME L"\\Device\\CoveFrameworkTest"

/* A queue of the device; hook may change config and attributes. */
WDFQUEUE sender_queue(WDFDEVICE device, WDF_IO_QUEUE_DISPATCH_TYPE type, BOOLEAN is_default,
                      void (*hook)(PWDF_IO_QUEUE_CONFIG config, PWDF_OBJECT_ATTRIBUTES attributes));

void sent_begin(struct sent *sent, WDFDEVICE device, const struct sender_io *io);
/* The usual one: a buffered control with 8 bytes in and out. */
void sent_control(struct sent *sent, WDFDEVICE device, ULONG code);
/* Waits for the end and frees the IRP; the status. */
NTSTATUS sent_end(struct sent *sent);
void sent_cancel(struct sent *sent);

/* A handle and a referenced file object on the device. */
NTSTATUS sender_open(PCWSTR tail, HANDLE *out_handle, PFILE_OBJECT *out_file);
void sender_close(HANDLE handle, PFILE_OBJECT file);

#define SENDER_CODE(n, method) CTL_CODE(FILE_DEVICE_UNKNOWN, 0x900 + (n), (method), FILE_ANY_ACCESS)

#endif
