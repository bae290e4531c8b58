/* SPDX-License-Identifier: MIT */
/* plug.h - the machine asked about devices, and what it says as this or that kind of error. */
#ifndef SETUP_PLUG_H
#define SETUP_PLUG_H

#include <cfg.h>
#include <devpropdef.h>

#include "ntdll/error.h"
#include "ntdll/heap.h"
#include "ntdll/nt.h"
#include "win32/win32.h"
#include "wire/plugplay.h"

typedef DWORD CONFIGRET;
typedef DWORD DEVINST;

/* Codes of cfgmgr32. */
#define CR_SUCCESS                  0x00u
#define CR_OUT_OF_MEMORY            0x02u
#define CR_INVALID_POINTER          0x03u
#define CR_INVALID_FLAG             0x04u
#define CR_INVALID_DEVNODE          0x05u
#define CR_INVALID_RES_DES          0x06u
#define CR_INVALID_LOG_CONF         0x07u
#define CR_NO_SUCH_DEVNODE          0x0du
#define CR_NO_MORE_LOG_CONF         0x0eu
#define CR_NO_MORE_RES_DES          0x0fu
#define CR_ALREADY_SUCH_DEVNODE     0x10u
#define CR_FAILURE                  0x13u
#define CR_REMOVE_VETOED            0x17u
#define CR_BUFFER_SMALL             0x1au
#define CR_REGISTRY_ERROR           0x1du
#define CR_INVALID_DEVICE_ID        0x1eu
#define CR_INVALID_DATA             0x1fu
#define CR_NO_SUCH_VALUE            0x25u
#define CR_WRONG_TYPE               0x26u
#define CR_NOT_DISABLEABLE          0x28u
#define CR_NO_SUCH_REGISTRY_KEY     0x2eu
#define CR_INVALID_MACHINENAME      0x2fu
#define CR_ACCESS_DENIED            0x33u
#define CR_CALL_NOT_IMPLEMENTED     0x34u
#define CR_INVALID_PROPERTY         0x35u
#define CR_NO_SUCH_DEVICE_INTERFACE 0x37u
#define CR_INVALID_REFERENCE_STRING 0x38u
#define CR_INVALID_STRUCTURE_SIZE   0x3bu

/* What setupapi says beside Win32's own errors. */
#define SETUP_ERROR(code)              (0xe0000000u | (code))
#define ERROR_SECTION_NOT_FOUND        SETUP_ERROR(0x101)
#define ERROR_LINE_NOT_FOUND           SETUP_ERROR(0x102)
#define ERROR_WRONG_INF_STYLE          SETUP_ERROR(0x100)
#define ERROR_CLASS_MISMATCH           SETUP_ERROR(0x201)
#define ERROR_NO_DRIVER_SELECTED       SETUP_ERROR(0x203)
#define ERROR_KEY_DOES_NOT_EXIST       SETUP_ERROR(0x204)
#define ERROR_INVALID_DEVINST_NAME     SETUP_ERROR(0x205)
#define ERROR_INVALID_CLASS            SETUP_ERROR(0x206)
#define ERROR_DEVINST_ALREADY_EXISTS   SETUP_ERROR(0x207)
#define ERROR_DEVINFO_NOT_REGISTERED   SETUP_ERROR(0x208)
#define ERROR_INVALID_REG_PROPERTY     SETUP_ERROR(0x209)
#define ERROR_NO_SUCH_DEVINST          SETUP_ERROR(0x20b)
#define ERROR_DI_DO_DEFAULT            SETUP_ERROR(0x20e)
#define ERROR_NO_CLASSINSTALL_PARAMS   SETUP_ERROR(0x215)
#define ERROR_NO_SUCH_DEVICE_INTERFACE SETUP_ERROR(0x225)
#define ERROR_DI_FUNCTION_OBSOLETE     SETUP_ERROR(0x23e)
#define ERROR_NOT_DISABLEABLE          SETUP_ERROR(0x231)
#define ERROR_CANT_REMOVE_DEVINST      SETUP_ERROR(0x232)
#define ERROR_INVALID_USER_BUFFER      1784u
#define ERROR_INVALID_MACHINENAME      SETUP_ERROR(0x220)

/* An answer; all on the process heap. */
struct plug {
    struct wire_plugplay_reply *reply;
    void *data; /* reply->length bytes, and two zero characters behind them */
};
/* in may be NULL: nothing is said beside the data. Returns reply.status, or the call's failure. */
NTSTATUS plug_ask(uint32_t operation, const struct wire_plugplay *in, const void *data,
                  uint32_t length, struct plug *out_plug);
void plug_free(struct plug *plug);
/* The same where only success matters. */
NTSTATUS plug_do(uint32_t operation, const struct wire_plugplay *in);
/* A zeroed input with a name; false: the name is too long, or NULL. On the heap: heap_give. */
struct wire_plugplay *plug_input(const wchar_t *name);

CONFIGRET cr_of_status(NTSTATUS status);
ULONG error_of_cr(CONFIGRET cr, ULONG otherwise);
/* Sets the last error as setupapi does. */
BOOL setup_result(NTSTATUS status);

/* ---- device instances as numbers ------------------------------------------------------------ */

/* The number of a name, the same for as long as the program runs; 0: no memory. */
DEVINST node_of(const wchar_t *instance);
/* NULL: never given out. Lives as long as the program. */
const wchar_t *node_name(DEVINST node);

/* ---- text --------------------------------------------------------------------------------------
 */

wchar_t *text_copy(const wchar_t *text); /* heap */
/* Every character of a list of strings, its last zero included. */
size_t list_count(const wchar_t *list);
/* Wide data in the program's code page: a copy on the heap, *out_bytes long. */
char *narrow_of(const wchar_t *text, size_t count, size_t *out_bytes);
wchar_t *wide_copy(const char *text, size_t bytes, size_t *out_count);
/* Stores text and its length in characters with the terminator; false: it does not fit. */
bool text_answer(const wchar_t *text, bool is_wide, void *buffer, DWORD room, DWORD *out_needed);
void guid_text(const GUID *guid, wchar_t out[39]);
bool guid_parse(const wchar_t *text, GUID *out_guid);

/* ---- properties ---------------------------------------------------------------------------------
 */

/* The property of an object as the machine says it. */
NTSTATUS property_ask(uint32_t kind, const wchar_t *name, const DEVPROPKEY *key, LCID locale,
                      struct plug *out_plug);
NTSTATUS property_put(uint32_t kind, const wchar_t *name, const DEVPROPKEY *key, LCID locale,
                      DEVPROPTYPE type, const void *data, DWORD length);
NTSTATUS property_list(uint32_t kind, const wchar_t *name, struct plug *out_plug);

/* One of a device's by its number (CM_DRP_* - 1, SPDRP_*), as a value of the registry. Text is
 * narrow unless is_wide. data: heap. */
struct registry_property {
    DWORD type; /* REG_* */
    void *data;
    DWORD length;
};
NTSTATUS registry_property_get(const wchar_t *instance, DWORD number, bool is_wide,
                               struct registry_property *out_property);
NTSTATUS registry_property_set(const wchar_t *instance, DWORD number, bool is_wide,
                               const void *data, DWORD length);

/* ---- keys
 * ---------------------------------------------------------------------------------------- */

LSTATUS WINAPI RegOpenKeyExW(HKEY key, LPCWSTR sub_key, DWORD options, ACCESS_MASK access,
                             HKEY *out);
LSTATUS WINAPI RegCreateKeyExW(HKEY key, LPCWSTR sub_key, DWORD reserved, LPWSTR class,
                               DWORD options, ACCESS_MASK access, SECURITY_ATTRIBUTES *security,
                               HKEY *out, DWORD *disposition);
LSTATUS WINAPI RegCloseKey(HKEY key);
LSTATUS WINAPI RegDeleteTreeW(HKEY key, LPCWSTR sub_key);
LSTATUS WINAPI RegEnumKeyExW(HKEY key, DWORD index, LPWSTR out, DWORD *count, DWORD *reserved,
                             LPWSTR class, DWORD *class_count, FILETIME *written);
LSTATUS WINAPI RegQueryValueExW(HKEY key, LPCWSTR name, DWORD *reserved, DWORD *type, BYTE *data,
                                DWORD *size);
#define HKEY_LOCAL_MACHINE ((HKEY)(ULONG_PTR)0x80000002u)
#define ENUM_KEY           L"System\\CurrentControlSet\\Enum\\"
#define CLASS_KEY          L"System\\CurrentControlSet\\Control\\Class\\"
#define INTERFACE_KEY      L"System\\CurrentControlSet\\Control\\DeviceClasses\\"

/* The hardware key (is_driver: the software key) of a device. */
LSTATUS node_key_open(const wchar_t *instance, bool is_driver, bool create, ACCESS_MASK access,
                      HKEY *out_key);
/* The subkey of an interface in which its device's driver keeps what it likes. */
LSTATUS interface_key_open(const wchar_t *link, bool create, ACCESS_MASK access, HKEY *out_key);
/* What a program calls a device: its friendly name, else its description; heap, or NULL. */
wchar_t *text_property(const wchar_t *instance, DWORD number);

#endif
