/* SPDX-License-Identifier: MIT */
/* parameters.c - what a received IRP asks for, in the Framework's words.
 *
 * The public structure lies as IO_STACK_LOCATION's parameters do, with lengths widened to size_t:
 * each kind is copied member by member, so that no padding becomes a length.
 */
#include "request_internal.h"

void fx_request_parameters(const struct fx_request *request, PWDF_REQUEST_PARAMETERS parameters)
{
    const IO_STACK_LOCATION *stack = request->stack;

    RtlZeroMemory(&parameters->Parameters, sizeof(parameters->Parameters));
    parameters->MinorFunction = stack->MinorFunction;
    parameters->Type = fx_request_type_of(stack->MajorFunction);
    switch (stack->MajorFunction) {
    case IRP_MJ_CREATE:
        parameters->Parameters.Create.SecurityContext = stack->Parameters.Create.SecurityContext;
        parameters->Parameters.Create.Options = stack->Parameters.Create.Options;
        parameters->Parameters.Create.FileAttributes = stack->Parameters.Create.FileAttributes;
        parameters->Parameters.Create.ShareAccess = stack->Parameters.Create.ShareAccess;
        parameters->Parameters.Create.EaLength = stack->Parameters.Create.EaLength;
        break;
    case IRP_MJ_READ:
        parameters->Parameters.Read.Length = stack->Parameters.Read.Length;
        parameters->Parameters.Read.Key = stack->Parameters.Read.Key;
        parameters->Parameters.Read.DeviceOffset = stack->Parameters.Read.ByteOffset.QuadPart;
        break;
    case IRP_MJ_WRITE:
        parameters->Parameters.Write.Length = stack->Parameters.Write.Length;
        parameters->Parameters.Write.Key = stack->Parameters.Write.Key;
        parameters->Parameters.Write.DeviceOffset = stack->Parameters.Write.ByteOffset.QuadPart;
        break;
    case IRP_MJ_DEVICE_CONTROL:
        parameters->Parameters.DeviceIoControl.OutputBufferLength =
            stack->Parameters.DeviceIoControl.OutputBufferLength;
        parameters->Parameters.DeviceIoControl.InputBufferLength =
            stack->Parameters.DeviceIoControl.InputBufferLength;
        parameters->Parameters.DeviceIoControl.IoControlCode =
            stack->Parameters.DeviceIoControl.IoControlCode;
        parameters->Parameters.DeviceIoControl.Type3InputBuffer =
            stack->Parameters.DeviceIoControl.Type3InputBuffer;
        break;
    default:
        /* Internal device controls among them: their arguments are what sender and receiver agree
         * on, so all the bits go through. */
        RtlCopyMemory(&parameters->Parameters.Others, &stack->Parameters.Others,
                      sizeof(parameters->Parameters.Others));
        break;
    }
}
