/* SPDX-License-Identifier: MIT */
/* plugplay.h - devices as programs see them: the service behind setupapi and cfgmgr32, and telling
 * programs what happens.
 */
#ifndef PLUGPLAY_PLUGPLAY_H
#define PLUGPLAY_PLUGPLAY_H

#include <stdbool.h>

#include <ntifs.h>

NTSTATUS plugplay_init(void); /* after pnp_notice_init */
void plugplay_fini(void);

/* Tells programs of a PBT_* event of the system. One that is asked is waited for, two seconds at
 * most: what is left of it happens when the system is awake again. IRQL: PASSIVE_LEVEL. */
void plugplay_power_event(ULONG event, bool is_asked);

#endif
