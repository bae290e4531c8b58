/* SPDX-License-Identifier: MIT */
/* sddl.c - descriptors written as text, as in INFs and device names.
 *
 * O:owner G:group D:flags(type;flags;rights;;;sid)… S:… becomes a self-relative descriptor.
 * Two passes over each list: the first counts its bytes and finds every mistake. The words
 * are those of the public pages on SDDL.
 */
#include "se_internal.h"

#include <string.h>

struct reader {
    const WCHAR *text;
    ULONG count, at;
};

struct word {
    char text[4];
    ULONG value;
};

static const struct word ace_types[] = {
    {"A", ACCESS_ALLOWED_ACE_TYPE},          {"D", ACCESS_DENIED_ACE_TYPE},
    {"AU", SYSTEM_AUDIT_ACE_TYPE},           {"AL", SYSTEM_ALARM_ACE_TYPE},
    {"ML", SYSTEM_MANDATORY_LABEL_ACE_TYPE}, {"OA", ACCESS_ALLOWED_OBJECT_ACE_TYPE},
    {"OD", ACCESS_DENIED_OBJECT_ACE_TYPE},   {"OU", SYSTEM_AUDIT_OBJECT_ACE_TYPE},
    {"OL", SYSTEM_ALARM_OBJECT_ACE_TYPE},
};

static const struct word ace_flags[] = {
    {"CI", CONTAINER_INHERIT_ACE},  {"OI", OBJECT_INHERIT_ACE}, {"NP", NO_PROPAGATE_INHERIT_ACE},
    {"IO", INHERIT_ONLY_ACE},       {"ID", INHERITED_ACE},      {"SA", SUCCESSFUL_ACCESS_ACE_FLAG},
    {"FA", FAILED_ACCESS_ACE_FLAG},
};

static const struct word rights[] = {
    {"GA", GENERIC_ALL},
    {"GR", GENERIC_READ},
    {"GW", GENERIC_WRITE},
    {"GX", GENERIC_EXECUTE},
    {"RC", READ_CONTROL},
    {"SD", DELETE},
    {"WD", WRITE_DAC},
    {"WO", WRITE_OWNER},
    {"CC", 0x0001},
    {"DC", 0x0002},
    {"LC", 0x0004},
    {"SW", 0x0008},
    {"RP", 0x0010},
    {"WP", 0x0020},
    {"DT", 0x0040},
    {"LO", 0x0080},
    {"CR", 0x0100},
    {"FA", FILE_ALL_ACCESS},
    {"FR", FILE_GENERIC_READ},
    {"FW", FILE_GENERIC_WRITE},
    {"FX", FILE_GENERIC_EXECUTE},
    {"KA", KEY_ALL_ACCESS},
    {"KR", KEY_READ},
    {"KW", KEY_WRITE},
    {"KX", KEY_EXECUTE},
    {"NW", SYSTEM_MANDATORY_LABEL_NO_WRITE_UP},
    {"NR", SYSTEM_MANDATORY_LABEL_NO_READ_UP},
    {"NX", SYSTEM_MANDATORY_LABEL_NO_EXECUTE_UP},
};

static const struct {
    char text[3];
    const struct fixed_sid *sid;
} sids[] = {
    {"WD", &sid_world},
    {"SY", &sid_system},
    {"BA", &sid_admins},
    {"BU", &sid_users},
    {"BG", &sid_guests},
    {"PU", &sid_power_users},
    {"AU", &sid_authenticated},
    {"IU", &sid_interactive},
    {"NU", &sid_network},
    {"SU", &sid_service},
    {"AN", &sid_anonymous},
    {"CO", &sid_creator_owner},
    {"CG", &sid_creator_group},
    {"LS", &sid_local_service},
    {"NS", &sid_network_service},
    {"RC", &sid_restricted},
    {"OW", &sid_owner_rights},
    {"PS", &sid_self},
    {"AO", &sid_account_ops},
    {"SO", &sid_system_ops},
    {"PO", &sid_print_ops},
    {"BO", &sid_backup_ops},
    {"LW", &sid_low},
    {"ME", &sid_medium},
    {"HI", &sid_high},
    {"SI", &sid_system_level},
    {"UD", &sid_user_drivers},
    {"AC", &sid_all_packages},
    {"WR", &sid_write_restricted},
};

static WCHAR letter_at(const struct reader *reader, ULONG ahead)
{
    ULONG at = reader->at + ahead;
    WCHAR c = at < reader->count ? reader->text[at] : 0;
    return c >= 'a' && c <= 'z' ? (WCHAR)(c - 32) : c;
}

static bool take(struct reader *reader, char wanted)
{
    while (reader->at < reader->count && reader->text[reader->at] == ' ')
        reader->at++;
    if (letter_at(reader, 0) != (WCHAR)wanted)
        return false;
    reader->at++;
    return true;
}

/* Takes the longest word of the list that stands here. */
static const struct word *word_take(struct reader *reader, const struct word *words, size_t count)
{
    const struct word *best = NULL;
    size_t best_length = 0;
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(words[i].text), same = 0;
        while (same < length && letter_at(reader, (ULONG)same) == (WCHAR)words[i].text[same])
            same++;
        if (same == length && length > best_length) {
            best = &words[i];
            best_length = length;
        }
    }
    reader->at += (ULONG)best_length;
    return best;
}

static NTSTATUS sid_take(struct reader *reader, SE_SID *out_sid)
{
    if (letter_at(reader, 0) == 'S' && letter_at(reader, 1) == '-')
        return sid_parse(reader->text, reader->count, &reader->at, out_sid);
    for (size_t i = 0; i < sizeof sids / sizeof sids[0]; i++)
        if (letter_at(reader, 0) == (WCHAR)sids[i].text[0] &&
            letter_at(reader, 1) == (WCHAR)sids[i].text[1]) {
            reader->at += 2;
            memcpy(out_sid, sids[i].sid, sid_length(SID_OF(*sids[i].sid)));
            return STATUS_SUCCESS;
        }
    return STATUS_INVALID_SID;
}

static bool hex_take(struct reader *reader, ULONG *out_value)
{
    uint64_t value = 0;
    if (letter_at(reader, 0) != '0' || letter_at(reader, 1) != 'X')
        return false;
    reader->at += 2;
    ULONG begin = reader->at;
    for (;; reader->at++) {
        WCHAR c = letter_at(reader, 0);
        if (c >= '0' && c <= '9')
            value = value * 16 + (ULONG)(c - '0');
        else if (c >= 'A' && c <= 'F')
            value = value * 16 + (ULONG)(c - 'A' + 10);
        else
            break;
        if (value > UINT32_MAX)
            return false;
    }
    *out_value = (ULONG)value;
    return reader->at > begin;
}

/* A GUID without braces: 8-4-4-4-12 digits, of which the first three groups are numbers. */
static bool guid_take(struct reader *reader, GUID *out_guid)
{
    static const UCHAR order[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    UCHAR *bytes = (UCHAR *)out_guid;
    for (unsigned i = 0; i < 16; i++) {
        if ((i == 4 || i == 6 || i == 8 || i == 10) && !take(reader, '-'))
            return false;
        for (unsigned half = 0; half < 2; half++, reader->at++) {
            WCHAR c = letter_at(reader, 0);
            bool is_digit = c >= '0' && c <= '9';
            if (!is_digit && !(c >= 'A' && c <= 'F'))
                return false;
            bytes[order[i]] = (UCHAR)(bytes[order[i]] << 4 | (is_digit ? c - '0' : c - 'A' + 10));
        }
    }
    return true;
}

struct ace_text {
    ULONG type, flags, mask;
    ULONG present; /* OBJECT_ACE_… */
    GUID types[2];
    SE_SID sid;
};

/* The two places between rights and SID, each a GUID or nothing. */
static bool object_types_take(struct reader *reader, struct ace_text *ace)
{
    unsigned count = 0;
    for (unsigned place = 0; place < 2; place++) {
        if (!take(reader, ';'))
            return false;
        if (letter_at(reader, 0) == ';')
            continue;
        if (!ace_is_of_object((UCHAR)ace->type) || !guid_take(reader, &ace->types[count++]))
            return false;
        ace->present |= place ? OBJECT_ACE_INHERITED : OBJECT_ACE_TYPE;
    }
    return take(reader, ';');
}

static ULONG ace_length(const struct ace_text *ace)
{
    ULONG head = FIELD_OFFSET(ACCESS_ALLOWED_ACE, SidStart);
    if (ace_is_of_object((UCHAR)ace->type))
        head = (ULONG)(sizeof(struct object_ace) + (!!(ace->present & OBJECT_ACE_TYPE) +
                                                    !!(ace->present & OBJECT_ACE_INHERITED)) *
                                                       sizeof(GUID));
    return head + sid_length(&ace->sid.Sid);
}

/* Behind the list's ACEs, where there is room. */
static void ace_add(ACL *acl, struct ace_text *ace)
{
    if (!ace_is_of_object((UCHAR)ace->type)) {
        acl_add(acl, (UCHAR)ace->type, ace->flags, ace->mask, &ace->sid, ACL_REVISION);
        return;
    }
    ULONG length = ace_length(ace), sid = sid_length(&ace->sid.Sid);
    struct object_ace *to = acl_end(acl);
    to->header = (ACE_HEADER){(UCHAR)ace->type, (UCHAR)ace->flags, (USHORT)length};
    to->mask = ace->mask;
    to->present = ace->present;
    memcpy(to->types, ace->types, length - sid - sizeof *to);
    memcpy((char *)to + length - sid, &ace->sid, sid);
    acl->AceCount++;
    acl->AclRevision = ACL_REVISION_DS;
}

/* "(type;flags;rights;object;inherited object;sid)". Conditions are not understood. */
static NTSTATUS ace_take(struct reader *reader, struct ace_text *out_ace)
{
    const struct word *word;
    memset(out_ace, 0, sizeof *out_ace);
    if (!take(reader, '('))
        return STATUS_INVALID_PARAMETER;
    word = word_take(reader, ace_types, sizeof ace_types / sizeof ace_types[0]);
    if (!word || !take(reader, ';'))
        return STATUS_INVALID_PARAMETER;
    out_ace->type = word->value;
    while ((word = word_take(reader, ace_flags, sizeof ace_flags / sizeof ace_flags[0])))
        out_ace->flags |= word->value;
    if (!take(reader, ';'))
        return STATUS_INVALID_PARAMETER;
    if (!hex_take(reader, &out_ace->mask))
        while ((word = word_take(reader, rights, sizeof rights / sizeof rights[0])))
            out_ace->mask |= word->value;
    if (!object_types_take(reader, out_ace))
        return STATUS_INVALID_PARAMETER;
    NTSTATUS status = sid_take(reader, &out_ace->sid);
    if (NT_SUCCESS(status) && !take(reader, ')'))
        status = STATUS_INVALID_PARAMETER;
    return status;
}

static void list_flags_take(struct reader *reader, bool is_dacl,
                            SECURITY_DESCRIPTOR_CONTROL *control)
{
    static const struct word words[] = {
        {"P", SE_DACL_PROTECTED}, {"AR", SE_DACL_AUTO_INHERIT_REQ}, {"AI", SE_DACL_AUTO_INHERITED}};
    const struct word *word;
    /* The bits of a SACL are one place higher than those of a DACL. */
    while ((word = word_take(reader, words, sizeof words / sizeof words[0])))
        *control |= (SECURITY_DESCRIPTOR_CONTROL)(is_dacl ? word->value : word->value << 1);
}

/* The ACEs that stand here, as a list in pool. */
static NTSTATUS list_take(struct reader *reader, ACL **out_acl)
{
    struct reader begin = *reader;
    struct ace_text ace;
    ULONG length = sizeof(ACL);
    NTSTATUS status = STATUS_SUCCESS;
    while (NT_SUCCESS(status) && letter_at(reader, 0) == '(') {
        status = ace_take(reader, &ace);
        if (NT_SUCCESS(status))
            length += ace_length(&ace);
    }
    if (!NT_SUCCESS(status))
        return status;
    if (length > 0xfffc)
        return STATUS_INVALID_ACL;
    ACL *acl = ExAllocatePool2(POOL_FLAG_PAGED, length, SE_TAG);
    if (!acl)
        return STATUS_INSUFFICIENT_RESOURCES;
    *acl = (ACL){ACL_REVISION, 0, (USHORT)length, 0, 0};
    while (begin.at < reader->at && NT_SUCCESS(ace_take(&begin, &ace)))
        ace_add(acl, &ace);
    *out_acl = acl;
    return STATUS_SUCCESS;
}

/* One of O:, G:, D:, S: with what follows. */
static NTSTATUS part_take(struct reader *reader, struct descriptor_parts *parts, SE_SID *owner,
                          SE_SID *group)
{
    NTSTATUS status;
    WCHAR part = letter_at(reader, 0);
    if (letter_at(reader, 1) != ':')
        return STATUS_INVALID_PARAMETER;
    reader->at += 2;
    switch (part) {
    case 'O':
        status = sid_take(reader, owner);
        parts->owner = &owner->Sid;
        return status;
    case 'G':
        status = sid_take(reader, group);
        parts->group = &group->Sid;
        return status;
    case 'D':
        if (parts->dacl)
            return STATUS_INVALID_PARAMETER;
        parts->control |= SE_DACL_PRESENT;
        list_flags_take(reader, true, &parts->control);
        return list_take(reader, &parts->dacl);
    case 'S':
        if (parts->sacl)
            return STATUS_INVALID_PARAMETER;
        parts->control |= SE_SACL_PRESENT;
        list_flags_take(reader, false, &parts->control);
        return list_take(reader, &parts->sacl);
    default:
        return STATUS_INVALID_PARAMETER;
    }
}

NTSTATUS se_descriptor_of_sddl(const UNICODE_STRING *sddl, PSECURITY_DESCRIPTOR *out_descriptor)
{
    struct reader reader = {sddl->Buffer, sddl->Length / sizeof(WCHAR), 0};
    struct descriptor_parts parts = {0};
    SE_SID owner, group;
    NTSTATUS status = STATUS_SUCCESS;
    while (NT_SUCCESS(status) && reader.at < reader.count && reader.text[reader.at]) {
        if (reader.text[reader.at] == ' ')
            reader.at++;
        else
            status = part_take(&reader, &parts, &owner, &group);
    }
    if (NT_SUCCESS(status))
        status = descriptor_make(&parts, SE_TAG, out_descriptor, NULL);
    if (parts.dacl)
        ExFreePoolWithTag(parts.dacl, SE_TAG);
    if (parts.sacl)
        ExFreePoolWithTag(parts.sacl, SE_TAG);
    return status;
}
