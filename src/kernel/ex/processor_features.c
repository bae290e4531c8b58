/* SPDX-License-Identifier: MIT */
/* processor_features.c - what CPUID says, as the flags of the shared-data page.
 *
 * Drivers and programs read them from the page; ExIsProcessorFeaturePresent does, too.
 */
#include <cpuid.h>

#include "ex_internal.h"

/* Numbers that the driver kit does not name: winnt.h's. */
#define PF_RDWRFSGSBASE_AVAILABLE         22
#define PF_RDRAND_INSTRUCTION_AVAILABLE   28
#define PF_RDTSCP_INSTRUCTION_AVAILABLE   32
#define PF_SSSE3_INSTRUCTIONS_AVAILABLE   36
#define PF_SSE4_1_INSTRUCTIONS_AVAILABLE  37
#define PF_SSE4_2_INSTRUCTIONS_AVAILABLE  38
#define PF_AVX_INSTRUCTIONS_AVAILABLE     39
#define PF_AVX2_INSTRUCTIONS_AVAILABLE    40
#define PF_AVX512F_INSTRUCTIONS_AVAILABLE 41

void processor_features_init(void)
{
    KUSER_SHARED_DATA *data = ke_shared_data();
    unsigned a, b, c = 0, d = 0, b7 = 0, c7, d7, d81 = 0;
    BOOLEAN *feature = (BOOLEAN *)data->ProcessorFeatures;

    __get_cpuid(1, &a, &b, &c, &d);
    __get_cpuid_count(7, 0, &a, &b7, &c7, &d7);
    __get_cpuid(0x80000001, &a, &b, &c7, &d81);
    feature[PF_COMPARE_EXCHANGE_DOUBLE] = d >> 8 & 1;
    feature[PF_MMX_INSTRUCTIONS_AVAILABLE] = d >> 23 & 1;
    feature[PF_XMMI_INSTRUCTIONS_AVAILABLE] = d >> 25 & 1;
    feature[PF_XMMI64_INSTRUCTIONS_AVAILABLE] = d >> 26 & 1;
    feature[PF_RDTSC_INSTRUCTION_AVAILABLE] = d >> 4 & 1;
    feature[PF_PAE_ENABLED] = TRUE;
    feature[PF_NX_ENABLED] = d81 >> 20 & 1;
    feature[PF_SSE_DAZ_MODE_AVAILABLE] = TRUE;
    feature[PF_SSE3_INSTRUCTIONS_AVAILABLE] = c & 1;
    feature[PF_COMPARE_EXCHANGE128] = c >> 13 & 1;
    feature[PF_XSAVE_ENABLED] = c >> 27 & 1;
    feature[PF_RDRAND_INSTRUCTION_AVAILABLE] = c >> 30 & 1;
    feature[PF_RDTSCP_INSTRUCTION_AVAILABLE] = d81 >> 27 & 1;
    feature[PF_RDWRFSGSBASE_AVAILABLE] = b7 & 1;
    feature[PF_SSSE3_INSTRUCTIONS_AVAILABLE] = c >> 9 & 1;
    feature[PF_SSE4_1_INSTRUCTIONS_AVAILABLE] = c >> 19 & 1;
    feature[PF_SSE4_2_INSTRUCTIONS_AVAILABLE] = c >> 20 & 1;
    /* Those whose registers the host must save, only when it does (OSXSAVE). */
    feature[PF_AVX_INSTRUCTIONS_AVAILABLE] = (c >> 27 & 1) != 0 && (c >> 28 & 1) != 0;
    feature[PF_AVX2_INSTRUCTIONS_AVAILABLE] =
        feature[PF_AVX_INSTRUCTIONS_AVAILABLE] && (b7 >> 5 & 1) != 0;
    feature[PF_AVX512F_INSTRUCTIONS_AVAILABLE] =
        feature[PF_AVX_INSTRUCTIONS_AVAILABLE] && (b7 >> 16 & 1) != 0;
}
