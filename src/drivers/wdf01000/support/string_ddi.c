/* SPDX-License-Identifier: MIT */
/* string_ddi.c - WdfStringXxx as a client calls it. */
#include "support_internal.h"
#include <wdf_entries.h>

NTSTATUS NTAPI imp_WdfStringCreate(PWDF_DRIVER_GLOBALS DriverGlobals,
                                   PCUNICODE_STRING UnicodeString,
                                   PWDF_OBJECT_ATTRIBUTES StringAttributes, WDFSTRING *String)
{
    struct fx_globals *globals = fx_globals_of(DriverGlobals);
    struct fx_string *string;
    NTSTATUS status;

    fx_needed(globals, String);
    *String = NULL;
    if (fx_irql_above(globals, PASSIVE_LEVEL, "WdfStringCreate"))
        return STATUS_INVALID_DEVICE_REQUEST;
    status = fx_string_create(globals, StringAttributes, NULL, UnicodeString, &string);
    if (!NT_SUCCESS(status))
        return status;
    fx_object_creator(&string->object, _ReturnAddress());
    *String = fx_handle_of(&string->object);
    return STATUS_SUCCESS;
}

/* The string that it gives is good until the object is assigned to or goes. */
VOID NTAPI imp_WdfStringGetUnicodeString(PWDF_DRIVER_GLOBALS DriverGlobals, WDFSTRING String,
                                         PUNICODE_STRING UnicodeString)
{
    struct fx_globals *globals = fx_globals_of(DriverGlobals);
    struct fx_object *object = fx_object_of(globals, String, &fx_type_string);

    fx_needed(globals, UnicodeString);
    if (fx_irql_above(globals, PASSIVE_LEVEL, "WdfStringGetUnicodeString"))
        return;
    *UnicodeString = ((struct fx_string *)object)->value;
}
