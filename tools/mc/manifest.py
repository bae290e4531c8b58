# SPDX-License-Identifier: MIT
"""Reads an event manifest and writes the header for a driver.

In comes the XML of providers, their events and templates; out comes C: a GUID a provider, an
EVENT_DESCRIPTOR an event, EventRegister, EventUnregister, EventWrite and EventEnabled macros
that end in EtwRegister and EtwWrite, and records in the section .covetrc that tell the log the
names of events and of their fields (layout: README of the kernel's room etw).
Doc: "Writing an Instrumentation Manifest", "Message Compiler (MC.exe)".
"""
import re
import xml.etree.ElementTree as ET

from message_text import McError

LEVELS = {"win:LogAlways": 0, "win:Critical": 1, "win:Error": 2, "win:Warning": 3,
          "win:Informational": 4, "win:Verbose": 5}
OPCODES = {"win:Info": 0, "win:Start": 1, "win:Stop": 2, "win:DC_Start": 3, "win:DC_Stop": 4,
           "win:Extension": 5, "win:Reply": 6, "win:Resume": 7, "win:Suspend": 8, "win:Send": 9,
           "win:Receive": 240}
CHANNELS = {"TraceClassic": 0, "System": 8, "Application": 9, "Security": 10}

# inType: parameter's type, the log's letter and conversion, how its data is found
SCALARS = {
    "Int8": ("const signed char", "1d"), "UInt8": ("const unsigned char", "1u"),
    "Int16": ("const signed short", "2d"), "UInt16": ("const unsigned short", "2u"),
    "Int32": ("const signed int", "4d"), "UInt32": ("const unsigned int", "4u"),
    "Int64": ("signed __int64", "8d"), "UInt64": ("unsigned __int64", "8u"),
    "HexInt32": ("const signed int", "4#x"), "HexInt64": ("signed __int64", "8#x"),
    "Boolean": ("const BOOL", "B"), "Double": ("const double", "fg"), "Pointer": ("const void *", "p"),
}
POINTED = {"GUID": ("LPCGUID", "g", "sizeof(GUID)"),
           "FILETIME": ("const LARGE_INTEGER *", "T", "sizeof(LARGE_INTEGER)")}

COMMON = """/* Made by `cove mc`; not to be edited. */
#pragma once
#include <wdm.h>
#include <evntprov.h>

#ifndef COVE_MC_COMMON_
#define COVE_MC_COMMON_
static __inline ULONG McLength_(const char *text)
{
    ULONG length = 0;
    while (text[length])
        length++;
    return length + 1;
}
static __inline ULONG McWideLength_(const WCHAR *text)
{
    ULONG length = 0;
    while (text[length])
        length++;
    return (length + 1) * sizeof(WCHAR);
}
#define MC_RECORD_(symbol_, kind_, version_, number_, texts_, ...)                     \\
    static const struct {                                                              \\
        ULONG magic;                                                                   \\
        USHORT size;                                                                   \\
        UCHAR kind, version;                                                           \\
        GUID guid;                                                                     \\
        ULONG number, line;                                                            \\
        char texts[sizeof(texts_)];                                                    \\
    } symbol_ __attribute__((section(".covetrc"), used, aligned(8))) = {               \\
        0x31547643, (USHORT)(32 + sizeof(texts_)), kind_, version_, __VA_ARGS__, number_, 0, texts_}

/* What drivers that write their events themselves use. */
#ifndef MCGEN_USE_KERNEL_MODE_APIS
#define MCGEN_USE_KERNEL_MODE_APIS 1
#endif
#define MCGEN_EVENT_ENABLED(name) EventEnabled##name()
#define MCGEN_EVENTREGISTER       EtwRegister
#define MCGEN_EVENTUNREGISTER     EtwUnregister
#define MCGEN_EVENTWRITETRANSFER  EtwWriteTransfer
#ifndef MCGEN_TRACE_CONTEXT_DEF
#define MCGEN_TRACE_CONTEXT_DEF
/* Of these only the registration is kept: who listens is asked for each event. */
typedef struct _MCGEN_TRACE_CONTEXT {
    REGHANDLE RegistrationHandle;
    ULONGLONG Logger; /* a pointer to the provider's traits; 0: there are none */
    ULONGLONG MatchAnyKeyword;
    ULONGLONG MatchAllKeyword;
    ULONG Flags;
    ULONG IsEnabled;
    UCHAR Level;
    UCHAR Reserve;
    USHORT EnableBitsCount;
    PULONG EnableBitMask;
    const ULONGLONG *EnableKeyWords;
    const UCHAR *EnableLevel;
} MCGEN_TRACE_CONTEXT, *PMCGEN_TRACE_CONTEXT;
#endif
#endif
"""


def local(tag):
    return tag.rsplit("}", 1)[-1]


def children(node, *path):
    """Descendants by a path of names, whatever their namespaces."""
    found = [node]
    for name in path:
        found = [c for parent in found for c in parent if local(c.tag) == name]
    return found


def number(text, what):
    try:
        return int(text, 0)
    except (TypeError, ValueError):
        raise McError(f"{what} is no number: {text}") from None


def guid_literal(text):
    match = re.fullmatch(r"\{?(\w{8})-(\w{4})-(\w{4})-(\w{4})-(\w{12})\}?", text.strip())
    if not match:
        raise McError(f"{text} is no GUID")
    a, b, c, d, e = match.groups()
    tail = ", ".join("0x" + (d + e)[i:i + 2] for i in range(0, 16, 2))
    return f"{{0x{a}, 0x{b}, 0x{c}, {{{tail}}}}}"


class Field:
    def __init__(self, node, template):
        self.name = node.get("name")
        kind = node.get("inType", "").split(":")[-1]
        if kind not in SCALARS and kind not in POINTED and \
                kind not in ("UnicodeString", "AnsiString") or node.get("count"):
            raise McError(f"template {template}: field {self.name} of type {kind} "
                          "cannot be written yet")
        self.kind = kind

    def parameter(self):
        if self.kind in SCALARS:
            return SCALARS[self.kind][0]
        if self.kind in POINTED:
            return POINTED[self.kind][0]
        return "PCWSTR" if self.kind == "UnicodeString" else "PCSTR"

    def letter(self):
        if self.kind in SCALARS:
            return SCALARS[self.kind][1]
        if self.kind in POINTED:
            return POINTED[self.kind][1]
        return "S" if self.kind == "UnicodeString" else "s"

    def data(self, name):
        if self.kind in SCALARS:
            return f"&{name}, sizeof({name})"
        if self.kind in POINTED:
            return f"{name}, {POINTED[self.kind][2]}"
        wide = self.kind == "UnicodeString"
        none = 'L"NULL"' if wide else '"NULL"'
        length = "McWideLength_" if wide else "McLength_"
        return f"{name} ? {name} : {none}, {length}({name} ? {name} : {none})"


class Provider:
    def __init__(self, node):
        self.name = node.get("name")
        self.symbol = node.get("symbol")
        self.guid = guid_literal(node.get("guid", ""))
        self.templates = {t.get("tid"): [Field(d, t.get("tid")) for d in t
                                         if local(d.tag) == "data"]
                          for t in children(node, "templates", "template")}
        self.levels = self.values(node, "levels", "level", LEVELS)
        self.tasks = self.values(node, "tasks", "task", {})
        self.opcodes = self.values(node, "opcodes", "opcode", OPCODES)
        for task in children(node, "tasks", "task"):
            self.opcodes.update(self.values(task, "opcodes", "opcode", {}))
        self.keywords = {k.get("name"): number(k.get("mask"), "a keyword's mask")
                         for k in children(node, "keywords", "keyword")}
        self.symbols = {}
        self.channels = dict(CHANNELS)
        for at, channel in enumerate(children(node, "channels", "channel")):
            self.channel_add(channel, number(channel.get("value", str(16 + at)), "a channel"))
        for channel in children(node, "channels", "importChannel"):
            self.channel_add(channel, CHANNELS.get(channel.get("name"), 0))
        self.events = children(node, "events", "event")
        for plural, single, value in (("levels", "level", "value"), ("tasks", "task", "value"),
                                      ("opcodes", "opcode", "value"),
                                      ("keywords", "keyword", "mask")):
            for item in children(node, plural, single):
                self.symbol_add(item, number(item.get(value), f"value of {item.get('name')}"))
                for opcode in children(item, "opcodes", "opcode"):
                    self.symbol_add(opcode, number(opcode.get("value"), "an opcode"))

    def symbol_add(self, node, value):
        """A name that the header gives the value by."""
        if node.get("symbol"):
            self.symbols[node.get("symbol")] = value

    def channel_add(self, node, value):
        self.symbol_add(node, value)
        for key in (node.get("chid"), node.get("name")):
            if key:
                self.channels[key] = value

    @staticmethod
    def values(node, plural, single, start):
        table = dict(start)
        for item in children(node, plural, single):
            table[item.get("name")] = number(item.get("value"), f"value of {item.get('name')}")
        return table

    def look(self, table, event, key):
        name = event.get(key)
        if name is None:
            return 0
        if name not in table:
            raise McError(f"event {event.get('symbol')}: {key} {name} is not defined")
        return table[name]


class Manifest:
    def __init__(self, path):
        try:
            root = ET.parse(path).getroot()
        except ET.ParseError as error:
            raise McError(f"{path}: {error}") from None
        self.providers = [Provider(p) for p in
                          children(root, "instrumentation", "events", "provider")]
        if not self.providers:
            raise McError(f"{path}: no provider")
        self.strings = {s.get("id"): s.get("value", "") for s in children(
            root, "localization", "resources", "stringTable", "string")}

    def messages(self):
        """Texts of events, numbered as the viewer looks for them: severity, version, event."""
        found = {}
        for provider in self.providers:
            for event in provider.events:
                match = re.fullmatch(r"\$\(string\.(.+)\)", event.get("message") or "")
                if not match:
                    continue
                if match.group(1) not in self.strings:
                    raise McError(f"event {event.get('symbol')}: string {match.group(1)} "
                                  "is not defined")
                key = 0xb0000000 | number(event.get("version", "0"), "a version") << 16 | \
                    number(event.get("value"), "an event")
                found[key] = self.strings[match.group(1)] + "\r\n"
        return found


def event_text(provider, event):
    symbol = event.get("symbol") or f"Event{event.get('value')}"
    value, version = number(event.get("value"), "an event"), number(event.get("version", "0"),
                                                                    "a version")
    keyword = 0
    for name in (event.get("keywords") or "").split():
        if name not in provider.keywords and not name.startswith("win:"):
            raise McError(f"event {symbol}: keyword {name} is not defined")
        keyword |= provider.keywords.get(name, 0)
    template = event.get("template")
    if template and template not in provider.templates:
        raise McError(f"event {symbol}: template {template} is not defined")
    fields = provider.templates.get(template, [])
    handle = f"{provider.symbol}Handle"
    texts = "\\0".join([symbol, "", "".join(f"{f.name}:{f.letter()};" for f in fields)])
    parameters = "".join(f", {f.parameter()} a{i}" for i, f in enumerate(fields))
    arguments = ", ".join(["Activity"] + [f.name for f in fields])
    creates = "".join(f"    EventDataDescCreate(&data[{i}], {f.data(f'a{i}')});\n"
                      for i, f in enumerate(fields))
    return f"""
static const EVENT_DESCRIPTOR __attribute__((unused)) {symbol} = {{
    {value}, {version}, {provider.look(provider.channels, event, "channel")}, \
{provider.look(provider.levels, event, "level")}, {provider.look(provider.opcodes, event, "opcode")}, \
{provider.look(provider.tasks, event, "task")}, 0x{keyword:x}ull}};
#define {symbol}_value 0x{value:x}
MC_RECORD_(McRecord_{symbol}, 3, {version}, {value}, "{texts}", {provider.guid});
static __attribute__((unused)) ULONG McWrite_{symbol}(LPCGUID activity{parameters})
{{
    EVENT_DATA_DESCRIPTOR data[{max(1, len(fields))}];
{creates}    (void)data;
    return (ULONG)EtwWrite({handle}, &{symbol}, activity, {len(fields)}, {"data" if fields else "NULL"});
}}
#define EventEnabled{symbol}() EtwEventEnabled({handle}, &{symbol})
#define EventWrite{symbol}({arguments}) \\
    (EventEnabled{symbol}() ? McWrite_{symbol}({", ".join(["Activity"] + [f"({f.name})" for f in fields])}) : 0)
"""


def provider_text(provider):
    macro = re.sub(r"\W", "_", provider.name)
    symbol = provider.symbol
    texts = provider.name.replace('"', '\\"')
    return f"""
static const GUID __attribute__((unused)) {symbol} = {provider.guid};
MC_RECORD_(McRecord_{symbol}, 1, 0, 0, "{texts}", {provider.guid});
__declspec(selectany) REGHANDLE {symbol}Handle = 0;
__declspec(selectany) MCGEN_TRACE_CONTEXT {symbol}_Context = {{0}};
static __attribute__((unused)) ULONG McRegister_{symbol}(void)
{{
    ULONG status = {symbol}Handle ? 0 : (ULONG)EtwRegister(&{symbol}, NULL, NULL, &{symbol}Handle);
    {symbol}_Context.RegistrationHandle = {symbol}Handle;
    return status;
}}
#define EventRegister{macro}() McRegister_{symbol}()
static __attribute__((unused)) ULONG McUnregister_{symbol}(void)
{{
    REGHANDLE handle = {symbol}Handle;
    {symbol}Handle = 0;
    {symbol}_Context.RegistrationHandle = 0;
    return handle ? (ULONG)EtwUnregister(handle) : 0;
}}
#define EventUnregister{macro}() McUnregister_{symbol}()
""" + "".join(f"#define {name} 0x{value:x}\n" for name, value in provider.symbols.items()) + "".join(event_text(provider, event) for event in provider.events)


def header_text(manifest):
    return COMMON + "".join(provider_text(provider) for provider in manifest.providers)
