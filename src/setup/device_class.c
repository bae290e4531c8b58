/* SPDX-License-Identifier: MIT */
/* device_class.c - the setup class of a package: known, made by [ClassInstall32], or refused.
 *
 * Doc: "System-Defined Device Setup Classes Available to Vendors", "INF ClassInstall32 Section"
 */
#include <stdlib.h>
#include <string.h>

#include "setup_internal.h"

struct class_row {
    const char *guid, *name, *description;
};

static const struct class_row system_classes[] = {
    {"{72631e54-78a4-11d0-bcf7-00aa00b7b32a}", "Battery", "Batteries"},
    {"{53d29ef7-377c-4d14-864b-eb3a85769359}", "Biometric", "Biometric devices"},
    {"{e0cbf06c-cd8b-4647-bb8a-263b43f0f974}", "Bluetooth", "Bluetooth"},
    {"{ca3e7ab9-b4c3-4ae6-8251-579ef933890f}", "Camera", "Cameras"},
    {"{4d36e965-e325-11ce-bfc1-08002be10318}", "CDROM", "DVD/CD-ROM drives"},
    {"{4d36e966-e325-11ce-bfc1-08002be10318}", "Computer", "Computer"},
    {"{4d36e967-e325-11ce-bfc1-08002be10318}", "DiskDrive", "Disk drives"},
    {"{4d36e968-e325-11ce-bfc1-08002be10318}", "Display", "Display adapters"},
    {"{e2f84ce7-8efa-411c-aa69-97454ca4cb57}", "Extension", "Extensions"},
    {"{4d36e969-e325-11ce-bfc1-08002be10318}", "FDC", "Floppy disk controllers"},
    {"{4d36e980-e325-11ce-bfc1-08002be10318}", "FloppyDisk", "Floppy disk drives"},
    {"{f2e7dd72-6468-4e36-b6f1-6488f42c1b52}", "Firmware", "Firmware"},
    {"{4d36e96a-e325-11ce-bfc1-08002be10318}", "HDC", "IDE ATA/ATAPI controllers"},
    {"{745a17a0-74d3-11d0-b6fe-00a0c90f57da}", "HIDClass", "Human Interface Devices"},
    {"{48721b56-6795-11d2-b1a8-0080c72e74a2}", "Dot4", "IEEE 1284.4 devices"},
    {"{6bdd1fc1-810f-11d0-bec7-08002be2092f}", "1394", "IEEE 1394 host controllers"},
    {"{6bdd1fc6-810f-11d0-bec7-08002be2092f}", "Image", "Imaging devices"},
    {"{6bdd1fc5-810f-11d0-bec7-08002be2092f}", "Infrared", "Infrared devices"},
    {"{4d36e96b-e325-11ce-bfc1-08002be10318}", "Keyboard", "Keyboards"},
    {"{ce5939ae-ebde-11d0-b181-0000f8753ec4}", "MediumChanger", "Medium Changer devices"},
    {"{4d36e970-e325-11ce-bfc1-08002be10318}", "MTD", "Memory technology devices"},
    {"{4d36e96d-e325-11ce-bfc1-08002be10318}", "Modem", "Modems"},
    {"{4d36e96e-e325-11ce-bfc1-08002be10318}", "Monitor", "Monitors"},
    {"{4d36e96f-e325-11ce-bfc1-08002be10318}", "Mouse", "Mice and other pointing devices"},
    {"{4d36e971-e325-11ce-bfc1-08002be10318}", "Multifunction", "Multifunction adapters"},
    {"{4d36e96c-e325-11ce-bfc1-08002be10318}", "MEDIA", "Sound, video and game controllers"},
    {"{50906cb8-ba12-11d1-bf5d-0000f805f530}", "MultiportSerial", "Multi-port serial adapters"},
    {"{4d36e972-e325-11ce-bfc1-08002be10318}", "Net", "Network adapters"},
    {"{4d36e973-e325-11ce-bfc1-08002be10318}", "NetClient", "Network client"},
    {"{4d36e974-e325-11ce-bfc1-08002be10318}", "NetService", "Network service"},
    {"{4d36e975-e325-11ce-bfc1-08002be10318}", "NetTrans", "Network protocol"},
    {"{4d36e977-e325-11ce-bfc1-08002be10318}", "PCMCIA", "PCMCIA adapters"},
    {"{4d36e978-e325-11ce-bfc1-08002be10318}", "Ports", "Ports (COM & LPT)"},
    {"{4d36e979-e325-11ce-bfc1-08002be10318}", "Printer", "Printers"},
    {"{50127dc3-0f36-415e-a6cc-4cb3be910b65}", "Processor", "Processors"},
    {"{4d36e97b-e325-11ce-bfc1-08002be10318}", "SCSIAdapter", "Storage controllers"},
    {"{5175d334-c371-4806-b3ba-71fd53c9258d}", "Sensor", "Sensors"},
    {"{50dd5230-ba8a-11d1-bf5d-0000f805f530}", "SmartCardReader", "Smart card readers"},
    {"{5c4c3332-344d-483c-8739-259e934c9cc8}", "SoftwareComponent", "Software components"},
    {"{62f9c741-b25a-46ce-b54c-9bccce08b6f2}", "SoftwareDevice", "Software devices"},
    {"{71a27cdd-812a-11d0-bec7-08002be2092f}", "Volume", "Storage volumes"},
    {"{4d36e97d-e325-11ce-bfc1-08002be10318}", "System", "System devices"},
    {"{6d807884-7d21-11cf-801c-08002be10318}", "TapeDrive", "Tape drives"},
    {"{d61ca365-5af4-4486-998b-9db734c6ca3c}", "XnaComposite", "Xbox peripherals"},
    {"{88bae032-5a81-49f0-bc3d-a4ff138216d6}", "USBDevice", "Universal Serial Bus devices"},
    {"{36fc9e60-c465-11cf-8056-444553540000}", "USB", "Universal Serial Bus controllers"},
    {"{25dbce51-6c8f-4a72-8a6d-b54c2b4fc835}", "WCEUSBS", "Windows CE USB devices"},
    {"{eec5ad98-8080-425f-922a-dabf3de3f69a}", "WPD", "Portable devices"},
    {"{78a1c341-4539-11d3-b88d-00c04fad5171}", "Sample", "Sample device"},
    {"{b86dff51-a31e-4bac-b3cf-e8cfe75c9fc2}", "ActivityMonitor", "Activity monitors"},
    {"{fe8f1572-c67a-48c0-bbac-0b5c6d66cafb}", "Undelete", "Undelete"},
    {"{b1d1a169-c54f-4379-81db-bee7d88d7454}", "AntiVirus", "Antivirus"},
    {"{8ecc055d-047f-11d1-a537-0000f8753ed1}", "LegacyDriver", "Non-Plug and Play drivers"},
    {"{c166523c-fe0c-4a94-a586-f1a80cfbbf3e}", "AudioEndpoint", "Audio inputs and outputs"},
};

static const struct class_row *system_class(const char *guid)
{
    for (size_t i = 0; i < sizeof system_classes / sizeof *system_classes; i++)
        if (inf_same(system_classes[i].guid, guid))
            return &system_classes[i];
    return NULL;
}

const char *class_system_description(const char *guid)
{
    const struct class_row *row = system_class(guid);
    return row ? row->description : NULL;
}

/* [ClassInstall32] for the machine: a decorated one before the plain. */
static const struct inf_section *class_section(const struct inf *inf)
{
    struct inf_install install;
    return inf_install_find(inf, "ClassInstall32", store_target(), &install) == INF_OK
               ? install.section
               : NULL;
}

uint32_t class_plan(struct plan *plan, const struct package *package, struct setup_error *error)
{
    const struct setup_package *abi = &package->abi;
    const struct inf_section *section = class_section(package->inf);
    const struct class_row *row = system_class(abi->class_guid);
    uint32_t result = NO_ERROR;
    char *key = text_format("%s\\%s", PATH_CLASS, abi->class_guid);
    if (!key)
        return setup_fail(error, ERROR_OUTOFMEMORY, "out of memory");
    bool is_known = setup_key_exists(key);
    char *name = is_known ? setup_key_text(key, "Class") : NULL;
    if (!name) {
        if (!section && !row)
            setup_note("     class %s (%s) is not known and the INF has no [ClassInstall32]: it is "
                       "made with its name only",
                       abi->class_name, abi->class_guid);
        plan_text(plan, key, "Class", REG_SZ, *abi->class_name ? abi->class_name : "Unknown");
        plan_text(plan, key, "", REG_SZ, row ? row->description : abi->class_name);
        plan_text(plan, key, "ClassDesc", REG_SZ, row ? row->description : abi->class_name);
        if (section) {
            result = registry_plan(plan, package->inf, section, key, NULL, error);
            if (!result)
                result = properties_plan(plan, key, package->inf, section, error);
            if (!result)
                result = files_plan(plan, package, section, error);
        }
    }
    const struct inf_section *services =
        name ? NULL : inf_section_find(package->inf, "ClassInstall32.Services");
    char unused[256];
    if (!result && services)
        result = services_plan(plan, package, services, unused, sizeof unused, error);
    free(name);
    free(key);
    return result;
}
