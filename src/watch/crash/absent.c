/* SPDX-License-Identifier: MIT */
/* absent.c - a driver called an export that nobody has written.
 *
 * It is told so by an exception at its call that cannot be continued; unhandled, that is a bug
 * check whose report names the export.
 */
#include <stdio.h>

#include "callout/ddi_frame.h"
#include "crash_internal.h"
#include "rtl/rtl.h"
#include "seh/seh.h"

/* For the report of this thread's bug check. owner thread only */
static __thread char absent_last[80];

const char *crash_absent_last(void)
{
    return absent_last[0] != '\0' ? absent_last : NULL;
}

/* IRQL:    any
 * Takes:   row, or DDI_ROW_UNKNOWN for a name that no table has; frame->row names it
 * Errors:  raises STATUS_PROCEDURE_NOT_FOUND at the driver's call; does not return
 */
void abi_export_absent(uint32_t row, struct ddi_frame *frame)
{
    const char *module = frame->row->modules & ABI_NTOSKRNL ? "ntoskrnl.exe" : "hal.dll";
    snprintf(absent_last, sizeof(absent_last), "%s!%s", module, frame->row->name);
    rtl_debug_printf("%s called %s, which is not there%s; docs/status.md lists what is\n",
                     crash_place(frame->rip), absent_last,
                     row == DDI_ROW_UNKNOWN ? " and in no public table" : "");
    seh_raise(STATUS_PROCEDURE_NOT_FOUND);
}
