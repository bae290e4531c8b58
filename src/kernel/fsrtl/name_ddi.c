/* SPDX-License-Identifier: MIT */
/* name_ddi.c - file names: equal, matching, legal, taken apart. Narrow text is UTF-8. */
#include "fsrtl/fsrtl.h"

#include "ex/ex.h"
#include "ke/ke.h"
#include "rtl/rtl.h"

#include "fsrtl_ddi.h"

#define LEGAL      (FSRTL_FAT_LEGAL | FSRTL_HPFS_LEGAL | FSRTL_NTFS_LEGAL | FSRTL_OLE_LEGAL)
#define NOT_IN_FAT (FSRTL_HPFS_LEGAL | FSRTL_NTFS_LEGAL | FSRTL_OLE_LEGAL)
#define WILD       (FSRTL_WILD_CHARACTER | FSRTL_OLE_LEGAL)

/* Which file systems allow each character of ASCII. */
static const UCHAR legal_characters[128] = {
    [1 ... 31] = FSRTL_OLE_LEGAL,
    [' ' ... '!'] = LEGAL,
    ['"'] = WILD,
    ['#' ... ')'] = LEGAL,
    ['*'] = WILD,
    ['+' ... ','] = NOT_IN_FAT,
    ['-' ... '.'] = LEGAL,
    ['0' ... '9'] = LEGAL,
    [';'] = NOT_IN_FAT,
    ['<'] = WILD,
    ['='] = NOT_IN_FAT,
    ['>' ... '?'] = WILD,
    ['@' ... 'Z'] = LEGAL,
    ['['] = NOT_IN_FAT,
    [']'] = NOT_IN_FAT,
    ['^' ... '{'] = LEGAL,
    ['|'] = FSRTL_OLE_LEGAL,
    ['}' ... 127] = LEGAL,
};
const UCHAR *const FsRtlLegalAnsiCharacterArray = legal_characters;

/* Errors:  raises STATUS_NO_MEMORY for a pattern of more than 511 characters
 * Doc:     nf-ntifs-_fsrtl_advanced_fcb_header-fsrtlisnameinexpression
 */
BOOLEAN NTAPI FsRtlIsNameInExpression(PUNICODE_STRING Expression, PUNICODE_STRING Name,
                                      BOOLEAN IgnoreCase, PWCH UpcaseTable)
{
    return fsrtl_name_matches(Expression, Name, IgnoreCase, UpcaseTable);
}

/* The same for a pattern in any case.
 *
 * Doc: nf-ntifs-_fsrtl_advanced_fcb_header-fsrtlisnameinunupcasedexpression
 */
BOOLEAN NTAPI FsRtlIsNameInUnUpcasedExpression(PUNICODE_STRING Expression, PUNICODE_STRING Name,
                                               BOOLEAN IgnoreCase, PWCH UpcaseTable)
{
    UNICODE_STRING upper;
    if (!IgnoreCase)
        return fsrtl_name_matches(Expression, Name, false, UpcaseTable);
    NTSTATUS status = RtlUpcaseUnicodeString(&upper, Expression, TRUE);
    if (!NT_SUCCESS(status))
        ke_raise(STATUS_NO_MEMORY);
    bool matches = fsrtl_name_matches(&upper, Name, true, UpcaseTable);
    RtlFreeUnicodeString(&upper);
    return matches;
}

/* Doc: nf-ntifs-_fsrtl_advanced_fcb_header-fsrtlarenamesequal */
BOOLEAN NTAPI FsRtlAreNamesEqual(PCUNICODE_STRING ConstantNameA, PCUNICODE_STRING ConstantNameB,
                                 BOOLEAN IgnoreCase, PCWCH UpcaseTable)
{
    if (!IgnoreCase || !UpcaseTable)
        return RtlEqualUnicodeString(ConstantNameA, ConstantNameB, IgnoreCase);
    if (ConstantNameA->Length != ConstantNameB->Length)
        return FALSE;
    for (unsigned i = 0; i < ConstantNameA->Length / sizeof(WCHAR); i++)
        if (UpcaseTable[ConstantNameA->Buffer[i]] != UpcaseTable[ConstantNameB->Buffer[i]])
            return FALSE;
    return TRUE;
}

/* Doc: nf-ntifs-_fsrtl_advanced_fcb_header-fsrtldoesnamecontainwildcards */
BOOLEAN NTAPI FsRtlDoesNameContainWildCards(PUNICODE_STRING Name)
{
    for (unsigned i = 0; i < Name->Length / sizeof(WCHAR); i++)
        if (Name->Buffer[i] < 0x80 && (legal_characters[Name->Buffer[i]] & FSRTL_WILD_CHARACTER))
            return TRUE;
    return FALSE;
}

/* Doc: nf-ntifs-_fsrtl_advanced_fcb_header-fsrtldoesdbcscontainwildcards */
BOOLEAN NTAPI FsRtlDoesDbcsContainWildCards(PANSI_STRING Name)
{
    for (unsigned i = 0; i < Name->Length; i++)
        if ((UCHAR)Name->Buffer[i] < 0x80 &&
            (legal_characters[(UCHAR)Name->Buffer[i]] & FSRTL_WILD_CHARACTER))
            return TRUE;
    return FALSE;
}

/* Results point into Path.
 *
 * Doc: nf-ntifs-_fsrtl_advanced_fcb_header-fsrtldissectname
 */
VOID NTAPI FsRtlDissectName(UNICODE_STRING Path, PUNICODE_STRING FirstName,
                            PUNICODE_STRING RemainingName)
{
    unsigned count = Path.Length / sizeof(WCHAR), begin = count > 0 && Path.Buffer[0] == '\\';
    unsigned end = begin;
    *FirstName = *RemainingName = (UNICODE_STRING){0};
    if (count == 0)
        return;
    while (end < count && Path.Buffer[end] != '\\')
        end++;
    FirstName->Buffer = Path.Buffer + begin;
    FirstName->Length = FirstName->MaximumLength = (USHORT)((end - begin) * sizeof(WCHAR));
    if (end < count) {
        RemainingName->Buffer = Path.Buffer + end + 1;
        RemainingName->Length = RemainingName->MaximumLength =
            (USHORT)((count - end - 1) * sizeof(WCHAR));
    }
}

/* Doc: nf-ntifs-_fsrtl_advanced_fcb_header-fsrtldissectdbcs */
VOID NTAPI FsRtlDissectDbcs(ANSI_STRING Path, PANSI_STRING FirstName, PANSI_STRING RemainingName)
{
    unsigned count = Path.Length, begin = count > 0 && Path.Buffer[0] == '\\', end = begin;
    *FirstName = *RemainingName = (ANSI_STRING){0};
    if (count == 0)
        return;
    while (end < count && Path.Buffer[end] != '\\')
        end++;
    FirstName->Buffer = Path.Buffer + begin;
    FirstName->Length = FirstName->MaximumLength = (USHORT)(end - begin);
    if (end < count) {
        RemainingName->Buffer = Path.Buffer + end + 1;
        RemainingName->Length = RemainingName->MaximumLength = (USHORT)(count - end - 1);
    }
}

/* The pattern must be in upper case; the name's case does not matter.
 *
 * Doc: nf-ntifs-_fsrtl_advanced_fcb_header-fsrtlisdbcsinexpression
 */
BOOLEAN NTAPI FsRtlIsDbcsInExpression(PANSI_STRING Expression, PANSI_STRING Name)
{
    UNICODE_STRING wide[2];
    NTSTATUS status = RtlAnsiStringToUnicodeString(&wide[0], Expression, TRUE);
    if (NT_SUCCESS(status)) {
        status = RtlAnsiStringToUnicodeString(&wide[1], Name, TRUE);
        if (!NT_SUCCESS(status))
            RtlFreeUnicodeString(&wide[0]);
    }
    if (!NT_SUCCESS(status))
        ke_raise(STATUS_NO_MEMORY);
    bool matches = fsrtl_name_matches(&wide[0], &wide[1], true, NULL);
    RtlFreeUnicodeString(&wide[0]);
    RtlFreeUnicodeString(&wide[1]);
    return matches;
}

/* ---- legal names ----------------------------------------------------------------------- */

struct rule {
    UCHAR flag;
    unsigned base_max, extension_max; /* extension_max 0: the whole name counts */
};
static const struct rule fat_rule = {FSRTL_FAT_LEGAL, 8, 3};
static const struct rule hpfs_rule = {FSRTL_HPFS_LEGAL, 255, 0};

static bool characters_are_legal(const struct rule *rule, const char *text, unsigned count,
                                 bool may_be_wild)
{
    unsigned flags = rule->flag | (may_be_wild ? FSRTL_WILD_CHARACTER : 0);
    for (unsigned i = 0; i < count; i++)
        if ((UCHAR)text[i] < 0x80 && !(legal_characters[(UCHAR)text[i]] & flags))
            return false;
    return true;
}

static bool part_is_legal(const char *text, unsigned count, unsigned most)
{
    return count > 0 && count <= most && text[count - 1] != ' ';
}

static bool name_is_legal(const struct rule *rule, const char *text, unsigned count,
                          bool may_be_wild)
{
    unsigned dot = 0;
    if ((count == 1 && text[0] == '.') || (count == 2 && text[0] == '.' && text[1] == '.'))
        return true;
    if (!characters_are_legal(rule, text, count, may_be_wild))
        return false;
    if (rule->extension_max == 0)
        return part_is_legal(text, count, rule->base_max) && text[count - 1] != '.';
    if (may_be_wild) {
        ANSI_STRING name = {(USHORT)count, (USHORT)count, (char *)text};
        if (FsRtlDoesDbcsContainWildCards(&name))
            return count <= rule->base_max + 1 + rule->extension_max;
    }
    while (dot < count && text[dot] != '.')
        dot++;
    if (!part_is_legal(text, dot, rule->base_max))
        return false;
    if (dot == count)
        return true;
    for (unsigned i = dot + 1; i < count; i++)
        if (text[i] == '.')
            return false;
    return part_is_legal(text + dot + 1, count - dot - 1, rule->extension_max);
}

static bool path_is_legal(const struct rule *rule, const ANSI_STRING *path, bool may_be_wild,
                          bool may_be_path, bool may_lead)
{
    const char *text = path->Buffer;
    unsigned count = path->Length, at = 0;
    if (count == 0)
        return false;
    if (text[0] == '\\') {
        if (!may_lead)
            return false;
        at = 1;
        if (count == 1)
            return true;
    }
    for (;;) {
        unsigned end = at;
        while (end < count && text[end] != '\\')
            end++;
        if (end == at || !name_is_legal(rule, text + at, end - at, may_be_wild && end == count))
            return false;
        if (end == count)
            return true;
        if (!may_be_path)
            return false;
        at = end + 1;
    }
}

/* Doc: nf-ntifs-_fsrtl_advanced_fcb_header-fsrtlisfatdbcslegal */
BOOLEAN NTAPI FsRtlIsFatDbcsLegal(ANSI_STRING DbcsName, BOOLEAN WildCardsPermissible,
                                  BOOLEAN PathNamePermissible, BOOLEAN LeadingBackslashPermissible)
{
    return path_is_legal(&fat_rule, &DbcsName, WildCardsPermissible, PathNamePermissible,
                         LeadingBackslashPermissible);
}

/* Doc: nf-ntifs-_fsrtl_advanced_fcb_header-fsrtlishpfsdbcslegal */
BOOLEAN NTAPI FsRtlIsHpfsDbcsLegal(ANSI_STRING DbcsName, BOOLEAN WildCardsPermissible,
                                   BOOLEAN PathNamePermissible, BOOLEAN LeadingBackslashPermissible)
{
    return path_is_legal(&hpfs_rule, &DbcsName, WildCardsPermissible, PathNamePermissible,
                         LeadingBackslashPermissible);
}
