/* SPDX-License-Identifier: MIT */
/* stamp_test.c - templates stamped: variables, DriverVer, CatalogFile, encodings. */
#include "sample_inf.h"

#include "inf/stamp.h"

static void stamped_is(const char *text, size_t length, const struct inf_stamp *stamp,
                       const char *expected, size_t expected_length)
{
    uint8_t *bytes;
    size_t out_length;
    struct inf_error error = {0};
    if (inf_stamp(text, length, "x.inx", stamp, &bytes, &out_length, &error))
        fail_msg("%s", error.text);
    if (out_length != expected_length || memcmp(bytes, expected, out_length) != 0)
        fail_msg("got \"%.*s\"", (int)out_length, (const char *)bytes);
    free(bytes);
}

static void text_is(const char *text, const struct inf_stamp *stamp, const char *expected)
{
    stamped_is(text, strlen(text), stamp, expected, strlen(expected));
}

static void variables(void **state)
{
    (void)state;
    const struct inf_stamp stamp = {.architecture = "amd64", .kmdf = "1.15", .umdf = "2.5.0"};
    text_is("[M.NT$ARCH$.10.0] ; $arch$\nK=$KMDFVERSION$,Wdf$KMDFCOINSTALLERVERSION$\n"
            "U=$UMDFVERSION$ $UMDFCOINSTALLERVERSION$ $CHICAGO$ $ARCH\n",
            &stamp, "[M.NTamd64.10.0] ; amd64\nK=1.15,Wdf01015\nU=2.5.0 02005 $CHICAGO$ $ARCH\n");
    const struct inf_stamp nothing = {0};
    text_is("$ARCH$ $KMDFVERSION$", &nothing, "$ARCH$ $KMDFVERSION$");
    text_is("", &nothing, "");
}

static void driver_ver_and_catalog(void **state)
{
    (void)state;
    const struct inf_stamp stamp = {.date = "11/20/2026", .version = "1.2.3.4", .catalog = "a.cat"};
    text_is("[version]\r\nCatalogFile = old.cat\r\n driverver  =  ; TODO\r\n[X]\r\nDriverVer=1\r\n",
            &stamp,
            "[version]\r\nCatalogFile = a.cat\r\n driverver  =  11/20/2026,1.2.3.4\r\n[X]\r\n"
            "DriverVer=1\r\n");
    text_is("; c\n[Version]\nX=1\n", &stamp,
            "; c\n[Version]\nDriverVer=11/20/2026,1.2.3.4\nCatalogFile=a.cat\nX=1\n");
    text_is("[Version]", &stamp, "[Version]\nDriverVer=11/20/2026,1.2.3.4\n\nCatalogFile=a.cat\n");
    const struct inf_stamp date = {.date = "11/20/2026"}, version = {.version = "2.0"};
    text_is("[Version]\nDriverVer=1/1/2000,5.6\n", &date, "[Version]\nDriverVer=11/20/2026,5.6\n");
    text_is("[Version]\nDriverVer=1/1/2000,5.6\n", &version, "[Version]\nDriverVer=1/1/2000,2.0\n");
    const struct inf_stamp section = {.date = "11/20/2026", .section = "Inst"};
    text_is("[Version]\nDriverVer=x\n[ inst ]\n", &section,
            "[Version]\nDriverVer=x\n[ inst ]\nDriverVer=11/20/2026\n");
}

static void encodings_stay(void **state)
{
    (void)state;
    const struct inf_stamp stamp = {.architecture = "x86"};
    static const char little[] = "\xff\xfe"
                                 "N\0T\0$\0A\0R\0C\0H\0$\0\xac\x20\n";
    static const char little_out[] = "\xff\xfe"
                                     "N\0T\0x\0"
                                     "8\0"
                                     "6\0\xac\x20\n";
    stamped_is(little, sizeof little, &stamp, little_out, sizeof little_out);
    static const char big[] = "\xfe\xff\0$\0A\0R\0C\0H\0$\0\n";
    static const char big_out[] = "\xfe\xff\0x\0"
                                  "8\0"
                                  "6\0\n";
    stamped_is(big, sizeof big - 1, &stamp, big_out, sizeof big_out - 1);
    text_is("\xef\xbb\xbf$ARCH$", &stamp, "\xef\xbb\xbfx86");
    text_is("\x80\xe9$ARCH$\xa9\x9d", &stamp, "\x80\xe9x86\xa9\x9d");
    text_is("\u00e9$ARCH$", &stamp, "\u00e9x86");
}

static void refusals(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        struct inf_stamp stamp;
        const char *message;
    } bad[] = {
        {"", {.architecture = "x64"}, "x.inx: \"x64\" is no architecture"},
        {"", {.date = "2026-11-20"}, "x.inx: \"2026-11-20,\" is no date"},
        {"", {.version = "1.2.3.4.5"}, "x.inx: \"1/1/2000,1.2.3.4.5\" is no date"},
        {"", {.kmdf = "one"}, "x.inx: \"one\" is no version"},
        {"", {.umdf = "2"}, "x.inx: \"2\" is no version"},
        {"[A]", {.date = "1/1/2026"}, "x.inx: no section [Version]"},
        {"[A]", {.catalog = "a.cat"}, "x.inx: no section [Version]"},
        {"[Version]", {.version = "1.0"}, "x.inx: no DriverVer whose date"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint8_t *bytes = NULL;
        size_t length;
        struct inf_error error = {0};
        assert_int_equal(inf_stamp(bad[i].text, strlen(bad[i].text), "x.inx", &bad[i].stamp, &bytes,
                                   &length, &error),
                         INF_DAMAGED);
        assert_null(bytes);
        if (strncmp(error.text, bad[i].message, strlen(bad[i].message)) != 0)
            fail_msg("expected \"%s\", got \"%s\"", bad[i].message, error.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(variables),
        cmocka_unit_test(driver_ver_and_catalog),
        cmocka_unit_test(encodings_stay),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
