/* SPDX-License-Identifier: MIT */
/* object.c - names of synchronisation objects, and what creating one answers. */
#include <string.h>

#include "crt/string.h"
#include "win32_internal.h"

LARGE_INTEGER *timeout_of_ms(DWORD milliseconds, LARGE_INTEGER *out_timeout)
{
    if (milliseconds == INFINITE)
        return NULL;
    out_timeout->QuadPart = -(LONGLONG)milliseconds * 10000;
    return out_timeout;
}

static const wchar_t *without_scope(const wchar_t *name)
{
    if (!crt_wcsnicmp(name, L"Global\\", 7))
        return name + 7;
    return crt_wcsnicmp(name, L"Local\\", 6) ? name : name + 6;
}

bool object_name(struct object_name *object, const wchar_t *name,
                 const SECURITY_ATTRIBUTES *security, ULONG flags)
{
    flags |= security && security->bInheritHandle ? OBJ_INHERIT : 0;
    UNICODE_STRING *string = NULL;
    if (name) {
        crt_wcscpy(object->text, L"\\BaseNamedObjects\\");
        if (crt_wcscat_s(object->text, sizeof object->text / sizeof *object->text,
                         without_scope(name))) {
            error_set(ERROR_INVALID_NAME);
            return false;
        }
        size_t bytes = crt_wcslen(object->text) * sizeof *object->text;
        object->name = (UNICODE_STRING){(USHORT)bytes, (USHORT)bytes, object->text};
        string = &object->name;
    }
    InitializeObjectAttributes(&object->attributes, string, flags, NULL,
                               security ? security->lpSecurityDescriptor : NULL);
    return true;
}

HANDLE object_created(NTSTATUS status, HANDLE handle)
{
    if (!error_result(status))
        return NULL;
    error_set(status == STATUS_OBJECT_NAME_EXISTS ? ERROR_ALREADY_EXISTS : ERROR_SUCCESS);
    return handle;
}
