/* SPDX-License-Identifier: MIT */
/* notice_internal.h - between the files that queue notices and the one that delivers them. */
#ifndef PNP_NOTICE_DELIVER_H
#define PNP_NOTICE_DELIVER_H

#include "pnp/notice.h"

/* To every driver that has registered for it, then the observer. */
void notice_tell(const struct pnp_notice *notice);
/* The same as a question: STATUS_PLUGPLAY_QUERY_VETOED when somebody refuses. */
NTSTATUS notice_ask(const struct pnp_notice *notice, struct pnp_veto *out_veto);
NTSTATUS notice_observer_tell(const struct pnp_notice *notice, struct pnp_veto *out_veto);
void notice_registrations_drop(void);

#endif
