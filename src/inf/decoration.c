/* SPDX-License-Identifier: MIT */
/* decoration.c - TargetOSVersion: what "NTamd64.10.0...16299" says, and whether a target fits it.
 *
 * Since Windows Server 2003 SP1 a decoration without an architecture serves x86 alone.
 */
#include "inf/model.h"

#include <string.h>

#include "inf_internal.h"

#define ANY_ARCHITECTURE      (-1)
#define TEMPLATE_ARCHITECTURE (-2)
#define PARTS                 5

static const char *const architectures[] = {
    [INF_X86] = "x86", [INF_IA64] = "ia64",   [INF_AMD64] = "amd64",
    [INF_ARM] = "arm", [INF_ARM64] = "arm64",
};

const char *inf_architecture_name(enum inf_architecture architecture)
{
    return architectures[architecture];
}

static int architecture_parse(const char *text, size_t length, int *out_architecture)
{
    if (length == 0) {
        *out_architecture = ANY_ARCHITECTURE;
        return INF_OK;
    }
    if (name_compare_length("$ARCH$", text, length) == 0) {
        *out_architecture = TEMPLATE_ARCHITECTURE;
        return INF_OK;
    }
    for (int i = INF_X86; i <= INF_ARM64; i++)
        if (name_compare_length(architectures[i], text, length) == 0) {
            *out_architecture = i;
            return INF_OK;
        }
    return INF_DAMAGED;
}

/* A number up to the next dot; *out_has is false for nothing between two dots. */
static int part_parse(const char **inout_text, bool *out_has, uint32_t *out_value)
{
    char digits[16] = {0};
    int64_t value;
    size_t length = strcspn(*inout_text, ".");
    if (length >= sizeof digits)
        return INF_DAMAGED;
    memcpy(digits, *inout_text, length);
    *inout_text += length;
    if (length == 0)
        return INF_OK;
    if (number_parse(digits, &value) || value < 0 || value > UINT32_MAX)
        return INF_DAMAGED;
    *out_has = true;
    *out_value = (uint32_t)value;
    return INF_OK;
}

int inf_decoration_parse(const char *text, struct inf_decoration *out_decoration)
{
    struct inf_decoration decoration = {0};
    if (strlen(text) < 2 || name_compare_length("NT", text, 2) != 0)
        return INF_DAMAGED;
    text += 2;
    size_t length = strcspn(text, ".");
    if (architecture_parse(text, length, &decoration.architecture))
        return INF_DAMAGED;
    text += length;
    const struct {
        bool *has;
        uint32_t *value;
    } parts[PARTS] = {
        {&decoration.has_major, &decoration.major},
        {&decoration.has_minor, &decoration.minor},
        {&decoration.has_product, &decoration.product_type},
        {&decoration.has_suite, &decoration.suite_mask},
        {&decoration.has_build, &decoration.build},
    };
    for (unsigned i = 0; *text; i++) {
        text++; /* the dot */
        if (i == PARTS || part_parse(&text, parts[i].has, parts[i].value))
            return INF_DAMAGED;
    }
    *out_decoration = decoration;
    return INF_OK;
}

static int order(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

bool inf_decoration_fits(const struct inf_decoration *decoration, const struct inf_target *target)
{
    int wanted = decoration->architecture == ANY_ARCHITECTURE ? INF_X86 : decoration->architecture;
    if (wanted != TEMPLATE_ARCHITECTURE && wanted != (int)target->architecture)
        return false;
    int version = decoration->has_major ? order(decoration->major, target->major) : 0;
    if (version == 0 && decoration->has_major && decoration->has_minor)
        version = order(decoration->minor, target->minor);
    if (version > 0)
        return false;
    /* The build counts for exactly this version of the system. */
    bool is_same = decoration->has_major && version == 0;
    if (decoration->has_build && is_same && decoration->build > target->build)
        return false;
    if (decoration->has_product && decoration->product_type != target->product_type)
        return false;
    return !decoration->has_suite ||
           (decoration->suite_mask & target->suite_mask) == decoration->suite_mask;
}

int inf_decoration_compare(const struct inf_decoration *a, const struct inf_decoration *b)
{
    const int orders[] = {
        (a->architecture != ANY_ARCHITECTURE) - (b->architecture != ANY_ARCHITECTURE),
        a->has_major - b->has_major,
        order(a->major, b->major),
        order(a->minor, b->minor),
        order(a->build, b->build),
        a->has_product - b->has_product,
        a->has_suite - b->has_suite,
        __builtin_popcount(a->suite_mask) - __builtin_popcount(b->suite_mask),
    };
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++)
        if (orders[i])
            return orders[i];
    return 0;
}
