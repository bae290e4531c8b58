/* SPDX-License-Identifier: MIT */
/* queue.h - file queues: files that are to be copied, deleted and renamed in one go. */
#ifndef SETUP_QUEUE_H
#define SETUP_QUEUE_H

#include "set.h"

struct file_queue;

/* NULL with ERROR_INVALID_HANDLE. */
struct file_queue *queue_of(void *handle);
/* Adds a copy; paths are whole. Errors: last error set */
bool queue_copy_add(struct file_queue *queue, const wchar_t *source, const wchar_t *target,
                    DWORD style);
bool queue_delete_add(struct file_queue *queue, const wchar_t *target);
bool queue_rename_add(struct file_queue *queue, const wchar_t *source, const wchar_t *target);
/* queue_device.c: the files that installing the device's driver would copy. */
BOOL queue_device_files(struct device_element *element);

#endif
