/* SPDX-License-Identifier: MIT */
/* sample_inf.h - texts of tests as parsed INFs. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "inf/inf.h"

#define SAMPLE_VERSION                                                 \
    "[Version]\nSignature=\"$WINDOWS NT$\"\nClass=Sample\n"            \
    "ClassGuid={78A1C341-4539-11d3-B88D-00C04FAD5171}\nProvider=%P%\n" \
    "DriverVer=11/20/2026,1.2.3.4\nCatalogFile=sample.cat\nPnpLockdown=1\n"

__attribute__((unused)) static struct inf *sample_parse_as(const char *text,
                                                           const struct inf_options *options)
{
    struct inf *inf = NULL;
    struct inf_error error = {0};
    if (inf_parse(text, strlen(text), "sample.inf", options, &inf, &error) != INF_OK)
        fail_msg("%s", error.text);
    return inf;
}

__attribute__((unused)) static struct inf *sample_parse(const char *text)
{
    return sample_parse_as(text, NULL);
}

/* The text must be refused with a message that begins so. */
__attribute__((unused)) static void sample_refused(const void *bytes, size_t length,
                                                   const char *message)
{
    struct inf *inf = NULL;
    struct inf_error error = {0};
    assert_int_equal(inf_parse(bytes, length, "sample.inf", NULL, &inf, &error), INF_DAMAGED);
    assert_null(inf);
    if (strncmp(error.text, message, strlen(message)) != 0)
        fail_msg("expected \"%s\", got \"%s\"", message, error.text);
}
