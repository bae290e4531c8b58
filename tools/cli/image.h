/* SPDX-License-Identifier: MIT */
/* image.h - what the command shows of a driver image. */
#ifndef CLI_IMAGE_H
#define CLI_IMAGE_H

#include <stddef.h>

#include <cjson/cJSON.h>

/* The object that --json prints, as lines for people. */
void image_print(const cJSON *image);
/* One line about a file: machine, linker, signature; or what is wrong with it. */
void image_line(const char *path, char *out_text, size_t size);

#endif
