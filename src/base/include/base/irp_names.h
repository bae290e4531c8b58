/* SPDX-License-Identifier: MIT */
/* irp_names.h - names of requests. Static; any thread. */
#ifndef BASE_IRP_NAMES_H
#define BASE_IRP_NAMES_H

#define IRP_NAME_PREFIX 7 /* characters of "IRP_MJ_" and "IRP_MN_" */

/* "IRP_MJ_PNP"; NULL: there is none. */
const char *irp_major_name(unsigned major);
/* "IRP_MN_START_DEVICE", of Plug and Play, power and instrumentation; NULL: there is none. */
const char *irp_minor_name(unsigned major, unsigned minor);

#endif
