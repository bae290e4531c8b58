/* SPDX-License-Identifier: MIT */
/* code.c - what all threads of the process are made to do: barriers, and fetching code anew.
 *
 * The processor demands that whoever runs changed code serialises first, and that two threads
 * that look for each other both pass a barrier; the host makes the other threads do so. A
 * process says once that it wants that.
 */
#include <errno.h>
#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/assert.h"
#include "host_internal.h"

bool host_fence_is_remote;

/* Registers where the host wants that, as in a forked process. */
static bool membarrier(int command, int registration)
{
    return syscall(SYS_membarrier, command, 0, 0) == 0 ||
           (errno == EPERM && syscall(SYS_membarrier, registration, 0, 0) == 0 &&
            syscall(SYS_membarrier, command, 0, 0) == 0);
}

static bool fence_all(void)
{
    return membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED);
}

__attribute__((constructor)) static void fence_init(void)
{
    host_fence_is_remote = fence_all();
}

void host_fence_heavy(void)
{
    if (!host_fence_is_remote) {
        __c11_atomic_thread_fence(__ATOMIC_SEQ_CST);
        return;
    }
    bool is_done = fence_all();
    COVE_ASSERT(is_done);
}

int host_code_sync(void)
{
    return membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE,
                      MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE)
               ? 0
               : ENOSYS;
}
