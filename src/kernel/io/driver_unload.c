/* SPDX-License-Identifier: MIT */
/* driver_unload.c - the end of a loaded driver.
 *
 * In: a driver that somebody wants gone; out: DriverUnload was called once, when no device
 * of it was open any more, and what it left behind has been told. An IRP that still leads
 * into the image stops the machine: it would run code that is gone.
 */
#include "io_internal.h"

#include <stdio.h>

#include "callout/callout.h"
#include "driver_library.h"

/* ---- may it go? ----------------------------------------------------------------------------- */

/* Marks the devices, so that no new open gets through, and counts what still holds them. */
static unsigned driver_mark_and_count(struct driver *driver)
{
    unsigned holders = 0;
    host_lock_take(&io_database_lock);
    for (PDEVICE_OBJECT device = driver->abi.DeviceObject; device != NULL;
         device = device->NextDevice) {
        atomic_fetch_or(&device_of(device)->state, DEVICE_UNLOAD_PENDING);
        holders += (unsigned)device->ReferenceCount + (device->AttachedDevice != NULL);
    }
    host_lock_give(&io_database_lock);
    return holders;
}

/* ---- what is left behind -----------------------------------------------------------------------
 */

struct leftovers {
    const struct driver *driver;
    uint64_t low, high; /* its image */
    uint64_t irps, blocks, bytes;
    ULONG tag;       /* the first block's */
    uint64_t offset; /* in the image, where it was allocated */
};

static bool in_image(const struct leftovers *left, const void *address)
{
    return (uint64_t)address >= left->low && (uint64_t)address < left->high;
}

static void leftover_irp(PIRP irp, void *context)
{
    struct leftovers *left = context;
    const void *routine = (const void *)irp->CancelRoutine;
    PIO_STACK_LOCATION stack = (PIO_STACK_LOCATION)(irp + 1);
    for (int i = 0; i < irp->StackCount && !in_image(left, routine); i++)
        if (i + 1 >= irp->CurrentLocation)
            routine = (const void *)stack[i].CompletionRoutine;
    if (in_image(left, routine))
        io_bugcheck(DRIVER_UNLOADED_WITHOUT_CANCELLING_PENDING_OPERATIONS, (ULONG_PTR)routine, 8,
                    (ULONG_PTR)irp, 0);
    if (in_image(left, irp_of_known(irp)->creator) && !irp_is_attached(irp_of_known(irp)))
        left->irps++;
}

/* Driver extensions go with the driver object; nobody else may touch the list by now. */
static bool is_extension(const struct driver *driver, const void *address)
{
    list_for_each(node, &driver->extensions)
    {
        if (list_entry(node, struct driver_extension_block, link) == address)
            return true;
    }
    return false;
}

static void leftover_block(const struct ex_pool_block *block, void *context)
{
    struct leftovers *left = context;
    void *body;
    if (!in_image(left, block->caller) || is_extension(left->driver, block->address) ||
        ob_block_kind(block, &body) == OB_BLOCK_PART)
        return;
    if (left->blocks++ == 0) {
        left->tag = block->tag;
        left->offset = (uint64_t)block->caller - left->low;
    }
    left->bytes += block->bytes;
}

static void driver_leftovers_count(const struct driver *driver, struct leftovers *out_left)
{
    struct leftovers left = {.driver = driver};
    if (driver->image != NULL) {
        left.low = driver->image->base;
        left.high = left.low + driver->image->size;
    }
    irp_visit(leftover_irp, &left);
    ex_pool_visit(leftover_block, &left);
    *out_left = left;
}

static void driver_leftovers_report(struct driver *driver)
{
    struct leftovers left;
    ps_threads_settle();
    driver_leftovers_count(driver, &left);
    if (left.irps != 0)
        rtl_debug_printf("io: %s unloaded and left %llu IRPs unfreed\n", driver->name,
                         (unsigned long long)left.irps);
    if (left.blocks != 0)
        rtl_debug_printf(
            "io: %s unloaded and left %llu pool blocks, %llu bytes; one has tag '%.4s', "
            "allocated at +0x%llx\n",
            driver->name, (unsigned long long)left.blocks, (unsigned long long)left.bytes,
            (const char *)&left.tag, (unsigned long long)left.offset);
    for (PDEVICE_OBJECT device = driver->abi.DeviceObject; device != NULL;
         device = device->NextDevice)
        rtl_debug_printf("io: %s unloaded and left a device; its image stays\n", driver->name);
}

/* ---- what would still run its code ----------------------------------------------------------- */

#define THREAD_GRACE_MS 2000
#define WORK_GRACE_NS   200000000ull

/* A thread that has said that it ends may be on its last instructions. */
static uint64_t thread_left_behind(uint64_t low, uint64_t high)
{
    LARGE_INTEGER moment = {.QuadPart = -10000};
    uint64_t start = ps_system_thread_find(low, high);
    for (int ms = 0; start != 0 && ms < THREAD_GRACE_MS; ms++) {
        KeDelayExecutionThread(KernelMode, FALSE, &moment);
        start = ps_system_thread_find(low, high);
    }
    return start;
}

static bool (*interrupt_find)(uint64_t, uint64_t, uint64_t *); /* set once at boot */

void io_interrupt_find_set(bool (*find)(uint64_t low, uint64_t high, uint64_t *out_routine))
{
    interrupt_find = find;
}

/* On Windows the machine stops when a timer fires or a thread goes on in memory that is gone;
 * here it does before. Doc: "Bug Check 0xC7", "Bug Check 0xCE" */
void driver_library_outstanding_check(const struct image *image)
{
    enum ke_timer_use use;
    uint64_t address;
    uint64_t low = image->base, high = low + image->size;
    KeFlushQueuedDpcs();
    /* A worker may be on the last instructions of a routine that has said that it is done. */
    (void)ex_work_drain_until(host_clock_ns() + WORK_GRACE_NS);
    if (ke_timer_find(low, high, &use, &address))
        io_bugcheck(TIMER_OR_DPC_INVALID, use, address, low, high);
    if (interrupt_find != NULL && interrupt_find(low, high, &address))
        io_bugcheck(DRIVER_UNLOADED_WITHOUT_CANCELLING_PENDING_OPERATIONS, address, 8, address, 0);
    uint64_t start = thread_left_behind(low, high);
    if (start != 0)
        io_bugcheck(DRIVER_UNLOADED_WITHOUT_CANCELLING_PENDING_OPERATIONS, start, 8, start, 0);
}

static void driver_outstanding_check(const struct driver *driver)
{
    if (driver->image != NULL && driver->abi.DeviceObject == NULL) /* otherwise the image stays */
        driver_library_outstanding_check(driver->image);
}

/* ---- going
 * ------------------------------------------------------------------------------------------ */

static NTSTATUS driver_unload_run(struct driver *driver, void *unused, struct io_load_error *error)
{
    (void)unused;
    (void)error;
    callout_unload(driver->abi.DriverUnload, &driver->abi);
    driver_outstanding_check(driver);
    driver_leftovers_report(driver);
    trace_point(TRACE_DRIVER_UNLOADED, driver, 0, 0);
    driver_remove(driver);
    return STATUS_SUCCESS;
}

static void driver_unload_deferred(void *context)
{
    struct driver *driver = context;
    driver_unload_run(driver, NULL, NULL);
    ob_dereference(driver);
}

static bool driver_unload_claim(struct driver *driver)
{
    bool called = false;
    return atomic_compare_exchange_strong(&driver->is_unload_called, &called, true);
}

void driver_unload_check(struct driver *driver)
{
    if (!atomic_load(&driver->is_unload_asked) || driver_mark_and_count(driver) != 0)
        return;
    if (!driver_unload_claim(driver))
        return;
    ob_reference(driver);
    ex_work_queue(&driver->unload_work, driver_unload_deferred, driver);
}

static NTSTATUS driver_unload(struct driver *driver, enum io_driver_caller caller,
                              struct io_load_error *error)
{
    const char *stuck_in = atomic_load(&driver->stuck_in);
    if (stuck_in != NULL) {
        io_error_set(error, STATUS_INVALID_DEVICE_REQUEST,
                     "%s stays loaded: its %s has not come back", driver->name, stuck_in);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (driver->abi.DriverUnload == NULL) {
        io_error_set(error, STATUS_INVALID_DEVICE_REQUEST,
                     "%s has no DriverUnload routine and stays loaded", driver->name);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (atomic_exchange(&driver->is_unload_asked, true)) {
        io_error_set(error, STATUS_INVALID_DEVICE_REQUEST, "%s is being unloaded already",
                     driver->name);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    unsigned holders = driver_mark_and_count(driver);
    if (holders != 0) {
        io_error_set(error, STATUS_SUCCESS, "%s unloads when its last %u open files are closed",
                     driver->name, holders);
        return STATUS_SUCCESS;
    }
    if (!driver_unload_claim(driver))
        return STATUS_SUCCESS;
    NTSTATUS unloaded;
    NTSTATUS status =
        driver_call(driver, "DriverUnload", driver_unload_run, NULL, caller, error, &unloaded);
    return NT_SUCCESS(status) ? unloaded : status;
}

/* IRQL:    PASSIVE_LEVEL
 * Takes:   borrows service_key
 * Errors:  STATUS_OBJECT_NAME_NOT_FOUND; STATUS_INVALID_DEVICE_REQUEST: no DriverUnload;
 *          STATUS_IO_TIMEOUT: it does not come back
 * Doc:     ntifs.h ZwUnloadDriver; wdm.h DRIVER_UNLOAD
 */
NTSTATUS io_driver_unload(const UNICODE_STRING *service_key, enum io_driver_caller caller,
                          struct io_load_error *out_error)
{
    unsigned count = service_key->Length / sizeof(WCHAR);
    unsigned start = count;
    while (start > 0 && service_key->Buffer[start - 1] != '\\')
        start--;
    USHORT bytes = (USHORT)((count - start) * sizeof(WCHAR));
    UNICODE_STRING name = {bytes, bytes, service_key->Buffer + start};
    if (out_error != NULL)
        *out_error = (struct io_load_error){0};
    /* A key, not any path that ends like one. */
    const UNICODE_STRING registry = RTL_CONSTANT_STRING(L"\\Registry\\");
    struct driver *driver = NULL;
    if (RtlPrefixUnicodeString(&registry, service_key, TRUE))
        driver = driver_find_get(&name);
    if (driver == NULL) {
        char *utf8 = rtl_utf8_of(&name);
        io_error_set(out_error, STATUS_OBJECT_NAME_NOT_FOUND, "no driver of service %s is loaded",
                     utf8 != NULL ? utf8 : "?");
        rtl_free(utf8);
        return STATUS_OBJECT_NAME_NOT_FOUND;
    }
    NTSTATUS status = driver_unload(driver, caller, out_error);
    ob_dereference(driver);
    return status;
}

/* ---- shutdown
 * ----------------------------------------------------------------------------------------- */

/* The newest driver with an image that was not asked yet; referenced. */
static struct driver *driver_newest_get(void)
{
    struct driver *found = NULL;
    host_lock_take(&io_database_lock);
    for (struct list *node = io_drivers.previous; node != &io_drivers; node = node->previous) {
        struct driver *driver = list_entry(node, struct driver, link);
        if (driver->image == NULL || atomic_load(&driver->is_unload_asked) ||
            driver->abi.DriverUnload == NULL || atomic_load(&driver->stuck_in) != NULL)
            continue;
        ob_reference(driver);
        found = driver;
        break;
    }
    host_lock_give(&io_database_lock);
    return found;
}

/* Nobody unloads it later, when its last file is closed after all: what it stands on goes. */
static void claim_loaded(DRIVER_OBJECT *abi, void *context)
{
    if (driver_of(abi)->image != NULL)
        (void)driver_unload_claim(driver_of(abi));
}

static void count_loaded(DRIVER_OBJECT *abi, void *context)
{
    if (driver_of(abi)->image != NULL)
        ++*(unsigned *)context;
}

static void report_loaded(DRIVER_OBJECT *abi, void *context)
{
    void (*report)(const char *text) = *(void (**)(const char *))context;
    const struct driver *driver = driver_of(abi);
    const char *stuck_in = atomic_load(&driver->stuck_in);
    char text[160];
    if (driver->image == NULL)
        return;
    if (stuck_in != NULL)
        snprintf(text, sizeof(text), "%s stays loaded: its %s has not come back", driver->name,
                 stuck_in);
    else
        snprintf(text, sizeof(text), "%s stays loaded: %s", driver->name,
                 abi->DriverUnload == NULL ? "it has no DriverUnload routine"
                                           : "a device of it is still open, attached or in use");
    report(text);
}

#define DRAIN_NS 2000000000ull /* what a driver's work item may take at the end */

unsigned io_driver_unload_all(void (*report)(const char *text))
{
    struct driver *driver;
    unsigned left = 0;
    while ((driver = driver_newest_get()) != NULL) {
        struct io_load_error error = {0};
        driver_unload(driver, IO_CALLER_WAITS, &error);
        ob_dereference(driver);
    }
    (void)ex_work_drain_until(host_clock_ns() + DRAIN_NS);
    io_driver_visit(claim_loaded, NULL);
    (void)ex_work_drain_until(host_clock_ns() + DRAIN_NS); /* an unload that began just before */
    io_driver_visit(count_loaded, &left);
    if (report != NULL)
        io_driver_visit(report_loaded, &report);
    return left;
}
