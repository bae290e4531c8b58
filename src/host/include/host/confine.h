/* SPDX-License-Identifier: MIT */
/* confine.h - what a process gives up before it runs code that is not ours.
 *
 * For all threads to come, so: before any thread is made. Linux places our code above
 * HOST_NATIVE_LOW; a system call instruction below it is HOST_FAULT_SYSTEM_CALL, not a call.
 */
#ifndef HOST_CONFINE_H
#define HOST_CONFINE_H

#define HOST_NATIVE_LOW   0x500000000000ull
#define HOST_NATIVE_LOW32 0xc0000000u /* in the process of a 32-bit program */

/* That alone. 0 or an errno value: EINVAL, ENOSYS or EPERM where the host has no system call
 * filters or a container refuses them. */
int host_confine_code(void);

/* And the process opens nothing by name any more (Landlock, where the kernel has it; files.h
 * goes on through its opener), makes no process and no socket, touches no other process and
 * nothing of the host's set-up. A sanitized build keeps these: its run-time needs them. */
int host_confine(void);

#endif
