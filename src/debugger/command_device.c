/* SPDX-License-Identifier: MIT */
/* command_device.c - !drvobj, !devobj, !devstack, !fileobj: drivers, devices, files.
 *
 * Doc:     the pages of these names (Microsoft Learn, debuggercmds)
 */
#include <stdlib.h>
#include <string.h>

#include "base/irp_names.h"
#include "debugger_internal.h"

typedef unsigned long long ull;

static void routine_say(struct debugger *debugger, const char *what, uint64_t routine)
{
    say(debugger, "%s%s\t%s\n", what, plain(routine), symbol_text(debugger, routine));
}

/* ---- !drvobj
 * ------------------------------------------------------------------------------------- */

static void dispatch_say(struct debugger *debugger, const cJSON *driver)
{
    const cJSON *item;
    unsigned major = 0;
    say(debugger, "\n");
    routine_say(debugger, "DriverEntry:   ", answer_address(driver, "entry"));
    routine_say(debugger, "DriverStartIo: ", answer_address(driver, "start_io"));
    routine_say(debugger, "DriverUnload:  ", answer_address(driver, "unload"));
    routine_say(debugger, "AddDevice:     ", answer_address(driver, "add_device"));
    say(debugger, "\nDispatch routines:\n");
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(driver, "dispatch"))
    {
        const char *text = cJSON_GetStringValue(item), *name = irp_major_name(major);
        uint64_t routine = text ? strtoull(text, NULL, 16) : 0;
        say(debugger, "[%02x] %-34s %s\t%s\n", major, name ? name : "?", plain(routine),
            symbol_text(debugger, routine));
        major++;
    }
    say(debugger, "\n");
}

static void fast_io_say(struct debugger *debugger, const cJSON *driver)
{
    static const char *const names[] = {"FastIoCheckIfPossible",
                                        "FastIoRead",
                                        "FastIoWrite",
                                        "FastIoQueryBasicInfo",
                                        "FastIoQueryStandardInfo",
                                        "FastIoLock",
                                        "FastIoUnlockSingle",
                                        "FastIoUnlockAll",
                                        "FastIoUnlockAllByKey",
                                        "FastIoDeviceControl",
                                        "AcquireFileForNtCreateSection",
                                        "ReleaseFileForNtCreateSection",
                                        "FastIoDetachDevice",
                                        "FastIoQueryNetworkOpenInfo",
                                        "AcquireForModWrite",
                                        "MdlRead",
                                        "MdlReadComplete",
                                        "PrepareMdlWrite",
                                        "MdlWriteComplete",
                                        "FastIoReadCompressed",
                                        "FastIoWriteCompressed",
                                        "MdlReadCompleteCompressed",
                                        "MdlWriteCompleteCompressed",
                                        "FastIoQueryOpen",
                                        "ReleaseForModWrite",
                                        "AcquireForCcFlush",
                                        "ReleaseForCcFlush"};
    const cJSON *item;
    unsigned index = 0;
    if (!answer_address(driver, "fast_io"))
        return;
    say(debugger, "Fast I/O routines:\n");
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(driver, "fast_io_routines"))
    {
        const char *text = cJSON_GetStringValue(item);
        uint64_t routine = text ? strtoull(text, NULL, 16) : 0;
        if (routine && index < sizeof names / sizeof *names)
            say(debugger, "%-39s %s\t%s\n", names[index], plain(routine),
                symbol_text(debugger, routine));
        index++;
    }
    say(debugger, "\n");
}

static void device_say(struct debugger *debugger, const cJSON *device);

static void driver_devices_say(struct debugger *debugger, const cJSON *driver, bool is_detailed)
{
    const cJSON *item;
    unsigned count = 0;
    say(debugger, "Device Object list:\n");
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(driver, "devices"))
    {
        uint64_t address = answer_address(item, "address");
        if (!is_detailed) {
            say(debugger, "%s%s", plain(address), ++count % 4 ? "  " : "\n");
            continue;
        }
        cJSON *device = ask_address(debugger, "device", address);
        if (device)
            device_say(debugger, device);
        cJSON_Delete(device);
    }
    say(debugger, count % 4 || is_detailed ? "\n" : "");
}

void command_drvobj(struct debugger *debugger, char *text)
{
    char *words[WORDS_MAX];
    uint64_t address, flags = 1;
    unsigned count = words_split(text, words);
    if (!count) {
        complain(debugger, "!drvobj NAME|ADDRESS [FLAGS]");
        return;
    }
    if ((count > 1 && !evaluate(debugger, words[1], &flags)) ||
        !object_address(debugger, words[0], "\\Driver\\", &address))
        return;
    cJSON *driver = ask_address(debugger, "driver", address);
    if (!driver)
        return;
    if (debugger->options.is_json) {
        json_say(debugger, driver);
        return;
    }
    say(debugger, "Driver object (%s) is for:\n %s\n\n", plain(address),
        answer_text(driver, "name"));
    say(debugger, "Driver Extension List: (id , addr)\n\n");
    if (flags & 1)
        driver_devices_say(debugger, driver, flags & 4);
    if (flags & 2) {
        dispatch_say(debugger, driver);
        fast_io_say(debugger, driver);
    }
    cJSON_Delete(driver);
}

/* ---- !devobj
 * ------------------------------------------------------------------------------------- */

static const char *leaf_name(const char *path)
{
    const char *slash = strrchr(path, '\\');
    return slash ? slash + 1 : path;
}

static void device_queue_say(struct debugger *debugger, const cJSON *device)
{
    const cJSON *item;
    if (!answer_bool(device, "is_queue_busy")) {
        say(debugger, "Device queue is not busy.\n");
        return;
    }
    const cJSON *queue = cJSON_GetObjectItem(device, "queue");
    say(debugger, "Device queue is busy -- Queue %s\n",
        cJSON_GetArraySize(queue) ? "holds:" : "empty.");
    cJSON_ArrayForEach(item, queue)
    {
        const char *text = cJSON_GetStringValue(item);
        say(debugger, "  Irp %s\n", plain(text ? strtoull(text, NULL, 16) : 0));
    }
}

static void device_say(struct debugger *debugger, const cJSON *device)
{
    uint32_t traits = (uint32_t)answer_whole(device, "characteristics");
    uint64_t vpb = answer_address(device, "vpb"), node = answer_address(device, "node");
    say(debugger, "Device object (%s) is for:\n %s %s DriverObject %s\n",
        plain(answer_address(device, "address")), leaf_name(answer_text(device, "name")),
        answer_text(device, "driver_name"), plain(answer_address(device, "driver")));
    say(debugger, "Current Irp %s RefCount %.0f Type %08x Flags %08x\n",
        plain(answer_address(device, "current_irp")), answer_number(device, "reference_count"),
        (unsigned)answer_whole(device, "type"), (unsigned)answer_whole(device, "flags"));
    if (vpb)
        say(debugger, "Vpb %s ", plain(vpb));
    say(debugger, "DevExt %s DevObjExt %s", plain(answer_address(device, "device_extension")),
        plain(answer_address(device, "object_extension")));
    if (node)
        say(debugger, " DevNode %s", plain(node));
    say(debugger, " \nExtensionFlags (0x%08x)  \n",
        (unsigned)answer_whole(device, "extension_flags"));
    say(debugger, "Characteristics (0x%08x)  %s\n", traits,
        object_flag_names("characteristics", traits));
    if (answer_address(device, "attached_device"))
        say(debugger, "AttachedDevice (Upper) %s %s\n",
            plain(answer_address(device, "attached_device")),
            answer_text(device, "attached_driver_name"));
    if (answer_address(device, "attached_to"))
        say(debugger, "AttachedTo (Lower) %s %s\n", plain(answer_address(device, "attached_to")),
            answer_text(device, "attached_to_driver_name"));
    device_queue_say(debugger, device);
}

void command_devobj(struct debugger *debugger, char *text)
{
    char *words[WORDS_MAX];
    uint64_t address;
    if (!words_split(text, words)) {
        complain(debugger, "!devobj NAME|ADDRESS");
        return;
    }
    if (!object_address(debugger, words[0], "\\Device\\", &address))
        return;
    cJSON *device = ask_address(debugger, "device", address);
    if (!device)
        return;
    if (debugger->options.is_json) {
        json_say(debugger, device);
        return;
    }
    device_say(debugger, device);
    cJSON_Delete(device);
}

/* ---- !devstack
 * ----------------------------------------------------------------------------------- */

void command_devstack(struct debugger *debugger, char *text)
{
    char *words[WORDS_MAX];
    uint64_t address;
    const cJSON *item, *bottom = NULL;
    if (!words_split(text, words)) {
        complain(debugger, "!devstack NAME|ADDRESS");
        return;
    }
    if (!object_address(debugger, words[0], "\\Device\\", &address))
        return;
    cJSON *stack = ask_address(debugger, "stack", address);
    if (!stack)
        return;
    if (debugger->options.is_json) {
        json_say(debugger, stack);
        return;
    }
    say(debugger, "  !DevObj           !DrvObj            !DevExt           ObjectName\n");
    cJSON_ArrayForEach(item, stack)
    {
        say(debugger, "%c %s  %-18s %s  %s\n", answer_bool(item, "is_asked") ? '>' : ' ',
            plain(answer_address(item, "address")), answer_text(item, "driver_name"),
            plain(answer_address(item, "device_extension")), leaf_name(answer_text(item, "name")));
        bottom = item;
    }
    if (answer_address(bottom, "node")) {
        say(debugger, "!DevNode %s :\n  DeviceInst is \"%s\"\n",
            plain(answer_address(bottom, "node")), answer_text(bottom, "instance"));
        if (*answer_text(bottom, "service"))
            say(debugger, "  ServiceName is \"%s\"\n", answer_text(bottom, "service"));
    }
    cJSON_Delete(stack);
}

/* ---- !fileobj
 * ------------------------------------------------------------------------------------ */

void command_fileobj(struct debugger *debugger, char *text)
{
    uint64_t address;
    const cJSON *item;
    if (!evaluate(debugger, text, &address))
        return;
    cJSON *file = ask_address(debugger, "file", address);
    if (!file)
        return;
    if (debugger->options.is_json) {
        json_say(debugger, file);
        return;
    }
    uint32_t flags = (uint32_t)answer_whole(file, "flags");
    say(debugger, "\n%s\n\n",
        *answer_text(file, "name") ? answer_text(file, "name") : "(no name behind the device)");
    if (answer_address(file, "related"))
        say(debugger, "Related File Object: 0x%s\n", plain(answer_address(file, "related")));
    say(debugger, "Device Object: 0x%s   %s\n", plain(answer_address(file, "device")),
        answer_text(file, "driver_name"));
    if (answer_address(file, "vpb"))
        say(debugger, "Vpb: 0x%s\n", plain(answer_address(file, "vpb")));
    else
        say(debugger, "Vpb is NULL\n");
    say(debugger,
        "Event %ssignalled\nAccess:", answer_bool(file, "is_event_signalled") ? "" : "not ");
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(file, "access"))
        say(debugger, " %s", cJSON_GetStringValue(item));
    say(debugger, "\n\nFlags:  0x%x\n\t%s\n", flags, object_flag_names("file", flags));
    say(debugger, "\nFsContext: 0x%s\tFsContext2: 0x%s\n", plain(answer_address(file, "context")),
        plain(answer_address(file, "context2")));
    say(debugger, "CurrentByteOffset: %llx\n", (ull)answer_address(file, "offset"));
    cJSON_Delete(file);
}
