/* SPDX-License-Identifier: MIT */
/*
 * On Windows this header marks C run-time functions that drivers should avoid, for
 * the static analyser. Nothing here reads such marks, so it is empty on purpose.
 */
#ifndef _DONTUSE_H_
#define _DONTUSE_H_
#endif
