/* SPDX-License-Identifier: MIT */
/* plug.c - the machine asked about devices, and what it says as this or that kind of error.
 *
 * Everything that the service sees lies on the process heap, which the machine maps.
 */
#include "plug.h"

#include <string.h>

#include "crt/string.h"

#define ROOM_FIRST 4096u
#define ROOM_TRIES 8

struct wire_plugplay *plug_input(const wchar_t *name)
{
    struct wire_plugplay *in = heap_take(sizeof *in);
    if (!in)
        return NULL;
    memset(in, 0, sizeof *in);
    if (name && crt_wcscpy_s((wchar_t *)in->name, WIRE_PLUGPLAY_NAME, name)) {
        heap_give(in);
        return NULL;
    }
    return in;
}

/* What goes in, head and data in one piece. */
static char *input_join(const struct wire_plugplay *in, const void *data, uint32_t length)
{
    char *joined = heap_take(sizeof *in + length);
    if (!joined)
        return NULL;
    if (in)
        memcpy(joined, in, sizeof *in);
    else
        memset(joined, 0, sizeof *in);
    ((struct wire_plugplay *)(void *)joined)->length = length;
    if (length)
        memcpy(joined + sizeof *in, data, length);
    return joined;
}

NTSTATUS plug_ask(uint32_t operation, const struct wire_plugplay *in, const void *data,
                  uint32_t length, struct plug *out_plug)
{
    *out_plug = (struct plug){0};
    char *input = input_join(in, data, length);
    if (!input)
        return STATUS_NO_MEMORY;
    uint32_t room = ROOM_FIRST;
    NTSTATUS status = STATUS_BUFFER_TOO_SMALL;
    struct wire_plugplay_reply *reply = NULL;
    for (int i = 0; i < ROOM_TRIES && status == STATUS_BUFFER_TOO_SMALL; i++) {
        heap_give(reply);
        reply = heap_take(sizeof *reply + room + 2 * sizeof(wchar_t));
        if (!reply) {
            status = STATUS_NO_MEMORY;
            break;
        }
        status = NtCovePlugPlay(operation, input, (ULONG)sizeof *in + length, reply,
                                (ULONG)sizeof *reply + room);
        if (NT_SUCCESS(status))
            status = reply->status;
        else
            reply->length = 0;
        if (status == STATUS_BUFFER_TOO_SMALL)
            room = reply->length + 256;
    }
    heap_give(input);
    if (!reply)
        return status;
    if (!NT_SUCCESS(status))
        reply->length = 0;
    memset((char *)(reply + 1) + reply->length, 0, 2 * sizeof(wchar_t));
    *out_plug = (struct plug){reply, reply + 1};
    return status;
}

void plug_free(struct plug *plug)
{
    heap_give(plug->reply);
    *plug = (struct plug){0};
}

NTSTATUS plug_do(uint32_t operation, const struct wire_plugplay *in)
{
    struct plug plug;
    NTSTATUS status = plug_ask(operation, in, NULL, 0, &plug);
    plug_free(&plug);
    return status;
}

/* ---- errors -------------------------------------------------------------------------------------
 */

static const struct {
    NTSTATUS status;
    CONFIGRET cr;
    ULONG error;
} meanings[] = {
    {STATUS_NO_SUCH_DEVICE, CR_NO_SUCH_DEVNODE, ERROR_NO_SUCH_DEVINST},
    {STATUS_OBJECT_NAME_NOT_FOUND, CR_NO_SUCH_VALUE, ERROR_NOT_FOUND},
    {STATUS_NO_MORE_ENTRIES, CR_NO_SUCH_DEVNODE, ERROR_NO_MORE_ITEMS},
    {STATUS_NO_MEMORY, CR_OUT_OF_MEMORY, ERROR_NOT_ENOUGH_MEMORY},
    {STATUS_INSUFFICIENT_RESOURCES, CR_OUT_OF_MEMORY, ERROR_NOT_ENOUGH_MEMORY},
    {STATUS_PLUGPLAY_QUERY_VETOED, CR_REMOVE_VETOED, ERROR_CANT_REMOVE_DEVINST},
    {STATUS_ACCESS_DENIED, CR_ACCESS_DENIED, ERROR_ACCESS_DENIED},
    {STATUS_INVALID_PARAMETER, CR_INVALID_DATA, ERROR_INVALID_PARAMETER},
    {STATUS_BUFFER_TOO_SMALL, CR_BUFFER_SMALL, ERROR_INSUFFICIENT_BUFFER},
    {STATUS_OBJECT_NAME_COLLISION, CR_ALREADY_SUCH_DEVNODE, ERROR_DEVINST_ALREADY_EXISTS},
    {STATUS_NOT_IMPLEMENTED, CR_CALL_NOT_IMPLEMENTED, ERROR_CALL_NOT_IMPLEMENTED},
};

CONFIGRET cr_of_status(NTSTATUS status)
{
    if (NT_SUCCESS(status))
        return CR_SUCCESS;
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
        if (meanings[i].status == status)
            return meanings[i].cr;
    return CR_FAILURE;
}

/* Doc:     CM_MapCrToWin32Err */
ULONG error_of_cr(CONFIGRET cr, ULONG otherwise)
{
    static const struct {
        CONFIGRET cr;
        ULONG error;
    } known[] = {
        {CR_SUCCESS, ERROR_SUCCESS},
        {CR_OUT_OF_MEMORY, ERROR_NOT_ENOUGH_MEMORY},
        {CR_INVALID_POINTER, ERROR_INVALID_USER_BUFFER},
        {CR_INVALID_FLAG, ERROR_INVALID_FLAGS},
        {CR_INVALID_DEVNODE, ERROR_NO_SUCH_DEVINST},
        {CR_NO_SUCH_DEVNODE, ERROR_NO_SUCH_DEVINST},
        {CR_ALREADY_SUCH_DEVNODE, ERROR_DEVINST_ALREADY_EXISTS},
        {CR_INVALID_DEVICE_ID, ERROR_INVALID_DEVINST_NAME},
        {CR_BUFFER_SMALL, ERROR_INSUFFICIENT_BUFFER},
        {CR_INVALID_DATA, ERROR_INVALID_DATA},
        {CR_NO_SUCH_VALUE, ERROR_FILE_NOT_FOUND},
        {CR_NO_SUCH_REGISTRY_KEY, ERROR_KEY_DOES_NOT_EXIST},
        {CR_INVALID_PROPERTY, ERROR_INVALID_REG_PROPERTY},
        {CR_NO_SUCH_DEVICE_INTERFACE, ERROR_NO_SUCH_DEVICE_INTERFACE},
        {CR_ACCESS_DENIED, ERROR_ACCESS_DENIED},
        {CR_CALL_NOT_IMPLEMENTED, ERROR_CALL_NOT_IMPLEMENTED},
        {CR_NOT_DISABLEABLE, ERROR_NOT_DISABLEABLE},
        {CR_INVALID_MACHINENAME, ERROR_INVALID_MACHINENAME},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].cr == cr)
            return known[i].error;
    return otherwise;
}

BOOL setup_result(NTSTATUS status)
{
    if (NT_SUCCESS(status))
        return TRUE;
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
        if (meanings[i].status == status)
            return error_fail(meanings[i].error);
    return error_result(status);
}
