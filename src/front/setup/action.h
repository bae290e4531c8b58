/* SPDX-License-Identifier: MIT */
/* action.h - what a program wants done to a device. */
#ifndef SETUP_ACTION_H
#define SETUP_ACTION_H

#include "plug.h"

/* kind WIRE_ACT_*. The answer says the device's state after it and who refused. */
NTSTATUS action_ask(const wchar_t *instance, uint32_t kind, struct plug *out_plug);
NTSTATUS action_do(const wchar_t *instance, uint32_t kind);

#endif
