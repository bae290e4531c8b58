/* SPDX-License-Identifier: MIT */
/* crash_callbacks.c - the report's section on what drivers' bug-check callbacks had to say:
 * who, what kind of data, and its first bytes.
 *
 * Names and data are drivers' memory and are read through mm's fault-proof copy.
 */
#include <string.h>

#include "crash_internal.h"
#include "mm/mm.h"

#define BYTES_SHOWN 256u
#define LINE_BYTES  16u

typedef unsigned long long ull;

/* The component's name, without what would not print. */
static const char *component_of(const struct ke_bugcheck_data *data)
{
    static char name[64];
    size_t length = 0;

    while (data->component != NULL && length < sizeof(name) - 1 &&
           NT_SUCCESS(mm_user_copy(&name[length], data->component + length, 1)) &&
           name[length] != '\0') {
        if (name[length] < ' ' || name[length] > '~')
            name[length] = '?';
        length++;
    }
    name[length] = '\0';
    return length != 0 ? name : "(no name)";
}

static void line_print(uint64_t offset, const uint8_t *bytes, unsigned count)
{
    char text[LINE_BYTES + 1];

    crash_print("    %04llx ", (ull)offset);
    for (unsigned i = 0; i < LINE_BYTES; i++) {
        if (i < count)
            crash_print(" %02x", bytes[i]);
        else
            crash_print("   ");
    }
    for (unsigned i = 0; i < count; i++)
        text[i] = bytes[i] >= ' ' && bytes[i] <= '~' ? (char)bytes[i] : '.';
    text[count] = '\0';
    crash_print("  %s\n", text);
}

static void bytes_print(const struct ke_bugcheck_data *data)
{
    uint64_t shown = data->bytes < BYTES_SHOWN ? data->bytes : BYTES_SHOWN;
    uint8_t bytes[LINE_BYTES];

    if (data->is_physical)
        return;
    for (uint64_t offset = 0; offset < shown; offset += LINE_BYTES) {
        unsigned count = shown - offset < LINE_BYTES ? (unsigned)(shown - offset) : LINE_BYTES;

        if (!NT_SUCCESS(mm_user_copy(bytes, (const void *)(data->address + offset), count))) {
            crash_print("    (cannot be read)\n");
            return;
        }
        line_print(offset, bytes, count);
    }
    if (shown < data->bytes)
        crash_print("    ...\n");
}

static void guid_print(const GUID *guid)
{
    crash_print(", {%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x}", (unsigned)guid->Data1,
                guid->Data2, guid->Data3, guid->Data4[0], guid->Data4[1], guid->Data4[2],
                guid->Data4[3], guid->Data4[4], guid->Data4[5], guid->Data4[6], guid->Data4[7]);
}

static void data_print(const struct ke_bugcheck_data *data)
{
    crash_print("  %s, %s", component_of(data), crash_place((uint64_t)data->routine));
    if (!data->is_returned) {
        crash_print(": it did not come back\n");
        return;
    }
    crash_print(": %llu bytes", (ull)data->bytes);
    if (data->bytes != 0)
        crash_print(" at %s0x%llx", data->is_physical ? "physical " : "", (ull)data->address);
    if (data->reason == KbCallbackSecondaryDumpData)
        guid_print(&data->guid);
    else if (data->reason == KbCallbackAddPages)
        crash_print(", pages added");
    crash_print("\n");
    bytes_print(data);
}

void crash_section_callbacks(const struct crash *crash)
{
    const struct ke_bugcheck_data *data;
    unsigned count = ke_bugcheck_data(&data);

    if (count == 0)
        return;
    crash_print("\ncallbacks of drivers\n");
    for (unsigned i = 0; i < count; i++)
        data_print(&data[i]);
    if (crash->bugcheck->is_callback_stuck)
        crash_print("  those that were left were not called\n");
    crash_flush();
}
