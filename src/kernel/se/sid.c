/* SPDX-License-Identifier: MIT */
/* sid.c - security identifiers: the well-known ones, comparing, reading from text.
 *
 * The well-known ones are constants; their numbers are those of the public page on
 * well-known SIDs. The machine's own domain, to which its owner belongs, is fixed.
 */
#include "se_internal.h"

#include <string.h>

const struct fixed_sid sid_null = {1, 1, {0, 0, 0, 0, 0, 0}, {0}};
const struct fixed_sid sid_world = {1, 1, {0, 0, 0, 0, 0, 1}, {0}};
const struct fixed_sid sid_local = {1, 1, {0, 0, 0, 0, 0, 2}, {0}};
const struct fixed_sid sid_creator_owner = {1, 1, {0, 0, 0, 0, 0, 3}, {0}};
const struct fixed_sid sid_creator_group = {1, 1, {0, 0, 0, 0, 0, 3}, {1}};
const struct fixed_sid sid_owner_rights = {1, 1, {0, 0, 0, 0, 0, 3}, {4}};
const struct fixed_sid sid_nt = {1, 0, {0, 0, 0, 0, 0, 5}, {0}};
const struct fixed_sid sid_dialup = {1, 1, {0, 0, 0, 0, 0, 5}, {1}};
const struct fixed_sid sid_network = {1, 1, {0, 0, 0, 0, 0, 5}, {2}};
const struct fixed_sid sid_batch = {1, 1, {0, 0, 0, 0, 0, 5}, {3}};
const struct fixed_sid sid_interactive = {1, 1, {0, 0, 0, 0, 0, 5}, {4}};
const struct fixed_sid sid_service = {1, 1, {0, 0, 0, 0, 0, 5}, {6}};
const struct fixed_sid sid_anonymous = {1, 1, {0, 0, 0, 0, 0, 5}, {7}};
const struct fixed_sid sid_self = {1, 1, {0, 0, 0, 0, 0, 5}, {10}};
const struct fixed_sid sid_authenticated = {1, 1, {0, 0, 0, 0, 0, 5}, {11}};
const struct fixed_sid sid_restricted = {1, 1, {0, 0, 0, 0, 0, 5}, {12}};
const struct fixed_sid sid_iuser = {1, 1, {0, 0, 0, 0, 0, 5}, {17}};
const struct fixed_sid sid_system = {1, 1, {0, 0, 0, 0, 0, 5}, {18}};
const struct fixed_sid sid_local_service = {1, 1, {0, 0, 0, 0, 0, 5}, {19}};
const struct fixed_sid sid_network_service = {1, 1, {0, 0, 0, 0, 0, 5}, {20}};
const struct fixed_sid sid_write_restricted = {1, 1, {0, 0, 0, 0, 0, 5}, {33}};
const struct fixed_sid sid_admins = {1, 2, {0, 0, 0, 0, 0, 5}, {32, 544}};
const struct fixed_sid sid_users = {1, 2, {0, 0, 0, 0, 0, 5}, {32, 545}};
const struct fixed_sid sid_guests = {1, 2, {0, 0, 0, 0, 0, 5}, {32, 546}};
const struct fixed_sid sid_power_users = {1, 2, {0, 0, 0, 0, 0, 5}, {32, 547}};
const struct fixed_sid sid_account_ops = {1, 2, {0, 0, 0, 0, 0, 5}, {32, 548}};
const struct fixed_sid sid_system_ops = {1, 2, {0, 0, 0, 0, 0, 5}, {32, 549}};
const struct fixed_sid sid_print_ops = {1, 2, {0, 0, 0, 0, 0, 5}, {32, 550}};
const struct fixed_sid sid_backup_ops = {1, 2, {0, 0, 0, 0, 0, 5}, {32, 551}};
const struct fixed_sid sid_user_drivers = {1, 5, {0, 0, 0, 0, 0, 5}, {84, 0, 0, 0, 0}};
const struct fixed_sid sid_all_packages = {1, 2, {0, 0, 0, 0, 0, 15}, {2, 1}};
const struct fixed_sid sid_untrusted = {1, 1, {0, 0, 0, 0, 0, 16}, {0}};
const struct fixed_sid sid_low = {1, 1, {0, 0, 0, 0, 0, 16}, {4096}};
const struct fixed_sid sid_medium = {1, 1, {0, 0, 0, 0, 0, 16}, {8192}};
const struct fixed_sid sid_high = {1, 1, {0, 0, 0, 0, 0, 16}, {12288}};
const struct fixed_sid sid_system_level = {1, 1, {0, 0, 0, 0, 0, 16}, {16384}};
const struct fixed_sid sid_owner = {1, 5, {0, 0, 0, 0, 0, 5}, {21, 1668249189, 1, 1, 1000}};
const struct fixed_sid sid_owner_group = {1, 5, {0, 0, 0, 0, 0, 5}, {21, 1668249189, 1, 1, 513}};

bool sid_is_valid(const SID *sid)
{
    return sid && (sid->Revision & 0xf) == SID_REVISION &&
           sid->SubAuthorityCount <= SID_MAX_SUB_AUTHORITIES;
}

ULONG sid_length(const SID *sid)
{
    return FIELD_OFFSET(SID, SubAuthority) + sid->SubAuthorityCount * (ULONG)sizeof(ULONG);
}

bool sid_equals(const SID *a, const SID *b)
{
    return a->SubAuthorityCount == b->SubAuthorityCount && memcmp(a, b, sid_length(a)) == 0;
}

/* A decimal or, behind 0x, hexadecimal number; false: none, or more than limit. */
static bool number_parse(const WCHAR *text, ULONG count, ULONG *in_out_at, uint64_t limit,
                         uint64_t *out_number)
{
    ULONG at = *in_out_at, base = 10;
    uint64_t number = 0;
    bool is_any = false;
    if (at + 2 < count && text[at] == '0' && (text[at + 1] | 0x20) == 'x') {
        base = 16;
        at += 2;
    }
    for (; at < count; at++) {
        WCHAR c = text[at] | 0x20;
        ULONG digit = text[at] >= '0' && text[at] <= '9'   ? (ULONG)(text[at] - '0')
                      : base == 16 && c >= 'a' && c <= 'f' ? (ULONG)(c - 'a' + 10)
                                                           : base;
        if (digit == base)
            break;
        number = number * base + digit;
        is_any = true;
        if (number > limit)
            return false;
    }
    *in_out_at = at;
    *out_number = number;
    return is_any;
}

NTSTATUS sid_parse(const WCHAR *text, ULONG count, ULONG *in_out_at, SE_SID *out_sid)
{
    ULONG at = *in_out_at;
    uint64_t number;
    if (at + 4 > count || (text[at] | 0x20) != 's' || text[at + 1] != '-' || text[at + 2] != '1' ||
        text[at + 3] != '-')
        return STATUS_INVALID_SID;
    at += 4;
    if (!number_parse(text, count, &at, 0xffffffffffffull, &number))
        return STATUS_INVALID_SID;
    memset(out_sid, 0, sizeof *out_sid);
    out_sid->Sid.Revision = SID_REVISION;
    for (unsigned i = 0; i < 6; i++)
        out_sid->Sid.IdentifierAuthority.Value[i] = (UCHAR)(number >> (40 - 8 * i));
    while (at < count && text[at] == '-') {
        at++;
        if (out_sid->Sid.SubAuthorityCount == SID_MAX_SUB_AUTHORITIES ||
            !number_parse(text, count, &at, 0xffffffffull, &number))
            return STATUS_INVALID_SID;
        ULONG sub = (ULONG)number;
        memcpy(out_sid->Buffer + sid_length(&out_sid->Sid), &sub, sizeof sub);
        out_sid->Sid.SubAuthorityCount++;
    }
    *in_out_at = at;
    return STATUS_SUCCESS;
}
