/* SPDX-License-Identifier: MIT */
/* tdi.h - the transport driver interface: addresses, what transports say of themselves.
 *
 * The interface that network drivers of Windows up to 7 used. No transport is part of the kernel
 * here.
 */
#ifndef _TDI_USER_
#define _TDI_USER_

#include <ntdef.h>

typedef LONG TDI_STATUS;
typedef PVOID CONNECTION_CONTEXT;

#define TDI_ADDRESS_TYPE_UNSPEC    0
#define TDI_ADDRESS_TYPE_UNIX      1
#define TDI_ADDRESS_TYPE_IP        2
#define TDI_ADDRESS_TYPE_IMPLINK   3
#define TDI_ADDRESS_TYPE_PUP       4
#define TDI_ADDRESS_TYPE_CHAOS     5
#define TDI_ADDRESS_TYPE_NS        6
#define TDI_ADDRESS_TYPE_NBS       7
#define TDI_ADDRESS_TYPE_ECMA      8
#define TDI_ADDRESS_TYPE_DATAKIT   9
#define TDI_ADDRESS_TYPE_CCITT     10
#define TDI_ADDRESS_TYPE_SNA       11
#define TDI_ADDRESS_TYPE_DECnet    12
#define TDI_ADDRESS_TYPE_DLI       13
#define TDI_ADDRESS_TYPE_LAT       14
#define TDI_ADDRESS_TYPE_HYLINK    15
#define TDI_ADDRESS_TYPE_APPLETALK 16
#define TDI_ADDRESS_TYPE_NETBIOS   17
#define TDI_ADDRESS_TYPE_8022      18
#define TDI_ADDRESS_TYPE_OSI_TSAP  19
#define TDI_ADDRESS_TYPE_NETONE    20
#define TDI_ADDRESS_TYPE_IPX       TDI_ADDRESS_TYPE_NS
#define TDI_ADDRESS_TYPE_IP6       23

/* TDI_CONNECTION_INFORMATION of a request; its address is a TRANSPORT_ADDRESS. */
typedef struct _TDI_CONNECTION_INFORMATION {
    LONG UserDataLength;
    PVOID UserData;
    LONG OptionsLength;
    PVOID Options;
    LONG RemoteAddressLength;
    PVOID RemoteAddress;
} TDI_CONNECTION_INFORMATION, *PTDI_CONNECTION_INFORMATION;

typedef struct _TA_ADDRESS {
    USHORT AddressLength;
    USHORT AddressType;
    UCHAR Address[1];
} TA_ADDRESS, *PTA_ADDRESS;

typedef struct _TRANSPORT_ADDRESS {
    LONG TAAddressCount;
    TA_ADDRESS Address[1];
} TRANSPORT_ADDRESS, *PTRANSPORT_ADDRESS;

#pragma pack(push, 1)

typedef struct _TDI_ADDRESS_IP {
    USHORT sin_port; /* in the network's order, like the address */
    ULONG in_addr;
    UCHAR sin_zero[8];
} TDI_ADDRESS_IP, *PTDI_ADDRESS_IP;

typedef struct _TA_ADDRESS_IP {
    LONG TAAddressCount;
    struct _AddrIp {
        USHORT AddressLength;
        USHORT AddressType;
        TDI_ADDRESS_IP Address[1];
    } Address[1];
} TA_IP_ADDRESS, *PTA_IP_ADDRESS;

#pragma pack(pop)

#define TDI_ADDRESS_LENGTH_IP sizeof(TDI_ADDRESS_IP)

#define TdiTransportAddress           "TransportAddress"
#define TdiConnectionContext          "ConnectionContext"
#define TDI_TRANSPORT_ADDRESS_LENGTH  (sizeof(TdiTransportAddress) - 1)
#define TDI_CONNECTION_CONTEXT_LENGTH (sizeof(TdiConnectionContext) - 1)

#define TDI_QUERY_BROADCAST_ADDRESS   0x00000001
#define TDI_QUERY_PROVIDER_INFO       0x00000002
#define TDI_QUERY_ADDRESS_INFO        0x00000003
#define TDI_QUERY_CONNECTION_INFO     0x00000004
#define TDI_QUERY_PROVIDER_STATISTICS 0x00000005
#define TDI_QUERY_DATAGRAM_INFO       0x00000006
#define TDI_QUERY_DATA_LINK_ADDRESS   0x00000007
#define TDI_QUERY_NETWORK_ADDRESS     0x00000008
#define TDI_QUERY_MAX_DATAGRAM_INFO   0x00000009

#define TDI_RECEIVE_BROADCAST         0x00000004
#define TDI_RECEIVE_MULTICAST         0x00000008
#define TDI_RECEIVE_PARTIAL           0x00000010
#define TDI_RECEIVE_NORMAL            0x00000020
#define TDI_RECEIVE_EXPEDITED         0x00000040
#define TDI_RECEIVE_PEEK              0x00000080
#define TDI_RECEIVE_NO_RESPONSE_EXP   0x00000100
#define TDI_RECEIVE_COPY_LOOKAHEAD    0x00000200
#define TDI_RECEIVE_ENTIRE_MESSAGE    0x00000400
#define TDI_RECEIVE_AT_DISPATCH_LEVEL 0x00000800
#define TDI_RECEIVE_CONTROL_INFO      0x00001000

#define TDI_SEND_EXPEDITED            0x0020
#define TDI_SEND_PARTIAL              0x0040
#define TDI_SEND_NO_RESPONSE_EXPECTED 0x0080
#define TDI_SEND_NON_BLOCKING         0x0100
#define TDI_SEND_AND_DISCONNECT       0x0200

#define TDI_DISCONNECT_WAIT    0x0001
#define TDI_DISCONNECT_ABORT   0x0002
#define TDI_DISCONNECT_RELEASE 0x0004

#define TDI_SERVICE_CONNECTION_MODE     0x00000001
#define TDI_SERVICE_ORDERLY_RELEASE     0x00000002
#define TDI_SERVICE_CONNECTIONLESS_MODE 0x00000004
#define TDI_SERVICE_ERROR_FREE_DELIVERY 0x00000008
#define TDI_SERVICE_SECURITY_LEVEL      0x00000010
#define TDI_SERVICE_BROADCAST_SUPPORTED 0x00000020
#define TDI_SERVICE_MULTICAST_SUPPORTED 0x00000040
#define TDI_SERVICE_DELAYED_ACCEPTANCE  0x00000080
#define TDI_SERVICE_EXPEDITED_DATA      0x00000100
#define TDI_SERVICE_INTERNAL_BUFFERING  0x00000200
#define TDI_SERVICE_ROUTE_DIRECTED      0x00000400
#define TDI_SERVICE_NO_ZERO_LENGTH      0x00000800
#define TDI_SERVICE_POINT_TO_POINT      0x00001000
#define TDI_SERVICE_MESSAGE_MODE        0x00002000
#define TDI_SERVICE_HALF_DUPLEX         0x00004000
#define TDI_SERVICE_DGRAM_CONNECTION    0x00008000
#define TDI_SERVICE_FORCE_ACCESS_CHECK  0x00010000
#define TDI_SERVICE_SEND_AND_DISCONNECT 0x00020000
#define TDI_SERVICE_DIRECT_ACCEPT       0x00040000
#define TDI_SERVICE_ACCEPT_LOCAL_ADDR   0x00080000

#define TDI_EVENT_CONNECT                   0
#define TDI_EVENT_DISCONNECT                1
#define TDI_EVENT_ERROR                     2
#define TDI_EVENT_RECEIVE                   3
#define TDI_EVENT_RECEIVE_DATAGRAM          4
#define TDI_EVENT_RECEIVE_EXPEDITED         5
#define TDI_EVENT_SEND_POSSIBLE             6
#define TDI_EVENT_CHAINED_RECEIVE           7
#define TDI_EVENT_CHAINED_RECEIVE_DATAGRAM  8
#define TDI_EVENT_CHAINED_RECEIVE_EXPEDITED 9
#define TDI_EVENT_ERROR_EX                  10

typedef struct _TDI_DATAGRAM_INFO {
    ULONG MaximumDatagramBytes;
    ULONG MaximumDatagramCount;
} TDI_DATAGRAM_INFO, *PTDI_DATAGRAM_INFO;

typedef struct _TDI_MAX_DATAGRAM_INFO {
    ULONG MaxDatagramSize;
} TDI_MAX_DATAGRAM_INFO, *PTDI_MAX_DATAGRAM_INFO;

typedef struct _TDI_PROVIDER_INFO {
    ULONG Version;
    ULONG MaxSendSize;
    ULONG MaxConnectionUserData;
    ULONG MaxDatagramSize;
    ULONG ServiceFlags;
    ULONG MinimumLookaheadData;
    ULONG MaximumLookaheadData;
    ULONG NumberOfResources;
    LARGE_INTEGER StartTime;
} TDI_PROVIDER_INFO, *PTDI_PROVIDER_INFO;

typedef struct _TDI_CONNECTION_INFO {
    ULONG State;
    ULONG Event;
    ULONG TransmittedTsdus;
    ULONG ReceivedTsdus;
    ULONG TransmissionErrors;
    ULONG ReceiveErrors;
    LARGE_INTEGER Throughput;
    LARGE_INTEGER Delay;
    ULONG SendBufferSize;
    ULONG ReceiveBufferSize;
    BOOLEAN Unreliable;
} TDI_CONNECTION_INFO, *PTDI_CONNECTION_INFO;

typedef struct _TDI_ADDRESS_INFO {
    ULONG ActivityCount;
    TRANSPORT_ADDRESS Address;
} TDI_ADDRESS_INFO, *PTDI_ADDRESS_INFO;

#endif
