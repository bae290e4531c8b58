/* SPDX-License-Identifier: MIT */
/*
 * How the Framework's headers stand in C++: with the names of C.
 */
#ifndef WDF_EXTERN_C
#ifdef __cplusplus
#define WDF_EXTERN_C       extern "C"
#define WDF_EXTERN_C_START extern "C" {
#define WDF_EXTERN_C_END   }
#else
#define WDF_EXTERN_C
#define WDF_EXTERN_C_START
#define WDF_EXTERN_C_END
#endif
#endif
