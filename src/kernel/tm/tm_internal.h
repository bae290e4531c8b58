/* SPDX-License-Identifier: MIT */
/* tm_internal.h - the bodies of this room's objects. */
#ifndef TM_INTERNAL_H
#define TM_INTERNAL_H

#include "base/list.h"
#include "ex/ex.h"
#include "ke/ke.h"
#include "tm/tm.h"

#define TM_TAG 'mTvC'

enum tx_state { TX_ACTIVE, TX_COMMITTING, TX_ENDED };

struct participant {
    struct list link;
    const struct tm_participant_ops *ops;
    void *context;
};

struct transaction {
    GUID id;                    /* set once */
    UNICODE_STRING description; /* set once */
    enum tx_state state;
    ULONG outcome; /* TRANSACTION_OUTCOME */
    bool is_refused;
    struct list enlistments;  /* struct enlistment; each is referenced */
    struct list participants; /* struct participant */
    KEVENT changed;           /* an enlistment has answered */
};

struct tm_manager {
    int unused; /* volatile managers keep nothing */
};

struct resource_manager {
    struct tm_manager *manager; /* referenced */
    GUID id;
    PTM_RM_NOTIFICATION callback; /* set before it is enlisted */
    PVOID callback_key;
    struct list queue; /* enlistments with something to tell, without a callback */
    KSEMAPHORE queued;
};

struct enlistment {
    struct list link;
    struct resource_manager *manager; /* referenced; set once */
    struct transaction *transaction;  /* referenced; set once */
    GUID id;
    NOTIFICATION_MASK mask;
    void *key;
    ULONG told, awaited; /* notifications: those it has heard, the one it has to answer */
    bool has_left;
    struct list queue_link;
    ULONG queued_notification;
};

#endif
