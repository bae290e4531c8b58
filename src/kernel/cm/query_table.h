/* SPDX-License-Identifier: MIT */
/* query_table.h - RtlQueryRegistryValues' inside, for registry_ddi.c only. */
#ifndef CM_QUERY_TABLE_H
#define CM_QUERY_TABLE_H

#include <ntifs.h>

/* Exported, but not in Microsoft's headers. */
NTSTATUS NTAPI RtlQueryRegistryValuesEx(ULONG RelativeTo, PCWSTR Path,
                                        PRTL_QUERY_REGISTRY_TABLE QueryTable, PVOID Context,
                                        PVOID Environment);

/* Works off a table. Errors as RtlQueryRegistryValues documents them. */
NTSTATUS query_table_run(ULONG relative_to, PCWSTR path, RTL_QUERY_REGISTRY_TABLE *table,
                         PVOID context, PCWSTR environment);

#endif
