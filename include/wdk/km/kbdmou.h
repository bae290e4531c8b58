/* SPDX-License-Identifier: MIT */
/* kbdmou.h - between the keyboard and mouse class drivers and the port drivers below them. */
#ifndef _KBDMOU_
#define _KBDMOU_

#include <wdm.h>

#include <ntddkbd.h>
#include <ntddmou.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DD_KEYBOARD_PORT_DEVICE_NAME   "\\Device\\KeyboardPort"
#define DD_KEYBOARD_PORT_DEVICE_NAME_U L"\\Device\\KeyboardPort"
#define DD_KEYBOARD_PORT_BASE_NAME_U   L"KeyboardPort"
#define DD_KEYBOARD_CLASS_BASE_NAME_U  L"KeyboardClass"
#define DD_POINTER_PORT_DEVICE_NAME    "\\Device\\PointerPort"
#define DD_POINTER_PORT_DEVICE_NAME_U  L"\\Device\\PointerPort"
#define DD_POINTER_PORT_BASE_NAME_U    L"PointerPort"
#define DD_POINTER_CLASS_BASE_NAME_U   L"PointerClass"
#define KEYBOARD_PORTS_MAXIMUM         8
#define POINTER_PORTS_MAXIMUM          8

#define KBDMOU_COULD_NOT_SEND_COMMAND 0
#define KBDMOU_COULD_NOT_SEND_PARAM   1
#define KBDMOU_NO_RESPONSE            2
#define KBDMOU_INCORRECT_RESPONSE     4
#define I8042_ERROR_VALUE_BASE        1000
#define INPORT_ERROR_VALUE_BASE       2000
#define SERIAL_MOUSE_ERROR_VALUE_BASE 3000

#define KBDMOU_CODE_(device, number)       CTL_CODE(device, number, METHOD_NEITHER, FILE_ANY_ACCESS)
#define IOCTL_INTERNAL_KEYBOARD_CONNECT    KBDMOU_CODE_(FILE_DEVICE_KEYBOARD, 0x080)
#define IOCTL_INTERNAL_KEYBOARD_DISCONNECT KBDMOU_CODE_(FILE_DEVICE_KEYBOARD, 0x100)
#define IOCTL_INTERNAL_KEYBOARD_ENABLE     KBDMOU_CODE_(FILE_DEVICE_KEYBOARD, 0x200)
#define IOCTL_INTERNAL_KEYBOARD_DISABLE    KBDMOU_CODE_(FILE_DEVICE_KEYBOARD, 0x400)
#define IOCTL_INTERNAL_MOUSE_CONNECT       KBDMOU_CODE_(FILE_DEVICE_MOUSE, 0x080)
#define IOCTL_INTERNAL_MOUSE_DISCONNECT    KBDMOU_CODE_(FILE_DEVICE_MOUSE, 0x100)
#define IOCTL_INTERNAL_MOUSE_ENABLE        KBDMOU_CODE_(FILE_DEVICE_MOUSE, 0x200)
#define IOCTL_INTERNAL_MOUSE_DISABLE       KBDMOU_CODE_(FILE_DEVICE_MOUSE, 0x400)

/* What the class driver hands down with CONNECT; a filter puts its own in its place. */
typedef struct _CONNECT_DATA {
    PDEVICE_OBJECT ClassDeviceObject;
    PVOID ClassService;
} CONNECT_DATA, *PCONNECT_DATA;

typedef VOID(NTAPI *PSERVICE_CALLBACK_ROUTINE)(PVOID NormalContext, PVOID SystemArgument1,
                                               PVOID SystemArgument2, PVOID SystemArgument3);

#ifdef __cplusplus
}
#endif

#endif
