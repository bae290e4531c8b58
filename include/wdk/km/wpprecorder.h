/* SPDX-License-Identifier: MIT */
/*
 * wpprecorder.h - the in-flight recorder of traces, as drivers name it.
 *
 * Messages of a driver that includes this go where those of plain WPP go; no buffer inside the
 * driver keeps the last of them. Logs are therefore names only: they are made, found and deleted,
 * and what asks for their contents says STATUS_NOT_SUPPORTED. Nothing here is imported.
 */
#ifndef COVE_WDK_WPPRECORDER_H
#define COVE_WDK_WPPRECORDER_H

#include <wdm.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RECORDER_LOG_IDENTIFIER_MAX_CHARS 16

DECLARE_HANDLE(RECORDER_LOG);
DECLARE_HANDLE(WPP_RECORDER_COUNTER);

typedef enum WPP_RECORDER_TRI_STATE {
    WppRecorderFalse = FALSE,
    WppRecorderTrue = TRUE,
    WppRecorderUseDefault = 2,
} WPP_RECORDER_TRI_STATE,
    *PWPP_RECORDER_TRI_STATE;

typedef struct _RECORDER_CONFIGURE_PARAMS {
    ULONG Size;
    BOOLEAN CreateDefaultLog;
    WPP_RECORDER_TRI_STATE UseTimeStamp;
    WPP_RECORDER_TRI_STATE PreciseTimeStamp;
} RECORDER_CONFIGURE_PARAMS, *PRECORDER_CONFIGURE_PARAMS;

typedef struct _RECORDER_LOG_CREATE_PARAMS {
    ULONG Size;
    ULONG LogTag;
    ULONG TotalBufferSize;
    ULONG ErrorPartitionSize;
    LONGLONG LogIdentifierAppendValue;
    BOOLEAN LogIdentifierAppendValueSet;
    ULONG LogIdentifierSize;
    CHAR LogIdentifier[RECORDER_LOG_IDENTIFIER_MAX_CHARS];
} RECORDER_LOG_CREATE_PARAMS, *PRECORDER_LOG_CREATE_PARAMS;

typedef struct _WPP_TRIAGE_INFO {
    ULONG WppAutoLogHeaderSize;
    ULONG WppDriverContextOffset;
    ULONG WppAutoLogHeaderSizeOffset;
    ULONG WppSizeOfAutoLogHeaderSizeField;
    ULONG WppDriverContextSize;
} WPP_TRIAGE_INFO, *PWPP_TRIAGE_INFO;

/* What a handle stands for. */
struct WppRecorderLog_ {
    CHAR Identifier[RECORDER_LOG_IDENTIFIER_MAX_CHARS];
};

/* One for the whole driver. */
struct WppRecorderState_ {
    BOOLEAN Started, NoDefaultLog;
    struct WppRecorderLog_ Default;
};
__declspec(selectany) struct WppRecorderState_ WppRecorderState_ = {FALSE, FALSE, {{0}}};

static __inline VOID WppRecorderName_(CHAR *to, PCSTR from)
{
    ULONG i = 0;
    for (; from && from[i] && i < RECORDER_LOG_IDENTIFIER_MAX_CHARS - 1; i++)
        to[i] = from[i];
    for (; i < RECORDER_LOG_IDENTIFIER_MAX_CHARS; i++)
        to[i] = 0;
}

/* WPP_INIT_TRACING and WPP_CLEANUP call these two. */
static __inline VOID WppAutoLogStart(PVOID control, PDRIVER_OBJECT driver, PCUNICODE_STRING path)
{
    (void)control, (void)driver, (void)path;
    WppRecorderState_.Started = TRUE;
}

static __inline VOID WppAutoLogStop(PVOID control, PDRIVER_OBJECT driver)
{
    (void)control, (void)driver;
    WppRecorderState_.Started = FALSE;
}

static __inline VOID RECORDER_CONFIGURE_PARAMS_INIT(PRECORDER_CONFIGURE_PARAMS Params)
{
    RtlZeroMemory(Params, sizeof(*Params));
    Params->Size = sizeof(*Params);
    Params->CreateDefaultLog = TRUE;
    Params->UseTimeStamp = WppRecorderUseDefault;
    Params->PreciseTimeStamp = WppRecorderUseDefault;
}

static __inline VOID RECORDER_LOG_CREATE_PARAMS_INIT(PRECORDER_LOG_CREATE_PARAMS Params,
                                                     PCSTR LogIdentifier)
{
    RtlZeroMemory(Params, sizeof(*Params));
    Params->Size = sizeof(*Params);
    Params->TotalBufferSize = 1024;
    Params->LogIdentifierSize = sizeof(Params->LogIdentifier);
    WppRecorderName_(Params->LogIdentifier, LogIdentifier);
}

static __inline VOID RECORDER_LOG_CREATE_PARAMS_INIT_APPEND_POINTER(
    PRECORDER_LOG_CREATE_PARAMS Params, PCSTR LogIdentifier, PVOID LogIdentifierAppendPointer)
{
    RECORDER_LOG_CREATE_PARAMS_INIT(Params, LogIdentifier);
    Params->LogIdentifierAppendValue = (LONGLONG)(LONG_PTR)LogIdentifierAppendPointer;
    Params->LogIdentifierAppendValueSet = TRUE;
}

static __inline NTSTATUS WppRecorderConfigure(PRECORDER_CONFIGURE_PARAMS ConfigureParams)
{
    if (ConfigureParams->Size != sizeof(*ConfigureParams))
        return STATUS_INFO_LENGTH_MISMATCH;
    WppRecorderState_.NoDefaultLog = !ConfigureParams->CreateDefaultLog;
    return STATUS_SUCCESS;
}

static __inline BOOLEAN WppRecorderIsDefaultLogAvailable(VOID)
{
    return WppRecorderState_.Started && !WppRecorderState_.NoDefaultLog;
}

static __inline RECORDER_LOG WppRecorderLogGetDefault(VOID)
{
    return WppRecorderIsDefaultLogAvailable() ? (RECORDER_LOG)(PVOID)&WppRecorderState_.Default
                                              : NULL;
}

static __inline NTSTATUS WppRecorderLogCreate(PRECORDER_LOG_CREATE_PARAMS CreateParams,
                                              RECORDER_LOG *RecorderLog)
{
    struct WppRecorderLog_ *log;

    *RecorderLog = NULL;
    if (CreateParams->Size != sizeof(*CreateParams))
        return STATUS_INFO_LENGTH_MISMATCH;
    if (!WppRecorderState_.Started)
        return STATUS_INVALID_DEVICE_STATE;
    log = (struct WppRecorderLog_ *)ExAllocatePoolWithTag(
        NonPagedPool, sizeof(*log), CreateParams->LogTag ? CreateParams->LogTag : 'rppW');
    if (!log)
        return STATUS_INSUFFICIENT_RESOURCES;
    WppRecorderName_(log->Identifier, CreateParams->LogIdentifier);
    *RecorderLog = (RECORDER_LOG)(PVOID)log;
    return STATUS_SUCCESS;
}

static __inline VOID WppRecorderLogDelete(RECORDER_LOG RecorderLog)
{
    if (RecorderLog && (PVOID)RecorderLog != (PVOID)&WppRecorderState_.Default)
        ExFreePool((PVOID)RecorderLog);
}

static __inline NTSTATUS WppRecorderLogSetIdentifier(RECORDER_LOG RecorderLog, PCSTR LogIdentifier)
{
    if (!RecorderLog || (PVOID)RecorderLog == (PVOID)&WppRecorderState_.Default)
        return STATUS_INVALID_PARAMETER;
    WppRecorderName_(((struct WppRecorderLog_ *)(PVOID)RecorderLog)->Identifier, LogIdentifier);
    return STATUS_SUCCESS;
}

static __inline WPP_RECORDER_COUNTER WppRecorderGetCounterHandle(VOID)
{
    return NULL;
}

static __inline NTSTATUS WppRecorderLinkCounters(WPP_RECORDER_COUNTER CounterOwner)
{
    (void)CounterOwner;
    return STATUS_NOT_SUPPORTED;
}

static __inline NTSTATUS WppRecorderGetTriageInfo(PWPP_TRIAGE_INFO WppTriageInfo)
{
    (void)WppTriageInfo;
    return STATUS_NOT_SUPPORTED;
}

static __inline NTSTATUS WppRecorderDumpLiveDriverData(PVOID *OutBuffer, PULONG OutBufferLength,
                                                       LPGUID Guid)
{
    (void)OutBuffer, (void)OutBufferLength, (void)Guid;
    return STATUS_NOT_SUPPORTED;
}

static __inline NTSTATUS WppRecorderLogDumpLiveData(RECORDER_LOG RecorderLog, PVOID *OutBuffer,
                                                    PULONG OutBufferLength, LPGUID Guid)
{
    (void)RecorderLog, (void)OutBuffer, (void)OutBufferLength, (void)Guid;
    return STATUS_NOT_SUPPORTED;
}

#ifdef __cplusplus
}
#endif

#endif
