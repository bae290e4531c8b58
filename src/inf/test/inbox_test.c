/* SPDX-License-Identifier: MIT */
/* inbox_test.c - the INFs that come with the machine: each is whole, and has what packages need. */
#include <dirent.h>

#include "sample_inf.h"

#include "inf/check.h"
#include "inf/entry.h"

static const struct inf_target amd64 = {INF_AMD64, 10, 0, 19045, 1, 0x100};
static struct inf_error error;

static struct inf *inbox_parse(const char *name)
{
    char path[512];
    static char bytes[65536];
    struct inf *inf = NULL;
    snprintf(path, sizeof path, COVE_TEST_INBOX "/%s", name);
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    size_t length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    if (inf_parse(bytes, length, name, NULL, &inf, &error))
        fail_msg("%s", error.text);
    return inf;
}

static int service_count(void *context, const struct inf_service *service)
{
    (void)service;
    ++*(unsigned *)context;
    return 0;
}

static int registry_count(void *context, const struct inf_registry *entry)
{
    (void)context;
    (void)entry;
    return 0;
}

static int filter_count(void *context, const struct inf_filter *filter)
{
    (void)context;
    (void)filter;
    return 0;
}

static int model_count(void *context, const struct inf_model *model)
{
    (void)model;
    ++*(unsigned *)context;
    return 0;
}

static void finding_fail(void *context, const struct inf_finding *finding)
{
    if (finding->severity == INF_ERROR)
        fail_msg("%s:%u: %u %s %s", (const char *)context, finding->line, finding->rule->code,
                 finding->rule->name, finding->text);
}

static void each_is_whole(void **state)
{
    (void)state;
    DIR *folder = opendir(COVE_TEST_INBOX);
    unsigned count = 0, services = 0, models = 0;
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (!strstr(entry->d_name, ".inf"))
            continue;
        struct inf *inf = inbox_parse(entry->d_name);
        struct inf_version version;
        const struct inf_check_options options = {.mode = INF_CHECK_BASIC, .is_included = true};
        if (inf_version_read(inf, &amd64, &version, &error))
            fail_msg("%s", error.text);
        assert_string_equal(version.provider, "Cove");
        assert_null(inf_unresolved_at(inf, 0));
        for (uint32_t i = 0; i < inf_section_count(inf); i++) {
            const struct inf_section *section = inf_section_at(inf, i);
            if (inf_services_visit(inf, section, service_count, &services, &error) ||
                inf_registry_visit(inf, section, registry_count, NULL, &error) ||
                inf_filters_visit(inf, section, filter_count, NULL, &error) ||
                inf_models_visit(inf, &amd64, model_count, &models, &error))
                fail_msg("%s", error.text);
        }
        inf_check(inf, &options, finding_fail, entry->d_name);
        inf_destroy(inf);
        count++;
    }
    closedir(folder);
    assert_true(count > 25 && services > 40);
    assert_int_equal(models, 0); /* no device is theirs */
}

/* What public packages and the documentation name. */
static const struct {
    const char *inf, *section;
} needed[] = {
    {"wudfrd.inf", "WUDFRD.NT"},
    {"wudfrd.inf", "WUDFRD.NT.HW"},
    {"wudfrd.inf", "WUDFRD.NT.Services"},
    {"wudfrd.inf", "WUDFRD_LowerFilter.NT.Filters"},
    {"wudfrd.inf", "WUDFRD_UpperFilter.NT.Services"},
    {"netvwifibus.inf", "VWiFiBus.CopyFiles"},
    {"netvwifibus.inf", "VWiFiBus.Services"},
    {"netvwifibus.inf", "VWiFiBus.PnPFilterRegistration.HW"},
    {"netcxrd.inf", "NetCxRd_Filter.NT"},
    {"netcxrd.inf", "NetCxRd_Filter.NT.Filters"},
    {"sti.inf", "STI.SerialSection.Services"},
    {"sti.inf", "STI.MicroDriverSection"},
    {"sti.inf", "STI.USBSection.Services"},
    {"sti.inf", "STI.WSDSection.HW"},
    {"ks.inf", "KS.Registration"},
    {"wdmaudio.inf", "WDMAUDIO.Registration.Services"},
    {"wdmaudio.inf", "WDMPORTCLS.CopyFilesOnly"},
    {"wdmaudio.inf", "mssysfx.CopyFilesAndRegister"},
    {"kscaptur.inf", "KSCAPTUR.Registration.NT"},
    {"ksfilter.inf", "MSPCLOCK.Installation"},
    {"mshidkmdf.inf", "MsHidKmdf.NT.Services"},
    {"mshidkmdf.inf", "MsHidKmdf_UpperFilter.NT.Filters"},
    {"mshidumdf.inf", "MsHidUmdf.NT.HW"},
    {"keyboard.inf", "STANDARD_Inst.Services"},
    {"msmouse.inf", "PS2_Inst.HW"},
    {"msmouse.inf", "HID_Mouse_Inst.NT.Services"},
    {"input.inf", "HID_SelSus_Inst.NT.HW"},
    {"pci.inf", "PciD3ColdSupported.HW"},
    {"battery.inf", "Battery_Inst"},
    {"umpass.inf", "UmPass.Interfaces"},
    {"umpass.inf", "UmPass.CoInstallers"},
    {"usb.inf", "Composite.Dev.NT.Services"},
    {"winusb.inf", "WINUSB.NT.Services"},
    {"machine.inf", "NO_DRV.Services"},
    {"hdaudio.inf", "HdAudModel.Interfaces"},
    {"usbvideo.inf", "USBVideo.NT.Wdf"},
    {"hidcfu.inf", "HidCfu.NT.Wdf"},
    {"mf.inf", "MFInstall.mf.Services"},
    {"netrndis.inf", "usbrndis6.ndi.Services"},
    {"btampm.inf", "BTAMPM.CopyFilesOnly"},
    {"msports.inf", "ComPort.NT.Services"},
    {"bth.inf", "BthUsb.NT.Services"},
};

static void what_packages_need(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        struct inf *inf = inbox_parse(needed[i].inf);
        if (!inf || !inf_section_find(inf, needed[i].section))
            fail_msg("%s has no [%s]", needed[i].inf, needed[i].section);
        inf_destroy(inf);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_whole),
        cmocka_unit_test(what_packages_need),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
