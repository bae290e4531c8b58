/* SPDX-License-Identifier: MIT */
/* resource.h - logical configurations: a device's lists of resources as cfgmgr32 describes them.
 *
 * A configuration is read once and described at once; its handle and those of its descriptors keep
 * it. The structures are those of cfgmgr32.h, packed.
 */
#ifndef SETUP_RESOURCE_H
#define SETUP_RESOURCE_H

#include "plug.h"

enum configuration_kind { /* the low bits of a configuration's flags */
                          CONFIGURATION_BASIC,
                          CONFIGURATION_FILTERED,
                          CONFIGURATION_ALLOCATED,
                          CONFIGURATION_BOOT,
                          CONFIGURATION_FORCED,
                          CONFIGURATION_OVERRIDE,
};
#define CONFIGURATION_BITS 7u

#define RESOURCE_ALL       0u
#define RESOURCE_INTERRUPT 4u
#define RESOURCES_MOST     1024u

struct resource {
    uint32_t id; /* ResType_* */
    uint32_t length;
    char *data; /* header, then ranges; heap */
};

struct configuration {
    uint32_t references; /* atomic */
    unsigned count;
    struct resource *resource; /* heap */
};

/* bytes: a CM_RESOURCE_LIST, or (kinds that say what a device could use) an
 * IO_RESOURCE_REQUIREMENTS_LIST, whose alternative-th list is meant. What is damaged ends the list.
 * Errors: CR_NO_MORE_LOG_CONF, CR_OUT_OF_MEMORY */
CONFIGRET configuration_of_list(const void *bytes, size_t length,
                                struct configuration **out_configuration);
CONFIGRET configuration_of_requirements(const void *bytes, size_t length, unsigned alternative,
                                        struct configuration **out_configuration);
void configuration_put(struct configuration *configuration);

#endif
