/* SPDX-License-Identifier: MIT */
/* ntintsafe.h - checked integer arithmetic that answers with an NTSTATUS.
 *
 * RtlULongToUShort, RtlSizeTAdd and the like: STATUS_INTEGER_OVERFLOW where the
 * result does not fit. All inline.
 */
#ifndef _NTINTSAFE_H_INCLUDED_
#define _NTINTSAFE_H_INCLUDED_
#include <ntdef.h>
#include <ntstatus.h>
#include "intsafe/limits.h"

#define INTSAFE_NAME(x)  Rtl##x
#define INTSAFE_RESULT   NTSTATUS
#define INTSAFE_OK       STATUS_SUCCESS
#define INTSAFE_OVERFLOW STATUS_INTEGER_OVERFLOW
#include "intsafe/kinds.h"
#undef INTSAFE_NAME
#undef INTSAFE_RESULT
#undef INTSAFE_OK
#undef INTSAFE_OVERFLOW

/* The same for SIZE_T by its other name. */
#define RtlSIZETAdd  RtlSizeTAdd
#define RtlSIZETSub  RtlSizeTSub
#define RtlSIZETMult RtlSizeTMult
#endif
