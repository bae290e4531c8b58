/* SPDX-License-Identifier: MIT */
/* rules.h - the broken rules of the driver rules.c, one IOCTL each. */
#ifndef RULES_H
#define RULES_H

#define RULES_DEVICE_PATH "\\\\.\\Rules"
#define RULES_IOCTL(n)    CTL_CODE(FILE_DEVICE_UNKNOWN, 0x8c0 + (n), METHOD_BUFFERED, FILE_ANY_ACCESS)

#define RULES(X)                                                                                \
    X(NOTHING, "nothing")                                                                       \
    X(PENDING_UNMARKED, "pending-unmarked")     /* keeps it without IoMarkIrpPending */         \
    X(COMPLETED_UNMARKED, "completed-unmarked") /* completes it, says STATUS_PENDING */         \
    X(MARKED_SUCCESS, "marked-success")         /* marks, completes, says success */            \
    X(FORGOTTEN, "forgotten")                   /* keeps it and says success */                 \
    X(ROUTINE_IRQL, "routine-irql")             /* a completion routine keeps DISPATCH_LEVEL */ \
    X(DPC_IRQL, "dpc-irql")                     /* a DPC lowers IRQL */                         \
    X(CANCEL_LOCK, "cancel-lock")               /* a cancel routine keeps its lock */           \
    X(CANCEL_SET, "cancel-set")                 /* completes with a cancel routine */           \
    X(CRITICAL_REGION, "critical-region")       /* stays in one */                              \
    X(THREAD_MUTEX, "thread-mutex")             /* ends a thread that has a mutex */            \
    X(THREAD_REGION, "thread-region")           /* ends a thread in a critical region */        \
    X(FREE_AT_HIGH, "free-at-high")             /* frees pool above DISPATCH_LEVEL */           \
    X(ALLOCATE_PAGED, "allocate-paged")         /* paged pool at DISPATCH_LEVEL */              \
    X(FREE_REQUEST, "free-request")             /* IoFreeIrp of the program's request */        \
    X(DELETE_TWICE, "delete-twice")                                                             \
    X(LOCK_TWICE, "lock-twice") /* a spin lock */                                               \
    X(LOCK_NOT_HELD, "lock-not-held")                                                           \
    X(WAIT_GARBAGE, "wait-garbage")                                                             \
    X(WAIT_NULL, "wait-null")                                                                   \
    X(MDL_NOT_LOCKED, "mdl-not-locked") /* maps it */                                           \
    X(MDL_UNLOCK_TWICE, "mdl-unlock-twice")                                                     \
    X(MDL_LOCK_TWICE, "mdl-lock-twice")                                                         \
    X(NULL_STRING, "null-string") /* as a name */                                               \
    X(WILD_STRING, "wild-string") /* its buffer is nowhere */                                   \
    X(NULL_DEVICE, "null-device") /* to IoDeleteDevice */                                       \
    X(RESOURCE_NOT_HELD, "resource-not-held")                                                   \
    X(MUTEX_NOT_HELD, "mutex-not-held")                                                         \
    X(LOOP, "loop") /* for ever, at PASSIVE_LEVEL */                                            \
    X(LOOP_AT_DISPATCH, "loop-at-dispatch")                                                     \
    X(LOOP_IN_DPC, "loop-in-dpc")                                                               \
    X(LOOP_IN_THREAD, "loop-in-thread")   /* a system thread that never ends */                 \
    X(TIMER_IN_DEVICE, "timer-in-device") /* deletes a device with a timer set in it */         \
    X(TIMER_STAYS, "timer-stays")         /* breaks none: never unloaded, its timer goes on */  \
    X(WILD_TIMER, "wild-timer")           /* cancels one whose list entry leads nowhere */      \
    X(WILD_EVENT, "wild-event")           /* sets one whose waiters are nowhere */              \
    X(WILD_CAUGHT, "wild-caught") /* the first again, in a frame that catches everything */     \
    X(POWER_KEPT, "power-kept")   /* a power request that never comes back */                   \
    X(FX_TWICE, "fx-twice")       /* registers a device twice with the power framework */       \
    X(FX_UNUSED, "fx-unused")     /* lets a component go that it has not activated */           \
    X(FX_UNASKED, "fx-unasked")   /* completes what nobody asked for */

#define RULES_NUMBER(name, text) RULE_##name,
enum rule { RULES(RULES_NUMBER) RULES_COUNT };

#endif
