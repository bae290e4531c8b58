/* SPDX-License-Identifier: MIT */
/* rank.c - how well a model serves a device: signature, feature and identifier scores.
 *
 * A rank is their sum, 0xSSGGTHHH; the smaller the better.
 */
#include <string.h>

#include "inf/model.h"
#include "inf_internal.h"

#define POSITION_MAX    0xfffu
#define COMPATIBLE_STEP 0x100u

/* The high byte of a rank. What is trusted ranks alike; between these the date decides. */
static const struct {
    uint32_t score;
    bool is_trusted;
} signatures[] = {
    [INF_SIGNED_INBOX] = {0x00000000, true},        [INF_SIGNED_WHQL] = {0x00000000, true},
    [INF_SIGNED_AUTHENTICODE] = {0x00000000, true}, [INF_UNSIGNED] = {0x80000000, false},
    [INF_UNSIGNED_SUSPECT] = {0xc0000000, false},   [INF_SIGNATURE_UNKNOWN] = {0xff000000, false},
};

uint32_t inf_signature_score(enum inf_signature signature)
{
    return signatures[signature].score;
}

bool inf_signature_is_trusted(enum inf_signature signature)
{
    return signatures[signature].is_trusted;
}

uint32_t inf_rank(enum inf_signature signature, uint8_t feature, uint32_t identifier_score)
{
    return inf_signature_score(signature) | (uint32_t)feature << 16 | (identifier_score & 0xffff);
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* [device's identifier is compatible][model's is compatible] */
static const uint32_t match_types[2][2] = {{0x0000, 0x1000}, {0x2000, 0x3000}};

static void match(const struct inf_model *model, const char *const *ids, uint32_t count,
                  bool is_compatible, uint32_t *inout_best, const char **out_id)
{
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t at = 0; at < model->id_count; at++) {
            const char *id = model->ids[at].text;
            if (!*id || !inf_same(id, ids[i]))
                continue;
            uint32_t position = i;
            if (is_compatible && at > 0)
                position += COMPATIBLE_STEP * (at - 1);
            uint32_t score = match_types[is_compatible][at > 0] + smaller(position, POSITION_MAX);
            if (score < *inout_best) {
                *inout_best = score;
                if (out_id)
                    *out_id = id;
            }
        }
    }
}

uint32_t inf_identifier_score(const struct inf_model *model, const char *const *hardware_ids,
                              uint32_t hardware_count, const char *const *compatible_ids,
                              uint32_t compatible_count, const char **out_id)
{
    uint32_t best = INF_RANK_NONE;
    match(model, hardware_ids, hardware_count, false, &best, out_id);
    match(model, compatible_ids, compatible_count, true, &best, out_id);
    return best;
}

uint8_t inf_feature(const struct inf *inf, const struct inf_install *install)
{
    const char *text = inf_text(inf_line_find(install->section, "FeatureScore"), 0);
    char number[8] = "0x";
    int64_t value;
    (void)inf;
    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
        text += 2;
    else if (text[0] == 'x' || text[0] == 'X')
        text++;
    if (!*text || strlen(text) > 2)
        return INF_FEATURE_DEFAULT;
    strcat(number, text);
    return number_parse(number, &value) ? INF_FEATURE_DEFAULT : (uint8_t)value;
}
