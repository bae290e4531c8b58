/* SPDX-License-Identifier: MIT */
/* comm.h - what programs and kernel32 say of a serial port to each other. Doc: winbase.h */
#ifndef WIN32_COMM_H
#define WIN32_COMM_H

#include "ntdll/nt.h"

typedef struct {
    DWORD DCBlength;
    DWORD BaudRate;
    DWORD fBinary : 1;
    DWORD fParity : 1;
    DWORD fOutxCtsFlow : 1;
    DWORD fOutxDsrFlow : 1;
    DWORD fDtrControl : 2;
    DWORD fDsrSensitivity : 1;
    DWORD fTXContinueOnXoff : 1;
    DWORD fOutX : 1;
    DWORD fInX : 1;
    DWORD fErrorChar : 1;
    DWORD fNull : 1;
    DWORD fRtsControl : 2;
    DWORD fAbortOnError : 1;
    DWORD fDummy2 : 17;
    WORD wReserved;
    WORD XonLim;
    WORD XoffLim;
    BYTE ByteSize;
    BYTE Parity;
    BYTE StopBits;
    char XonChar;
    char XoffChar;
    char ErrorChar;
    char EofChar;
    char EvtChar;
    WORD wReserved1;
} DCB;
_Static_assert(sizeof(DCB) == 28, "as published");

typedef struct {
    DWORD ReadIntervalTimeout;
    DWORD ReadTotalTimeoutMultiplier;
    DWORD ReadTotalTimeoutConstant;
    DWORD WriteTotalTimeoutMultiplier;
    DWORD WriteTotalTimeoutConstant;
} COMMTIMEOUTS;

typedef struct {
    DWORD hold; /* fCtsHold and the others, from bit 0 */
    DWORD cbInQue;
    DWORD cbOutQue;
} COMSTAT;

typedef struct {
    DWORD dwSize;
    WORD wVersion;
    WORD wReserved;
    DCB dcb;
    DWORD dwProviderSubType;
    DWORD dwProviderOffset;
    DWORD dwProviderSize;
    wchar_t wcProviderData[1];
} COMMCONFIG;

enum { DTR_CONTROL_DISABLE, DTR_CONTROL_ENABLE, DTR_CONTROL_HANDSHAKE };
enum { RTS_CONTROL_DISABLE, RTS_CONTROL_ENABLE, RTS_CONTROL_HANDSHAKE, RTS_CONTROL_TOGGLE };

/* Changes dcb and, when that is told, timeouts, as a text of the command `mode` says. False: there
 * is something in it that is not understood; both are as they were then. */
bool comm_mode_read(const wchar_t *text, DCB *dcb, COMMTIMEOUTS *timeouts);

#endif
