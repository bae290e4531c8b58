/* SPDX-License-Identifier: MIT */
/* wmidata.h - the blocks of data by which drivers of known classes answer WMI.
 *
 * For each block its GUID, as an initializer and as an object, the structure, and, where no
 * data of variable size ends it, NAME_SIZE: the bytes up to the end of the last field.
 * Blocks of monitors, networks, tapes, changers, machine checks and error injection are not here.
 */
#ifndef _wmicore_h_
#define _wmicore_h_

#include <guiddef.h>
#include <ntdef.h>

/* ---- power ------------------------------------------------------------------------------ */

#define MSPower_DeviceEnableGuid \
    {0x827c0a6f, 0xfeb0, 0x11d0, {0xbd, 0x26, 0x00, 0xaa, 0x00, 0xb7, 0xb3, 0x2a}}
#define MSPower_DeviceWakeEnableGuid \
    {0xa9546a82, 0xfeb0, 0x11d0, {0xbd, 0x26, 0x00, 0xaa, 0x00, 0xb7, 0xb3, 0x2a}}
DEFINE_GUID(MSPower_DeviceEnable_GUID, 0x827c0a6f, 0xfeb0, 0x11d0, 0xbd, 0x26, 0x00, 0xaa, 0x00,
            0xb7, 0xb3, 0x2a);
DEFINE_GUID(MSPower_DeviceWakeEnable_GUID, 0xa9546a82, 0xfeb0, 0x11d0, 0xbd, 0x26, 0x00, 0xaa, 0x00,
            0xb7, 0xb3, 0x2a);

typedef struct _MSPower_DeviceEnable {
    BOOLEAN Enable;
} MSPower_DeviceEnable, *PMSPower_DeviceEnable;
#define MSPower_DeviceEnable_SIZE (FIELD_OFFSET(MSPower_DeviceEnable, Enable) + sizeof(BOOLEAN))

typedef struct _MSPower_DeviceWakeEnable {
    BOOLEAN Enable;
} MSPower_DeviceWakeEnable, *PMSPower_DeviceWakeEnable;
#define MSPower_DeviceWakeEnable_SIZE \
    (FIELD_OFFSET(MSPower_DeviceWakeEnable, Enable) + sizeof(BOOLEAN))

/* ---- keyboards and pointers ------------------------------------------------------------- */

#define KEYBOARD_PORT_WMI_EXTENDED_ID \
    {0x6ac4e23d, 0xa950, 0x4518, {0x8b, 0x2b, 0xaa, 0x4d, 0xcd, 0x5f, 0xe1, 0x4a}}
#define KEYBOARD_PORT_WMI_STD_DATA_GUID \
    {0x4731f89a, 0x71cb, 0x11d1, {0xa5, 0x2c, 0x00, 0xa0, 0xc9, 0x06, 0x29, 0x10}}
#define MSKeyboard_ClassInformationGuid \
    {0x4731f899, 0x71cb, 0x11d1, {0xa5, 0x2c, 0x00, 0xa0, 0xc9, 0x06, 0x29, 0x10}}
#define MSMouse_ClassInformationGuid \
    {0x4731f89b, 0x71cb, 0x11d1, {0xa5, 0x2c, 0x00, 0xa0, 0xc9, 0x06, 0x29, 0x10}}
#define POINTER_PORT_WMI_STD_DATA_GUID \
    {0x4731f89c, 0x71cb, 0x11d1, {0xa5, 0x2c, 0x00, 0xa0, 0xc9, 0x06, 0x29, 0x10}}
DEFINE_GUID(MSKeyboard_ClassInformation_GUID, 0x4731f899, 0x71cb, 0x11d1, 0xa5, 0x2c, 0x00, 0xa0,
            0xc9, 0x06, 0x29, 0x10);
DEFINE_GUID(MSKeyboard_ExtendedID_GUID, 0x6ac4e23d, 0xa950, 0x4518, 0x8b, 0x2b, 0xaa, 0x4d, 0xcd,
            0x5f, 0xe1, 0x4a);
DEFINE_GUID(MSKeyboard_PortInformation_GUID, 0x4731f89a, 0x71cb, 0x11d1, 0xa5, 0x2c, 0x00, 0xa0,
            0xc9, 0x06, 0x29, 0x10);
DEFINE_GUID(MSMouse_ClassInformation_GUID, 0x4731f89b, 0x71cb, 0x11d1, 0xa5, 0x2c, 0x00, 0xa0, 0xc9,
            0x06, 0x29, 0x10);
DEFINE_GUID(MSMouse_PortInformation_GUID, 0x4731f89c, 0x71cb, 0x11d1, 0xa5, 0x2c, 0x00, 0xa0, 0xc9,
            0x06, 0x29, 0x10);

#define KEYBOARD_PORT_WMI_STD_I8042       0
#define KEYBOARD_PORT_WMI_STD_SERIAL      1
#define KEYBOARD_PORT_WMI_STD_USB         2
#define POINTER_PORT_WMI_STD_I8042        0
#define POINTER_PORT_WMI_STD_SERIAL       1
#define POINTER_PORT_WMI_STD_USB          2
#define POINTER_PORT_WMI_STD_MOUSE        0
#define POINTER_PORT_WMI_STD_POINTER      1
#define POINTER_PORT_WMI_ABSOLUTE_POINTER 2
#define POINTER_PORT_WMI_TABLET           3
#define POINTER_PORT_WMI_TOUCH_SCRENE     4
#define POINTER_PORT_WMI_PEN              5
#define POINTER_PORT_WMI_TRACK_BALL       6
#define POINTER_PORT_WMI_OTHER            256

typedef struct _KEYBOARD_PORT_WMI_STD_DATA {
    ULONG ConnectorType;
    ULONG DataQueueSize;
    ULONG ErrorCount;
    ULONG FunctionKeys;
    ULONG Indicators;
} KEYBOARD_PORT_WMI_STD_DATA, *PKEYBOARD_PORT_WMI_STD_DATA;
#define KEYBOARD_PORT_WMI_STD_DATA_SIZE \
    (FIELD_OFFSET(KEYBOARD_PORT_WMI_STD_DATA, Indicators) + sizeof(ULONG))

typedef struct _KEYBOARD_ID_EX {
    ULONG Type;
    ULONG Subtype;
} KEYBOARD_ID_EX, *PKEYBOARD_ID_EX;
#define KEYBOARD_ID_EX_SIZE (FIELD_OFFSET(KEYBOARD_ID_EX, Subtype) + sizeof(ULONG))

typedef struct _POINTER_PORT_WMI_STD_DATA {
    ULONG ConnectorType;
    ULONG DataQueueSize;
    ULONG ErrorCount;
    ULONG Buttons;
    ULONG HardwareType;
} POINTER_PORT_WMI_STD_DATA, *PPOINTER_PORT_WMI_STD_DATA;
#define POINTER_PORT_WMI_STD_DATA_SIZE \
    (FIELD_OFFSET(POINTER_PORT_WMI_STD_DATA, HardwareType) + sizeof(ULONG))

typedef struct _MSMouse_ClassInformation {
    ULONGLONG DeviceId;
} MSMouse_ClassInformation, *PMSMouse_ClassInformation;
#define MSMouse_ClassInformation_SIZE \
    (FIELD_OFFSET(MSMouse_ClassInformation, DeviceId) + sizeof(ULONGLONG))

typedef struct _MSKeyboard_ClassInformation {
    ULONGLONG DeviceId;
} MSKeyboard_ClassInformation, *PMSKeyboard_ClassInformation;
#define MSKeyboard_ClassInformation_SIZE \
    (FIELD_OFFSET(MSKeyboard_ClassInformation, DeviceId) + sizeof(ULONGLONG))

/* ---- thermal zones ---------------------------------------------------------------------- */

#define MSAcpi_ThermalZoneTemperatureGuid \
    {0xa1bc18c0, 0xa7c8, 0x11d1, {0xbf, 0x3c, 0x00, 0xa0, 0xc9, 0x06, 0x29, 0x10}}
DEFINE_GUID(MSAcpi_ThermalZoneTemperature_GUID, 0xa1bc18c0, 0xa7c8, 0x11d1, 0xbf, 0x3c, 0x00, 0xa0,
            0xc9, 0x06, 0x29, 0x10);

typedef struct _MSAcpi_ThermalZoneTemperature {
    ULONG ThermalStamp;
    ULONG ThermalConstant1;
    ULONG ThermalConstant2;
    ULONG Reserved;
    ULONG SamplingPeriod;
    ULONG CurrentTemperature;
    ULONG PassiveTripPoint;
    ULONG CriticalTripPoint;
    ULONG ActiveTripPointCount;
    ULONG ActiveTripPoint[10];
} MSAcpi_ThermalZoneTemperature, *PMSAcpi_ThermalZoneTemperature;
#define MSAcpi_ThermalZoneTemperature_SIZE \
    (FIELD_OFFSET(MSAcpi_ThermalZoneTemperature, ActiveTripPoint) + sizeof(ULONG[10]))

/* ---- disks ------------------------------------------------------------------------------ */

#define MSDiskDriver_GeometryGuid \
    {0x25007f51, 0x57c2, 0x11d1, {0xa5, 0x28, 0x00, 0xa0, 0xc9, 0x06, 0x29, 0x10}}
#define MSDiskDriver_PerformanceDataGuid \
    {0xbdd865d2, 0xd7c1, 0x11d0, {0xa5, 0x01, 0x00, 0xa0, 0xc9, 0x06, 0x29, 0x10}}
#define MSDiskDriver_PerformanceGuid \
    {0xbdd865d1, 0xd7c1, 0x11d0, {0xa5, 0x01, 0x00, 0xa0, 0xc9, 0x06, 0x29, 0x10}}
#define MSIde_PortDeviceInfoGuid \
    {0x53f5630f, 0xb6bf, 0x11d0, {0x94, 0xf2, 0x00, 0xa0, 0xc9, 0x1e, 0xfb, 0x8b}}
#define WMI_ATAPI_FAILURE_PREDICT_DATA_GUID \
    {0x78ebc103, 0x4cf9, 0x11d2, {0xba, 0x4a, 0x00, 0xa0, 0xc9, 0x06, 0x29, 0x10}}
#define WMI_STORAGE_FAILURE_PREDICT_DATA_GUID \
    {0x78ebc103, 0x4cf9, 0x11d2, {0xba, 0x4a, 0x00, 0xa0, 0xc9, 0x06, 0x29, 0x10}}
#define WMI_STORAGE_FAILURE_PREDICT_FUNCTION_GUID \
    {0x78ebc105, 0x4cf9, 0x11d2, {0xba, 0x4a, 0x00, 0xa0, 0xc9, 0x06, 0x29, 0x10}}
#define WMI_STORAGE_FAILURE_PREDICT_STATUS_GUID \
    {0x78ebc102, 0x4cf9, 0x11d2, {0xba, 0x4a, 0x00, 0xa0, 0xc9, 0x06, 0x29, 0x10}}
#define WMI_STORAGE_FAILURE_PREDICT_THRESHOLDS_GUID \
    {0xdae10783, 0xcc31, 0x4d2a, {0x8a, 0x0f, 0x86, 0x1c, 0x04, 0x07, 0x7a, 0x95}}
#define WMI_STORAGE_PREDICT_FAILURE_EVENT_GUID \
    {0x78ebc104, 0x4cf9, 0x11d2, {0xba, 0x4a, 0x00, 0xa0, 0xc9, 0x06, 0x29, 0x10}}
#define WMI_STORAGE_SCSI_INFO_EXCEPTIONS_GUID \
    {0x1101d829, 0x167b, 0x4ebf, {0xac, 0xae, 0x28, 0xca, 0xb7, 0xc3, 0x48, 0x02}}
DEFINE_GUID(MSDiskDriver_Geometry_GUID, 0x25007f51, 0x57c2, 0x11d1, 0xa5, 0x28, 0x00, 0xa0, 0xc9,
            0x06, 0x29, 0x10);
DEFINE_GUID(MSDiskDriver_PerformanceData_GUID, 0xbdd865d2, 0xd7c1, 0x11d0, 0xa5, 0x01, 0x00, 0xa0,
            0xc9, 0x06, 0x29, 0x10);
DEFINE_GUID(MSDiskDriver_Performance_GUID, 0xbdd865d1, 0xd7c1, 0x11d0, 0xa5, 0x01, 0x00, 0xa0, 0xc9,
            0x06, 0x29, 0x10);
DEFINE_GUID(MSIde_PortDeviceInfo_GUID, 0x53f5630f, 0xb6bf, 0x11d0, 0x94, 0xf2, 0x00, 0xa0, 0xc9,
            0x1e, 0xfb, 0x8b);
DEFINE_GUID(MSStorageDriver_ATAPISmartData_GUID, 0x78ebc103, 0x4cf9, 0x11d2, 0xba, 0x4a, 0x00, 0xa0,
            0xc9, 0x06, 0x29, 0x10);
DEFINE_GUID(MSStorageDriver_FailurePredictData_GUID, 0x78ebc103, 0x4cf9, 0x11d2, 0xba, 0x4a, 0x00,
            0xa0, 0xc9, 0x06, 0x29, 0x10);
DEFINE_GUID(MSStorageDriver_FailurePredictEvent_GUID, 0x78ebc104, 0x4cf9, 0x11d2, 0xba, 0x4a, 0x00,
            0xa0, 0xc9, 0x06, 0x29, 0x10);
DEFINE_GUID(MSStorageDriver_FailurePredictFunction_GUID, 0x78ebc105, 0x4cf9, 0x11d2, 0xba, 0x4a,
            0x00, 0xa0, 0xc9, 0x06, 0x29, 0x10);
DEFINE_GUID(MSStorageDriver_FailurePredictStatus_GUID, 0x78ebc102, 0x4cf9, 0x11d2, 0xba, 0x4a, 0x00,
            0xa0, 0xc9, 0x06, 0x29, 0x10);
DEFINE_GUID(MSStorageDriver_FailurePredictThresholds_GUID, 0xdae10783, 0xcc31, 0x4d2a, 0x8a, 0x0f,
            0x86, 0x1c, 0x04, 0x07, 0x7a, 0x95);
DEFINE_GUID(MSStorageDriver_ScsiInfoExceptions_GUID, 0x1101d829, 0x167b, 0x4ebf, 0xac, 0xae, 0x28,
            0xca, 0xb7, 0xc3, 0x48, 0x02);

typedef struct _WMI_DISK_GEOMETRY {
    LONGLONG Cylinders;
    ULONG MediaType;
    ULONG TracksPerCylinder;
    ULONG SectorsPerTrack;
    ULONG BytesPerSector;
} WMI_DISK_GEOMETRY, *PWMI_DISK_GEOMETRY;
#define WMI_DISK_GEOMETRY_SIZE (FIELD_OFFSET(WMI_DISK_GEOMETRY, BytesPerSector) + sizeof(ULONG))

typedef struct _WMI_DISK_PERFORMANCE {
    LONGLONG BytesRead;
    LONGLONG BytesWritten;
    LONGLONG ReadTime;
    LONGLONG WriteTime;
    LONGLONG IdleTime;
    ULONG ReadCount;
    ULONG WriteCount;
    ULONG QueueDepth;
    ULONG SplitCount;
    LONGLONG QueryTime;
    ULONG StorageDeviceNumber;
    USHORT StorageManagerName[8];
} WMI_DISK_PERFORMANCE, *PWMI_DISK_PERFORMANCE;
#define WMI_DISK_PERFORMANCE_SIZE \
    (FIELD_OFFSET(WMI_DISK_PERFORMANCE, StorageManagerName) + sizeof(USHORT[8]))

typedef struct _MSDiskDriver_Performance {
    WMI_DISK_PERFORMANCE PerfData;
    CHAR VariableData[1];
} MSDiskDriver_Performance, *PMSDiskDriver_Performance;

typedef struct _STORAGE_FAILURE_PREDICT_STATUS {
    ULONG Reason;
    BOOLEAN PredictFailure;
} STORAGE_FAILURE_PREDICT_STATUS, *PSTORAGE_FAILURE_PREDICT_STATUS;
#define STORAGE_FAILURE_PREDICT_STATUS_SIZE \
    (FIELD_OFFSET(STORAGE_FAILURE_PREDICT_STATUS, PredictFailure) + sizeof(BOOLEAN))

typedef struct _STORAGE_FAILURE_PREDICT_DATA {
    ULONG Length;
    UCHAR VendorSpecific[512];
} STORAGE_FAILURE_PREDICT_DATA, *PSTORAGE_FAILURE_PREDICT_DATA;
#define STORAGE_FAILURE_PREDICT_DATA_SIZE \
    (FIELD_OFFSET(STORAGE_FAILURE_PREDICT_DATA, VendorSpecific) + sizeof(UCHAR[512]))

typedef struct _ATAPI_FAILURE_PREDICT_DATA {
    ULONG Length;
    UCHAR VendorSpecific[362];
    UCHAR OfflineCollectionStatus;
    UCHAR SelfTestStatus;
    USHORT TotalTime;
    UCHAR VendorSpecific2;
    UCHAR OfflineCollectCapability;
    USHORT SmartCapability;
    UCHAR ErrorLogCapability;
    UCHAR VendorSpecific3;
    UCHAR ShortPollTimeInMinutes;
    UCHAR ExtendedPollTimeInMinutes;
    UCHAR Reserved[12];
    UCHAR VendorSpecific4[125];
    UCHAR Checksum;
} ATAPI_FAILURE_PREDICT_DATA, *PATAPI_FAILURE_PREDICT_DATA;
#define ATAPI_FAILURE_PREDICT_DATA_SIZE \
    (FIELD_OFFSET(ATAPI_FAILURE_PREDICT_DATA, Checksum) + sizeof(UCHAR))

typedef struct _STORAGE_FAILURE_PREDICT_THRESHOLDS {
    UCHAR VendorSpecific[512];
} STORAGE_FAILURE_PREDICT_THRESHOLDS, *PSTORAGE_FAILURE_PREDICT_THRESHOLDS;
#define STORAGE_FAILURE_PREDICT_THRESHOLDS_SIZE \
    (FIELD_OFFSET(STORAGE_FAILURE_PREDICT_THRESHOLDS, VendorSpecific) + sizeof(UCHAR[512]))

typedef struct _STORAGE_FAILURE_PREDICT_EVENT {
    ULONG Length;
    UCHAR VendorSpecific[1];
} STORAGE_FAILURE_PREDICT_EVENT, *PSTORAGE_FAILURE_PREDICT_EVENT;

typedef struct _ALLOW_PERFORMANCE_HIT_IN {
    BOOLEAN Allow;
} ALLOW_PERFORMANCE_HIT_IN, *PALLOW_PERFORMANCE_HIT_IN;
#define ALLOW_PERFORMANCE_HIT_IN_SIZE \
    (FIELD_OFFSET(ALLOW_PERFORMANCE_HIT_IN, Allow) + sizeof(BOOLEAN))

typedef struct _ENABLE_DISABLE_FP_IN {
    BOOLEAN Enable;
} ENABLE_DISABLE_FP_IN, *PENABLE_DISABLE_FP_IN;
#define ENABLE_DISABLE_FP_IN_SIZE (FIELD_OFFSET(ENABLE_DISABLE_FP_IN, Enable) + sizeof(BOOLEAN))

typedef struct _ENABLE_DISABLE_FP_POLLING_IN {
    ULONG Period;
    BOOLEAN Enable;
} ENABLE_DISABLE_FP_POLLING_IN, *PENABLE_DISABLE_FP_POLLING_IN;
#define ENABLE_DISABLE_FP_POLLING_IN_SIZE \
    (FIELD_OFFSET(ENABLE_DISABLE_FP_POLLING_IN, Enable) + sizeof(BOOLEAN))

typedef struct _GET_FP_CAPABILITY_OUT {
    ULONG Capability;
} GET_FP_CAPABILITY_OUT, *PGET_FP_CAPABILITY_OUT;
#define GET_FP_CAPABILITY_OUT_SIZE (FIELD_OFFSET(GET_FP_CAPABILITY_OUT, Capability) + sizeof(ULONG))

typedef struct _ENABLE_OFFLINE_DIAGS_OUT {
    BOOLEAN Success;
} ENABLE_OFFLINE_DIAGS_OUT, *PENABLE_OFFLINE_DIAGS_OUT;
#define ENABLE_OFFLINE_DIAGS_OUT_SIZE \
    (FIELD_OFFSET(ENABLE_OFFLINE_DIAGS_OUT, Success) + sizeof(BOOLEAN))

typedef struct _READ_LOG_SECTORS_IN {
    UCHAR LogAddress;
    UCHAR SectorCount;
} READ_LOG_SECTORS_IN, *PREAD_LOG_SECTORS_IN;
#define READ_LOG_SECTORS_IN_SIZE (FIELD_OFFSET(READ_LOG_SECTORS_IN, SectorCount) + sizeof(UCHAR))

typedef struct _READ_LOG_SECTORS_OUT {
    ULONG Length;
    UCHAR LogSectors[1];
} READ_LOG_SECTORS_OUT, *PREAD_LOG_SECTORS_OUT;

typedef struct _WRITE_LOG_SECTORS_IN {
    UCHAR LogAddress;
    UCHAR SectorCount;
    ULONG Length;
    UCHAR LogSectors[1];
} WRITE_LOG_SECTORS_IN, *PWRITE_LOG_SECTORS_IN;

typedef struct _WRITE_LOG_SECTORS_OUT {
    BOOLEAN Success;
} WRITE_LOG_SECTORS_OUT, *PWRITE_LOG_SECTORS_OUT;
#define WRITE_LOG_SECTORS_OUT_SIZE (FIELD_OFFSET(WRITE_LOG_SECTORS_OUT, Success) + sizeof(BOOLEAN))

typedef struct _EXECUTE_SELF_TEST_IN {
    UCHAR Subcommand;
} EXECUTE_SELF_TEST_IN, *PEXECUTE_SELF_TEST_IN;
#define EXECUTE_SELF_TEST_IN_SIZE (FIELD_OFFSET(EXECUTE_SELF_TEST_IN, Subcommand) + sizeof(UCHAR))

typedef struct _EXECUTE_SELF_TEST_OUT {
    ULONG ReturnCode;
} EXECUTE_SELF_TEST_OUT, *PEXECUTE_SELF_TEST_OUT;
#define EXECUTE_SELF_TEST_OUT_SIZE (FIELD_OFFSET(EXECUTE_SELF_TEST_OUT, ReturnCode) + sizeof(ULONG))

typedef struct _STORAGE_SCSI_INFO_EXCEPTIONS {
    BOOLEAN PageSavable;
    UCHAR Flags;
    UCHAR MRIE;
    UCHAR Padding;
    ULONG IntervalTimer;
    ULONG ReportCount;
} STORAGE_SCSI_INFO_EXCEPTIONS, *PSTORAGE_SCSI_INFO_EXCEPTIONS;
#define STORAGE_SCSI_INFO_EXCEPTIONS_SIZE \
    (FIELD_OFFSET(STORAGE_SCSI_INFO_EXCEPTIONS, ReportCount) + sizeof(ULONG))

typedef struct _MSIde_PortDeviceInfo {
    UCHAR Bus;
    UCHAR Target;
    UCHAR Lun;
} MSIde_PortDeviceInfo, *PMSIde_PortDeviceInfo;
#define MSIde_PortDeviceInfo_SIZE (FIELD_OFFSET(MSIde_PortDeviceInfo, Lun) + sizeof(UCHAR))

/* ---- serial ports ----------------------------------------------------------------------- */

#define SERIAL_PORT_WMI_COMM_GUID \
    {0xedb16a62, 0xb16c, 0x11d1, {0xbd, 0x98, 0x00, 0xa0, 0xc9, 0x06, 0xbe, 0x2d}}
#define SERIAL_PORT_WMI_HW_GUID \
    {0x270b9b86, 0xb16d, 0x11d1, {0xbd, 0x98, 0x00, 0xa0, 0xc9, 0x06, 0xbe, 0x2d}}
#define SERIAL_PORT_WMI_NAME_GUID \
    {0xa0ec11a8, 0xb16c, 0x11d1, {0xbd, 0x98, 0x00, 0xa0, 0xc9, 0x06, 0xbe, 0x2d}}
#define SERIAL_PORT_WMI_PERF_GUID \
    {0x56415acc, 0xb16d, 0x11d1, {0xbd, 0x98, 0x00, 0xa0, 0xc9, 0x06, 0xbe, 0x2d}}
#define SERIAL_PORT_WMI_PROPERTIES_GUID \
    {0x8209ec2a, 0x2d6b, 0x11d2, {0xba, 0x49, 0x00, 0xa0, 0xc9, 0x06, 0x29, 0x10}}
DEFINE_GUID(MSSerial_CommInfo_GUID, 0xedb16a62, 0xb16c, 0x11d1, 0xbd, 0x98, 0x00, 0xa0, 0xc9, 0x06,
            0xbe, 0x2d);
DEFINE_GUID(MSSerial_CommProperties_GUID, 0x8209ec2a, 0x2d6b, 0x11d2, 0xba, 0x49, 0x00, 0xa0, 0xc9,
            0x06, 0x29, 0x10);
DEFINE_GUID(MSSerial_HardwareConfiguration_GUID, 0x270b9b86, 0xb16d, 0x11d1, 0xbd, 0x98, 0x00, 0xa0,
            0xc9, 0x06, 0xbe, 0x2d);
DEFINE_GUID(MSSerial_PerformanceInformation_GUID, 0x56415acc, 0xb16d, 0x11d1, 0xbd, 0x98, 0x00,
            0xa0, 0xc9, 0x06, 0xbe, 0x2d);
DEFINE_GUID(MSSerial_PortName_GUID, 0xa0ec11a8, 0xb16c, 0x11d1, 0xbd, 0x98, 0x00, 0xa0, 0xc9, 0x06,
            0xbe, 0x2d);

#define SERIAL_WMI_PARITY_NONE     0
#define SERIAL_WMI_PARITY_ODD      1
#define SERIAL_WMI_PARITY_EVEN     2
#define SERIAL_WMI_PARITY_SPACE    3
#define SERIAL_WMI_PARITY_MARK     4
#define SERIAL_WMI_STOP_1          0
#define SERIAL_WMI_STOP_1_5        1
#define SERIAL_WMI_STOP_2          2
#define SERIAL_WMI_INTTYPE_LATCHED 0
#define SERIAL_WMI_INTTYPE_LEVEL   1

typedef struct _MSSerial_PortName {
    CHAR VariableData[1];
} MSSerial_PortName, *PMSSerial_PortName;

typedef struct _SERIAL_WMI_COMM_DATA {
    ULONG BaudRate;
    ULONG BitsPerByte;
    ULONG Parity;
    BOOLEAN ParityCheckEnable;
    ULONG StopBits;
    ULONG XoffCharacter;
    ULONG XoffXmitThreshold;
    ULONG XonCharacter;
    ULONG XonXmitThreshold;
    ULONG MaximumBaudRate;
    ULONG MaximumOutputBufferSize;
    ULONG MaximumInputBufferSize;
    BOOLEAN Support16BitMode;
    BOOLEAN SupportDTRDSR;
    BOOLEAN SupportIntervalTimeouts;
    BOOLEAN SupportParityCheck;
    BOOLEAN SupportRTSCTS;
    BOOLEAN SupportXonXoff;
    BOOLEAN SettableBaudRate;
    BOOLEAN SettableDataBits;
    BOOLEAN SettableFlowControl;
    BOOLEAN SettableParity;
    BOOLEAN SettableParityCheck;
    BOOLEAN SettableStopBits;
    BOOLEAN IsBusy;
} SERIAL_WMI_COMM_DATA, *PSERIAL_WMI_COMM_DATA;
#define SERIAL_WMI_COMM_DATA_SIZE (FIELD_OFFSET(SERIAL_WMI_COMM_DATA, IsBusy) + sizeof(BOOLEAN))

typedef struct _SERIAL_WMI_HW_DATA {
    ULONG IrqNumber;
    ULONG IrqVector;
    ULONG IrqLevel;
    ULONGLONG IrqAffinityMask;
    ULONG InterruptType;
    ULONGLONG BaseIOAddress;
} SERIAL_WMI_HW_DATA, *PSERIAL_WMI_HW_DATA;
#define SERIAL_WMI_HW_DATA_SIZE \
    (FIELD_OFFSET(SERIAL_WMI_HW_DATA, BaseIOAddress) + sizeof(ULONGLONG))

typedef struct _SERIAL_WMI_PERF_DATA {
    ULONG ReceivedCount;
    ULONG TransmittedCount;
    ULONG FrameErrorCount;
    ULONG SerialOverrunErrorCount;
    ULONG BufferOverrunErrorCount;
    ULONG ParityErrorCount;
} SERIAL_WMI_PERF_DATA, *PSERIAL_WMI_PERF_DATA;
#define SERIAL_WMI_PERF_DATA_SIZE \
    (FIELD_OFFSET(SERIAL_WMI_PERF_DATA, ParityErrorCount) + sizeof(ULONG))

typedef struct _SERIAL_WMI_COMMPROP {
    USHORT wPacketLength;
    USHORT wPacketVersion;
    ULONG dwServiceMask;
    ULONG dwReserved1;
    ULONG dwMaxTxQueue;
    ULONG dwMaxRxQueue;
    ULONG dwMaxBaud;
    ULONG dwProvSubType;
    ULONG dwProvCapabilities;
    ULONG dwSettableParams;
    ULONG dwSettableBaud;
    USHORT wSettableData;
    USHORT wSettableStopParity;
    ULONG dwCurrentTxQueue;
    ULONG dwCurrentRxQueue;
    ULONG dwProvSpec1;
    ULONG dwProvSpec2;
    ULONG dwProvCharSize;
    UCHAR wcProvChar[1];
} SERIAL_WMI_COMMPROP, *PSERIAL_WMI_COMMPROP;

/* ---- parallel ports --------------------------------------------------------------------- */

#define PARALLEL_WMI_BYTES_TRANSFERRED_GUID \
    {0x89fef2d6, 0x654b, 0x11d2, {0x9e, 0x15, 0x00, 0xc0, 0x4f, 0x8e, 0xf4, 0x81}}
#define PARPORT_WMI_ALLOCATE_FREE_COUNTS_GUID \
    {0x4bbb69ea, 0x6853, 0x11d2, {0x8e, 0xce, 0x00, 0xc0, 0x4f, 0x8e, 0xf4, 0x81}}
DEFINE_GUID(MSParallel_AllocFreeCounts_GUID, 0x4bbb69ea, 0x6853, 0x11d2, 0x8e, 0xce, 0x00, 0xc0,
            0x4f, 0x8e, 0xf4, 0x81);
DEFINE_GUID(MSParallel_DeviceBytesTransferred_GUID, 0x89fef2d6, 0x654b, 0x11d2, 0x9e, 0x15, 0x00,
            0xc0, 0x4f, 0x8e, 0xf4, 0x81);

typedef struct _PARPORT_WMI_ALLOC_FREE_COUNTS {
    ULONG PortAllocates;
    ULONG PortFrees;
} PARPORT_WMI_ALLOC_FREE_COUNTS, *PPARPORT_WMI_ALLOC_FREE_COUNTS;
#define PARPORT_WMI_ALLOC_FREE_COUNTS_SIZE \
    (FIELD_OFFSET(PARPORT_WMI_ALLOC_FREE_COUNTS, PortFrees) + sizeof(ULONG))

typedef struct _PARALLEL_WMI_LOG_INFO {
    ULONG Flags1;
    ULONG Flags2;
    ULONG spare[2];
    LONGLONG SppWriteCount;
    LONGLONG NibbleReadCount;
    LONGLONG BoundedEcpWriteCount;
    LONGLONG BoundedEcpReadCount;
    LONGLONG HwEcpWriteCount;
    LONGLONG HwEcpReadCount;
    LONGLONG SwEcpWriteCount;
    LONGLONG SwEcpReadCount;
    LONGLONG HwEppWriteCount;
    LONGLONG HwEppReadCount;
    LONGLONG SwEppWriteCount;
    LONGLONG SwEppReadCount;
    LONGLONG ByteReadCount;
    LONGLONG ChannelNibbleReadCount;
} PARALLEL_WMI_LOG_INFO, *PPARALLEL_WMI_LOG_INFO;
#define PARALLEL_WMI_LOG_INFO_SIZE \
    (FIELD_OFFSET(PARALLEL_WMI_LOG_INFO, ChannelNibbleReadCount) + sizeof(LONGLONG))

#endif
