/* SPDX-License-Identifier: MIT */
/* classic.c - functions that programs of older compilers call before and around main: atomic
 * changes as functions (32 bits alone), the locale, identifiers, a service's own calls. */
#include "check.h"

typedef LONG(WINAPI *CHANGE)(LONG volatile *);
typedef LONG(WINAPI *EXCHANGE)(LONG volatile *, LONG);
typedef LONG(WINAPI *COMPARE)(LONG volatile *, LONG, LONG);
typedef LONGLONG(WINAPI *COMPARE64)(LONGLONG volatile *, LONGLONG, LONGLONG);

#ifndef _WIN64
static FARPROC Kernel(const char *Name)
{
    return GetProcAddress(GetModuleHandleA("kernel32.dll"), Name);
}

static void CheckAtomic(void)
{
    CHANGE increment = (CHANGE)(void *)Kernel("InterlockedIncrement");
    CHANGE decrement = (CHANGE)(void *)Kernel("InterlockedDecrement");
    EXCHANGE exchange = (EXCHANGE)(void *)Kernel("InterlockedExchange");
    EXCHANGE add = (EXCHANGE)(void *)Kernel("InterlockedExchangeAdd");
    COMPARE compare = (COMPARE)(void *)Kernel("InterlockedCompareExchange");
    COMPARE64 compare64 = (COMPARE64)(void *)Kernel("InterlockedCompareExchange64");
    LONG word = 6;
    LONGLONG wide = 1ll << 40;
    Check("atomic functions", increment && decrement && exchange && add && compare && compare64);
    Check("up and down", increment(&word) == 7 && decrement(&word) == 6);
    Check("an exchange answers what was there", exchange(&word, 9) == 6 && word == 9);
    Check("so does an addition", add(&word, -4) == 9 && word == 5);
    Check("a comparison that holds", compare(&word, 8, 5) == 5 && word == 8);
    Check("one that does not", compare(&word, 1, 5) == 8 && word == 8);
    Check("64 bits", compare64(&wide, 3, 1ll << 40) == 1ll << 40 && wide == 3 &&
                         compare64(&wide, 4, 5) == 3 && wide == 3);
}
#endif

static void CheckLocale(void)
{
    char text[80];
    WCHAR wide[80];
    WORD class[4];
    DWORD number = 0;
    Check("the thread's locale", GetThreadLocale() == 0x409 && SetThreadLocale(0x409));
    Check("a day's name", GetLocaleInfoA(0x409, LOCALE_SDAYNAME3, text, sizeof text) == 10 &&
                              strcmp(text, "Wednesday") == 0);
    Check("a short one", GetLocaleInfoA(0x409, LOCALE_SABBREVMONTHNAME9, text, sizeof text) == 4 &&
                             strcmp(text, "Sep") == 0);
    Check("what it needs", GetLocaleInfoW(0x409, LOCALE_SENGLANGUAGE, NULL, 0) == 8);
    Check("wide", GetLocaleInfoW(0x409, LOCALE_SENGLANGUAGE, wide, 80) == 8 &&
                      lstrcmpW(wide, L"English") == 0);
    Check("a number", GetLocaleInfoA(0x409, LOCALE_ILANGUAGE | LOCALE_RETURN_NUMBER, (LPSTR)&number,
                                     sizeof number) == sizeof number &&
                          number == 0x409);
    CheckFails("no room", GetLocaleInfoA(0x409, LOCALE_SDAYNAME1, text, 3),
               ERROR_INSUFFICIENT_BUFFER);
    CheckFails("no such fact", GetLocaleInfoA(0x409, 0xeeee, text, sizeof text),
               ERROR_INVALID_FLAGS);
    Check("classes of bytes", GetStringTypeA(0x409, CT_CTYPE1, "a9 ", 3, class) &&
                                  class[0] & C1_LOWER && class[1] & C1_DIGIT &&
                                  class[2] & C1_SPACE);
    Check("and of characters",
          GetStringTypeExW(0x409, CT_CTYPE1, L"Q", 1, class) && class[0] & C1_UPPER);
    Check("to upper case",
          LCMapStringA(0x409, LCMAP_UPPERCASE, "abz9", -1, text, sizeof text) == 5 &&
              strcmp(text, "ABZ9") == 0);
    Check("order", CompareStringA(0x409, 0, "b", -1, "a", -1) == CSTR_GREATER_THAN &&
                       CompareStringA(0x409, NORM_IGNORECASE, "Ab", 2, "aB", 2) == CSTR_EQUAL &&
                       CompareStringA(0x409, 0, "a", -1, "ab", -1) == CSTR_LESS_THAN);
}

static void CheckSmall(void)
{
    Check("handles without a limit", SetHandleCount(77) == 77);
    Check("a product over 32 bits",
          MulDiv(1000000, 3000000, 4000000) == 750000 && MulDiv(0x40000000, 6, 3) == -1);
    Check("rounded", MulDiv(7, 3, 2) == 11 && MulDiv(-7, 3, 2) == -11 && MulDiv(1, 1, 0) == -1);
    Check("code", !IsBadCodePtr((FARPROC)(void *)CheckSmall) && IsBadCodePtr((FARPROC)16));
}

static void CheckIdentifiers(void)
{
    SID_IDENTIFIER_AUTHORITY nt = SECURITY_NT_AUTHORITY;
    PSID administrators = NULL, nobody = NULL;
    BYTE copy[SECURITY_MAX_SID_SIZE];
    SECURITY_DESCRIPTOR descriptor;
    BOOL member = FALSE;
    Check("an identifier",
          AllocateAndInitializeSid(&nt, 2, SECURITY_BUILTIN_DOMAIN_RID, DOMAIN_ALIAS_RID_ADMINS, 0,
                                   0, 0, 0, 0, 0, &administrators) &&
              IsValidSid(administrators));
    Check("its parts", GetLengthSid(administrators) == 16 &&
                           *GetSidSubAuthorityCount(administrators) == 2 &&
                           *GetSidSubAuthority(administrators, 1) == DOMAIN_ALIAS_RID_ADMINS);
    Check("a copy is the same",
          CopySid(sizeof copy, copy, administrators) && EqualSid(copy, administrators));
    CheckFails("no room for one", CopySid(8, copy, administrators), ERROR_INSUFFICIENT_BUFFER);
    Check("made by hand", InitializeSid(copy, &nt, 1) && !EqualSid(copy, administrators));
    Check("an administrator", CheckTokenMembership(NULL, administrators, &member) && member);
    Check("not of everything",
          AllocateAndInitializeSid(&nt, 1, 4711, 0, 0, 0, 0, 0, 0, 0, &nobody) &&
              CheckTokenMembership(NULL, nobody, &member) && !member);
    Check("given back", !FreeSid(administrators) && !FreeSid(nobody));
    CheckFails("a revision that is none", InitializeSecurityDescriptor(&descriptor, 7),
               ERROR_UNKNOWN_REVISION);
    SECURITY_ATTRIBUTES open = {sizeof open, &descriptor, FALSE};
    Check("a descriptor for everybody",
          InitializeSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION) &&
              SetSecurityDescriptorDacl(&descriptor, TRUE, NULL, FALSE));
    HANDLE event = CreateEventA(&open, FALSE, FALSE, "ClassicEvent");
    Check("and an object with it", event && CloseHandle(event));
}

static DWORD WINAPI Handler(DWORD Control, DWORD Type, LPVOID Data, LPVOID Context)
{
    (void)Control, (void)Type, (void)Data, (void)Context;
    return NO_ERROR;
}

static VOID WINAPI Main(DWORD Count, LPSTR *Words)
{
    (void)Count, (void)Words;
}

static void CheckService(void)
{
    SERVICE_TABLE_ENTRYA table[] = {{(LPSTR) "classic", Main}, {NULL, NULL}};
    SERVICE_STATUS status = {.dwServiceType = SERVICE_WIN32_OWN_PROCESS};
    CheckFails("not started as a service", StartServiceCtrlDispatcherA(table),
               ERROR_FAILED_SERVICE_CONTROLLER_CONNECT);
    CheckFails("by its wide name", StartServiceCtrlDispatcherW((SERVICE_TABLE_ENTRYW *)table),
               ERROR_FAILED_SERVICE_CONTROLLER_CONNECT);
    CheckFails("no handler", RegisterServiceCtrlHandlerExA("classic", Handler, NULL) != NULL,
               ERROR_FAILED_SERVICE_CONTROLLER_CONNECT);
    CheckFails("no wide one", RegisterServiceCtrlHandlerExW(L"classic", Handler, NULL) != NULL,
               ERROR_FAILED_SERVICE_CONTROLLER_CONNECT);
    CheckFails("no plain one",
               RegisterServiceCtrlHandlerA("classic", (LPHANDLER_FUNCTION)(void *)Handler) != NULL,
               ERROR_FAILED_SERVICE_CONTROLLER_CONNECT);
    CheckFails("nor that one wide",
               RegisterServiceCtrlHandlerW(L"classic", (LPHANDLER_FUNCTION)(void *)Handler) != NULL,
               ERROR_FAILED_SERVICE_CONTROLLER_CONNECT);
    CheckFails("nothing to say", SetServiceStatus((SERVICE_STATUS_HANDLE)(ULONG_PTR)1, &status),
               ERROR_INVALID_HANDLE);
}

int main(void)
{
#ifndef _WIN64
    CheckAtomic();
#endif
    CheckLocale();
    CheckSmall();
    CheckIdentifiers();
    CheckService();
    return Result();
}
