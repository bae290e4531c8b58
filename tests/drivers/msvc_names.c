/* SPDX-License-Identifier: MIT */
/* msvc_names.c - what objects of MSVC name: cookie handlers, guard pointers, traps.
 *
 * An exception passes a frame whose handler is __GSHandlerCheck (msvc_names.S) and is caught
 * above it; the other names only have to be there.
 */
#include <ntddk.h>

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD Unload;

typedef VOID ROUTINE(VOID);
VOID MsvcCallThrough(ROUTINE *Routine); /* its handler: __GSHandlerCheck */
extern const volatile void *__guard_check_icall_fptr, *__guard_dispatch_icall_fptr;
extern const volatile void *__guard_xfg_dispatch_icall_fptr;
extern ULONG MsvcFrames;
VOID __report_rangecheckfailure(VOID);
int _purecall(VOID);
int __GSHandlerCheck_SEH(PVOID, PVOID, PVOID, PVOID);
int __GSHandlerCheck_EH(PVOID, PVOID, PVOID, PVOID);
int __GSHandlerCheck_EH4(PVOID, PVOID, PVOID, PVOID);
int __CxxFrameHandler4(PVOID, PVOID, PVOID, PVOID);
void __security_check_cookie(UINT_PTR);
VOID __chkstk(VOID);

const volatile PVOID MsvcNames[] = {
    (PVOID)__report_rangecheckfailure, (PVOID)_purecall,
    (PVOID)__GSHandlerCheck_SEH,       (PVOID)__GSHandlerCheck_EH,
    (PVOID)__GSHandlerCheck_EH4,       (PVOID)__CxxFrameHandler4,
    (PVOID)__security_check_cookie,    (PVOID)__chkstk,
};

static VOID Divide(VOID)
{
    ExRaiseStatus(STATUS_INTEGER_DIVIDE_BY_ZERO);
}

static VOID Unload(PDRIVER_OBJECT Driver)
{
    UNREFERENCED_PARAMETER(Driver);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    NTSTATUS caught = STATUS_SUCCESS;
    UNREFERENCED_PARAMETER(RegistryPath);
    Driver->DriverUnload = Unload;
    for (ULONG i = 0; i < RTL_NUMBER_OF(MsvcNames); i++)
        if (!MsvcNames[i])
            return STATUS_UNSUCCESSFUL;
    if (!__guard_check_icall_fptr || !__guard_dispatch_icall_fptr ||
        !__guard_xfg_dispatch_icall_fptr)
        return STATUS_UNSUCCESSFUL;
    __try {
        MsvcCallThrough(Divide);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        caught = GetExceptionCode();
    }
    DbgPrint("msvc: caught 0x%x after %u frames\n", caught, MsvcFrames);
    return STATUS_SUCCESS;
}
