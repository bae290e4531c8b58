/* SPDX-License-Identifier: MIT */
/* kit.c - boots a machine in this process, installs the toy drivers, and looks at what they did.
 */
#include "kit.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/list.h"
#include "boot/boot.h"
#include "cm/cm.h"
#include "host/host.h"
#include "io/io.h"
#include "ob/ob.h"
#include "ps/ps.h"
#include "pnp_internal.h"
#include "rtl/rtl.h"
#include "scm/scm.h"

struct toy_shared toy;

#define LOG_BYTES (1u << 20)
static char log_text[LOG_BYTES];
static size_t log_length;
static struct host_lock log_lock;

/* ---- the machine -------------------------------------------------------------------------------
 */

static void log_line(const char *line, void *unused)
{
    (void)unused;
    host_lock_take(&log_lock);
    size_t length = strlen(line);
    if (log_length + length + 2 < LOG_BYTES) {
        memcpy(log_text + log_length, line, length);
        log_length += length;
        log_text[log_length++] = '\n';
        log_text[log_length] = '\0';
    }
    host_lock_give(&log_lock);
    if (getenv("PNP_LOG") != NULL)
        printf("dbg| %s\n", line);
}

bool log_has(const char *text)
{
    void log_flush(void);
    log_flush();
    host_lock_take(&log_lock);
    bool has = strstr(log_text, text) != NULL;
    host_lock_give(&log_lock);
    return has;
}

void service_make(const char *folder, const char *name, void *shared)
{
    struct scm_config config = {.type = 1, .start = 3, .error_control = 1};
    char key[128];
    void *address = shared;
    snprintf(config.name, sizeof(config.name), "%s", name);
    snprintf(config.image_path, sizeof(config.image_path), "\\Host%s/%s.sys", folder, name);
    assert_int_equal(scm_create(&config), 0);
    snprintf(key, sizeof(key), "Services\\%s\\Parameters", name);
    value_set(key, "Shared", REG_QWORD, &address, sizeof(address));
}

void machine_up(void)
{
    struct boot_options options = {.processors = 2, .log_line = log_line};
    char error[256] = "";
    memset(&toy, 0, sizeof(toy));
    log_length = 0;
    log_text[0] = '\0';
    NTSTATUS status = boot_start(&options, error);
    if (!NT_SUCCESS(status))
        fail_msg("%s", error);
    service_make(COVE_PNP_DRIVERS, "toy_bus", &toy);
    service_make(COVE_PNP_DRIVERS, "toy_lower", &toy);
    service_make(COVE_PNP_DRIVERS, "toy_function", &toy);
    service_make(COVE_PNP_DRIVERS, "toy_upper", &toy);
}

static void left_line(const char *line, void *unused)
{
    (void)unused;
    printf("%s\n", line);
}

/* A line for each row of the table of states: has this process taken it? */
static void rows_tell(const char *path)
{
    FILE *file = fopen(path, "w");
    for (enum node_state from = NODE_UNINITIALIZED; file != NULL && from <= NODE_DELETED; from++)
        for (enum node_state to = NODE_UNINITIALIZED; to <= NODE_DELETED; to++)
            if (node_state_may_follow(from, to))
                fprintf(file, "%s %s %d\n", node_state_name(from), node_state_name(to),
                        node_state_seen(from, to) != 0);
    if (file != NULL)
        fclose(file);
}

unsigned machine_down(void)
{
    const char *rows = getenv("PNP_ROWS");
    if (rows != NULL)
        rows_tell(rows);
    return boot_stop(left_line, NULL);
}

int machine_start(void **state)
{
    (void)state;
    machine_up();
    return 0;
}

int machine_stop(void **state)
{
    (void)state;
    unsigned left = machine_down();
    if (left != 0)
        printf("%u kinds of things were left behind\n", left);
    if (toy.devices != 0)
        printf("%d devices of the toys are left\n", toy.devices);
    return left != 0 || toy.devices != 0;
}

/* ---- the registry -------------------------------------------------------------------------------
 */

static void *key_open_all(const char *key)
{
    char path[512] = "\\Registry\\Machine\\System\\CurrentControlSet";
    void *opened = NULL;
    char rest[300];
    snprintf(rest, sizeof(rest), "%s", key);
    for (char *part = strtok(rest, "\\"); part != NULL; part = strtok(NULL, "\\")) {
        UNICODE_STRING wide;
        OBJECT_ATTRIBUTES attributes;
        strcat(strcat(path, "\\"), part);
        if (opened != NULL)
            ob_dereference(opened);
        assert_int_equal(rtl_unicode_of(path, &wide), STATUS_SUCCESS);
        InitializeObjectAttributes(&attributes, &wide, OBJ_CASE_INSENSITIVE, NULL, NULL);
        assert_int_equal(
            cm_key_open(&attributes, KEY_ALL_ACCESS, KernelMode, true, 0, NULL, &opened),
            STATUS_SUCCESS);
        RtlFreeUnicodeString(&wide);
    }
    return opened;
}

void value_set(const char *key, const char *name, ULONG type, const void *data, ULONG length)
{
    UNICODE_STRING wide;
    void *opened = key_open_all(key);
    assert_int_equal(rtl_unicode_of(name, &wide), STATUS_SUCCESS);
    assert_int_equal(cm_value_set(opened, &wide, type, data, length), STATUS_SUCCESS);
    RtlFreeUnicodeString(&wide);
    ob_dereference(opened);
}

bool value_get(const char *key, const char *name, void *out, ULONG room)
{
    UNICODE_STRING wide;
    ULONG type, length;
    void *data, *opened = key_open_all(key);
    assert_int_equal(rtl_unicode_of(name, &wide), STATUS_SUCCESS);
    NTSTATUS status = cm_value_get(opened, &wide, &type, &data, &length);
    RtlFreeUnicodeString(&wide);
    ob_dereference(opened);
    if (!NT_SUCCESS(status))
        return false;
    memcpy(out, data, length < room ? length : room);
    ExFreePool(data);
    return true;
}

void text_set(const char *key, const char *name, const char *text)
{
    WCHAR wide[200];
    ULONG count = 0;
    for (; text[count] != '\0'; count++)
        wide[count] = (unsigned char)text[count];
    wide[count++] = 0;
    value_set(key, name, REG_SZ, wide, count * (ULONG)sizeof(WCHAR));
}

void list_set(const char *key, const char *name, const char *const *texts)
{
    WCHAR wide[400];
    ULONG count = 0;
    for (; *texts != NULL; texts++) {
        for (const char *at = *texts; *at != '\0'; at++)
            wide[count++] = (unsigned char)*at;
        wide[count++] = 0;
    }
    wide[count++] = 0;
    value_set(key, name, REG_MULTI_SZ, wide, count * (ULONG)sizeof(WCHAR));
}

/* ---- devices
 * --------------------------------------------------------------------------------------
 */

struct device_node *bus_create(void)
{
    static const UNICODE_STRING id = RTL_CONSTANT_STRING(L"ROOT\\TOYBUS");
    static WCHAR hardware[] = L"root\\toybus\0";
    UNICODE_STRING ids = {sizeof(hardware), sizeof(hardware), hardware};
    struct device_node *bus;
    char error[256];
    assert_int_equal(pnp_root_create(&id, &ids, &bus), STATUS_SUCCESS);
    text_set("Enum\\ROOT\\TOYBUS\\0000", "Service", "toy_bus");
    NTSTATUS status = pnp_device_configure(bus, error, sizeof(error));
    if (!NT_SUCCESS(status))
        fail_msg("%s", error);
    return bus;
}

void slot_install(const char *instance)
{
    static const char *const lower[] = {"toy_lower", NULL}, *const upper[] = {"toy_upper", NULL};
    char key[300];
    snprintf(key, sizeof(key), "Enum\\%s", instance);
    text_set(key, "Service", "toy_function");
    list_set(key, "LowerFilters", lower);
    list_set(key, "UpperFilters", upper);
}

void plug(int at, int id)
{
    char instance[64];
    toy.slot[at] = (struct toy_slot){
        .is_present = 1, .id = id, .serial = id, .is_unique = 1, .pdo = toy.slot[at].pdo};
    snprintf(instance, sizeof(instance), "TOYBUS\\DEV%d\\%d", id, id);
    slot_install(instance);
}

void unplug(int at)
{
    toy.slot[at].is_present = 0;
}

void bus_look(struct device_node *bus)
{
    IoInvalidateDeviceRelations(pnp_node_pdo(bus), BusRelations);
    pnp_wait_idle();
}

struct device_node *node_get(const char *instance)
{
    UNICODE_STRING wide;
    assert_int_equal(rtl_unicode_of(instance, &wide), STATUS_SUCCESS);
    struct device_node *node = pnp_node_find_get(&wide);
    RtlFreeUnicodeString(&wide);
    return node;
}

struct pnp_status status_of(const char *instance)
{
    struct pnp_status status = {0};
    struct device_node *node = node_get(instance);
    if (node != NULL) {
        pnp_status_get(node, &status);
        pnp_node_put(node);
    }
    return status;
}

bool is_started(const char *instance)
{
    struct pnp_status status = status_of(instance);
    return status.state == 0x308 && status.problem == 0 && (status.flags & DN_STARTED);
}

/* ---- the journal
 * ----------------------------------------------------------------------------------
 */

void journal_clear(void)
{
    toy.count = 0;
}

static unsigned journal_length(void)
{
    return toy.count < TOY_JOURNAL ? (unsigned)toy.count : TOY_JOURNAL;
}

unsigned journal_count(int role, unsigned what)
{
    unsigned count = 0;
    for (unsigned i = 0; i < journal_length(); i++)
        count += toy.journal[i].what == what && (role < 0 || toy.journal[i].role == (unsigned)role);
    return count;
}

int journal_find(unsigned role, unsigned what, int device)
{
    for (unsigned i = 0; i < journal_length(); i++)
        if (toy.journal[i].role == role && toy.journal[i].what == what &&
            toy.journal[i].device == device)
            return (int)i;
    return -1;
}

/* ---- drivers that do not answer
 * ------------------------------------------------------------------------------
 */

static KEVENT impatience_over;
static struct process_thread *impatient;

static void impatient_run(void *is_inside)
{
    LARGE_INTEGER moment = {.QuadPart = -10000};
    int expired = 0;
    while (KeWaitForSingleObject(&impatience_over, Executive, KernelMode, FALSE, &moment) ==
           STATUS_TIMEOUT)
        for (; expired != toy.stuck; expired++)
            pnp_call_expire(is_inside != NULL);
}

void impatience_begin(bool is_inside)
{
    toy.stuck = 0;
    KeInitializeEvent(&impatience_over, NotificationEvent, FALSE);
    assert_int_equal(ps_thread_create(ps_system_process, "impatient", impatient_run,
                                      is_inside ? &toy : NULL, KernelMode, &impatient),
                     STATUS_SUCCESS);
}

void impatience_end(void)
{
    KeSetEvent(&impatience_over, IO_NO_INCREMENT, FALSE);
    KeWaitForSingleObject(impatient, Executive, KernelMode, FALSE, NULL);
    ob_dereference(impatient);
}

/* ---- files
 * ------------------------------------------------------------------------------------------
 */

void *toy_open(const char *instance, NTSTATUS *out_status)
{
    struct device_node *node = node_get(instance);
    assert_non_null(node);
    UNICODE_STRING name;
    assert_int_equal(ob_name_of(pnp_node_pdo(node), &name), STATUS_SUCCESS);
    pnp_node_put(node);
    OBJECT_ATTRIBUTES attributes;
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE, NULL, NULL);
    struct io_create create = {
        .access = FILE_GENERIC_READ, .disposition = FILE_OPEN, .options = FILE_NON_DIRECTORY_FILE};
    NTSTATUS status = io_file_open_get(&attributes, KernelMode, &create);
    RtlFreeUnicodeString(&name);
    if (out_status != NULL)
        *out_status = status;
    return NT_SUCCESS(status) ? create.file : NULL;
}

void toy_close(void *file)
{
    ob_dereference(file);
}

static NTSTATUS NTAPI read_done(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    struct pending_read *read = context;
    (void)device;
    read->status = irp->IoStatus.Status;
    IoFreeIrp(irp);
    KeSetEvent(&read->done, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

void toy_send(void *file, unsigned char major, struct pending_read *read)
{
    DEVICE_OBJECT *top = IoGetRelatedDeviceObject(file);
    PIRP irp = IoAllocateIrp(top->StackSize, FALSE);
    PIO_STACK_LOCATION stack = IoGetNextIrpStackLocation(irp);
    KeInitializeEvent(&read->done, NotificationEvent, FALSE);
    read->status = STATUS_PENDING;
    stack->MajorFunction = major;
    stack->FileObject = file;
    IoSetCompletionRoutine(irp, read_done, read, TRUE, TRUE, TRUE);
    (void)IoCallDriver(top, irp);
}

void toy_read(void *file, struct pending_read *read)
{
    toy_send(file, IRP_MJ_READ, read);
}

NTSTATUS toy_read_wait(struct pending_read *read)
{
    KeWaitForSingleObject(&read->done, Executive, KernelMode, FALSE, NULL);
    return read->status;
}
