/* SPDX-License-Identifier: MIT */
/* aux_klib.h - questions about the system that the auxiliary kernel library answers:
 * loaded modules, bug check data, the extended directory of an image.
 */
#ifndef _AUX_KLIB_H
#define _AUX_KLIB_H

#include <wdm.h>

#ifdef __cplusplus
extern "C" {
#endif

#define AUX_KLIB_MODULE_PATH_LEN 256

typedef struct _AUX_MODULE_BASIC_INFO {
    PVOID ImageBase;
} AUX_MODULE_BASIC_INFO, *PAUX_MODULE_BASIC_INFO;

typedef struct _AUX_MODULE_EXTENDED_INFO {
    AUX_MODULE_BASIC_INFO BasicInfo;
    ULONG ImageSize;
    USHORT FileNameOffset;
    UCHAR FullPathName[AUX_KLIB_MODULE_PATH_LEN];
} AUX_MODULE_EXTENDED_INFO, *PAUX_MODULE_EXTENDED_INFO;

#ifndef _KBUGCHECK_DATA_DEFINED
#define _KBUGCHECK_DATA_DEFINED
typedef struct _KBUGCHECK_DATA {
    ULONG BugCheckDataSize;
    ULONG BugCheckCode;
    ULONG_PTR Parameter1;
    ULONG_PTR Parameter2;
    ULONG_PTR Parameter3;
    ULONG_PTR Parameter4;
} KBUGCHECK_DATA, *PKBUGCHECK_DATA;
#endif

struct _IMAGE_EXPORT_DIRECTORY;
NTSTATUS NTAPI AuxKlibInitialize(VOID);
NTSTATUS NTAPI AuxKlibQueryModuleInformation(PULONG BufferSize, ULONG ElementSize, PVOID QueryInfo);
NTSTATUS NTAPI AuxKlibGetBugCheckData(PKBUGCHECK_DATA BugCheckData);
struct _IMAGE_EXPORT_DIRECTORY *NTAPI AuxKlibGetImageExportDirectory(PVOID ImageBase);

#ifdef __cplusplus
}
#endif
#endif
