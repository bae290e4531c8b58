/* SPDX-License-Identifier: MIT */
/* dispatch.h - of dispatch.c, for confine.c. */
#ifndef HOST_I386_DISPATCH_H
#define HOST_I386_DISPATCH_H

/* For the calling thread, and by host_confine_thread for those that it makes. Where the host does
 * not let it, everything stays as it was. */
void dispatch_begin(void);

#endif
