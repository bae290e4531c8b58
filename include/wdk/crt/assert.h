/* SPDX-License-Identifier: MIT */
/* assert.h - assert() through RtlAssert; nothing in a build with NDEBUG.
 *
 * May be included again with NDEBUG changed, as the C standard wants.
 */
#include <crtdefs.h>
#undef assert
#ifdef NDEBUG
#define assert(expression) ((void)0)
#else
_CRT_BEGIN_C_HEADER
__declspec(dllimport) void __stdcall RtlAssert(void *, void *, unsigned long, char *);
_CRT_END_C_HEADER
#define assert(expression) \
    ((void)(!!(expression) || (RtlAssert((void *)#expression, (void *)__FILE__, __LINE__, 0), 0)))
#endif
#ifndef __cplusplus
#undef static_assert
#define static_assert _Static_assert
#endif
