/* SPDX-License-Identifier: MIT */
/* hostfs_internal.h - drives, open files and nodes; the Linux calls of the *_host.c files.
 *
 * Strings of Linux are UTF-8 and malloc'ed. Only files named *_host.c include Linux' headers;
 * everything here is told in NT's types.
 */
#ifndef HOSTFS_INTERNAL_H
#define HOSTFS_INTERNAL_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/assert.h"
#include "base/list.h"
#include "ex/ex.h"
#include "fsrtl/fsrtl.h"
#include "hostfs/hostfs.h"
#include "host/host.h"
#include "ke/ke.h"
#include "mm/mm.h"
#include "ob/ob.h"
#include "rtl/rtl.h"

#define HOSTFS_TAG 'sfHC'

/* ---- what a host file is, told in NT's units ------------------------------------------------- */

struct hostfs_stat {
    uint64_t device, inode, size_bytes, allocated_bytes;
    int64_t create_100ns, access_100ns, write_100ns, change_100ns; /* since 1601 */
    uint32_t links;
    bool is_directory, is_read_only;
    DEVICE_TYPE device_type; /* disk, named pipe, console, null */
};

/* errno -> NTSTATUS; the one place. */
NTSTATUS hostfs_status_of_errno(int error);

/* file_host.c: all paths absolute. 0 or an errno value. */
struct hostfs_open {
    bool for_read, for_write, create, exclusive, truncate, is_directory, read_only;
};
int hostfs_host_open(const char *path, const struct hostfs_open *how, int *out_fd);
int hostfs_host_close(int fd);
int hostfs_host_stat(const char *path, struct hostfs_stat *out_stat);
int hostfs_host_stat_fd(int fd, struct hostfs_stat *out_stat);
int hostfs_host_read(int fd, void *buffer, size_t length, uint64_t offset, size_t *out_done);
int hostfs_host_write(int fd, const void *buffer, size_t length, uint64_t offset, size_t *out_done);
int hostfs_host_flush(int fd);
int hostfs_host_resize(int fd, uint64_t size);
int hostfs_host_times_set(int fd, int64_t access_100ns, int64_t write_100ns); /* 0: leave */
int hostfs_host_read_only_set(int fd, bool is_read_only);
int hostfs_host_remove(const char *path, bool is_directory);
int hostfs_host_rename(const char *from, const char *to, bool replace);
bool hostfs_host_directory_is_empty(const char *path);
/* Calls visit for every entry but "." and ".."; stops when it returns false. */
int hostfs_host_directory_visit(const char *path, bool (*visit)(const char *name, void *context),
                                void *context);
struct hostfs_volume {
    uint64_t total_units, free_units, available_units, serial;
    uint32_t unit_bytes;
};
int hostfs_host_volume(const char *path, struct hostfs_volume *out_volume);

/* pipe_host.c: descriptors that a program brought along. These may block. */
struct hostfs_cancel; /* wakes a blocked read or write */
int hostfs_cancel_create(struct hostfs_cancel **out_cancel);
void hostfs_cancel_signal(struct hostfs_cancel *cancel);
void hostfs_cancel_destroy(struct hostfs_cancel *cancel);
/* 0: ready (or at its end); EAGAIN: not yet; ECANCELED. cancel NULL: does not block. */
int hostfs_pipe_wait(int fd, bool for_write, struct hostfs_cancel *cancel);
int hostfs_pipe_read(int fd, void *buffer, size_t length, size_t *out_done);
int hostfs_pipe_write(int fd, const void *buffer, size_t length, size_t *out_done);
void hostfs_pipe_init(void);

/* ---- drives
 * -------------------------------------------------------------------------------------- */

struct hostfs_drive {
    PDEVICE_OBJECT device;
    char *root; /* no slash at the end, "" for the whole host; set once */
    char letter;
};

/* The drive of a letter, NULL: none. */
struct hostfs_drive *hostfs_drive_find(char letter);
struct hostfs_drive *hostfs_drive_of(PDEVICE_OBJECT device);

/* ---- names
 * ------------------------------------------------------------------------------------------ */

/* Follows name (components behind backslashes) from folder, whatever the case of letters.
 * Gives the host path, of which all but the last component exist; *out_exists says whether
 * the last one does. */
NTSTATUS hostfs_lookup(const char *folder, const UNICODE_STRING *name, char **out_path,
                       bool *out_exists);
/* Wildcards of NtQueryDirectoryFile, letters in any case. */
bool hostfs_name_matches(const UNICODE_STRING *pattern, const UNICODE_STRING *name);
/* The rest of an NT path behind its drive, as a view into it. */
NTSTATUS hostfs_split(const UNICODE_STRING *nt_path, struct hostfs_drive **out_drive,
                      UNICODE_STRING *out_rest);

/* ---- open files
 * ----------------------------------------------------------------------------------------- */

/* A host file as long as somebody has it open. */
struct hostfs_node {
    struct list link; /* guarded by hostfs_lock, as are all fields */
    uint64_t device, inode;
    unsigned opens;                  /* files between create and cleanup */
    unsigned files;                  /* files between create and close */
    bool delete_pending, is_removed; /* its name is to go; is gone */
    SHARE_ACCESS share;
    SECTION_OBJECT_POINTERS sections; /* mm's */
    FILE_LOCK locks;                  /* fsrtl's */
};

struct hostfs_directory; /* snapshot of a listing */

struct hostfs_file { /* FILE_OBJECT.FsContext */
    struct hostfs_drive *drive;
    struct hostfs_node *node;
    char *path; /* host path; changes with a rename, under hostfs_lock */
    int fd;
    bool is_directory, delete_on_close;
    bool delete_at_once;                /* the name goes with this file, not with the node's last */
    struct hostfs_directory *directory; /* the synchronous file's own; NULL before a query */
    UNICODE_STRING name;                /* behind the drive, as opened */
};

/* Guards nodes, paths and share access. Nothing that blocks for long is done under it. */
extern FAST_MUTEX hostfs_lock;

static inline struct hostfs_file *hostfs_file_of(const FILE_OBJECT *file)
{
    return file->FsContext;
}

NTSTATUS hostfs_file_open(FILE_OBJECT *file, PIO_STACK_LOCATION stack, ULONG_PTR *out_information);
void hostfs_file_cleanup(FILE_OBJECT *file);
void hostfs_file_close(FILE_OBJECT *file);
void hostfs_sections_init(void);
NTSTATUS hostfs_file_stat(const struct hostfs_file *file, struct hostfs_stat *out_stat);

NTSTATUS hostfs_query_information(FILE_OBJECT *file, ULONG kind, void *buffer, ULONG length,
                                  ULONG_PTR *out_length);
NTSTATUS hostfs_set_information(FILE_OBJECT *file, ULONG kind, const void *buffer, ULONG length);
NTSTATUS hostfs_query_volume(FILE_OBJECT *file, ULONG kind, void *buffer, ULONG length,
                             ULONG_PTR *out_length);
NTSTATUS hostfs_query_directory(FILE_OBJECT *file, const UNICODE_STRING *pattern, ULONG kind,
                                UCHAR flags, void *buffer, ULONG length, ULONG_PTR *out_length);
void hostfs_directory_free(struct hostfs_directory *directory);
ULONG hostfs_attributes(const struct hostfs_stat *stat);
NTSTATUS hostfs_read(FILE_OBJECT *file, void *buffer, ULONG length, LARGE_INTEGER offset,
                     ULONG_PTR *out_done);
NTSTATUS hostfs_write(FILE_OBJECT *file, const void *buffer, ULONG length, LARGE_INTEGER offset,
                      ULONG_PTR *out_done);

/* ---- dispatch, hostfs_ddi.c and pipe_ddi.c
 * ------------------------------------------------------------------ */

PDRIVER_INITIALIZE hostfs_driver_entry(void);
/* The pipe device's routines, chosen by device. */
NTSTATUS hostfs_pipe_dispatch(PDEVICE_OBJECT device, PIRP irp);
extern PDEVICE_OBJECT hostfs_pipe_device;
/* A descriptor that waits for its open: token names it; taken by the create. */
NTSTATUS hostfs_pipe_offer(int fd, bool can_read, bool can_write, unsigned *out_token);
void hostfs_pipe_offer_drop(unsigned token);

#endif
