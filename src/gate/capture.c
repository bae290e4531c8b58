/* SPDX-License-Identifier: MIT */
/* capture.c - a program's arguments become the kernel's, once.
 *
 * Everything a service reads from a program is copied before it is looked at, so that a
 * second thread of the program cannot change it between check and use. Callers in kernel
 * mode are believed.
 */
#include <string.h>

#include "ex/ex.h"
#include "ke/ke.h"
#include "mm/mm.h"
#include "services.h"

#define TAG_CAPTURE 'paCG'

KPROCESSOR_MODE gate_mode(void)
{
    return ke_previous_mode();
}

NTSTATUS gate_copy_in(void *to, const void *user, size_t length)
{
    if (length == 0)
        return STATUS_SUCCESS;
    if (gate_mode() == KernelMode) {
        memcpy(to, user, length);
        return STATUS_SUCCESS;
    }
    NTSTATUS status = mm_user_probe(user, length, 1, false);
    return NT_SUCCESS(status) ? mm_user_copy(to, user, length) : status;
}

NTSTATUS gate_copy_out(void *user, const void *from, size_t length)
{
    if (length == 0)
        return STATUS_SUCCESS;
    if (gate_mode() == KernelMode) {
        memcpy(user, from, length);
        return STATUS_SUCCESS;
    }
    NTSTATUS status = mm_user_probe(user, length, 1, true);
    return NT_SUCCESS(status) ? mm_user_copy(user, from, length) : status;
}

NTSTATUS gate_probe_write(void *user, size_t length, unsigned alignment)
{
    return gate_mode() == KernelMode ? STATUS_SUCCESS
                                     : mm_user_probe(user, length, alignment, true);
}

NTSTATUS gate_length_tell(PULONG user, ULONG length)
{
    return user ? gate_copy_out(user, &length, sizeof length) : STATUS_SUCCESS;
}

NTSTATUS gate_capture_string(const UNICODE_STRING *user, UNICODE_STRING *out_string)
{
    UNICODE_STRING string;
    *out_string = (UNICODE_STRING){0};
    NTSTATUS status = gate_copy_in(&string, user, sizeof string);
    if (!NT_SUCCESS(status))
        return status;
    if (string.Length & 1)
        return STATUS_OBJECT_NAME_INVALID;
    if (!string.Length)
        return STATUS_SUCCESS;
    WCHAR *buffer = ExAllocatePool2(POOL_FLAG_PAGED, string.Length + sizeof(WCHAR), TAG_CAPTURE);
    if (!buffer)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = gate_copy_in(buffer, string.Buffer, string.Length);
    if (!NT_SUCCESS(status)) {
        ExFreePoolWithTag(buffer, TAG_CAPTURE);
        return status;
    }
    *out_string = (UNICODE_STRING){.Length = string.Length,
                                   .MaximumLength = (USHORT)(string.Length + sizeof(WCHAR)),
                                   .Buffer = buffer};
    return STATUS_SUCCESS;
}

void gate_release_string(UNICODE_STRING *string)
{
    if (string->Buffer)
        ExFreePoolWithTag(string->Buffer, TAG_CAPTURE);
    *string = (UNICODE_STRING){0};
}

NTSTATUS gate_capture_attributes(const OBJECT_ATTRIBUTES *user,
                                 struct gate_attributes *out_attributes)
{
    memset(out_attributes, 0, sizeof *out_attributes);
    OBJECT_ATTRIBUTES *attributes = &out_attributes->attributes;
    if (!user) {
        attributes->Length = sizeof *attributes;
        return STATUS_SUCCESS;
    }
    NTSTATUS status = gate_copy_in(attributes, user, sizeof *attributes);
    if (!NT_SUCCESS(status))
        return status;
    if (attributes->Length != sizeof *attributes)
        return STATUS_INVALID_PARAMETER;
    /* A program may not ask for handles of the kernel, nor hand in its own security. */
    if (gate_mode() == UserMode) {
        attributes->Attributes &= OBJ_VALID_ATTRIBUTES & ~(ULONG)OBJ_KERNEL_HANDLE;
        attributes->SecurityDescriptor = NULL;
        attributes->SecurityQualityOfService = NULL;
    }
    if (!attributes->ObjectName)
        return STATUS_SUCCESS;
    status = gate_capture_string(attributes->ObjectName, &out_attributes->name);
    attributes->ObjectName = &out_attributes->name;
    return status;
}

void gate_release_attributes(struct gate_attributes *attributes)
{
    gate_release_string(&attributes->name);
}
