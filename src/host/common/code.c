/* SPDX-License-Identifier: MIT */
/* code.c - changing code that other threads may be running.
 *
 * The processor demands that whoever runs changed code serialises first; the host makes all
 * threads of the process do so. A process says once that it wants that; a forked one again.
 */
#include <errno.h>
#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host_internal.h"

static long membarrier(int command)
{
    return syscall(SYS_membarrier, command, 0, 0);
}

int host_code_sync(void)
{
    if (membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE) == 0)
        return 0;
    if (errno != EPERM || membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE) != 0 ||
        membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE) != 0)
        return ENOSYS;
    return 0;
}
