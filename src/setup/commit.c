/* SPDX-License-Identifier: MIT */
/* commit.c - carries a plan out so that it is whole or nothing of it is left.
 *
 * Three states on disk tell at the next boot what to do. Files lie under temporary names, and a
 * journal lists them with the names they will take; the registry's batch, written as one, holds
 * the journal's number; then the files take their names and the journal goes. A journal whose
 * number the registry knows is finished, another one is swept.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cm/cm.h"
#include "host/files.h"
#include "host/host.h"
#include "rtl/rtl.h"
#include "setup_internal.h"
#include "undo.h"

#define JOURNAL      FOLDER_STORE "\\pending.txt"
#define LAST_INSTALL "LastInstallation"

static uint64_t plan_number_next(void)
{
    static uint64_t last; /* under the installation lock */
    uint64_t now = host_clock_ns();
    last = now > last ? now : last + 1;
    return last;
}

static void journal_remove(void)
{
    char *path = file_host_path(JOURNAL, false);
    if (path)
        host_file_remove(path, false);
    free(path);
}

/* "NUMBER\n", then a line per file: kind, temporary host path, host path it takes. */
static uint32_t journal_write(const struct plan *plan, uint64_t number, struct setup_error *error)
{
    char *text = text_format("%llu\n", (unsigned long long)number);
    for (size_t i = 0; text && i < plan->file_count; i++) {
        const struct plan_file *file = &plan->files[i];
        char *to = file_host_path(file->to, true),
             *more = to ? text_format("%s%c\t%s\t%s\n", text, "CDR"[file->kind],
                                      file -> temporary ? file -> temporary : "", to)
                        : NULL;
        free(to);
        free(text);
        text = more;
    }
    char *path = text ? file_host_path(JOURNAL, true) : NULL;
    uint32_t result = path ? file_write(path, text, strlen(text), error)
                           : setup_fail(error, ERROR_OUTOFMEMORY, "out of memory");
    free(path);
    free(text);
    return result;
}

/* One file takes its name, or is removed: after the registry is on disk. */
static void file_finish(char kind, const char *temporary, const char *to)
{
    if (kind == 'D')
        host_file_remove(to, false);
    else if (*temporary)
        host_file_rename(temporary, to, true);
}

/* Says under which name the file will wait; NULL temporary: nothing is to be done for it. */
static uint32_t file_name(struct plan_file *file, uint64_t number, struct setup_error *error)
{
    char *to = file_host_path(file->to, true);
    if (!to)
        return setup_fail(error, ERROR_OUTOFMEMORY, "%s: no such folder, or out of memory",
                          file->to);
    bool is_there = (file->if_absent || file->if_present) && file_is_there(to);
    bool is_wanted = !(file->if_absent && is_there) && !(file->if_present && !is_there);
    if (file->kind == PLAN_RENAME)
        file->temporary = file_host_path(file->from, false);
    else if (file->kind == PLAN_COPY && is_wanted)
        file->temporary = text_format("%s.%llu.new", to, (unsigned long long)number);
    free(to);
    return NO_ERROR;
}

static uint32_t file_prepare(const struct plan_file *file, struct setup_error *error)
{
    if (file->kind != PLAN_COPY || !file->temporary)
        return NO_ERROR;
    if (setup_fault())
        return setup_fail(error, ERROR_WRITE_FAULT, "%s: failed on request", file->to);
    return file_copy(file->from, file->temporary, error);
}

static void files_forget(struct plan *plan)
{
    for (size_t i = 0; i < plan->file_count; i++) {
        struct plan_file *file = &plan->files[i];
        if (file->kind == PLAN_COPY && file->temporary)
            host_file_remove(file->temporary, false);
        free(file->temporary);
        file->temporary = NULL;
    }
    journal_remove();
}

static char *journal_number(void)
{
    return setup_key_text(PATH_STORE, LAST_INSTALL);
}

uint32_t plan_prepare(struct plan *plan, struct setup_error *error)
{
    if (plan->is_short)
        return setup_fail(error, ERROR_OUTOFMEMORY, "out of memory");
    uint64_t number = plan_number_next();
    uint32_t result = NO_ERROR;
    if (plan->file_count) {
        char text[32];
        snprintf(text, sizeof text, "%llu", (unsigned long long)number);
        plan_text(plan, PATH_STORE, LAST_INSTALL, REG_SZ, text);
        for (size_t i = 0; i < plan->file_count && !result; i++)
            result = file_name(&plan->files[i], number, error);
        if (!result)
            result = journal_write(plan, number, error); /* before there is a file of it */
    }
    for (size_t i = 0; i < plan->file_count && !result; i++)
        result = file_prepare(&plan->files[i], error);
    if (!result && setup_fault())
        result = setup_fail(error, ERROR_WRITE_FAULT, "failed on request before the registry");
    if (result && plan->file_count)
        files_forget(plan);
    return result;
}

uint32_t plan_apply(struct plan *plan, struct undo **out_undo, struct setup_error *error)
{
    struct undo *undo = undo_create();
    if (!undo)
        return setup_fail(error, ERROR_OUTOFMEMORY, "out of memory");
    for (size_t i = 0; i < plan->step_count; i++) {
        const struct plan_step *step = &plan->steps[i];
        NTSTATUS status = setup_fault() ? STATUS_UNSUCCESSFUL : undo_step(undo, step);
        if (NT_SUCCESS(status))
            continue;
        undo_all(undo);
        undo_destroy(undo);
        return setup_fail(error, RtlNtStatusToDosError(status), "cannot change %s%s%s: %s",
                          step->path, *step->name ? ", " : "", step->name, rtl_status_text(status));
    }
    *out_undo = undo;
    return NO_ERROR;
}

void plan_finish(struct plan *plan, struct undo *undo)
{
    undo_destroy(undo);
    for (size_t i = 0; i < plan->file_count; i++) {
        struct plan_file *file = &plan->files[i];
        char *to = file_host_path(file->to, false);
        setup_fault(); /* may end the process; failing is too late here */
        if (to)
            file_finish("CDR"[file->kind], file -> temporary ? file -> temporary : "", to);
        free(to);
    }
    if (plan->file_count)
        journal_remove();
}

void plan_abandon(struct plan *plan, struct undo *undo)
{
    if (undo) {
        undo_all(undo);
        undo_destroy(undo);
    }
    if (plan->file_count)
        files_forget(plan);
}

uint32_t plan_commit(struct plan *plan, struct setup_error *error)
{
    struct undo *undo = NULL;
    uint32_t result = plan_prepare(plan, error);
    if (result)
        return result;
    cm_batch_begin();
    result = plan_apply(plan, &undo, error);
    NTSTATUS status = cm_batch_end();
    if (!result && !NT_SUCCESS(status))
        result = setup_fail(error, RtlNtStatusToDosError(status),
                            "the registry cannot be written: %s", rtl_status_text(status));
    if (result)
        plan_abandon(plan, undo);
    else
        plan_finish(plan, undo);
    return result;
}

static void journal_line(char *line, bool is_finished)
{
    char *temporary = strchr(line, '\t'), *to = temporary ? strchr(temporary + 1, '\t') : NULL;
    if (!to)
        return; /* the journal was cut off while it was written: nothing was copied yet */
    *temporary++ = *to++ = '\0';
    if (is_finished)
        file_finish(*line, temporary, to);
    else if (*line == 'C' && *temporary)
        host_file_remove(temporary, false);
}

void plan_recover(void)
{
    char *path = file_host_path(JOURNAL, false);
    uint8_t *bytes;
    size_t length;
    struct setup_error unused = {0};
    if (!path || !file_is_there(path) || file_read(path, &bytes, &length, &unused)) {
        free(path);
        return;
    }
    bytes[length] = '\0'; /* file_read has room for it */
    char *text = (char *)bytes, *rest, *number = strtok_r(text, "\n", &rest),
         *last = journal_number();
    bool is_finished = number && last && !strcmp(number, last);
    for (char *line; number && (line = strtok_r(NULL, "\n", &rest));)
        journal_line(line, is_finished);
    setup_note("an interrupted installation was %s",
               is_finished ? "finished: its registry changes were on disk" : "swept");
    host_file_remove(path, false);
    free(last);
    free(bytes);
    free(path);
}
