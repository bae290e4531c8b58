/* SPDX-License-Identifier: MIT */
/* kd_machine.c - the machine as a whole: version, processors, images, the kernel's names. */
#include <string.h>
#include <unistd.h>

#include "base/abi_export.h"
#include "host/host.h"
#include "image/image.h"
#include "io/io.h"
#include "kd_internal.h"
#include "ke/ke.h"

cJSON *kd_target(char **words)
{
    const KUSER_SHARED_DATA *shared = ke_shared_data();
    LARGE_INTEGER now;
    ULONG major, minor, build;
    PsGetVersion(&major, &minor, &build, NULL);
    KeQuerySystemTime(&now);
    cJSON *answer = cJSON_CreateObject();
    kd_number(answer, "major", major);
    kd_number(answer, "minor", minor);
    kd_number(answer, "build", build & 0xffff);
    kd_number(answer, "processors", ke_processor_count());
    kd_number(answer, "pid", getpid());
    kd_address(answer, "time", (uint64_t)now.QuadPart);
    kd_address(answer, "uptime", KeQueryInterruptTime());
    kd_number(answer, "product", shared->NtProductType);
    return answer;
}

cJSON *kd_irql(char **words)
{
    cJSON *list = cJSON_CreateArray();
    for (unsigned i = 0; i < ke_processor_count(); i++) {
        const void *thread;
        KIRQL irql;
        if (!ke_processor_look(i, &irql, &thread))
            continue;
        cJSON *item = cJSON_CreateObject();
        kd_number(item, "processor", i);
        kd_number(item, "irql", irql);
        kd_address(item, "thread", (uint64_t)(uintptr_t)thread);
        cJSON_AddItemToArray(list, item);
    }
    return list;
}

static void module_add(struct image *image, void *list)
{
    cJSON *item = cJSON_CreateObject();
    cJSON_AddStringToObject(item, "name", image->name);
    kd_address(item, "start", image->base);
    kd_address(item, "end", image->base + image->size);
    cJSON_AddStringToObject(item, "path", image->path ? image->path : "");
    kd_number(item, "timestamp", image->timestamp);
    kd_number(item, "checksum", image->pe.checksum);
    cJSON_AddBoolToObject(item, "is_native", image->is_native);
    cJSON_AddItemToArray(list, item);
}

cJSON *kd_modules(char **words)
{
    cJSON *list = cJSON_CreateArray();
    image_visit(module_add, list);
    return list;
}

static void export_add(const struct abi_export *row, void *list)
{
    cJSON *item = cJSON_CreateObject();
    cJSON_AddStringToObject(item, "name", row->name);
    kd_address(item, "address", (uint64_t)(uintptr_t)row->address);
    kd_number(item, "modules", row->modules);
    cJSON_AddBoolToObject(item, "is_data", row->kind == ABI_DATA);
    cJSON_AddItemToArray(list, item);
}

/* The names under which drivers reach the kernel, where their slots point; and the routine that
 * dispatch tables are filled with, by the name that the public documentation shows. */
cJSON *kd_exports(char **words)
{
    cJSON *list = cJSON_CreateArray();
    const struct abi_export invalid = {.name = "IopInvalidDeviceRequest",
                                       .address = (const void *)driver_default_dispatch(),
                                       .modules = ABI_NTOSKRNL,
                                       .kind = ABI_FUNCTION};
    export_add(&invalid, list);
    image_kernel_export_visit(export_add, list);
    return list;
}
