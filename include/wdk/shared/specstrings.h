/* SPDX-License-Identifier: MIT */
/*
 * The older door to the annotations: includes the one list there is.
 */
#ifndef SPECSTRINGS_H
#define SPECSTRINGS_H

#include "sal.h"
#include "driverspecs.h"

/* An annotation here, though the compiler knows a keyword of this name. */
#ifdef _WIN32
#define __volatile
#endif

#endif
