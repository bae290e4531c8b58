/* SPDX-License-Identifier: MIT */
/* model_test.c - decorations, models, install sections, ranks, version. */
#include "sample_inf.h"

#include "inf/dirid.h"
#include "inf/model.h"

static const struct inf_target amd64 = {INF_AMD64, 10, 0, 19045, 1, 0x100};
static const struct inf_target x86_xp = {INF_X86, 5, 1, 2600, 1, 0};
static const struct inf_target x86_center = {INF_X86, 5, 1, 2600, 3, 0x80};
static const struct inf_target arm64 = {INF_ARM64, 10, 0, 22000, 1, 0x100};

static bool fits(const char *text, const struct inf_target *target)
{
    struct inf_decoration decoration;
    assert_int_equal(inf_decoration_parse(text, &decoration), INF_OK);
    return inf_decoration_fits(&decoration, target);
}

static void decorations(void **state)
{
    (void)state;
    assert_true(fits("NTamd64", &amd64));
    assert_true(fits("ntAMD64.6.1", &amd64));
    assert_true(fits("NTamd64.10.0...16299", &amd64));
    assert_true(fits("NTamd64.10.0...19045", &amd64));
    assert_false(fits("NTamd64.10.0...22000", &amd64));
    assert_true(fits("NTamd64.6.3...22000", &amd64)); /* a build of another version counts not */
    assert_false(fits("NTamd64.11", &amd64));
    assert_false(fits("NTamd64.10.1", &amd64));
    assert_true(fits("NTamd64...1", &amd64));
    assert_false(fits("NTamd64...3", &amd64));
    assert_true(fits("NTamd64....0x100", &amd64));
    assert_false(fits("NTamd64....0x180", &amd64));
    assert_false(fits("NT", &amd64)); /* none: x86 */
    assert_true(fits("NT", &x86_xp));
    assert_false(fits("NTarm", &arm64));
    assert_true(fits("NT$ARCH$.10.0", &arm64));
    struct inf_decoration decoration;
    static const char *const bad[] = {"",
                                      "N",
                                      "NTx64",
                                      "NTamd64.x",
                                      "NTamd6",
                                      "NTamd64x",
                                      "NT.1.2.3.4.5.6",
                                      "10.0",
                                      "NT.-1",
                                      "NT.4294967296",
                                      "NT.111111111111111111"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (inf_decoration_parse(bad[i], &decoration) != INF_DAMAGED)
            fail_msg("\"%s\" was accepted", bad[i]);
}

static int description_add(void *context, const struct inf_model *model)
{
    strcat(strcat(context, model->description), ";");
    return 0;
}

static void models_are(const char *text, const struct inf_target *target, const char *expected)
{
    char found[200] = "";
    struct inf_error error;
    struct inf *inf = sample_parse(text);
    if (inf_models_visit(inf, target, description_add, found, &error))
        fail_msg("%s", error.text);
    assert_string_equal(found, expected);
    inf_destroy(inf);
}

/* The example of the documentation of [Manufacturer]. */
#define FOO                                                                                \
    "[Manufacturer]\nFooCorp=FooMfg, NT, NT.5, NT.5.5, NT....0x80\n[FooMfg]\nplain=I,id\n" \
    "[FooMfg.NT]\nnt=I,id\n[FooMfg.NT.5]\nfive=I,id\n[FooMfg.NT.5.5]\nhigh=I,id\n"         \
    "[FooMfg.NT....0x80]\ncenter=I,id\n"

static void models_sections(void **state)
{
    (void)state;
    models_are(FOO, &x86_xp, "five;");
    models_are(FOO, &x86_center, "five;");
    models_are(FOO, &amd64, "");
    static const char two[] = "[Manufacturer]\nA=M,NTx86....0x80,NTamd64\nB\n[M.NTamd64]\nx=I,i\n"
                              "[M.NTx86....0x80]\ny=I,i\n[B]\nplain=I,i\n[M]\nold=I,i\n";
    models_are(two, &amd64, "x;");
    models_are(two, &x86_center, "y;plain;");
    models_are(two, &x86_xp, "old;plain;");
    /* An empty section excludes. */
    models_are("[Manufacturer]\nA=M,NTamd64,NTamd64.10.0...19041\n[M.NTamd64]\nx=I,i\n"
               "[M.NTamd64.10.0...19041]\n",
               &amd64, "");
    models_are("[Manufacturer]\nA=M,NTamd64,NTamd64.10.0...16299,NTamd64.10.0...22000\n"
               "[M.NTamd64]\nall=I,i\n[M.NTamd64.10.0...16299]\nx=I,i\ny=\n"
               "[M.NTamd64.10.0...22000]\nnew=I,i\n",
               &amd64, "x;");
    struct inf_error error;
    struct inf *inf = sample_parse("[Manufacturer]\nA=M,NTamd65\n");
    assert_int_equal(inf_models_visit(inf, &amd64, description_add, NULL, &error), INF_DAMAGED);
    assert_non_null(strstr(error.text, "sample.inf:2: \"NTamd65\" is no TargetOSVersion"));
    inf_destroy(inf);
    inf = sample_parse("[Manufacturer]\nA=\n");
    assert_int_equal(inf_models_visit(inf, &amd64, description_add, NULL, &error), INF_DAMAGED);
    assert_non_null(strstr(error.text, "sample.inf:2: the manufacturer has no models section"));
    inf_destroy(inf);
}

static void install_sections(void **state)
{
    (void)state;
    struct inf_install install;
    struct inf *inf = sample_parse("[I]\n[I.nt]\nx=\n[I.NTamd64]\ny=\n[I.NTamd64.Services]\n"
                                   "[I.NT.Services]\n[I.HW]\n[DefaultInstall]\n");
    assert_int_equal(inf_install_find(inf, "i", &amd64, &install), INF_OK);
    assert_string_equal(install.actual, "I.NTamd64");
    assert_string_equal(install.extension, ".NTamd64");
    assert_non_null(inf_install_part(inf, &install, ".services"));
    assert_null(inf_install_part(inf, &install, ".HW"));
    assert_int_equal(inf_install_find(inf, "I", &arm64, &install), INF_OK);
    assert_string_equal(install.actual, "I.nt");
    assert_int_equal(inf_install_find(inf, "J", &amd64, &install), INF_ABSENT);
    assert_int_equal(inf_default_install_find(inf, &amd64, &install), INF_OK);
    assert_string_equal(install.extension, "");
    inf_destroy(inf);
}

static int model_keep(void *context, const struct inf_model *model)
{
    *(struct inf_model *)context = *model;
    return 1;
}

static void ranks(void **state)
{
    (void)state;
    struct inf_model model = {0};
    struct inf_error error;
    const char *id = NULL;
    static const char *const hardware[] = {"bus\\A&rev", "bus\\A"};
    static const char *const compatible[] = {"bus\\class&sub", "bus\\class"};
    static const struct {
        const char *ids;
        uint32_t score;
    } cases[] = {
        {"BUS\\a&REV", 0x0000},    {"bus\\A", 0x0001},         {"x,bus\\A&rev", 0x1000},
        {",bus\\A", 0x1001},       {"bus\\class&sub", 0x2000}, {"bus\\class", 0x2001},
        {"x,bus\\class", 0x3001},  {",y,bus\\class", 0x3101},  {"bus\\class,bus\\A", 0x1001},
        {"bus\\B", INF_RANK_NONE}, {"", INF_RANK_NONE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[200];
        snprintf(text, sizeof text, "[Manufacturer]\nM=M,NTamd64\n[M.NTamd64]\nd=I,%s\n",
                 cases[i].ids);
        struct inf *inf = sample_parse(text);
        assert_int_equal(inf_models_visit(inf, &amd64, model_keep, &model, &error), 1);
        assert_int_equal(inf_identifier_score(&model, hardware, 2, compatible, 2, &id),
                         cases[i].score);
        inf_destroy(inf);
    }
    assert_int_equal(inf_rank(INF_SIGNED_INBOX, 0xff, 0x3101), 0x00ff3101);
    assert_int_equal(inf_rank(INF_SIGNED_AUTHENTICODE, 0xfd, 0), 0x00fd0000);
    assert_int_equal(inf_rank(INF_UNSIGNED, 0xff, 1), 0x80ff0001);
    assert_true(inf_rank(INF_SIGNED_WHQL, 0xff, INF_ID_SCORE_MAX) < inf_rank(INF_UNSIGNED, 0, 0));
    assert_true(inf_rank(INF_UNSIGNED, 0xff, 0) < inf_rank(INF_UNSIGNED_SUSPECT, 0, 0));
    assert_true(inf_rank(INF_UNSIGNED_SUSPECT, 0, 0) < inf_rank(INF_SIGNATURE_UNKNOWN, 0, 0));
    struct inf *inf = sample_parse("[A]\nFeatureScore=xFD\n[B]\nFeatureScore=1F\n[C]\n"
                                   "[D]\nFeatureScore=100\n");
    static const uint8_t features[] = {0xfd, 0x1f, 0xff, 0xff};
    for (uint32_t i = 0; i < 4; i++) {
        struct inf_install install = {.section = inf_section_at(inf, i)};
        assert_int_equal(inf_feature(inf, &install), features[i]);
    }
    inf_destroy(inf);
}

static void version(void **state)
{
    (void)state;
    struct inf_version version;
    struct inf_error error;
    struct inf *inf = sample_parse(SAMPLE_VERSION "CatalogFile.ntamd64=sample64.cat\n"
                                                  "[Strings]\nP=Contoso\n");
    assert_int_equal(inf_version_read(inf, &amd64, &version, &error), INF_OK);
    assert_string_equal(version.provider, "Contoso");
    assert_string_equal(version.catalog, "sample64.cat");
    assert_string_equal(version.version_text, "1.2.3.4");
    assert_true(version.version == UINT64_C(0x0001000200030004));
    assert_int_equal(version.year * 10000 + version.month * 100 + version.day, 20261120);
    assert_true(version.is_locked_down);
    assert_string_equal(version.extension_id, "");
    assert_int_equal(inf_version_read(inf, &arm64, &version, &error), INF_OK);
    assert_string_equal(version.catalog, "sample.cat");
    inf_destroy(inf);
    static const struct {
        const char *text, *message;
    } bad[] = {
        {"[A]\n", "sample.inf: no [Version] section"},
        {"[Version]\nSignature=$Linux$\n", "sample.inf:1: [Version] has the signature"},
        {"[Version]\nSignature=$Chicago$\nClassGuid={1}\n", "sample.inf:3: ClassGuid is no GUID"},
        {"[Version]\nSignature=$Chicago$\nDriverVer=13/01/2026,1\n", "sample.inf:3: DriverVer is"},
        {"[Version]\nSignature=$Chicago$\nDriverVer=1/1/26\n", "sample.inf:3: DriverVer is"},
        {"[Version]\nSignature=$Chicago$\nDriverVer=1/1/2026,1.65536\n", "sample.inf:3: Driver"},
        {"[Version]\nSignature=$Chicago$\nDriverVer=1/1/2026,1..2\n", "sample.inf:3: DriverVer"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        inf = sample_parse(bad[i].text);
        assert_int_equal(inf_version_read(inf, &amd64, &version, &error), INF_DAMAGED);
        if (strncmp(error.text, bad[i].message, strlen(bad[i].message)) != 0)
            fail_msg("expected \"%s\", got \"%s\"", bad[i].message, error.text);
        inf_destroy(inf);
    }
}

static void guids(void **state)
{
    (void)state;
    static const uint8_t expected[16] = {0x84, 0xe7, 0x4c, 0xe2, 0x9f, 0x8e, 0x1c, 0x41,
                                         0xaa, 0x69, 0x97, 0x45, 0x4c, 0xa4, 0xcb, 0x57};
    uint8_t guid[16];
    assert_int_equal(inf_guid_parse("{E24CE784-8e9f-411c-aa69-97454ca4cb57}", guid), INF_OK);
    assert_memory_equal(guid, expected, 16);
    assert_int_equal(inf_guid_parse("{E24CE784-8e9f-411c-aa69-97454ca4cb5}", guid), INF_DAMAGED);
    assert_int_equal(inf_guid_parse("{E24CE784-8e9f-411c-aa69-97454ca4cbzz}", guid), INF_DAMAGED);
    assert_int_equal(inf_guid_parse("", guid), INF_DAMAGED);
}

static void dirids(void **state)
{
    (void)state;
    char text[64];
    const struct inf_dirid_owner owner = {.store = "D:\\s"};
    assert_string_equal(inf_dirid_table(NULL, 12), "C:\\Windows\\System32\\drivers");
    assert_null(inf_dirid_table(NULL, 13));
    assert_null(inf_dirid_find(99));
    assert_ptr_equal(inf_dirid_find(65535), inf_dirid_find(INF_DIRID_ABSOLUTE));
    for (uint32_t i = 0; inf_dirid_at(i); i++)
        assert_ptr_equal(inf_dirid_find(inf_dirid_at(i)->dirid), inf_dirid_at(i));
    assert_int_equal(inf_dirid_expand("%13%\\a.sys %path% 5%", inf_dirid_table, (void *)&owner,
                                      text, sizeof text),
                     INF_OK);
    assert_string_equal(text, "D:\\s\\a.sys %path% 5%");
    assert_int_equal(inf_dirid_expand("%99%", inf_dirid_table, NULL, text, sizeof text),
                     INF_DAMAGED);
    assert_int_equal(inf_dirid_expand("%11%", inf_dirid_table, NULL, text, 19), INF_DAMAGED);
    assert_int_equal(inf_dirid_expand("%11%", inf_dirid_table, NULL, text, 20), INF_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decorations),      cmocka_unit_test(models_sections),
        cmocka_unit_test(install_sections), cmocka_unit_test(ranks),
        cmocka_unit_test(version),          cmocka_unit_test(guids),
        cmocka_unit_test(dirids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
