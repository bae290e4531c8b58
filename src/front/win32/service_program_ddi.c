/* SPDX-License-Identifier: MIT */
/* service_program_ddi.c - what a service's own program asks of the service control manager.
 * Doc: winsvc.h
 *
 * Differs: the manager starts drivers, never programs, so a program that asks here was started
 * by somebody else; it hears what Windows tells such a program, and goes on by itself.
 */
#include "win32_internal.h"

#define ERROR_NOT_STARTED_AS_SERVICE 1063u /* ERROR_FAILED_SERVICE_CONTROLLER_CONNECT */

EXPORT(BOOL, StartServiceCtrlDispatcherA, (LPCVOID table))
{
    return error_fail(table ? ERROR_NOT_STARTED_AS_SERVICE : ERROR_INVALID_DATA);
}

EXPORT(BOOL, StartServiceCtrlDispatcherW, (LPCVOID table))
{
    return error_fail(table ? ERROR_NOT_STARTED_AS_SERVICE : ERROR_INVALID_DATA);
}

static HANDLE handler_refuse(LPCVOID name, LPCVOID handler)
{
    error_set(name && handler ? ERROR_NOT_STARTED_AS_SERVICE : ERROR_INVALID_PARAMETER);
    return NULL;
}

EXPORT(HANDLE, RegisterServiceCtrlHandlerA, (LPCSTR name, LPCVOID handler))
{
    return handler_refuse(name, handler);
}

EXPORT(HANDLE, RegisterServiceCtrlHandlerW, (LPCWSTR name, LPCVOID handler))
{
    return handler_refuse(name, handler);
}

EXPORT(HANDLE, RegisterServiceCtrlHandlerExA, (LPCSTR name, LPCVOID handler, LPVOID context))
{
    return handler_refuse(name, handler);
}

EXPORT(HANDLE, RegisterServiceCtrlHandlerExW, (LPCWSTR name, LPCVOID handler, LPVOID context))
{
    return handler_refuse(name, handler);
}

EXPORT(BOOL, SetServiceStatus, (HANDLE service, LPCVOID status))
{
    return error_fail(ERROR_INVALID_HANDLE); /* no handler was registered, so there is no handle */
}
