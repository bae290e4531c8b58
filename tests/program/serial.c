/* SPDX-License-Identifier: MIT */
/* serial.c - the communications functions, on the port of serial_driver.c. */
#include "check.h"

static HANDLE Port;

static int IsText(const char *Text, DCB *Dcb)
{
    return BuildCommDCBA(Text, Dcb);
}

static void CheckTexts(void)
{
    DCB dcb = {.DCBlength = sizeof(dcb), .fDtrControl = DTR_CONTROL_DISABLE}, kept;
    COMMTIMEOUTS timeouts = {1, 2, 3, 4, 5};
    Check("a list", IsText("9600,n,8,1", &dcb) && dcb.BaudRate == 9600 && dcb.ByteSize == 8 &&
                        dcb.Parity == NOPARITY && dcb.StopBits == ONESTOPBIT && !dcb.fInX &&
                        dcb.fDtrControl == DTR_CONTROL_ENABLE &&
                        dcb.fRtsControl == RTS_CONTROL_ENABLE);
    Check("with XON and XOFF", IsText("COM1: 12,e,7,2,x", &dcb) && dcb.BaudRate == 1200 &&
                                   dcb.Parity == EVENPARITY && dcb.ByteSize == 7 &&
                                   dcb.StopBits == TWOSTOPBITS && dcb.fInX && dcb.fOutX);
    Check("with lines", IsText("19,m,8,1.5,p", &dcb) && dcb.BaudRate == 19200 &&
                            dcb.Parity == MARKPARITY && dcb.StopBits == ONE5STOPBITS &&
                            dcb.fOutxCtsFlow && dcb.fDtrControl == DTR_CONTROL_HANDSHAKE &&
                            !dcb.fInX);
    Check("names and values",
          BuildCommDCBAndTimeoutsW(L"baud=115200 parity=S data=5 stop=1 xon=on octs=off rts=tg "
                                   L"dtr=off idsr=on to=on",
                                   &dcb, &timeouts) &&
              dcb.BaudRate == 115200 && dcb.Parity == SPACEPARITY && dcb.ByteSize == 5 &&
              dcb.fOutX && !dcb.fOutxCtsFlow && dcb.fOutxDsrFlow && dcb.fDsrSensitivity &&
              dcb.fRtsControl == RTS_CONTROL_TOGGLE && dcb.fDtrControl == DTR_CONTROL_DISABLE &&
              timeouts.ReadIntervalTimeout == 0 && timeouts.WriteTotalTimeoutConstant != 0);
    kept = dcb;
    CheckFails("no such setting", IsText("baud=1 colour=red", &dcb), ERROR_INVALID_PARAMETER);
    CheckFails("no such number of bits", IsText("9600,n,9,1", &dcb), ERROR_INVALID_PARAMETER);
    CheckFails("too much", IsText("9600,n,8,1,x,y", &dcb), ERROR_INVALID_PARAMETER);
    CheckFails("too large", IsText("baud=99999999999", &dcb), ERROR_INVALID_PARAMETER);
    CheckFails("nothing", BuildCommDCBW(L"COM1:", &dcb), ERROR_INVALID_PARAMETER);
    Check("and nothing has changed", !memcmp(&dcb, &kept, sizeof(dcb)));
}

static void CheckSettings(void)
{
    DCB dcb, again;
    COMMTIMEOUTS timeouts = {10, 20, 30, 40, 50}, back = {0};
    COMMCONFIG config;
    COMMPROP properties = {0};
    DWORD size = 1;
    Check("what it is set to", GetCommState(Port, &dcb) && dcb.DCBlength == sizeof(dcb) &&
                                   dcb.BaudRate == 1200 && dcb.ByteSize == 7 && dcb.fBinary);
    IsText("38400,o,8,2,p", &dcb);
    dcb.fNull = dcb.fAbortOnError = dcb.fTXContinueOnXoff = 1;
    dcb.XonLim = 2048;
    dcb.XoffLim = 512;
    dcb.XonChar = 0x11;
    dcb.EvtChar = (char)0xfe;
    Check("set", SetCommState(Port, &dcb));
    dcb.fParity = 1;
    Check("and read back", GetCommState(Port, &again) && !memcmp(&dcb, &again, sizeof(dcb)));
    dcb.BaudRate = 50;
    dcb.StopBits = ONE5STOPBITS;
    CheckFails("what the driver refuses", SetCommState(Port, &dcb), ERROR_INVALID_PARAMETER);
    Check("leaves all as it was", GetCommState(Port, &dcb) && !memcmp(&dcb, &again, sizeof(dcb)));
    dcb.fDtrControl = 3;
    CheckFails("no such control", SetCommState(Port, &dcb), ERROR_INVALID_PARAMETER);
    CheckFails("a configuration in too little room", GetCommConfig(Port, &config, &size),
               ERROR_INSUFFICIENT_BUFFER);
    Check("a configuration", size == sizeof(config) && GetCommConfig(Port, &config, &size) &&
                                 config.dwProviderSubType == PST_RS232 &&
                                 !memcmp(&config.dcb, &again, sizeof(again)));
    config.dcb.BaudRate = 57600;
    Check("set", SetCommConfig(Port, &config, sizeof(config)) && GetCommState(Port, &dcb) &&
                     dcb.BaudRate == 57600);
    Check("timeouts", SetCommTimeouts(Port, &timeouts) && GetCommTimeouts(Port, &back) &&
                          !memcmp(&timeouts, &back, sizeof(back)));
    Check("what it can", SetupComm(Port, 4096, 2048) && GetCommProperties(Port, &properties) &&
                             properties.dwProvSubType == PST_RS232 &&
                             properties.dwCurrentRxQueue == 4096);
}

static void CheckLines(void)
{
    DWORD states, errors = 0;
    COMSTAT state = {0};
    char bytes[32];
    Check("lines", EscapeCommFunction(Port, SETRTS) && EscapeCommFunction(Port, SETDTR) &&
                       GetCommModemStatus(Port, &states) && states == (MS_CTS_ON | MS_DSR_ON));
    Check("one off", EscapeCommFunction(Port, CLRRTS) && GetCommModemStatus(Port, &states) &&
                         states == MS_DSR_ON);
    Check("all off",
          EscapeCommFunction(Port, RESETDEV) && GetCommModemStatus(Port, &states) && states == 0);
    CheckFails("no such function", EscapeCommFunction(Port, 77), ERROR_INVALID_PARAMETER);
    Check("held", EscapeCommFunction(Port, SETXOFF) && TransmitCommChar(Port, 'a') &&
                      ClearCommError(Port, &errors, &state) && state.fXoffHold && !state.fCtsHold &&
                      state.cbInQue == 1 && errors == 0);
    Check("and on", EscapeCommFunction(Port, SETXON) && ClearCommError(Port, NULL, &state) &&
                        !state.fXoffHold);
    Check("too much is sent", WriteFile(Port, bytes, sizeof(bytes), &states, NULL) &&
                                  ClearCommError(Port, &errors, NULL) && errors == CE_RXOVER);
    Check("errors are cleared", ClearCommError(Port, &errors, NULL) && errors == 0);
    Check("thrown away", PurgeComm(Port, PURGE_RXCLEAR) && ClearCommError(Port, NULL, &state) &&
                             state.cbInQue == 0);
}

static void CheckEvents(void)
{
    DWORD mask = 0, events = 0, done;
    char byte = 0;
    HANDLE port = CreateFileA("\\\\.\\COM7", GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING,
                              FILE_FLAG_OVERLAPPED, NULL);
    OVERLAPPED overlapped = {.hEvent = CreateEventA(NULL, TRUE, FALSE, NULL)};
    CheckFails("nothing to wait for", WaitCommEvent(port, &events, &overlapped),
               ERROR_INVALID_PARAMETER);
    Check("a mask", SetCommMask(port, EV_RXCHAR | EV_CTS) && GetCommMask(port, &mask) &&
                        mask == (EV_RXCHAR | EV_CTS));
    CheckFails("an event to come", WaitCommEvent(port, &events, &overlapped), ERROR_IO_PENDING);
    Check("others meanwhile", GetCommModemStatus(port, &done) && SetCommBreak(port) &&
                                  ClearCommBreak(port) && EscapeCommFunction(port, SETDTR));
    Check("it has not come", !GetOverlappedResult(port, &overlapped, &done, FALSE) &&
                                 GetLastError() == ERROR_IO_INCOMPLETE);
    Check("a byte comes", TransmitCommChar(port, 'z') &&
                              GetOverlappedResult(port, &overlapped, &done, TRUE) &&
                              events == EV_RXCHAR);
    Check("and is read", ReadFile(Port, &byte, 1, &done, NULL) && done == 1 && byte == 'z');
    CheckFails("another wait", WaitCommEvent(port, &events, &overlapped), ERROR_IO_PENDING);
    Check("ends with its mask", SetCommMask(port, 0) &&
                                    GetOverlappedResult(port, &overlapped, &done, TRUE) &&
                                    events == 0);
    Check("a last one", SetCommMask(port, EV_DSR) && !WaitCommEvent(port, &events, &overlapped) &&
                            CancelIo(port) &&
                            !GetOverlappedResult(port, &overlapped, &done, TRUE) &&
                            GetLastError() == ERROR_OPERATION_ABORTED);
    CloseHandle(overlapped.hEvent);
    CloseHandle(port);
}

int main(void)
{
    CheckTexts();
    Port = CreateFileA("COM7", GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    Check("a port", Port != INVALID_HANDLE_VALUE);
    CheckSettings();
    CheckLines();
    CheckEvents();
    CloseHandle(Port);
    return Result();
}
