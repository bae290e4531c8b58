/* SPDX-License-Identifier: MIT */
/* setup.c - start and end of the room, its lock, what it says, and failing on request. */
#include "setup/setup.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/files.h"
#include "install.h"
#include "pnp/pnp.h"
#include "rtl/rtl.h"
#include "setup_internal.h"

struct setup_options setup_options;

static KMUTEX installation; /* one at a time; guards the store's list and the faults below */
static unsigned fault_fail_at, fault_die_at, fault_steps;

NTSTATUS setup_init(const struct setup_options *options)
{
    setup_options = *options;
    KeInitializeMutex(&installation, 0);
    return STATUS_SUCCESS;
}

void setup_fini(void)
{
    pnp_install_set(NULL);
    pnp_signature_set(NULL);
    setup_lock();
    store_unload();
    setup_unlock();
}

/* A service's package is known by who owns the service. The registry alone is asked: the worker
 * that loads drivers may not wait for an installation. */
static bool service_is_trusted(const UNICODE_STRING *service)
{
    char *name = text_of_wide(service->Buffer, service->Length);
    char *key = name ? text_format("%s\\%s", PATH_SERVICES, name) : NULL;
    char **owners = key ? setup_key_list(key, "Owners") : NULL;
    bool is_trusted = false;
    for (size_t i = 0; owners && owners[i] && !is_trusted; i++) {
        char *inf = text_format("%s\\%s", PATH_INFS, owners[i]);
        char *folder = inf ? setup_key_text(inf, "Active") : NULL;
        char *package = folder ? text_format("%s\\%s", PATH_PACKAGES, folder) : NULL;
        is_trusted = package && setup_key_number(package, "SignerState", SETUP_UNSIGNED) ==
                                    SETUP_SIGNED_TRUSTED;
        free(package);
        free(folder);
        free(inf);
    }
    setup_key_list_free(owners);
    free(key);
    free(name);
    return is_trusted;
}

NTSTATUS setup_start(void)
{
    if (setup_options.drive_folder) {
        setup_lock();
        plan_recover();
        store_sweep();
        setup_unlock();
    }
    pnp_install_set(install_new_device);
    if (setup_options.signing == SETUP_SIGNING_ON)
        pnp_signature_set(service_is_trusted);
    return STATUS_SUCCESS;
}

void setup_lock(void)
{
    KeWaitForSingleObject(&installation, Executive, KernelMode, FALSE, NULL);
}

void setup_unlock(void)
{
    KeReleaseMutex(&installation, FALSE);
}

uint32_t setup_fail(struct setup_error *error, uint32_t code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (!error->code) {
        error->code = code;
        vsnprintf(error->text, sizeof error->text, format, arguments);
        setup_note("!    %s (0x%08x)", error->text, code);
    }
    va_end(arguments);
    return code;
}

void setup_note(const char *format, ...)
{
    char line[700];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line - 1, format, arguments);
    va_end(arguments);
    if (length < 0 || !setup_options.drive_folder)
        return;
    if ((size_t)length > sizeof line - 2)
        length = sizeof line - 2;
    line[length++] = '\n';
    char *path = file_host_path(FOLDER_INF "\\setupapi.dev.log", true);
    int fd;
    if (path && !host_file_open(path, O_WRONLY | O_CREAT | O_APPEND, 0600, &fd)) {
        (void)!write(fd, line, (size_t)length);
        close(fd);
    }
    free(path);
}

void setup_fault_set(unsigned fail_at, unsigned die_at)
{
    setup_lock();
    fault_fail_at = fail_at;
    fault_die_at = die_at;
    fault_steps = 0;
    setup_unlock();
}

unsigned setup_fault_steps(void)
{
    return fault_steps;
}

bool setup_fault(void)
{
    fault_steps++;
    if (fault_steps == fault_die_at)
        _exit(137); /* as kill -9 would: nothing is tidied up */
    return fault_steps == fault_fail_at;
}
