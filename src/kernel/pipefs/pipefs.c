/* SPDX-License-Identifier: MIT */
/* pipefs.c - pipes and their instances: making, opening, listening, waiting, closing.
 *
 * A pipe lives while it has instances, an instance until both its ends are closed. Names do not
 * tell letters' cases apart.
 * Differs: security descriptors are not kept; FSCTL_PIPE_WAIT's time is the caller's affair.
 */
#include "pipefs_internal.h"

#define QUOTA_LEAST 4096u

static struct list pipes = LIST_INIT(pipes); /* under pipefs_lock */
static LIST_ENTRY waits;                     /* IRPs of FSCTL_PIPE_WAIT */

void pipes_init(void)
{
    InitializeListHead(&waits);
}

struct parcel *parcel_make(const void *bytes, ULONG length)
{
    struct parcel *parcel =
        ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*parcel) + length, PIPEFS_TAG);
    if (parcel == NULL)
        return NULL;
    parcel->length = length;
    if (length != 0)
        RtlCopyMemory(parcel->bytes, bytes, length);
    return parcel;
}

static struct pipe *pipe_find(const UNICODE_STRING *name)
{
    list_for_each(at, &pipes)
    {
        struct pipe *pipe = list_entry(at, struct pipe, link);
        if (RtlEqualUnicodeString(&pipe->name, name, TRUE))
            return pipe;
    }
    return NULL;
}

static struct instance *instance_listening(struct pipe *pipe)
{
    list_for_each(at, &pipe->instances)
    {
        struct instance *instance = list_entry(at, struct instance, link);
        if (instance->state == FILE_PIPE_LISTENING_STATE)
            return instance;
    }
    return NULL;
}

/* The name in a request for it, as pipes have it: with the separator in front. */
static bool wait_is_for(PIRP irp, const UNICODE_STRING *name)
{
    const FILE_PIPE_WAIT_FOR_BUFFER *wait = irp->AssociatedIrp.SystemBuffer;
    UNICODE_STRING wanted = {(USHORT)wait->NameLength, (USHORT)wait->NameLength, (PWSTR)wait->Name};
    UNICODE_STRING bare = {name->Length - sizeof(WCHAR), name->Length - sizeof(WCHAR),
                           name->Buffer + 1};
    return RtlEqualUnicodeString(&wanted, &bare, TRUE);
}

/* An instance listens: one who waits for that may try again. All of them do. */
static void waits_wake(const struct pipe *pipe, struct finished *finished)
{
    for (LIST_ENTRY *at = waits.Flink, *next; at != &waits; at = next) {
        PIRP irp = CONTAINING_RECORD(at, IRP, Tail.Overlay.ListEntry);
        next = at->Flink;
        if (!wait_is_for(irp, &pipe->name) || IoSetCancelRoutine(irp, NULL) == NULL)
            continue;
        RemoveEntryList(at);
        finished_add(finished, irp, STATUS_SUCCESS, 0);
    }
}

/* ---- making -----------------------------------------------------------------------------------
 */

static struct pipe *pipe_make(const UNICODE_STRING *name)
{
    struct pipe *pipe =
        ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*pipe) + name->Length, PIPEFS_TAG);
    if (pipe == NULL)
        return NULL;
    pipe->name = (UNICODE_STRING){name->Length, name->Length, (PWSTR)(pipe + 1)};
    RtlCopyMemory(pipe->name.Buffer, name->Buffer, name->Length);
    list_init(&pipe->instances);
    return pipe;
}

static struct instance *instance_make(FILE_OBJECT *file, const NAMED_PIPE_CREATE_PARAMETERS *asked)
{
    struct instance *instance = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*instance), PIPEFS_TAG);
    if (instance == NULL)
        return NULL;
    instance->state = FILE_PIPE_LISTENING_STATE;
    instance->opens = 1;
    InitializeListHead(&instance->listens);
    for (unsigned side = SERVER; side <= CLIENT; side++) {
        struct end *end = &instance->ends[side];
        *end = (struct end){.instance = instance, .side = side};
        list_init(&end->parcels);
        InitializeListHead(&end->reads);
    }
    instance->ends[SERVER].file = file;
    instance->ends[SERVER].reads_messages = asked->ReadMode == FILE_PIPE_MESSAGE_MODE;
    instance->ends[SERVER].never_waits = asked->CompletionMode == FILE_PIPE_COMPLETE_OPERATION;
    return instance;
}

static NTSTATUS pipe_check(const struct pipe *pipe, const NAMED_PIPE_CREATE_PARAMETERS *asked,
                           ULONG disposition, ULONG configuration)
{
    if (pipe == NULL)
        return disposition == FILE_OPEN ? STATUS_OBJECT_NAME_NOT_FOUND : STATUS_SUCCESS;
    if (disposition == FILE_CREATE)
        return STATUS_ACCESS_DENIED;
    if (pipe->count >= pipe->maximum)
        return STATUS_INSTANCE_NOT_AVAILABLE;
    if (pipe->configuration != configuration || pipe->type != asked->NamedPipeType)
        return STATUS_ACCESS_DENIED;
    return STATUS_SUCCESS;
}

static void pipe_describe(struct pipe *pipe, const NAMED_PIPE_CREATE_PARAMETERS *asked,
                          ULONG configuration)
{
    pipe->type = asked->NamedPipeType;
    pipe->configuration = configuration;
    pipe->maximum = asked->MaximumInstances;
    pipe->inbound_quota = max(asked->InboundQuota, QUOTA_LEAST);
    pipe->outbound_quota = max(asked->OutboundQuota, QUOTA_LEAST);
}

/* IRP_MJ_CREATE_NAMED_PIPE. */
NTSTATUS pipe_create(FILE_OBJECT *file, PIO_STACK_LOCATION stack, ULONG_PTR *out_outcome)
{
    const NAMED_PIPE_CREATE_PARAMETERS *asked = stack->Parameters.CreatePipe.Parameters;
    ULONG share = stack->Parameters.CreatePipe.ShareAccess & (FILE_SHARE_READ | FILE_SHARE_WRITE);
    ULONG disposition = stack->Parameters.CreatePipe.Options >> 24;
    ULONG configuration = share == FILE_SHARE_READ    ? FILE_PIPE_OUTBOUND
                          : share == FILE_SHARE_WRITE ? FILE_PIPE_INBOUND
                                                      : FILE_PIPE_FULL_DUPLEX;
    struct finished finished;
    KIRQL irql;
    if (asked == NULL || share == 0 || asked->MaximumInstances == 0 ||
        file->FileName.Length < 2 * sizeof(WCHAR) ||
        (asked->ReadMode == FILE_PIPE_MESSAGE_MODE &&
         !(asked->NamedPipeType & FILE_PIPE_MESSAGE_TYPE)))
        return STATUS_INVALID_PARAMETER;
    struct pipe *made = pipe_make(&file->FileName);
    struct instance *instance = instance_make(file, asked);
    if (made != NULL && instance != NULL) {
        finished_init(&finished);
        KeAcquireSpinLock(&pipefs_lock, &irql);
        struct pipe *pipe = pipe_find(&file->FileName);
        NTSTATUS status = pipe_check(pipe, asked, disposition, configuration);
        if (NT_SUCCESS(status)) {
            *out_outcome = pipe != NULL ? FILE_OPENED : FILE_CREATED;
            if (pipe == NULL) {
                pipe = made;
                made = NULL;
                pipe_describe(pipe, asked, configuration);
                list_push_back(&pipes, &pipe->link);
            }
            pipe->count++;
            instance->pipe = pipe;
            list_push_back(&pipe->instances, &instance->link);
            file->FsContext = &instance->ends[SERVER];
            file->Flags |= FO_NAMED_PIPE;
            instance = NULL;
            waits_wake(pipe, &finished);
        }
        KeReleaseSpinLock(&pipefs_lock, irql);
        finished_complete(&finished);
        if (made != NULL)
            ExFreePoolWithTag(made, PIPEFS_TAG);
        if (instance != NULL)
            ExFreePoolWithTag(instance, PIPEFS_TAG);
        return status;
    }
    if (made != NULL)
        ExFreePoolWithTag(made, PIPEFS_TAG);
    if (instance != NULL)
        ExFreePoolWithTag(instance, PIPEFS_TAG);
    return STATUS_INSUFFICIENT_RESOURCES;
}

/* ---- opening ----------------------------------------------------------------------------------
 */

static bool access_fits(const struct pipe *pipe, ACCESS_MASK access)
{
    if (pipe->configuration == FILE_PIPE_INBOUND)
        return !(access & FILE_READ_DATA);
    return pipe->configuration != FILE_PIPE_OUTBOUND || !(access & FILE_WRITE_DATA);
}

/* IRP_MJ_CREATE: a client's; without a name, the device itself, to wait at. */
NTSTATUS pipe_open(FILE_OBJECT *file, PIO_STACK_LOCATION stack, struct finished *finished)
{
    ACCESS_MASK access = stack->Parameters.Create.SecurityContext->DesiredAccess;
    KIRQL irql;
    if (file->FileName.Length <= sizeof(WCHAR))
        return STATUS_SUCCESS;
    KeAcquireSpinLock(&pipefs_lock, &irql);
    struct pipe *pipe = pipe_find(&file->FileName);
    struct instance *instance = pipe != NULL ? instance_listening(pipe) : NULL;
    NTSTATUS status = pipe == NULL       ? STATUS_OBJECT_NAME_NOT_FOUND
                      : instance == NULL ? STATUS_PIPE_NOT_AVAILABLE
                                         : STATUS_SUCCESS;
    if (NT_SUCCESS(status) && !access_fits(pipe, access))
        status = STATUS_ACCESS_DENIED;
    if (NT_SUCCESS(status)) {
        struct end *end = &instance->ends[CLIENT];
        end->file = file;
        instance->opens++;
        end->reads_messages = end->never_waits = false;
        instance->state = FILE_PIPE_CONNECTED_STATE;
        file->FsContext = end;
        file->Flags |= FO_NAMED_PIPE;
        queue_empty(&instance->listens, STATUS_SUCCESS, finished);
    }
    KeReleaseSpinLock(&pipefs_lock, irql);
    return status;
}

NTSTATUS pipe_wait(PIRP irp, const FILE_PIPE_WAIT_FOR_BUFFER *wait, ULONG length)
{
    const ULONG head = FIELD_OFFSET(FILE_PIPE_WAIT_FOR_BUFFER, Name);
    if (length < head || wait->NameLength > length - head || wait->NameLength % sizeof(WCHAR) ||
        wait->NameLength > MAXUSHORT)
        return STATUS_INVALID_PARAMETER;
    list_for_each(at, &pipes)
    {
        struct pipe *pipe = list_entry(at, struct pipe, link);
        if (wait_is_for(irp, &pipe->name))
            return instance_listening(pipe) != NULL ? STATUS_SUCCESS : queue_put(&waits, irp);
    }
    return STATUS_OBJECT_NAME_NOT_FOUND;
}

/* ---- a server's end ---------------------------------------------------------------------------
 */

NTSTATUS pipe_listen(struct end *end, PIRP irp, struct finished *finished)
{
    struct instance *instance = end->instance;
    if (end->side != SERVER)
        return STATUS_ILLEGAL_FUNCTION;
    switch (instance->state) {
    case FILE_PIPE_CONNECTED_STATE:
        return STATUS_PIPE_CONNECTED;
    case FILE_PIPE_CLOSING_STATE:
        return STATUS_PIPE_CLOSING;
    default:
        if (instance->state != FILE_PIPE_LISTENING_STATE)
            waits_wake(instance->pipe, finished);
        instance->state = FILE_PIPE_LISTENING_STATE;
        return end->never_waits ? STATUS_PIPE_LISTENING : queue_put(&instance->listens, irp);
    }
}

NTSTATUS pipe_disconnect(struct end *end, struct finished *finished)
{
    struct instance *instance = end->instance;
    if (end->side != SERVER)
        return STATUS_ILLEGAL_FUNCTION;
    if (instance->state == FILE_PIPE_DISCONNECTED_STATE)
        return STATUS_PIPE_DISCONNECTED;
    end_drop(&instance->ends[SERVER], STATUS_PIPE_DISCONNECTED, finished);
    end_drop(&instance->ends[CLIENT], STATUS_PIPE_DISCONNECTED, finished);
    queue_empty(&instance->listens, STATUS_PIPE_DISCONNECTED, finished);
    instance->state = FILE_PIPE_DISCONNECTED_STATE;
    instance->ends[CLIENT].file = NULL; /* it is nobody's end any more */
    return STATUS_SUCCESS;
}

/* ---- closing ----------------------------------------------------------------------------------
 */

/* The last handle of an end is closed: the other end reads what is left, then hears of it. */
void pipe_cleanup(struct end *end, struct finished *finished)
{
    struct instance *instance = end->instance;
    struct end *peer = &instance->ends[!end->side];
    end_drop(end, STATUS_PIPE_BROKEN, finished);
    queue_empty(&peer->reads, STATUS_PIPE_BROKEN, finished);
    if (end->side == SERVER)
        queue_empty(&instance->listens, STATUS_PIPE_BROKEN, finished);
    if (end->side == SERVER || instance->state == FILE_PIPE_CONNECTED_STATE)
        instance->state = FILE_PIPE_CLOSING_STATE;
}

/* Memory stays until the last that was let in has closed, disconnected or not. */
void pipe_close(FILE_OBJECT *file)
{
    struct end *end = file->FsContext;
    struct instance *instance = end->instance;
    struct pipe *pipe = instance->pipe;
    bool is_pipe_last = false;
    KIRQL irql;
    KeAcquireSpinLock(&pipefs_lock, &irql);
    if (end->file == file)
        end->file = NULL;
    bool is_last = --instance->opens == 0;
    if (is_last) {
        list_remove(&instance->link);
        is_pipe_last = --pipe->count == 0;
        if (is_pipe_last)
            list_remove(&pipe->link);
    }
    KeReleaseSpinLock(&pipefs_lock, irql);
    if (is_last)
        ExFreePoolWithTag(instance, PIPEFS_TAG);
    if (is_pipe_last)
        ExFreePoolWithTag(pipe, PIPEFS_TAG);
}
