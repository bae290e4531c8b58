/* SPDX-License-Identifier: MIT */
/* set.h - device information sets of setupapi: lists of devices, interfaces and drivers.
 *
 * A set belongs to the program that made it; setupapi does not make it safe for threads. The
 * structures are Microsoft's for 64-bit programs; those with text have two forms. An element's
 * address stands in the Reserved member of what the program holds.
 */
#ifndef SETUP_SET_H
#define SETUP_SET_H

#include "base/list.h"
#include "plug.h"

typedef void *HDEVINFO;

#include "pack_begin.h"
struct devinfo_data { /* SP_DEVINFO_DATA */
    DWORD size;
    GUID class_guid;
    DEVINST node;
    ULONG_PTR reserved;
};
struct interface_data { /* SP_DEVICE_INTERFACE_DATA */
    DWORD size;
    GUID class_guid;
    DWORD flags;
    ULONG_PTR reserved;
};
struct install_params_w { /* SP_DEVINSTALL_PARAMS_W */
    DWORD size, flags, flags_ex;
    HWND parent;
    void *handler, *handler_context, *queue;
    ULONG_PTR class_reserved;
    DWORD reserved;
    wchar_t path[MAX_PATH];
};
struct install_params_a {
    DWORD size, flags, flags_ex;
    HWND parent;
    void *handler, *handler_context, *queue;
    ULONG_PTR class_reserved;
    DWORD reserved;
    char path[MAX_PATH];
};
struct class_header { /* SP_CLASSINSTALL_HEADER */
    DWORD size, function;
};
#include "pack_end.h"
#define CLASS_PARAMS_MOST 1024u

_Static_assert(sizeof(struct devinfo_data) == BY_WIDTH(32, 28), "SP_DEVINFO_DATA");
_Static_assert(sizeof(struct interface_data) == BY_WIDTH(32, 28), "SP_DEVICE_INTERFACE_DATA");
_Static_assert(sizeof(struct install_params_w) == BY_WIDTH(584, 556), "SP_DEVINSTALL_PARAMS_W");

#define SET_MAGIC 0x74657350u

struct driver_element;

struct interface_element {
    struct list link; /* in the set */
    GUID class_guid;
    struct device_element *device;
    bool is_enabled;
    wchar_t name[]; /* as programs say it */
};

struct device_element {
    struct list link;
    GUID class_guid;
    DEVINST node;
    bool is_registered;    /* the machine knows it */
    bool is_member;        /* enumerated; not only the owner of an interface */
    wchar_t *hardware_ids; /* of one that is not registered yet; heap */
    struct install_params_w params;
    struct class_header *class_params; /* heap */
    DWORD class_params_bytes;
    struct list drivers; /* struct driver_element */
    struct driver_element *selected;
    bool has_drivers;
    wchar_t instance[WIRE_PLUGPLAY_NAME];
};

struct set {
    uint32_t magic;
    bool has_class;
    GUID class_guid;
    struct list devices, interfaces;
    struct device_element *own; /* parameters of the set as a whole; made at first use */
};

/* NULL with ERROR_INVALID_HANDLE. */
struct set *set_of(HDEVINFO handle);
/* The element; data NULL: NULL with ERROR_INVALID_PARAMETER, unless is_set_allowed: the set's own
 * parameters. */
struct device_element *element_of(HDEVINFO handle, const struct devinfo_data *data,
                                  bool is_set_allowed);
struct interface_element *interface_of(HDEVINFO handle, const struct interface_data *data);
/* In the set already, or added; NULL: no memory. */
struct device_element *set_device_add(struct set *set, const wchar_t *instance, bool is_member);
struct interface_element *set_interface_add(struct set *set, struct device_element *device,
                                            const GUID *class_guid, const wchar_t *name,
                                            bool is_enabled);
void data_fill(struct devinfo_data *data, const struct device_element *element);
void device_free(struct device_element *element);
void drivers_free(struct device_element *element);
GUID class_of(const wchar_t *instance);
BOOL property_answer(NTSTATUS status, struct registry_property *property, DWORD *out_type,
                     void *buffer, DWORD room, DWORD *out_needed);

#endif
