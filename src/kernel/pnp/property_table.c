/* SPDX-License-Identifier: MIT */
/* property_table.c - the properties that the system knows, and where each comes from.
 *
 * Doc: devpkey.h and "System-Defined Device Properties"
 */
#include <initguid.h>

#include <devpkey.h>

#include "cm/cm.h"
#include "key_path.h"
#include "pnp/interface.h"
#include "pnp_internal.h"
#include "property.h"

#define CLASSES L"\\Registry\\Machine\\System\\CurrentControlSet\\Control\\Class\\"

/* ---- got from other keys ------------------------------------------------------------------------
 */

/* A value of the key that a value of the device's key names, below Control\Class. */
static NTSTATUS class_key_value(const struct property_subject *subject, const WCHAR *by,
                                const WCHAR *value, DEVPROPTYPE type, struct pnp_property *out)
{
    UNICODE_STRING name;
    struct key_path path;
    void *key;
    NTSTATUS status = value_text_get(subject->key, by, &name);
    if (!NT_SUCCESS(status))
        return STATUS_OBJECT_NAME_NOT_FOUND;
    key_path_begin(&path, CLASSES);
    key_path_add_string(&path, &name);
    RtlFreeUnicodeString(&name);
    if (!NT_SUCCESS(key_path_open(&path, KEY_READ, &key)))
        return STATUS_OBJECT_NAME_NOT_FOUND;
    status = property_value_get(key, value, type, out);
    ob_dereference(key);
    return status;
}

#define OF_DRIVER(name, value, type)                                                       \
    static NTSTATUS name(const struct property_subject *subject, struct pnp_property *out) \
    {                                                                                      \
        return class_key_value(subject, L"Driver", value, type, out);                      \
    }
OF_DRIVER(driver_version, L"DriverVersion", DEVPROP_TYPE_STRING)
OF_DRIVER(driver_date, L"DriverDateData", DEVPROP_TYPE_FILETIME)
OF_DRIVER(driver_desc, L"DriverDesc", DEVPROP_TYPE_STRING)
OF_DRIVER(driver_inf, L"InfPath", DEVPROP_TYPE_STRING)
OF_DRIVER(driver_section, L"InfSection", DEVPROP_TYPE_STRING)
OF_DRIVER(driver_section_ext, L"InfSectionExt", DEVPROP_TYPE_STRING)
OF_DRIVER(driver_match, L"MatchingDeviceId", DEVPROP_TYPE_STRING)
OF_DRIVER(driver_provider, L"ProviderName", DEVPROP_TYPE_STRING)

static NTSTATUS class_name(const struct property_subject *subject, struct pnp_property *out)
{
    return class_key_value(subject, L"ClassGUID", L"Class", DEVPROP_TYPE_STRING, out);
}

static NTSTATUS device_name(const struct property_subject *subject, struct pnp_property *out)
{
    return property_value_get(subject->key, L"FriendlyName", DEVPROP_TYPE_STRING, out);
}

static NTSTATUS instance_id(const struct property_subject *subject, struct pnp_property *out)
{
    return property_of_string(subject->name, out);
}

static NTSTATUS enumerator(const struct property_subject *subject, struct pnp_property *out)
{
    UNICODE_STRING name = *subject->name;
    USHORT at = 0;
    while (at < name.Length && name.Buffer[at / sizeof(WCHAR)] != '\\')
        at = (USHORT)(at + sizeof(WCHAR));
    name.Length = at;
    return property_of_string(&name, out);
}

/* Doc:     "DEVPKEY_Device_InstallState": InstallStateInstalled 0, NeedsReinstall 1,
 *          FailedInstall 2 */
static NTSTATUS install_state(const struct property_subject *subject, struct pnp_property *out)
{
    ULONG flags = 0, state = 0;
    UNICODE_STRING driver;
    (void)value_number_get(subject->key, L"ConfigFlags", &flags);
    if (NT_SUCCESS(value_text_get(subject->key, L"Driver", &driver)))
        RtlFreeUnicodeString(&driver);
    else
        state = 1;
    if (flags & 0x40) /* CONFIGFLAG_FAILEDINSTALL */
        state = 2;
    if (flags & 0x20) /* CONFIGFLAG_REINSTALL */
        state = 1;
    return property_make(DEVPROP_TYPE_UINT32, &state, sizeof state, out);
}

/* The container of what is part of the computer itself.
 * Doc:     "Overview of Container IDs" */
static NTSTATUS in_machine(const struct property_subject *subject, struct pnp_property *out)
{
    static const UNICODE_STRING own =
        RTL_CONSTANT_STRING(L"{00000000-0000-0000-ffff-ffffffffffff}");
    UNICODE_STRING container;
    if (!NT_SUCCESS(value_text_get(subject->key, L"ContainerID", &container)))
        return STATUS_OBJECT_NAME_NOT_FOUND;
    DEVPROP_BOOLEAN value =
        RtlEqualUnicodeString(&container, &own, TRUE) ? DEVPROP_TRUE : DEVPROP_FALSE;
    RtlFreeUnicodeString(&container);
    return property_make(DEVPROP_TYPE_BOOLEAN, &value, sizeof value, out);
}

/* Nothing that is done to a device here waits for a restart of the machine. */
static NTSTATUS never(const struct property_subject *subject, struct pnp_property *out)
{
    DEVPROP_BOOLEAN value = DEVPROP_FALSE;
    return subject->node ? property_make(DEVPROP_TYPE_BOOLEAN, &value, sizeof value, out)
                         : STATUS_OBJECT_NAME_NOT_FOUND;
}

/* ---- of interfaces
 * -------------------------------------------------------------------------------
 */

static NTSTATUS interface_enabled(const struct property_subject *subject, struct pnp_property *out)
{
    DEVPROP_BOOLEAN value = pnp_interface_is_enabled(subject->name) ? DEVPROP_TRUE : DEVPROP_FALSE;
    return property_make(DEVPROP_TYPE_BOOLEAN, &value, sizeof value, out);
}

enum interface_part { PART_CLASS, PART_REFERENCE, PART_INSTANCE };

static NTSTATUS interface_part(const struct property_subject *subject, enum interface_part part,
                               struct pnp_property *out)
{
    struct pnp_interface interface;
    NTSTATUS status = pnp_interface_find(subject->name, &interface);
    if (!NT_SUCCESS(status))
        return STATUS_OBJECT_NAME_NOT_FOUND;
    if (part == PART_CLASS)
        status = property_make(DEVPROP_TYPE_GUID, &interface.class_guid, sizeof(GUID), out);
    else if (part == PART_INSTANCE)
        status = property_of_string(&interface.instance, out);
    else
        status = interface.reference.Length ? property_of_string(&interface.reference, out)
                                            : STATUS_OBJECT_NAME_NOT_FOUND;
    pnp_interface_release(&interface);
    return status;
}

static NTSTATUS interface_class(const struct property_subject *subject, struct pnp_property *out)
{
    return interface_part(subject, PART_CLASS, out);
}
static NTSTATUS interface_reference(const struct property_subject *subject,
                                    struct pnp_property *out)
{
    return interface_part(subject, PART_REFERENCE, out);
}
static NTSTATUS interface_instance(const struct property_subject *subject, struct pnp_property *out)
{
    return interface_part(subject, PART_INSTANCE, out);
}

/* ---- the tables --------------------------------------------------------------------------------
 */

#define STRING DEVPROP_TYPE_STRING
#define LIST   DEVPROP_TYPE_STRING_LIST
#define NUMBER DEVPROP_TYPE_UINT32
#define FLAG   DEVPROP_TYPE_BOOLEAN
#define ID     DEVPROP_TYPE_GUID
#define BYTES  DEVPROP_TYPE_BINARY
#define KEY(x) &DEVPKEY_##x

static const struct property_builtin device_table[] = {
    {KEY(NAME), STRING, L"DeviceDesc", device_name, false},
    {KEY(Device_DeviceDesc), STRING, L"DeviceDesc", NULL, true},
    {KEY(Device_HardwareIds), LIST, L"HardwareID", NULL, true},
    {KEY(Device_CompatibleIds), LIST, L"CompatibleIDs", NULL, true},
    {KEY(Device_Service), STRING, L"Service", NULL, true},
    {KEY(Device_Class), STRING, L"Class", class_name, false},
    {KEY(Device_ClassGuid), ID, L"ClassGUID", NULL, true},
    {KEY(Device_Driver), STRING, L"Driver", NULL, true},
    {KEY(Device_ConfigFlags), NUMBER, L"ConfigFlags", NULL, true},
    {KEY(Device_Manufacturer), STRING, L"Mfg", NULL, true},
    {KEY(Device_FriendlyName), STRING, L"FriendlyName", NULL, true},
    {KEY(Device_LocationInfo), STRING, L"LocationInformation", NULL, true},
    {KEY(Device_PDOName), STRING, NULL, property_node_pdo_name, false},
    {KEY(Device_Capabilities), NUMBER, L"Capabilities", property_node_capabilities, false},
    {KEY(Device_UINumber), NUMBER, L"UINumber", property_node_ui_number, false},
    {KEY(Device_UpperFilters), LIST, L"UpperFilters", NULL, true},
    {KEY(Device_LowerFilters), LIST, L"LowerFilters", NULL, true},
    {KEY(Device_BusTypeGuid), ID, NULL, property_node_bus_guid, false},
    {KEY(Device_LegacyBusType), NUMBER, NULL, property_node_bus_type, false},
    {KEY(Device_BusNumber), NUMBER, NULL, property_node_bus_number, false},
    {KEY(Device_EnumeratorName), STRING, NULL, enumerator, false},
    {KEY(Device_Security), DEVPROP_TYPE_SECURITY_DESCRIPTOR, L"Security", NULL, true},
    {KEY(Device_DevType), NUMBER, L"DeviceType", NULL, true},
    {KEY(Device_Exclusive), NUMBER, L"Exclusive", NULL, true},
    {KEY(Device_Characteristics), NUMBER, L"DeviceCharacteristics", NULL, true},
    {KEY(Device_Address), NUMBER, L"Address", property_node_address, false},
    {KEY(Device_UINumberDescFormat), STRING, L"UINumberDescFormat", NULL, true},
    {KEY(Device_PowerData), BYTES, NULL, property_node_power, false},
    {KEY(Device_RemovalPolicy), NUMBER, NULL, property_node_removal, false},
    {KEY(Device_RemovalPolicyDefault), NUMBER, NULL, property_node_removal, false},
    {KEY(Device_RemovalPolicyOverride), NUMBER, L"RemovalPolicy", NULL, true},
    {KEY(Device_InstallState), NUMBER, NULL, install_state, false},
    {KEY(Device_LocationPaths), LIST, L"LocationPaths", NULL, false},
    {KEY(Device_BaseContainerId), ID, L"ContainerID", NULL, false},
    {KEY(Device_InstanceId), STRING, NULL, instance_id, false},
    {KEY(Device_DevNodeStatus), NUMBER, NULL, property_node_status, false},
    {KEY(Device_ProblemCode), NUMBER, NULL, property_node_problem, false},
    {KEY(Device_ProblemStatus), DEVPROP_TYPE_NTSTATUS, NULL, property_node_problem_status, false},
    {KEY(Device_Parent), STRING, NULL, property_node_parent, false},
    {KEY(Device_Children), LIST, NULL, property_node_children, false},
    {KEY(Device_Siblings), LIST, NULL, property_node_siblings, false},
    {KEY(Device_BusRelations), LIST, NULL, property_node_children, false},
    {KEY(Device_LastArrivalDate), DEVPROP_TYPE_FILETIME, NULL, property_node_arrival, false},
    {KEY(Device_SafeRemovalRequired), FLAG, NULL, property_node_safe_removal, false},
    {KEY(Device_InLocalMachineContainer), FLAG, NULL, in_machine, false},
    {KEY(Device_IsRebootRequired), FLAG, NULL, never, false},
    {KEY(Device_ContainerId), ID, L"ContainerID", NULL, false},
    {KEY(Device_IsPresent), FLAG, NULL, property_node_is_present, false},
    {KEY(Device_HasProblem), FLAG, NULL, property_node_has_problem, false},
    {KEY(Device_Stack), LIST, NULL, property_node_stack, false},
    {KEY(Device_DriverDate), DEVPROP_TYPE_FILETIME, NULL, driver_date, false},
    {KEY(Device_DriverVersion), STRING, NULL, driver_version, false},
    {KEY(Device_DriverDesc), STRING, NULL, driver_desc, false},
    {KEY(Device_DriverInfPath), STRING, NULL, driver_inf, false},
    {KEY(Device_DriverInfSection), STRING, NULL, driver_section, false},
    {KEY(Device_DriverInfSectionExt), STRING, NULL, driver_section_ext, false},
    {KEY(Device_MatchingDeviceId), STRING, NULL, driver_match, false},
    {KEY(Device_DriverProvider), STRING, NULL, driver_provider, false},
};

static const struct property_builtin interface_table[] = {
    {KEY(NAME), STRING, L"FriendlyName", NULL, false},
    {KEY(DeviceInterface_FriendlyName), STRING, L"FriendlyName", NULL, true},
    {KEY(DeviceInterface_Enabled), FLAG, NULL, interface_enabled, false},
    {KEY(DeviceInterface_ClassGuid), ID, NULL, interface_class, false},
    {KEY(DeviceInterface_ReferenceString), STRING, NULL, interface_reference, false},
    {KEY(Device_InstanceId), STRING, NULL, interface_instance, false},
};

static const struct property_builtin class_table[] = {
    {KEY(NAME), STRING, L"", NULL, false},
    {KEY(DeviceClass_Name), STRING, L"", NULL, true},
    {KEY(DeviceClass_ClassName), STRING, L"Class", NULL, true},
    {KEY(DeviceClass_Icon), STRING, L"Icon", NULL, true},
    {KEY(DeviceClass_IconPath), LIST, L"IconPath", NULL, true},
    {KEY(DeviceClass_ClassInstaller), STRING, L"Installer32", NULL, true},
    {KEY(DeviceClass_NoInstallClass), FLAG, L"NoInstallClass", NULL, false},
    {KEY(DeviceClass_NoDisplayClass), FLAG, L"NoDisplayClass", NULL, false},
    {KEY(DeviceClass_SilentInstall), FLAG, L"SilentInstall", NULL, false},
    {KEY(DeviceClass_NoUseClass), FLAG, L"NoUseClass", NULL, false},
    {KEY(DeviceClass_DefaultService), STRING, L"Default Service", NULL, true},
    {KEY(DeviceClass_UpperFilters), LIST, L"UpperFilters", NULL, true},
    {KEY(DeviceClass_LowerFilters), LIST, L"LowerFilters", NULL, true},
    {KEY(DeviceClass_Security), DEVPROP_TYPE_SECURITY_DESCRIPTOR, L"Security", NULL, true},
    {KEY(DeviceClass_DevType), NUMBER, L"DeviceType", NULL, true},
    {KEY(DeviceClass_Exclusive), NUMBER, L"Exclusive", NULL, true},
    {KEY(DeviceClass_Characteristics), NUMBER, L"DeviceCharacteristics", NULL, true},
};

static const struct property_builtin interface_class_table[] = {
    {KEY(NAME), STRING, L"", NULL, false},
    {KEY(DeviceInterfaceClass_Name), STRING, L"", NULL, true},
    {KEY(DeviceInterfaceClass_DefaultInterface), STRING, L"Default", NULL, true},
};

const struct property_builtin *property_builtins(enum pnp_property_object kind, unsigned *out_count)
{
#define TABLE(of) {of, sizeof of / sizeof *of}
    static const struct {
        const struct property_builtin *table;
        unsigned count;
    } tables[] = {
        [PNP_PROPERTY_DEVICE] = TABLE(device_table),
        [PNP_PROPERTY_INTERFACE] = TABLE(interface_table),
        [PNP_PROPERTY_CLASS] = TABLE(class_table),
        [PNP_PROPERTY_INTERFACE_CLASS] = TABLE(interface_class_table),
    };
    *out_count = tables[kind].count;
    return tables[kind].table;
}
