/* SPDX-License-Identifier: MIT */
/*
 * Indices of the function table and of the structure table, and what a driver built for a newer
 * Framework than the one it runs on asks before it uses either.
 */
#ifndef _WDFFUNCENUM_H_
#define _WDFFUNCENUM_H_

#include "wdfexternc.h"

WDF_EXTERN_C_START

#if defined(FX_FRAMEWORK)
#define WDF_EVERYTHING_ALWAYS_AVAILABLE
#else
extern PWDF_DRIVER_GLOBALS WdfDriverGlobals;
#endif

#include "calls/indices.h"

#if KMDF_VERSION_MINOR >= 25

#define WDF_FIRST_VERSION_SUPPORTING_CLIENT_VERSION_HIGHER_THAN_FRAMEWORK 25
#define WDF_ALWAYS_AVAILABLE_FUNCTION_COUNT                               453

#if defined(KMDF_MINIMUM_VERSION_REQUIRED)
#if KMDF_MINIMUM_VERSION_REQUIRED < 25
#error "KMDF_MINIMUM_VERSION_REQUIRED is 25 or more"
#endif
#if KMDF_MINIMUM_VERSION_REQUIRED > KMDF_VERSION_MINOR
#error "KMDF_MINIMUM_VERSION_REQUIRED is at most KMDF_VERSION_MINOR"
#endif
#if KMDF_MINIMUM_VERSION_REQUIRED == KMDF_VERSION_MINOR && !defined(WDF_EVERYTHING_ALWAYS_AVAILABLE)
#define WDF_EVERYTHING_ALWAYS_AVAILABLE
#endif
#endif

#if !defined(FX_FRAMEWORK)
/* Set when the driver is bound; the two counts are those of the Framework, if it is the older. */
extern BOOLEAN WdfClientVersionHigherThanFramework;
extern ULONG WdfFunctionCount;
extern ULONG WdfStructureCount;
extern WDF_STRUCT_INFO WdfStructures;

#if !defined(WDF_STUB)
#if defined(KMDF_MINIMUM_VERSION_REQUIRED)
__declspec(selectany) ULONG WdfMinimumVersionRequired = KMDF_MINIMUM_VERSION_REQUIRED;
#else
__declspec(selectany) ULONG WdfMinimumVersionRequired = KMDF_VERSION_MINOR;
#endif
#endif
#endif

#define WDF_IS_FUNCTION_AVAILABLE(FunctionName)                        \
    (FunctionName##TableIndex < WDF_ALWAYS_AVAILABLE_FUNCTION_COUNT || \
     !WdfClientVersionHigherThanFramework || FunctionName##TableIndex < WdfFunctionCount)

#define WDF_IS_STRUCTURE_AVAILABLE(StructName) \
    (!WdfClientVersionHigherThanFramework || INDEX_##StructName < WdfStructureCount)

#define WDF_IS_FIELD_AVAILABLE(StructName, FieldName) \
    (!WdfClientVersionHigherThanFramework ||          \
     (INDEX_##StructName < WdfStructureCount &&       \
      FIELD_OFFSET(StructName, FieldName) < WdfStructures[INDEX_##StructName]))

#include "calls/struct_indices.h"

#define Wdf_STRUCTURE_TABLE_NUM_ENTRIES WDF_STRUCTURE_TABLE_NUM_ENTRIES

#endif

/* What an INIT inline writes into Size; (ULONG)-1: the Framework has no such structure. */
#if defined(WDF_EVERYTHING_ALWAYS_AVAILABLE) || KMDF_VERSION_MINOR < 25
#define WDF_STRUCTURE_SIZE(StructName) ((ULONG)sizeof(StructName))
#else
#define WDF_STRUCTURE_SIZE(StructName)                                                    \
    ((ULONG)(!WdfClientVersionHigherThanFramework     ? sizeof(StructName)                \
             : INDEX_##StructName < WdfStructureCount ? WdfStructures[INDEX_##StructName] \
                                                      : (size_t)-1))
#endif

WDF_EXTERN_C_END

#endif
