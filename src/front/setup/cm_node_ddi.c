/* SPDX-License-Identifier: MIT */
/* cm_node_ddi.c - cfgmgr32: device instances, their names, relatives and states. Doc: cfgmgr32.h
 *
 * …_Ex forms take a machine; the only one is this, NULL.
 */
#include <string.h>

#include "crt/string.h"
#include "crt/utf.h"
#include "plug.h"

#define LOCATE_PHANTOM 0x1u
#define LOCATE_BITS    0x7u

static CONFIGRET locate(DEVINST *out_node, const wchar_t *name, ULONG flags)
{
    struct plug plug;
    if (!out_node)
        return CR_INVALID_POINTER;
    *out_node = 0;
    if (flags & ~LOCATE_BITS)
        return CR_INVALID_FLAG;
    struct wire_plugplay *in = plug_input(name ? name : L"");
    if (!in)
        return name && crt_wcslen(name) >= WIRE_PLUGPLAY_NAME ? CR_INVALID_DEVICE_ID
                                                              : CR_OUT_OF_MEMORY;
    NTSTATUS status = plug_ask(WIRE_PLUGPLAY_DEVICE, in, NULL, 0, &plug);
    heap_give(in);
    if (NT_SUCCESS(status) && plug.reply->problem == CM_PROB_PHANTOM && !(flags & LOCATE_PHANTOM))
        status = STATUS_NO_SUCH_DEVICE;
    if (NT_SUCCESS(status))
        *out_node = node_of(plug.data);
    plug_free(&plug);
    return cr_of_status(status);
}

EXPORT(CONFIGRET, CM_Locate_DevNodeW, (DEVINST * node, const wchar_t *name, ULONG flags))
{
    return locate(node, name, flags);
}

EXPORT(CONFIGRET, CM_Locate_DevNodeA, (DEVINST * node, const char *name, ULONG flags))
{
    struct wide wide;
    wide_of(&wide, name);
    CONFIGRET cr = locate(node, wide.text, flags);
    wide_drop(&wide);
    return cr;
}

EXPORT(CONFIGRET, CM_Locate_DevNode_ExW,
       (DEVINST * node, const wchar_t *name, ULONG flags, HANDLE machine))
{
    return locate(node, name, flags);
}

EXPORT(CONFIGRET, CM_Locate_DevNode_ExA,
       (DEVINST * node, const char *name, ULONG flags, HANDLE machine))
{
    return CM_Locate_DevNodeA(node, name, flags);
}

/* ---- relatives ---------------------------------------------------------------------------------
 */

static CONFIGRET relative(DEVINST *out_node, DEVINST node, uint32_t kind)
{
    struct plug plug;
    const wchar_t *name = node_name(node);
    if (!out_node)
        return CR_INVALID_POINTER;
    *out_node = 0;
    if (!name)
        return CR_INVALID_DEVNODE;
    struct wire_plugplay *in = plug_input(name);
    if (!in)
        return CR_OUT_OF_MEMORY;
    in->kind = kind;
    NTSTATUS status = plug_ask(WIRE_PLUGPLAY_RELATIVE, in, NULL, 0, &plug);
    heap_give(in);
    if (NT_SUCCESS(status))
        *out_node = node_of(plug.data);
    plug_free(&plug);
    return cr_of_status(status);
}

#define RELATIVE(name, kind)                                                                      \
    EXPORT(CONFIGRET, name, (DEVINST * out_node, DEVINST node, ULONG flags))                      \
    {                                                                                             \
        return relative(out_node, node, kind);                                                    \
    }                                                                                             \
    EXPORT(CONFIGRET, name##_Ex, (DEVINST * out_node, DEVINST node, ULONG flags, HANDLE machine)) \
    {                                                                                             \
        return relative(out_node, node, kind);                                                    \
    }
RELATIVE(CM_Get_Parent, WIRE_RELATIVE_PARENT)
RELATIVE(CM_Get_Child, WIRE_RELATIVE_CHILD)
RELATIVE(CM_Get_Sibling, WIRE_RELATIVE_SIBLING)

EXPORT(CONFIGRET, CM_Get_Depth, (ULONG * out_depth, DEVINST node, ULONG flags))
{
    CONFIGRET cr;
    ULONG depth = 0;
    if (!out_depth)
        return CR_INVALID_POINTER;
    while (!(cr = relative(&node, node, WIRE_RELATIVE_PARENT)))
        depth++;
    *out_depth = depth;
    return cr == CR_NO_SUCH_DEVNODE ? CR_SUCCESS : cr;
}

/* ---- names --------------------------------------------------------------------------------------
 */

static CONFIGRET device_id(DEVINST node, bool is_wide, void *buffer, ULONG room)
{
    const wchar_t *name = node_name(node);
    if (!name)
        return CR_INVALID_DEVNODE;
    if (!buffer)
        return CR_INVALID_POINTER;
    return text_answer(name, is_wide, buffer, room, NULL) ? CR_SUCCESS : CR_BUFFER_SMALL;
}

EXPORT(CONFIGRET, CM_Get_Device_IDW, (DEVINST node, wchar_t *buffer, ULONG count, ULONG flags))
{
    return device_id(node, true, buffer, count);
}
EXPORT(CONFIGRET, CM_Get_Device_IDA, (DEVINST node, char *buffer, ULONG count, ULONG flags))
{
    return device_id(node, false, buffer, count);
}
EXPORT(CONFIGRET, CM_Get_Device_ID_ExW,
       (DEVINST node, wchar_t *buffer, ULONG count, ULONG flags, HANDLE machine))
{
    return device_id(node, true, buffer, count);
}
EXPORT(CONFIGRET, CM_Get_Device_ID_ExA,
       (DEVINST node, char *buffer, ULONG count, ULONG flags, HANDLE machine))
{
    return device_id(node, false, buffer, count);
}

EXPORT(CONFIGRET, CM_Get_Device_ID_Size, (ULONG * out_count, DEVINST node, ULONG flags))
{
    const wchar_t *name = node_name(node);
    if (!out_count)
        return CR_INVALID_POINTER;
    *out_count = name ? (ULONG)crt_wcslen(name) : 0;
    return name ? CR_SUCCESS : CR_INVALID_DEVNODE;
}
EXPORT(CONFIGRET, CM_Get_Device_ID_Size_Ex,
       (ULONG * out_count, DEVINST node, ULONG flags, HANDLE machine))
{
    return CM_Get_Device_ID_Size(out_count, node, flags);
}

/* ---- states -------------------------------------------------------------------------------------
 */

EXPORT(CONFIGRET, CM_Get_DevNode_Status,
       (ULONG * out_status, ULONG *out_problem, DEVINST node, ULONG flags))
{
    struct plug plug;
    const wchar_t *name = node_name(node);
    if (!out_status || !out_problem)
        return CR_INVALID_POINTER;
    if (!name)
        return CR_INVALID_DEVNODE;
    struct wire_plugplay *in = plug_input(name);
    if (!in)
        return CR_OUT_OF_MEMORY;
    NTSTATUS status = plug_ask(WIRE_PLUGPLAY_DEVICE, in, NULL, 0, &plug);
    heap_give(in);
    if (NT_SUCCESS(status) && plug.reply->problem == CM_PROB_PHANTOM)
        status = STATUS_NO_SUCH_DEVICE;
    if (NT_SUCCESS(status)) {
        *out_status = plug.reply->flags;
        *out_problem = plug.reply->problem;
    }
    plug_free(&plug);
    return cr_of_status(status);
}
EXPORT(CONFIGRET, CM_Get_DevNode_Status_Ex,
       (ULONG * out_status, ULONG *out_problem, DEVINST node, ULONG flags, HANDLE machine))
{
    return CM_Get_DevNode_Status(out_status, out_problem, node, flags);
}

/* ---- lists of names
 * ------------------------------------------------------------------------------ */

#define FILTER_ENUMERATOR 0x1u
#define FILTER_SERVICE    0x2u
#define FILTER_RELATIONS  0x3cu
#define FILTER_BUS        0x20u
#define FILTER_PRESENT    0x100u
#define FILTER_CLASS      0x200u

static bool is_named(const wchar_t *instance, DWORD number, const wchar_t *wanted)
{
    wchar_t *value = text_property(instance, number);
    bool is_it = value && !crt_wcsicmp(value, wanted);
    heap_give(value);
    return is_it;
}

/* Keeps those whose property has the wanted value. */
static void list_filter(wchar_t *list, DWORD number, const wchar_t *wanted)
{
    wchar_t *to = list;
    for (wchar_t *at = list; *at;) {
        size_t count = crt_wcslen(at) + 1;
        if (is_named(at, number, wanted)) {
            memmove(to, at, count * sizeof *at);
            to += count;
        }
        at += count;
    }
    *to = 0;
}

static CONFIGRET bus_relations(const wchar_t *filter, struct plug *out_plug)
{
    static const DEVPROPKEY children = {
        {0x4340a6c5, 0x93fa, 0x4706, {0x97, 0x2c, 0x7b, 0x64, 0x80, 0x08, 0xa5, 0xa7}}, 9};
    NTSTATUS status = property_ask(WIRE_OF_DEVICE, filter, &children, 0, out_plug);
    if (status == STATUS_OBJECT_NAME_NOT_FOUND) {
        out_plug->reply->length = 0; /* it has none: an empty list */
        *(wchar_t *)out_plug->data = 0;
        status = STATUS_SUCCESS;
    }
    return cr_of_status(status);
}

static CONFIGRET id_list(const wchar_t *filter, ULONG flags, struct plug *out_plug)
{
    *out_plug = (struct plug){0};
    if ((flags & ~(FILTER_PRESENT | FILTER_CLASS | FILTER_RELATIONS | 3u | 0x10000040u)) ||
        ((flags & (FILTER_ENUMERATOR | FILTER_SERVICE | FILTER_CLASS | FILTER_RELATIONS)) &&
         !filter))
        return (flags & 0x2ff) && !filter ? CR_INVALID_POINTER : CR_INVALID_FLAG;
    if (flags & FILTER_RELATIONS)
        return flags & FILTER_BUS ? bus_relations(filter, out_plug) : CR_CALL_NOT_IMPLEMENTED;
    bool is_part = (flags & FILTER_ENUMERATOR) && crt_wcschr(filter, '\\');
    struct wire_plugplay *in = plug_input(flags & FILTER_ENUMERATOR && !is_part ? filter : L"");
    if (!in)
        return CR_OUT_OF_MEMORY;
    in->flags = !(flags & FILTER_PRESENT);
    NTSTATUS status = plug_ask(WIRE_PLUGPLAY_DEVICES, in, NULL, 0, out_plug);
    heap_give(in);
    if (!NT_SUCCESS(status))
        return cr_of_status(status);
    wchar_t *list = out_plug->data;
    if (flags & FILTER_SERVICE)
        list_filter(list, 4, filter);
    if (flags & FILTER_CLASS)
        list_filter(list, 8, filter);
    if (is_part) { /* "enumerator\device" */
        size_t length = crt_wcslen(filter);
        wchar_t *to = list;
        for (wchar_t *at = list; *at;) {
            size_t count = crt_wcslen(at) + 1;
            if (!crt_wcsnicmp(at, filter, length) && at[length] == '\\') {
                memmove(to, at, count * sizeof *at);
                to += count;
            }
            at += count;
        }
        *to = 0;
    }
    return CR_SUCCESS;
}

/* A list as an answer; needs at least the two zeroes of an empty one. */
static CONFIGRET list_answer(const wchar_t *list, bool is_wide, void *buffer, ULONG room,
                             ULONG *out_needed)
{
    size_t count = list_count(list), needed = count;
    char *narrow = is_wide ? NULL : narrow_of(list, count, &needed);
    if (!is_wide && !narrow)
        return CR_OUT_OF_MEMORY;
    if (out_needed)
        *out_needed = (ULONG)needed;
    bool fits = buffer && room >= needed;
    if (fits)
        memcpy(buffer, is_wide ? (const void *)list : narrow,
               needed * (is_wide ? sizeof(wchar_t) : 1));
    heap_give(narrow);
    return fits || (out_needed && !buffer) ? CR_SUCCESS : CR_BUFFER_SMALL;
}

static CONFIGRET id_list_get(const wchar_t *filter, bool is_wide, void *buffer, ULONG room,
                             ULONG *out_needed, ULONG flags)
{
    struct plug plug;
    CONFIGRET cr = id_list(filter, flags, &plug);
    if (!cr)
        cr = list_answer(plug.data, is_wide, buffer, room, out_needed);
    plug_free(&plug);
    return cr;
}

EXPORT(CONFIGRET, CM_Get_Device_ID_ListW,
       (const wchar_t *filter, wchar_t *buffer, ULONG count, ULONG flags))
{
    return buffer ? id_list_get(filter, true, buffer, count, NULL, flags) : CR_INVALID_POINTER;
}
EXPORT(CONFIGRET, CM_Get_Device_ID_ListA,
       (const char *filter, char *buffer, ULONG count, ULONG flags))
{
    struct wide wide;
    if (!buffer)
        return CR_INVALID_POINTER;
    wide_of(&wide, filter);
    CONFIGRET cr = id_list_get(wide.text, false, buffer, count, NULL, flags);
    wide_drop(&wide);
    return cr;
}
EXPORT(CONFIGRET, CM_Get_Device_ID_List_SizeW,
       (ULONG * out_count, const wchar_t *filter, ULONG flags))
{
    return out_count ? id_list_get(filter, true, NULL, 0, out_count, flags) : CR_INVALID_POINTER;
}
EXPORT(CONFIGRET, CM_Get_Device_ID_List_SizeA, (ULONG * out_count, const char *filter, ULONG flags))
{
    struct wide wide;
    if (!out_count)
        return CR_INVALID_POINTER;
    wide_of(&wide, filter);
    CONFIGRET cr = id_list_get(wide.text, false, NULL, 0, out_count, flags);
    wide_drop(&wide);
    return cr;
}

/* ---- lists of interfaces
 * -------------------------------------------------------------------------
 */

#define LIST_ALL_DEVICES 0x1u

static CONFIGRET interface_list(const GUID *class_guid, const wchar_t *device, bool is_wide,
                                void *buffer, ULONG room, ULONG *out_needed, ULONG flags)
{
    struct plug plug;
    if (!class_guid)
        return CR_INVALID_POINTER;
    if (flags & ~LIST_ALL_DEVICES)
        return CR_INVALID_FLAG;
    struct wire_plugplay *in = plug_input(device ? device : L"");
    if (!in)
        return CR_OUT_OF_MEMORY;
    in->flags = flags & LIST_ALL_DEVICES;
    memcpy(in->guid, class_guid, sizeof in->guid);
    NTSTATUS status = plug_ask(WIRE_PLUGPLAY_INTERFACES, in, NULL, 0, &plug);
    heap_give(in);
    CONFIGRET cr = cr_of_status(status);
    if (!cr) {
        for (wchar_t *at = plug.data; *at; at += crt_wcslen(at) + 1)
            at[1] = '\\'; /* as programs say it */
        cr = list_answer(plug.data, is_wide, buffer, room, out_needed);
    }
    plug_free(&plug);
    return cr;
}

static CONFIGRET interface_list_narrow(const GUID *class_guid, const char *device, char *buffer,
                                       ULONG room, ULONG *out_needed, ULONG flags)
{
    struct wide wide;
    wide_of(&wide, device);
    CONFIGRET cr = interface_list(class_guid, wide.text, false, buffer, room, out_needed, flags);
    wide_drop(&wide);
    return cr;
}

EXPORT(CONFIGRET, CM_Get_Device_Interface_ListW,
       (const GUID *guid, const wchar_t *device, wchar_t *buffer, ULONG count, ULONG flags))
{
    return buffer ? interface_list(guid, device, true, buffer, count, NULL, flags)
                  : CR_INVALID_POINTER;
}
EXPORT(CONFIGRET, CM_Get_Device_Interface_List_ExW,
       (const GUID *guid, const wchar_t *device, wchar_t *buffer, ULONG count, ULONG flags,
        HANDLE machine))
{
    return CM_Get_Device_Interface_ListW(guid, device, buffer, count, flags);
}
EXPORT(CONFIGRET, CM_Get_Device_Interface_ListA,
       (const GUID *guid, const char *device, char *buffer, ULONG count, ULONG flags))
{
    return buffer ? interface_list_narrow(guid, device, buffer, count, NULL, flags)
                  : CR_INVALID_POINTER;
}
EXPORT(CONFIGRET, CM_Get_Device_Interface_List_ExA,
       (const GUID *guid, const char *device, char *buffer, ULONG count, ULONG flags,
        HANDLE machine))
{
    return CM_Get_Device_Interface_ListA(guid, device, buffer, count, flags);
}
EXPORT(CONFIGRET, CM_Get_Device_Interface_List_SizeW,
       (ULONG * out_count, const GUID *guid, const wchar_t *device, ULONG flags))
{
    return out_count ? interface_list(guid, device, true, NULL, 0, out_count, flags)
                     : CR_INVALID_POINTER;
}
EXPORT(CONFIGRET, CM_Get_Device_Interface_List_Size_ExW,
       (ULONG * out_count, const GUID *guid, const wchar_t *device, ULONG flags, HANDLE machine))
{
    return CM_Get_Device_Interface_List_SizeW(out_count, guid, device, flags);
}
EXPORT(CONFIGRET, CM_Get_Device_Interface_List_SizeA,
       (ULONG * out_count, const GUID *guid, const char *device, ULONG flags))
{
    return out_count ? interface_list_narrow(guid, device, NULL, 0, out_count, flags)
                     : CR_INVALID_POINTER;
}
EXPORT(CONFIGRET, CM_Get_Device_Interface_List_Size_ExA,
       (ULONG * out_count, const GUID *guid, const char *device, ULONG flags, HANDLE machine))
{
    return CM_Get_Device_Interface_List_SizeA(out_count, guid, device, flags);
}

/* ---- the machine, errors ------------------------------------------------------------------------
 */

static CONFIGRET machine_open(bool is_this, HANDLE *out_machine)
{
    if (!out_machine)
        return CR_INVALID_POINTER;
    *out_machine = NULL;
    return is_this ? CR_SUCCESS : CR_INVALID_MACHINENAME;
}
EXPORT(CONFIGRET, CM_Connect_MachineW, (const wchar_t *name, HANDLE *out_machine))
{
    return machine_open(!name || !*name, out_machine);
}
EXPORT(CONFIGRET, CM_Connect_MachineA, (const char *name, HANDLE *out_machine))
{
    return machine_open(!name || !*name, out_machine);
}
EXPORT(CONFIGRET, CM_Disconnect_Machine, (HANDLE machine))
{
    return CR_SUCCESS;
}
EXPORT(WORD, CM_Get_Version, (void))
{
    return 0x0400;
}
EXPORT(DWORD, CM_MapCrToWin32Err, (CONFIGRET cr, DWORD otherwise))
{
    return error_of_cr(cr, otherwise);
}
