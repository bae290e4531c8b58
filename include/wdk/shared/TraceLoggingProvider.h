/* SPDX-License-Identifier: MIT */
/* TraceLoggingProvider.h - events that bring their own description, for drivers.
 *
 * TraceLoggingWrite(provider, "Name", fields and options...) makes a constant block that names
 * the event and its fields, and sends it with the values through EtwWriteTransfer. Fields are
 * evaluated only if the provider is enabled. At most 16 fields and options; no structures or
 * arrays but those below. Doc: "TraceLogging" (TraceLoggingProvider.h).
 */
#ifndef _TRACELOGGINGPROVIDER_H_
#define _TRACELOGGINGPROVIDER_H_

#include <wdm.h>

#include <evntprov.h>

typedef struct _TLG_PROVIDER {
    REGHANDLE RegHandle;
    GUID Guid;
    const UCHAR *Traits;
    USHORT TraitsSize;
} TLG_PROVIDER;
typedef TLG_PROVIDER *TraceLoggingHProvider;

#define TLG_PASTE2_(a, b) a##b
#define TLG_PASTE_(a, b)  TLG_PASTE2_(a, b)

/* ---- providers ---- */

#define TLG_GUID_(a, b, c, d, e, f, g, h, i, j, k) \
    {                                              \
        a, b, c,                                   \
        {                                          \
            d, e, f, g, h, i, j, k                 \
        }                                          \
    }

#define TRACELOGGING_DECLARE_PROVIDER(variable) EXTERN_C TLG_PROVIDER *const variable

#define TRACELOGGING_DEFINE_PROVIDER(variable, name, guid, ...)                  \
    static const struct {                                                        \
        USHORT Size;                                                             \
        char Name[sizeof(name)];                                                 \
    } __attribute__((packed)) variable##Traits_ = {2 + sizeof(name), name};      \
    static TLG_PROVIDER variable##Provider_ = {                                  \
        0, TLG_GUID_ guid, (const UCHAR *)&variable##Traits_, 2 + sizeof(name)}; \
    EXTERN_C TLG_PROVIDER *const variable;                                       \
    TLG_PROVIDER *const variable = &variable##Provider_

FORCEINLINE NTSTATUS TraceLoggingRegisterEx(TLG_PROVIDER *provider, PETWENABLECALLBACK callback,
                                            PVOID context)
{
    NTSTATUS status = EtwRegister(&provider->Guid, callback, context, &provider->RegHandle);
    if (NT_SUCCESS(status))
        EtwSetInformation(provider->RegHandle, EventProviderSetTraits, (PVOID)provider->Traits,
                          provider->TraitsSize);
    return status;
}

FORCEINLINE NTSTATUS TraceLoggingRegister(TLG_PROVIDER *provider)
{
    return TraceLoggingRegisterEx(provider, NULL, NULL);
}

FORCEINLINE VOID TraceLoggingUnregister(TLG_PROVIDER *provider)
{
    if (provider->RegHandle)
        EtwUnregister(provider->RegHandle);
    provider->RegHandle = 0;
}

#define TraceLoggingProviderEnabled(provider, level, keyword) \
    (EtwProviderEnabled((provider)->RegHandle, (level), (keyword)) != 0)

/* ---- fields and options: (KIND, ...) ---- */

#define TraceLoggingInt8(value, name, ...)       (SCALAR, 3, 0, signed char, value, name)
#define TraceLoggingUInt8(value, name, ...)      (SCALAR, 4, 0, unsigned char, value, name)
#define TraceLoggingInt16(value, name, ...)      (SCALAR, 5, 0, SHORT, value, name)
#define TraceLoggingUInt16(value, name, ...)     (SCALAR, 6, 0, USHORT, value, name)
#define TraceLoggingInt32(value, name, ...)      (SCALAR, 7, 0, INT32, value, name)
#define TraceLoggingUInt32(value, name, ...)     (SCALAR, 8, 0, UINT32, value, name)
#define TraceLoggingInt64(value, name, ...)      (SCALAR, 9, 0, LONGLONG, value, name)
#define TraceLoggingUInt64(value, name, ...)     (SCALAR, 10, 0, ULONGLONG, value, name)
#define TraceLoggingLong(value, name, ...)       (SCALAR, 7, 0, LONG, value, name)
#define TraceLoggingULong(value, name, ...)      (SCALAR, 8, 0, ULONG, value, name)
#define TraceLoggingFloat64(value, name, ...)    (SCALAR, 12, 0, double, value, name)
#define TraceLoggingBool(value, name, ...)       (SCALAR, 13, 0, BOOL, value, name)
#define TraceLoggingBoolean(value, name, ...)    (SCALAR, 4, 3, BOOLEAN, value, name)
#define TraceLoggingHexInt32(value, name, ...)   (SCALAR, 20, 0, INT32, value, name)
#define TraceLoggingHexUInt32(value, name, ...)  (SCALAR, 20, 0, UINT32, value, name)
#define TraceLoggingHexInt64(value, name, ...)   (SCALAR, 21, 0, LONGLONG, value, name)
#define TraceLoggingHexUInt64(value, name, ...)  (SCALAR, 21, 0, ULONGLONG, value, name)
#define TraceLoggingPointer(value, name, ...)    (SCALAR, 21, 0, const VOID *, value, name)
#define TraceLoggingNTStatus(value, name, ...)   (SCALAR, 8, 15, NTSTATUS, value, name)
#define TraceLoggingWinError(value, name, ...)   (SCALAR, 8, 13, ULONG, value, name)
#define TraceLoggingGuid(value, name, ...)       (SCALAR, 15, 0, GUID, value, name)
#define TraceLoggingWideString(value, name, ...) (WIDE, 1, 0, PCWSTR, value, name)
#define TraceLoggingString(value, name, ...)     (NARROW, 2, 0, PCSTR, value, name)
#define TraceLoggingUnicodeString(value, name, ...) \
    (COUNTED, 22, 0, const UNICODE_STRING *, value, name)

#ifdef __cplusplus
/* The field's type is the value's; its name, when none is given, the expression. */
#define TraceLoggingValue(...)              TLG_AUTO_(__VA_ARGS__, TLG_AUTO2_, TLG_AUTO1_)(__VA_ARGS__)
#define TLG_AUTO_(value, name, chosen, ...) chosen
#define TLG_AUTO1_(value)                   (AUTO, 0, 0, 0, value, #value)
#define TLG_AUTO2_(value, name)             (AUTO, 0, 0, 0, value, name)
#endif

#define TraceLoggingLevel(value)      (LEVEL, value)
#define TraceLoggingKeyword(value)    (KEYWORD, value)
#define TraceLoggingOpcode(value)     (OPCODE, value)
#define TraceLoggingDescription(text) (NONE, 0)

FORCEINLINE ULONG TlgNarrowSize_(PCSTR text)
{
    ULONG length = 0;
    while (text[length])
        length++;
    return length + 1;
}

FORCEINLINE ULONG TlgWideSize_(PCWSTR text)
{
    ULONG length = 0;
    while (text[length])
        length++;
    return (length + 1) * sizeof(WCHAR);
}

#ifdef __cplusplus
extern "C++" {
/* In-type, out-type and data of a value by its type. */
template <typename T> struct TlgAutoType_;
#define TLG_AUTO_TYPE_(type, in, out)              \
    template <> struct TlgAutoType_<type> {        \
        enum : UCHAR { In = in, Out = out };       \
        static const void *Data(const type &value) \
        {                                          \
            return &value;                         \
        }                                          \
        static ULONG Size(const type &)            \
        {                                          \
            return sizeof(type);                   \
        }                                          \
    };
TLG_AUTO_TYPE_(bool, 4, 3)
TLG_AUTO_TYPE_(char, 4, 2)
TLG_AUTO_TYPE_(signed char, 3, 0)
TLG_AUTO_TYPE_(unsigned char, 4, 0)
TLG_AUTO_TYPE_(wchar_t, 6, 2)
TLG_AUTO_TYPE_(short, 5, 0)
TLG_AUTO_TYPE_(unsigned short, 6, 0)
TLG_AUTO_TYPE_(int, 7, 0)
TLG_AUTO_TYPE_(unsigned int, 8, 0)
TLG_AUTO_TYPE_(INT64, 9, 0)
TLG_AUTO_TYPE_(UINT64, 10, 0)
#ifdef _WIN32
TLG_AUTO_TYPE_(long, 7, 0)
TLG_AUTO_TYPE_(unsigned long, 8, 0)
#endif
TLG_AUTO_TYPE_(float, 11, 0)
TLG_AUTO_TYPE_(double, 12, 0)
TLG_AUTO_TYPE_(GUID, 15, 0)
#undef TLG_AUTO_TYPE_
template <typename T> struct TlgAutoType_<T *> {
    enum : UCHAR { In = 21, Out = 0 };
    static const void *Data(T *const &value)
    {
        return &value;
    }
    static ULONG Size(T *const &)
    {
        return sizeof(T *);
    }
};
#define TLG_AUTO_STRING_(type, whole, in, empty, measure) \
    template <> struct TlgAutoType_<whole *> {            \
        enum : UCHAR { In = in, Out = 0 };                \
        static const void *Data(const type *value)        \
        {                                                 \
            return value ? value : empty;                 \
        }                                                 \
        static ULONG Size(const type *value)              \
        {                                                 \
            return measure(value ? value : empty);        \
        }                                                 \
    };
TLG_AUTO_STRING_(char, const char, 2, "", TlgNarrowSize_)
TLG_AUTO_STRING_(char, char, 2, "", TlgNarrowSize_)
TLG_AUTO_STRING_(wchar_t, const wchar_t, 1, L"", TlgWideSize_)
TLG_AUTO_STRING_(wchar_t, wchar_t, 1, L"", TlgWideSize_)
#undef TLG_AUTO_STRING_
/* What a value becomes when it is handed over: arrays become pointers. */
template <typename T> T TlgAutoPassed_(T value);
}
#define TLG_AUTO_OF_(value)                          TlgAutoType_<decltype(TlgAutoPassed_(value))>
#define TLG_TYPE_AUTO(n, in, out, type, value, name) TLG_TYPE_FIELD_(n, in, out, type, value, name)
#define TLG_VALUE_AUTO(n, in, out, type, value, name) \
    name, {TLG_AUTO_OF_(value)::In | 0x80, TLG_AUTO_OF_(value)::Out},
#define TLG_DATA_AUTO(n, in, out, type, value, name)                                   \
    decltype(TlgAutoPassed_(value)) n##Value = (value);                                \
    EventDataDescCreate(&tlg_data_[tlg_count_++], TLG_AUTO_OF_(value)::Data(n##Value), \
                        TLG_AUTO_OF_(value)::Size(n##Value));
#define TLG_OPTION_AUTO(n, ...)
#endif

/* What each kind adds: to the block's type, to its values, to the level, keyword and opcode, a
 * variable, and to the data descriptors. */
#define TLG_TYPE_FIELD_(n, in, out, type, value, name) \
    char n##Name[sizeof(name)];                        \
    UCHAR n##Type[2];
#define TLG_VALUE_FIELD_(n, in, out, type, value, name) name, {(in) | 0x80, out},
#define TLG_TYPE_SCALAR(n, ...)                         TLG_TYPE_FIELD_(n, __VA_ARGS__)
#define TLG_VALUE_SCALAR(n, ...)                        TLG_VALUE_FIELD_(n, __VA_ARGS__)
#define TLG_TYPE_WIDE(n, ...)                           TLG_TYPE_FIELD_(n, __VA_ARGS__)
#define TLG_VALUE_WIDE(n, ...)                          TLG_VALUE_FIELD_(n, __VA_ARGS__)
#define TLG_TYPE_NARROW(n, ...)                         TLG_TYPE_FIELD_(n, __VA_ARGS__)
#define TLG_VALUE_NARROW(n, ...)                        TLG_VALUE_FIELD_(n, __VA_ARGS__)
#define TLG_TYPE_COUNTED(n, ...)                        TLG_TYPE_FIELD_(n, __VA_ARGS__)
#define TLG_VALUE_COUNTED(n, ...)                       TLG_VALUE_FIELD_(n, __VA_ARGS__)
#define TLG_TYPE_LEVEL(n, value)
#define TLG_VALUE_LEVEL(n, value)
#define TLG_TYPE_KEYWORD(n, value)
#define TLG_VALUE_KEYWORD(n, value)
#define TLG_TYPE_OPCODE(n, value)
#define TLG_VALUE_OPCODE(n, value)
#define TLG_TYPE_NONE(n, value)
#define TLG_VALUE_NONE(n, value)
#define TLG_DATA_SCALAR(n, in, out, type, value, name) \
    type n##Value = (type)(value);                     \
    EventDataDescCreate(&tlg_data_[tlg_count_++], &n##Value, sizeof(type));
#define TLG_DATA_NARROW(n, in, out, type, value, name) \
    PCSTR n##Value = (value);                          \
    if (!n##Value)                                     \
        n##Value = "";                                 \
    EventDataDescCreate(&tlg_data_[tlg_count_++], n##Value, TlgNarrowSize_(n##Value));
#define TLG_DATA_WIDE(n, in, out, type, value, name) \
    PCWSTR n##Value = (value);                       \
    if (!n##Value)                                   \
        n##Value = L"";                              \
    EventDataDescCreate(&tlg_data_[tlg_count_++], n##Value, TlgWideSize_(n##Value));
#define TLG_DATA_COUNTED(n, in, out, type, value, name)                               \
    const UNICODE_STRING *n##Value = (value);                                         \
    EventDataDescCreate(&tlg_data_[tlg_count_++], &n##Value->Length, sizeof(USHORT)); \
    EventDataDescCreate(&tlg_data_[tlg_count_++], n##Value->Buffer, n##Value->Length);
#define TLG_DATA_LEVEL(n, value)   tlg_event_.Level = (value);
#define TLG_DATA_KEYWORD(n, value) tlg_event_.Keyword |= (value);
#define TLG_DATA_OPCODE(n, value)  tlg_event_.Opcode = (value);
#define TLG_DATA_NONE(n, value)
#define TLG_OPTION_SCALAR(n, ...)
#define TLG_OPTION_WIDE(n, ...)
#define TLG_OPTION_NARROW(n, ...)
#define TLG_OPTION_COUNTED(n, ...)
#define TLG_OPTION_LEVEL(n, value)   tlg_event_.Level = (value);
#define TLG_OPTION_KEYWORD(n, value) tlg_event_.Keyword |= (value);
#define TLG_OPTION_OPCODE(n, value)  tlg_event_.Opcode = (value);
#define TLG_OPTION_NONE(n, value)

#define TLG_CALL2_(macro, ...)  macro(__VA_ARGS__)
#define TLG_CALL_(macro, ...)   TLG_CALL2_(macro, __VA_ARGS__)
#define TLG_UNPACK_(...)        __VA_ARGS__
#define TLG_KIND_(kind, ...)    kind
#define TLG_REST2_(kind, ...)   __VA_ARGS__
#define TLG_ONE_(part, n, item) TLG_CALL_(TLG_PASTE_(part, TLG_KIND_ item), n, TLG_REST2_ item)
#define TLG_EACH0_(part)
#define TLG_EACH1_(part, item)       TLG_ONE_(part, f1, item)
#define TLG_EACH2_(part, item, ...)  TLG_ONE_(part, f2, item) TLG_EACH1_(part, __VA_ARGS__)
#define TLG_EACH3_(part, item, ...)  TLG_ONE_(part, f3, item) TLG_EACH2_(part, __VA_ARGS__)
#define TLG_EACH4_(part, item, ...)  TLG_ONE_(part, f4, item) TLG_EACH3_(part, __VA_ARGS__)
#define TLG_EACH5_(part, item, ...)  TLG_ONE_(part, f5, item) TLG_EACH4_(part, __VA_ARGS__)
#define TLG_EACH6_(part, item, ...)  TLG_ONE_(part, f6, item) TLG_EACH5_(part, __VA_ARGS__)
#define TLG_EACH7_(part, item, ...)  TLG_ONE_(part, f7, item) TLG_EACH6_(part, __VA_ARGS__)
#define TLG_EACH8_(part, item, ...)  TLG_ONE_(part, f8, item) TLG_EACH7_(part, __VA_ARGS__)
#define TLG_EACH9_(part, item, ...)  TLG_ONE_(part, f9, item) TLG_EACH8_(part, __VA_ARGS__)
#define TLG_EACH10_(part, item, ...) TLG_ONE_(part, f10, item) TLG_EACH9_(part, __VA_ARGS__)
#define TLG_EACH11_(part, item, ...) TLG_ONE_(part, f11, item) TLG_EACH10_(part, __VA_ARGS__)
#define TLG_EACH12_(part, item, ...) TLG_ONE_(part, f12, item) TLG_EACH11_(part, __VA_ARGS__)
#define TLG_EACH13_(part, item, ...) TLG_ONE_(part, f13, item) TLG_EACH12_(part, __VA_ARGS__)
#define TLG_EACH14_(part, item, ...) TLG_ONE_(part, f14, item) TLG_EACH13_(part, __VA_ARGS__)
#define TLG_EACH15_(part, item, ...) TLG_ONE_(part, f15, item) TLG_EACH14_(part, __VA_ARGS__)
#define TLG_EACH16_(part, item, ...) TLG_ONE_(part, f16, item) TLG_EACH15_(part, __VA_ARGS__)
#define TLG_COUNT_(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, \
                   count, ...)                                                                \
    count
#define TLG_EACH_(part, ...)                                                                       \
    TLG_PASTE_(TLG_PASTE_(TLG_EACH, TLG_COUNT_(0, ##__VA_ARGS__, 16, 15, 14, 13, 12, 11, 10, 9, 8, \
                                               7, 6, 5, 4, 3, 2, 1, 0)),                           \
               _)(part, ##__VA_ARGS__)

#define TraceLoggingWriteActivity(provider, name, activity, related, ...)                       \
    do {                                                                                        \
        static const struct {                                                                   \
            USHORT Size;                                                                        \
            UCHAR Tags;                                                                         \
            char Name[sizeof(name)];                                                            \
            TLG_EACH_(TLG_TYPE_, ##__VA_ARGS__)                                                 \
        } __attribute__((packed)) tlg_block_ = {sizeof(tlg_block_), 0, name,                    \
                                                TLG_EACH_(TLG_VALUE_, ##__VA_ARGS__)};          \
        EVENT_DESCRIPTOR tlg_event_ = {0, 0, 11, 5, 0, 0, 0};                                   \
        TLG_EACH_(TLG_OPTION_, ##__VA_ARGS__)                                                   \
        if (EtwEventEnabled((provider)->RegHandle, &tlg_event_)) {                              \
            EVENT_DATA_DESCRIPTOR tlg_data_[34];                                                \
            ULONG tlg_count_ = 2;                                                               \
            EventDataDescCreate(&tlg_data_[0], (provider)->Traits, (provider)->TraitsSize);     \
            tlg_data_[0].Reserved = EVENT_DATA_DESCRIPTOR_TYPE_PROVIDER_METADATA;               \
            EventDataDescCreate(&tlg_data_[1], &tlg_block_, sizeof(tlg_block_));                \
            tlg_data_[1].Reserved = EVENT_DATA_DESCRIPTOR_TYPE_EVENT_METADATA;                  \
            TLG_EACH_(TLG_DATA_, ##__VA_ARGS__)                                                 \
            EtwWriteTransfer((provider)->RegHandle, &tlg_event_, activity, related, tlg_count_, \
                             tlg_data_);                                                        \
        }                                                                                       \
    } while (0)

#define TraceLoggingWrite(provider, name, ...) \
    TraceLoggingWriteActivity(provider, name, NULL, NULL, ##__VA_ARGS__)

#endif
