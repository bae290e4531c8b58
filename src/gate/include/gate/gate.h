/* SPDX-License-Identifier: MIT */
/* gate.h - the one door into the kernel for programs: system services.
 *
 * Rules of use. A service is an Nt* function in a *_services_ddi.c file: first it checks and
 * captures every argument (may fail, changes nothing), then it commits. It runs on the
 * program thread's kernel half with a processor held, at PASSIVE_LEVEL. Drivers reach the
 * same functions as Zw* with previous mode KernelMode. The table is generated from
 * abi/services; a watcher may swap gate_ops.
 */
#ifndef GATE_GATE_H
#define GATE_GATE_H

#include <stdbool.h>
#include <stdint.h>

#include <ntifs.h>

struct service_entry {
    const char *name;
    uint32_t args;
    const char *signature; /* as in abi/services */
    uint64_t (*invoke)(const uint64_t *arguments);
};

NTSTATUS gate_init(const struct service_entry *table, uint32_t count);
void gate_fini(void);
/* From now on the registry reaches files of hives through the services. */
void gate_hives_start(void);

/* Runs a service for the current thread with previous mode UserMode. The thread holds a
 * processor. Unknown number or count: STATUS_INVALID_SYSTEM_SERVICE. */
uint64_t gate_call(uint32_t service, const uint64_t *arguments, uint32_t count);
const struct service_entry *gate_service(uint32_t service);

/* Capture helpers for services, also of other rooms. User memory in, kernel memory out;
 * with previous mode KernelMode they copy without probing. */
KPROCESSOR_MODE gate_mode(void);
NTSTATUS gate_copy_in(void *to, const void *user, size_t length);
NTSTATUS gate_copy_out(void *user, const void *from, size_t length);
NTSTATUS gate_probe_write(void *user, size_t length, unsigned alignment);
/* A captured UNICODE_STRING / OBJECT_ATTRIBUTES; the strings lie in pool. */
NTSTATUS gate_capture_string(const UNICODE_STRING *user, UNICODE_STRING *out_string);
void gate_release_string(UNICODE_STRING *string);
struct gate_attributes {
    OBJECT_ATTRIBUTES attributes; /* kernel memory */
    UNICODE_STRING name;
};
NTSTATUS gate_capture_attributes(const OBJECT_ATTRIBUTES *user,
                                 struct gate_attributes *out_attributes);
void gate_release_attributes(struct gate_attributes *attributes);

#endif
