/* SPDX-License-Identifier: MIT */
/* place.h - what a host file is called behind the drive letter of the current folder. */
#ifndef PLACE_H
#define PLACE_H

#include <stddef.h>

/* host_folder is the host's name of directory ("C:\\Programs\\tests\\x"); file is an absolute
 * host path. A file that the drive does not reach gets the current directory's path and its own
 * name, where opening it by that name says honestly that it is not there. */
void place_of_file(const char *file, const char *host_folder, const char *directory, char *out,
                   size_t size);

#endif
