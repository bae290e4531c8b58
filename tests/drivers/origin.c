/* SPDX-License-Identifier: MIT */
/* origin.c - a driver that uses everything a linker lays out: code, constants, data, zero fill,
 * INIT, PAGE, an array of addresses, calls through pointers.
 *
 * Built many times with other tools and options. With MISTAKE defined it does one thing on its
 * way out that must end in a bug check.
 */
#include <ntddk.h>

#define MISTAKE_INIT  1 /* calls a function of INIT after DriverEntry */
#define MISTAKE_CONST 2 /* writes to a constant */
#define MISTAKE_DATA  3 /* executes data */
#define MISTAKE_CALL  4 /* calls into the middle of a function through a pointer */

#ifndef MISTAKE
#define MISTAKE 0
#endif

DRIVER_INITIALIZE DriverEntry;
static DRIVER_UNLOAD OriginUnload;

static int Square(int Value)
{
    return Value * Value;
}

static int Negative(int Value)
{
    return -Value;
}

typedef int FUNCTION(int);
static FUNCTION *const Functions[] = {Square, Negative};
static const char Text[] = "constant";
static int Counter = 40;
static UCHAR Zeros[9000];
FUNCTION *volatile Chosen; /* the compiler must not know whom it calls */

static int InitOnly(int Value);
static int Paged(int Value);
#ifdef ALLOC_PRAGMA
#pragma alloc_text(INIT, DriverEntry)
#pragma alloc_text(INIT, InitOnly)
#pragma alloc_text(PAGE, Paged)
#endif

static int InitOnly(int Value)
{
    return Value + 2;
}

static int Paged(int Value)
{
    PAGED_CODE();
    return Value + 1;
}

static VOID OriginUnload(PDRIVER_OBJECT Driver)
{
    UNREFERENCED_PARAMETER(Driver);
    Chosen = InitOnly;
    switch (MISTAKE) {
    case MISTAKE_INIT:
        Chosen(1);
        break;
    case MISTAKE_CONST:
        *(volatile char *)Text = 'x';
        break;
    case MISTAKE_DATA:
        Chosen = (FUNCTION *)(ULONG_PTR)Zeros;
        Chosen(1);
        break;
    case MISTAKE_CALL:
        Chosen = (FUNCTION *)((ULONG_PTR)Square + 1);
        Chosen(1);
        break;
    }
    Chosen = Functions[1];
    DbgPrint("origin: unload %d %d\n", Chosen(7), Paged(1));
}

NTSTATUS DriverEntry(PDRIVER_OBJECT Driver, PUNICODE_STRING RegistryPath)
{
    int sum = 0;
    UNREFERENCED_PARAMETER(RegistryPath);
    for (ULONG i = 0; i < sizeof(Zeros); i++)
        sum += Zeros[i];
    Zeros[sizeof(Zeros) - 1] = 1;
    Chosen = Functions[0];
    DbgPrint("origin: %s %d %d %d %d\n", Text, sum, InitOnly(Counter++), Counter, Chosen(9));
    Driver->DriverUnload = OriginUnload;
    return STATUS_SUCCESS;
}
