/* SPDX-License-Identifier: MIT */
/* request_internal.h - what the files of this room share.
 *
 * The rooms that a request has to do with, and the few functions between its files.
 */
#ifndef FX_REQUEST_INTERNAL_H
#define FX_REQUEST_INTERNAL_H

#include <ntifs.h>

#include "request.h"

#include "../device/device.h"
#include "../object/object.h"
#include "../queue/queue.h"

/* The violation WDF_REQUEST_FATAL_ERROR with the request as its third parameter. */
void fx_request_violation(struct fx_request *request, ULONG_PTR code);

/* The request's IRP goes on to a queue of the parent device, as a request of that device.
 * Errors: STATUS_WDF_BUSY, STATUS_INSUFFICIENT_RESOURCES; the driver owns the request then */
NTSTATUS fx_request_to_parent(struct fx_request *request, struct fx_queue *queue);

/* --- extension.c: class extensions in the way of requests and files ----------------------------
 */

/* Contexts of theirs in a new request or file object. */
NTSTATUS fx_extensions_request(struct fx_device *device, struct fx_request *request);
NTSTATUS fx_extensions_file(struct fx_device *device, struct fx_file *file);
/* Does one of them hear of creates? */
BOOLEAN fx_extensions_hear_create(const struct fx_device *device);
/* TRUE: one has kept the request, which is its own now. file may be NULL. */
BOOLEAN fx_extensions_create(struct fx_device *device, struct fx_request *request,
                             struct fx_file *file);
/* Cleanup (TRUE) or close of a file, after the driver's own callback. */
void fx_extensions_file_end(struct fx_device *device, struct fx_file *file, BOOLEAN is_cleanup);

/* --- buffers.c
 * ------------------------------------------------------------------------------------ */

/* A buffer and the MDL that describes it, if there is one. */
struct fx_request_buffer {
    PVOID address;
    SIZE_T length;
    PMDL mdl;
};

NTSTATUS fx_request_input(struct fx_request *request, BOOLEAN map,
                          struct fx_request_buffer *out_buffer);
NTSTATUS fx_request_output(struct fx_request *request, BOOLEAN map,
                           struct fx_request_buffer *out_buffer);
NTSTATUS fx_request_input_mdl(struct fx_request *request, PMDL *out_mdl);
NTSTATUS fx_request_output_mdl(struct fx_request *request, PMDL *out_mdl);
NTSTATUS fx_request_input_memory(struct fx_request *request, struct fx_memory **out_memory);
NTSTATUS fx_request_output_memory(struct fx_request *request, struct fx_memory **out_memory);

/* --- user_buffer.c
 * -------------------------------------------------------------------------------- */

NTSTATUS fx_request_user_input(struct fx_request *request, SIZE_T minimum, PVOID *out_buffer,
                               SIZE_T *out_length);
NTSTATUS fx_request_user_output(struct fx_request *request, SIZE_T minimum, PVOID *out_buffer,
                                SIZE_T *out_length);
NTSTATUS fx_request_lock_user(struct fx_request *request, PVOID address, SIZE_T length,
                              LOCK_OPERATION operation, struct fx_memory **out_memory);

#endif
