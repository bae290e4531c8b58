# SPDX-License-Identifier: MIT
"""Writes the text of a .tmh header.

In come a source's calls and the configuration, out comes C: a macro a call that asks whether
the message is wanted, leaves a record of its text in the section .covetrc of the driver, and
sends the arguments with WmiTraceMessage. The record's layout is described in the README of the
kernel's room etw.
"""
import hashlib
import re

from config import INT, POINTER, WIDE_INT, Type, WppError, literal_text, split_list

SPEC = re.compile(
    r"%(?:(?P<percent>%)|!(?P<name>\w+)!|(?P<flags>[-+ #0]*)(?P<width>\d+|\*)?"
    r"(?P<precision>\.(?:\d+|\*)?)?(?P<size>hh|h|ll|l|I64|I32|I|w|j|z|t|L)?"
    r"(?P<kind>[diouxXcCsSpPeEfFgGaAZ]))")

MESSAGE_FLAGS = "TRACE_MESSAGE_SEQUENCE | TRACE_MESSAGE_GUID | TRACE_MESSAGE_TIMESTAMP"

COMMON = r"""
/* ---- the same in every file of the driver ---- */
#ifndef WPP_COMMON_
#define WPP_COMMON_

#include <evntrace.h>

#ifdef __cplusplus
#define WPP_C_ extern "C"
#else
#define WPP_C_
#endif

typedef union {
    struct {
        ULONGLONG Logger;
        REGHANDLE RegHandle;
        ULONG Flags[1];
        UCHAR Level;
        PVOID AutoLogContext; /* the recorder's, which drivers name */
        USHORT AutoLogVerboseEnabled;
    } Control;
} WPP_PROJECT_CONTROL_BLOCK;

#define WPP_JOIN2_(a, b) a##b
#define WPP_JOIN_(a, b)  WPP_JOIN2_(a, b)
#define WPP_EVAL(x)      x
#define WPP_LOGPAIR(size, address) (const VOID *)(address), (SIZE_T)(size),

#define WPP_GUID_INIT_(a, b, c, d, e)                                                          \
    {0x##a, 0x##b, 0x##c,                                                                      \
     {(UCHAR)(0x##d >> 8), (UCHAR)(0x##d & 0xff), (UCHAR)(0x##e##ULL >> 40 & 0xff),            \
      (UCHAR)(0x##e##ULL >> 32 & 0xff), (UCHAR)(0x##e##ULL >> 24 & 0xff),                      \
      (UCHAR)(0x##e##ULL >> 16 & 0xff), (UCHAR)(0x##e##ULL >> 8 & 0xff),                       \
      (UCHAR)(0x##e##ULL & 0xff)}}

/* Describes something to whoever shows the log. */
#define WPP_RECORD_(kind_, guid_, number_, line_, name_, texts_)                               \
    static const struct {                                                                      \
        ULONG magic;                                                                           \
        USHORT size;                                                                           \
        UCHAR kind, version;                                                                   \
        GUID guid;                                                                             \
        ULONG number, line;                                                                    \
        char name[sizeof(name_)];                                                              \
        char texts[sizeof(texts_)];                                                            \
    } wpp_record_ __attribute__((section(".covetrc"), used, aligned(8))) = {                   \
        0x31547643, (USHORT)(32 + sizeof(name_) + sizeof(texts_)), kind_, 0, guid_, number_,   \
        line_, name_, texts_};                                                                 \
    (void)wpp_record_

static __inline SIZE_T WppLength_(const char *text)
{
    SIZE_T length = 0;
    while (text[length])
        length++;
    return length + 1;
}

static __inline SIZE_T WppWideLength_(const WCHAR *text)
{
    SIZE_T length = 0;
    while (text[length])
        length++;
    return (length + 1) * sizeof(WCHAR);
}

static __inline SIZE_T WppSidLength_(const VOID *sid)
{
    return sid ? 8 + 4 * (SIZE_T)((const UCHAR *)sid)[1] : 0;
}

static const UNICODE_STRING WppNoString_ = {12, 12, (PWCH)L"(null)"};

#ifdef WPP_CONTROL_GUIDS

/* Which provider comes first, and which bit each flag is. */
#define WPP_DEFINE_CONTROL_GUID(name, guid, bits) WPP_CTL_##name,
enum WPP_CTL_NUMBERS { WPP_CONTROL_GUIDS WPP_LAST_CTL };
#undef WPP_DEFINE_CONTROL_GUID
#define WPP_DEFINE_CONTROL_GUID(name, guid, bits) \
    WPP_BLOCK_START_##name = WPP_CTL_##name * 0x10000, bits WPP_BLOCK_END_##name,
#define WPP_DEFINE_BIT(name) WPP_BIT_##name,
enum WPP_BIT_NUMBERS { WPP_CONTROL_GUIDS WPP_LAST_BIT };
#undef WPP_DEFINE_CONTROL_GUID
#undef WPP_DEFINE_BIT

WPP_C_ __declspec(selectany) WPP_PROJECT_CONTROL_BLOCK WPP_CB[WPP_LAST_CTL] = {{{0}}};

#define WPP_MASK(bit)    (1u << (((bit) - 1) & 31))
#define WPP_FLAG_NO(bit) 0
#define WPP_CTRL_NO(bit) ((bit) >> 16)
#define WPP_CONTROL(bit) (WPP_CB[WPP_CTRL_NO(bit)].Control)

static VOID NTAPI WppEnable_(LPCGUID source, ULONG code, UCHAR level, ULONGLONG any, ULONGLONG all,
                             PEVENT_FILTER_DESCRIPTOR filter, PVOID context)
{
    WPP_PROJECT_CONTROL_BLOCK *block = (WPP_PROJECT_CONTROL_BLOCK *)context;
    (void)source, (void)all, (void)filter;
    if (code > 1)
        return;
    block->Control.Level = code ? level : 0;
    block->Control.Flags[0] = code ? (ULONG)any : 0;
}

static __inline VOID WppRegister_(const GUID *guid, WPP_PROJECT_CONTROL_BLOCK *block)
{
    if (NT_SUCCESS(EtwRegister(guid, WppEnable_, block, &block->Control.RegHandle)))
        block->Control.Logger = block->Control.RegHandle;
}

static __attribute__((unused)) VOID WppInit_(VOID)
{
#define WPP_DEFINE_BIT(name) #name "\0"
#define WPP_DEFINE_CONTROL_GUID(name, guid, bits)                       \
    {                                                                   \
        static const GUID wpp_guid_ = WPP_GUID_INIT_ guid;              \
        WPP_RECORD_(1, WPP_GUID_INIT_ guid, 0, 0, #name, "\0" bits);    \
        WppRegister_(&wpp_guid_, &WPP_CB[WPP_CTL_##name]);              \
    }
    WPP_CONTROL_GUIDS
#undef WPP_DEFINE_CONTROL_GUID
#undef WPP_DEFINE_BIT
}

static __attribute__((unused)) VOID WppCleanup_(VOID)
{
    for (ULONG i = 0; i < WPP_LAST_CTL; i++) {
        if (WPP_CB[i].Control.RegHandle)
            EtwUnregister(WPP_CB[i].Control.RegHandle);
        WPP_CB[i].Control.RegHandle = 0;
        WPP_CB[i].Control.Logger = 0;
        WPP_CB[i].Control.Level = 0;
        WPP_CB[i].Control.Flags[0] = 0;
    }
}

static __inline VOID WppIgnore_(const VOID *first, ...)
{
    (void)first;
}

#ifdef COVE_WDK_WPPRECORDER_H
#define WPP_RECORDER_START_() WppAutoLogStart(WPP_CB, NULL, NULL)
#define WPP_RECORDER_STOP_()  WppAutoLogStop(WPP_CB, NULL)
#else
#define WPP_RECORDER_START_() (void)0
#define WPP_RECORDER_STOP_()  (void)0
#endif

#define WPP_INIT_TRACING(...) (WppIgnore_(0, ##__VA_ARGS__), WppInit_(), WPP_RECORDER_START_())
#define WPP_CLEANUP(...)      (WppIgnore_(0, ##__VA_ARGS__), WPP_RECORDER_STOP_(), WppCleanup_())
#define WPP_SYSTEMCONTROL(...)
#define WPP_SYSTEMCONTROL2(...)

#endif

#ifndef WPP_LEVEL_LOGGER
#define WPP_LEVEL_LOGGER(flag) WPP_CONTROL(WPP_BIT_##flag).Logger,
#endif
#ifndef WPP_LEVEL_ENABLED
#define WPP_LEVEL_ENABLED(flag) \
    (WPP_CONTROL(WPP_BIT_##flag).Flags[0] & WPP_MASK(WPP_BIT_##flag))
#endif
#ifndef WPP_FLAG_LOGGER
#define WPP_FLAG_LOGGER(flag) WPP_CONTROL(WPP_BIT_##flag).Logger,
#endif
#ifndef WPP_FLAG_ENABLED
#define WPP_FLAG_ENABLED(flag) \
    (WPP_CONTROL(WPP_BIT_##flag).Flags[0] & WPP_MASK(WPP_BIT_##flag))
#endif
#ifndef WPP_FLAGS_LOGGER
#define WPP_FLAGS_LOGGER(flag) WPP_CONTROL(WPP_BIT_##flag).Logger,
#endif
#ifndef WPP_FLAGS_ENABLED
#define WPP_FLAGS_ENABLED(flag) \
    (WPP_CONTROL(WPP_BIT_##flag).Flags[0] & WPP_MASK(WPP_BIT_##flag))
#endif
#ifndef WPP_LEVEL_FLAGS_LOGGER
#define WPP_LEVEL_FLAGS_LOGGER(level, flags) WPP_CONTROL(WPP_BIT_##flags).Logger,
#endif
#ifndef WPP_LEVEL_FLAGS_ENABLED
#define WPP_LEVEL_FLAGS_ENABLED(level, flags) \
    ((WPP_CONTROL(WPP_BIT_##flags).Flags[0] & WPP_MASK(WPP_BIT_##flags)) && \
     WPP_CONTROL(WPP_BIT_##flags).Level >= (level))
#endif

/* The recorder's conditions; a message goes by those above. */
#ifndef WPP_RECORDER_LEVEL_FLAGS_FILTER
#define WPP_RECORDER_LEVEL_FLAGS_FILTER(level, flags) WPP_LEVEL_FLAGS_ENABLED(level, flags)
#endif
#ifndef WPP_RECORDER_LEVEL_FLAGS_ARGS
#define WPP_RECORDER_LEVEL_FLAGS_ARGS(level, flags) \
    WPP_CONTROL(WPP_BIT_##flags).AutoLogContext, level, WPP_BIT_##flags
#endif
#ifndef WPP_RECORDER_FLAGS_FILTER
#define WPP_RECORDER_FLAGS_FILTER(flags) WPP_FLAGS_ENABLED(flags)
#endif
#ifndef WPP_RECORDER_FLAGS_ARGS
#define WPP_RECORDER_FLAGS_ARGS(flags) \
    WPP_CONTROL(WPP_BIT_##flags).AutoLogContext, 0, WPP_BIT_##flags
#endif
#ifndef WPP_RECORDER_LEVEL_FILTER
#define WPP_RECORDER_LEVEL_FILTER(flag) WPP_LEVEL_ENABLED(flag)
#endif
#ifndef WPP_RECORDER_LEVEL_ARGS
#define WPP_RECORDER_LEVEL_ARGS(flag) \
    WPP_CONTROL(WPP_BIT_##flag).AutoLogContext, 0, WPP_BIT_##flag
#endif
#endif
"""


def uuid_of(source):
    """A GUID of the file's messages that depends on its name and its text only."""
    digest = hashlib.sha256((source.name + "\0" + source.text).encode()).hexdigest()
    return (digest[0:8], digest[8:12], "4" + digest[13:16], "a" + digest[17:20], digest[20:32])


class Argument:
    """An argument of a message: the type and the macro parameter that brings the value."""

    def __init__(self, kind, value):
        self.kind = kind
        self.value = value

    def lines(self, number):
        """Declarations of temporaries, and the pairs for WmiTraceMessage."""
        kind, name, value = self.kind, f"wpp_a{number}_", f"({self.value})"
        if kind.macro:
            return f"{kind.c_type} {name} = {value};", f"{kind.macro}({name}) "
        if kind.letter == "s":
            return (f"const char *{name} = (const char *){value}; "
                    f"if (!{name}) {name} = \"(null)\";",
                    f"{name}, WppLength_({name}), ")
        if kind.letter == "S":
            return (f"const WCHAR *{name} = (const WCHAR *){value}; "
                    f"if (!{name}) {name} = L\"(null)\";",
                    f"{name}, WppWideLength_({name}), ")
        if kind.letter in "zZ":
            c_type = "UNICODE_STRING" if kind.letter == "Z" else "STRING"
            other = "&WppNoString_" if kind.letter == "Z" else "(const STRING *)&WppNoString_"
            return (f"const {c_type} *{name} = (const {c_type} *){value}; "
                    f"if (!{name}) {name} = {other};",
                    f"&{name}->Length, sizeof(USHORT), {name}->Buffer ? (const VOID *){name}->"
                    f"Buffer : (const VOID *)\"\", (SIZE_T){name}->Length, ")
        if kind.letter == "g":
            return (f"static const GUID {name}none = {{0}}; "
                    f"const GUID *{name} = (const GUID *){value}; "
                    f"if (!{name}) {name} = &{name}none;",
                    f"{name}, sizeof(GUID), ")
        if kind.letter == "u":
            return (f"const VOID *{name} = (const VOID *){value};",
                    f"{name} ? {name} : (const VOID *)\"\", WppSidLength_({name}), ")
        return (f"{kind.c_type} {name} = ({kind.c_type}){kind.cast}{value};",
                f"&{name}, sizeof({name}), ")


def printf_type(match):
    """The type of a conversion as printf writes it."""
    size, kind = match.group("size") or "", match.group("kind")
    spec = (match.group("flags") or "") + \
        (match.group("width") or "").replace("*", "") + \
        re.sub(r"\.\*|\.$", "", match.group("precision") or "")
    if kind in "diouxXcC":
        if kind in "cC":
            return Type("i", "c", **INT)
        wide = size in ("I64", "ll", "I", "j", "z", "t")
        return Type("I" if wide else "i", spec + kind, **(WIDE_INT if wide else INT))
    if kind in "pP":
        return Type("p", **POINTER)
    if kind == "Z":
        return Type("Z" if size in ("w", "l") else "z")
    if kind in "sS":
        is_wide = size in ("l", "w") or (kind == "S" and size != "h")
        return Type("S" if is_wide else "s")
    return Type("f", spec + (kind if kind in "eEfFgG" else "g"), "double", "(double)")


class Message:
    """A call's text with its arguments, as the record and the macro need them."""

    def __init__(self, source, call, config):
        self.source, self.call, self.config = source, call, config
        self.arguments = []
        self.template = ""

    def part_add(self, text, values):
        """A piece of text with the values that its conversions take."""
        values = list(values)

        def value_next(what):
            if not values:
                raise WppError(f"{self.source.path}:{self.call.line}: no argument for {what} "
                               f"in {self.call.function.name}")
            return values.pop(0)

        def conversion(match):
            if match.group("percent"):
                return "%"
            if match.group("name"):
                known = self.known_text(match.group("name"))
                if known is not None:
                    return known
                kind = self.config.type_named(match.group("name")) or Type("i", "#x", **INT)
            else:
                for star in (match.group("width"), match.group("precision")):
                    if star and "*" in star:
                        value_next("*")
                kind = printf_type(match)
            self.arguments.append(Argument(kind, value_next(match.group())))
            return f"\\001{kind.letter}{kind.spec}\\002"

        self.template += SPEC.sub(conversion, text)

    def value_of(self, *names):
        function = self.call.function
        for name, value in function.variables:
            if name in names:
                return value
        for name, value in zip(function.parameters, self.call.arguments):
            if name in names:
                return value
        return ""

    def known_text(self, name):
        upper = name.upper()
        texts = {"STDPREFIX": "", "FUNC": "\\001F\\002", "FILE": self.source.name,
                 "LINE": str(self.call.line), "COMPNAME": "", "SUBCOMP": "", "MOD": "", "SPACE": " ",
                 "LEVEL": quoted(self.value_of("LEVEL")),
                 "FLAGS": quoted(self.value_of("FLAGS", "FLAG")),
                 "KEYWORDS": "", "ID": "", "CPU": "", "PID": "", "TID": "", "NOW": "", "SEQ": ""}
        return texts.get(upper)


def quoted(text):
    return re.sub(r"\s+", " ", text).replace("\\", "\\\\").replace('"', '\\"')


def level_text(text):
    return quoted(re.sub(r"^(TRACE_LEVEL_|DBG_LEVEL_)", "", text.strip()))


def call_macro(source, call, config, number):
    """The macros of one call."""
    function, identifier = call.function, source.identifier()
    fixed = len(function.parameters)
    if len(call.arguments) < fixed + function.has_message:
        raise WppError(f"{source.path}:{call.line}: too few arguments for {function.name}")
    own = call.arguments[fixed:]
    if function.is_nested and own:
        own = split_list(own[0].strip()[1:-1])
    values = [f"wpp_{i}" for i in range(1, len(own) - 1 + 1)] if function.has_message else []
    message = Message(source, call, config)
    if function.name in config.prefixes:
        message.part_add(*config.prefixes[function.name])
    if function.has_message and own:
        message.part_add(literal_text(own[0]), values)
    if function.name in config.suffixes:
        message.part_add(*config.suffixes[function.name])
    if len(message.arguments) > 14:
        raise WppError(f"{source.path}:{call.line}: more than 14 arguments")

    conditions = ", ".join([value for _, value in function.variables] + function.parameters)
    name = f"WPP_{function.condition()}"
    pairs = [argument.lines(i) for i, argument in enumerate(message.arguments)]
    texts = "\\0".join([source.name, level_text(message.value_of("LEVEL")),
                       quoted(message.value_of("FLAGS", "FLAG")), message.template])
    parameters = ["MSG"] + values if function.has_message else []
    if function.is_nested:
        declare = f"WPP_DECL_{identifier}{call.line} wpp_nested"
        outer = function.parameters + ["wpp_nested"]
    else:
        declare = " ".join(declaration for declaration, _ in pairs)
        outer = function.parameters + parameters
    lines = []
    if function.is_nested:
        lines += [f"#define WPP_DECL_{identifier}{call.line}({', '.join(parameters)}) "
                  + " ".join(declaration for declaration, _ in pairs)]
    macro = f"WPP_CALL_{identifier}{call.line}"
    if function.is_whole:
        lines += [f"#define {macro}(wpp_whole) WPP_WHOLE_{identifier}{call.line} wpp_whole"]
        macro = f"WPP_WHOLE_{identifier}{call.line}"
    lines += [
        f"#define {macro}({', '.join(outer)}) \\",
        f"    {name}_PRE({conditions}) \\",
        f"    (({name}_ENABLED({conditions})) ? (void)__extension__({{ \\",
        f"        WPP_RECORD_(2, WPP_FILE_GUID_{identifier}, {number}, {call.line}, "
        f"__FUNCTION__, \"{texts}\"); \\",
        f"        {declare} \\",
        f"        WmiTraceMessage({name}_LOGGER({conditions}) {MESSAGE_FLAGS}, "
        f"&WppGuid_{identifier}, {number}, \\",
        f"                        {''.join(pair for _, pair in pairs)}(PVOID)0, (SIZE_T)0); \\",
        "    }) : (void)0) \\",
        f"    {name}_POST({conditions})",
        "",
    ]
    return "\n".join(lines)


def defaults(function):
    """PRE and POST do nothing, where nobody says otherwise; the rest goes by flag or level."""
    name = f"WPP_{function.condition()}"
    names = [variable for variable, _ in function.variables] + function.parameters
    parameters = ", ".join(names)
    lines = []
    for part in ("PRE", "POST"):
        lines += [f"#ifndef {name}_{part}", f"#define {name}_{part}(...)", "#endif"]
    flag = next((n for n in names if n in ("FLAGS", "FLAG")), None)
    if flag:
        test = f"WPP_CONTROL(WPP_BIT_##{flag})"
        level = f" && {test}.Level >= (LEVEL)" if "LEVEL" in names else ""
        lines += [f"#ifndef {name}_ENABLED",
                  f"#define {name}_ENABLED({parameters}) "
                  f"(({test}.Flags[0] & WPP_MASK(WPP_BIT_##{flag})){level})", "#endif",
                  f"#ifndef {name}_LOGGER",
                  f"#define {name}_LOGGER({parameters}) {test}.Logger,", "#endif"]
    return "\n".join(lines)


def header_text(source, config):
    identifier = source.identifier()
    guid = ", ".join(uuid_of(source))
    used = list({call.function.name: call.function for call in source.calls}.values())
    parts = [f"/* Made by `cove wpp` from {source.name}; not to be edited. */", COMMON,
             f"#define WPP_FILE_GUID_{identifier} WPP_GUID_INIT_({guid})",
             f"static const GUID __attribute__((unused)) WppGuid_{identifier} = "
             f"WPP_FILE_GUID_{identifier};", ""]
    parts += [defaults(function) for function in used]
    for number, call in enumerate(source.calls, 10):
        parts.append(call_macro(source, call, config, number))
    for function in used:
        parts += [f"#undef {function.name}",
                  f"#define {function.name} WPP_JOIN_(WPP_CALL_{identifier}, __LINE__)"]
    return "\n".join(parts) + "\n"
