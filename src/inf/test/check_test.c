/* SPDX-License-Identifier: MIT */
/* check_test.c - every rule of the checker: a text that breaks it and one that does not.
 *
 * One good package breaks no rule in any mode; each case replaces a piece of it. A rule without a
 * case fails the test.
 */
#include "sample_inf.h"

#include "inf/check.h"

#define GUID "{78A1C341-4539-11d3-B88D-00C04FAD5171}"

/* Devices with a function driver, a filter, an interface and an event provider. */
static const char package[] = "[Version]\n"
                              "Signature=\"$WINDOWS NT$\"\n"
                              "Class=Sample\n"
                              "ClassGuid=" GUID "\n"
                              "Provider=%P%\n"
                              "DriverVer=11/20/2026,1.2.3.4\n"
                              "CatalogFile=sample.cat\n"
                              "PnpLockdown=1\n"
                              "[SourceDisksNames]\n"
                              "1=%P%\n"
                              "[SourceDisksFiles]\n"
                              "sample.sys=1\n"
                              "[DestinationDirs]\n"
                              "Files=13\n"
                              "[Manufacturer]\n"
                              "%P%=Models,NTamd64.10.0...16299\n"
                              "[Models.NTamd64.10.0...16299]\n"
                              "%D%=Install,Root\\Sample\n"
                              "[Install]\n"
                              "CopyFiles=Files\n"
                              "AddReg=Values\n"
                              "[Files]\n"
                              "sample.sys\n"
                              "[Values]\n"
                              "HKR,,Text,,x\n"
                              "HKR,,Number,0x10001,1\n"
                              "HKR,,List,0x10008,a,b\n"
                              "HKR,,Bytes,1,1f,00\n"
                              "[Install.HW]\n"
                              "AddReg=Hardware\n"
                              "[Hardware]\n"
                              "HKR,,Security,,\"D:P(A;;GA;;;SY)\"\n"
                              "[Install.Services]\n"
                              "AddService=sample,2,Service,Event,System\n"
                              "[Service]\n"
                              "ServiceType=1\n"
                              "StartType=3\n"
                              "ErrorControl=1\n"
                              "ServiceBinary=%13%\\sample.sys\n"
                              "[Event]\n"
                              "AddReg=Messages\n"
                              "[Messages]\n"
                              "HKR,,TypesSupported,0x10001,7\n"
                              "[Install.Interfaces]\n"
                              "AddInterface=" GUID ",,Interface\n"
                              "[Interface]\n"
                              "AddReg=Interface.Values\n"
                              "[Interface.Values]\n"
                              "HKR,,Name,,x\n"
                              "[Strings]\n"
                              "P=\"Contoso\"\n"
                              "D=\"Sample device\"\n";

struct seen {
    uint32_t code;
    enum inf_severity severity;
    uint32_t line;
    uint32_t others; /* codes that were not asked for */
    char said[1000];
};

static void on_finding(void *context, const struct inf_finding *finding)
{
    struct seen *seen = context;
    size_t used = strlen(seen->said);
    snprintf(seen->said + used, sizeof seen->said - used, "%u:%u %s; ", finding->line,
             finding->rule->code, finding->text);
    if (finding->rule->code == seen->code) {
        seen->severity = finding->severity;
        seen->line = finding->line;
    } else {
        seen->others++;
    }
}

static const struct inf *include(void *context, const char *name)
{
    (void)name;
    (void)context;
    return NULL;
}

static void text_check(const char *text, size_t length, const struct inf_check_options *options,
                       bool can_include, struct seen *seen)
{
    struct inf *inf = NULL;
    struct inf_error error;
    if (inf_parse(text, length, "sample.inf", NULL, &inf, &error))
        fail_msg("%s", error.text);
    if (can_include)
        inf_include_set(inf, include, NULL);
    seen->severity = INF_SILENT;
    seen->others = 0;
    seen->said[0] = 0;
    inf_check(inf, options, on_finding, seen);
    inf_destroy(inf);
}

static void the_package_is_good(void **state)
{
    (void)state;
    for (int mode = 0; mode < INF_CHECK_MODES; mode++) {
        const struct inf_check_options options = {.mode = (enum inf_check_mode)mode};
        struct seen seen = {0};
        text_check(package, sizeof package - 1, &options, false, &seen);
        if (seen.others)
            fail_msg("mode %d: %s", mode, seen.said);
    }
}

/* The piece of the package that is replaced; the line where the rule is said to be broken. */
static const struct {
    uint32_t code, line;
    const char *piece, *by;
} cases[] = {
    {1001, 1, "$WINDOWS NT$", "$Linux$"},
    {1003, 0, "Sample device", "Sampl\u00e9 device"},
    {1006, 21, "AddReg=Values\n", "AddReg=\n"},
    {1008, 12, "sample.sys=1\n", "sample.sys=x\n"},
    {1010, 4, "ClassGuid=" GUID, "ClassGuid={78A1C341}"},
    {1011, 16, "Models,NTamd64.10.0...16299\n", "\n"},
    {1013, 35, "ServiceType=1\n", ""},
    {1014, 37, "StartType=3", "StartType=7"},
    {1019, 45, "AddInterface=" GUID, "AddInterface={1}"},
    {1100, 23, "sample.sys\n[Values]", "sample.sys,other.sys\n[Values]"},
    {1202, 20, "[Install]\n", "[Install]\nInclude=nothing.inf\n"},
    {1203, 20, "CopyFiles=Files\n", "CopyFiles=Files,NoFiles\n"},
    {1204, 5, "P=\"Contoso\"", "P=\"Microsoft\""},
    {1210, 5, "P=\"Contoso\"", "P=\"Fabrikam\""},
    {1211, 35, "[Service]\n", "AddService=second,2,Service\n[Service]\n"},
    {1212, 15, "[Install]\n", "[DefaultInstall.NTamd64]\n[Install]\n"},
    {1213, 13, "sample.sys=1\n", "sample.sys=1\nsample.cat=1\n"},
    {1214, 7, "CatalogFile=sample.cat", "CatalogFile=sample.txt"},
    {1217, 6, "1.2.3.4", "1.2.3.70000"},
    {1218, 6, "11/20/2026", "2026-11-20"},
    {1224, 25, "HKR,,Text", "HKX,,Text"},
    {1229, 24, "sample.sys\n[Values]", "sample.sys\n,x\n[Values]"},
    {1230, 24, "sample.sys\n[Values]", "sample.sys\nmore.sys\n[Values]"},
    {1233, 1, "CatalogFile=sample.cat\n", ""},
    {1234, 1, "Class=Sample\n", ""},
    {1235, 18, "%D%=Install", "%Device%=Install"},
    {1242, 14, "Files=13", "Files=99"},
    {1243, 14, "Files=13", "Files=%13%"},
    {1250, 34, "Event,System", "Event,Sistem"},
    {1251, 34, "StartType=3", "StartType=4"},
    {1253, 35, "[Service]\n", "AddService=,,Service\n[Service]\n"},
    {1261, 18, "%D%=Install,", "%D%=Instal,"},
    {1264, 25, "HKR,,Text,,x", "HKR,,Text,0x50000,x"},
    {1265, 25, "HKR,,Text,,x", "HKR,,Text,8,x"},
    {1267, 28, "1f,00", "1f,0g"},
    {1268, 26, "0x10001,1", "0x10001,one"},
    {1271, 18, "%D%=Install,Root\\Sample", "%D%=,Root\\Sample"},
    {1273, 12, "sample.sys=1\n", "sample.sys=2\n"},
    {1274, 19, "[Install]\n", "[Unused.NT$ARCH$]\n[Install]\n"},
    {1275, 22, "Files=13\n", ""},
    {1280, 4, "Class=Sample", "Class=Net"},
    {1285, 19, "[Install]\n", "[ClassInstall32]\n[Install]\n"},
    {1286, 3, "Class=Sample", "Class=Sample456789012345678901234567890123"},
    {1287, 16, "NTamd64.10.0...16299\n[M", "NTx64\n[M"},
    {1288, 16, "Models,NTamd64.10.0...16299", "Models,NTamd64.10.0...16299,NTamd64.6.1...7600"},
    {1294, 52, "D=\"Sample device\"", "P=\"Contoso\"\nD=\"Sample device\""},
    {1296, 18, "sample,2,Service", "sample,,Service"},
    {1297, 15, "%D%=Install,Root\\Sample\n", ""},
    {1300, 20, "[Install]\n", "[Install]\nProfileItems=Files\n"},
    {1303, 33, "[Install.Services]\n", "[Install.CoInstallers]\n[Install.Services]\n"},
    {1304, 25, "HKR,,Text", "HKLM,Key,Text"},
    {1315, 20, "[Install]\n", "[Install]\nNeeds=Nothing\n"},
    {1320, 25, "HKR,,Text", "HKLM,Key,Text"},
    {1322, 23, "Files=13", "Files=12"},
    {1324, 8, "PnpLockdown=1", "PnpLockdown=0"},
    {1329, 32, "HKR,,Security,,\"D:P(A;;GA;;;SY)\"", "HKR,,UpperFilters,0x10000,f"},
    {1340, 14, "Files=13", "Files=24"},
    {1380, 9, "PnpLockdown=1\n", "PnpLockdown=1\nExtensionId={1}\n"},
    {1381, 1, "PnpLockdown=1\n", "PnpLockdown=1\n\n"},
    {1383, 34, "PnpLockdown=1\n", "PnpLockdown=1\n"},
    {1421, 19, "[Install]\n", "[DefaultInstall]\n[Install]\n"},
    {2010, 17, "Models.NTamd64.10.0...16299", "Models"},
    {2083, 19, "[Install]\n", "[Nobody]\nx=1\n[Install]\n"},
    {2084, 39, "ServiceBinary=%13%\\sample.sys", "ServiceBinary=%13%\\other.sys"},
    {2085, 39, "ServiceBinary=%13%\\sample.sys", "ServiceBinary=sample.sys"},
    {2651, 20, "[Install]\n", "[Install]\nNeeds=Theirs\n[Other]\nInclude=theirs.inf\n[Install]\n"},
    {9001, 52, "D=\"Sample device\"", "D=\"Sample device"},
    {9002, 19, "[Install]\n", "[Install] x\n"},
    {9003, 1, "[Version]", "words\n[Version]"},
    {9004, 25, "HKR,,Text,,x", "HKR,,Text,,5%"},
};

/* Rules of extension INFs need their class. */
static void extension_make(char *text)
{
    static const struct {
        const char *piece, *by;
    } changes[] = {{"Class=Sample\n", "Class=Extension\n"},
                   {"ClassGuid=" GUID, "ClassGuid={e2f84ce7-8efa-411c-aa69-97454ca4cb57}"}};
    for (size_t i = 0; i < 2; i++) {
        char *at = strstr(text, changes[i].piece);
        size_t old = strlen(changes[i].piece), new = strlen(changes[i].by);
        memmove(at + new, at + old, strlen(at + old) + 1);
        memcpy(at, changes[i].by, new);
    }
}

static void piece_replace(char *text, const char *piece, const char *by)
{
    char *at = strstr(text, piece);
    if (!at)
        fail_msg("\"%s\" is not in the package", piece);
    memmove(at + strlen(by), at + strlen(piece), strlen(at + strlen(piece)) + 1);
    memcpy(at, by, strlen(by));
}

/* The gravest mode that the rule has something to say in. */
static enum inf_check_mode mode_of(const struct inf_rule *rule)
{
    for (int mode = INF_CHECK_SIGNATURE; mode > 0; mode--)
        if (rule->severity[mode] != INF_SILENT)
            return (enum inf_check_mode)mode;
    return INF_CHECK_BASIC;
}

static void each_rule_is_broken_once(void **state)
{
    (void)state;
    char text[2 * sizeof package];
    unsigned failed = 0;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint32_t code = cases[i].code;
        const struct inf_rule *rule = inf_rule_find(code);
        if (!rule)
            fail_msg("no rule %u", code);
        strcpy(text, package);
        if (code == 1285 || code == 1380 || code == 1381 || code == 1383)
            extension_make(text); /* a class of the system */
        piece_replace(text, cases[i].piece, cases[i].by);
        const struct inf_check_options options = {.mode = mode_of(rule),
                                                  .provider = code == 1210 ? "Contoso" : NULL};
        struct seen seen = {.code = code};
        text_check(text, strlen(text), &options, code == 1202 || code == 1315, &seen);
        if (seen.severity == rule->severity[options.mode] && seen.line == cases[i].line)
            continue;
        print_error("rule %u: line %u, severity %d; all: %s\n", code, seen.line, seen.severity,
                    seen.said);
        failed++;
    }
    assert_int_equal(failed, 0);
}

static void bytes_that_are_no_text(void **state)
{
    (void)state;
    char text[2 * sizeof package];
    const struct inf_check_options options = {.mode = INF_CHECK_BASIC};
    struct seen seen = {.code = 9005};
    strcpy(stpcpy(text, "\xef\xbb\xbf"), package);
    piece_replace(text, "Sample device", "Sampl\xff");
    text_check(text, strlen(text), &options, false, &seen);
    assert_int_equal(seen.severity, INF_WARNING);
}

static void each_rule_has_a_case(void **state)
{
    (void)state;
    for (uint32_t r = 0; inf_rule_at(r); r++) {
        bool found = inf_rule_at(r)->code == 9005; /* above */
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
            found = found || cases[i].code == inf_rule_at(r)->code;
        if (!found)
            fail_msg("rule %u has no case", inf_rule_at(r)->code);
        assert_true(*inf_rule_at(r)->what && *inf_rule_at(r)->remedy && *inf_rule_at(r)->name);
        assert_true(r == 0 || inf_rule_at(r)->code > inf_rule_at(r - 1)->code);
    }
}

static void what_is_allowed(void **state)
{
    (void)state;
    const struct inf_check_options template = {.mode = INF_CHECK_SIGNATURE, .is_template = true};
    char text[2 * sizeof package];
    struct seen seen = {0};
    strcpy(text, package);
    for (int i = 0; i < 2; i++)
        piece_replace(text, "NTamd64.10.0", "NT$ARCH$.10.0");
    piece_replace(text, "DriverVer=11/20/2026,1.2.3.4", "DriverVer=");
    text_check(text, strlen(text), &template, false, &seen);
    assert_string_equal(seen.said, "");
    /* A section that stands in an INF that cannot be read here, and a device without a driver. */
    const struct inf_check_options windows = {.mode = INF_CHECK_WINDOWS};
    strcpy(text, package);
    piece_replace(text, "[Install]\n", "[Install]\nInclude=theirs.inf\nNeeds=Theirs\n");
    text_check(text, strlen(text), &windows, false, &seen);
    assert_string_equal(seen.said, "");
    strcpy(text, package);
    piece_replace(text, "sample,2,Service,Event,System\n[Service]\n",
                  ",2\nAddService=sample,,Service,Event\n[Service]\n");
    text_check(text, strlen(text), &windows, false, &seen);
    assert_string_equal(seen.said, "");
    /* A protocol is no device with a function driver, and has a section that removes it. */
    strcpy(text, package);
    piece_replace(text, "Class=Sample\nClassGuid=" GUID,
                  "Class=NetTrans\nClassGuid={4d36e975-e325-11ce-bfc1-08002be10318}");
    piece_replace(text, "sample,2,Service", "sample,,Service");
    piece_replace(text, "[Strings]", "[Install.Remove.Services]\n[Strings]");
    text_check(text, strlen(text), &windows, false, &seen);
    assert_string_equal(seen.said, "");
    static const char driver[] =
        "[Version]\nSignature=$Chicago$\nClass=System\n"
        "ClassGuid={4d36e97d-e325-11ce-bfc1-08002be10318}\nProvider=A\nDriverVer=1/1/2026,1\n"
        "CatalogFile=a.cat\nPnpLockdown=1\n[DefaultInstall.NTamd64]\nCopyFiles=@a.sys\n"
        "[DefaultInstall.NTamd64.Services]\nAddService=a,,S\n[S]\nServiceType=1\nStartType=3\n"
        "ErrorControl=1\nServiceBinary=%13%\\a.sys\n[DestinationDirs]\nDefaultDestDir=13\n"
        "[SourceDisksNames]\n1=x\n[SourceDisksFiles]\na.sys=1\n";
    text_check(driver, sizeof driver - 1, &windows, false, &seen);
    assert_string_equal(seen.said, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_package_is_good),    cmocka_unit_test(each_rule_is_broken_once),
        cmocka_unit_test(bytes_that_are_no_text), cmocka_unit_test(each_rule_has_a_case),
        cmocka_unit_test(what_is_allowed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
