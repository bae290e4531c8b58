/* SPDX-License-Identifier: MIT */
/* command_irp.c - !irp and !irpfind: requests.
 *
 * Doc:     !irp, !irpfind (Microsoft Learn, debuggercmds); flags and control bits of wdm.h
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/abi_names.h"
#include "base/irp_names.h"
#include "debugger_internal.h"

#define CONTROL_PENDING 0x01u
#define CONTROL_CANCEL  0x20u
#define CONTROL_SUCCESS 0x40u
#define CONTROL_ERROR   0x80u

static void location_say(struct debugger *debugger, const cJSON *location, bool is_current)
{
    unsigned major = (unsigned)answer_whole(location, "major"),
             minor = (unsigned)answer_whole(location, "minor"),
             control = (unsigned)answer_whole(location, "control");
    uint64_t completion = answer_address(location, "completion");
    const char *name = irp_major_name(major), *second = irp_minor_name(major, minor);
    const cJSON *arguments = cJSON_GetObjectItem(location, "arguments");
    say(debugger, "%c[%s(%x), %s(%x)]\n", is_current ? '>' : ' ', name ? name : "N/A", major,
        second ? second : "N/A", minor);
    say(debugger, "            %x %2x %s %s %s-%s%s%s%s%s\n",
        (unsigned)answer_whole(location, "flags"), control,
        plain(answer_address(location, "device")), plain(answer_address(location, "file")),
        plain(completion), plain(answer_address(location, "context")),
        control & CONTROL_SUCCESS ? " Success" : "", control & CONTROL_ERROR ? " Error" : "",
        control & CONTROL_CANCEL ? " Cancel" : "", control & CONTROL_PENDING ? " pending" : "");
    say(debugger, "\t       %s\t%s\n", answer_text(location, "driver_name"),
        symbol_text(debugger, completion));
    say(debugger, "\t\t\tArgs: %s", plain(answer_address(arguments, "1")));
    say(debugger, " %s %s", plain(answer_address(arguments, "2")),
        major == 0x0e || major == 0x0f ? "" : plain(answer_address(arguments, "3")));
    if (major == 0x0e || major == 0x0f)
        say(debugger, "0x%llx", (unsigned long long)answer_address(arguments, "3"));
    say(debugger, " %s\n", plain(answer_address(arguments, "4")));
}

static void irp_details(struct debugger *debugger, const cJSON *irp)
{
    uint32_t status = (uint32_t)answer_whole(irp, "status");
    const char *name = abi_status_name(status);
    say(debugger, "Flags = %08x\nThreadListEntry owner = %s\n",
        (unsigned)answer_whole(irp, "flags"), plain(answer_address(irp, "thread")));
    say(debugger, "IoStatus = %08x (%s), Information = %llx\n", status, name ? name : "?",
        (unsigned long long)answer_address(irp, "information"));
    say(debugger, "RequestorMode = %08x\nPending returned = %d, Cancel = %d, CancelIrql = %x\n",
        (unsigned)answer_whole(irp, "mode"), answer_bool(irp, "is_pending_returned"),
        answer_bool(irp, "is_cancelled"), (unsigned)answer_whole(irp, "cancel_irql"));
    say(debugger, "CancelRoutine = %s %s\n", plain(answer_address(irp, "cancel_routine")),
        symbol_text(debugger, answer_address(irp, "cancel_routine")));
    say(debugger, "UserIosb = %s, UserEvent = %s, UserBuffer = %s\n",
        plain(answer_address(irp, "user_status")), plain(answer_address(irp, "user_event")),
        plain(answer_address(irp, "user_buffer")));
    say(debugger, "OriginalFileObject = %s\n", plain(answer_address(irp, "file")));
}

static void irp_head_say(struct debugger *debugger, const cJSON *irp)
{
    unsigned count = (unsigned)answer_whole(irp, "stack_count"),
             current = (unsigned)answer_whole(irp, "current");
    uint64_t mdl = answer_address(irp, "mdl"), buffer = answer_address(irp, "system_buffer");
    if (current > count)
        say(debugger,
            "Irp is active with %u stacks %u is current (= 0x%s): completed or not sent\n", count,
            current, plain(answer_address(irp, "current_address")));
    else
        say(debugger, "Irp is active with %u stacks %u is current (= 0x%s)\n", count, current,
            plain(answer_address(irp, "current_address")));
    if (!answer_bool(irp, "is_known"))
        say(debugger, " (not alive among the I/O manager's: a driver's own, or what is left of "
                      "one that was freed)\n");
    if (mdl)
        say(debugger, " Mdl=%s:", plain(mdl));
    else
        say(debugger, " No Mdl:");
    if (buffer)
        say(debugger, " System buffer=%s:", plain(buffer));
    else
        say(debugger, " No System Buffer:");
    say(debugger, " Thread %s:  Irp stack trace.  \n", plain(answer_address(irp, "thread")));
}

void command_irp(struct debugger *debugger, char *text)
{
    char *words[WORDS_MAX];
    uint64_t address;
    const cJSON *item;
    unsigned count = words_split(text, words), index = 0;
    if (!count) {
        complain(debugger, "!irp ADDRESS [1]; !irpfind lists those that are alive");
        return;
    }
    if (!evaluate(debugger, words[0], &address))
        return;
    cJSON *irp = ask_address(debugger, "irp", address);
    if (!irp)
        return;
    if (debugger->options.is_json) {
        json_say(debugger, irp);
        return;
    }
    irp_head_say(debugger, irp);
    if (count > 1)
        irp_details(debugger, irp);
    say(debugger, "     cmd  flg cl Device   File     Completion-Context\n");
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(irp, "locations"))
        location_say(debugger, item, ++index == (unsigned)answer_whole(irp, "current"));
    cJSON_Delete(irp);
}

/* [-v] [POOLTYPE [RESTART [CRITERION DATA]]] */
void command_irpfind(struct debugger *debugger, char *text)
{
    char *words[WORDS_MAX], value[24];
    unsigned count = words_split(text, words), first = count && !strcmp(words[0], "-v");
    const char *criterion = NULL;
    const cJSON *item;
    uint64_t number = 0;
    if (count > first + 2) {
        if (count < first + 4) {
            complain(debugger, "!irpfind [-v] [0 0 arg|device|fileobject|mdlprocess|thread|"
                               "userevent DATA]");
            return;
        }
        criterion = words[first + 2];
        for (char *at = words[first + 2]; *at; at++)
            *at |= 0x20; /* the criteria are letters */
        if (!evaluate(debugger, words[first + 3], &number))
            return;
    }
    snprintf(value, sizeof value, "0x%llx", (unsigned long long)number);
    cJSON *list = ask(debugger, "irps", criterion, criterion ? value : NULL);
    if (!list)
        return;
    if (debugger->options.is_json) {
        json_say(debugger, list);
        return;
    }
    say(debugger, "  Irp            [ Thread ]         irpStack: (Mj,Mn)   Driver\n");
    cJSON_ArrayForEach(item, list)
    {
        uint64_t irp = answer_address(item, "address"), thread = answer_address(item, "thread");
        if (cJSON_HasObjectItem(item, "major"))
            say(debugger, "%s [%s] irpStack: (%2x,%2x)  current stack belongs to  %s\n", plain(irp),
                plain(thread), (unsigned)answer_whole(item, "major"),
                (unsigned)answer_whole(item, "minor"), answer_text(item, "driver_name"));
        else
            say(debugger, "%s [%s] is complete (CurrentLocation %.0f > StackCount %.0f)\n",
                plain(irp), plain(thread), answer_number(item, "current"),
                answer_number(item, "stack_count"));
    }
    cJSON_Delete(list);
}
