/* SPDX-License-Identifier: MIT */
/* ntddkbd.h - requests to keyboards, and the records that reading from one yields. */
#ifndef _NTDDKBD_
#define _NTDDKBD_

#include <ntdef.h>

#include <devioctl.h>
#include <guiddef.h>

#define DD_KEYBOARD_DEVICE_NAME   "\\Device\\KeyboardClass"
#define DD_KEYBOARD_DEVICE_NAME_U L"\\Device\\KeyboardClass"

DEFINE_GUID(GUID_DEVINTERFACE_KEYBOARD, 0x884b96c3, 0x56ef, 0x11d1, 0xbc, 0x8c, 0x00, 0xa0, 0xc9,
            0x14, 0x05, 0xdd);
#define GUID_CLASS_KEYBOARD GUID_DEVINTERFACE_KEYBOARD

/* ---- control codes ---- */

#define KEYBOARD_CODE_(number) \
    CTL_CODE(FILE_DEVICE_KEYBOARD, number, METHOD_BUFFERED, FILE_ANY_ACCESS)

#define IOCTL_KEYBOARD_QUERY_ATTRIBUTES            KEYBOARD_CODE_(0x000)
#define IOCTL_KEYBOARD_SET_TYPEMATIC               KEYBOARD_CODE_(0x001)
#define IOCTL_KEYBOARD_SET_INDICATORS              KEYBOARD_CODE_(0x002)
#define IOCTL_KEYBOARD_QUERY_TYPEMATIC             KEYBOARD_CODE_(0x008)
#define IOCTL_KEYBOARD_QUERY_INDICATORS            KEYBOARD_CODE_(0x010)
#define IOCTL_KEYBOARD_QUERY_INDICATOR_TRANSLATION KEYBOARD_CODE_(0x020)
#define IOCTL_KEYBOARD_INSERT_DATA                 KEYBOARD_CODE_(0x040)
#define IOCTL_KEYBOARD_QUERY_EXTENDED_ATTRIBUTES   KEYBOARD_CODE_(0x080)
#define IOCTL_KEYBOARD_QUERY_IME_STATUS            KEYBOARD_CODE_(0x400)
#define IOCTL_KEYBOARD_SET_IME_STATUS              KEYBOARD_CODE_(0x401)

/* ---- what a read yields ---- */

#define KEYBOARD_ERROR_VALUE_BASE  10000
#define KEYBOARD_OVERRUN_MAKE_CODE 0xff

#define KEY_MAKE                    0x00
#define KEY_BREAK                   0x01
#define KEY_E0                      0x02
#define KEY_E1                      0x04
#define KEY_TERMSRV_SET_LED         0x08
#define KEY_TERMSRV_SHADOW          0x10
#define KEY_TERMSRV_VKPACKET        0x20
#define KEY_RIM_VKEY                0x40
#define KEY_FROM_KEYBOARD_OVERRIDER 0x80

typedef struct _KEYBOARD_INPUT_DATA {
    USHORT UnitId;
    USHORT MakeCode;
    USHORT Flags;
    USHORT Reserved;
    ULONG ExtraInformation;
} KEYBOARD_INPUT_DATA, *PKEYBOARD_INPUT_DATA;

/* ---- what the requests carry ---- */

#define KEYBOARD_SCROLL_LOCK_ON 0x0001
#define KEYBOARD_NUM_LOCK_ON    0x0002
#define KEYBOARD_CAPS_LOCK_ON   0x0004
#define KEYBOARD_KANA_LOCK_ON   0x0008
#define KEYBOARD_SHADOW         0x4000
#define KEYBOARD_LED_INJECTED   0x8000

typedef struct _KEYBOARD_TYPEMATIC_PARAMETERS {
    USHORT UnitId;
    USHORT Rate;
    USHORT Delay;
} KEYBOARD_TYPEMATIC_PARAMETERS, *PKEYBOARD_TYPEMATIC_PARAMETERS;

typedef struct _KEYBOARD_ID {
    UCHAR Type;
    UCHAR Subtype;
} KEYBOARD_ID, *PKEYBOARD_ID;

#define FAREAST_KEYBOARD(id)  ((id).Type == 7 || (id).Type == 8)
#define ENHANCED_KEYBOARD(id) ((id).Type == 2 || (id).Type == 4 || FAREAST_KEYBOARD(id))

typedef struct _KEYBOARD_INDICATOR_PARAMETERS {
    USHORT UnitId;
    USHORT LedFlags;
} KEYBOARD_INDICATOR_PARAMETERS, *PKEYBOARD_INDICATOR_PARAMETERS;

typedef struct _INDICATOR_LIST {
    USHORT MakeCode;
    USHORT IndicatorFlags;
} INDICATOR_LIST, *PINDICATOR_LIST;

typedef struct _KEYBOARD_INDICATOR_TRANSLATION {
    USHORT NumberOfIndicatorKeys;
    INDICATOR_LIST IndicatorList[1];
} KEYBOARD_INDICATOR_TRANSLATION, *PKEYBOARD_INDICATOR_TRANSLATION;

typedef struct _KEYBOARD_ATTRIBUTES {
    KEYBOARD_ID KeyboardIdentifier;
    USHORT KeyboardMode;
    USHORT NumberOfFunctionKeys;
    USHORT NumberOfIndicators;
    USHORT NumberOfKeysTotal;
    ULONG InputDataQueueLength;
    KEYBOARD_TYPEMATIC_PARAMETERS KeyRepeatMinimum;
    KEYBOARD_TYPEMATIC_PARAMETERS KeyRepeatMaximum;
} KEYBOARD_ATTRIBUTES, *PKEYBOARD_ATTRIBUTES;

typedef struct _KEYBOARD_UNIT_ID_PARAMETER {
    USHORT UnitId;
} KEYBOARD_UNIT_ID_PARAMETER, *PKEYBOARD_UNIT_ID_PARAMETER;

typedef struct _KEYBOARD_IME_STATUS {
    USHORT UnitId;
    ULONG ImeOpen;
    ULONG ImeConvMode;
} KEYBOARD_IME_STATUS, *PKEYBOARD_IME_STATUS;

#endif
