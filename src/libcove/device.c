/* SPDX-License-Identifier: MIT */
/* device.c - devices for a test: made, given a stack, restarted, removed; packages; power.
 *
 * A device's drivers are what its Enum key says, so they are written there first, whether the
 * device is there already or its bus finds it later.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ke/ke.h"
#include "libcove_internal.h"
#include "pnp/pnp.h"
#include "po/po.h"
#include "rtl/rtl.h"
#include "setup/setup.h"

#define ENUM_PATH "\\Registry\\Machine\\System\\CurrentControlSet\\Enum\\"
#define LIST_MAX  2048 /* characters of a list of drivers */

/* Every call: the thread is one of the machine's, and holds a processor meanwhile. */
static NTSTATUS call_begin(struct cove_machine *machine)
{
    struct caller *caller;
    NTSTATUS status = caller_get(machine, &caller);
    if (NT_SUCCESS(status))
        ke_processor_enter();
    return status;
}

static int32_t call_end(NTSTATUS status)
{
    ke_processor_leave();
    return status;
}

static NTSTATUS node_find(const char *instance, struct device_node **out_node)
{
    UNICODE_STRING name;
    NTSTATUS status = rtl_unicode_of(instance, &name);
    if (!NT_SUCCESS(status))
        return status;
    *out_node = pnp_node_find_get(&name);
    RtlFreeUnicodeString(&name);
    return *out_node ? STATUS_SUCCESS : STATUS_NO_SUCH_DEVICE;
}

static void instance_tell(struct device_node *node, char *out_instance)
{
    char *name = rtl_utf8_of(pnp_node_instance(node));
    snprintf(out_instance, COVE_INSTANCE_MAX, "%s", name ? name : "");
    rtl_free(name);
}

/* ---- the Enum key -----------------------------------------------------------------------------
 */

static NTSTATUS list_write(PCWSTR key, PCWSTR name, const char *const *texts)
{
    WCHAR list[LIST_MAX];
    size_t count = 0;
    if (!texts || !*texts) {
        NTSTATUS status = RtlDeleteRegistryValue(RTL_REGISTRY_ABSOLUTE, key, name);
        return status == STATUS_OBJECT_NAME_NOT_FOUND ? STATUS_SUCCESS : status;
    }
    for (; *texts; texts++) {
        UNICODE_STRING wide;
        NTSTATUS status = rtl_unicode_of(*texts, &wide);
        if (!NT_SUCCESS(status))
            return status;
        size_t length = wide.Length / sizeof(WCHAR);
        bool fits = count + length + 2 <= LIST_MAX;
        if (fits) {
            memcpy(list + count, wide.Buffer, wide.Length);
            list[count + length] = 0;
            count += length + 1;
        }
        RtlFreeUnicodeString(&wide);
        if (!fits)
            return STATUS_NAME_TOO_LONG;
    }
    list[count++] = 0;
    return RtlWriteRegistryValue(RTL_REGISTRY_ABSOLUTE, key, name, REG_MULTI_SZ, list,
                                 (ULONG)(count * sizeof(WCHAR)));
}

static NTSTATUS text_write(PCWSTR key, PCWSTR name, const char *text)
{
    UNICODE_STRING wide;
    NTSTATUS status = rtl_unicode_of(text, &wide);
    if (!NT_SUCCESS(status))
        return status;
    status = RtlWriteRegistryValue(RTL_REGISTRY_ABSOLUTE, key, name, REG_SZ, wide.Buffer,
                                   wide.Length + (ULONG)sizeof(WCHAR));
    RtlFreeUnicodeString(&wide);
    return status;
}

static NTSTATUS stack_write(const char *instance, const struct cove_stack *stack)
{
    char path[sizeof ENUM_PATH + COVE_INSTANCE_MAX];
    UNICODE_STRING key;
    if (!stack->function)
        return STATUS_INVALID_PARAMETER;
    if (snprintf(path, sizeof path, ENUM_PATH "%s", instance) >= (int)sizeof path)
        return STATUS_NAME_TOO_LONG;
    NTSTATUS status = rtl_unicode_of(path, &key);
    if (!NT_SUCCESS(status))
        return status;
    status = RtlCreateRegistryKey(RTL_REGISTRY_ABSOLUTE, key.Buffer);
    if (NT_SUCCESS(status))
        status = text_write(key.Buffer, L"Service", stack->function);
    if (NT_SUCCESS(status))
        status = list_write(key.Buffer, L"LowerFilters", stack->lower);
    if (NT_SUCCESS(status))
        status = list_write(key.Buffer, L"UpperFilters", stack->upper);
    RtlFreeUnicodeString(&key);
    return status;
}

/* ---- made and given drivers ---------------------------------------------------------------------
 */

static NTSTATUS root_create(const char *hardware_id, struct device_node **out_node)
{
    UNICODE_STRING id, list;
    NTSTATUS status = rtl_unicode_of(hardware_id, &id);
    if (!NT_SUCCESS(status))
        return status;
    /* The list is the one ID, its end, and the list's. */
    WCHAR *texts = calloc(id.Length / sizeof(WCHAR) + 2, sizeof *texts);
    if (texts) {
        memcpy(texts, id.Buffer, id.Length);
        USHORT bytes = (USHORT)(id.Length + 2 * sizeof(WCHAR));
        list = (UNICODE_STRING){bytes, bytes, texts};
        status = pnp_root_create(&id, &list, out_node);
    } else {
        status = STATUS_NO_MEMORY;
    }
    free(texts);
    RtlFreeUnicodeString(&id);
    return status;
}

int32_t cove_device_create(struct cove_machine *machine, const char *hardware_id,
                           const struct cove_stack *stack, char out_instance[COVE_INSTANCE_MAX],
                           char *error, size_t error_size)
{
    struct device_node *node;
    NTSTATUS status = call_begin(machine);
    if (!NT_SUCCESS(status))
        return status;
    status = root_create(hardware_id, &node);
    if (!NT_SUCCESS(status))
        return call_end(status);
    instance_tell(node, out_instance);
    status = stack_write(out_instance, stack);
    if (NT_SUCCESS(status))
        status = pnp_device_configure(node, error, error_size);
    pnp_node_put(node);
    return call_end(status);
}

int32_t cove_device_stack(struct cove_machine *machine, const char *instance,
                          const struct cove_stack *stack, char *error, size_t error_size)
{
    struct device_node *node;
    NTSTATUS status = call_begin(machine);
    if (!NT_SUCCESS(status))
        return status;
    status = stack_write(instance, stack);
    if (NT_SUCCESS(status) && NT_SUCCESS(node_find(instance, &node))) {
        status = pnp_device_configure(node, error, error_size);
        pnp_node_put(node);
    }
    return call_end(status);
}

int32_t cove_install(struct cove_machine *machine, const char *inf_path, const char *hardware_id,
                     char out_instance[COVE_INSTANCE_MAX], char *error, size_t error_size)
{
    char absolute[PATH_MAX];
    struct setup_package package;
    struct setup_outcome outcome;
    struct setup_error wrong = {0};
    if (!realpath(inf_path, absolute))
        return STATUS_OBJECT_NAME_NOT_FOUND;
    struct setup_source source = {.inf_path = absolute, .signer = ""};
    NTSTATUS status = call_begin(machine);
    if (!NT_SUCCESS(status))
        return status;
    uint32_t result = setup_package_add(&source, &package, &wrong);
    if (!result)
        result = setup_device_create(package.published, hardware_id, &outcome, &wrong);
    if (!result)
        snprintf(out_instance, COVE_INSTANCE_MAX, "%s", outcome.instance);
    if (error && error_size)
        snprintf(error, error_size, "%s", wrong.text);
    return call_end(result ? STATUS_UNSUCCESSFUL : STATUS_SUCCESS);
}

/* ---- what is done to them
 * ------------------------------------------------------------------------- */

int32_t cove_device_remove(struct cove_machine *machine, const char *instance)
{
    struct device_node *node;
    NTSTATUS status = call_begin(machine);
    if (!NT_SUCCESS(status))
        return status;
    status = node_find(instance, &node);
    if (NT_SUCCESS(status)) {
        status = pnp_device_remove(node, NULL);
        pnp_node_put(node);
    }
    return call_end(status);
}

int32_t cove_device_restart(struct cove_machine *machine, const char *instance)
{
    struct device_node *node;
    NTSTATUS status = call_begin(machine);
    if (!NT_SUCCESS(status))
        return status;
    status = node_find(instance, &node);
    if (NT_SUCCESS(status)) {
        status = pnp_device_restart(node, NULL);
        pnp_node_put(node);
    }
    return call_end(status);
}

int32_t cove_device_rescan(struct cove_machine *machine, const char *instance)
{
    struct device_node *node = NULL;
    NTSTATUS status = call_begin(machine);
    if (!NT_SUCCESS(status))
        return status;
    if (instance)
        status = node_find(instance, &node);
    if (NT_SUCCESS(status))
        status = pnp_rescan(node);
    if (node)
        pnp_node_put(node);
    return call_end(status);
}

int32_t cove_device_status(struct cove_machine *machine, const char *instance, uint32_t *out_flags,
                           uint32_t *out_problem)
{
    struct device_node *node;
    struct pnp_status is;
    NTSTATUS status = call_begin(machine);
    if (!NT_SUCCESS(status))
        return status;
    status = node_find(instance, &node);
    if (NT_SUCCESS(status)) {
        pnp_status_get(node, &is);
        pnp_node_put(node);
        *out_flags = is.flags;
        *out_problem = is.problem;
    }
    return call_end(status);
}

struct visiting {
    void (*visit)(const char *instance, void *context);
    void *context;
};

static void node_visit(struct device_node *node, unsigned depth, void *context)
{
    struct visiting *visiting = context;
    char instance[COVE_INSTANCE_MAX];
    instance_tell(node, instance);
    visiting->visit(instance, visiting->context);
}

int32_t cove_device_visit(struct cove_machine *machine,
                          void (*visit)(const char *instance, void *context), void *context)
{
    struct visiting visiting = {visit, context};
    NTSTATUS status = call_begin(machine);
    if (!NT_SUCCESS(status))
        return status;
    pnp_visit(node_visit, &visiting);
    return call_end(STATUS_SUCCESS);
}

int32_t cove_devices_wait(struct cove_machine *machine)
{
    NTSTATUS status = call_begin(machine);
    if (!NT_SUCCESS(status))
        return status;
    pnp_wait_idle();
    return call_end(STATUS_SUCCESS);
}

int32_t cove_power(struct cove_machine *machine, enum cove_power state, char *error,
                   size_t error_size)
{
    struct po_refusal refusal = {0};
    NTSTATUS status = call_begin(machine);
    if (!NT_SUCCESS(status))
        return status;
    status = state == COVE_POWER_WORK        ? po_wake(&refusal)
             : state == COVE_POWER_SLEEP     ? po_sleep(PowerSystemSleeping3, &refusal)
             : state == COVE_POWER_HIBERNATE ? po_sleep(PowerSystemHibernate, &refusal)
                                             : STATUS_INVALID_PARAMETER;
    if (error && error_size)
        snprintf(error, error_size, "%s", refusal.text);
    return call_end(status);
}
