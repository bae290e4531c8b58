/* SPDX-License-Identifier: MIT */
/* poclass.h - devices of power: batteries, lids and buttons, thermal zones, and their requests. */
#ifndef _POCLASS_
#define _POCLASS_

#include <ntdef.h>

#include <guiddef.h>

#include <devioctl.h>

DEFINE_GUID(GUID_DEVICE_BATTERY, 0x72631e54, 0x78a4, 0x11d0, 0xbc, 0xf7, 0x00, 0xaa, 0x00, 0xb7,
            0xb3, 0x2a);
DEFINE_GUID(GUID_DEVICE_LID, 0x4afa3d52, 0x74a7, 0x11d0, 0xbe, 0x5e, 0x00, 0xa0, 0xc9, 0x06, 0x28,
            0x57);
DEFINE_GUID(GUID_DEVICE_SYS_BUTTON, 0x4afa3d53, 0x74a7, 0x11d0, 0xbe, 0x5e, 0x00, 0xa0, 0xc9, 0x06,
            0x28, 0x57);
DEFINE_GUID(GUID_DEVICE_THERMAL_ZONE, 0x4afa3d51, 0x74a7, 0x11d0, 0xbe, 0x5e, 0x00, 0xa0, 0xc9,
            0x06, 0x28, 0x57);
DEFINE_GUID(GUID_DEVICE_PROCESSOR, 0x97fadb10, 0x4e33, 0x40ae, 0x35, 0x9c, 0x8b, 0xef, 0x02, 0x9d,
            0xbd, 0xd0);
DEFINE_GUID(GUID_DEVICE_MEMORY, 0x3fd0f03d, 0x92e0, 0x45fb, 0xb7, 0x5c, 0x5e, 0xd8, 0xff, 0xb0,
            0x10, 0x21);
DEFINE_GUID(GUID_DEVICE_ACPI_TIME, 0x97f99bf6, 0x4497, 0x4f18, 0xbb, 0x22, 0x4b, 0x9f, 0xb2, 0xfb,
            0xef, 0x9c);
DEFINE_GUID(GUID_DEVICE_APPLICATIONLAUNCH_BUTTON, 0x629758ee, 0x986e, 0x4d9e, 0x8e, 0x47, 0xde,
            0x27, 0xf8, 0xab, 0x05, 0x4d);

#define POCLASS_READ_(number) \
    CTL_CODE(FILE_DEVICE_BATTERY, number, METHOD_BUFFERED, FILE_READ_ACCESS)
#define POCLASS_WRITE_(number) \
    CTL_CODE(FILE_DEVICE_BATTERY, number, METHOD_BUFFERED, FILE_WRITE_ACCESS)

/* ---- batteries --------------------------------------------------------------------------- */

#define IOCTL_BATTERY_QUERY_TAG         POCLASS_READ_(0x10)
#define IOCTL_BATTERY_QUERY_INFORMATION POCLASS_READ_(0x11)
#define IOCTL_BATTERY_SET_INFORMATION   POCLASS_WRITE_(0x12)
#define IOCTL_BATTERY_QUERY_STATUS      POCLASS_READ_(0x13)

#define BATTERY_TAG_INVALID      0
#define MAX_BATTERY_STRING_SIZE  128
#define BATTERY_UNKNOWN_CAPACITY 0xffffffff
#define UNKNOWN_CAPACITY         BATTERY_UNKNOWN_CAPACITY
#define BATTERY_UNKNOWN_TIME     0xffffffff
#define BATTERY_UNKNOWN_CURRENT  0xffffffff
#define UNKNOWN_CURRENT          BATTERY_UNKNOWN_CURRENT
#define BATTERY_UNKNOWN_VOLTAGE  0xffffffff
#define UNKNOWN_VOLTAGE          BATTERY_UNKNOWN_VOLTAGE
#define BATTERY_UNKNOWN_RATE     0x80000000
#define UNKNOWN_RATE             BATTERY_UNKNOWN_RATE

/* BATTERY_INFORMATION.Capabilities */
#define BATTERY_SET_CHARGE_SUPPORTED         0x00000001
#define BATTERY_SET_DISCHARGE_SUPPORTED      0x00000002
#define BATTERY_SET_CHARGINGSOURCE_SUPPORTED 0x00000004
#define BATTERY_SET_CHARGER_ID_SUPPORTED     0x00000008
#define BATTERY_SEALED                       0x10000000
#define BATTERY_IS_SHORT_TERM                0x20000000
#define BATTERY_CAPACITY_RELATIVE            0x40000000
#define BATTERY_SYSTEM_BATTERY               0x80000000

/* BATTERY_STATUS.PowerState */
#define BATTERY_POWER_ON_LINE 0x00000001
#define BATTERY_DISCHARGING   0x00000002
#define BATTERY_CHARGING      0x00000004
#define BATTERY_CRITICAL      0x00000008

typedef enum {
    BatteryInformation,
    BatteryGranularityInformation,
    BatteryTemperature,
    BatteryEstimatedTime,
    BatteryDeviceName,
    BatteryManufactureDate,
    BatteryManufactureName,
    BatteryUniqueID,
    BatterySerialNumber
} BATTERY_QUERY_INFORMATION_LEVEL;

typedef enum {
    BatteryCriticalBias,
    BatteryCharge,
    BatteryDischarge,
    BatteryChargingSource,
    BatteryChargerId,
    BatteryChargerStatus
} BATTERY_SET_INFORMATION_LEVEL;

/* What BatteryChargingSource carries: who feeds the battery, and milliamperes it may take. */
typedef enum _BATTERY_CHARGING_SOURCE_TYPE {
    BatteryChargingSourceType_AC = 1,
    BatteryChargingSourceType_USB,
    BatteryChargingSourceType_Wireless,
    BatteryChargingSourceType_Max
} BATTERY_CHARGING_SOURCE_TYPE,
    *PBATTERY_CHARGING_SOURCE_TYPE;

typedef struct _BATTERY_CHARGING_SOURCE {
    BATTERY_CHARGING_SOURCE_TYPE Type;
    ULONG MaxCurrent;
} BATTERY_CHARGING_SOURCE, *PBATTERY_CHARGING_SOURCE;

typedef struct _BATTERY_QUERY_INFORMATION {
    ULONG BatteryTag;
    BATTERY_QUERY_INFORMATION_LEVEL InformationLevel;
    LONG AtRate;
} BATTERY_QUERY_INFORMATION, *PBATTERY_QUERY_INFORMATION;

typedef struct _BATTERY_SET_INFORMATION {
    ULONG BatteryTag;
    BATTERY_SET_INFORMATION_LEVEL InformationLevel;
    UCHAR Buffer[1];
} BATTERY_SET_INFORMATION, *PBATTERY_SET_INFORMATION;

typedef struct _BATTERY_INFORMATION {
    ULONG Capabilities;
    UCHAR Technology;
    UCHAR Reserved[3];
    UCHAR Chemistry[4];
    ULONG DesignedCapacity;
    ULONG FullChargedCapacity;
    ULONG DefaultAlert1;
    ULONG DefaultAlert2;
    ULONG CriticalBias;
    ULONG CycleCount;
} BATTERY_INFORMATION, *PBATTERY_INFORMATION;

typedef struct _BATTERY_WAIT_STATUS {
    ULONG BatteryTag;
    ULONG Timeout; /* milliseconds */
    ULONG PowerState;
    ULONG LowCapacity;
    ULONG HighCapacity;
} BATTERY_WAIT_STATUS, *PBATTERY_WAIT_STATUS;

typedef struct _BATTERY_STATUS {
    ULONG PowerState;
    ULONG Capacity;
    ULONG Voltage;
    LONG Rate;
} BATTERY_STATUS, *PBATTERY_STATUS;

typedef struct _BATTERY_MANUFACTURE_DATE {
    UCHAR Day;
    UCHAR Month;
    USHORT Year;
} BATTERY_MANUFACTURE_DATE, *PBATTERY_MANUFACTURE_DATE;

/* BATTERY_REPORTING_SCALE, which BatteryGranularityInformation answers, is in wdm.h. */

/* ---- buttons and lids -------------------------------------------------------------------- */

#define IOCTL_QUERY_LID            POCLASS_READ_(0x30)
#define IOCTL_NOTIFY_SWITCH_EVENT  POCLASS_READ_(0x40)
#define IOCTL_GET_SYS_BUTTON_CAPS  POCLASS_READ_(0x50)
#define IOCTL_GET_SYS_BUTTON_EVENT POCLASS_READ_(0x51)

#define SYS_BUTTON_POWER 0x00000001
#define SYS_BUTTON_SLEEP 0x00000002
#define SYS_BUTTON_LID   0x00000004
#define SYS_BUTTON_WAKE  0x80000000

/* ---- thermal zones ----------------------------------------------------------------------- */

#define IOCTL_THERMAL_QUERY_INFORMATION  POCLASS_READ_(0x20)
#define IOCTL_THERMAL_SET_COOLING_POLICY POCLASS_WRITE_(0x21)
#define IOCTL_RUN_ACTIVE_COOLING_METHOD  POCLASS_WRITE_(0x22)
#define IOCTL_THERMAL_SET_PASSIVE_LIMIT  POCLASS_WRITE_(0x23)
#define IOCTL_THERMAL_READ_TEMPERATURE   POCLASS_READ_(0x24)

#define ACTIVE_COOLING            0x0
#define PASSIVE_COOLING           0x1
#define MAX_ACTIVE_COOLING_LEVELS 10

/* IOCTL_THERMAL_READ_TEMPERATURE is answered once the temperature (tenths of a kelvin) leaves
 * the two bounds, or after Timeout milliseconds.
 */
typedef struct _THERMAL_WAIT_READ {
    ULONG Timeout;
    ULONG LowTemperature;
    ULONG HighTemperature;
} THERMAL_WAIT_READ, *PTHERMAL_WAIT_READ;

#define THERMAL_WAIT_READ_TIMEOUT_IMMEDIATE 0x0
#define THERMAL_WAIT_READ_TIMEOUT_NONE      0xffffffff

#endif
