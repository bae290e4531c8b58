/* SPDX-License-Identifier: MIT */
/* kd_irp.c - requests: one with all its stack locations, and those that are alive.
 *
 * A request may be completed while it is read: everything is a copy, taken once.
 */
#include <stdlib.h>
#include <string.h>

#include "io/io.h"
#include "kd_internal.h"

struct irp_search {
    const IRP *wanted;
    bool is_found;
};

static void irp_match(PIRP irp, void *context)
{
    struct irp_search *search = context;
    search->is_found |= irp == search->wanted;
}

static void location_add(cJSON *list, const IO_STACK_LOCATION *stack)
{
    cJSON *item = cJSON_CreateObject(), *arguments;
    kd_number(item, "major", stack->MajorFunction);
    kd_number(item, "minor", stack->MinorFunction);
    kd_number(item, "flags", stack->Flags);
    kd_number(item, "control", stack->Control);
    kd_address(item, "device", (uint64_t)(uintptr_t)stack->DeviceObject);
    kd_text_take(item, "driver_name", kd_driver_name_of_device(stack->DeviceObject));
    kd_address(item, "file", (uint64_t)(uintptr_t)stack->FileObject);
    kd_address(item, "completion", (uint64_t)(uintptr_t)stack->CompletionRoutine);
    kd_address(item, "context", (uint64_t)(uintptr_t)stack->Context);
    arguments = cJSON_AddObjectToObject(item, "arguments");
    kd_address(arguments, "1", (uint64_t)(uintptr_t)stack->Parameters.Others.Argument1);
    kd_address(arguments, "2", (uint64_t)(uintptr_t)stack->Parameters.Others.Argument2);
    kd_address(arguments, "3", (uint64_t)(uintptr_t)stack->Parameters.Others.Argument3);
    kd_address(arguments, "4", (uint64_t)(uintptr_t)stack->Parameters.Others.Argument4);
    cJSON_AddItemToArray(list, item);
}

static void irp_head_add(cJSON *answer, const void *address, const IRP *irp)
{
    kd_address(answer, "address", (uint64_t)(uintptr_t)address);
    kd_address(answer, "thread", (uint64_t)(uintptr_t)irp->Tail.Overlay.Thread);
    kd_number(answer, "stack_count", irp->StackCount);
    kd_number(answer, "current", irp->CurrentLocation);
    kd_address(answer, "current_address",
               (uint64_t)(uintptr_t)irp->Tail.Overlay.CurrentStackLocation);
    kd_address(answer, "mdl", (uint64_t)(uintptr_t)irp->MdlAddress);
    kd_address(answer, "system_buffer", (uint64_t)(uintptr_t)irp->AssociatedIrp.SystemBuffer);
}

/* irp ADDRESS: also one that a driver made in memory of its own; is_known says which. */
cJSON *kd_irp(char **words)
{
    uint64_t address = strtoull(words[1], NULL, 0);
    const IRP *pointer = (const IRP *)(uintptr_t)address;
    struct irp_search search = {pointer, false};
    IRP irp;
    irp_visit(irp_match, &search);
    if (!kd_read(pointer, &irp, sizeof irp) || irp.Type != IO_TYPE_IRP || irp.StackCount < 0 ||
        irp.Size < sizeof irp + (size_t)irp.StackCount * sizeof(IO_STACK_LOCATION))
        return kd_refuse(STATUS_INVALID_ADDRESS,
                         "%s: IRP signature does not match, probably not "
                         "an IRP",
                         words[1]);
    cJSON *answer = cJSON_CreateObject();
    irp_head_add(answer, pointer, &irp);
    cJSON_AddBoolToObject(answer, "is_known", search.is_found);
    kd_number(answer, "flags", irp.Flags);
    cJSON_AddBoolToObject(answer, "is_pending_returned", irp.PendingReturned);
    cJSON_AddBoolToObject(answer, "is_cancelled", irp.Cancel);
    kd_number(answer, "cancel_irql", irp.CancelIrql);
    kd_number(answer, "mode", irp.RequestorMode);
    kd_address(answer, "cancel_routine", (uint64_t)(uintptr_t)irp.CancelRoutine);
    kd_number(answer, "status", (uint32_t)irp.IoStatus.Status);
    kd_address(answer, "information", irp.IoStatus.Information);
    kd_address(answer, "user_status", (uint64_t)(uintptr_t)irp.UserIosb);
    kd_address(answer, "user_event", (uint64_t)(uintptr_t)irp.UserEvent);
    kd_address(answer, "user_buffer", (uint64_t)(uintptr_t)irp.UserBuffer);
    kd_address(answer, "file", (uint64_t)(uintptr_t)irp.Tail.Overlay.OriginalFileObject);
    cJSON *list = cJSON_AddArrayToObject(answer, "locations");
    for (int i = 0; i < irp.StackCount; i++) {
        IO_STACK_LOCATION stack;
        if (!kd_read((const IO_STACK_LOCATION *)(pointer + 1) + i, &stack, sizeof stack))
            break;
        location_add(list, &stack);
    }
    return answer;
}

/* ---- those that are alive
 * ------------------------------------------------------------------------ */

struct irp_list {
    cJSON *list;
    const char *criterion; /* NULL: all */
    uint64_t value;
};

static bool irp_location_fits(const struct irp_list *list, PIRP pointer, const IRP *irp)
{
    bool is_device = !strcmp(list->criterion, "device");
    for (int i = 0; i < irp->StackCount; i++) {
        IO_STACK_LOCATION stack;
        if (!kd_read((const IO_STACK_LOCATION *)(pointer + 1) + i, &stack, sizeof stack))
            return false;
        if (is_device && (uint64_t)(uintptr_t)stack.DeviceObject == list->value)
            return true;
        const void *arguments[] = {
            stack.Parameters.Others.Argument1, stack.Parameters.Others.Argument2,
            stack.Parameters.Others.Argument3, stack.Parameters.Others.Argument4};
        for (unsigned k = 0; !is_device && k < 4; k++)
            if ((uint64_t)(uintptr_t)arguments[k] == list->value)
                return true;
    }
    return false;
}

static bool irp_fits(const struct irp_list *list, PIRP pointer, const IRP *irp)
{
    const char *criterion = list->criterion;
    MDL mdl;
    if (!criterion)
        return true;
    if (!strcmp(criterion, "thread"))
        return (uint64_t)(uintptr_t)irp->Tail.Overlay.Thread == list->value;
    if (!strcmp(criterion, "fileobject"))
        return (uint64_t)(uintptr_t)irp->Tail.Overlay.OriginalFileObject == list->value;
    if (!strcmp(criterion, "userevent"))
        return (uint64_t)(uintptr_t)irp->UserEvent == list->value;
    if (!strcmp(criterion, "mdlprocess"))
        return irp->MdlAddress && kd_read(irp->MdlAddress, &mdl, sizeof mdl) &&
               (uint64_t)(uintptr_t)mdl.Process == list->value;
    return irp_location_fits(list, pointer, irp);
}

static void irp_add(PIRP pointer, void *context)
{
    const struct irp_list *list = context;
    IO_STACK_LOCATION stack;
    IRP irp;
    if (!kd_read(pointer, &irp, sizeof irp) || irp.Type != IO_TYPE_IRP ||
        !irp_fits(list, pointer, &irp))
        return;
    cJSON *item = cJSON_CreateObject();
    irp_head_add(item, pointer, &irp);
    if (irp.CurrentLocation <= irp.StackCount &&
        kd_read(irp.Tail.Overlay.CurrentStackLocation, &stack, sizeof stack)) {
        kd_text_take(item, "driver_name", kd_driver_name_of_device(stack.DeviceObject));
        kd_number(item, "major", stack.MajorFunction);
        kd_number(item, "minor", stack.MinorFunction);
    }
    cJSON_AddItemToArray(list->list, item);
}

/* irps [CRITERION VALUE]: arg, device, fileobject, mdlprocess, thread, userevent. */
cJSON *kd_irps(char **words)
{
    static const char *const criteria[] = {"arg",        "device", "fileobject",
                                           "mdlprocess", "thread", "userevent"};
    struct irp_list list = {NULL, words[1], words[2] ? strtoull(words[2], NULL, 0) : 0};
    bool is_known = !words[1];
    for (size_t i = 0; words[1] && i < sizeof criteria / sizeof *criteria; i++)
        is_known |= !strcmp(words[1], criteria[i]);
    if (!is_known)
        return kd_refuse(STATUS_INVALID_PARAMETER,
                         "no criterion '%s': arg, device, fileobject, "
                         "mdlprocess, thread, userevent",
                         words[1]);
    list.list = cJSON_CreateArray();
    irp_visit(irp_add, &list);
    return list.list;
}
