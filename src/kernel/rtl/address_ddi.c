/* SPDX-License-Identifier: MIT */
/* address_ddi.c - RtlIpv4… and RtlIpv6…: Internet addresses as text, in both kinds of text.
 *
 * Each is documented for user mode (ip2string.h); the kernel exports the same. Ports are in
 * network byte order; a length counts characters with the terminating zero.
 */
#include "address_text.h"
#include "rtl_ddi.h"

#include <ip2string.h>
#include <string.h>

static PWSTR wide_put(PWSTR to, const char *text, unsigned length)
{
    for (unsigned i = 0; i < length; i++)
        to[i] = (WCHAR)text[i];
    to[length] = 0;
    return to + length;
}

static PSTR narrow_put(PSTR to, const char *text, unsigned length)
{
    memcpy(to, text, length);
    to[length] = 0;
    return to + length;
}

/* Tells the length in any case; text goes to one of the buffers. */
static LONG text_give(const char *text, unsigned length, PSTR narrow, PWSTR wide, PULONG room)
{
    ULONG has = *room;
    *room = length + 1;
    if ((!narrow && !wide) || has < length + 1)
        return STATUS_INVALID_PARAMETER;
    if (wide)
        wide_put(wide, text, length);
    else
        narrow_put(narrow, text, length);
    return STATUS_SUCCESS;
}

static const UCHAR *bytes_of(const void *address)
{
    return address;
}

/* ---- to text --------------------------------------------------------------------------- */

/* Answers the terminating zero.
 *
 * Doc:     nf-ip2string-rtlipv4addresstostringa
 */
PSTR NTAPI RtlIpv4AddressToStringA(const struct in_addr *Addr, PSTR S)
{
    char text[ADDRESS_TEXT_MAX];
    return narrow_put(S, text, address4_write(bytes_of(Addr), text));
}

PWSTR NTAPI RtlIpv4AddressToStringW(const struct in_addr *Addr, PWSTR S)
{
    char text[ADDRESS_TEXT_MAX];
    return wide_put(S, text, address4_write(bytes_of(Addr), text));
}

PSTR NTAPI RtlIpv6AddressToStringA(const struct in6_addr *Addr, PSTR S)
{
    char text[ADDRESS_TEXT_MAX];
    return narrow_put(S, text, address6_write(bytes_of(Addr), text));
}

PWSTR NTAPI RtlIpv6AddressToStringW(const struct in6_addr *Addr, PWSTR S)
{
    char text[ADDRESS_TEXT_MAX];
    return wide_put(S, text, address6_write(bytes_of(Addr), text));
}

/* Errors:  STATUS_INVALID_PARAMETER with the length needed
 * Doc:     nf-ip2string-rtlipv4addresstostringexa
 */
LONG NTAPI RtlIpv4AddressToStringExA(const struct in_addr *Address, USHORT Port, PSTR AddressString,
                                     PULONG AddressStringLength)
{
    char text[ADDRESS_TEXT_MAX];
    return text_give(text, address4_write_full(bytes_of(Address), Port, text), AddressString, NULL,
                     AddressStringLength);
}

LONG NTAPI RtlIpv4AddressToStringExW(const struct in_addr *Address, USHORT Port,
                                     PWSTR AddressString, PULONG AddressStringLength)
{
    char text[ADDRESS_TEXT_MAX];
    return text_give(text, address4_write_full(bytes_of(Address), Port, text), NULL, AddressString,
                     AddressStringLength);
}

LONG NTAPI RtlIpv6AddressToStringExA(const struct in6_addr *Address, ULONG ScopeId, USHORT Port,
                                     PSTR AddressString, PULONG AddressStringLength)
{
    char text[ADDRESS_TEXT_MAX];
    return text_give(text, address6_write_full(bytes_of(Address), ScopeId, Port, text),
                     AddressString, NULL, AddressStringLength);
}

LONG NTAPI RtlIpv6AddressToStringExW(const struct in6_addr *Address, ULONG ScopeId, USHORT Port,
                                     PWSTR AddressString, PULONG AddressStringLength)
{
    char text[ADDRESS_TEXT_MAX];
    return text_give(text, address6_write_full(bytes_of(Address), ScopeId, Port, text), NULL,
                     AddressString, AddressStringLength);
}

/* ---- from text ------------------------------------------------------------------------- */

/* Strict: four decimal parts. The terminator is told where it is known.
 *
 * Errors:  STATUS_INVALID_PARAMETER
 * Doc:     nf-ip2string-rtlipv4stringtoaddressa
 */
LONG NTAPI RtlIpv4StringToAddressA(PCSTR S, BOOLEAN Strict, PCSTR *Terminator, struct in_addr *Addr)
{
    struct address_text text = {.narrow = S};
    unsigned end = 0;
    bool is_read = address4_read(&text, Strict, &end, (UCHAR *)Addr);
    *Terminator = S + end;
    return is_read ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

LONG NTAPI RtlIpv4StringToAddressW(PCWSTR S, BOOLEAN Strict, LPCWSTR *Terminator,
                                   struct in_addr *Addr)
{
    struct address_text text = {.wide = S};
    unsigned end = 0;
    bool is_read = address4_read(&text, Strict, &end, (UCHAR *)Addr);
    *Terminator = S + end;
    return is_read ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

LONG NTAPI RtlIpv6StringToAddressA(PCSTR S, PCSTR *Terminator, struct in6_addr *Addr)
{
    struct address_text text = {.narrow = S};
    unsigned end = 0;
    bool is_read = address6_read(&text, 0, &end, (UCHAR *)Addr);
    *Terminator = S + end;
    return is_read ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

LONG NTAPI RtlIpv6StringToAddressW(PCWSTR S, LPCWSTR *Terminator, struct in6_addr *Addr)
{
    struct address_text text = {.wide = S};
    unsigned end = 0;
    bool is_read = address6_read(&text, 0, &end, (UCHAR *)Addr);
    *Terminator = S + end;
    return is_read ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

/* The whole text is address and port.
 *
 * Errors:  STATUS_INVALID_PARAMETER
 * Doc:     nf-ip2string-rtlipv4stringtoaddressexa
 */
LONG NTAPI RtlIpv4StringToAddressExA(PCSTR AddressString, BOOLEAN Strict, struct in_addr *Address,
                                     PUSHORT Port)
{
    struct address_text text = {.narrow = AddressString};
    return address4_read_full(&text, Strict, (UCHAR *)Address, Port) ? STATUS_SUCCESS
                                                                     : STATUS_INVALID_PARAMETER;
}

LONG NTAPI RtlIpv4StringToAddressExW(PCWSTR AddressString, BOOLEAN Strict, struct in_addr *Address,
                                     PUSHORT Port)
{
    struct address_text text = {.wide = AddressString};
    return address4_read_full(&text, Strict, (UCHAR *)Address, Port) ? STATUS_SUCCESS
                                                                     : STATUS_INVALID_PARAMETER;
}

LONG NTAPI RtlIpv6StringToAddressExA(PCSTR AddressString, struct in6_addr *Address, PULONG ScopeId,
                                     PUSHORT Port)
{
    struct address_text text = {.narrow = AddressString};
    return address6_read_full(&text, (UCHAR *)Address, ScopeId, Port) ? STATUS_SUCCESS
                                                                      : STATUS_INVALID_PARAMETER;
}

LONG NTAPI RtlIpv6StringToAddressExW(PCWSTR AddressString, struct in6_addr *Address, PULONG ScopeId,
                                     PUSHORT Port)
{
    struct address_text text = {.wide = AddressString};
    return address6_read_full(&text, (UCHAR *)Address, ScopeId, Port) ? STATUS_SUCCESS
                                                                      : STATUS_INVALID_PARAMETER;
}
