/* SPDX-License-Identifier: MIT */
/* se_test.h - a machine with the rooms up to se, for this room's tests. */
#ifndef SE_TEST_H
#define SE_TEST_H

#include "kerneltest.h"

#include "se_internal.h"

static int machine_start(void **state)
{
    kernel_begin(1);
    assert_int_equal(ob_init(), STATUS_SUCCESS);
    assert_int_equal(se_init(), STATUS_SUCCESS);
    return 0;
}

static int machine_stop(void **state)
{
    se_fini();
    ob_fini();
    kernel_end();
    return 0;
}

static inline PSECURITY_DESCRIPTOR sddl(UNICODE_STRING *text)
{
    PSECURITY_DESCRIPTOR descriptor;
    assert_int_equal(se_descriptor_of_sddl(text, &descriptor), STATUS_SUCCESS);
    assert_true(descriptor_is_valid(descriptor));
    assert_true(
        descriptor_relative_is_valid(descriptor, RtlLengthSecurityDescriptor(descriptor), 0));
    return descriptor;
}

#endif
