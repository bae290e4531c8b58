/* SPDX-License-Identifier: MIT */
/* drive.c - the folders that machines have on the host: drive C:, and the state of those kept.
 *
 * A fresh machine's drive lies beside its socket: made before it starts, removed when it has
 * ended; one that a killed machine left behind is emptied before it is used again. A kept
 * machine has a state folder, with its registry and its drive, until somebody says forget.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client_internal.h"
#include "host/socket.h"

static int entry_remove(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    return remove(path);
}

static void folder_remove(const char *path)
{
    nftw(path, entry_remove, 16, FTW_DEPTH | FTW_PHYS);
}

/* <runtime folder>/NAME.drive */
static int drive_path(const char *name, char *out_path, size_t size)
{
    int error = client_socket_path(name, out_path, size);
    if (error)
        return error;
    char *dot = strrchr(out_path, '.');
    if ((size_t)(dot - out_path) + sizeof ".drive" > size)
        return client_fail(ENAMETOOLONG, "the path of machine '%s' is too long", name);
    strcpy(dot, ".drive");
    return 0;
}

static int drive_fill(const char *drive, const char *name)
{
    static const char *const folders[] = {"",
                                          "/Windows",
                                          "/Windows/INF",
                                          "/Windows/System32",
                                          "/Windows/System32/drivers",
                                          "/Windows/System32/drivers/etc",
                                          "/Windows/SysWOW64",
                                          "/Windows/SysWOW64/drivers",
                                          "/Windows/Temp"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        char path[PATH_MAX];
        int length = snprintf(path, sizeof path, "%s%s", drive, folders[i]);
        if (length < 0 || (size_t)length >= sizeof path)
            return client_fail(ENAMETOOLONG, "the path of machine '%s' is too long", name);
        if (mkdir(path, 0700) && errno != EEXIST)
            return client_fail(errno, "cannot make %s: %s", path, strerror(errno));
    }
    return 0;
}

int client_drive_make(const char *name, char *out_path, size_t size)
{
    int error = drive_path(name, out_path, size);
    if (error)
        return error;
    folder_remove(out_path);
    return drive_fill(out_path, name);
}

void client_forget(const char *name)
{
    char path[PATH_MAX];
    if (!drive_path(name, path, sizeof path))
        folder_remove(path);
}

/* ---- machines that are kept --------------------------------------------------------------- */

/* Where all state folders lie. */
static int states_path(char *out_path, size_t size)
{
    const char *own = getenv("COVE_STATE_DIR"), *runtime = getenv("COVE_RUNTIME_DIR"),
               *xdg = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    int length;
    if (own && *own)
        length = snprintf(out_path, size, "%s", own);
    else if (runtime && *runtime)
        length = snprintf(out_path, size, "%s/state", runtime);
    else if (xdg && *xdg == '/')
        length = snprintf(out_path, size, "%s/cove", xdg);
    else if (home && *home == '/')
        length = snprintf(out_path, size, "%s/.local/state/cove", home);
    else
        return client_fail(ENOENT, "there is no home folder to keep machines in; set "
                                   "COVE_STATE_DIR to a folder");
    return length < 0 || (size_t)length >= size
               ? client_fail(ENAMETOOLONG, "the path of the state folder is too long")
               : 0;
}

int client_state_path(const char *name, char *out_path, size_t size)
{
    char folder[PATH_MAX], socket_path[PATH_MAX];
    /* Says what is wrong with a name. */
    int error = client_socket_path(name, socket_path, sizeof socket_path);
    if (!error)
        error = states_path(folder, sizeof folder);
    if (error)
        return error;
    int length = snprintf(out_path, size, "%s/%s", folder, name);
    return length < 0 || (size_t)length >= size
               ? client_fail(ENAMETOOLONG, "the path of machine '%s' is too long", name)
               : 0;
}

/* With the folders above it. */
static int folders_make(const char *path)
{
    char part[PATH_MAX];
    snprintf(part, sizeof part, "%s", path);
    for (char *at = part + 1;; at++) {
        if (*at != '/' && *at)
            continue;
        char kept = *at;
        *at = '\0';
        if (mkdir(part, 0700) && errno != EEXIST)
            return client_fail(errno, "cannot make %s: %s; set COVE_STATE_DIR to another folder",
                               part, strerror(errno));
        *at = kept;
        if (!kept)
            return 0;
    }
}

int client_state_make(const char *name, char *out_state, char *out_drive, size_t size)
{
    int error = client_state_path(name, out_state, size);
    if (!error)
        error = folders_make(out_state);
    if (error)
        return error;
    int length = snprintf(out_drive, size, "%s/drive-c", out_state);
    if (length < 0 || (size_t)length >= size)
        return client_fail(ENAMETOOLONG, "the path of machine '%s' is too long", name);
    return drive_fill(out_drive, name);
}

/* What it said, which `cove log` shows after its end. */
static void log_forget(const char *name)
{
    static const char *const endings[] = {".log", ".ring"};
    char path[PATH_MAX];
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        if (!client_log_path(name, endings[i], path, sizeof path))
            unlink(path);
}

int client_state_forget(const char *name)
{
    char path[PATH_MAX];
    int error = client_state_path(name, path, sizeof path);
    if (error)
        return error;
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return errno == ENOENT ? ENOENT
                               : client_fail(errno, "cannot open %s: %s", path, strerror(errno));
    /* The lock is the machine's while it runs, and for some moments more. */
    enum { TRIES = 50, PAUSE_US = 20000 };
    char socket_path[PATH_MAX];
    int probe, tries = TRIES;
    if (!client_socket_path(name, socket_path, sizeof socket_path) &&
        !host_socket_connect(socket_path, &probe)) {
        close(probe);
        tries = 1;
    }
    while ((error = flock(folder, LOCK_EX | LOCK_NB)) && --tries > 0)
        usleep(PAUSE_US);
    if (error)
        error =
            client_fail(EBUSY, "machine '%s' is running; `cove shutdown %s` ends it", name, name);
    else
        folder_remove(path);
    close(folder);
    if (!error)
        log_forget(name);
    if (!error && !access(path, F_OK))
        error = client_fail(EIO, "cannot remove all of %s; remove the rest by hand", path);
    return error;
}
