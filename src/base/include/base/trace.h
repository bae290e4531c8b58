/* SPDX-License-Identifier: MIT */
/* trace.h - trace points: where the story of a request passes.
 *
 * A room marks a moment with trace_point(); what happens then is decided by
 * whoever has set trace_sink. With no sink a point costs one load and one
 * predicted branch. A sink may be called on any thread at any IRQL and must
 * neither block nor call back into the kernel.
 */
#ifndef BASE_TRACE_H
#define BASE_TRACE_H

#include <stdint.h>

/* The moments, in the order in which a request meets them. The words beside each
 * name say what a, b and c are. */
enum trace_kind {
    TRACE_SERVICE_ENTER,   /* service number, first argument (handle), from a 32-bit program */
    TRACE_SERVICE_LEAVE,   /* service number, NTSTATUS, - */
    TRACE_CONTROL_CHECKED, /* file object, control code, input << 32 | output length */
    TRACE_IRP_BUILT,       /* irp, major function, stack count */
    TRACE_IRP_DOWN,        /* irp, device object, major << 8 | minor */
    TRACE_IRP_PENDING,     /* irp, device object, - */
    TRACE_IRP_UP,          /* irp, device object, NTSTATUS */
    TRACE_IRP_CANCEL,      /* irp, cancel routine or 0, - */
    TRACE_IRP_COMPLETE,    /* irp, NTSTATUS, information */
    TRACE_IRP_FINISHED,    /* irp, NTSTATUS, information */
    TRACE_IRP_FREED,       /* irp, -, - */
    TRACE_DPC,             /* dpc, routine, - */
    TRACE_INTERRUPT,       /* vector, claimed, - */
    TRACE_TRAP,            /* kind, address, value */
    TRACE_DRIVER_LOADED,   /* driver object, image base, image size */
    TRACE_DRIVER_UNLOADED, /* driver object, -, - */
    TRACE_THUNK,           /* enum trace_thunk, two numbers; told by the program itself */
    TRACE_KINDS
};

/* Between 16-bit and 32-bit code of a program. */
enum trace_thunk {
    TRACE_THUNK_CALL, /* generic thunk: parameters, those that become flat addresses */
    TRACE_THUNK_RETURN,
    TRACE_THUNK_BACK, /* a call back: bytes of arguments, by the C convention */
    TRACE_THUNK_BACK_RETURN,
    TRACE_THUNKS
};

typedef void trace_sink_fn(enum trace_kind kind, uint64_t a, uint64_t b, uint64_t c);

/* Set and cleared by a watcher; NULL when nobody watches. atomic */
extern trace_sink_fn *_Atomic trace_sink;

/* Somebody watches. */
#define trace_is_on() (__c11_atomic_load(&trace_sink, __ATOMIC_RELAXED) != 0)

#define trace_point(kind, a, b, c)                                               \
    do {                                                                         \
        trace_sink_fn *sink_ = __c11_atomic_load(&trace_sink, __ATOMIC_RELAXED); \
        if (__builtin_expect(sink_ != 0, 0))                                     \
            sink_((kind), (uint64_t)(a), (uint64_t)(b), (uint64_t)(c));          \
    } while (0)

#endif
