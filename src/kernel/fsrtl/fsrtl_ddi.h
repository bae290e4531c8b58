/* SPDX-License-Identifier: MIT */
/* fsrtl_ddi.h - exported functions that the driver kit does not declare. */
#ifndef FSRTL_FSRTL_DDI_H
#define FSRTL_FSRTL_DDI_H

#include <ntifs.h>

BOOLEAN NTAPI FsRtlIsNameInUnUpcasedExpression(PUNICODE_STRING Expression, PUNICODE_STRING Name,
                                               BOOLEAN IgnoreCase, PWCH UpcaseTable);

#endif
