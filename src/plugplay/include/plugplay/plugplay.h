/* SPDX-License-Identifier: MIT */
/* plugplay.h - devices as programs see them: the service behind setupapi and cfgmgr32, and telling
 * programs what happens.
 */
#ifndef PLUGPLAY_PLUGPLAY_H
#define PLUGPLAY_PLUGPLAY_H

#include <ntifs.h>

NTSTATUS plugplay_init(void); /* after pnp_notice_init */
void plugplay_fini(void);

#endif
