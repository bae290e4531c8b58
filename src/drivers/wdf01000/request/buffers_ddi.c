/* SPDX-License-Identifier: MIT */
/* buffers_ddi.c - the WdfRequestRetrieveXxx and WdfRequestProbeAndLockXxx entries of the table.
 *
 * In: a request and what the driver needs at least. Out: its buffer in the form asked for; out
 * parameters are zero on failure. Errors are those of buffers.c and user_buffer.c.
 */
#include "request_internal.h"

#include "wdf_entries.h"

static struct fx_request *fx_request_of_handle(PWDF_DRIVER_GLOBALS abi, WDFREQUEST handle)
{
    return fx_request_of(fx_globals_of(abi), handle);
}

typedef NTSTATUS fx_retrieve_buffer(struct fx_request *request, SIZE_T minimum, PVOID *out_buffer,
                                    SIZE_T *out_length);
typedef NTSTATUS fx_retrieve_memory(struct fx_request *request, struct fx_memory **out_memory);
typedef NTSTATUS fx_retrieve_mdl(struct fx_request *request, PMDL *out_mdl);

static __forceinline NTSTATUS fx_give_buffer(PWDF_DRIVER_GLOBALS abi, WDFREQUEST handle,
                                             fx_retrieve_buffer *retrieve, SIZE_T minimum,
                                             PVOID *out_buffer, size_t *out_length)
{
    struct fx_request *request = fx_request_of_handle(abi, handle);

    fx_needed(request->object.globals, out_buffer);
    *out_buffer = NULL;
    if (out_length != NULL)
        *out_length = 0;
    return retrieve(request, minimum, out_buffer, (SIZE_T *)out_length);
}

static NTSTATUS fx_give_memory(PWDF_DRIVER_GLOBALS abi, WDFREQUEST handle,
                               fx_retrieve_memory *retrieve, WDFMEMORY *out_memory)
{
    struct fx_request *request = fx_request_of_handle(abi, handle);
    struct fx_memory *memory;
    NTSTATUS status;

    fx_needed(request->object.globals, out_memory);
    *out_memory = NULL;
    status = retrieve(request, &memory);
    if (NT_SUCCESS(status))
        *out_memory = fx_handle_of(&memory->object);
    return status;
}

static NTSTATUS fx_give_mdl(PWDF_DRIVER_GLOBALS abi, WDFREQUEST handle, fx_retrieve_mdl *retrieve,
                            PMDL *out_mdl)
{
    struct fx_request *request = fx_request_of_handle(abi, handle);

    fx_needed(request->object.globals, out_mdl);
    *out_mdl = NULL;
    return retrieve(request, out_mdl);
}

NTSTATUS NTAPI imp_WdfRequestRetrieveInputBuffer(PWDF_DRIVER_GLOBALS abi, WDFREQUEST handle,
                                                 size_t minimum, PVOID *out_buffer,
                                                 size_t *out_length)
{
    return fx_give_buffer(abi, handle, fx_request_input_buffer, minimum, out_buffer, out_length);
}

NTSTATUS NTAPI imp_WdfRequestRetrieveOutputBuffer(PWDF_DRIVER_GLOBALS abi, WDFREQUEST handle,
                                                  size_t minimum, PVOID *out_buffer,
                                                  size_t *out_length)
{
    return fx_give_buffer(abi, handle, fx_request_output_buffer, minimum, out_buffer, out_length);
}

NTSTATUS NTAPI imp_WdfRequestRetrieveUnsafeUserInputBuffer(PWDF_DRIVER_GLOBALS abi,
                                                           WDFREQUEST handle, size_t minimum,
                                                           PVOID *out_buffer, size_t *out_length)
{
    return fx_give_buffer(abi, handle, fx_request_user_input, minimum, out_buffer, out_length);
}

NTSTATUS NTAPI imp_WdfRequestRetrieveUnsafeUserOutputBuffer(PWDF_DRIVER_GLOBALS abi,
                                                            WDFREQUEST handle, size_t minimum,
                                                            PVOID *out_buffer, size_t *out_length)
{
    return fx_give_buffer(abi, handle, fx_request_user_output, minimum, out_buffer, out_length);
}

NTSTATUS NTAPI imp_WdfRequestRetrieveInputMemory(PWDF_DRIVER_GLOBALS abi, WDFREQUEST handle,
                                                 WDFMEMORY *out_memory)
{
    return fx_give_memory(abi, handle, fx_request_input_memory, out_memory);
}

NTSTATUS NTAPI imp_WdfRequestRetrieveOutputMemory(PWDF_DRIVER_GLOBALS abi, WDFREQUEST handle,
                                                  WDFMEMORY *out_memory)
{
    return fx_give_memory(abi, handle, fx_request_output_memory, out_memory);
}

NTSTATUS NTAPI imp_WdfRequestRetrieveInputWdmMdl(PWDF_DRIVER_GLOBALS abi, WDFREQUEST handle,
                                                 PMDL *out_mdl)
{
    return fx_give_mdl(abi, handle, fx_request_input_mdl, out_mdl);
}

NTSTATUS NTAPI imp_WdfRequestRetrieveOutputWdmMdl(PWDF_DRIVER_GLOBALS abi, WDFREQUEST handle,
                                                  PMDL *out_mdl)
{
    return fx_give_mdl(abi, handle, fx_request_output_mdl, out_mdl);
}

static NTSTATUS fx_give_locked(PWDF_DRIVER_GLOBALS abi, WDFREQUEST handle, PVOID address,
                               size_t length, LOCK_OPERATION operation, WDFMEMORY *out_memory)
{
    struct fx_request *request = fx_request_of_handle(abi, handle);
    struct fx_memory *memory;
    NTSTATUS status;

    fx_needed(request->object.globals, address);
    fx_needed(request->object.globals, out_memory);
    *out_memory = NULL;
    status = fx_request_lock_user(request, address, length, operation, &memory);
    if (NT_SUCCESS(status))
        *out_memory = fx_handle_of(&memory->object);
    return status;
}

NTSTATUS NTAPI imp_WdfRequestProbeAndLockUserBufferForRead(PWDF_DRIVER_GLOBALS abi,
                                                           WDFREQUEST handle, PVOID address,
                                                           size_t length, WDFMEMORY *out_memory)
{
    return fx_give_locked(abi, handle, address, length, IoReadAccess, out_memory);
}

NTSTATUS NTAPI imp_WdfRequestProbeAndLockUserBufferForWrite(PWDF_DRIVER_GLOBALS abi,
                                                            WDFREQUEST handle, PVOID address,
                                                            size_t length, WDFMEMORY *out_memory)
{
    return fx_give_locked(abi, handle, address, length, IoModifyAccess, out_memory);
}
