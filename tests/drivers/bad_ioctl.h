/* SPDX-License-Identifier: MIT */
/* bad_ioctl.h - the misdeeds of the driver bad.c, one IOCTL each. */
#ifndef BAD_IOCTL_H
#define BAD_IOCTL_H

#define BAD_DEVICE_PATH "\\\\.\\Bad"
#define BAD_IOCTL(n)    CTL_CODE(FILE_DEVICE_UNKNOWN, 0x8a0 + (n), METHOD_BUFFERED, FILE_ANY_ACCESS)

enum bad_deed {
    BAD_NOTHING,           /* answers, to show that the driver is well */
    BAD_NULL_WRITE,        /* a write to a null pointer in the dispatch routine */
    BAD_FAULT_AT_DISPATCH, /* the same at DISPATCH_LEVEL */
    BAD_COMPLETE_TWICE,
    BAD_COMPLETE_PENDING, /* IoCompleteRequest with STATUS_PENDING */
    BAD_KEEP_LOCK,        /* returns with a spin lock held */
    BAD_FAST_FAIL,        /* int 29h */
    BAD_NEVER,            /* marks the request pending and forgets it */
    BAD_LEAVE_TIMER,      /* what DriverUnload ought to have undone */
    BAD_LEAVE_WORK_ITEM,
    BAD_LEAVE_THREAD,
    BAD_LEAVE_POOL,
    BAD_LEAVE_DEVICE,
    BAD_ABSENT_EXPORT, /* calls a function that the kernel does not have */
    BAD_RECURSION,     /* without end */
    BAD_DOUBLE_FREE,
    BAD_WILD_CALL, /* jumps to an address without code */
    BAD_RAISE,     /* an exception that nobody handles */
    BAD_THREAD_FAULT,
    BAD_WAIT_IN_DPC_LEVEL, /* a wait with time at DISPATCH_LEVEL */
    BAD_LEAVE_LATE_WORK,   /* a work item that comes back when the driver is gone */
    BAD_TOUCH_FREED,       /* reads a block of pool that it has freed */
    BAD_WRITE_BEHIND,      /* writes behind the end of a block */
    BAD_WRITE_BESIDE,      /* the bytes before one, which the free finds */
    BAD_HOST_SYSCALL,      /* asks the host's kernel for a file, by its own instruction */
    BAD_HOST_INT80,        /* the same by the old gate */
    BAD_HOST_CAUGHT,       /* both, in a frame that catches what comes of it */
    BAD_CALLBACKS,         /* stops the machine with callbacks registered; one of them faults */
    BAD_CALLBACK_HANGS,    /* the same, and one never comes back */
    BAD_LEAVE_INTERRUPT,   /* unloads with a service routine connected */
    BAD_ABSENT_DATA,       /* reads a variable that the kernel does not have */
    BAD_LEAVE_RESOURCE,    /* unloads with an executive resource in its image */
    BAD_DEEDS
};

#define BAD_NAMES                                                                    \
    {"nothing",          "null-write",      "fault-at-dispatch", "complete-twice",   \
     "complete-pending", "keep-lock",       "fast-fail",         "never",            \
     "leave-timer",      "leave-work-item", "leave-thread",      "leave-pool",       \
     "leave-device",     "absent-export",   "recursion",         "double-free",      \
     "wild-call",        "raise",           "thread-fault",      "wait-at-dispatch", \
     "leave-late-work",  "touch-freed",     "write-behind",      "write-beside",     \
     "host-syscall",     "host-int80",      "host-caught",       "callbacks",        \
     "callback-hangs",   "leave-interrupt", "absent-data",       "leave-resource"}

#endif
