/* SPDX-License-Identifier: MIT */
/* toolhelp16/toolhelp16.h - faults, as programs that have registered for them see them. */
#ifndef TOOLHELP16_TOOLHELP16_H
#define TOOLHELP16_TOOLHELP16_H

#include "cpu16/cpu16.h"

/* Called once, before there is a task. */
void toolhelp16_init(void);
/* A fault goes to what InterruptRegister was given, first to last. False: nobody has taken it, or
 * the last one has handed it on; *fault and the registers are then the fault's again. */
bool toolhelp16_fault(struct cpu16_fault *fault, struct cpu16_registers *registers);

#endif
