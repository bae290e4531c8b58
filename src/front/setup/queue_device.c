/* SPDX-License-Identifier: MIT */
/* queue_device.c - the files of a device's driver, put into the file queue that it is to use.
 *
 * In: the driver that is selected for the device, or that it has; out: a copy for each file of its
 * install section. Differs: files that stay in the driver store (DIRID 13) are not copied by a
 * queue, so they are not in it.
 */
#include <string.h>

#include "base/width.h"
#include "crt/string.h"
#include "crt/utf.h"
#include "driver.h"
#include "inf/dirid.h"
#include "inf/entry.h"
#include "inf_handle.h"
#include "queue.h"

#define NO_VCP 0x8u /* DI_NOVCP: the queue is the caller's */

struct filling {
    struct file_queue *queue;
    bool is_done;
};

static int file_queue_take(void *context, const struct inf_file *file)
{
    static const char source_folder[] = "C:\\Windows\\INF";
    struct filling *filling = context;
    struct inf_dirid_owner owner = {source_folder, NULL};
    const char *folder =
        file->dirid == INF_DIRID_ABSOLUTE ? "" : inf_dirid_table(&owner, file->dirid);
    char narrow[2][MAX_PATH * 2];
    wchar_t wide[2][MAX_PATH * 2];
    if (file->action != INF_FILE_COPY || !folder)
        return 0;
    size_t used = strlen(folder);
    if (used + strlen(file->subdir) + strlen(file->target) + 3 > sizeof narrow[0] ||
        strlen(file->source) + sizeof source_folder + 1 > sizeof narrow[1])
        return 0;
    strcpy(narrow[0], folder);
    if (*file->subdir) {
        strcat(narrow[0], *folder ? "\\" : "");
        strcat(narrow[0], file->subdir);
    }
    strcat(narrow[0], "\\");
    strcat(narrow[0], file->target);
    strcpy(narrow[1], source_folder);
    strcat(narrow[1], "\\");
    strcat(narrow[1], file->source);
    crt_utf16_from_string(narrow[0], wide[0], MAX_PATH * 2);
    crt_utf16_from_string(narrow[1], wide[1], MAX_PATH * 2);
    filling->is_done = queue_copy_add(filling->queue, wide[1], wide[0], file->flags);
    return !filling->is_done;
}

static const struct wire_driver *driver_of(struct device_element *element)
{
    if (element->selected)
        return &element->selected->driver;
    if (!drivers_read(element))
        return NULL;
    list_for_each(node, &element->drivers)
    {
        const struct driver_element *driver = list_entry(node, struct driver_element, link);
        if (driver->driver.flags & WIRE_DRIVER_INSTALLED)
            return &driver->driver;
    }
    return error_fail(ERROR_NO_DRIVER_SELECTED), NULL;
}

BOOL queue_device_files(struct device_element *element)
{
    struct filling filling = {.is_done = true};
    const struct inf_target *target = inf_handle_target();
    struct inf_install install;
    struct inf_error why;
    char section[256];
    if (!(element->params.flags & NO_VCP))
        return TRUE; /* part of the installation itself here */
    filling.queue = queue_of(element->params.queue);
    const struct wire_driver *driver = filling.queue ? driver_of(element) : NULL;
    if (!driver)
        return FALSE;
    const struct inf *inf = inf_handle_open((const wchar_t *)driver->published);
    if (!inf)
        return FALSE;
    crt_utf8_from_string((const wchar_t *)driver->section, section, sizeof section);
    const struct inf_section *found = inf_section_find(inf, section);
    if (!found && inf_install_find(inf, section, target, &install) == INF_OK)
        found = install.section;
    int answer =
        found ? inf_files_visit(inf, found, target, file_queue_take, &filling, &why) : INF_ABSENT;
    inf_destroy((struct inf *)inf);
    if (answer == INF_DAMAGED || !found)
        return error_fail(ERROR_SECTION_NOT_FOUND);
    return filling.is_done;
}
