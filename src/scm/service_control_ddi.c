/* SPDX-License-Identifier: MIT */
/* service_control_ddi.c - the service behind a program's service functions.
 *
 * wire/service.h says what goes in and out. Everything is captured first; what the service
 * control manager refuses is an error in the reply, not a failed call.
 */
#include <stdio.h>
#include <string.h>

#include "ex/ex.h"
#include "gate/gate.h"
#include "scm_internal.h"
#include "wire/service.h"

NTSTATUS NTAPI NtCoveServiceControl(ULONG Operation, PVOID Name, PVOID Input, ULONG InputLength,
                                    PVOID Output, ULONG OutputLength);

#define TAG_SCM 'mcsC'

/* What one call works on; lies in pool. */
struct call {
    char name[256];
    union {
        struct wire_service_config config;
        struct wire_service_enumerate enumerate;
        struct wire_service_arguments arguments;
        struct wire_service_control control;
        struct wire_service_answer answer;
        struct wire_service_status status;
    } input;
    union {
        struct wire_service_result result;
        struct wire_service_status_reply status;
        struct wire_service_config_reply config;
        struct wire_service_task task;
    } reply;
    struct scm_config config;
    struct scm_status status;
};

/* The text of a fixed field, terminated whatever a program wrote. */
static void text_take(char *out, size_t size, const char *field, size_t field_size)
{
    snprintf(out, size, "%.*s", (int)strnlen(field, field_size), field);
}

#define TEXT_TAKE(to, from) text_take((to), sizeof(to), (from), sizeof(from))

/* Programs give Win32 paths; a driver's ImagePath holds native ones, a program's the command line
 * as it was given. */
static void image_path_take(uint32_t type, char *out, size_t size, const char *field,
                            size_t field_size)
{
    char path[1024];
    text_take(path, sizeof path, field, field_size);
    if (scm_is_program(type)) {
        snprintf(out, size, "%s", path);
        return;
    }
    char *quoted = path;
    if (*quoted == '"') {
        quoted++;
        quoted[strcspn(quoted, "\"")] = '\0';
    }
    bool is_dos = quoted[0] && quoted[1] == ':' && quoted[2] == '\\';
    snprintf(out, size, "%s%s", is_dos ? "\\??\\" : "", quoted);
}

/* A list whatever a program wrote: the field's last two bytes end it. */
static void dependencies_take(struct scm_config *config, const struct wire_service_config *wire)
{
    memcpy(config->dependencies, wire->dependencies, sizeof config->dependencies);
    memset(config->dependencies + sizeof config->dependencies - 2, 0, 2);
}

static void config_take(struct scm_config *config, const struct wire_service_config *wire)
{
    config->type = wire->type;
    config->start = wire->start;
    config->error_control = wire->error_control;
    config->tag = wire->tag;
    TEXT_TAKE(config->display_name, wire->display_name);
    image_path_take(config->type, config->image_path, sizeof config->image_path, wire->image_path,
                    sizeof wire->image_path);
    TEXT_TAKE(config->group, wire->group);
    TEXT_TAKE(config->account, wire->account);
    dependencies_take(config, wire);
}

static void config_give(struct wire_service_config *wire, const struct scm_config *config)
{
    wire->type = config->type;
    wire->start = config->start;
    wire->error_control = config->error_control;
    wire->tag = config->tag;
    TEXT_TAKE(wire->display_name, *config->display_name ? config->display_name : config->name);
    TEXT_TAKE(wire->image_path, config->image_path);
    TEXT_TAKE(wire->group, config->group);
    TEXT_TAKE(wire->account, config->account);
    memcpy(wire->dependencies, config->dependencies, sizeof wire->dependencies);
}

static void status_give(struct wire_service_status *wire, const struct scm_status *status)
{
    *wire = (struct wire_service_status){.type = status->type,
                                         .state = status->state,
                                         .controls_accepted = status->controls_accepted,
                                         .win32_exit_code = status->win32_exit_code,
                                         .service_exit_code = status->service_exit_code,
                                         .check_point = status->check_point,
                                         .wait_hint = status->wait_hint,
                                         .process_id = status->process_id};
}

/* ---- operations: each answers a Win32 error ----------------------------------------------------
 */

static uint32_t create(struct call *call)
{
    config_take(&call->config, &call->input.config);
    TEXT_TAKE(call->config.name, call->name);
    return scm_create(&call->config);
}

static uint32_t delete(struct call *call)
{
    return scm_delete(call->name);
}

static uint32_t start(struct call *call)
{
    const struct wire_service_arguments *wire = &call->input.arguments;
    struct scm_arguments arguments = {.text = wire->text};
    /* As many whole strings as there are. */
    while (arguments.count < wire->count && arguments.length < sizeof wire->text) {
        const char *at = wire->text + arguments.length;
        size_t length = strnlen(at, sizeof wire->text - arguments.length);
        if (length == sizeof wire->text - arguments.length)
            break;
        arguments.length += (uint32_t)length + 1;
        arguments.count++;
    }
    return scm_start(call->name, &arguments, call->reply.result.text,
                     sizeof call->reply.result.text);
}

static uint32_t control(struct call *call)
{
    uint32_t error = scm_control(call->name, call->input.control.code, &call->status,
                                 call->reply.result.text, sizeof call->reply.result.text);
    status_give(&call->reply.status.status, &call->status);
    return error;
}

/* ---- a service's own process -------------------------------------------------------------------
 */

static uint32_t connect(struct call *call)
{
    return scm_process_connect();
}

static uint32_t next(struct call *call)
{
    return scm_process_next(&call->reply.task);
}

static uint32_t answer(struct call *call)
{
    return scm_process_answer(call->input.answer.number, call->input.answer.error);
}

static uint32_t say(struct call *call)
{
    const struct wire_service_status *wire = &call->input.status;
    struct scm_status status = {.type = wire->type,
                                .state = wire->state,
                                .controls_accepted = wire->controls_accepted,
                                .win32_exit_code = wire->win32_exit_code,
                                .service_exit_code = wire->service_exit_code,
                                .check_point = wire->check_point,
                                .wait_hint = wire->wait_hint};
    return scm_process_say(call->name, &status);
}

static uint32_t ask(struct call *call)
{
    const struct wire_service_control *wire = &call->input.control;
    struct scm_ask ask = {wire->code, wire->event_type, wire->cookie};
    return scm_process_ask(call->name, &ask);
}

/* ---- configurations ----------------------------------------------------------------------------
 */

static uint32_t stop(struct call *call)
{
    uint32_t error = scm_stop(call->name, &call->status, call->reply.result.text,
                              sizeof call->reply.result.text);
    if (error)
        scm_query(call->name, &call->status);
    status_give(&call->reply.status.status, &call->status);
    return error;
}

static uint32_t query(struct call *call)
{
    uint32_t error = scm_query(call->name, &call->status);
    status_give(&call->reply.status.status, &call->status);
    return error;
}

static uint32_t config_get(struct call *call)
{
    uint32_t error = scm_config_get(call->name, &call->config);
    if (!error)
        config_give(&call->reply.config.config, &call->config);
    return error;
}

#define TEXT_MERGE(to, from)              \
    do {                                  \
        if (*(from) != WIRE_SERVICE_KEEP) \
            TEXT_TAKE(to, from);          \
    } while (0)

static uint32_t configure(struct call *call)
{
    const struct wire_service_config *wire = &call->input.config;
    struct scm_config *config = &call->config;
    uint32_t error = scm_config_get(call->name, config);
    if (error)
        return error;
    config->type = wire->type == WIRE_SERVICE_NO_CHANGE ? config->type : wire->type;
    config->start = wire->start == WIRE_SERVICE_NO_CHANGE ? config->start : wire->start;
    if (wire->error_control != WIRE_SERVICE_NO_CHANGE)
        config->error_control = wire->error_control;
    TEXT_MERGE(config->display_name, wire->display_name);
    if (*wire->image_path != WIRE_SERVICE_KEEP)
        image_path_take(config->type, config->image_path, sizeof config->image_path,
                        wire->image_path, sizeof wire->image_path);
    if (*wire->dependencies != WIRE_SERVICE_KEEP)
        dependencies_take(config, wire);
    TEXT_MERGE(config->group, wire->group);
    TEXT_MERGE(config->account, wire->account);
    return scm_config_set(call->name, config);
}

static uint32_t exists(struct call *call)
{
    return scm_config_get(call->name, &call->config);
}

static const struct {
    uint32_t (*run)(struct call *call);
    ULONG input, output; /* bytes; exact for input, at least for output */
} operations[] = {
    [WIRE_SERVICE_CREATE] = {create, sizeof(struct wire_service_config),
                             sizeof(struct wire_service_result)},
    [WIRE_SERVICE_DELETE] = {delete, 0, sizeof(struct wire_service_result)},
    [WIRE_SERVICE_START] = {start, sizeof(struct wire_service_arguments),
                            sizeof(struct wire_service_result)},
    [WIRE_SERVICE_STOP] = {stop, 0, sizeof(struct wire_service_status_reply)},
    [WIRE_SERVICE_QUERY] = {query, 0, sizeof(struct wire_service_status_reply)},
    [WIRE_SERVICE_CONFIG] = {config_get, 0, sizeof(struct wire_service_config_reply)},
    [WIRE_SERVICE_CONFIGURE] = {configure, sizeof(struct wire_service_config),
                                sizeof(struct wire_service_result)},
    [WIRE_SERVICE_EXISTS] = {exists, 0, sizeof(struct wire_service_result)},
    [WIRE_SERVICE_CONTROL] = {control, sizeof(struct wire_service_control),
                              sizeof(struct wire_service_status_reply)},
    [WIRE_SERVICE_CONNECT] = {connect, 0, sizeof(struct wire_service_result)},
    [WIRE_SERVICE_NEXT] = {next, 0, sizeof(struct wire_service_task)},
    [WIRE_SERVICE_ANSWER] = {answer, sizeof(struct wire_service_answer),
                             sizeof(struct wire_service_result)},
    [WIRE_SERVICE_SAY] = {say, sizeof(struct wire_service_status),
                          sizeof(struct wire_service_result)},
    [WIRE_SERVICE_ASK] = {ask, sizeof(struct wire_service_control),
                          sizeof(struct wire_service_result)},
};

/* ---- enumerate
 * ------------------------------------------------------------------------------------ */

struct enumeration {
    const struct wire_service_enumerate *ask;
    struct wire_service_entry *user; /* the program's */
    uint32_t room, count, total, skipped;
    NTSTATUS status;
};

static void entry_give(const struct scm_config *config, const struct scm_status *status,
                       void *context)
{
    struct enumeration *all = context;
    uint32_t is_active = status->state != SERVICE_STOPPED ? 1 : 2;
    if (!(config->type & all->ask->type) || !(is_active & all->ask->state))
        return;
    all->total++;
    if (all->skipped++ < all->ask->first || all->count == all->room || !NT_SUCCESS(all->status))
        return;
    struct wire_service_entry entry = {0};
    TEXT_TAKE(entry.name, config->name);
    TEXT_TAKE(entry.display_name, *config->display_name ? config->display_name : config->name);
    status_give(&entry.status, status);
    all->status = gate_copy_out(&all->user[all->count], &entry, sizeof entry);
    all->count++;
}

static NTSTATUS enumerate(struct call *call, bool are_dependents, void *output, ULONG length)
{
    struct wire_service_enumerate_reply reply = {0};
    if (length < sizeof reply)
        return STATUS_INFO_LENGTH_MISMATCH;
    struct enumeration all = {.ask = &call->input.enumerate,
                              .user = ((struct wire_service_enumerate_reply *)output)->entry,
                              .room = (length - (ULONG)sizeof reply) /
                                      (ULONG)sizeof(struct wire_service_entry)};
    if (are_dependents)
        scm_dependents_visit(call->name, entry_give, &all);
    else
        scm_visit(entry_give, &all);
    reply.count = all.count;
    reply.total = all.total;
    return NT_SUCCESS(all.status) ? gate_copy_out(output, &reply, sizeof reply) : all.status;
}

/* ---- the service
 * -------------------------------------------------------------------------------------- */

/* A terminated string of at most 255 bytes, read once and byte by byte up to its end. */
static NTSTATUS name_capture(const char *user, char *out_name, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        NTSTATUS status = gate_copy_in(&out_name[i], user + i, 1);
        if (!NT_SUCCESS(status) || !out_name[i])
            return status;
    }
    return STATUS_NAME_TOO_LONG;
}

static NTSTATUS serve(struct call *call, ULONG Operation, PVOID Input, ULONG InputLength,
                      PVOID Output, ULONG OutputLength)
{
    bool are_dependents = Operation == WIRE_SERVICE_DEPENDENTS;
    bool is_enumerate = Operation == WIRE_SERVICE_ENUMERATE || are_dependents;
    if (!is_enumerate &&
        (Operation >= sizeof operations / sizeof *operations || !operations[Operation].run))
        return STATUS_INVALID_PARAMETER_1;
    ULONG input = is_enumerate ? sizeof call->input.enumerate : operations[Operation].input;
    if (InputLength != input || (!is_enumerate && OutputLength < operations[Operation].output))
        return STATUS_INFO_LENGTH_MISMATCH;
    NTSTATUS status = gate_copy_in(&call->input, Input, input);
    if (NT_SUCCESS(status))
        status = gate_probe_write(Output, OutputLength, 1);
    if (!NT_SUCCESS(status))
        return status;
    if (is_enumerate)
        return enumerate(call, are_dependents, Output, OutputLength);
    call->reply.result.error = operations[Operation].run(call);
    return gate_copy_out(Output, &call->reply, operations[Operation].output);
}

NTSTATUS NTAPI NtCoveServiceControl(ULONG Operation, PVOID Name, PVOID Input, ULONG InputLength,
                                    PVOID Output, ULONG OutputLength)
{
    struct call *call = ExAllocatePool2(POOL_FLAG_PAGED, sizeof *call, TAG_SCM);
    if (!call)
        return STATUS_INSUFFICIENT_RESOURCES;
    NTSTATUS status = Name ? name_capture(Name, call->name, sizeof call->name) : STATUS_SUCCESS;
    if (NT_SUCCESS(status))
        status = serve(call, Operation, Input, InputLength, Output, OutputLength);
    ExFreePoolWithTag(call, TAG_SCM);
    return status;
}
