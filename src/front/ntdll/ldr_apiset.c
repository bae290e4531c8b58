/* SPDX-License-Identifier: MIT */
/* ldr_apiset.c - names of API sets, and of DLLs that are another one here.
 *
 * Doc: "Windows API sets" (Microsoft Learn). The longest matching beginning wins: rows stand
 * before shorter ones of the same family.
 */
#include <string.h>
#include <strings.h>

#include "ldr_internal.h"

static const struct {
    const char *beginning, *host;
} sets[] = {
    {"api-ms-win-crt-", "ucrtbase.dll"},
    {"api-ms-win-core-registry-", "advapi32.dll"},
    {"api-ms-win-core-crt-", "msvcrt.dll"},
    {"api-ms-win-core-", "kernel32.dll"},
    {"api-ms-win-security-", "advapi32.dll"},
    {"api-ms-win-service-", "advapi32.dll"},
    {"api-ms-win-eventing-", "advapi32.dll"},
    {"kernelbase.dll", "kernel32.dll"},
    {"vcruntime140_1.dll", "vcruntime140.dll"},
    {"ext-ms-win-ntuser-", "user32.dll"},
    {"msvcr1", "ucrtbase.dll"},
    {"msvcr9", "msvcrt.dll"},
};

const char *apiset_host(const char *name)
{
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        if (!strncasecmp(name, sets[i].beginning, strlen(sets[i].beginning)))
            return sets[i].host;
    }
    return name;
}

/* What Windows has beside what our tables know, as far as programs of drivers name it. */
static const char *const windows_dlls[] = {
    "aclui",    "atl",      "authz",        "avicap32",  "avrt",    "bcrypt",   "bluetoothapis",
    "bthprops", "cabinet",  "cfgmgr32",     "clusapi",   "combase", "comctl32", "comdlg32",
    "credui",   "crypt32",  "cryptui",      "d2d1",      "d3d11",   "d3d12",    "d3d9",
    "dbghelp",  "ddraw",    "deviceaccess", "devobj",    "devmgr",  "dinput8",  "dnsapi",
    "dsound",   "dwmapi",   "dwrite",       "dxgi",      "dxva2",   "esent",    "evr",
    "fltlib",   "fwpuclnt", "gdi32",        "gdiplus",   "hid",     "iertutil", "imagehlp",
    "imm32",    "iphlpapi", "ksuser",       "loadperf",  "mf",      "mfplat",   "mfreadwrite",
    "mmdevapi", "mpr",      "msi",          "msimg32",   "mswsock", "ncrypt",   "ndfapi",
    "netapi32", "newdev",   "normaliz",     "ntdsapi",   "ole32",   "oleacc",   "oleaut32",
    "opengl32", "pdh",      "powrprof",     "propsys",   "rpcrt4",  "rstrtmgr", "samcli",
    "secur32",  "sensapi",  "setupapi",     "shcore",    "shell32", "shlwapi",  "sti",
    "tdh",      "traffic",  "urlmon",       "userenv",   "usp10",   "uxtheme",  "version",
    "virtdisk", "wbemuuid", "webservices",  "wevtapi",   "winhttp", "wininet",  "winmm",
    "winscard", "winspool", "winsta",       "wintrust",  "winusb",  "wlanapi",  "wldap32",
    "ws2_32",   "wsock32",  "wtsapi32",     "xinput1_4", "xmllite",
};

const struct abi_user_module *placeholder_of(const char *name)
{
    static struct abi_user_module placeholders[sizeof windows_dlls / sizeof *windows_dlls];
    size_t length = strlen(name);
    if (length < 5 || !name_equal(name + length - 4, ".dll"))
        return NULL;
    for (size_t i = 0; i < sizeof windows_dlls / sizeof *windows_dlls; i++) {
        if (strlen(windows_dlls[i]) != length - 4 ||
            strncasecmp(windows_dlls[i], name, length - 4) != 0)
            continue;
        placeholders[i].dll = strdup(name); /* once: a loaded module is found by its name */
        return &placeholders[i];
    }
    return NULL;
}

bool name_equal(const char *a, const char *b)
{
    return !strcasecmp(a, b);
}
