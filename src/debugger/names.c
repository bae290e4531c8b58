/* SPDX-License-Identifier: MIT */
/* names.c - names of the numbers in requests, devices and files, as the public headers have them.
 */
#include <stdio.h>
#include <string.h>

#include "debugger_internal.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

const char *irp_major_name(unsigned major)
{
    static const char *const names[] = {"IRP_MJ_CREATE",
                                        "IRP_MJ_CREATE_NAMED_PIPE",
                                        "IRP_MJ_CLOSE",
                                        "IRP_MJ_READ",
                                        "IRP_MJ_WRITE",
                                        "IRP_MJ_QUERY_INFORMATION",
                                        "IRP_MJ_SET_INFORMATION",
                                        "IRP_MJ_QUERY_EA",
                                        "IRP_MJ_SET_EA",
                                        "IRP_MJ_FLUSH_BUFFERS",
                                        "IRP_MJ_QUERY_VOLUME_INFORMATION",
                                        "IRP_MJ_SET_VOLUME_INFORMATION",
                                        "IRP_MJ_DIRECTORY_CONTROL",
                                        "IRP_MJ_FILE_SYSTEM_CONTROL",
                                        "IRP_MJ_DEVICE_CONTROL",
                                        "IRP_MJ_INTERNAL_DEVICE_CONTROL",
                                        "IRP_MJ_SHUTDOWN",
                                        "IRP_MJ_LOCK_CONTROL",
                                        "IRP_MJ_CLEANUP",
                                        "IRP_MJ_CREATE_MAILSLOT",
                                        "IRP_MJ_QUERY_SECURITY",
                                        "IRP_MJ_SET_SECURITY",
                                        "IRP_MJ_POWER",
                                        "IRP_MJ_SYSTEM_CONTROL",
                                        "IRP_MJ_DEVICE_CHANGE",
                                        "IRP_MJ_QUERY_QUOTA",
                                        "IRP_MJ_SET_QUOTA",
                                        "IRP_MJ_PNP"};
    return major < COUNT(names) ? names[major] : NULL;
}

const char *irp_minor_name(unsigned major, unsigned minor)
{
    static const char *const pnp[] = {"IRP_MN_START_DEVICE",
                                      "IRP_MN_QUERY_REMOVE_DEVICE",
                                      "IRP_MN_REMOVE_DEVICE",
                                      "IRP_MN_CANCEL_REMOVE_DEVICE",
                                      "IRP_MN_STOP_DEVICE",
                                      "IRP_MN_QUERY_STOP_DEVICE",
                                      "IRP_MN_CANCEL_STOP_DEVICE",
                                      "IRP_MN_QUERY_DEVICE_RELATIONS",
                                      "IRP_MN_QUERY_INTERFACE",
                                      "IRP_MN_QUERY_CAPABILITIES",
                                      "IRP_MN_QUERY_RESOURCES",
                                      "IRP_MN_QUERY_RESOURCE_REQUIREMENTS",
                                      "IRP_MN_QUERY_DEVICE_TEXT",
                                      "IRP_MN_FILTER_RESOURCE_REQUIREMENTS",
                                      NULL,
                                      "IRP_MN_READ_CONFIG",
                                      "IRP_MN_WRITE_CONFIG",
                                      "IRP_MN_EJECT",
                                      "IRP_MN_SET_LOCK",
                                      "IRP_MN_QUERY_ID",
                                      "IRP_MN_QUERY_PNP_DEVICE_STATE",
                                      "IRP_MN_QUERY_BUS_INFORMATION",
                                      "IRP_MN_DEVICE_USAGE_NOTIFICATION",
                                      "IRP_MN_SURPRISE_REMOVAL",
                                      "IRP_MN_QUERY_LEGACY_BUS_INFORMATION"};
    static const char *const power[] = {"IRP_MN_WAIT_WAKE", "IRP_MN_POWER_SEQUENCE",
                                        "IRP_MN_SET_POWER", "IRP_MN_QUERY_POWER"};
    static const char *const wmi[] = {"IRP_MN_QUERY_ALL_DATA",
                                      "IRP_MN_QUERY_SINGLE_INSTANCE",
                                      "IRP_MN_CHANGE_SINGLE_INSTANCE",
                                      "IRP_MN_CHANGE_SINGLE_ITEM",
                                      "IRP_MN_ENABLE_EVENTS",
                                      "IRP_MN_DISABLE_EVENTS",
                                      "IRP_MN_ENABLE_COLLECTION",
                                      "IRP_MN_DISABLE_COLLECTION",
                                      "IRP_MN_REGINFO",
                                      "IRP_MN_EXECUTE_METHOD"};
    const char *name = NULL;
    if (major == 0x1b && minor < COUNT(pnp))
        name = pnp[minor];
    else if (major == 0x16 && minor < COUNT(power))
        name = power[minor];
    else if (major == 0x17 && minor < COUNT(wmi))
        name = wmi[minor];
    return name ? name : "N/A";
}

const char *irql_name(unsigned irql)
{
    static const char *const names[16] = {
        [0] = "PASSIVE_LEVEL", [1] = "APC_LEVEL",  [2] = "DISPATCH_LEVEL",
        [13] = "CLOCK_LEVEL",  [14] = "IPI_LEVEL", [15] = "HIGH_LEVEL"};
    return irql < COUNT(names) && names[irql] ? names[irql] : "device level";
}

struct flag {
    uint32_t bit;
    const char *name;
};

static const struct flag device_flags[] = {{0x2, "DO_VERIFY_VOLUME"},
                                           {0x4, "DO_BUFFERED_IO"},
                                           {0x8, "DO_EXCLUSIVE"},
                                           {0x10, "DO_DIRECT_IO"},
                                           {0x20, "DO_MAP_IO_BUFFER"},
                                           {0x40, "DO_DEVICE_HAS_NAME"},
                                           {0x80, "DO_DEVICE_INITIALIZING"},
                                           {0x100, "DO_SYSTEM_BOOT_PARTITION"},
                                           {0x800, "DO_SHUTDOWN_REGISTERED"},
                                           {0x1000, "DO_BUS_ENUMERATED_DEVICE"},
                                           {0x2000, "DO_POWER_PAGABLE"},
                                           {0x4000, "DO_POWER_INRUSH"}};

static const struct flag characteristics[] = {
    {0x1, "FILE_REMOVABLE_MEDIA"},     {0x2, "FILE_READ_ONLY_DEVICE"},
    {0x4, "FILE_FLOPPY_DISKETTE"},     {0x8, "FILE_WRITE_ONCE_MEDIA"},
    {0x10, "FILE_REMOTE_DEVICE"},      {0x20, "FILE_DEVICE_IS_MOUNTED"},
    {0x40, "FILE_VIRTUAL_VOLUME"},     {0x80, "FILE_AUTOGENERATED_DEVICE_NAME"},
    {0x100, "FILE_DEVICE_SECURE_OPEN"}};

static const struct flag file_flags[] = {{0x1, "FO_FILE_OPEN"},
                                         {0x2, "FO_SYNCHRONOUS_IO"},
                                         {0x4, "FO_ALERTABLE_IO"},
                                         {0x8, "FO_NO_INTERMEDIATE_BUFFERING"},
                                         {0x10, "FO_WRITE_THROUGH"},
                                         {0x20, "FO_SEQUENTIAL_ONLY"},
                                         {0x40, "FO_CACHE_SUPPORTED"},
                                         {0x80, "FO_NAMED_PIPE"},
                                         {0x100, "FO_STREAM_FILE"},
                                         {0x200, "FO_MAILSLOT"},
                                         {0x800, "FO_DIRECT_DEVICE_OPEN"},
                                         {0x1000, "FO_FILE_MODIFIED"},
                                         {0x4000, "FO_CLEANUP_COMPLETE"},
                                         {0x40000, "FO_HANDLE_CREATED"},
                                         {0x100000, "FO_RANDOM_ACCESS"},
                                         {0x200000, "FO_FILE_OPEN_CANCELLED"}};

const char *object_flag_names(const char *kind, uint32_t flags)
{
    static char text[512];
    const struct flag *table = device_flags;
    size_t count = COUNT(device_flags);
    if (!strcmp(kind, "characteristics")) {
        table = characteristics;
        count = COUNT(characteristics);
    } else if (!strcmp(kind, "file")) {
        table = file_flags;
        count = COUNT(file_flags);
    }
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < count; i++)
        if (flags & table[i].bit && used < sizeof text)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", used ? ", " : "",
                                     table[i].name);
    return text;
}
