/* SPDX-License-Identifier: MIT */
/* symbolic_link_ddi.c - names for devices that programs can say.
 */
#include "io_internal.h"

/* Doc:     wdm.h IoCreateSymbolicLink */
NTSTATUS NTAPI IoCreateSymbolicLink(PUNICODE_STRING SymbolicLinkName, PUNICODE_STRING DeviceName)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    UNICODE_STRING name = *SymbolicLinkName, target = *DeviceName; /* may fault: nothing is made */
    return ob_symbolic_link_create(&name, &target);
}

/* Doc:     ntddk.h IoCreateUnprotectedSymbolicLink
 * Differs: links carry no descriptor, so this is IoCreateSymbolicLink
 */
NTSTATUS NTAPI IoCreateUnprotectedSymbolicLink(PUNICODE_STRING SymbolicLinkName,
                                               PUNICODE_STRING DeviceName)
{
    return IoCreateSymbolicLink(SymbolicLinkName, DeviceName);
}

/* Doc:     wdm.h IoDeleteSymbolicLink */
NTSTATUS NTAPI IoDeleteSymbolicLink(PUNICODE_STRING SymbolicLinkName)
{
    KE_REQUIRE_IRQL_AT_MOST(PASSIVE_LEVEL);
    return ob_symbolic_link_delete(SymbolicLinkName);
}
