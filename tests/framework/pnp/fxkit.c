/* SPDX-License-Identifier: MIT */
/* fxkit.c - boots a machine in this process with the toy drivers of the Framework, gives them
 * commands, and reads their journal.
 */
#include "fxkit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "image/image.h"
#include "rtl/rtl.h"

struct fxtoy_shared fxtoy;
static struct sigaction machines_handler;
KEVENT exit_event, entry_event, read_event, wake_event, gone_event;
KEVENT held_event, go_event, kept_event;

int fx_machine_start(void **state)
{
    setenv("COVE_LIBEXEC", COVE_LIBEXEC_FOLDER, 1); /* test/drivers are not the machine's */
    (void)machine_start(state);
    sigaction(SIGSEGV, NULL, &machines_handler);
    memset(&fxtoy, 0, sizeof(fxtoy));
    fxtoy.exit_event = &exit_event;
    fxtoy.entry_event = &entry_event;
    fxtoy.read_event = &read_event;
    fxtoy.wake_event = &wake_event;
    fxtoy.gone_event = &gone_event;
    fxtoy.held_event = &held_event;
    fxtoy.go_event = &go_event;
    fxtoy.kept_event = &kept_event;
    KeInitializeEvent(&held_event, SynchronizationEvent, FALSE);
    KeInitializeEvent(&go_event, SynchronizationEvent, FALSE);
    KeInitializeEvent(&kept_event, SynchronizationEvent, FALSE);
    KeInitializeEvent(&exit_event, SynchronizationEvent, FALSE);
    KeInitializeEvent(&entry_event, SynchronizationEvent, FALSE);
    KeInitializeEvent(&read_event, SynchronizationEvent, FALSE);
    KeInitializeEvent(&wake_event, SynchronizationEvent, FALSE);
    KeInitializeEvent(&gone_event, SynchronizationEvent, FALSE);
    service_make(COVE_FRAMEWORK_TESTS, "fxtoy_bus", &fxtoy);
    service_make(COVE_FRAMEWORK_TESTS, "fxtoy_function", &fxtoy);
    service_make(COVE_FRAMEWORK_TESTS, "fxtoy_filter", &fxtoy);
    service_make(COVE_FRAMEWORK_TESTS, "fxtoy_below", &fxtoy);
    service_make(COVE_FRAMEWORK_TESTS, "fxtoy_above", &fxtoy);
    return 0;
}

void fx_test_run(void **state)
{
    void (*test)(void **) = (void (*)(void **))*state;
    sigaction(SIGSEGV, &machines_handler, NULL);
    test(state);
}

int fx_machine_stop(void **state)
{
    int left = machine_stop(state);
    if (fxtoy.devices != 0)
        printf("%d devices of the toys are left\n", fxtoy.devices);
    if (fxtoy.d0 != 0)
        printf("%d devices of the toys have not left D0\n", fxtoy.d0);
    return left != 0 || fxtoy.devices != 0 || fxtoy.d0 != 0;
}

/* ---- devices -------------------------------------------------------------------------------- */

static struct device_node *the_bus;

struct device_node *fx_bus_create(void)
{
    static const UNICODE_STRING id = RTL_CONSTANT_STRING(L"ROOT\\FXBUS");
    static WCHAR hardware[] = L"root\\fxbus\0";
    UNICODE_STRING ids = {sizeof(hardware), sizeof(hardware), hardware};
    char error[256];
    assert_int_equal(pnp_root_create(&id, &ids, &the_bus), STATUS_SUCCESS);
    text_set("Enum\\ROOT\\FXBUS\\0000", "Service", "fxtoy_bus");
    NTSTATUS status = pnp_device_configure(the_bus, error, sizeof(error));
    if (!NT_SUCCESS(status))
        fail_msg("%s", error);
    pnp_wait_idle();
    for (int child = 1; child <= FXTOY_SLOTS; child++) {
        static const char *const upper[] = {"fxtoy_filter", NULL};
        char key[64];
        snprintf(key, sizeof(key), "Enum\\%s", fx_name(child));
        text_set(key, "Service", "fxtoy_function");
        list_set(key, "UpperFilters", upper);
    }
    return the_bus;
}

const char *fx_name(int id)
{
    static char names[FXTOY_SLOTS + 1][32];
    if (id == 0)
        return "ROOT\\FXBUS\\0000";
    snprintf(names[id], sizeof(names[id]), "FXBUS\\TOY\\%d", id);
    return names[id];
}

static void look(void)
{
    (void)fx_command(0, FXTOY_SCAN, 0);
    pnp_wait_idle();
}

void fx_plug(int id)
{
    fxtoy.present[id - 1] = 1;
    look();
}

void fx_unplug(int id)
{
    fxtoy.present[id - 1] = 0;
    look();
}

void fx_wait(PKEVENT event)
{
    LARGE_INTEGER limit = {.QuadPart = -600000000ll}; /* only so that a failure is seen */
    assert_int_equal(KeWaitForSingleObject(event, Executive, KernelMode, FALSE, &limit),
                     STATUS_SUCCESS);
}

void fx_wait_gone(void)
{
    fx_wait(&gone_event);
    pnp_wait_idle();
}

int fx_command(int id, enum fxtoy_command command, int argument)
{
    struct pending_read write;
    NTSTATUS status;
    void *file = toy_open(fx_name(id), &status);
    if (file == NULL)
        return status;
    fxtoy.command = command;
    fxtoy.argument = argument;
    fxtoy.status = 0;
    toy_send(file, IRP_MJ_WRITE, &write);
    status = toy_read_wait(&write);
    toy_close(file);
    return NT_SUCCESS(status) ? fxtoy.status : status;
}

void fx_states(int id, int *out_pnp, int *out_power, int *out_policy)
{
    assert_int_equal(fx_command(id, FXTOY_STATES, 0), STATUS_SUCCESS);
    *out_pnp = fxtoy.argument;
    *out_power = fxtoy.argument2;
    *out_policy = fxtoy.argument3;
}

int fx_bus_wake_with(int id, int status)
{
    fxtoy.argument2 = status;
    return fx_command(0, FXTOY_WAKE, id);
}

int fx_bus_wake(int id)
{
    return fx_bus_wake_with(id, STATUS_SUCCESS);
}

void fx_idle_settle(int id)
{
    int pnp, power, policy;
    do
        fx_states(id, &pnp, &power, &policy);
    while (policy != 0x508 && policy != 0x53e); /* WaitingUnarmed, WaitingArmed */
}

static NTSTATUS NTAPI pnp_done(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    (void)device;
    (void)irp;
    KeSetEvent(context, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static int pnp_send(int id, const IO_STACK_LOCATION *wanted)
{
    struct device_node *node = node_get(fx_name(id));
    assert_non_null(node);
    PDEVICE_OBJECT top = IoGetAttachedDeviceReference(pnp_node_pdo(node));
    PIRP irp = IoAllocateIrp(top->StackSize, FALSE);
    PIO_STACK_LOCATION stack = IoGetNextIrpStackLocation(irp);
    KEVENT done;
    NTSTATUS status;
    KeInitializeEvent(&done, NotificationEvent, FALSE);
    irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
    stack->MajorFunction = IRP_MJ_PNP;
    stack->MinorFunction = wanted->MinorFunction;
    stack->Parameters = wanted->Parameters;
    IoSetCompletionRoutine(irp, pnp_done, &done, TRUE, TRUE, TRUE);
    (void)IoCallDriver(top, irp);
    KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
    status = irp->IoStatus.Status;
    IoFreeIrp(irp);
    ObDereferenceObject(top);
    pnp_node_put(node);
    return status;
}

int fx_pnp(int id, unsigned char minor)
{
    return pnp_send(id, &(IO_STACK_LOCATION){.MinorFunction = minor});
}

int fx_pnp_start(int id, PCM_RESOURCE_LIST resources)
{
    IO_STACK_LOCATION stack = {.MinorFunction = IRP_MN_START_DEVICE};
    stack.Parameters.StartDevice.AllocatedResources = resources;
    stack.Parameters.StartDevice.AllocatedResourcesTranslated = resources;
    return pnp_send(id, &stack);
}

int fx_usage(int id, DEVICE_USAGE_NOTIFICATION_TYPE type, bool in)
{
    IO_STACK_LOCATION stack = {.MinorFunction = IRP_MN_DEVICE_USAGE_NOTIFICATION};
    stack.Parameters.UsageNotification.Type = type;
    stack.Parameters.UsageNotification.InPath = in;
    return pnp_send(id, &stack);
}

/* ---- the journal ---------------------------------------------------------------------------- */

static const char *const names[] = {
#define X(name) #name,
    FXTOY_CALLBACKS(X)
#undef X
};

void fx_forget(void)
{
    fxtoy.count = 0;
}

static int length(void)
{
    return fxtoy.count < FXTOY_JOURNAL ? fxtoy.count : FXTOY_JOURNAL;
}

/* Questions that PnP asks whenever it likes are left out. */
static bool is_told(int callback)
{
    return callback != FXTOY_Relations && callback != FXTOY_Resources &&
           callback != FXTOY_Requirements && callback != FXTOY_Scan;
}

const char *fx_journal(int role, int id)
{
    static char text[2][8192];
    static int which;
    char *to = text[which ^= 1];
    size_t at = 0;
    to[0] = '\0';
    for (int i = 0; i < length(); i++) {
        const struct fxtoy_entry *entry = &fxtoy.journal[i];
        if (entry->role != role || (id >= 0 && entry->id != id) || !is_told(entry->callback))
            continue;
        at += (size_t)snprintf(to + at, sizeof(text[0]) - at, "%s%s", at != 0 ? " " : "",
                               names[entry->callback]);
    }
    return to;
}

int fx_place(int role, int callback, int id)
{
    for (int i = 0; i < length(); i++)
        if (fxtoy.journal[i].role == role && fxtoy.journal[i].callback == callback &&
            (id < 0 || fxtoy.journal[i].id == id))
            return i;
    return -1;
}

int fx_argument(int role, int callback, int id)
{
    int at = fx_place(role, callback, id);
    return at < 0 ? -1 : fxtoy.journal[at].argument;
}

/* ---- the tables ----------------------------------------------------------------------------- */

const struct fx_table *fx_table(unsigned which)
{
    const struct fx_table *const *tables = image_export("wdf01000.sys", "fx_tables");
    assert_non_null(tables);
    return tables[which];
}

/* What the machines of this process have walked; each boot begins to count anew. */
#define ROWS_MAX 512
static struct {
    char text[160], mark[16];
    unsigned char walked;
} rows[FX_TABLES][ROWS_MAX];
static unsigned row_counts[FX_TABLES];

void fx_row_text(const struct fx_table *table, unsigned at, char *text, size_t size)
{
    const struct fx_row *row = &table->rows[at];
    const char *next = row->next == FX_NEXT_LATER    ? "(later)"
                       : row->next == FX_NEXT_IGNORE ? "(ignored)"
                                                     : table->states[row->next].name;
    snprintf(text, size, "%s: %s, %s: %s", table->name,
             row->state == FX_STATE_ANY ? "(any)" : table->states[row->state].name,
             table->event_names[row->event], next);
}

void fx_rows_collect(void)
{
    for (unsigned which = 0; which < FX_TABLES; which++) {
        const struct fx_table *table = fx_table(which);
        assert_true(table->row_count <= ROWS_MAX);
        row_counts[which] = table->row_count;
        for (unsigned i = 0; i < table->row_count; i++) {
            fx_row_text(table, i, rows[which][i].text, sizeof(rows[which][i].text));
            snprintf(rows[which][i].mark, sizeof(rows[which][i].mark), "%s", table->rows[i].mark);
            rows[which][i].walked |= table->walked[i] != 0;
        }
    }
}

bool fx_row_is_walked(const char *text)
{
    bool found = false, is_walked = false;
    fx_rows_collect();
    for (unsigned which = 0; which < FX_TABLES; which++)
        for (unsigned i = 0; i < row_counts[which]; i++)
            if (strcmp(rows[which][i].text, text) == 0) {
                found = true;
                is_walked |= rows[which][i].walked;
            }
    assert_true(found);
    return is_walked;
}

/* FX_ROWS=file: which rows they were, for marks.py. */
static void rows_write(const char *path)
{
    FILE *file = path != NULL ? fopen(path, "a") : NULL;
    for (unsigned which = 0; file != NULL && which < FX_TABLES; which++)
        for (unsigned i = 0; i < row_counts[which]; i++)
            if (rows[which][i].walked)
                fprintf(file, "%u\t%u\n", which, i);
    if (file != NULL)
        fclose(file);
}

void fx_rows_check(const char *mark)
{
    unsigned missing = 0, walked = 0, all = 0;
    for (unsigned which = 0; which < FX_TABLES; which++)
        for (unsigned i = 0; i < row_counts[which]; i++) {
            bool is_walked = rows[which][i].walked;
            all++;
            walked += is_walked;
            if (is_walked && rows[which][i].mark[0] == '\0')
                printf("not marked: %s\n", rows[which][i].text);
            if (is_walked || strcmp(rows[which][i].mark, mark) != 0)
                continue;
            printf("marked %s, not walked: %s\n", mark, rows[which][i].text);
            missing++;
        }
    printf("%u of %u rows were walked\n", walked, all);
    rows_write(getenv("FX_ROWS"));
    assert_int_equal(missing, 0);
}

struct device_node *fx_bus_begin(void **state)
{
    (void)fx_machine_start(state);
    return fx_bus_create();
}

int fx_bus_end(void **state, struct device_node *bus)
{
    memset(fxtoy.fails, 0, sizeof(fxtoy.fails));
    memset(fxtoy.present, 0, sizeof(fxtoy.present));
    if (is_started("ROOT\\FXBUS\\0000"))
        fx_unplug(1);
    fx_rows_collect();
    pnp_node_put(bus);
    assert_int_equal(fxtoy.reads_held, 0);
    return fx_machine_stop(state);
}
