/* SPDX-License-Identifier: MIT */
/* report.c - stub while written */
#include "action_do.h"
NTSTATUS device_report(struct device_report *report)
{
    (void)report;
    return STATUS_NOT_IMPLEMENTED;
}
