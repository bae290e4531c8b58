/* SPDX-License-Identifier: MIT */
/* devices.h - the devices of a machine as `cove devcon` and `cove pnputil` see them. */
#ifndef CLI_DEVICES_H
#define CLI_DEVICES_H

#include <stdbool.h>

#include <cjson/cJSON.h>

/* Every device that is there, in the order of the tree; is_all: those that once were, too. NULL:
 * the error has been printed. */
cJSON *devices_ask(const char *machine, bool is_all);
/* A list that the machine sends item by item (NULL: the error has been printed). */
cJSON *devices_ask_list(const char *machine, const char *const *words);

/* '*' stands for anything; case is not looked at. */
bool device_text_matches(const char *pattern, const char *text);
/* devcon's IDs: hardware and compatible IDs, "@" instance IDs, "'" letter for letter. */
bool device_matches(const cJSON *device, const char *id);
/* "Net" or "{guid}". */
bool device_is_of_class(const cJSON *device, const char *name);
/* One of its hardware or compatible IDs, letter for letter. */
bool device_has_id(const cJSON *device, const char *id);
bool device_is_present(const cJSON *device);

/* Enables, disables … one device ("device-" in front of verb is added). Returns the request's
 * code; out_text (256 bytes): why not. UINT32_MAX: the machine did not answer, which was said. */
unsigned device_change(const char *machine, const char *verb, const char *instance,
                       const char *option, char *out_text, bool *out_needs_restart);

#endif
