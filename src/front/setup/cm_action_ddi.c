/* SPDX-License-Identifier: MIT */
/* cm_action_ddi.c - cfgmgr32: devices are enabled, disabled, taken away, looked for.
 * Doc: cfgmgr32.h
 */
#include <string.h>

#include "action.h"
#include "crt/string.h"

NTSTATUS action_ask(const wchar_t *instance, uint32_t kind, struct plug *out_plug)
{
    *out_plug = (struct plug){0};
    struct wire_plugplay *in = plug_input(instance);
    if (!in)
        return STATUS_NO_MEMORY;
    in->kind = kind;
    NTSTATUS status = plug_ask(WIRE_PLUGPLAY_ACT, in, NULL, 0, out_plug);
    heap_give(in);
    return status;
}

NTSTATUS action_do(const wchar_t *instance, uint32_t kind)
{
    struct plug plug;
    NTSTATUS status = action_ask(instance, kind, &plug);
    plug_free(&plug);
    return status;
}

static CONFIGRET act(DEVINST node, uint32_t kind)
{
    const wchar_t *name = node_name(node);
    return name ? cr_of_status(action_do(name, kind)) : CR_INVALID_DEVNODE;
}

/* Who refused, as a program is told: type and name. */
static CONFIGRET act_vetoed(DEVINST node, uint32_t kind, bool is_wide, DWORD *out_type,
                            void *veto_name, ULONG room)
{
    struct plug plug;
    const wchar_t *name = node_name(node);
    if (!name)
        return CR_INVALID_DEVNODE;
    NTSTATUS status = action_ask(name, kind, &plug);
    if (status == STATUS_PLUGPLAY_QUERY_VETOED) {
        if (out_type)
            *out_type = plug.reply->veto;
        if (veto_name && room)
            (void)text_answer((const wchar_t *)plug.reply->veto_name, is_wide, veto_name, room,
                              NULL);
    }
    plug_free(&plug);
    return cr_of_status(status);
}

EXPORT(CONFIGRET, CM_Enable_DevNode, (DEVINST node, ULONG flags))
{
    return act(node, WIRE_ACT_ENABLE);
}
EXPORT(CONFIGRET, CM_Enable_DevNode_Ex, (DEVINST node, ULONG flags, HANDLE machine))
{
    return act(node, WIRE_ACT_ENABLE);
}
EXPORT(CONFIGRET, CM_Disable_DevNode, (DEVINST node, ULONG flags))
{
    return act(node, WIRE_ACT_DISABLE);
}
EXPORT(CONFIGRET, CM_Disable_DevNode_Ex, (DEVINST node, ULONG flags, HANDLE machine))
{
    return act(node, WIRE_ACT_DISABLE);
}

#define REENUMERATE_BITS         7u
#define REENUMERATE_ASYNCHRONOUS 4u

EXPORT(CONFIGRET, CM_Reenumerate_DevNode, (DEVINST node, ULONG flags))
{
    if (flags & ~REENUMERATE_BITS)
        return CR_INVALID_FLAG;
    CONFIGRET cr = act(node, WIRE_ACT_RESCAN);
    if (!cr && !(flags & REENUMERATE_ASYNCHRONOUS))
        cr = act(node, WIRE_ACT_WAIT);
    return cr;
}
EXPORT(CONFIGRET, CM_Reenumerate_DevNode_Ex, (DEVINST node, ULONG flags, HANDLE machine))
{
    return CM_Reenumerate_DevNode(node, flags);
}

#define SETUP_READY 0u
#define SETUP_RESET 4u
#define SETUP_LAST  8u

/* Doc:     CM_Setup_DevNode: a device that has got its driver, or has a problem, is started */
EXPORT(CONFIGRET, CM_Setup_DevNode, (DEVINST node, ULONG flags))
{
    if (flags > SETUP_LAST)
        return CR_INVALID_FLAG;
    return flags == SETUP_READY || flags == SETUP_RESET ? act(node, WIRE_ACT_CONFIGURE)
                                                        : CR_CALL_NOT_IMPLEMENTED;
}

#define REMOVING(letter, text, wide)                                            \
    EXPORT(CONFIGRET, CM_Query_And_Remove_SubTree##letter,                      \
           (DEVINST node, DWORD * type, text * name, ULONG count, ULONG flags)) \
    {                                                                           \
        return act_vetoed(node, WIRE_ACT_DISABLE, wide, type, name, count);     \
    }                                                                           \
    EXPORT(CONFIGRET, CM_Request_Device_Eject##letter,                          \
           (DEVINST node, DWORD * type, text * name, ULONG count, ULONG flags)) \
    {                                                                           \
        return act_vetoed(node, WIRE_ACT_EJECT, wide, type, name, count);       \
    }
REMOVING(W, wchar_t, true)
REMOVING(A, char, false)

EXPORT(CONFIGRET, CM_Uninstall_DevNode, (DEVINST node, ULONG flags))
{
    return act(node, WIRE_ACT_REMOVE);
}
