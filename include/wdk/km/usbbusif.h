/* SPDX-License-Identifier: MIT */
/* usbbusif.h - the interfaces that a USB bus driver answers IRP_MN_QUERY_INTERFACE with. */
#ifndef _USBBUSIF_H_
#define _USBBUSIF_H_

#include <wdm.h>

#include <usb.h>

#ifdef __cplusplus
extern "C" {
#endif

#define USB_BUSIFFN NTAPI

DEFINE_GUID(USB_BUS_INTERFACE_USBDI_GUID, 0xb1a96a13, 0x3de0, 0x4574, 0x9b, 0x1, 0xc0, 0x8f, 0xea,
            0xb3, 0x18, 0xd6);
DEFINE_GUID(USB_BUS_INTERFACE_USBC_CONFIGURATION_GUID, 0x893b6a96, 0xb7f, 0x4d4d, 0xbd, 0xb4, 0xbb,
            0xd4, 0xce, 0xeb, 0xb3, 0x1c);

#define USB_BUSIF_USBDI_VERSION_0 0x0000
#define USB_BUSIF_USBDI_VERSION_1 0x0001
#define USB_BUSIF_USBDI_VERSION_2 0x0002
#define USB_BUSIF_USBDI_VERSION_3 0x0003

/* Capabilities that GetUSBDIVersion tells. */
#define USB_HCD_CAPS_SUPPORTS_RT_THREADS 0x00000001

typedef NTSTATUS(USB_BUSIFFN *PUSB_BUSIFFN_SUBMIT_ISO_OUT_URB)(PVOID BusContext, PURB Urb);
typedef VOID(USB_BUSIFFN *PUSB_BUSIFFN_GETUSBDI_VERSION)(PVOID BusContext,
                                                         PUSBD_VERSION_INFORMATION Version,
                                                         PULONG HcdCapabilities);
typedef NTSTATUS(USB_BUSIFFN *PUSB_BUSIFFN_QUERY_BUS_TIME)(PVOID BusContext, PULONG Frame);
typedef NTSTATUS(USB_BUSIFFN *PUSB_BUSIFFN_QUERY_BUS_TIME_EX)(PVOID BusContext, PULONG Microframe);
typedef NTSTATUS(USB_BUSIFFN *PUSB_BUSIFFN_QUERY_BUS_INFORMATION)(PVOID BusContext, ULONG Level,
                                                                  PVOID Buffer, PULONG Length,
                                                                  PULONG ActualLength);
typedef BOOLEAN(USB_BUSIFFN *PUSB_BUSIFFN_IS_DEVICE_HIGH_SPEED)(PVOID BusContext);
typedef NTSTATUS(USB_BUSIFFN *PUSB_BUSIFFN_ENUM_LOG_ENTRY)(PVOID BusContext, ULONG DriverTag,
                                                           ULONG EnumTag, ULONG P1, ULONG P2);
typedef NTSTATUS(USB_BUSIFFN *PUSB_BUSIFFN_QUERY_CONTROLLER_TYPE)(
    PVOID BusContext, PULONG HcdiOptionFlags, PUSHORT PciVendorId, PUSHORT PciDeviceId,
    PUCHAR PciClass, PUCHAR PciSubClass, PUCHAR PciRevisionId, PUCHAR PciProgIf);

typedef struct _USB_BUS_INFORMATION_LEVEL_0 {
    ULONG TotalBandwidth;
    ULONG ConsumedBandwidth;
} USB_BUS_INFORMATION_LEVEL_0, *PUSB_BUS_INFORMATION_LEVEL_0;

typedef struct _USB_BUS_INFORMATION_LEVEL_1 {
    ULONG TotalBandwidth;
    ULONG ConsumedBandwidth;
    ULONG ControllerNameLength;
    WCHAR ControllerNameUnicodeString[1];
} USB_BUS_INFORMATION_LEVEL_1, *PUSB_BUS_INFORMATION_LEVEL_1;

/* Each version begins with the one before it. */
#define USBDI_INTERFACE_HEAD                         \
    USHORT Size;                                     \
    USHORT Version;                                  \
    PVOID BusContext;                                \
    PINTERFACE_REFERENCE InterfaceReference;         \
    PINTERFACE_DEREFERENCE InterfaceDereference;     \
    PUSB_BUSIFFN_GETUSBDI_VERSION GetUSBDIVersion;   \
    PUSB_BUSIFFN_QUERY_BUS_TIME QueryBusTime;        \
    PUSB_BUSIFFN_SUBMIT_ISO_OUT_URB SubmitIsoOutUrb; \
    PUSB_BUSIFFN_QUERY_BUS_INFORMATION QueryBusInformation

typedef struct _USB_BUS_INTERFACE_USBDI_V0 {
    USBDI_INTERFACE_HEAD;
} USB_BUS_INTERFACE_USBDI_V0, *PUSB_BUS_INTERFACE_USBDI_V0;

typedef struct _USB_BUS_INTERFACE_USBDI_V1 {
    USBDI_INTERFACE_HEAD;
    PUSB_BUSIFFN_IS_DEVICE_HIGH_SPEED IsDeviceHighSpeed;
} USB_BUS_INTERFACE_USBDI_V1, *PUSB_BUS_INTERFACE_USBDI_V1;

typedef struct _USB_BUS_INTERFACE_USBDI_V2 {
    USBDI_INTERFACE_HEAD;
    PUSB_BUSIFFN_IS_DEVICE_HIGH_SPEED IsDeviceHighSpeed;
    PUSB_BUSIFFN_ENUM_LOG_ENTRY EnumLogEntry;
} USB_BUS_INTERFACE_USBDI_V2, *PUSB_BUS_INTERFACE_USBDI_V2;

typedef struct _USB_BUS_INTERFACE_USBDI_V3 {
    USBDI_INTERFACE_HEAD;
    PUSB_BUSIFFN_IS_DEVICE_HIGH_SPEED IsDeviceHighSpeed;
    PUSB_BUSIFFN_ENUM_LOG_ENTRY EnumLogEntry;
    PUSB_BUSIFFN_QUERY_BUS_TIME_EX QueryBusTimeEx;
    PUSB_BUSIFFN_QUERY_CONTROLLER_TYPE QueryControllerType;
} USB_BUS_INTERFACE_USBDI_V3, *PUSB_BUS_INTERFACE_USBDI_V3;

#undef USBDI_INTERFACE_HEAD

/* ---- what the generic parent driver asks how to form functions --------------------------- */

#define USBC_FUNCTION_FLAG_APPEND_ID                  0x1
#define USBC_DEVICE_CONFIGURATION_INTERFACE_VERSION_1 0x0001

typedef struct _USBC_FUNCTION_DESCRIPTOR {
    UCHAR FunctionNumber;
    UCHAR NumberOfInterfaces;
    PUSB_INTERFACE_DESCRIPTOR *InterfaceDescriptorList;
    UNICODE_STRING HardwareId;
    UNICODE_STRING CompatibleId;
    UNICODE_STRING FunctionDescription;
    ULONG FunctionFlags;
    PVOID Reserved;
} USBC_FUNCTION_DESCRIPTOR, *PUSBC_FUNCTION_DESCRIPTOR;

typedef NTSTATUS(USB_BUSIFFN *USBC_START_DEVICE_CALLBACK)(
    PUSB_DEVICE_DESCRIPTOR DeviceDescriptor, PUSB_CONFIGURATION_DESCRIPTOR ConfigurationDescriptor,
    PUSBC_FUNCTION_DESCRIPTOR *FunctionDescriptorBuffer, PULONG FunctionDescriptorBufferLength,
    PDEVICE_OBJECT FdoDeviceObject, PDEVICE_OBJECT PdoDeviceObject);
typedef BOOLEAN(USB_BUSIFFN *USBC_PDO_ENABLE_CALLBACK)(PVOID Context, USHORT FirstInterfaceNumber,
                                                       USHORT NumberOfInterfaces,
                                                       UCHAR FunctionClass, UCHAR FunctionSubClass,
                                                       UCHAR FunctionProtocol);

typedef struct _USBC_DEVICE_CONFIGURATION_INTERFACE_V1 {
    USHORT Size;
    USHORT Version;
    PVOID Context;
    PINTERFACE_REFERENCE InterfaceReference;
    PINTERFACE_DEREFERENCE InterfaceDereference;
    USBC_START_DEVICE_CALLBACK StartDeviceCallback;
    USBC_PDO_ENABLE_CALLBACK PdoEnableCallback;
    PVOID Reserved[7];
} USBC_DEVICE_CONFIGURATION_INTERFACE_V1, *PUSBC_DEVICE_CONFIGURATION_INTERFACE_V1;

#ifdef __cplusplus
}
#endif

#endif
