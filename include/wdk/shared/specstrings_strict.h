/* SPDX-License-Identifier: MIT */
/*
 * Strict spelling of the annotations: the same list.
 */
#ifndef SPECSTRINGS_STRICT_H
#define SPECSTRINGS_STRICT_H

#include "specstrings.h"

#endif
