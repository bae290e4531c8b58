/* SPDX-License-Identifier: MIT */
/*
 * What all objects have: attributes, typed contexts, references, custom types.
 */
#ifndef _WDFOBJECT_H_
#define _WDFOBJECT_H_

#include "wdfexternc.h"

WDF_EXTERN_C_START

typedef enum _WDF_EXECUTION_LEVEL {
    WdfExecutionLevelInvalid = 0x00,
    WdfExecutionLevelInheritFromParent,
    WdfExecutionLevelPassive,
    WdfExecutionLevelDispatch,
} WDF_EXECUTION_LEVEL;

typedef enum _WDF_SYNCHRONIZATION_SCOPE {
    WdfSynchronizationScopeInvalid = 0x00,
    WdfSynchronizationScopeInheritFromParent,
    WdfSynchronizationScopeDevice,
    WdfSynchronizationScopeQueue,
    WdfSynchronizationScopeNone,
} WDF_SYNCHRONIZATION_SCOPE;

typedef VOID NTAPI EVT_WDF_OBJECT_CONTEXT_CLEANUP(WDFOBJECT Object);
typedef EVT_WDF_OBJECT_CONTEXT_CLEANUP *PFN_WDF_OBJECT_CONTEXT_CLEANUP;

typedef VOID NTAPI EVT_WDF_OBJECT_CONTEXT_DESTROY(WDFOBJECT Object);
typedef EVT_WDF_OBJECT_CONTEXT_DESTROY *PFN_WDF_OBJECT_CONTEXT_DESTROY;

typedef const struct _WDF_OBJECT_CONTEXT_TYPE_INFO *PCWDF_OBJECT_CONTEXT_TYPE_INFO;

typedef struct _WDF_OBJECT_ATTRIBUTES {
    ULONG Size;
    PFN_WDF_OBJECT_CONTEXT_CLEANUP EvtCleanupCallback;
    PFN_WDF_OBJECT_CONTEXT_DESTROY EvtDestroyCallback;
    WDF_EXECUTION_LEVEL ExecutionLevel;
    WDF_SYNCHRONIZATION_SCOPE SynchronizationScope;
    WDFOBJECT ParentObject;
    size_t ContextSizeOverride;
    PCWDF_OBJECT_CONTEXT_TYPE_INFO ContextTypeInfo;
} WDF_OBJECT_ATTRIBUTES, *PWDF_OBJECT_ATTRIBUTES;

FORCEINLINE VOID WDF_OBJECT_ATTRIBUTES_INIT(PWDF_OBJECT_ATTRIBUTES Attributes)
{
    WDF_INIT_SIZED(Attributes, WDF_OBJECT_ATTRIBUTES);
    Attributes->ExecutionLevel = WdfExecutionLevelInheritFromParent;
    Attributes->SynchronizationScope = WdfSynchronizationScopeInheritFromParent;
}
#define WDF_OBJECT_ATTRIBUTES_SET_CONTEXT_TYPE(_attributes, _contexttype) \
    (_attributes)->ContextTypeInfo = WDF_GET_CONTEXT_TYPE_INFO(_contexttype)->UniqueType
#define WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(_attributes, _contexttype) \
    WDF_OBJECT_ATTRIBUTES_INIT(_attributes);                               \
    WDF_OBJECT_ATTRIBUTES_SET_CONTEXT_TYPE(_attributes, _contexttype)

typedef PCWDF_OBJECT_CONTEXT_TYPE_INFO(__cdecl *PFN_GET_UNIQUE_CONTEXT_TYPE)(VOID);

typedef struct _WDF_OBJECT_CONTEXT_TYPE_INFO {
    ULONG Size;
    LPCSTR ContextName;
    size_t ContextSize;
    PCWDF_OBJECT_CONTEXT_TYPE_INFO UniqueType;
    PFN_GET_UNIQUE_CONTEXT_TYPE EvtDriverGetUniqueContextType;
} WDF_OBJECT_CONTEXT_TYPE_INFO, *PWDF_OBJECT_CONTEXT_TYPE_INFO;

#define WDF_TYPE_NAME_TO_TYPE_INFO(_contexttype)              _WDF_##_contexttype##_TYPE_INFO
#define WDF_TYPE_NAME_TO_EXTERNAL_INIT(_contexttype)          _WDF_##_contexttype##_EXTERNAL_INIT
#define WDF_TYPE_NAME_TO_EXTERNAL_INIT_FUNCTION(_contexttype) _contexttype##_EXTERNAL_INIT_FUNCTION
#define WDF_TYPE_NAME_POINTER_TYPE(_contexttype)              WDF_POINTER_TYPE_##_contexttype
#define WDF_GET_CONTEXT_TYPE_INFO(_contexttype)               (&WDF_TYPE_NAME_TO_TYPE_INFO(_contexttype))

/* Types whose identity another driver gives are collected in a section of their own, which the
 * entry library walks before DriverEntry.
 */
#define WDF_TYPE_INIT_BASE_SECTION_NAME ".kmdftypeinit"
#define WDF_TYPE_INIT_SECTION_NAME      ".kmdftypeinit$b"
#ifndef WDF_TYPE_DEFAULT_SECTION_NAME
#define WDF_TYPE_DEFAULT_SECTION_NAME ".data"
#endif
#pragma section(".kmdftypeinit$b", read, write)

/* What a context type is: its pointer type and the one structure that identifies it, whatever
 * number of sources declares it.
 */

#ifdef __cplusplus
#define WDF_EXTERN_DATA_ extern "C"
#else
#define WDF_EXTERN_DATA_ extern
#endif
#define WDF_DECLARE_TYPE_AND_GLOBALS(_contexttype, _UniqueType, _GetUniqueType, _section) \
    typedef _contexttype *WDF_TYPE_NAME_POINTER_TYPE(_contexttype);                       \
    WDF_EXTERN_DATA_ __declspec(allocate(_section)) __declspec(selectany)                 \
    const WDF_OBJECT_CONTEXT_TYPE_INFO WDF_TYPE_NAME_TO_TYPE_INFO(_contexttype) = {       \
        sizeof(WDF_OBJECT_CONTEXT_TYPE_INFO),                                             \
        #_contexttype,                                                                    \
        sizeof(_contexttype),                                                             \
        _UniqueType,                                                                      \
        _GetUniqueType,                                                                   \
    };

#define WDF_DECLARE_CASTING_FUNCTION(_contexttype, _castingfunction)                          \
    WDF_EXTERN_C __attribute__((unused)) FORCEINLINE WDF_TYPE_NAME_POINTER_TYPE(_contexttype) \
        _castingfunction(WDFOBJECT Handle)                                                    \
    {                                                                                         \
        return (WDF_TYPE_NAME_POINTER_TYPE(_contexttype))WdfObjectGetTypedContextWorker(      \
            Handle, WDF_GET_CONTEXT_TYPE_INFO(_contexttype)->UniqueType);                     \
    }

#define WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(_contexttype, _castingfunction)                    \
    WDF_DECLARE_TYPE_AND_GLOBALS(_contexttype, WDF_GET_CONTEXT_TYPE_INFO(_contexttype), NULL, \
                                 WDF_TYPE_DEFAULT_SECTION_NAME)                               \
    WDF_DECLARE_CASTING_FUNCTION(_contexttype, _castingfunction)

#define WDF_DECLARE_CONTEXT_TYPE(_contexttype) \
    WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(_contexttype, WdfObjectGet_##_contexttype)

/* The type is one of another driver: X_EXTERNAL_INIT_FUNCTION says which, before DriverEntry. */
#define WDF_DECLARE_SHARED_CONTEXT_TYPE_WITH_NAME(_contexttype, _castingfunction)       \
    WDF_DECLARE_TYPE_AND_GLOBALS(_contexttype, NULL,                                    \
                                 WDF_TYPE_NAME_TO_EXTERNAL_INIT_FUNCTION(_contexttype), \
                                 WDF_TYPE_INIT_SECTION_NAME)                            \
    WDF_DECLARE_CASTING_FUNCTION(_contexttype, _castingfunction)

#define WdfObjectGetTypedContext(handle, type)                \
    (type *)WdfObjectGetTypedContextWorker((WDFOBJECT)handle, \
                                           WDF_GET_CONTEXT_TYPE_INFO(type)->UniqueType)

/* A custom type is a context with nothing but a number: it marks an object as what it is. */
#define WDF_CUSTOM_TYPE_CONTEXT_NAME(_type)      WdfCustomType_##_type
#define WDF_GET_CUSTOM_TYPE_FUNCTION_NAME(_type) WdfObjectGetCustomType_##_type
#define WDF_ADD_CUSTOM_TYPE_FUNCTION_NAME(_type) WdfObjectAddCustomType_##_type

typedef struct _WDF_CUSTOM_TYPE_CONTEXT {
    ULONG Size;
    ULONG_PTR Data;
} WDF_CUSTOM_TYPE_CONTEXT, *PWDF_CUSTOM_TYPE_CONTEXT;

#define WDF_DECLARE_CUSTOM_TYPE(_type)                                                           \
    typedef WDF_CUSTOM_TYPE_CONTEXT WDF_CUSTOM_TYPE_CONTEXT_NAME(_type);                         \
    WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(WDF_CUSTOM_TYPE_CONTEXT_NAME(_type),                      \
                                       WDF_GET_CUSTOM_TYPE_FUNCTION_NAME(_type))                 \
    WDF_EXTERN_C __attribute__((unused)) FORCEINLINE NTSTATUS WDF_ADD_CUSTOM_TYPE_FUNCTION_NAME( \
        _type)(WDFOBJECT Handle, ULONG_PTR Data,                                                 \
               PFN_WDF_OBJECT_CONTEXT_CLEANUP EvtCleanupCallback,                                \
               PFN_WDF_OBJECT_CONTEXT_DESTROY EvtDestroyCallback)                                \
    {                                                                                            \
        WDF_OBJECT_ATTRIBUTES mark;                                                              \
        PVOID context = NULL;                                                                    \
        NTSTATUS status;                                                                         \
                                                                                                 \
        WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&mark, WDF_CUSTOM_TYPE_CONTEXT_NAME(_type));     \
        mark.EvtCleanupCallback = EvtCleanupCallback;                                            \
        mark.EvtDestroyCallback = EvtDestroyCallback;                                            \
        status = WdfObjectAllocateContext(Handle, &mark, &context);                              \
        if (NT_SUCCESS(status)) {                                                                \
            ((PWDF_CUSTOM_TYPE_CONTEXT)context)->Size = sizeof(WDF_CUSTOM_TYPE_CONTEXT);         \
            ((PWDF_CUSTOM_TYPE_CONTEXT)context)->Data = Data;                                    \
        }                                                                                        \
        return status;                                                                           \
    }

#define WdfObjectAddCustomTypeWithData(_handle, _type, _data, _cleanup, _destroy) \
    WDF_ADD_CUSTOM_TYPE_FUNCTION_NAME(_type)(_handle, _data, _cleanup, _destroy)
#define WdfObjectAddCustomType(_handle, _type) \
    WdfObjectAddCustomTypeWithData(_handle, _type, 0, NULL, NULL)
#define WdfObjectIsCustomType(_handle, _type) \
    ((WdfObjectGetTypedContext(_handle, WDF_CUSTOM_TYPE_CONTEXT_NAME(_type))) != NULL)
#define WdfObjectGetCustomTypeData(_handle, _type) \
    (WDF_GET_CUSTOM_TYPE_FUNCTION_NAME(_type)(_handle)->Data)

#define WdfObjectReference(Handle) WdfObjectReferenceWithTag(Handle, NULL)
#define WdfObjectReferenceWithTag(Handle, Tag) \
    WdfObjectReferenceActual(Handle, Tag, __LINE__, __FILE__)
#define WdfObjectDereference(Handle) WdfObjectDereferenceWithTag(Handle, NULL)
#define WdfObjectDereferenceWithTag(Handle, Tag) \
    WdfObjectDereferenceActual(Handle, Tag, __LINE__, __FILE__)

#include "calls/wdfobject_calls.h"

WDF_EXTERN_C_END

#endif
