/* SPDX-License-Identifier: MIT */
/* bugcheck_ddi.c - drivers that stop the machine, or want to be told when it stops. */
#include "bugcheck_callback.h"

/* Doc: ntddk.h KeBugCheck */
VOID NTAPI KeBugCheck(ULONG BugCheckCode)
{
    bugcheck(BugCheckCode, 0, 0, 0, 0);
}

/* Doc: wdm.h KeBugCheckEx */
VOID NTAPI KeBugCheckEx(ULONG BugCheckCode, ULONG_PTR BugCheckParameter1,
                        ULONG_PTR BugCheckParameter2, ULONG_PTR BugCheckParameter3,
                        ULONG_PTR BugCheckParameter4)
{
    bugcheck(BugCheckCode, BugCheckParameter1, BugCheckParameter2, BugCheckParameter3,
             BugCheckParameter4);
}

/* Doc: wdm.h KeRegisterBugCheckCallback. FALSE: the record is in use */
BOOLEAN NTAPI KeRegisterBugCheckCallback(PKBUGCHECK_CALLBACK_RECORD CallbackRecord,
                                         PKBUGCHECK_CALLBACK_ROUTINE CallbackRoutine, PVOID Buffer,
                                         ULONG Length, PUCHAR Component)
{
    return bugcheck_callback_register(CallbackRecord, CallbackRoutine, Buffer, Length, Component);
}

/* Doc: wdm.h KeDeregisterBugCheckCallback */
BOOLEAN NTAPI KeDeregisterBugCheckCallback(PKBUGCHECK_CALLBACK_RECORD CallbackRecord)
{
    return bugcheck_callback_deregister(CallbackRecord);
}

/* Registers a routine that adds to what is told of a bug check: the report shows it.
 *
 * Doc:     wdm.h KeRegisterBugCheckReasonCallback
 * Differs: no dump file is written: only KbCallbackSecondaryDumpData and KbCallbackAddPages
 *          are called
 */
BOOLEAN NTAPI KeRegisterBugCheckReasonCallback(PKBUGCHECK_REASON_CALLBACK_RECORD CallbackRecord,
                                               PKBUGCHECK_REASON_CALLBACK_ROUTINE CallbackRoutine,
                                               KBUGCHECK_CALLBACK_REASON Reason, PUCHAR Component)
{
    return bugcheck_reason_register(CallbackRecord, CallbackRoutine, Reason, Component);
}

/* Doc: wdm.h KeDeregisterBugCheckReasonCallback */
BOOLEAN NTAPI KeDeregisterBugCheckReasonCallback(PKBUGCHECK_REASON_CALLBACK_RECORD CallbackRecord)
{
    return bugcheck_reason_deregister(CallbackRecord);
}
