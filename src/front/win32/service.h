/* SPDX-License-Identifier: MIT */
/* service.h - what advapi32's files about services share: handles and the machine's door. */
#ifndef WIN32_SERVICE_H
#define WIN32_SERVICE_H

#include "ntdll/nt.h"
#include "wire/service.h"

#define SERVICE_HANDLE_MAGIC 0x6d63735fu

#define ERROR_INVALID_SERVICE_CONTROL    1052u
#define ERROR_SERVICE_ALREADY_RUNNING    1056u
#define ERROR_SERVICE_CANNOT_ACCEPT_CTRL 1061u
#define ERROR_SERVICE_NOT_ACTIVE         1062u

struct service_handle {
    uint32_t magic;
    char name[256]; /* empty: the manager itself */
};

struct service_status { /* SERVICE_STATUS and the head of SERVICE_STATUS_PROCESS */
    DWORD type, state, controls, win32_exit, service_exit, check_point, wait_hint;
};

/* NULL with the last error set. */
struct service_handle *service_handle_of(SC_HANDLE handle, bool is_manager);
/* Sets the last error; TRUE when the manager did it. name, in and out must lie in the window. */
BOOL service_call(uint32_t operation, const char *name, const void *in, ULONG in_length, void *out,
                  ULONG out_length);
void service_status_fill(struct service_status *out, const struct wire_service_status *from);
/* On the heap; NULL stays NULL. */
char *service_text_narrow(LPCWSTR text);

#endif
