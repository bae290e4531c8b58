/* SPDX-License-Identifier: MIT */
/* command_process.c - !process and !thread.
 *
 * Doc:     the pages of these names (Microsoft Learn, debuggercmds)
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "debugger_internal.h"

typedef unsigned long long ull;

/* ---- threads
 * ------------------------------------------------------------------------------------- */

static void thread_say(struct debugger *debugger, const cJSON *thread, int indent, bool is_detailed)
{
    const cJSON *item;
    uint64_t start = answer_address(thread, "start_address");
    char state[48] = "READY or RUNNING";
    if (cJSON_HasObjectItem(thread, "processor"))
        snprintf(state, sizeof state, "RUNNING on processor %.0f",
                 answer_number(thread, "processor"));
    else if (answer_bool(thread, "is_terminated"))
        strcpy(state, "TERMINATED");
    else if (answer_bool(thread, "is_waiting"))
        snprintf(state, sizeof state, "WAIT: %s %s",
                 answer_number(thread, "wait_mode") ? "UserMode" : "KernelMode",
                 answer_bool(thread, "is_alertable") ? "Alertable" : "Non-Alertable");
    say(debugger, "%*sTHREAD %s  Cid %04llx.%04llx  Teb: %s %s\n", indent, "",
        plain(answer_address(thread, "address")), (ull)answer_whole(thread, "process_id"),
        (ull)answer_whole(thread, "id"), plain(answer_address(thread, "teb")), state);
    if (!is_detailed)
        return;
    const cJSON *irps = cJSON_GetObjectItem(thread, "irps");
    if (cJSON_GetArraySize(irps))
        say(debugger, "%*sIRP List:\n", indent, "");
    cJSON_ArrayForEach(item, irps)
        say(debugger, "%*s    %s: Flags: %08x  Mdl: %s\n", indent, "",
            plain(answer_address(item, "address")), (unsigned)answer_whole(item, "flags"),
            plain(answer_address(item, "mdl")));
    say(debugger, "%*s%s\n", indent, "",
        answer_bool(thread, "is_impersonating") ? "Impersonating a client" : "Not impersonating");
    say(debugger, "%*sOwning Process            %s       Image:         %s\n", indent, "",
        plain(answer_address(thread, "process")), answer_text(thread, "image"));
    say(debugger, "%*sAttached Process          %s\n", indent, "",
        answer_address(thread, "attached_process")
            ? plain(answer_address(thread, "attached_process"))
            : "N/A");
    if (*answer_text(thread, "name"))
        say(debugger, "%*sName                      %s\n", indent, "", answer_text(thread, "name"));
    say(debugger, "%*sStart Address             %s (0x%s)\n", indent, "",
        symbol_text(debugger, start), plain(start));
    say(debugger, "%*sBase %s Limit %s\n", indent, "", plain(answer_address(thread, "stack_high")),
        plain(answer_address(thread, "stack_low")));
    say(debugger, "%*sPriority %.0f IdealProcessor %.0f\n", indent, "",
        answer_number(thread, "priority"), answer_number(thread, "ideal_processor"));
}

void command_thread(struct debugger *debugger, char *text)
{
    char *words[WORDS_MAX];
    uint64_t address;
    if (!words_split(text, words)) {
        complain(debugger, "!thread ADDRESS|ID; the machine runs, so no thread is the current one "
                           "(!process 0 2 lists them)");
        return;
    }
    if (!evaluate(debugger, words[0], &address))
        return;
    cJSON *thread = ask_address(debugger, "thread", address);
    if (!thread)
        return;
    if (debugger->options.is_json) {
        json_say(debugger, thread);
        return;
    }
    thread_say(debugger, thread, 0, true);
    cJSON_Delete(thread);
}

/* ---- processes
 * ----------------------------------------------------------------------------------- */

static void process_say(struct debugger *debugger, const cJSON *process, unsigned flags)
{
    const cJSON *item;
    say(debugger, "PROCESS %s\n    SessionId: none  Cid: %04llx    Peb: %s  ParentCid: %04llx\n",
        plain(answer_address(process, "address")), (ull)answer_whole(process, "id"),
        plain(answer_address(process, "peb")), (ull)answer_whole(process, "parent_id"));
    say(debugger, "    DirBase: 00000000  ObjectTable: %s  HandleCount: %3.0f.\n    Image: %s\n",
        plain(answer_address(process, "object_table")), answer_number(process, "handle_count"),
        answer_text(process, "image"));
    if (flags & 1)
        say(debugger, "    Token %s\n", plain(answer_address(process, "token")));
    say(debugger, "\n");
    if (!(flags & 6))
        return;
    cJSON *threads = ask_address(debugger, "threads", answer_address(process, "address"));
    cJSON_ArrayForEach(item, threads)
    {
        thread_say(debugger, item, 8, flags & 4);
        say(debugger, "\n");
    }
    if (threads && !cJSON_GetArraySize(threads))
        say(debugger, "        No active threads\n\n");
    cJSON_Delete(threads);
}

static void processes_say(struct debugger *debugger, unsigned flags, const char *image)
{
    const cJSON *item;
    cJSON *list = ask(debugger, "processes", NULL, NULL);
    if (!list)
        return;
    for (int i = cJSON_GetArraySize(list) - 1; image && i >= 0; i--)
        if (strcasecmp(image, answer_text(cJSON_GetArrayItem(list, i), "image")))
            cJSON_DeleteItemFromArray(list, i);
    if (debugger->options.is_json) {
        json_say(debugger, list);
        return;
    }
    say(debugger, "**** NT ACTIVE PROCESS DUMP ****\n");
    cJSON_ArrayForEach(item, list) process_say(debugger, item, flags);
    cJSON_Delete(list);
}

/* [/s SESSION] [/m MODULE] [PROCESS [FLAGS [IMAGE]]]: without a process, all, like 0 0. */
void command_process(struct debugger *debugger, char *text)
{
    char *words[WORDS_MAX];
    uint64_t address = 0, flags = 0;
    unsigned count = words_split(text, words);
    if ((count > 0 && !evaluate(debugger, words[0], &address)) ||
        (count > 1 && !evaluate(debugger, words[1], &flags)))
        return;
    if (!address) {
        processes_say(debugger, (unsigned)flags, count > 2 ? words[2] : NULL);
        return;
    }
    if (count < 2)
        flags = 7;
    cJSON *process = ask_address(debugger, "process", address);
    if (!process)
        return;
    if (debugger->options.is_json) {
        json_say(debugger, process);
        return;
    }
    process_say(debugger, process, (unsigned)flags);
    cJSON_Delete(process);
}
