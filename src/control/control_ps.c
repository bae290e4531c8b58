/* SPDX-License-Identifier: MIT */
/* control_ps.c - what lives on this machine: drivers, programs, counts. */
#include <stdio.h>
#include <unistd.h>

#include "control_internal.h"
#include "ex/ex.h"
#include "image/image.h"
#include "io/io.h"
#include "ob/ob.h"
#include "ps/ps.h"
#include "rtl/rtl.h"
#include "trap/trap.h"

static void driver_add(DRIVER_OBJECT *driver, void *list)
{
    cJSON *item = cJSON_CreateObject();
    char *name = rtl_utf8_of(&driver->DriverName);
    cJSON_AddStringToObject(item, "name", name ? name : "?");
    rtl_free(name);
    struct image *image = image_of_address((uint64_t)driver->DriverStart);
    cJSON_AddStringToObject(item, "image", image ? image->name : "");
    char base[32];
    snprintf(base, sizeof base, "0x%llx", (unsigned long long)(uintptr_t)driver->DriverStart);
    cJSON_AddStringToObject(item, "base", base);
    cJSON_AddNumberToObject(item, "size", driver->DriverSize);
    cJSON_AddItemToArray(list, item);
}

static void program_add(struct process *process, void *list)
{
    if (process == ps_system_process)
        return;
    cJSON *item = cJSON_CreateObject();
    cJSON_AddNumberToObject(item, "id", (double)process->id);
    cJSON_AddStringToObject(item, "image", process->image_name);
    cJSON_AddNumberToObject(item, "threads", process->thread_count);
    cJSON_AddItemToArray(list, item);
}

void control_ps(server_control *control, unsigned count, char **words)
{
    cJSON *reply = cJSON_CreateObject();
    cJSON_AddStringToObject(reply, "machine", control_options.name);
    cJSON_AddNumberToObject(reply, "pid", getpid());
    cJSON *drivers = cJSON_AddArrayToObject(reply, "drivers");
    io_driver_visit(driver_add, drivers);
    cJSON *programs = cJSON_AddArrayToObject(reply, "programs");
    ps_process_visit(program_add, programs);
    struct ob_counts objects;
    struct ex_pool_counts pool;
    struct io_counts io;
    struct ps_counts ps;
    ps_counts(&ps);
    ob_counts(&objects);
    ex_pool_counts(&pool);
    io_counts(&io);
    cJSON *counts = cJSON_AddObjectToObject(reply, "counts");
    cJSON_AddNumberToObject(counts, "objects", (double)(objects.objects - ps.worker_objects));
    cJSON_AddNumberToObject(counts, "handles", (double)objects.handles);
    cJSON_AddNumberToObject(counts, "pool_blocks", (double)(pool.blocks - ps.worker_objects));
    cJSON_AddNumberToObject(counts, "pool_bytes", (double)pool.bytes);
    cJSON_AddNumberToObject(counts, "irps", (double)io.irps);
    cJSON_AddNumberToObject(counts, "files", (double)io.files);
    cJSON_AddNumberToObject(counts, "devices", (double)io.devices);
    uint32_t patched, refused;
    trap_patch_counts(&patched, &refused);
    cJSON_AddNumberToObject(counts, "patched", patched);
    cJSON_AddNumberToObject(counts, "unpatchable", refused);
    control_reply(control, 0, reply);
}
