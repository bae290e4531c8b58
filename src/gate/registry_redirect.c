/* SPDX-License-Identifier: MIT */
/* registry_redirect.c - what of the registry 32-bit programs have for their own.
 *
 * HKLM\Software is another one for them (Software\Wow6432Node), but for what all programs share.
 * KEY_WOW64_32KEY and KEY_WOW64_64KEY choose, whoever asks. Keys are where their names say; only
 * the names that programs open are changed.
 * Doc: "Registry Redirector", "Registry Keys Affected by WOW64", "Accessing an Alternate
 * Registry View".
 */
#include <string.h>

#include "cm/cm.h"
#include "ex/ex.h"
#include "ps/ps.h"
#include "services.h"

#define TAG_REDIRECT 'drRG'

static const WCHAR software[] = L"\\Registry\\Machine\\Software";
static const WCHAR node[] = L"\\Wow6432Node";

/* Below Software. Shared, unless a name of the second list follows \Classes. */
static const WCHAR *const shared[] = {
    L"Classes",
    L"Clients",
    L"Microsoft\\COM3",
    L"Microsoft\\Cryptography\\Calais\\Current",
    L"Microsoft\\Cryptography\\Calais\\Readers",
    L"Microsoft\\Cryptography\\Services",
    L"Microsoft\\CTF\\SystemShared",
    L"Microsoft\\CTF\\TIP",
    L"Microsoft\\DFS",
    L"Microsoft\\Driver Signing",
    L"Microsoft\\EnterpriseCertificates",
    L"Microsoft\\EventSystem",
    L"Microsoft\\MSMQ",
    L"Microsoft\\Non-Driver Signing",
    L"Microsoft\\Notepad\\DefaultFonts",
    L"Microsoft\\OLE",
    L"Microsoft\\RAS",
    L"Microsoft\\RPC",
    L"Microsoft\\Shared Tools\\MSInfo",
    L"Microsoft\\SystemCertificates",
    L"Microsoft\\TermServLicensing",
    L"Microsoft\\Transaction Server",
    L"Microsoft\\Windows\\CurrentVersion\\App Paths",
    L"Microsoft\\Windows\\CurrentVersion\\Control Panel\\Cursors\\Schemes",
    L"Microsoft\\Windows\\CurrentVersion\\Explorer\\AutoplayHandlers",
    L"Microsoft\\Windows\\CurrentVersion\\Explorer\\DriveIcons",
    L"Microsoft\\Windows\\CurrentVersion\\Explorer\\KindMap",
    L"Microsoft\\Windows\\CurrentVersion\\Group Policy",
    L"Microsoft\\Windows\\CurrentVersion\\Policies",
    L"Microsoft\\Windows\\CurrentVersion\\PreviewHandlers",
    L"Microsoft\\Windows\\CurrentVersion\\Setup",
    L"Microsoft\\Windows\\CurrentVersion\\Telephony\\Locations",
    L"Microsoft\\Windows NT\\CurrentVersion\\Console",
    L"Microsoft\\Windows NT\\CurrentVersion\\FontDpi",
    L"Microsoft\\Windows NT\\CurrentVersion\\FontLink",
    L"Microsoft\\Windows NT\\CurrentVersion\\FontMapper",
    L"Microsoft\\Windows NT\\CurrentVersion\\Fonts",
    L"Microsoft\\Windows NT\\CurrentVersion\\FontSubstitutes",
    L"Microsoft\\Windows NT\\CurrentVersion\\Gre_Initialize",
    L"Microsoft\\Windows NT\\CurrentVersion\\Image File Execution Options",
    L"Microsoft\\Windows NT\\CurrentVersion\\LanguagePack",
    L"Microsoft\\Windows NT\\CurrentVersion\\NetworkCards",
    L"Microsoft\\Windows NT\\CurrentVersion\\Perflib",
    L"Microsoft\\Windows NT\\CurrentVersion\\Ports",
    L"Microsoft\\Windows NT\\CurrentVersion\\Print",
    L"Microsoft\\Windows NT\\CurrentVersion\\ProfileList",
    L"Microsoft\\Windows NT\\CurrentVersion\\Time Zones",
    L"Policies",
    L"RegisteredApplications",
};
static const WCHAR *const classes[] = {L"Classes\\CLSID", L"Classes\\DirectShow",
                                       L"Classes\\Interface", L"Classes\\Media Type",
                                       L"Classes\\MediaFoundation"};
#define CLASSES_COUNT 7 /* characters of Classes */

/* Does the path begin with these components? Then *out_rest is what follows, with its backslash. */
static bool begins_with(const UNICODE_STRING *path, const WCHAR *front, UNICODE_STRING *out_rest)
{
    UNICODE_STRING prefix;
    RtlInitUnicodeString(&prefix, front);
    if (!RtlPrefixUnicodeString(&prefix, path, TRUE))
        return false;
    USHORT left = path->Length - prefix.Length;
    *out_rest = (UNICODE_STRING){left, left, path->Buffer + prefix.Length / sizeof(WCHAR)};
    return left == 0 || out_rest->Buffer[0] == '\\';
}

static bool is_one_of(const UNICODE_STRING *path, const WCHAR *const *names, size_t count)
{
    UNICODE_STRING rest;
    for (size_t i = 0; i < count; i++) {
        if (begins_with(path, names[i], &rest))
            return true;
    }
    return false;
}

/* Characters of the path in front of the node's name; 0: the path stays as it is. */
static size_t node_place(const UNICODE_STRING *path)
{
    UNICODE_STRING rest, after;
    size_t front = sizeof software / sizeof(WCHAR) - 1;
    if (!begins_with(path, software, &rest))
        return 0;
    if (rest.Length == 0)
        return front;
    if (begins_with(&rest, node, &after))
        return 0;
    UNICODE_STRING below = {rest.Length - sizeof(WCHAR), rest.Length - sizeof(WCHAR),
                            rest.Buffer + 1};
    if (is_one_of(&below, classes, ARRAYSIZE(classes)))
        return front + 1 + CLASSES_COUNT;
    return is_one_of(&below, shared, ARRAYSIZE(shared)) ? 0 : front;
}

/* The whole path of what is asked for, with room for the node's name behind it; on the pool. */
static NTSTATUS path_make(const OBJECT_ATTRIBUTES *attributes, UNICODE_STRING *out_path)
{
    const ULONG room = 2048;
    ULONG length = 0;
    OBJECT_NAME_INFORMATION *name = ExAllocatePool2(POOL_FLAG_PAGED, room, TAG_REDIRECT);
    WCHAR *text = ExAllocatePool2(POOL_FLAG_PAGED, MAXUSHORT, TAG_REDIRECT);
    NTSTATUS status = name && text ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
    void *root;
    *out_path = (UNICODE_STRING){0, MAXUSHORT - 1, text};
    if (NT_SUCCESS(status) && attributes->RootDirectory) {
        status = ob_handle_reference(attributes->RootDirectory, 0, cm_key_type, gate_mode(), &root,
                                     NULL);
        if (NT_SUCCESS(status)) {
            status = ObQueryNameString(root, name, room, &length);
            ob_dereference(root);
        }
        if (NT_SUCCESS(status))
            status = RtlAppendUnicodeStringToString(out_path, &name->Name);
        if (NT_SUCCESS(status) && attributes->ObjectName && attributes->ObjectName->Length)
            status = RtlAppendUnicodeToString(out_path, L"\\");
    }
    if (NT_SUCCESS(status) && attributes->ObjectName)
        status = RtlAppendUnicodeStringToString(out_path, attributes->ObjectName);
    if (name)
        ExFreePoolWithTag(name, TAG_REDIRECT);
    if (!NT_SUCCESS(status) && text)
        ExFreePoolWithTag(text, TAG_REDIRECT);
    return status;
}

/* Whose own it is exists before anybody opens something in it. */
static void node_make(UNICODE_STRING *path, USHORT bytes)
{
    UNICODE_STRING name = {bytes, bytes, path->Buffer};
    OBJECT_ATTRIBUTES attributes;
    ULONG outcome;
    void *key;
    InitializeObjectAttributes(&attributes, &name, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL,
                               NULL);
    if (NT_SUCCESS(cm_key_open_transacted(&attributes, KEY_READ, KernelMode, true, 0, NULL,
                                          &outcome, &key)))
        ob_dereference(key);
}

bool gate_key_redirect(ACCESS_MASK access, OBJECT_ATTRIBUTES *attributes, UNICODE_STRING *out_path)
{
    const USHORT bytes = sizeof node - sizeof(WCHAR);
    bool wants_32 = ps_process_current()->is_32bit ? !(access & KEY_WOW64_64KEY)
                                                   : (access & KEY_WOW64_32KEY) != 0;
    if (gate_mode() != UserMode || !wants_32 || !NT_SUCCESS(path_make(attributes, out_path)))
        return false;
    size_t place = node_place(out_path);
    if (place == 0 || out_path->Length > out_path->MaximumLength - bytes) {
        ExFreePoolWithTag(out_path->Buffer, TAG_REDIRECT);
        return false;
    }
    WCHAR *at = out_path->Buffer + place;
    USHORT front = (USHORT)(place * sizeof(WCHAR));
    memmove((char *)at + bytes, at, out_path->Length - front);
    memcpy(at, node, bytes);
    out_path->Length += bytes;
    node_make(out_path, front + bytes);
    attributes->RootDirectory = NULL;
    attributes->ObjectName = out_path;
    return true;
}

void gate_key_redirect_end(UNICODE_STRING *path)
{
    ExFreePoolWithTag(path->Buffer, TAG_REDIRECT);
}
