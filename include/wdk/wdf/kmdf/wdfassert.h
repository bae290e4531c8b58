/* SPDX-License-Identifier: MIT */
/*
 * WDFVERIFY and the checks that only run while the driver is verified.
 */
#ifndef _WDFASSERT_H_
#define _WDFASSERT_H_

#include "wdfexternc.h"

WDF_EXTERN_C_START

NTSYSAPI VOID NTAPI RtlAssert(PVOID FailedAssertion, PVOID FileName, ULONG LineNumber,
                              PSTR Message);

#define WDFVERIFY(exp)                                                \
    {                                                                 \
        if (!(exp) && (WdfDriverGlobals->DriverFlags & WdfVerifyOn))  \
            RtlAssert((PVOID) #exp, (PVOID)__FILE__, __LINE__, NULL); \
    }
#define VERIFY_IS_IRQL_PASSIVE_LEVEL() WDFVERIFY(KeGetCurrentIrql() == PASSIVE_LEVEL)
#define IS_AT_PASSIVE()                WDFVERIFY(KeGetCurrentIrql() == PASSIVE_LEVEL)

/* At compile time: two cases of the same value do not compile. */
#define WDFCASSERT(c) \
    {                 \
        switch (0) {  \
        case (c):     \
        case 0:;      \
        }             \
    }

WDF_EXTERN_C_END

#endif
