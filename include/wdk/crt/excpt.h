/* SPDX-License-Identifier: MIT */
/* excpt.h - words for structured exception handling.
 *
 * try, except and finally are the compiler's own __try, __except, __finally.
 */
#pragma once
#include <crtdefs.h>
#include <ntdef.h> /* EXCEPTION_DISPOSITION */

#define EXCEPTION_EXECUTE_HANDLER    1
#define EXCEPTION_CONTINUE_SEARCH    0
#define EXCEPTION_CONTINUE_EXECUTION (-1)

#ifndef __cplusplus
#define try     __try
#define except  __except
#define finally __finally
#define leave   __leave
#endif
#define GetExceptionCode        _exception_code
#define exception_code          _exception_code
#define GetExceptionInformation (struct _EXCEPTION_POINTERS *)_exception_info
#define exception_info          (struct _EXCEPTION_POINTERS *)_exception_info
#define AbnormalTermination     _abnormal_termination
#define abnormal_termination    _abnormal_termination

_CRT_BEGIN_C_HEADER
struct _EXCEPTION_RECORD;
struct _CONTEXT;
struct _DISPATCHER_CONTEXT;
struct _EXCEPTION_POINTERS;
EXCEPTION_DISPOSITION __cdecl __C_specific_handler(struct _EXCEPTION_RECORD *, void *,
                                                   struct _CONTEXT *, struct _DISPATCHER_CONTEXT *);
unsigned long __cdecl _exception_code(void);
void *__cdecl _exception_info(void);
int __cdecl _abnormal_termination(void);
_CRT_END_C_HEADER
