/* SPDX-License-Identifier: MIT */
/* standard_devices.c - \Device\Null and \Device\Beep, and variables that stand still. */
#include "drivertest.h"

#include <ntddbeep.h>

extern NTKERNELAPI ULONG IoReadOperationCount, IoWriteOperationCount, IoOtherOperationCount;
extern NTKERNELAPI LARGE_INTEGER IoReadTransferCount, IoWriteTransferCount, IoOtherTransferCount;
extern NTKERNELAPI ULONG KeDcacheFlushCount, KeIcacheFlushCount, NtGlobalFlag;
extern NTKERNELAPI BOOLEAN KdEnteredDebugger;

static HANDLE open(PCWSTR path)
{
    UNICODE_STRING name;
    OBJECT_ATTRIBUTES attributes;
    IO_STATUS_BLOCK done;
    HANDLE file = NULL;
    RtlInitUnicodeString(&name, path);
    InitializeObjectAttributes(&attributes, &name, OBJ_KERNEL_HANDLE, NULL, NULL);
    expect_status(ZwCreateFile(&file, GENERIC_READ | GENERIC_WRITE | SYNCHRONIZE, &attributes,
                               &done, NULL, 0, FILE_SHARE_READ | FILE_SHARE_WRITE, FILE_OPEN,
                               FILE_SYNCHRONOUS_IO_NONALERT, NULL, 0),
                  STATUS_SUCCESS);
    return file;
}

static void null(void)
{
    HANDLE file = open(L"\\Device\\Null");
    CHAR buffer[32] = "unchanged";
    FILE_STANDARD_INFORMATION information = {.EndOfFile.QuadPart = 1};
    IO_STATUS_BLOCK done = {.Information = 1};
    expect_status(ZwReadFile(file, NULL, NULL, NULL, &done, buffer, sizeof buffer, NULL, NULL),
                  STATUS_END_OF_FILE);
    expect(strcmp(buffer, "unchanged") == 0);
    expect_status(ZwWriteFile(file, NULL, NULL, NULL, &done, buffer, sizeof buffer, NULL, NULL),
                  STATUS_SUCCESS);
    expect_number(done.Information, sizeof buffer);
    expect_status(ZwReadFile(file, NULL, NULL, NULL, &done, buffer, sizeof buffer, NULL, NULL),
                  STATUS_END_OF_FILE);
    expect_status(ZwQueryInformationFile(file, &done, &information, sizeof information,
                                         FileStandardInformation),
                  STATUS_SUCCESS);
    expect(information.EndOfFile.QuadPart == 0);
    expect_status(
        ZwDeviceIoControlFile(file, NULL, NULL, NULL, &done, IOCTL_BEEP_SET, NULL, 0, NULL, 0),
        STATUS_INVALID_DEVICE_REQUEST);
    expect_status(ZwClose(file), STATUS_SUCCESS);
}

static NTSTATUS play(HANDLE file, ULONG frequency, ULONG length)
{
    BEEP_SET_PARAMETERS wanted = {.Frequency = frequency, .Duration = 1};
    IO_STATUS_BLOCK done;
    return ZwDeviceIoControlFile(file, NULL, NULL, NULL, &done, IOCTL_BEEP_SET, &wanted, length,
                                 NULL, 0);
}

static void beep(void)
{
    HANDLE file = open(DD_BEEP_DEVICE_NAME_U);
    expect_status(play(file, 440, sizeof(BEEP_SET_PARAMETERS)), STATUS_SUCCESS);
    expect_status(play(file, 0, sizeof(BEEP_SET_PARAMETERS)), STATUS_SUCCESS);
    expect_status(play(file, BEEP_FREQUENCY_MINIMUM - 1, sizeof(BEEP_SET_PARAMETERS)),
                  STATUS_INVALID_PARAMETER);
    expect_status(play(file, BEEP_FREQUENCY_MAXIMUM + 1, sizeof(BEEP_SET_PARAMETERS)),
                  STATUS_INVALID_PARAMETER);
    expect_status(play(file, 440, sizeof(ULONG)), STATUS_INVALID_PARAMETER);
    expect_status(ZwClose(file), STATUS_SUCCESS);
}

static void variables(void)
{
    expect(IoReadOperationCount == 0 && IoWriteOperationCount == 0 && IoOtherOperationCount == 0);
    expect(IoReadTransferCount.QuadPart == 0 && IoWriteTransferCount.QuadPart == 0 &&
           IoOtherTransferCount.QuadPart == 0);
    expect(KeDcacheFlushCount == 0 && KeIcacheFlushCount == 0);
    expect(NtGlobalFlag == 0 && !KdEnteredDebugger);
}

DRIVERTEST_LIST = {DRIVERTEST(null), DRIVERTEST(beep), DRIVERTEST(variables), DRIVERTEST_END};
