/* SPDX-License-Identifier: MIT */
/* points.h - more scheduling points than those of host.h, for tests on the simulated ground.
 *
 * While host_points is set, every spin lock of the kernel is a scheduling point when it is taken
 * and when it is given, held or not, and a machine may have several processors there: races
 * between two of a driver's locks are found. Never set on linux.
 */
#ifndef HOST_POINTS_H
#define HOST_POINTS_H

#include <stdbool.h>

extern bool host_points;

#endif
