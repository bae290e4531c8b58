/* SPDX-License-Identifier: MIT */
/* intsafe.h - checked integer arithmetic that answers with an HRESULT.
 *
 * The functions of ntintsafe.h without their Rtl, for code shared with programs.
 */
#ifndef _INTSAFE_H_INCLUDED_
#define _INTSAFE_H_INCLUDED_
#include <ntdef.h>
#include "intsafe/limits.h"

#define INTSAFE_E_ARITHMETIC_OVERFLOW ((HRESULT)0x80070216L)
#ifndef S_OK
#define S_OK ((HRESULT)0L)
#endif
#ifndef SUCCEEDED
#define SUCCEEDED(hr) (((HRESULT)(hr)) >= 0)
#endif
#ifndef FAILED
#define FAILED(hr) (((HRESULT)(hr)) < 0)
#endif

#define INTSAFE_NAME(x)  x
#define INTSAFE_RESULT   HRESULT
#define INTSAFE_OK       S_OK
#define INTSAFE_OVERFLOW INTSAFE_E_ARITHMETIC_OVERFLOW
#include "intsafe/kinds.h"
#undef INTSAFE_NAME
#undef INTSAFE_RESULT
#undef INTSAFE_OK
#undef INTSAFE_OVERFLOW
#endif
