/* SPDX-License-Identifier: MIT */
/*
 * PCI: configuration space, its capabilities, and the interfaces of the bus driver.
 */
#ifndef _WDM_PCI_H_
#define _WDM_PCI_H_

#include "pnp.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef NTSTATUS NTAPI PCI_MSIX_MASKUNMASK_ENTRY(PVOID Context, ULONG TableEntry);
typedef PCI_MSIX_MASKUNMASK_ENTRY *PPCI_MSIX_MASKUNMASK_ENTRY;

typedef NTSTATUS NTAPI PCI_MSIX_SET_ENTRY(PVOID Context, ULONG TableEntry, ULONG MessageNumber);
typedef PCI_MSIX_SET_ENTRY *PPCI_MSIX_SET_ENTRY;

typedef BOOLEAN NTAPI PCI_IS_DEVICE_PRESENT(USHORT, USHORT, UCHAR, USHORT, USHORT, ULONG);
typedef PCI_IS_DEVICE_PRESENT *PPCI_IS_DEVICE_PRESENT;

typedef PCI_IS_DEVICE_PRESENT *PPCI_IS_DEVICE_PRESENT;

typedef struct _PCI_DEVICE_PRESENCE_PARAMETERS *PPCI_DEVICE_PRESENCE_PARAMETERS;
typedef BOOLEAN NTAPI PCI_IS_DEVICE_PRESENT_EX(PVOID, PPCI_DEVICE_PRESENCE_PARAMETERS);
typedef PCI_IS_DEVICE_PRESENT_EX *PPCI_IS_DEVICE_PRESENT_EX;

typedef PCI_IS_DEVICE_PRESENT_EX *PPCI_IS_DEVICE_PRESENT_EX;

typedef struct _PCI_DEVICE_PRESENT_INTERFACE {
    USHORT Size;
    USHORT Version;
    PVOID Context;
    PINTERFACE_REFERENCE InterfaceReference;
    PINTERFACE_DEREFERENCE InterfaceDereference;
    PPCI_IS_DEVICE_PRESENT IsDevicePresent;
    PPCI_IS_DEVICE_PRESENT_EX IsDevicePresentEx;
} PCI_DEVICE_PRESENT_INTERFACE, *PPCI_DEVICE_PRESENT_INTERFACE;

typedef NTSTATUS NTAPI PCI_MSIX_GET_ENTRY(PVOID, ULONG, PULONG, PBOOLEAN);
typedef PCI_MSIX_GET_ENTRY *PPCI_MSIX_GET_ENTRY;

typedef PCI_MSIX_GET_ENTRY *PPCI_MSIX_GET_ENTRY;

typedef NTSTATUS NTAPI PCI_MSIX_GET_TABLE_SIZE(PVOID, PULONG);
typedef PCI_MSIX_GET_TABLE_SIZE *PPCI_MSIX_GET_TABLE_SIZE;

typedef PCI_MSIX_GET_TABLE_SIZE *PPCI_MSIX_GET_TABLE_SIZE;

typedef struct _PCI_MSIX_TABLE_CONFIG_INTERFACE {
    USHORT Size;
    USHORT Version;
    PVOID Context;
    PINTERFACE_REFERENCE InterfaceReference;
    PINTERFACE_DEREFERENCE InterfaceDereference;
    PPCI_MSIX_SET_ENTRY SetTableEntry;
    PPCI_MSIX_MASKUNMASK_ENTRY MaskTableEntry;
    PPCI_MSIX_MASKUNMASK_ENTRY UnmaskTableEntry;
    PPCI_MSIX_GET_ENTRY GetTableEntry;
    PPCI_MSIX_GET_TABLE_SIZE GetTableSize;
} PCI_MSIX_TABLE_CONFIG_INTERFACE, *PPCI_MSIX_TABLE_CONFIG_INTERFACE;

typedef struct _PCI_CAPABILITIES_HEADER {
    UCHAR CapabilityID;
    UCHAR Next;
} PCI_CAPABILITIES_HEADER, *PPCI_CAPABILITIES_HEADER;

typedef struct _PCI_PMC {
    UCHAR Version : 3;
    UCHAR PMEClock : 1;
    UCHAR Rsvd1 : 1;
    UCHAR DeviceSpecificInitialization : 1;
    UCHAR Rsvd2 : 2;
    struct {
        UCHAR Rsvd2 : 1;
        UCHAR D1 : 1;
        UCHAR D2 : 1;
        UCHAR PMED0 : 1;
        UCHAR PMED1 : 1;
        UCHAR PMED2 : 1;
        UCHAR PMED3Hot : 1;
        UCHAR PMED3Cold : 1;
    } Support;
} PCI_PMC, *PPCI_PMC;

typedef struct _PCI_PMCSR {
    USHORT PowerState : 2;
    USHORT Rsvd1 : 6;
    USHORT PMEEnable : 1;
    USHORT DataSelect : 4;
    USHORT DataScale : 2;
    USHORT PMEStatus : 1;
} PCI_PMCSR, *PPCI_PMCSR;

typedef struct _PCI_PMCSR_BSE {
    UCHAR Rsvd1 : 6;
    UCHAR D3HotSupportsStopClock : 1;
    UCHAR BusPowerClockControlEnabled : 1;
} PCI_PMCSR_BSE, *PPCI_PMCSR_BSE;

typedef struct _PCI_PM_CAPABILITY {
    PCI_CAPABILITIES_HEADER Header;
    union {
        PCI_PMC Capabilities;
        USHORT AsUSHORT;
    } PMC;
    union {
        PCI_PMCSR ControlStatus;
        USHORT AsUSHORT;
    } PMCSR;
    union {
        PCI_PMCSR_BSE BridgeSupport;
        UCHAR AsUCHAR;
    } PMCSR_BSE;
    UCHAR Data;
} PCI_PM_CAPABILITY, *PPCI_PM_CAPABILITY;

typedef struct _PCI_COMMON_CONFIG {
    struct {
        USHORT VendorID;
        USHORT DeviceID;
        USHORT Command;
        USHORT Status;
        UCHAR RevisionID;
        UCHAR ProgIf;
        UCHAR SubClass;
        UCHAR BaseClass;
        UCHAR CacheLineSize;
        UCHAR LatencyTimer;
        UCHAR HeaderType;
        UCHAR BIST;
        union {
            struct {
                ULONG BaseAddresses[6];
                ULONG CIS;
                USHORT SubVendorID;
                USHORT SubSystemID;
                ULONG ROMBaseAddress;
                UCHAR CapabilitiesPtr;
                UCHAR Reserved1[3];
                ULONG Reserved2;
                UCHAR InterruptLine;
                UCHAR InterruptPin;
                UCHAR MinimumGrant;
                UCHAR MaximumLatency;
            } type0;
            struct {
                ULONG BaseAddresses[2];
                UCHAR PrimaryBus;
                UCHAR SecondaryBus;
                UCHAR SubordinateBus;
                UCHAR SecondaryLatency;
                UCHAR IOBase;
                UCHAR IOLimit;
                USHORT SecondaryStatus;
                USHORT MemoryBase;
                USHORT MemoryLimit;
                USHORT PrefetchBase;
                USHORT PrefetchLimit;
                ULONG PrefetchBaseUpper32;
                ULONG PrefetchLimitUpper32;
                USHORT IOBaseUpper16;
                USHORT IOLimitUpper16;
                UCHAR CapabilitiesPtr;
                UCHAR Reserved1[3];
                ULONG ROMBaseAddress;
                UCHAR InterruptLine;
                UCHAR InterruptPin;
                USHORT BridgeControl;
            } type1;
            struct {
                ULONG SocketRegistersBaseAddress;
                UCHAR CapabilitiesPtr;
                UCHAR Reserved;
                USHORT SecondaryStatus;
                UCHAR PrimaryBus;
                UCHAR SecondaryBus;
                UCHAR SubordinateBus;
                UCHAR SecondaryLatency;
                struct {
                    ULONG Base;
                    ULONG Limit;
                } Range[4];
                UCHAR InterruptLine;
                UCHAR InterruptPin;
                USHORT BridgeControl;
            } type2;
        } u;
    };
    UCHAR DeviceSpecific[192];
} PCI_COMMON_CONFIG, *PPCI_COMMON_CONFIG;

typedef struct _PCI_COMMON_HEADER {
    USHORT VendorID;
    USHORT DeviceID;
    USHORT Command;
    USHORT Status;
    UCHAR RevisionID;
    UCHAR ProgIf;
    UCHAR SubClass;
    UCHAR BaseClass;
    UCHAR CacheLineSize;
    UCHAR LatencyTimer;
    UCHAR HeaderType;
    UCHAR BIST;
    union {
        struct {
            ULONG BaseAddresses[6];
            ULONG CIS;
            USHORT SubVendorID;
            USHORT SubSystemID;
            ULONG ROMBaseAddress;
            UCHAR CapabilitiesPtr;
            UCHAR Reserved1[3];
            ULONG Reserved2;
            UCHAR InterruptLine;
            UCHAR InterruptPin;
            UCHAR MinimumGrant;
            UCHAR MaximumLatency;
        } type0;
        struct {
            ULONG BaseAddresses[2];
            UCHAR PrimaryBus;
            UCHAR SecondaryBus;
            UCHAR SubordinateBus;
            UCHAR SecondaryLatency;
            UCHAR IOBase;
            UCHAR IOLimit;
            USHORT SecondaryStatus;
            USHORT MemoryBase;
            USHORT MemoryLimit;
            USHORT PrefetchBase;
            USHORT PrefetchLimit;
            ULONG PrefetchBaseUpper32;
            ULONG PrefetchLimitUpper32;
            USHORT IOBaseUpper16;
            USHORT IOLimitUpper16;
            UCHAR CapabilitiesPtr;
            UCHAR Reserved1[3];
            ULONG ROMBaseAddress;
            UCHAR InterruptLine;
            UCHAR InterruptPin;
            USHORT BridgeControl;
        } type1;
        struct {
            ULONG SocketRegistersBaseAddress;
            UCHAR CapabilitiesPtr;
            UCHAR Reserved;
            USHORT SecondaryStatus;
            UCHAR PrimaryBus;
            UCHAR SecondaryBus;
            UCHAR SubordinateBus;
            UCHAR SecondaryLatency;
            struct {
                ULONG Base;
                ULONG Limit;
            } Range[4];
            UCHAR InterruptLine;
            UCHAR InterruptPin;
            USHORT BridgeControl;
        } type2;
    } u;
} PCI_COMMON_HEADER, *PPCI_COMMON_HEADER;

typedef struct _PCI_SLOT_NUMBER {
    union {
        struct {
            ULONG DeviceNumber : 5;
            ULONG FunctionNumber : 3;
            ULONG Reserved : 24;
        } bits;
        ULONG AsULONG;
    } u;
} PCI_SLOT_NUMBER, *PPCI_SLOT_NUMBER;

#define PCI_COMMON_HEADER_LAYOUT                      \
    USHORT VendorID;                                  \
    USHORT DeviceID;                                  \
    USHORT Command;                                   \
    USHORT Status;                                    \
    UCHAR RevisionID;                                 \
    UCHAR ProgIf;                                     \
    UCHAR SubClass;                                   \
    UCHAR BaseClass;                                  \
    UCHAR CacheLineSize;                              \
    UCHAR LatencyTimer;                               \
    UCHAR HeaderType;                                 \
    UCHAR BIST;                                       \
    union {                                           \
        struct {                                      \
            ULONG BaseAddresses[PCI_TYPE0_ADDRESSES]; \
            ULONG CIS;                                \
            USHORT SubVendorID;                       \
            USHORT SubSystemID;                       \
            ULONG ROMBaseAddress;                     \
            UCHAR CapabilitiesPtr;                    \
            UCHAR Reserved1[3];                       \
            ULONG Reserved2;                          \
            UCHAR InterruptLine;                      \
            UCHAR InterruptPin;                       \
            UCHAR MinimumGrant;                       \
            UCHAR MaximumLatency;                     \
        } type0;                                      \
        struct {                                      \
            ULONG BaseAddresses[PCI_TYPE1_ADDRESSES]; \
            UCHAR PrimaryBus;                         \
            UCHAR SecondaryBus;                       \
            UCHAR SubordinateBus;                     \
            UCHAR SecondaryLatency;                   \
            UCHAR IOBase;                             \
            UCHAR IOLimit;                            \
            USHORT SecondaryStatus;                   \
            USHORT MemoryBase;                        \
            USHORT MemoryLimit;                       \
            USHORT PrefetchBase;                      \
            USHORT PrefetchLimit;                     \
            ULONG PrefetchBaseUpper32;                \
            ULONG PrefetchLimitUpper32;               \
            USHORT IOBaseUpper16;                     \
            USHORT IOLimitUpper16;                    \
            UCHAR CapabilitiesPtr;                    \
            UCHAR Reserved1[3];                       \
            ULONG ROMBaseAddress;                     \
            UCHAR InterruptLine;                      \
            UCHAR InterruptPin;                       \
            USHORT BridgeControl;                     \
        } type1;                                      \
        struct {                                      \
            ULONG SocketRegistersBaseAddress;         \
            UCHAR CapabilitiesPtr;                    \
            UCHAR Reserved;                           \
            USHORT SecondaryStatus;                   \
            UCHAR PrimaryBus;                         \
            UCHAR SecondaryBus;                       \
            UCHAR SubordinateBus;                     \
            UCHAR SecondaryLatency;                   \
            struct {                                  \
                ULONG Base;                           \
                ULONG Limit;                          \
            } Range[PCI_TYPE2_ADDRESSES - 1];         \
            UCHAR InterruptLine;                      \
            UCHAR InterruptPin;                       \
            USHORT BridgeControl;                     \
        } type2;                                      \
    } u;
#define PCI_DEVICE_PRESENT_INTERFACE_VERSION                       1
#define PCI_USE_SUBSYSTEM_IDS                                      0x00000001
#define PCI_USE_REVISION                                           0x00000002
#define PCI_USE_VENDEV_IDS                                         0x00000004
#define PCI_USE_CLASS_SUBCLASS                                     0x00000008
#define PCI_USE_PROGIF                                             0x00000010
#define PCI_USE_LOCAL_BUS                                          0x00000020
#define PCI_USE_LOCAL_DEVICE                                       0x00000040
#define PCI_TYPE0_ADDRESSES                                        6
#define PCI_TYPE1_ADDRESSES                                        2
#define PCI_TYPE2_ADDRESSES                                        5
#define PCI_COMMON_HDR_LENGTH                                      (FIELD_OFFSET(PCI_COMMON_CONFIG, DeviceSpecific))
#define PCI_EXTENDED_CONFIG_LENGTH                                 0x1000
#define PCI_MAX_DEVICES                                            32
#define PCI_MAX_FUNCTION                                           8
#define PCI_MAX_BRIDGE_NUMBER                                      0xFF
#define PCI_INVALID_VENDORID                                       0xFFFF
#define PCI_MULTIFUNCTION                                          0x80
#define PCI_DEVICE_TYPE                                            0x00
#define PCI_BRIDGE_TYPE                                            0x01
#define PCI_CARDBUS_BRIDGE_TYPE                                    0x02
#define PCI_ENABLE_IO_SPACE                                        0x0001
#define PCI_ENABLE_MEMORY_SPACE                                    0x0002
#define PCI_ENABLE_BUS_MASTER                                      0x0004
#define PCI_ENABLE_SPECIAL_CYCLES                                  0x0008
#define PCI_ENABLE_WRITE_AND_INVALIDATE                            0x0010
#define PCI_ENABLE_VGA_COMPATIBLE_PALETTE                          0x0020
#define PCI_ENABLE_PARITY                                          0x0040
#define PCI_ENABLE_WAIT_CYCLE                                      0x0080
#define PCI_ENABLE_SERR                                            0x0100
#define PCI_ENABLE_FAST_BACK_TO_BACK                               0x0200
#define PCI_DISABLE_LEVEL_INTERRUPT                                0x0400
#define PCI_STATUS_INTERRUPT_PENDING                               0x0008
#define PCI_STATUS_CAPABILITIES_LIST                               0x0010
#define PCI_STATUS_66MHZ_CAPABLE                                   0x0020
#define PCI_STATUS_UDF_SUPPORTED                                   0x0040
#define PCI_STATUS_FAST_BACK_TO_BACK                               0x0080
#define PCI_STATUS_DATA_PARITY_DETECTED                            0x0100
#define PCI_STATUS_DEVSEL                                          0x0600
#define PCI_STATUS_SIGNALED_TARGET_ABORT                           0x0800
#define PCI_STATUS_RECEIVED_TARGET_ABORT                           0x1000
#define PCI_STATUS_RECEIVED_MASTER_ABORT                           0x2000
#define PCI_STATUS_SIGNALED_SYSTEM_ERROR                           0x4000
#define PCI_STATUS_DETECTED_PARITY_ERROR                           0x8000
#define PCI_CAPABILITY_ID_POWER_MANAGEMENT                         0x01
#define PCI_CAPABILITY_ID_AGP                                      0x02
#define PCI_CAPABILITY_ID_VPD                                      0x03
#define PCI_CAPABILITY_ID_SLOT_ID                                  0x04
#define PCI_CAPABILITY_ID_MSI                                      0x05
#define PCI_CAPABILITY_ID_CPCI_HOTSWAP                             0x06
#define PCI_CAPABILITY_ID_PCIX                                     0x07
#define PCI_CAPABILITY_ID_HYPERTRANSPORT                           0x08
#define PCI_CAPABILITY_ID_VENDOR_SPECIFIC                          0x09
#define PCI_CAPABILITY_ID_DEBUG_PORT                               0x0A
#define PCI_CAPABILITY_ID_CPCI_RES_CTRL                            0x0B
#define PCI_CAPABILITY_ID_SHPC                                     0x0C
#define PCI_CAPABILITY_ID_P2P_SSID                                 0x0D
#define PCI_CAPABILITY_ID_AGP_TARGET                               0x0E
#define PCI_CAPABILITY_ID_SECURE                                   0x0F
#define PCI_CAPABILITY_ID_PCI_EXPRESS                              0x10
#define PCI_CAPABILITY_ID_MSIX                                     0x11
#define PCI_EXPRESS_ADVANCED_ERROR_REPORTING_CAP_ID                0x0001
#define PCI_EXPRESS_VIRTUAL_CHANNEL_CAP_ID                         0x0002
#define PCI_EXPRESS_DEVICE_SERIAL_NUMBER_CAP_ID                    0x0003
#define PCI_EXPRESS_POWER_BUDGETING_CAP_ID                         0x0004
#define PCI_EXPRESS_RC_LINK_DECLARATION_CAP_ID                     0x0005
#define PCI_EXPRESS_RC_INTERNAL_LINK_CONTROL_CAP_ID                0x0006
#define PCI_EXPRESS_RC_EVENT_COLLECTOR_ENDPOINT_ASSOCIATION_CAP_ID 0x0007
#define PCI_EXPRESS_MFVC_CAP_ID                                    0x0008
#define PCI_EXPRESS_VC_AND_MFVC_CAP_ID                             0x0009
#define PCI_EXPRESS_RCRB_HEADER_CAP_ID                             0x000A
#define PCI_EXPRESS_SINGLE_ROOT_IO_VIRTUALIZATION_CAP_ID           0x0010
#define PCI_CLASS_PRE_20                                           0x00
#define PCI_CLASS_MASS_STORAGE_CTLR                                0x01
#define PCI_CLASS_NETWORK_CTLR                                     0x02
#define PCI_CLASS_DISPLAY_CTLR                                     0x03
#define PCI_CLASS_MULTIMEDIA_DEV                                   0x04
#define PCI_CLASS_MEMORY_CTLR                                      0x05
#define PCI_CLASS_BRIDGE_DEV                                       0x06
#define PCI_CLASS_SIMPLE_COMMS_CTLR                                0x07
#define PCI_CLASS_BASE_SYSTEM_DEV                                  0x08
#define PCI_CLASS_INPUT_DEV                                        0x09
#define PCI_CLASS_DOCKING_STATION                                  0x0a
#define PCI_CLASS_PROCESSOR                                        0x0b
#define PCI_CLASS_SERIAL_BUS_CTLR                                  0x0c
#define PCI_CLASS_WIRELESS_CTLR                                    0x0d
#define PCI_CLASS_INTELLIGENT_IO_CTLR                              0x0e
#define PCI_CLASS_SATELLITE_COMMS_CTLR                             0x0f
#define PCI_CLASS_ENCRYPTION_DECRYPTION                            0x10
#define PCI_CLASS_DATA_ACQ_SIGNAL_PROC                             0x11
#define PCI_CLASS_NOT_DEFINED                                      0xff
#define PCI_SUBCLASS_PRE_20_NON_VGA                                0x00
#define PCI_SUBCLASS_PRE_20_VGA                                    0x01
#define PCI_SUBCLASS_MSC_SCSI_BUS_CTLR                             0x00
#define PCI_SUBCLASS_MSC_IDE_CTLR                                  0x01
#define PCI_SUBCLASS_MSC_FLOPPY_CTLR                               0x02
#define PCI_SUBCLASS_MSC_IPI_CTLR                                  0x03
#define PCI_SUBCLASS_MSC_RAID_CTLR                                 0x04
#define PCI_SUBCLASS_MSC_OTHER                                     0x80
#define PCI_SUBCLASS_NET_ETHERNET_CTLR                             0x00
#define PCI_SUBCLASS_NET_TOKEN_RING_CTLR                           0x01
#define PCI_SUBCLASS_NET_FDDI_CTLR                                 0x02
#define PCI_SUBCLASS_NET_ATM_CTLR                                  0x03
#define PCI_SUBCLASS_NET_ISDN_CTLR                                 0x04
#define PCI_SUBCLASS_NET_OTHER                                     0x80
#define PCI_SUBCLASS_VID_VGA_CTLR                                  0x00
#define PCI_SUBCLASS_VID_XGA_CTLR                                  0x01
#define PCI_SUBCLASS_VID_3D_CTLR                                   0x02
#define PCI_SUBCLASS_VID_OTHER                                     0x80
#define PCI_SUBCLASS_MM_VIDEO_DEV                                  0x00
#define PCI_SUBCLASS_MM_AUDIO_DEV                                  0x01
#define PCI_SUBCLASS_MM_TELEPHONY_DEV                              0x02
#define PCI_SUBCLASS_MM_OTHER                                      0x80
#define PCI_SUBCLASS_MEM_RAM                                       0x00
#define PCI_SUBCLASS_MEM_FLASH                                     0x01
#define PCI_SUBCLASS_MEM_OTHER                                     0x80
#define PCI_SUBCLASS_BR_HOST                                       0x00
#define PCI_SUBCLASS_BR_ISA                                        0x01
#define PCI_SUBCLASS_BR_EISA                                       0x02
#define PCI_SUBCLASS_BR_MCA                                        0x03
#define PCI_SUBCLASS_BR_PCI_TO_PCI                                 0x04
#define PCI_SUBCLASS_BR_PCMCIA                                     0x05
#define PCI_SUBCLASS_BR_NUBUS                                      0x06
#define PCI_SUBCLASS_BR_CARDBUS                                    0x07
#define PCI_SUBCLASS_BR_RACEWAY                                    0x08
#define PCI_SUBCLASS_BR_OTHER                                      0x80
#define PCI_SUBCLASS_COM_SERIAL                                    0x00
#define PCI_SUBCLASS_COM_PARALLEL                                  0x01
#define PCI_SUBCLASS_COM_MULTIPORT                                 0x02
#define PCI_SUBCLASS_COM_MODEM                                     0x03
#define PCI_SUBCLASS_COM_OTHER                                     0x80
#define PCI_SUBCLASS_SYS_INTERRUPT_CTLR                            0x00
#define PCI_SUBCLASS_SYS_DMA_CTLR                                  0x01
#define PCI_SUBCLASS_SYS_SYSTEM_TIMER                              0x02
#define PCI_SUBCLASS_SYS_REAL_TIME_CLOCK                           0x03
#define PCI_SUBCLASS_SYS_GEN_HOTPLUG_CTLR                          0x04
#define PCI_SUBCLASS_SYS_SDIO_CTRL                                 0x05
#define PCI_SUBCLASS_SYS_OTHER                                     0x80
#define PCI_SUBCLASS_INP_KEYBOARD                                  0x00
#define PCI_SUBCLASS_INP_DIGITIZER                                 0x01
#define PCI_SUBCLASS_INP_MOUSE                                     0x02
#define PCI_SUBCLASS_INP_SCANNER                                   0x03
#define PCI_SUBCLASS_INP_GAMEPORT                                  0x04
#define PCI_SUBCLASS_INP_OTHER                                     0x80
#define PCI_SUBCLASS_DOC_GENERIC                                   0x00
#define PCI_SUBCLASS_DOC_OTHER                                     0x80
#define PCI_SUBCLASS_PROC_386                                      0x00
#define PCI_SUBCLASS_PROC_486                                      0x01
#define PCI_SUBCLASS_PROC_PENTIUM                                  0x02
#define PCI_SUBCLASS_PROC_ALPHA                                    0x10
#define PCI_SUBCLASS_PROC_POWERPC                                  0x20
#define PCI_SUBCLASS_PROC_COPROCESSOR                              0x40
#define PCI_SUBCLASS_SB_IEEE1394                                   0x00
#define PCI_SUBCLASS_SB_ACCESS                                     0x01
#define PCI_SUBCLASS_SB_SSA                                        0x02
#define PCI_SUBCLASS_SB_USB                                        0x03
#define PCI_SUBCLASS_SB_FIBRE_CHANNEL                              0x04
#define PCI_SUBCLASS_SB_SMBUS                                      0x05
#define PCI_SUBCLASS_WIRELESS_IRDA                                 0x00
#define PCI_SUBCLASS_WIRELESS_CON_IR                               0x01
#define PCI_SUBCLASS_WIRELESS_RF                                   0x10
#define PCI_SUBCLASS_WIRELESS_OTHER                                0x80
#define PCI_SUBCLASS_INTIO_I2O                                     0x00
#define PCI_SUBCLASS_SAT_TV                                        0x01
#define PCI_SUBCLASS_SAT_AUDIO                                     0x02
#define PCI_SUBCLASS_SAT_VOICE                                     0x03
#define PCI_SUBCLASS_SAT_DATA                                      0x04
#define PCI_SUBCLASS_CRYPTO_NET_COMP                               0x00
#define PCI_SUBCLASS_CRYPTO_ENTERTAINMENT                          0x10
#define PCI_SUBCLASS_CRYPTO_OTHER                                  0x80
#define PCI_SUBCLASS_DASP_DPIO                                     0x00
#define PCI_SUBCLASS_DASP_OTHER                                    0x80
#define PCI_ADDRESS_IO_SPACE                                       0x00000001
#define PCI_ADDRESS_MEMORY_TYPE_MASK                               0x00000006
#define PCI_ADDRESS_MEMORY_PREFETCHABLE                            0x00000008
#define PCI_ADDRESS_IO_ADDRESS_MASK                                0xfffffffc
#define PCI_ADDRESS_MEMORY_ADDRESS_MASK                            0xfffffff0
#define PCI_ADDRESS_ROM_ADDRESS_MASK                               0xfffff800
#define PCI_TYPE_32BIT                                             0
#define PCI_TYPE_20BIT                                             2
#define PCI_TYPE_64BIT                                             4
#define PCI_ROMADDRESS_ENABLED                                     0x00000001
#define PCI_EXPRESS_LINK_QUIESCENT_INTERFACE_VERSION               1
#define PCI_EXPRESS_ROOT_PORT_INTERFACE_VERSION                    1
#define PCI_MSIX_TABLE_CONFIG_INTERFACE_VERSION                    1
#define PCI_MSIX_TABLE_CONFIG_MINIMUM_SIZE \
    RTL_SIZEOF_THROUGH_FIELD(PCI_MSIX_TABLE_CONFIG_INTERFACE, UnmaskTableEntry)
#define PCI_AGP_RATE_1X                             0x1
#define PCI_AGP_RATE_2X                             0x2
#define PCI_AGP_RATE_4X                             0x4
#define PCI_ROOT_BUS_OSC_METHOD_CAPABILITY_REVISION 0x01
#define PCI_EXPRESS_AER_DEVICE_CONTROL_MASK         0x07;
#define PCI_EXPRESS_AER_DEVICE_STATUS_MASK          0x0F;
#define PCI_DATA_TAG                                ' ICP'
#define PCI_DATA_VERSION                            1
#define PCI_BUS_INTERFACE_STANDARD_VERSION          1
#define PCI_INT_ROUTE_INTRF_STANDARD_VER            1
#define PCI_CB_INTRF_VERSION                        1
#define PCI_PME_INTRF_STANDARD_VER                  1

#ifdef __cplusplus
}
#endif

#endif
