/* SPDX-License-Identifier: MIT */
/* msvcp_thread.c - what <mutex>, <condition_variable>, <thread> and <chrono> call in msvcp140.dll.
 *
 * Mutexes and condition variables lie in the program's objects, of 80 and 72 bytes; all zero
 * but the mutex's kind is one that nobody holds, since newer headers make them without a call.
 * Doc: microsoft/STL (xthreads.h); answers are its numbers.
 */
#include <stdatomic.h>

#include "cxx.h"
#include "host/host.h"
#include "ntdll/nt.h"

enum { THRD_SUCCESS, THRD_NO_MEMORY, THRD_TIMED_OUT, THRD_BUSY, THRD_ERROR };

#define MTX_RECURSIVE 0x100

struct msvcp_mutex {
    int32_t kind;
    RTL_SRWLOCK lock;
    atomic_uint owner; /* a thread's number while count is not 0 */
    int32_t count;     /* the owner's */
    char unused[48];
};
_Static_assert(sizeof(struct msvcp_mutex) <= 80, "public header");

struct msvcp_thread { /* _Thrd_t */
    HANDLE handle;
    uint32_t number;
};

CRT(int, msvcp_Mtx_init_in_situ, (struct msvcp_mutex * mutex, int kind))
{
    *mutex = (struct msvcp_mutex){.kind = kind};
    return THRD_SUCCESS;
}

CRT(void, msvcp_Mtx_destroy_in_situ, (struct msvcp_mutex * mutex))
{
}

static bool mutex_is_ours(const struct msvcp_mutex *mutex)
{
    return mutex->owner == GetCurrentThreadId();
}

static int mutex_taken(struct msvcp_mutex *mutex)
{
    mutex->owner = GetCurrentThreadId();
    mutex->count++;
    return THRD_SUCCESS;
}

CRT(int, msvcp_Mtx_lock, (struct msvcp_mutex * mutex))
{
    if (mutex_is_ours(mutex) && mutex->kind & MTX_RECURSIVE)
        return mutex_taken(mutex);
    if (mutex_is_ours(mutex))
        return THRD_BUSY; /* the header makes resource_deadlock_would_occur of it */
    srw_take_exclusive(&mutex->lock);
    return mutex_taken(mutex);
}

CRT(int, msvcp_Mtx_trylock, (struct msvcp_mutex * mutex))
{
    if (mutex_is_ours(mutex) && mutex->kind & MTX_RECURSIVE)
        return mutex_taken(mutex);
    if (mutex_is_ours(mutex) || !srw_try_exclusive(&mutex->lock))
        return THRD_BUSY;
    return mutex_taken(mutex);
}

CRT(int, msvcp_Mtx_unlock, (struct msvcp_mutex * mutex))
{
    if (--mutex->count)
        return THRD_SUCCESS;
    mutex->owner = 0;
    srw_give_exclusive(&mutex->lock);
    return THRD_SUCCESS;
}

CRT(int, msvcp_Mtx_current_owns, (struct msvcp_mutex * mutex))
{
    return mutex_is_ours(mutex);
}

CRT(void, msvcp_Cnd_init_in_situ, (RTL_CONDITION_VARIABLE * variable))
{
    *variable = (RTL_CONDITION_VARIABLE){0};
}

CRT(void, msvcp_Cnd_destroy_in_situ, (RTL_CONDITION_VARIABLE * variable))
{
}

static int wait_until(RTL_CONDITION_VARIABLE *variable, struct msvcp_mutex *mutex,
                      uint64_t deadline)
{
    uint32_t sequence = atomic_load(&variable->sequence);
    msvcp_Mtx_unlock(mutex);
    bool is_woken = condition_wait(variable, sequence, deadline);
    msvcp_Mtx_lock(mutex);
    return is_woken ? THRD_SUCCESS : THRD_TIMED_OUT;
}

CRT(int, msvcp_Cnd_wait, (RTL_CONDITION_VARIABLE * variable, struct msvcp_mutex *mutex))
{
    return wait_until(variable, mutex, deadline_of_ms(INFINITE));
}

/* until: seconds and nanoseconds of the system's clock since 1970. */
CRT(int, msvcp_Cnd_timedwait,
    (RTL_CONDITION_VARIABLE * variable, struct msvcp_mutex *mutex, const int64_t *until))
{
    LARGE_INTEGER at = {.QuadPart =
                            116444736000000000 + until[0] * 10000000 + (int32_t)until[1] / 100};
    return wait_until(variable, mutex, deadline_of_timeout(&at));
}

CRT(int, msvcp_Cnd_signal, (RTL_CONDITION_VARIABLE * variable))
{
    condition_wake(variable, false);
    return THRD_SUCCESS;
}

CRT(int, msvcp_Cnd_broadcast, (RTL_CONDITION_VARIABLE * variable))
{
    condition_wake(variable, true);
    return THRD_SUCCESS;
}

CRT(int, msvcp_Thrd_join, (const struct msvcp_thread *thread, int *out_code))
{
    DWORD code = 0;
    if (WaitForSingleObject(thread->handle, INFINITE) || !GetExitCodeThread(thread->handle, &code))
        return THRD_ERROR;
    if (out_code)
        *out_code = (int)code;
    return CloseHandle(thread->handle) ? THRD_SUCCESS : THRD_ERROR;
}

CRT(int, msvcp_Thrd_detach, (const struct msvcp_thread *thread))
{
    return CloseHandle(thread->handle) ? THRD_SUCCESS : THRD_ERROR;
}

CRT(unsigned, msvcp_Thrd_id, (void))
{
    return GetCurrentThreadId();
}

CRT(unsigned, msvcp_Thrd_hardware_concurrency, (void))
{
    return peb_current()->NumberOfProcessors;
}

CRT(void, msvcp_Thrd_yield, (void))
{
    NtYieldExecution();
}

CRT(int64_t, msvcp_Query_perf_counter, (void))
{
    LARGE_INTEGER counter;
    NtQueryPerformanceCounter(&counter, NULL);
    return counter.QuadPart;
}

CRT(int64_t, msvcp_Query_perf_frequency, (void))
{
    LARGE_INTEGER counter, frequency;
    NtQueryPerformanceCounter(&counter, &frequency);
    return frequency.QuadPart;
}

/* 100 ns since 1970. */
CRT(int64_t, msvcp_Xtime_get_ticks, (void))
{
    return (int64_t)host_wallclock_100ns() - 116444736000000000;
}

CRT(bool, msvcp_uncaught_exception, (void))
{
    return crt_thread()->cxx_in_flight;
}
