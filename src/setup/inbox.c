/* SPDX-License-Identifier: MIT */
/* inbox.c - the INFs that packages name by Include and Needs, as far as they mean something here.
 *
 * Their sections say what the documentation of the frameworks and classes says that they do. The
 * drivers behind some of them are not on the machine: such a device gets its problem code when it
 * is started, and the service's name is in it.
 */
#include "inbox.h"

#include <string.h>

#include "setup_internal.h"

#define HEAD                                                \
    "[Version]\nSignature=\"$WINDOWS NT$\"\nClass=System\n" \
    "ClassGuid={4d36e97d-e325-11ce-bfc1-08002be10318}\nProvider=Cove\n"

#define KERNEL_SERVICE(section, binary) \
    "[" section "]\nServiceType=1\nStartType=3\nErrorControl=1\nServiceBinary=%12%\\" binary "\n"

static const struct {
    const char *name, *text;
} texts[] = {
    {"machine.inf", HEAD "[NO_DRV]\n[NO_DRV.Services]\nAddService=,2\n"
                         "[NO_DRV_LOCAL]\n[NO_DRV_LOCAL.Services]\nAddService=,2\n"},
    {"wudfrd.inf", HEAD "[WUDFRD.NT]\n[WUDFRD.NT.HW]\n[WUDFRD.NT.CoInstallers]\n"
                        "[WUDFRD.NT.Services]\nAddService=WUDFRd,0x000001f8,WUDFRD_Install\n"
                        "[WUDFRD_LowerFilter.NT]\n[WUDFRD_LowerFilter.NT.Services]\n"
                        "AddService=WUDFRd,0x000001f8,WUDFRD_Install\n"
                        "[WUDFRD_UpperFilter.NT]\n[WUDFRD_UpperFilter.NT.Services]\n"
                        "AddService=WUDFRd,0x000001f8,WUDFRD_Install\n" //
     KERNEL_SERVICE("WUDFRD_Install", "WUDFRd.sys")},
    {"winusb.inf", HEAD "[WINUSB.NT]\n[WINUSB.NT.HW]\n[WINUSB.NT.Services]\n"
                        "AddService=WinUSB,0x000001fa,WinUSB_Install\n" //
     KERNEL_SERVICE("WinUSB_Install", "WinUSB.sys")},
    {"ks.inf", HEAD "[KS.Registration]\n[KS.Registration.NT]\n[MSPCLOCK.Installation]\n"
                    "[MSPQM.Installation]\n[MSTEE.Installation]\n"},
    {"wdmaudio.inf", HEAD "[WDMAUDIO.Registration]\n[WDMAUDIO.Registration.NT]\n"
                          "[WDMAUDIO.Registration.NT.Services]\n"
                          "[mssysfx.CopyFilesAndRegister]\n[mssysfx.CopyFilesAndRegister.NT]\n"},
    {"kscaptur.inf", HEAD "[KSCAPTUR.Registration]\n[KSCAPTUR.Registration.NT]\n"},
    {"input.inf", HEAD "[HID_Inst.NT]\n[HID_Inst.NT.Services]\n"
                       "AddService=HidUsb,0x000001fa,HidUsb_Install\n"
                       "[HID_Raw_Inst.NT]\n[HID_Raw_Inst.NT.Services]\nAddService=,2\n" //
     KERNEL_SERVICE("HidUsb_Install", "hidusb.sys")},
    {"mshdc.inf", HEAD "[mshdc_Inst]\n[mshdc_Inst.Services]\n"},
    {"pci.inf", HEAD "[PCI_DRV]\n[PCI_DRV.Services]\nAddService=,2\n"},
    {"usb.inf", HEAD "[Composite.Dev.NT]\n[Composite.Dev.NT.Services]\n"
                     "AddService=usbccgp,0x000001fa,usbccgp_Install\n" //
     KERNEL_SERVICE("usbccgp_Install", "usbccgp.sys")},
    {"cpu.inf", HEAD "[IntelPPM_Inst.NT]\n[IntelPPM_Inst.NT.Services]\nAddService=,2\n"},
};

#define TEXTS (sizeof texts / sizeof *texts)

static struct inf *parsed[TEXTS]; /* guarded by the installation lock */

const struct inf *inbox_find(void *unused, const char *name)
{
    for (size_t i = 0; i < TEXTS; i++) {
        struct setup_error error = {0};
        if (!inf_same(texts[i].name, name))
            continue;
        if (!parsed[i])
            package_parse((const uint8_t *)texts[i].text, strlen(texts[i].text), name, "",
                          &parsed[i], &error);
        return parsed[i];
    }
    return NULL;
}

void inbox_unload(void)
{
    for (size_t i = 0; i < TEXTS; i++) {
        inf_destroy(parsed[i]);
        parsed[i] = NULL;
    }
}
