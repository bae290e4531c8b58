/* SPDX-License-Identifier: MIT */
/* tables.c - gives an image the tables that a driver does not always have: exports, an export
 * that is forwarded, thread-local storage, a frame with a handler.
 */
#include <ntddk.h>

__declspec(dllexport) ULONG TablesVariable = 7;
__declspec(dllexport) int TablesFunction(int Value);

#pragma comment(linker, "/export:TablesForwarded=ntoskrnl.DbgPrint")
#pragma comment(linker, "/include:_tls_used")

static ULONG TlsIndex, TlsTemplate[2] = {1, 2}, TlsTemplateEnd;

const struct {
    const void *First, *Last;
    ULONG *Index;
    const void *Callbacks;
    ULONG ZeroFill, Characteristics;
} _tls_used = {TlsTemplate, TlsTemplate + 2, &TlsIndex, NULL, 16, 0x00300000};

int TablesFunction(int Value)
{
    __try {
        return (int)(100 / (ULONG)Value) + (int)TlsTemplateEnd;
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode();
    }
}
