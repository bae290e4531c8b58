/* SPDX-License-Identifier: MIT */
/* comm_ddi.c - serial ports: each call is one or a few requests to the port's driver.
 *
 * A port's handle may be used for reads and writes that are under way: each request here has an
 * event of its own. Settings go in whole; when the driver refuses one, those before it are put
 * back. Doc: winbase.h "Communications Functions"; ntddser.h
 */
#include "comm.h"

#include <ntddser.h>

#include "win32_internal.h"

static NTSTATUS port_ask(HANDLE port, ULONG code, const void *in, ULONG in_length, void *out,
                         ULONG out_length)
{
    IO_STATUS_BLOCK block;
    HANDLE event;
    NTSTATUS status = NtCreateEvent(&event, EVENT_ALL_ACCESS, NULL, SynchronizationEvent, FALSE);
    if (!NT_SUCCESS(status))
        return status;
    status = NtDeviceIoControlFile(port, event, NULL, NULL, &block, code, (PVOID)in, in_length, out,
                                   out_length);
    if (status == STATUS_PENDING) {
        NtWaitForSingleObject(event, FALSE, NULL);
        status = block.Status;
    }
    NtClose(event);
    return status;
}

static BOOL port_do(HANDLE port, ULONG code)
{
    return error_result(port_ask(port, code, NULL, 0, NULL, 0));
}

static BOOL port_set(HANDLE port, ULONG code, const void *in, ULONG length)
{
    return error_result(port_ask(port, code, in, length, NULL, 0));
}

static BOOL port_get(HANDLE port, ULONG code, void *out, ULONG length)
{
    return error_result(port_ask(port, code, NULL, 0, out, length));
}

/* ---- all settings -----------------------------------------------------------------------------
 */

struct settings {
    SERIAL_BAUD_RATE rate;
    SERIAL_LINE_CONTROL line;
    SERIAL_CHARS chars;
    SERIAL_HANDFLOW flow;
};

static NTSTATUS settings_get(HANDLE port, struct settings *out)
{
    NTSTATUS status =
        port_ask(port, IOCTL_SERIAL_GET_BAUD_RATE, NULL, 0, &out->rate, sizeof out->rate);
    if (NT_SUCCESS(status))
        status =
            port_ask(port, IOCTL_SERIAL_GET_LINE_CONTROL, NULL, 0, &out->line, sizeof out->line);
    if (NT_SUCCESS(status))
        status = port_ask(port, IOCTL_SERIAL_GET_CHARS, NULL, 0, &out->chars, sizeof out->chars);
    if (NT_SUCCESS(status))
        status = port_ask(port, IOCTL_SERIAL_GET_HANDFLOW, NULL, 0, &out->flow, sizeof out->flow);
    return status;
}

static NTSTATUS settings_set(HANDLE port, const struct settings *in)
{
    NTSTATUS status =
        port_ask(port, IOCTL_SERIAL_SET_BAUD_RATE, &in->rate, sizeof in->rate, NULL, 0);
    if (NT_SUCCESS(status))
        status = port_ask(port, IOCTL_SERIAL_SET_LINE_CONTROL, &in->line, sizeof in->line, NULL, 0);
    if (NT_SUCCESS(status))
        status = port_ask(port, IOCTL_SERIAL_SET_CHARS, &in->chars, sizeof in->chars, NULL, 0);
    if (NT_SUCCESS(status))
        status = port_ask(port, IOCTL_SERIAL_SET_HANDFLOW, &in->flow, sizeof in->flow, NULL, 0);
    return status;
}

#define FLAG(word, flag) (((word) & (flag)) != 0)

static void dcb_of(const struct settings *in, DCB *out)
{
    ULONG lines = in->flow.ControlHandShake, replace = in->flow.FlowReplace;
    *out = (DCB){.DCBlength = sizeof *out,
                 .BaudRate = in->rate.BaudRate,
                 .fBinary = 1,
                 .fParity = in->line.Parity != NO_PARITY,
                 .fOutxCtsFlow = FLAG(lines, SERIAL_CTS_HANDSHAKE),
                 .fOutxDsrFlow = FLAG(lines, SERIAL_DSR_HANDSHAKE),
                 .fDtrControl = lines & SERIAL_DTR_MASK,
                 .fDsrSensitivity = FLAG(lines, SERIAL_DSR_SENSITIVITY),
                 .fAbortOnError = FLAG(lines, SERIAL_ERROR_ABORT),
                 .fTXContinueOnXoff = FLAG(replace, SERIAL_XOFF_CONTINUE),
                 .fOutX = FLAG(replace, SERIAL_AUTO_TRANSMIT),
                 .fInX = FLAG(replace, SERIAL_AUTO_RECEIVE),
                 .fErrorChar = FLAG(replace, SERIAL_ERROR_CHAR),
                 .fNull = FLAG(replace, SERIAL_NULL_STRIPPING),
                 .fRtsControl = (replace & SERIAL_RTS_MASK) / SERIAL_RTS_CONTROL,
                 .XonLim = (WORD)in->flow.XonLimit,
                 .XoffLim = (WORD)in->flow.XoffLimit,
                 .ByteSize = in->line.WordLength,
                 .Parity = in->line.Parity,
                 .StopBits = in->line.StopBits,
                 .XonChar = (char)in->chars.XonChar,
                 .XoffChar = (char)in->chars.XoffChar,
                 .ErrorChar = (char)in->chars.ErrorChar,
                 .EofChar = (char)in->chars.EofChar,
                 .EvtChar = (char)in->chars.EventChar};
}

/* What a DCB does not name (the break character, DCD) stays as it was. */
static void dcb_apply(const DCB *in, struct settings *settings)
{
    ULONG lines = settings->flow.ControlHandShake & SERIAL_DCD_HANDSHAKE;
    ULONG replace = settings->flow.FlowReplace & SERIAL_BREAK_CHAR;
    lines |= in->fDtrControl | (in->fOutxCtsFlow ? SERIAL_CTS_HANDSHAKE : 0) |
             (in->fOutxDsrFlow ? SERIAL_DSR_HANDSHAKE : 0) |
             (in->fDsrSensitivity ? SERIAL_DSR_SENSITIVITY : 0) |
             (in->fAbortOnError ? SERIAL_ERROR_ABORT : 0);
    replace |= in->fRtsControl * SERIAL_RTS_CONTROL | (in->fOutX ? SERIAL_AUTO_TRANSMIT : 0) |
               (in->fInX ? SERIAL_AUTO_RECEIVE : 0) | (in->fErrorChar ? SERIAL_ERROR_CHAR : 0) |
               (in->fNull ? SERIAL_NULL_STRIPPING : 0) |
               (in->fTXContinueOnXoff ? SERIAL_XOFF_CONTINUE : 0);
    settings->rate.BaudRate = in->BaudRate;
    settings->line = (SERIAL_LINE_CONTROL){
        .StopBits = in->StopBits, .Parity = in->Parity, .WordLength = in->ByteSize};
    settings->chars.XonChar = (UCHAR)in->XonChar;
    settings->chars.XoffChar = (UCHAR)in->XoffChar;
    settings->chars.ErrorChar = (UCHAR)in->ErrorChar;
    settings->chars.EofChar = (UCHAR)in->EofChar;
    settings->chars.EventChar = (UCHAR)in->EvtChar;
    settings->flow = (SERIAL_HANDFLOW){.ControlHandShake = lines,
                                       .FlowReplace = replace,
                                       .XonLimit = in->XonLim,
                                       .XoffLimit = in->XoffLim};
}

EXPORT(BOOL, GetCommState, (HANDLE port, DCB *dcb))
{
    struct settings settings;
    NTSTATUS status = settings_get(port, &settings);
    if (NT_SUCCESS(status))
        dcb_of(&settings, dcb);
    return error_result(status);
}

EXPORT(BOOL, SetCommState, (HANDLE port, DCB *dcb))
{
    struct settings before, wanted;
    if (dcb->fDtrControl > DTR_CONTROL_HANDSHAKE)
        return error_fail(ERROR_INVALID_PARAMETER);
    NTSTATUS status = settings_get(port, &before);
    if (!NT_SUCCESS(status))
        return error_result(status);
    wanted = before;
    dcb_apply(dcb, &wanted);
    status = settings_set(port, &wanted);
    if (!NT_SUCCESS(status))
        settings_set(port, &before);
    return error_result(status);
}

EXPORT(BOOL, GetCommConfig, (HANDLE port, COMMCONFIG *config, DWORD *size))
{
    DWORD room = *size;
    *size = sizeof *config;
    if (room < sizeof *config)
        return error_fail(ERROR_INSUFFICIENT_BUFFER);
    *config =
        (COMMCONFIG){.dwSize = sizeof *config, .wVersion = 1, .dwProviderSubType = SERIAL_SP_RS232};
    return GetCommState(port, &config->dcb);
}

EXPORT(BOOL, SetCommConfig, (HANDLE port, COMMCONFIG *config, DWORD size))
{
    if (size < offsetof(COMMCONFIG, dwProviderSubType))
        return error_fail(ERROR_INVALID_PARAMETER);
    return SetCommState(port, &config->dcb);
}

EXPORT(BOOL, GetCommTimeouts, (HANDLE port, COMMTIMEOUTS *timeouts))
{
    _Static_assert(sizeof *timeouts == sizeof(SERIAL_TIMEOUTS), "field for field");
    return port_get(port, IOCTL_SERIAL_GET_TIMEOUTS, timeouts, sizeof *timeouts);
}

EXPORT(BOOL, SetCommTimeouts, (HANDLE port, COMMTIMEOUTS *timeouts))
{
    return port_set(port, IOCTL_SERIAL_SET_TIMEOUTS, timeouts, sizeof *timeouts);
}

EXPORT(BOOL, SetupComm, (HANDLE port, DWORD in_size, DWORD out_size))
{
    SERIAL_QUEUE_SIZE size = {in_size, out_size};
    return port_set(port, IOCTL_SERIAL_SET_QUEUE_SIZE, &size, sizeof size);
}

/* A caller who says so (COMMPROP_INITIALIZED) tells of the room for a provider's own data. */
#define ROOM_IS_TOLD 0xe73cf52eu

EXPORT(BOOL, GetCommProperties, (HANDLE port, SERIAL_COMMPROP *properties))
{
    ULONG length = sizeof *properties;
    if (properties->ProvSpec1 == ROOM_IS_TOLD && properties->PacketLength > length)
        length = properties->PacketLength;
    return port_get(port, IOCTL_SERIAL_GET_PROPERTIES, properties, length);
}

/* ---- as a text --------------------------------------------------------------------------------
 */

EXPORT(BOOL, BuildCommDCBAndTimeoutsW, (LPCWSTR text, DCB *dcb, COMMTIMEOUTS *timeouts))
{
    return comm_mode_read(text, dcb, timeouts) || error_fail(ERROR_INVALID_PARAMETER);
}

EXPORT(BOOL, BuildCommDCBAndTimeoutsA, (LPCSTR text, DCB *dcb, COMMTIMEOUTS *timeouts))
{
    struct wide wide;
    wide_of(&wide, text);
    BOOL result = wide.text ? BuildCommDCBAndTimeoutsW(wide.text, dcb, timeouts)
                            : error_fail(ERROR_NOT_ENOUGH_MEMORY);
    wide_drop(&wide);
    return result;
}

EXPORT(BOOL, BuildCommDCBW, (LPCWSTR text, DCB *dcb))
{
    return BuildCommDCBAndTimeoutsW(text, dcb, NULL);
}

EXPORT(BOOL, BuildCommDCBA, (LPCSTR text, DCB *dcb))
{
    return BuildCommDCBAndTimeoutsA(text, dcb, NULL);
}

/* ---- events and states ------------------------------------------------------------------------
 */

BOOL WINAPI DeviceIoControl(HANDLE file, DWORD code, LPVOID in, DWORD in_length, LPVOID out,
                            DWORD out_length, DWORD *done, OVERLAPPED *overlapped);

EXPORT(BOOL, GetCommMask, (HANDLE port, DWORD *mask))
{
    return port_get(port, IOCTL_SERIAL_GET_WAIT_MASK, mask, sizeof *mask);
}

EXPORT(BOOL, SetCommMask, (HANDLE port, DWORD mask))
{
    return port_set(port, IOCTL_SERIAL_SET_WAIT_MASK, &mask, sizeof mask);
}

EXPORT(BOOL, WaitCommEvent, (HANDLE port, DWORD *mask, OVERLAPPED *overlapped))
{
    DWORD done;
    if (!overlapped)
        return port_get(port, IOCTL_SERIAL_WAIT_ON_MASK, mask, sizeof *mask);
    return DeviceIoControl(port, IOCTL_SERIAL_WAIT_ON_MASK, NULL, 0, mask, sizeof *mask, &done,
                           overlapped);
}

EXPORT(BOOL, GetCommModemStatus, (HANDLE port, DWORD *states))
{
    BOOL result = port_get(port, IOCTL_SERIAL_GET_MODEMSTATUS, states, sizeof *states);
    if (result)
        *states &= SERIAL_CTS_STATE | SERIAL_DSR_STATE | SERIAL_RI_STATE | SERIAL_DCD_STATE;
    return result;
}

/* CE_RXOVER and the others, and fCtsHold and the others, in the order of their bits. */
static const ULONG error_bits[] = {SERIAL_ERROR_QUEUEOVERRUN, SERIAL_ERROR_OVERRUN,
                                   SERIAL_ERROR_PARITY, SERIAL_ERROR_FRAMING, SERIAL_ERROR_BREAK};
static const ULONG hold_bits[] = {SERIAL_TX_WAITING_FOR_CTS, SERIAL_TX_WAITING_FOR_DSR,
                                  SERIAL_TX_WAITING_FOR_DCD, SERIAL_TX_WAITING_FOR_XON,
                                  SERIAL_TX_WAITING_XOFF_SENT};
#define HOLD_EOF       0x20u
#define HOLD_IMMEDIATE 0x40u

static DWORD bits_turn(ULONG bits, const ULONG *order, unsigned count)
{
    DWORD turned = 0;
    for (unsigned i = 0; i < count; i++)
        turned |= bits & order[i] ? 1u << i : 0;
    return turned;
}

EXPORT(BOOL, ClearCommError, (HANDLE port, DWORD *errors, COMSTAT *state))
{
    SERIAL_STATUS status;
    if (!port_get(port, IOCTL_SERIAL_GET_COMMSTATUS, &status, sizeof status))
        return FALSE;
    if (errors)
        *errors = bits_turn(status.Errors, error_bits, 5);
    if (state)
        *state = (COMSTAT){.hold = bits_turn(status.HoldReasons, hold_bits, 5) |
                                   (status.EofReceived ? HOLD_EOF : 0) |
                                   (status.WaitForImmediate ? HOLD_IMMEDIATE : 0),
                           .cbInQue = status.AmountInInQueue,
                           .cbOutQue = status.AmountInOutQueue};
    return TRUE;
}

/* ---- what is done to the line -----------------------------------------------------------------
 */

EXPORT(BOOL, EscapeCommFunction, (HANDLE port, DWORD function))
{
    /* SETXOFF is 1. */
    static const ULONG codes[] = {0,
                                  IOCTL_SERIAL_SET_XOFF,
                                  IOCTL_SERIAL_SET_XON,
                                  IOCTL_SERIAL_SET_RTS,
                                  IOCTL_SERIAL_CLR_RTS,
                                  IOCTL_SERIAL_SET_DTR,
                                  IOCTL_SERIAL_CLR_DTR,
                                  IOCTL_SERIAL_RESET_DEVICE,
                                  IOCTL_SERIAL_SET_BREAK_ON,
                                  IOCTL_SERIAL_SET_BREAK_OFF};
    if (function == 0 || function >= sizeof codes / sizeof *codes)
        return error_fail(ERROR_INVALID_PARAMETER);
    return port_do(port, codes[function]);
}

EXPORT(BOOL, SetCommBreak, (HANDLE port))
{
    return port_do(port, IOCTL_SERIAL_SET_BREAK_ON);
}

EXPORT(BOOL, ClearCommBreak, (HANDLE port))
{
    return port_do(port, IOCTL_SERIAL_SET_BREAK_OFF);
}

EXPORT(BOOL, PurgeComm, (HANDLE port, DWORD flags))
{
    return port_set(port, IOCTL_SERIAL_PURGE, &flags, sizeof flags);
}

EXPORT(BOOL, TransmitCommChar, (HANDLE port, char character))
{
    return port_set(port, IOCTL_SERIAL_IMMEDIATE_CHAR, &character, sizeof character);
}
