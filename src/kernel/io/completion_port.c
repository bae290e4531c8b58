/* SPDX-License-Identifier: MIT */
/* completion_port.c - I/O completion ports: a queue of packets that threads wait for.
 *
 * In: a finished request of a file that is bound to the port, or a posted packet; out: the
 * same, in order of arrival. A request's packet lies in the memory of its IRP, so that a
 * finish cannot fail for want of memory.
 * Invariant: the semaphore counts the packets in the list.
 */
#include "io_internal.h"

struct completion_port {
    KSEMAPHORE semaphore;  /* first: what a wait on the port's handle waits for */
    struct host_lock lock; /* guards: packets. Nothing is taken under it */
    struct list packets;
};

struct object_type *io_completion_type;

static void packet_free(struct io_packet *packet)
{
    if (packet->irp != NULL)
        irp_hold_drop(packet->irp);
    else
        ExFreePoolWithTag(packet, IO_TAG);
}

static void port_delete(void *body)
{
    struct completion_port *port = body;
    struct list *node;
    while ((node = list_pop_front(&port->packets)) != NULL)
        packet_free(list_entry(node, struct io_packet, link));
}

static DISPATCHER_HEADER *port_waitable(void *body)
{
    return &((struct completion_port *)body)->semaphore.Header;
}

NTSTATUS completion_type_create(void)
{
    static const struct object_type_ops ops = {
        .delete_body = port_delete,
        .waitable = port_waitable,
        .mapping = {STANDARD_RIGHTS_READ | 1, STANDARD_RIGHTS_WRITE | 2,
                    STANDARD_RIGHTS_EXECUTE | SYNCHRONIZE,
                    STANDARD_RIGHTS_REQUIRED | SYNCHRONIZE | 3},
        .valid_access = STANDARD_RIGHTS_REQUIRED | SYNCHRONIZE | 3,
        .default_access = SYNCHRONIZE,
    };
    return ob_type_create("IoCompletion", &ops, &io_completion_type);
}

/* IRQL:    PASSIVE_LEVEL
 * Takes:   nothing; gives a reference
 * Errors:  STATUS_INSUFFICIENT_RESOURCES
 * Doc:     fileapi.h CreateIoCompletionPort
 * Differs: concurrency does not limit how many threads run
 */
NTSTATUS io_completion_create(ULONG concurrency, void **out_port)
{
    struct completion_port *port;
    (void)concurrency;
    NTSTATUS status = ob_create(io_completion_type, sizeof(*port), (void **)&port);
    if (!NT_SUCCESS(status))
        return status;
    KeInitializeSemaphore(&port->semaphore, 0, MAXLONG);
    list_init(&port->packets);
    *out_port = port;
    return STATUS_SUCCESS;
}

/* IRQL:    PASSIVE_LEVEL
 * Takes:   borrows file; keeps port until the file's end
 * Errors:  STATUS_INVALID_PARAMETER: the file is synchronous or has a port already
 * Doc:     ntifs.h FILE_COMPLETION_INFORMATION
 */
NTSTATUS io_completion_bind(FILE_OBJECT *file, void *port, void *key)
{
    if (file_is_synchronous(file))
        return STATUS_INVALID_PARAMETER;
    struct file *ours = file_of(file);
    NTSTATUS status = STATUS_INVALID_PARAMETER;
    host_lock_take(&io_database_lock);
    if (file->CompletionContext == NULL) {
        ours->port.Port = port;
        ours->port.Key = key;
        atomic_thread_fence(memory_order_release);
        file->CompletionContext = &ours->port;
        status = STATUS_SUCCESS;
    }
    host_lock_give(&io_database_lock);
    if (NT_SUCCESS(status))
        ob_reference(port);
    return status;
}

static void port_push(struct completion_port *port, struct io_packet *packet)
{
    host_lock_take(&port->lock);
    list_push_back(&port->packets, &packet->link);
    host_lock_give(&port->lock);
    KeReleaseSemaphore(&port->semaphore, IO_NO_INCREMENT, 1, FALSE);
}

void completion_post_irp(void *port, void *key, struct irp *irp, void *apc_context)
{
    irp->packet.irp = irp;
    irp->packet.content = (struct io_completion_packet){
        .key = key, .apc_context = apc_context, .status = irp->abi.IoStatus};
    atomic_store(&irp->state, IRP_STATE_PACKET);
    port_push(port, &irp->packet);
}

NTSTATUS io_completion_post(void *port, void *key, void *apc_context, NTSTATUS status,
                            uintptr_t information)
{
    struct io_packet *packet = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*packet), IO_TAG);
    if (packet == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    packet->content.key = key;
    packet->content.apc_context = apc_context;
    packet->content.status.Status = status;
    packet->content.status.Information = information;
    port_push(port, packet);
    return STATUS_SUCCESS;
}

static struct io_packet *port_pop(struct completion_port *port)
{
    host_lock_take(&port->lock);
    struct list *node = list_pop_front(&port->packets);
    host_lock_give(&port->lock);
    COVE_ASSERT(node != NULL);
    return list_entry(node, struct io_packet, link);
}

/* Waits for one packet, then takes what else is there, up to count.
 *
 * IRQL:    PASSIVE_LEVEL
 * Takes:   borrows port
 * Errors:  STATUS_TIMEOUT, STATUS_USER_APC, STATUS_ALERTED, STATUS_THREAD_IS_TERMINATING
 * Doc:     ioapiset.h GetQueuedCompletionStatusEx
 */
NTSTATUS io_completion_remove(void *body, KPROCESSOR_MODE mode, bool alertable,
                              const LARGE_INTEGER *timeout, struct io_completion_packet *packets,
                              unsigned count, unsigned *out_count)
{
    struct completion_port *port = body;
    LARGE_INTEGER at_once = {.QuadPart = 0};
    unsigned taken = 0;
    NTSTATUS status = STATUS_SUCCESS;
    while (taken < count) {
        PLARGE_INTEGER limit = taken == 0 ? (PLARGE_INTEGER)timeout : &at_once;
        status =
            KeWaitForSingleObject(&port->semaphore, WrQueue, mode, taken == 0 && alertable, limit);
        if (status != STATUS_SUCCESS)
            break;
        struct io_packet *packet = port_pop(port);
        packets[taken++] = packet->content;
        packet_free(packet);
    }
    *out_count = taken;
    return taken != 0 ? STATUS_SUCCESS : status;
}
