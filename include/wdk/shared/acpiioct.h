/* SPDX-License-Identifier: MIT */
/*
 * Requests that a device's driver sends to the ACPI driver below it: evaluate a control method,
 * list the objects under the device, take the global lock.
 *
 * Arguments and results follow one another without gaps: ACPI_METHOD_NEXT_ARGUMENT walks them. Only
 * the first form of the structures is declared, in which integers have 32 bits.
 */
#ifndef _ACPIIOCT_H_
#define _ACPIIOCT_H_

#include <ntdef.h>

#include <devioctl.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- requests ------------------------------------------------------------------------------ */

#define ACPI_IOCTL_(number) \
    CTL_CODE(FILE_DEVICE_ACPI, number, METHOD_BUFFERED, FILE_READ_ACCESS | FILE_WRITE_ACCESS)
#define IOCTL_ACPI_ASYNC_EVAL_METHOD    ACPI_IOCTL_(0)
#define IOCTL_ACPI_EVAL_METHOD          ACPI_IOCTL_(1)
#define IOCTL_ACPI_ACQUIRE_GLOBAL_LOCK  ACPI_IOCTL_(4)
#define IOCTL_ACPI_RELEASE_GLOBAL_LOCK  ACPI_IOCTL_(5)
#define IOCTL_ACPI_EVAL_METHOD_EX       ACPI_IOCTL_(6)
#define IOCTL_ACPI_ASYNC_EVAL_METHOD_EX ACPI_IOCTL_(7)
#define IOCTL_ACPI_ENUM_CHILDREN        ACPI_IOCTL_(8)

/* ---- what a buffer is ---------------------------------------------------------------------- */

#define ACPI_EVAL_INPUT_BUFFER_SIGNATURE                   'BieA'
#define ACPI_EVAL_INPUT_BUFFER_SIMPLE_INTEGER_SIGNATURE    'IieA'
#define ACPI_EVAL_INPUT_BUFFER_SIMPLE_STRING_SIGNATURE     'SieA'
#define ACPI_EVAL_INPUT_BUFFER_COMPLEX_SIGNATURE           'CieA'
#define ACPI_EVAL_OUTPUT_BUFFER_SIGNATURE                  'BoeA'
#define ACPI_EVAL_INPUT_BUFFER_SIGNATURE_EX                'AieA'
#define ACPI_EVAL_INPUT_BUFFER_SIMPLE_INTEGER_SIGNATURE_EX 'DieA'
#define ACPI_EVAL_INPUT_BUFFER_SIMPLE_STRING_SIGNATURE_EX  'EieA'
#define ACPI_EVAL_INPUT_BUFFER_COMPLEX_SIGNATURE_EX        'FieA'
#define ACPI_ENUM_CHILDREN_OUTPUT_BUFFER_SIGNATURE         'GieA'
#define ACPI_ENUM_CHILDREN_INPUT_BUFFER_SIGNATURE          'HieA'
#define ACPI_ACQUIRE_GLOBAL_LOCK_SIGNATURE                 'LgaA'
#define ACPI_RELEASE_GLOBAL_LOCK_SIGNATURE                 'LgrA'

/* ---- arguments and results ----------------------------------------------------------------- */

#define ACPI_METHOD_ARGUMENT_INTEGER    0x0
#define ACPI_METHOD_ARGUMENT_STRING     0x1
#define ACPI_METHOD_ARGUMENT_BUFFER     0x2
#define ACPI_METHOD_ARGUMENT_PACKAGE    0x3
#define ACPI_METHOD_ARGUMENT_PACKAGE_EX 0x4

typedef struct _ACPI_METHOD_ARGUMENT_V1 {
    USHORT Type;
    USHORT DataLength;
    union {
        ULONG Argument;
        UCHAR Data[ANYSIZE_ARRAY];
    } DUMMYUNIONNAME;
} ACPI_METHOD_ARGUMENT_V1, ACPI_METHOD_ARGUMENT;
typedef ACPI_METHOD_ARGUMENT UNALIGNED *PACPI_METHOD_ARGUMENT;
typedef ACPI_METHOD_ARGUMENT_V1 UNALIGNED *PACPI_METHOD_ARGUMENT_V1;

/* An argument takes at least an integer's room. */
#define ACPI_METHOD_ARGUMENT_LENGTH(DataLength) \
    (FIELD_OFFSET(ACPI_METHOD_ARGUMENT, Data) + max(sizeof(ULONG), DataLength))
#define ACPI_METHOD_ARGUMENT_LENGTH_FROM_ARGUMENT(Argument) \
    (ACPI_METHOD_ARGUMENT_LENGTH(((PACPI_METHOD_ARGUMENT)Argument)->DataLength))
#define ACPI_METHOD_NEXT_ARGUMENT(Argument)     \
    ((PACPI_METHOD_ARGUMENT)((PUCHAR)Argument + \
                             ACPI_METHOD_ARGUMENT_LENGTH_FROM_ARGUMENT(Argument)))

#define ACPI_METHOD_SET_ARGUMENT_INTEGER(MethodArgument, IntData) \
    {                                                             \
        (MethodArgument)->Type = ACPI_METHOD_ARGUMENT_INTEGER;    \
        (MethodArgument)->DataLength = sizeof(ULONG);             \
        (MethodArgument)->Argument = (IntData);                   \
    }
#define ACPI_METHOD_SET_ARGUMENT_STRING(MethodArgument, StrData)                            \
    {                                                                                       \
        (MethodArgument)->Type = ACPI_METHOD_ARGUMENT_STRING;                               \
        (MethodArgument)->DataLength = (USHORT)(strlen((PCHAR)(StrData)) + sizeof(UCHAR));  \
        RtlCopyMemory(&(MethodArgument)->Data[0], (StrData), (MethodArgument)->DataLength); \
    }
#define ACPI_METHOD_SET_ARGUMENT_BUFFER(MethodArgument, BuffData, BuffLength)                \
    {                                                                                        \
        (MethodArgument)->Type = ACPI_METHOD_ARGUMENT_BUFFER;                                \
        (MethodArgument)->DataLength = (BuffLength);                                         \
        RtlCopyMemory(&(MethodArgument)->Data[0], (BuffData), (MethodArgument)->DataLength); \
    }

/* ---- input: a method of the device by its four letters --------------------------------------- */

#define ACPI_METHOD_NAME_        \
    union {                      \
        UCHAR MethodName[4];     \
        ULONG MethodNameAsUlong; \
    } DUMMYUNIONNAME

typedef struct _ACPI_EVAL_INPUT_BUFFER_V1 {
    ULONG Signature;
    ACPI_METHOD_NAME_;
} ACPI_EVAL_INPUT_BUFFER_V1, *PACPI_EVAL_INPUT_BUFFER_V1, ACPI_EVAL_INPUT_BUFFER,
    *PACPI_EVAL_INPUT_BUFFER;

typedef struct _ACPI_EVAL_INPUT_BUFFER_SIMPLE_INTEGER_V1 {
    ULONG Signature;
    ACPI_METHOD_NAME_;
    ULONG IntegerArgument;
} ACPI_EVAL_INPUT_BUFFER_SIMPLE_INTEGER_V1, *PACPI_EVAL_INPUT_BUFFER_SIMPLE_INTEGER_V1,
    ACPI_EVAL_INPUT_BUFFER_SIMPLE_INTEGER, *PACPI_EVAL_INPUT_BUFFER_SIMPLE_INTEGER;

typedef struct _ACPI_EVAL_INPUT_BUFFER_SIMPLE_STRING_V1 {
    ULONG Signature;
    ACPI_METHOD_NAME_;
    ULONG StringLength;
    UCHAR String[ANYSIZE_ARRAY];
} ACPI_EVAL_INPUT_BUFFER_SIMPLE_STRING_V1, *PACPI_EVAL_INPUT_BUFFER_SIMPLE_STRING_V1,
    ACPI_EVAL_INPUT_BUFFER_SIMPLE_STRING, *PACPI_EVAL_INPUT_BUFFER_SIMPLE_STRING;

typedef struct _ACPI_EVAL_INPUT_BUFFER_COMPLEX_V1 {
    ULONG Signature;
    ACPI_METHOD_NAME_;
    ULONG Size;
    ULONG ArgumentCount;
    ACPI_METHOD_ARGUMENT Argument[ANYSIZE_ARRAY];
} ACPI_EVAL_INPUT_BUFFER_COMPLEX_V1, *PACPI_EVAL_INPUT_BUFFER_COMPLEX_V1,
    ACPI_EVAL_INPUT_BUFFER_COMPLEX, *PACPI_EVAL_INPUT_BUFFER_COMPLEX;

/* ---- input: a method below the device, by its path ------------------------------------------- */

typedef struct _ACPI_EVAL_INPUT_BUFFER_V1_EX {
    ULONG Signature;
    CHAR MethodName[256];
} ACPI_EVAL_INPUT_BUFFER_V1_EX, *PACPI_EVAL_INPUT_BUFFER_V1_EX, ACPI_EVAL_INPUT_BUFFER_EX,
    *PACPI_EVAL_INPUT_BUFFER_EX;

typedef struct _ACPI_EVAL_INPUT_BUFFER_SIMPLE_INTEGER_V1_EX {
    ULONG Signature;
    CHAR MethodName[256];
    ULONG64 IntegerArgument;
} ACPI_EVAL_INPUT_BUFFER_SIMPLE_INTEGER_V1_EX, *PACPI_EVAL_INPUT_BUFFER_SIMPLE_INTEGER_V1_EX,
    ACPI_EVAL_INPUT_BUFFER_SIMPLE_INTEGER_EX, *PACPI_EVAL_INPUT_BUFFER_SIMPLE_INTEGER_EX;

typedef struct _ACPI_EVAL_INPUT_BUFFER_SIMPLE_STRING_V1_EX {
    ULONG Signature;
    CHAR MethodName[256];
    ULONG StringLength;
    UCHAR String[ANYSIZE_ARRAY];
} ACPI_EVAL_INPUT_BUFFER_SIMPLE_STRING_V1_EX, *PACPI_EVAL_INPUT_BUFFER_SIMPLE_STRING_V1_EX,
    ACPI_EVAL_INPUT_BUFFER_SIMPLE_STRING_EX, *PACPI_EVAL_INPUT_BUFFER_SIMPLE_STRING_EX;

typedef struct _ACPI_EVAL_INPUT_BUFFER_COMPLEX_V1_EX {
    ULONG Signature;
    CHAR MethodName[256];
    ULONG Size;
    ULONG ArgumentCount;
    ACPI_METHOD_ARGUMENT Argument[ANYSIZE_ARRAY];
} ACPI_EVAL_INPUT_BUFFER_COMPLEX_V1_EX, *PACPI_EVAL_INPUT_BUFFER_COMPLEX_V1_EX,
    ACPI_EVAL_INPUT_BUFFER_COMPLEX_EX, *PACPI_EVAL_INPUT_BUFFER_COMPLEX_EX;

/* ---- output ---------------------------------------------------------------------------------- */

typedef struct _ACPI_EVAL_OUTPUT_BUFFER_V1 {
    ULONG Signature;
    ULONG Length;
    ULONG Count;
    ACPI_METHOD_ARGUMENT Argument[ANYSIZE_ARRAY];
} ACPI_EVAL_OUTPUT_BUFFER_V1, ACPI_EVAL_OUTPUT_BUFFER;
typedef ACPI_EVAL_OUTPUT_BUFFER UNALIGNED *PACPI_EVAL_OUTPUT_BUFFER;
typedef ACPI_EVAL_OUTPUT_BUFFER_V1 UNALIGNED *PACPI_EVAL_OUTPUT_BUFFER_V1;

/* ---- the global lock, children -----------------------------------------------------------------
 */

typedef struct _ACPI_MANIPULATE_GLOBAL_LOCK_BUFFER {
    ULONG Signature;
    PVOID LockObject;
} ACPI_MANIPULATE_GLOBAL_LOCK_BUFFER, *PACPI_MANIPULATE_GLOBAL_LOCK_BUFFER;

#define ENUM_CHILDREN_IMMEDIATE_ONLY 0x1
#define ENUM_CHILDREN_MULTILEVEL     0x2
#define ENUM_CHILDREN_NAME_IS_FILTER 0x4

typedef struct _ACPI_ENUM_CHILDREN_INPUT_BUFFER {
    ULONG Signature;
    ULONG Flags;
    ULONG NameLength;
    CHAR Name[ANYSIZE_ARRAY];
} ACPI_ENUM_CHILDREN_INPUT_BUFFER, *PACPI_ENUM_CHILDREN_INPUT_BUFFER;

#define ACPI_OBJECT_HAS_CHILDREN 0x1

typedef struct _ACPI_ENUM_CHILD {
    ULONG Flags;
    ULONG NameLength;
    CHAR Name[ANYSIZE_ARRAY];
} ACPI_ENUM_CHILD;
typedef ACPI_ENUM_CHILD UNALIGNED *PACPI_ENUM_CHILD;

typedef struct _ACPI_ENUM_CHILDREN_OUTPUT_BUFFER {
    ULONG Signature;
    ULONG NumberOfChildren;
    ACPI_ENUM_CHILD Children[ANYSIZE_ARRAY];
} ACPI_ENUM_CHILDREN_OUTPUT_BUFFER;
typedef ACPI_ENUM_CHILDREN_OUTPUT_BUFFER UNALIGNED *PACPI_ENUM_CHILDREN_OUTPUT_BUFFER;

#define ACPI_ENUM_CHILD_LENGTH_FROM_CHILD(Child) (2 * sizeof(ULONG) + (Child)->NameLength)
#define ACPI_ENUM_CHILD_NEXT(Child) \
    ((PACPI_ENUM_CHILD)((PUCHAR)(Child) + ACPI_ENUM_CHILD_LENGTH_FROM_CHILD(Child)))

#ifdef __cplusplus
}
#endif

#endif
