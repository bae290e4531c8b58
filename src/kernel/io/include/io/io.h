/* SPDX-License-Identifier: MIT */
/* io.h - drivers, devices, files and the travels of an IRP.
 *
 * Rules of use. An IRP has exactly one holder. irp_build_* makes it, irp_send gives it to
 * the top driver, IoCompleteRequest takes it back, irp_finish is the end. Everything the
 * gate needs to serve a program's file call is here; it must have checked and captured its
 * arguments before. Contract functions (IoCallDriver …) live in this room's *_ddi.c.
 */
#ifndef IO_IO_H
#define IO_IO_H

#include <stdbool.h>
#include <stdint.h>

#include <ntifs.h>

#include <wmistr.h>

#include "ob/ob.h"
#include "ps/ps.h"

NTSTATUS io_init(void);
void io_fini(void); /* unloads nothing: boot has done that */

extern struct object_type *io_driver_type, *io_device_type, *io_file_type, *io_completion_type;

/* ---- drivers -------------------------------------------------------------------------- */

struct io_load_error {
    NTSTATUS status;
    char text[400];
};
/* What becomes of a caller whose driver does not come back from DriverEntry or DriverUnload. */
enum io_driver_caller {
    IO_CALLER_WAITS,  /* is told after a limit (DriverCallLimitSeconds, 120 s) */
    IO_CALLER_WATCHES /* is a thread of the system process that others watch: called on it */
};
/* Loads the driver whose service key is \Registry\Machine\System\CurrentControlSet\Services\…
 * (ImagePath, Type): image, driver object \Driver\<name>, DriverEntry, reinitialisation.
 * Errors as NtLoadDriver documents them; out_error says it in words. */
NTSTATUS io_driver_load(const UNICODE_STRING *service_key, enum io_driver_caller caller,
                        struct io_load_error *out_error);
/* Calls DriverUnload once no device has open files; STATUS_INVALID_DEVICE_REQUEST without an
 * unload routine. What the driver has left behind (devices, links, pool, timers, threads,
 * IRPs) is bug check DRIVER_UNLOADED_WITHOUT_CANCELLING_PENDING_OPERATIONS (0xCE) where
 * documented, a report line otherwise. */
NTSTATUS io_driver_unload(const UNICODE_STRING *service_key, enum io_driver_caller caller,
                          struct io_load_error *out_error);
/* A driver was given up inside one of the two and has not come back. */
bool io_driver_is_stuck(void);
DRIVER_OBJECT *io_driver_find_get(const char *name); /* "wdm1"; referenced */
/* The driver of a service by the service's name; referenced. */
DRIVER_OBJECT *io_driver_of_service_get(const UNICODE_STRING *service);
/* IoDeleteDevice was called for it. */
bool io_device_is_deleted(const DEVICE_OBJECT *device);
/* From now on (true) the devices of a stack cannot be opened, and when the last file of one is
 * closed the hook is told; false: as before. */
void io_stack_shut(DEVICE_OBJECT *physical_device, bool is_shut);
void io_stack_closed_set(void (*hook)(DEVICE_OBJECT *physical_device));
/* A driver or device that detects its hardware itself has claimed something of the list. */
bool io_resource_is_claimed(const CM_RESOURCE_LIST *list);
/* Takes a self-relative descriptor in pool for the device. IRQL: PASSIVE_LEVEL. */
void io_device_security_set(DEVICE_OBJECT *device, PSECURITY_DESCRIPTOR descriptor);
/* What a dispatch table is filled with before DriverEntry. */
PDRIVER_DISPATCH driver_default_dispatch(void);
void io_driver_visit(void (*visit)(DRIVER_OBJECT *driver, void *context), void *context);
/* A native driver (hostfs): the same object, no image. */
NTSTATUS io_native_driver_create(const char *name, PDRIVER_INITIALIZE entry,
                                 DRIVER_OBJECT **out_driver);
/* Unloads a native driver: DriverUnload, if it has one, then the object goes. */
void io_native_driver_destroy(DRIVER_OBJECT *driver);
/* \Device\Null and \Device\Beep. */
NTSTATUS io_standard_devices_init(void);
void io_standard_devices_fini(void);
/* Who knows a service routine that lies in a range and is still connected. Set once at boot. */
void io_interrupt_find_set(bool (*find)(uint64_t low, uint64_t high, uint64_t *out_routine));
/* Told of every device object that its driver deletes. Set once at boot; NULL: nobody. */
void io_device_end_set(void (*end)(DEVICE_OBJECT *device));
/* How ImagePath becomes a path of the host (malloc'ed); hostfs sets it. */
void io_host_path_set(NTSTATUS (*hook)(const UNICODE_STRING *nt_path, char **out_path));
/* IRP_MJ_SHUTDOWN to every device that asked for it; before drivers are unloaded. */
void io_shutdown_send(void);
/* Unloads every driver that can be, newest first; for shutdown. Returns how many are left. */
unsigned io_driver_unload_all(void (*report)(const char *text));

/* ---- files: what the gate calls --------------------------------------------------------- */

/* All pointers are kernel memory, except user buffers, which are the program's addresses. */
struct io_create {
    ACCESS_MASK access;
    ULONG file_attributes, share_access, disposition, options; /* FILE_* as of NtCreateFile */
    LARGE_INTEGER allocation_size;
    void *ea_buffer;
    ULONG ea_length;
    uint8_t major;              /* 0: IRP_MJ_CREATE; or IRP_MJ_CREATE_NAMED_PIPE, _MAILSLOT */
    void *parameters;           /* those of a pipe or mailslot */
    DEVICE_OBJECT *hint;        /* the device of the stack that gets the requests; NULL: the top */
    bool is_checked_as_program; /* access is checked although a driver asks */
    /* filled: */
    FILE_OBJECT *file;
    IO_STATUS_BLOCK status;
};
/* The same without a handle: create->file is referenced. IRP_MJ_CLEANUP is owed when the last
 * handle that is made for it later is closed, or with the last reference. */
NTSTATUS io_file_open_get(const OBJECT_ATTRIBUTES *attributes, KPROCESSOR_MODE mode,
                          struct io_create *create);
NTSTATUS io_file_create(const OBJECT_ATTRIBUTES *attributes, KPROCESSOR_MODE mode,
                        struct io_create *create, HANDLE *out_handle);

/* One request of a program or driver on an open file. The gate fills it after checking. */
struct io_request {
    FILE_OBJECT *file; /* referenced; io takes the reference */
    KEVENT *event;     /* referenced or NULL; taken; cleared by io before sending */
    PIO_APC_ROUTINE apc;
    void *apc_context;            /* also the completion port's value */
    IO_STATUS_BLOCK *user_status; /* program's address (or kernel's for kernel mode) */
    KPROCESSOR_MODE mode;
    uint8_t major, minor;
    ULONG control_code; /* device and file-system control */
    void *input;        /* program's addresses */
    ULONG input_length;
    void *output; /* read and write use output/input alone */
    ULONG output_length;
    LARGE_INTEGER offset;
    ULONG key;
    LARGE_INTEGER range_length;        /* of a lock that begins at offset */
    ULONG information_class;           /* query and set information, directory */
    UNICODE_STRING *directory_pattern; /* kernel memory or NULL */
    ULONG stack_flags;                 /* SL_* */
};
/* Builds the IRP by transfer method, sends it, and for a synchronous file waits. Returns the
 * NTSTATUS that the service returns (STATUS_PENDING for an asynchronous file). The status
 * block, event, completion port and APC are served as documented. */
NTSTATUS io_request_send(struct io_request *request);
/* CancelIo(Ex), CancelSynchronousIo: IRPs on the file (NULL: any) issued by thread (NULL: any
 * of the process) with that status block (NULL: any). *out_count says how many. */
void io_cancel(struct process *process, struct process_thread *thread, FILE_OBJECT *file,
               void *user_status, unsigned *out_count);

/* Last handle of a process closed / last reference gone: wired into io_file_type. */

/* ---- instrumentation, seen from outside -------------------------------------------------- */

#define IO_WMI_MOST 65536u /* bytes of one instance */

/* Every block that a device has registered. visit may not wait. */
void io_wmi_visit(void (*visit)(DEVICE_OBJECT *device, const WMIREGGUIDW *block, void *context),
                  void *context);
typedef void io_wmi_instance(const UNICODE_STRING *instance, const void *data, ULONG size,
                             void *context);
/* Every instance of the block, of every device that has it.
 * Errors:  STATUS_WMI_GUID_NOT_FOUND; what a driver answered, after the others were visited */
NTSTATUS io_wmi_query(const GUID *guid, io_wmi_instance *visit, void *context);
/* Errors:  also STATUS_WMI_INSTANCE_NOT_FOUND, STATUS_WMI_READ_ONLY and the driver's own */
NTSTATUS io_wmi_set(const GUID *guid, const UNICODE_STRING *instance, const void *data, ULONG size);
/* How a physical device object is called in the tree (RtlFreeUnicodeString). Set once at boot. */
void io_instance_name_set(NTSTATUS (*name)(DEVICE_OBJECT *physical, UNICODE_STRING *out_name));

/* ---- completion ports -------------------------------------------------------------------- */

NTSTATUS io_completion_create(ULONG concurrency, void **out_port); /* body of io_completion_type */
NTSTATUS io_completion_bind(FILE_OBJECT *file, void *port, void *key);
NTSTATUS io_completion_post(void *port, void *key, void *apc_context, NTSTATUS status,
                            uintptr_t information);
struct io_completion_packet {
    void *key, *apc_context;
    IO_STATUS_BLOCK status;
};
NTSTATUS io_completion_remove(void *port, KPROCESSOR_MODE mode, bool alertable,
                              const LARGE_INTEGER *timeout, struct io_completion_packet *packets,
                              unsigned count, unsigned *out_count);

/* ---- IRPs, stage by stage ----------------------------------------------------------------- */

/* Stage 3: one of three small functions by transfer method fills the first stack location. */
NTSTATUS irp_build_control(const struct io_request *request, PIRP *out_irp);
NTSTATUS irp_build_transfer(const struct io_request *request, PIRP *out_irp); /* read, write */
/* Stage 4. */
NTSTATUS irp_send(PIRP irp, const struct io_request *request);
/* Stage 8, called by irp_unwind when no completion routine kept the IRP. */
void irp_finish(PIRP irp);

struct io_counts {
    uint64_t irps, files, devices, drivers;
};
void io_counts(struct io_counts *out_counts);
/* Every IRP that is alive: for leak reports, !irpfind and hang reports. */
void irp_visit(void (*visit)(PIRP irp, void *context), void *context);

#endif
