/* SPDX-License-Identifier: MIT */
/* control_interface.c - interfaces: device interfaces of a device, or of all. */
#include <stdlib.h>
#include <string.h>

#include "control_setup.h"
#include "pnp/interface.h"
#include "rtl/rtl.h"

static void text_add(cJSON *item, const char *name, const UNICODE_STRING *string)
{
    char *text = rtl_utf8_of(string);
    cJSON_AddStringToObject(item, name, text ? text : "");
    rtl_free(text);
}

static void interface_add(struct control_list *list, WCHAR *path)
{
    UNICODE_STRING link, guid;
    struct pnp_interface interface;
    RtlInitUnicodeString(&link, path);
    if (!NT_SUCCESS(pnp_interface_find(&link, &interface)))
        return;
    cJSON *item = cJSON_CreateObject();
    text_add(item, "instance", &interface.instance);
    text_add(item, "reference", &interface.reference);
    if (NT_SUCCESS(RtlStringFromGUID(&interface.class_guid, &guid))) {
        text_add(item, "class_guid", &guid);
        RtlFreeUnicodeString(&guid);
    }
    cJSON_AddBoolToObject(item, "is_enabled", pnp_interface_is_enabled(&link));
    if (link.Length > 2 * sizeof(WCHAR) && path[1] == '?')
        path[1] = '\\'; /* the form that programs use */
    text_add(item, "path", &link);
    pnp_interface_release(&interface);
    control_item(list, item);
}

/* [INSTANCE] */
void control_interfaces(server_control *control, unsigned count, char **words)
{
    struct control_list list = {.control = control};
    UNICODE_STRING instance;
    WCHAR *links = NULL;
    ULONG bytes;
    bool has_name = count && NT_SUCCESS(rtl_unicode_of(words[0], &instance));
    if ((!count || has_name) &&
        NT_SUCCESS(pnp_interface_list(NULL, has_name ? &instance : NULL, true, &links, &bytes))) {
        for (WCHAR *at = links; *at;) {
            size_t units = 0;
            while (at[units])
                units++;
            interface_add(&list, at);
            at += units + 1;
        }
        ExFreePool(links);
    }
    if (has_name)
        RtlFreeUnicodeString(&instance);
    control_list_end(&list);
}
