/* SPDX-License-Identifier: MIT */
/* inf_handle.h - INF files as setupapi's other files read them. */
#ifndef SETUP_INF_HANDLE_H
#define SETUP_INF_HANDLE_H

#include "inf/inf.h"
#include "inf/model.h"
#include "plug.h"

#define INF_FOLDERS_MOST 32u

/* A file that a program opened. A program's threads may read it together; giving folders their
 * numbers (SetupSetDirectoryId) is the program's to serialize, as with Windows. */
struct inf_handle {
    uint32_t magic;
    struct inf *inf;
    char source[MAX_PATH * 3]; /* the folder it lies in; DIRID 1 */
    unsigned folder_count;
    struct inf_folder {
        uint32_t dirid;
        char *path; /* malloc'ed */
    } folder[INF_FOLDERS_MOST];
};

/* NULL with ERROR_INVALID_HANDLE. */
struct inf_handle *inf_handle_of(void *pointer);
/* An inf_dirid_path of a handle: the folders it was told of, else the machine's. */
const char *inf_handle_folder(void *handle, uint32_t dirid);
/* A text with the numbers of folders replaced that the handle was told of; malloc'ed. NULL: no
 * memory, or a number that no folder has (last error set). */
char *inf_handle_text(struct inf_handle *handle, const char *text);
/* What packages are installed for here. */
const struct inf_target *inf_handle_target(void);
/* A handle from a path or name; the same as SetupOpenInfFile. INVALID_HANDLE_VALUE: last error. */
struct inf_handle *inf_handle_create(const wchar_t *name, UINT *out_line);
void inf_handle_destroy(struct inf_handle *handle);

/* Of a path, or of a name in the system's folder; inf_destroy. NULL with the last error set. */
struct inf *inf_handle_open(const wchar_t *name);

#endif
