/* SPDX-License-Identifier: MIT */
/* short_name_ddi.c - 8.3 names: is it one, and one for a long name.
 *
 * The OEM code page is UTF-8 here, so only ASCII counts as one byte a character: a name with
 * other letters is not legal in 8.3, and extended characters never become part of one.
 */
#include "rtl_ddi.h"

#include <stdbool.h>
#include <string.h>

#define BASE_MAX       8u
#define EXTENSION_MAX  3u
#define NAME_MAX_CHARS (BASE_MAX + 1 + EXTENSION_MAX)

/* Letters, digits and the marks that the FAT specification allows. */
static bool is_legal(WCHAR c)
{
    static const char forbidden[] = "\"*+,./:;<=>?[\\]|";
    return c >= ' ' && c < 0x7f && !strchr(forbidden, c);
}

static WCHAR upper(WCHAR c)
{
    return c >= 'a' && c <= 'z' ? (WCHAR)(c - 'a' + 'A') : c;
}

/* One part of a name: not empty, not too long, no space at its end. */
static bool part_is_legal(const WCHAR *part, unsigned count, unsigned most)
{
    if (count == 0 || count > most || part[count - 1] == ' ')
        return false;
    for (unsigned i = 0; i < count; i++)
        if (!is_legal(part[i]))
            return false;
    return true;
}

/* FALSE also for names that ASCII cannot express.
 *
 * Takes:   OemName: its buffer must have 12 bytes; set when the answer is TRUE
 * Doc:     nf-ntifs-rtlisnamelegaldos8dot3
 */
BOOLEAN NTAPI RtlIsNameLegalDOS8Dot3(PCUNICODE_STRING Name, POEM_STRING OemName,
                                     PBOOLEAN NameContainsSpaces)
{
    unsigned count = Name->Length / sizeof(WCHAR), base = 0;
    const WCHAR *text = Name->Buffer;
    bool has_spaces = false;
    if (count == 0 || count > NAME_MAX_CHARS || (OemName && OemName->MaximumLength < count))
        return FALSE;
    bool is_dots = text[0] == '.' && (count == 1 || (count == 2 && text[1] == '.'));
    if (!is_dots) {
        while (base < count && text[base] != '.')
            base++;
        if (!part_is_legal(text, base, BASE_MAX) ||
            (base < count && !part_is_legal(text + base + 1, count - base - 1, EXTENSION_MAX)))
            return FALSE;
    }
    for (unsigned i = 0; i < count; i++) {
        has_spaces |= text[i] == ' ';
        if (OemName)
            OemName->Buffer[i] = (char)upper(text[i]);
    }
    if (OemName)
        OemName->Length = (USHORT)count;
    if (NameContainsSpaces)
        *NameContainsSpaces = has_spaces;
    return TRUE;
}

/* Doc: nf-ntifs-rtlisvalidoemcharacter; differs: see the top of this file */
BOOLEAN NTAPI RtlIsValidOemCharacter(PWCHAR Char)
{
    if (*Char >= 0x80)
        return FALSE;
    *Char = upper(*Char);
    return TRUE;
}

/* Sixteen bits that tell long names with the same beginning apart. */
static USHORT name_checksum(const UNICODE_STRING *name)
{
    ULONG sum = 0x811c9dc5u;
    for (unsigned i = 0; i < name->Length / sizeof(WCHAR); i++)
        sum = (sum ^ name->Buffer[i]) * 0x01000193u;
    return (USHORT)(sum ^ sum >> 16);
}

/* The characters of a part that may stand in a short name, at most `most`. */
static unsigned part_keep(const WCHAR *from, unsigned count, WCHAR *to, unsigned most)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < count && kept < most; i++) {
        WCHAR c = upper(from[i]);
        if (c == ' ' || c == '.' || c < ' ' || c >= 0x7f)
            continue;
        if (!is_legal(c)) {
            if (!strchr(":;,+=[]", c))
                continue;
            c = '_';
        }
        to[kept++] = c;
    }
    return kept;
}

static void context_begin(GENERATE_NAME_CONTEXT *context, const UNICODE_STRING *name)
{
    unsigned count = name->Length / sizeof(WCHAR), begin = 0;
    while (begin < count && name->Buffer[begin] == '.')
        begin++;
    unsigned dot = count;
    while (dot > begin && name->Buffer[dot - 1] != '.')
        dot--;
    unsigned base_end = dot > begin ? dot - 1 : count;
    context->NameLength =
        (UCHAR)part_keep(name->Buffer + begin, base_end - begin, context->NameBuffer, 6);
    context->ExtensionBuffer[0] = '.';
    context->ExtensionLength = 0;
    if (dot > begin) {
        unsigned kept =
            part_keep(name->Buffer + dot, count - dot, context->ExtensionBuffer + 1, EXTENSION_MAX);
        context->ExtensionLength = kept ? kept + 1 : 0;
    }
    context->Checksum = name_checksum(name);
    context->CheckSumInserted = FALSE;
}

/* From the fifth name on, and for bases of less than two characters at once, four digits of
 * the checksum take the place of the base's end. */
static void checksum_insert(GENERATE_NAME_CONTEXT *context)
{
    unsigned at = context->NameLength < 2 ? context->NameLength : 2;
    for (int shift = 12; shift >= 0; shift -= 4)
        context->NameBuffer[at++] = (WCHAR) "0123456789ABCDEF"[context->Checksum >> shift & 15];
    context->NameLength = (UCHAR)at;
    context->CheckSumInserted = TRUE;
    context->LastIndexValue = 1;
}

/* The next candidate: base~N.ext.
 *
 * Errors:  STATUS_FILE_SYSTEM_LIMITATION after a million
 * Doc:     nf-ntifs-rtlgenerate8dot3name
 * Differs: extended characters are left out whatever AllowExtendedCharacters says
 */
NTSTATUS NTAPI RtlGenerate8dot3Name(PCUNICODE_STRING Name, BOOLEAN AllowExtendedCharacters,
                                    PGENERATE_NAME_CONTEXT Context, PUNICODE_STRING Name8dot3)
{
    GENERATE_NAME_CONTEXT *context = Context;
    WCHAR digits[8];
    unsigned digit_count = 0, at = 0;
    if (context->NameLength == 0 && context->LastIndexValue == 0)
        context_begin(context, Name);
    if (context->LastIndexValue >= 999999)
        return STATUS_FILE_SYSTEM_LIMITATION;
    context->LastIndexValue++;
    if (!context->CheckSumInserted && (context->LastIndexValue > 4 || context->NameLength < 2))
        checksum_insert(context);
    for (ULONG index = context->LastIndexValue; index > 0; index /= 10)
        digits[digit_count++] = (WCHAR)('0' + index % 10);
    unsigned base = context->NameLength;
    if (base > BASE_MAX - 1 - digit_count)
        base = BASE_MAX - 1 - digit_count;
    for (; at < base; at++)
        Name8dot3->Buffer[at] = context->NameBuffer[at];
    Name8dot3->Buffer[at++] = '~';
    while (digit_count > 0)
        Name8dot3->Buffer[at++] = digits[--digit_count];
    for (unsigned i = 0; i < context->ExtensionLength; i++)
        Name8dot3->Buffer[at++] = context->ExtensionBuffer[i];
    Name8dot3->Length = (USHORT)(at * sizeof(WCHAR));
    return STATUS_SUCCESS;
}
