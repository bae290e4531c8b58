/* SPDX-License-Identifier: MIT */
/* bugcheck_callback.h - the callbacks that drivers registered for a bug check. */
#ifndef KE_BUGCHECK_CALLBACK_H
#define KE_BUGCHECK_CALLBACK_H

#include "ke_internal.h"

/* Both answer FALSE for a record that is in use already, or was not. */
bool bugcheck_callback_register(KBUGCHECK_CALLBACK_RECORD *record,
                                PKBUGCHECK_CALLBACK_ROUTINE routine, void *buffer, ULONG length,
                                UCHAR *component);
bool bugcheck_callback_deregister(KBUGCHECK_CALLBACK_RECORD *record);
bool bugcheck_reason_register(KBUGCHECK_REASON_CALLBACK_RECORD *record,
                              PKBUGCHECK_REASON_CALLBACK_ROUTINE routine,
                              KBUGCHECK_CALLBACK_REASON reason, UCHAR *component);
bool bugcheck_reason_deregister(KBUGCHECK_REASON_CALLBACK_RECORD *record);
/* Calls those for the crash, each once; at HIGH_LEVEL, on the thread that stops the machine. */
void bugcheck_callbacks_run(void);

#endif
