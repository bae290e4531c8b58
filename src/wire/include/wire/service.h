/* SPDX-License-Identifier: MIT */
/* wire/service.h - what NtCoveServiceControl carries: the service control manager's door.
 *
 * NtCoveServiceControl(Operation, Name, Input, InputLength, Output, OutputLength). Name is the
 * service's name, UTF-8, zero-terminated; NULL for ENUMERATE. Input and Output are the
 * structures named beside each operation; NULL and 0 where it says "none". Fixed-width fields,
 * the same for 32- and 64-bit programs; all text is UTF-8 and zero-terminated.
 *
 * Every Output begins with struct wire_service_result. The NTSTATUS of the call is success
 * whenever the operation was carried to the service control manager, even when that refused:
 * the refusal is result.error, a Win32 error (0: none). A failed NTSTATUS means that nothing
 * was done and Output was not written (bad pointers, unknown operation, Output too short for
 * the operation's structure: STATUS_INFO_LENGTH_MISMATCH).
 */
#ifndef WIRE_SERVICE_H
#define WIRE_SERVICE_H

#include <stdint.h>

enum wire_service_operation {
    WIRE_SERVICE_CREATE = 1,      /* in: config;  out: result */
    WIRE_SERVICE_DELETE = 2,      /* in: none;    out: result */
    WIRE_SERVICE_START = 3,       /* in: arguments; out: result */
    WIRE_SERVICE_STOP = 4,        /* in: none;    out: status reply */
    WIRE_SERVICE_QUERY = 5,       /* in: none;    out: status reply */
    WIRE_SERVICE_CONFIG = 6,      /* in: none;    out: config reply */
    WIRE_SERVICE_CONFIGURE = 7,   /* in: config;  out: result. Fields of WIRE_SERVICE_NO_CHANGE and
                                     text fields that begin with WIRE_SERVICE_KEEP stay */
    WIRE_SERVICE_ENUMERATE = 8,   /* in: enumerate; out: enumerate reply */
    WIRE_SERVICE_EXISTS = 9,      /* in: none;    out: result, 0 or ERROR_SERVICE_DOES_NOT_EXIST */
    WIRE_SERVICE_CONTROL = 10,    /* in: control; out: status reply */
    WIRE_SERVICE_DEPENDENTS = 11, /* in: enumerate (state, first); out: enumerate reply */
    /* For a process that is a service. */
    WIRE_SERVICE_CONNECT =
        12,                   /* Name NULL; in: none; out: result. It serves controls from now on */
    WIRE_SERVICE_NEXT = 13,   /* Name NULL; in: none; out: task. Waits for one.
                                 ERROR_NO_MORE_ITEMS: all its services have stopped */
    WIRE_SERVICE_ANSWER = 14, /* Name NULL; in: answer; out: result */
    WIRE_SERVICE_SAY = 15,    /* in: status;  out: result: SetServiceStatus */
    WIRE_SERVICE_ASK = 16,    /* in: control with a cookie; out: result. To a service of its own
                                 process, by way of the thread that serves controls */
};

#define WIRE_SERVICE_NO_CHANGE 0xffffffffu
#define WIRE_SERVICE_KEEP      '\001'
#define WIRE_SERVICE_TEXT      4096u

/* error: 0 or a Win32 error; text: one line for people, may be empty. */
struct wire_service_result {
    uint32_t error;
    uint32_t reserved;
    char text[248];
};

/* SERVICE_STATUS, field for field. */
struct wire_service_status {
    uint32_t type, state, controls_accepted, win32_exit_code, service_exit_code, check_point,
        wait_hint, flags, process_id;
};

struct wire_service_status_reply {
    struct wire_service_result result;
    struct wire_service_status status; /* also what an already stopped service answers */
};

/* image_path is as the program gave it ("C:\\dir\\x.sys", "\\??\\C:\\…",
 * "system32\\drivers\\x.sys"); the kernel's side makes it a native name. Empty text: the default.
 */
struct wire_service_config {
    uint32_t type, start, error_control, tag;
    char display_name[256];
    char image_path[1024];
    char group[128];
    char account[64];
    char dependencies[1024]; /* terminated names, an empty one at the end */
};

/* count terminated strings follow each other in text. */
struct wire_service_arguments {
    uint32_t count, length;
    char text[WIRE_SERVICE_TEXT];
};

struct wire_service_control {
    uint32_t code, event_type;
    uint64_t cookie;
};

/* What a service is to do: code 0: begin, with arguments (the first is its name). */
struct wire_service_task {
    struct wire_service_result result;
    uint64_t number, cookie;
    uint32_t code, event_type, is_alone, reserved; /* is_alone: a process of its own */
    char service[256];
    struct wire_service_arguments arguments;
};

struct wire_service_answer {
    uint64_t number;
    uint32_t error, reserved;
};

struct wire_service_config_reply {
    struct wire_service_result result;
    struct wire_service_config config;
};

/* Services are numbered by name in byte order from 0. type is a mask of SERVICE_* types, state
 * SERVICE_ACTIVE 1, SERVICE_INACTIVE 2 or both 3. */
struct wire_service_enumerate {
    uint32_t type, state;
    uint32_t first; /* skip so many of those that match */
    uint32_t reserved;
};

struct wire_service_entry {
    char name[256], display_name[256];
    struct wire_service_status status;
};

/* count entries follow in Output, as many as fit; total is how many match in all. */
struct wire_service_enumerate_reply {
    struct wire_service_result result;
    uint32_t count, total;
    struct wire_service_entry entry[];
};

_Static_assert(sizeof(struct wire_service_result) == 256, "the same for every width");
_Static_assert(sizeof(struct wire_service_status_reply) == 292, "the same for every width");
_Static_assert(sizeof(struct wire_service_config) == 2512, "the same for every width");
_Static_assert(sizeof(struct wire_service_entry) == 548, "the same for every width");
_Static_assert(sizeof(struct wire_service_task) == 4648, "the same for every width");
_Static_assert(sizeof(struct wire_service_control) == 16, "the same for every width");

#endif
