/* SPDX-License-Identifier: MIT */
/* report.c - devices that drivers find themselves and report: no bus has them, the root takes them.
 *
 * In: a driver and what it found; out: a device ROOT\<service>\<number> that counts as started, as
 * its driver runs it already. A kept machine finds it in the registry when it boots again, and adds
 * its driver like any other's.
 */
#include "action_do.h"
#include "resource.h"

/* "DETECTED<interface>\\<service>" and "DETECTED\\<service>", by which an INF finds it at the next
 * boot. */
static NTSTATUS report_ids_store(const struct device_report *report, void *key)
{
    static const WCHAR *const interfaces[] = {L"Internal",
                                              L"Isa",
                                              L"Eisa",
                                              L"MicroChannel",
                                              L"TurboChannel",
                                              L"PCIBus",
                                              L"VMEBus",
                                              L"NuBus",
                                              L"PCMCIABus",
                                              L"CBus",
                                              L"MPIBus",
                                              L"MPSABus",
                                              L"ProcessorInternal",
                                              L"InternalPowerBus",
                                              L"PNPISABus",
                                              L"PNPBus"};
    const UNICODE_STRING *service = &report->driver->DriverExtension->ServiceKeyName;
    unsigned type = report->resources != NULL && report->resources->Count != 0
                        ? (unsigned)report->resources->List[0].InterfaceType
                        : 0;
    WCHAR text[512];
    UNICODE_STRING list = {0, sizeof(text) - 2 * sizeof(WCHAR), text};
    for (unsigned i = 0; i < 2; i++) {
        (void)RtlAppendUnicodeToString(&list, L"DETECTED");
        if (i == 0)
            (void)RtlAppendUnicodeToString(&list, type < sizeof(interfaces) / sizeof(*interfaces)
                                                      ? interfaces[type]
                                                      : interfaces[0]);
        (void)RtlAppendUnicodeToString(&list, L"\\");
        NTSTATUS status = RtlAppendUnicodeStringToString(&list, service);
        if (!NT_SUCCESS(status) || list.Length + sizeof(WCHAR) > list.MaximumLength)
            return STATUS_NAME_TOO_LONG;
        text[list.Length / sizeof(WCHAR)] = 0;
        list.Length += sizeof(WCHAR);
    }
    text[list.Length / sizeof(WCHAR)] = 0;
    return key_value_set(key, L"CompatibleIDs", REG_MULTI_SZ, text,
                         list.Length + (ULONG)sizeof(WCHAR));
}

static NTSTATUS report_store(const struct device_report *report, const UNICODE_STRING *instance)
{
    const UNICODE_STRING *service = &report->driver->DriverExtension->ServiceKeyName;
    void *key, *log;
    NTSTATUS status = key_open(PNP_ENUM_PATH, instance, true, &key);
    if (!NT_SUCCESS(status))
        return status;
    status = key_value_set(key, L"Service", REG_SZ, service->Buffer,
                           service->Length + (ULONG)sizeof(WCHAR));
    if (NT_SUCCESS(status))
        status = report_ids_store(report, key);
    bool has_log = report->resources != NULL || report->requirements != NULL;
    if (NT_SUCCESS(status) && has_log &&
        NT_SUCCESS(key_child_open(key, L"LogConf", true, 0, &log))) {
        if (report->resources != NULL)
            (void)key_value_set(log, L"BootConfig", REG_RESOURCE_LIST, report->resources,
                                (ULONG)resource_list_bytes(report->resources));
        if (report->requirements != NULL)
            (void)key_value_set(log, L"BasicConfigVector", REG_RESOURCE_REQUIREMENTS_LIST,
                                report->requirements, report->requirements->ListSize);
        key_close(log);
    }
    key_close(key);
    return status;
}

/* Its driver runs it: nothing is sent to it. */
static void node_is_running(struct device_node *node)
{
    static const enum node_state way[] = {NODE_DRIVERS_ADDED,   NODE_RESOURCES_ASSIGNED,
                                          NODE_START_PENDING,   NODE_START_COMPLETION,
                                          NODE_START_POST_WORK, NODE_STARTED};
    node->flags &= ~NODE_IS_NEW;
    node->flags |= NODE_IS_ADDED;
    for (size_t i = 0; i < sizeof(way) / sizeof(*way); i++)
        node_state_set(node, way[i]);
}

static NTSTATUS report_claim(const struct device_report *report, struct device_node *node)
{
    if (report->resources == NULL || report->resources->Count == 0 || report->is_assigned)
        return STATUS_SUCCESS;
    if (resources_conflict(node, report->resources))
        return STATUS_CONFLICTING_ADDRESSES;
    size_t bytes = resource_list_bytes(report->resources);
    CM_RESOURCE_LIST *list = pnp_allocate(bytes);
    if (list == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    memcpy(list, report->resources, bytes);
    return resources_take(node, list);
}

/* Doc:     ntddk.h IoReportDetectedDevice */
NTSTATUS device_report(struct device_report *report)
{
    UNICODE_STRING instance;
    if (report->pdo != NULL) { /* reported before: only what it uses is new */
        struct device_node *node = node_of_pdo(report->pdo);
        return node != NULL ? report_claim(report, node) : STATUS_NO_SUCH_DEVICE;
    }
    NTSTATUS status =
        root_key_make(&report->driver->DriverExtension->ServiceKeyName, NULL, &instance);
    if (!NT_SUCCESS(status))
        return status;
    status = report_store(report, &instance);
    if (NT_SUCCESS(status))
        status = root_device_make(&instance, &report->pdo);
    pnp_string_free(&instance);
    if (!NT_SUCCESS(status))
        return status;
    node_enumerate(pnp_root);
    struct device_node *node = node_of_pdo(report->pdo);
    status = node != NULL ? node_identify(node) : STATUS_INSUFFICIENT_RESOURCES;
    if (NT_SUCCESS(status))
        status = report_claim(report, node);
    if (NT_SUCCESS(status)) {
        node_is_running(node);
        return status;
    }
    root_device_drop(report->pdo);
    node_enumerate(pnp_root);
    return status;
}
