/* SPDX-License-Identifier: MIT */
/* setup/setup.h - devices and power, for programs: what the start of a program calls. */
#ifndef SETUP_SETUP_H
#define SETUP_SETUP_H

/* After win32_init. Nothing is asked of the machine before the program has a use for it. */
void frontsetup_init(void);

#endif
