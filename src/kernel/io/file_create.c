/* SPDX-License-Identifier: MIT */
/* file_create.c - from a name to an open file.
 *
 * In: a name that ob has followed to a device (or an open file) and what is left of it; out:
 * a FILE_OBJECT whose IRP_MJ_CREATE the driver has accepted. Check, then commit: device,
 * access and memory first; after the driver has said yes nothing can fail but the handle.
 */
#include "io_internal.h"

#include <string.h>

#include "se/se.h"

static _Atomic uint64_t files_alive;

uint64_t file_count(void)
{
    return atomic_load(&files_alive);
}

void file_count_drop(void)
{
    atomic_fetch_sub(&files_alive, 1);
}

/* ---- the object ----------------------------------------------------------------------------- */

static ULONG file_flags(const struct io_create *create, ULONG attributes)
{
    ULONG flags = 0;
    if (create->options & (FILE_SYNCHRONOUS_IO_ALERT | FILE_SYNCHRONOUS_IO_NONALERT))
        flags |= FO_SYNCHRONOUS_IO;
    if (create->options & FILE_SYNCHRONOUS_IO_ALERT)
        flags |= FO_ALERTABLE_IO;
    if (create->options & FILE_NO_INTERMEDIATE_BUFFERING)
        flags |= FO_NO_INTERMEDIATE_BUFFERING;
    if (create->options & FILE_WRITE_THROUGH)
        flags |= FO_WRITE_THROUGH;
    if (create->options & FILE_SEQUENTIAL_ONLY)
        flags |= FO_SEQUENTIAL_ONLY;
    if (create->options & FILE_RANDOM_ACCESS)
        flags |= FO_RANDOM_ACCESS;
    if (!(attributes & OBJ_CASE_INSENSITIVE))
        flags |= FO_OPENED_CASE_SENSITIVE;
    return flags;
}

static void file_fill_access(FILE_OBJECT *file, const struct io_create *create, ACCESS_MASK granted)
{
    file->ReadAccess = (granted & (FILE_READ_DATA | FILE_EXECUTE)) != 0;
    file->WriteAccess = (granted & (FILE_WRITE_DATA | FILE_APPEND_DATA)) != 0;
    file->DeleteAccess = (granted & DELETE) != 0;
    file->SharedRead = (create->share_access & FILE_SHARE_READ) != 0;
    file->SharedWrite = (create->share_access & FILE_SHARE_WRITE) != 0;
    file->SharedDelete = (create->share_access & FILE_SHARE_DELETE) != 0;
}

/* The device is counted already; the file gives that back at its end. */
static NTSTATUS file_allocate(PDEVICE_OBJECT device, FILE_OBJECT *related,
                              const struct ob_parse *parse, const struct io_create *create,
                              ACCESS_MASK granted, struct file **out_file)
{
    struct file *file;
    NTSTATUS status = ob_create(io_file_type, sizeof(*file), (void **)&file);
    if (!NT_SUCCESS(status))
        return status;
    atomic_fetch_add(&files_alive, 1);
    FILE_OBJECT *abi = &file->abi;
    abi->Type = IO_TYPE_FILE;
    abi->Size = sizeof(*abi);
    abi->DeviceObject = device;
    abi->RelatedFileObject = related;
    abi->Flags = file_flags(create, parse->attributes);
    if (related != NULL)
        abi->Vpb = related->Vpb;
    file->granted = granted;
    file->lock_owner = ke_thread_current();
    file_fill_access(abi, create, granted);
    KeInitializeEvent(&abi->Lock, SynchronizationEvent, FALSE);
    KeInitializeEvent(&abi->Event, NotificationEvent, FALSE);
    KeInitializeSpinLock(&abi->IrpListLock);
    InitializeListHead(&abi->IrpList);
    USHORT length = parse->remaining.Length;
    if (length != 0) {
        abi->FileName.Buffer =
            ExAllocatePool2(POOL_FLAG_PAGED, (SIZE_T)length + sizeof(WCHAR), IO_TAG_NAME);
        if (abi->FileName.Buffer == NULL) {
            ob_dereference(file);
            return STATUS_INSUFFICIENT_RESOURCES;
        }
        memcpy(abi->FileName.Buffer, parse->remaining.Buffer, length);
        abi->FileName.Length = length;
        abi->FileName.MaximumLength = (USHORT)(length + sizeof(WCHAR));
    }
    *out_file = file;
    return STATUS_SUCCESS;
}

/* ---- access ------------------------------------------------------------------------------------
 */

/* Opening the device itself, or anything behind a device that says so, is checked against
 * the device's descriptor; other names are the file system's to check. */
static NTSTATUS file_access_check(PDEVICE_OBJECT device, FILE_OBJECT *related,
                                  const struct ob_parse *parse, const struct io_create *create,
                                  ACCESS_MASK *out_granted)
{
    static const GENERIC_MAPPING mapping = {FILE_GENERIC_READ, FILE_GENERIC_WRITE,
                                            FILE_GENERIC_EXECUTE, FILE_ALL_ACCESS};
    bool is_checked = related == NULL && (parse->remaining.Length == 0 ||
                                          (device->Characteristics & FILE_DEVICE_SECURE_OPEN));
    struct process *process = ps_process_current();
    void *token = process != NULL ? process->token : NULL;
    return se_check(is_checked ? device->SecurityDescriptor : NULL, token, parse->desired_access,
                    &mapping, create->is_checked_as_program ? UserMode : parse->mode, out_granted);
}

/* ---- IRP_MJ_CREATE
 * ------------------------------------------------------------------------------- */

static void create_fill_stack(PIRP irp, struct file *file, const struct ob_parse *parse,
                              const struct io_create *create, PIO_SECURITY_CONTEXT security)
{
    PIO_STACK_LOCATION stack = IoGetNextIrpStackLocation(irp);
    irp->RequestorMode = parse->mode;
    irp->Flags = IRP_CREATE_OPERATION | IRP_SYNCHRONOUS_API | IRP_DEFER_IO_COMPLETION;
    irp->Tail.Overlay.OriginalFileObject = &file->abi;
    irp->Tail.Overlay.Thread = (PETHREAD)ps_thread_current();
    irp->Overlay.AllocationSize = create->allocation_size;
    irp->AssociatedIrp.SystemBuffer = create->ea_buffer;
    stack->MajorFunction = create->major; /* IRP_MJ_CREATE is 0 */
    stack->FileObject = &file->abi;
    if (create->is_checked_as_program)
        stack->Flags |= SL_FORCE_ACCESS_CHECK;
    if (!(parse->attributes & OBJ_CASE_INSENSITIVE))
        stack->Flags |= SL_CASE_SENSITIVE;
    stack->Parameters.Create.SecurityContext = security;
    stack->Parameters.Create.Options = create->disposition << 24 | (create->options & 0xffffff);
    stack->Parameters.Create.FileAttributes = (USHORT)create->file_attributes;
    stack->Parameters.Create.ShareAccess = (USHORT)create->share_access;
    /* A pipe's and a mailslot's locations differ in the last member only. */
    if (create->major != IRP_MJ_CREATE)
        stack->Parameters.CreatePipe.Parameters = create->parameters;
    else
        stack->Parameters.Create.EaLength = create->ea_length;
}

static NTSTATUS create_send(struct file *file, const struct ob_parse *parse,
                            struct io_create *create)
{
    PDEVICE_OBJECT top = file_top(&file->abi);
    struct process *process = ps_process_current();
    ACCESS_STATE state = {
        .PreviouslyGrantedAccess = file->granted,
        .OriginalDesiredAccess = parse->desired_access,
        .SubjectSecurityContext = {.PrimaryToken = process != NULL ? process->token : NULL},
    };
    IO_SECURITY_CONTEXT security = {
        .AccessState = &state,
        .DesiredAccess = file->granted,
        .FullCreateOptions = create->options,
    };
    PIRP irp = irp_allocate(top->StackSize);
    if (irp == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    create_fill_stack(irp, file, parse, create, &security);
    trace_point(TRACE_IRP_BUILT, irp, IRP_MJ_CREATE, irp->StackCount);
    ULONG_PTR information;
    NTSTATUS status = irp_send_and_wait(top, irp, &information);
    create->status.Status = status;
    create->status.Information = information;
    return status;
}

/* ---- the whole of it
 * --------------------------------------------------------------------------------- */

/* Called by the parse callbacks of devices and files.
 *
 * IRQL:    PASSIVE_LEVEL
 * Takes:   borrows everything; gives a reference in *out_body
 * Errors:  device_open_begin's, the access check's, the driver's
 * Doc:     wdm.h IRP_MJ_CREATE; "Controlling Device Namespace Access"
 */
NTSTATUS file_open_device(PDEVICE_OBJECT device, FILE_OBJECT *related, struct ob_parse *parse,
                          struct file_open *open, UNICODE_STRING *out_name, void **out_body)
{
    struct io_create *create = open->create;
    ACCESS_MASK granted;
    struct file *file;
    NTSTATUS status = file_access_check(device, related, parse, create, &granted);
    if (!NT_SUCCESS(status))
        return status;
    if (create->hint != NULL && !device_is_above(create->hint, device))
        return STATUS_INVALID_DEVICE_OBJECT_PARAMETER;
    status = device_open_begin(device, related != NULL);
    if (!NT_SUCCESS(status))
        return status;
    status = file_allocate(device, related, parse, create, granted, &file);
    if (!NT_SUCCESS(status)) {
        device_open_end(device);
        return status;
    }
    file->is_counted = true;
    if (create->hint != NULL) {
        file->hint = create->hint;
        file->abi.FileObjectExtension = file; /* says that there is a hint */
        ob_reference(device_of(create->hint));
    }
    status = create_send(file, parse, create);
    if (status == STATUS_REPARSE) {
        /* The driver has put the name to go on with into FileName. */
        /* From pool, as RtlFreeUnicodeString frees it; the file gives the buffer away. */
        *out_name = file->abi.FileName;
        file->abi.FileName = (UNICODE_STRING){0};
        ob_dereference(file);
        return STATUS_REPARSE;
    }
    if (!NT_SUCCESS(status)) {
        ob_dereference(file);
        return status;
    }
    file->is_open = true;
    file->abi.Flags |= FO_FILE_OPEN;
    file->abi.RelatedFileObject = NULL; /* documented as valid during the create only */
    KeSetEvent(&file->abi.Event, IO_NO_INCREMENT, FALSE);
    *out_body = file;
    return status;
}

/* IRQL:    PASSIVE_LEVEL
 * Takes:   borrows everything; gives a reference
 * Errors:  STATUS_INSUFFICIENT_RESOURCES; the device goes away
 * Doc:     ntifs.h IoCreateStreamFileObject
 */
NTSTATUS file_stream_create(FILE_OBJECT *related, PDEVICE_OBJECT device, FILE_OBJECT **out_file)
{
    const struct io_create create = {0};
    const struct ob_parse parse = {.attributes = OBJ_CASE_INSENSITIVE};
    struct file *file;
    if (related != NULL)
        device = related->DeviceObject;
    NTSTATUS status = device_open_begin(device, true);
    if (!NT_SUCCESS(status))
        return status;
    status = file_allocate(device, related, &parse, &create, 0, &file);
    if (!NT_SUCCESS(status)) {
        device_open_end(device);
        return status;
    }
    file->is_counted = true;
    file->is_open = true;
    file->abi.Flags |= FO_STREAM_FILE;
    file->abi.RelatedFileObject = NULL;
    *out_file = &file->abi;
    return STATUS_SUCCESS;
}

NTSTATUS io_file_open_get(const OBJECT_ATTRIBUTES *attributes, KPROCESSOR_MODE mode,
                          struct io_create *create)
{
    struct file_open open = {.create = create};
    void *body;
    create->status = (IO_STATUS_BLOCK){0};
    NTSTATUS status = ob_open(attributes, io_file_type, create->access, mode, &open, &body);
    if (!NT_SUCCESS(status))
        return status;
    create->file = body;
    return status;
}

/* IRQL:    PASSIVE_LEVEL
 * Takes:   borrows everything; create->file is valid as long as the handle is open
 * Errors:  as ntifs.h NtCreateFile documents them
 * Doc:     ntifs.h NtCreateFile
 */
NTSTATUS io_file_create(const OBJECT_ATTRIBUTES *attributes, KPROCESSOR_MODE mode,
                        struct io_create *create, HANDLE *out_handle)
{
    NTSTATUS status = io_file_open_get(attributes, mode, create);
    if (!NT_SUCCESS(status))
        return status;
    NTSTATUS made = ob_handle_create(create->file, file_of(create->file)->granted,
                                     attributes->Attributes, out_handle);
    if (!NT_SUCCESS(made)) {
        file_cleanup(create->file);
        status = made;
    } else {
        create->file->Flags |= FO_HANDLE_CREATED;
    }
    ob_dereference(file_of(create->file));
    return status;
}
