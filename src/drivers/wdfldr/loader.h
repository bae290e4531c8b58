/* SPDX-License-Identifier: MIT */
/* loader.h - inside of wdfldr.sys: the libraries that are known and who uses them.
 *
 * A library is the Framework itself or a class extension: a driver with a service, a control
 * device and a table of routines. While it has clients its device is held open, which keeps it
 * loaded. Invariant: routines of a library are called only while its device is open.
 */
#ifndef WDFLDR_LOADER_H
#define WDFLDR_LOADER_H

#include <ntddk.h>

#include <wdfldr.h>

C_ASSERT(sizeof(WDF_BIND_INFO) == 48);
C_ASSERT(sizeof(WDF_BIND_INFO2) == 88);
C_ASSERT(sizeof(WDF_LIBRARY_INFO) == 56);
C_ASSERT(sizeof(CLIENT_INFO) == 24);
C_ASSERT(sizeof(WDF_CLASS_BIND_INFO) == 80);
C_ASSERT(sizeof(WDF_CLASS_BIND_INFO2) == 120);
C_ASSERT(sizeof(WDF_CLASS_LIBRARY_INFO) == 48);

#define LOADER_TAG 'rLdW'

struct library {
    LIST_ENTRY entry;
    UNICODE_STRING service; /* path of its key, our copy */
    UNICODE_STRING device;  /* our copy */
    WDF_LIBRARY_INFO *info; /* one of the two, the library's own memory */
    WDF_CLASS_LIBRARY_INFO *class_info;
    PFILE_OBJECT file; /* open while there are clients */
    LONG clients;
    BOOLEAN is_ready; /* commissioned, or initialized; under the gate */
};

void libraries_init(void);
void libraries_fini(void);

/* A library says that it is there; one of the same service takes the older one's place.
 * Errors: STATUS_INVALID_PARAMETER, STATUS_INSUFFICIENT_RESOURCES
 */
NTSTATUS library_register(WDF_LIBRARY_INFO *info, WDF_CLASS_LIBRARY_INFO *class_info,
                          PCUNICODE_STRING service, PCUNICODE_STRING device);

/* The library of a component and major version, loaded if need be, with one more client.
 * IRQL:    PASSIVE_LEVEL
 * Errors:  what loading its service said; STATUS_NOT_FOUND: it is loaded and has not registered;
 *          each said in words, who naming the driver that asks
 */
NTSTATUS library_get(PCWSTR component, ULONG major, BOOLEAN is_class, PCUNICODE_STRING who,
                     struct library **out_library);
/* The last client's library is decommissioned. IRQL: PASSIVE_LEVEL */
void library_put(struct library *library);

/* LibraryCommission, or ClassLibraryInitialize; what there is of them. */
NTSTATUS library_begin(const WDF_LIBRARY_INFO *info, const WDF_CLASS_LIBRARY_INFO *class_info);

/* One line to the debug log. */
void loader_say(const char *format, ...);

#endif
