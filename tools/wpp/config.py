# SPDX-License-Identifier: MIT
"""What trace functions and argument types there are.

In come configuration blocks of sources and signatures of the command line, out come tables:
trace functions by name, prefixes and suffixes of their messages, custom argument types.
"""
import re


class WppError(Exception):
    """Something the user wrote cannot be understood; the text says what and where."""


class Function:
    """A trace function: NAME{VARIABLE=VALUE}(PARAMETER, (MSG, ...))."""

    def __init__(self, name, variables, parameters, nesting, has_message, is_variadic):
        self.name = name
        self.variables = variables      # [(name, value)]
        self.parameters = parameters    # named ones, without MSG and ...
        self.is_nested = nesting == 1   # message and arguments in parentheses of their own
        self.is_whole = nesting == 2    # all of it in a second pair of parentheses
        self.has_message = has_message
        self.is_variadic = is_variadic

    def condition(self):
        """The middle of the names of the macros that decide about a call."""
        return "_".join([name for name, _ in self.variables] + self.parameters)


class Type:
    """How an argument travels: type letter of the log, its text, C type, and its pairs."""

    def __init__(self, letter, spec="", c_type=None, cast=None, macro=None):
        self.letter = letter
        self.spec = spec
        self.c_type = c_type
        self.cast = cast
        self.macro = macro  # of the user's, which names the pairs itself


INT = dict(c_type="LONG", cast="(LONG)(LONG_PTR)")
WIDE_INT = dict(c_type="LONGLONG", cast="(LONGLONG)")
POINTER = dict(c_type="const VOID *", cast="(const VOID *)(ULONG_PTR)")

MAJOR = ("CREATE,CREATE_NAMED_PIPE,CLOSE,READ,WRITE,QUERY_INFORMATION,SET_INFORMATION,QUERY_EA,"
         "SET_EA,FLUSH_BUFFERS,QUERY_VOLUME_INFORMATION,SET_VOLUME_INFORMATION,DIRECTORY_CONTROL,"
         "FILE_SYSTEM_CONTROL,DEVICE_CONTROL,INTERNAL_DEVICE_CONTROL,SHUTDOWN,LOCK_CONTROL,"
         "CLEANUP,CREATE_MAILSLOT,QUERY_SECURITY,SET_SECURITY,POWER,SYSTEM_CONTROL,DEVICE_CHANGE,"
         "QUERY_QUOTA,SET_QUOTA,PNP")
PNP_MINOR = ("START_DEVICE,QUERY_REMOVE_DEVICE,REMOVE_DEVICE,CANCEL_REMOVE_DEVICE,STOP_DEVICE,"
             "QUERY_STOP_DEVICE,CANCEL_STOP_DEVICE,QUERY_DEVICE_RELATIONS,QUERY_INTERFACE,"
             "QUERY_CAPABILITIES,QUERY_RESOURCES,QUERY_RESOURCE_REQUIREMENTS,QUERY_DEVICE_TEXT,"
             "FILTER_RESOURCE_REQUIREMENTS,0xe,READ_CONFIG,WRITE_CONFIG,EJECT,SET_LOCK,QUERY_ID,"
             "QUERY_PNP_DEVICE_STATE,QUERY_BUS_INFORMATION,DEVICE_USAGE_NOTIFICATION,"
             "SURPRISE_REMOVAL")
WMI_MINOR = ("QUERY_ALL_DATA,QUERY_SINGLE_INSTANCE,CHANGE_SINGLE_INSTANCE,CHANGE_SINGLE_ITEM,"
             "ENABLE_EVENTS,DISABLE_EVENTS,ENABLE_COLLECTION,DISABLE_COLLECTION,REGINFO,"
             "EXECUTE_METHOD")
IRQLS = "PASSIVE_LEVEL,APC_LEVEL,DISPATCH_LEVEL,CLOCK_LEVEL=13,IPI_LEVEL,HIGH_LEVEL"

NAMED = {
    "status": Type("t", **INT), "ntstatus": Type("t", **INT),
    "winerror": Type("w", **INT), "win32": Type("w", **INT), "hresult": Type("h", **INT),
    "guid": Type("g"), "clsid": Type("g"), "iid": Type("g"), "libid": Type("g"),
    "bool": Type("e", "FALSE,TRUE", "LONG", "!!"),
    "boolean": Type("e", "FALSE,TRUE", "LONG", "!!"),
    "irql": Type("e", IRQLS, **INT), "sid": Type("u"),
    "timestamp": Type("T", **WIDE_INT), "time": Type("T", **WIDE_INT),
    "datetime": Type("T", **WIDE_INT), "date": Type("T", **WIDE_INT),
    "delta": Type("I", "d", **WIDE_INT), "due": Type("I", "d", **WIDE_INT),
    "waittime": Type("I", "d", **WIDE_INT),
    "ipaddr": Type("i", "#x", **INT), "port": Type("i", "u", **INT),
    "ustr": Type("Z"), "wstr": Type("S"), "str": Type("s"), "astr": Type("z"),
    "irpmj": Type("e", MAJOR, **INT), "pnpmj": Type("e", MAJOR, **INT),
    "pnpmn": Type("e", PNP_MINOR, **INT), "irpmn": Type("e", PNP_MINOR, **INT),
    "sysctrl": Type("e", WMI_MINOR, **INT),
    "handle": Type("p", **POINTER), "ptr": Type("p", **POINTER),
    # Its C type and its macro are the source's own, by custom of these names.
    "hexdump": Type("x", c_type="xstr_t", cast="", macro="WPP_LOGHEXDUMP"),
}

ITEMS = {
    "itemlong": Type("i", "d", **INT), "itemulong": Type("i", "u", **INT),
    "itemlonglong": Type("I", "d", **WIDE_INT), "itemulonglong": Type("I", "u", **WIDE_INT),
    "itemptr": Type("p", **POINTER), "itemstring": Type("s"), "itemwstring": Type("S"),
    "itempstring": Type("z"), "itempwstring": Type("Z"), "itemguid": Type("g"),
    "itemhexdump": Type("x"), "itemntstatus": Type("t", **INT), "itemstatus": Type("t", **INT),
    "itemwinerror": Type("w", **INT), "itemhresult": Type("h", **INT),
    "itemtimestamp": Type("T", **WIDE_INT), "itemshort": Type("i", "d", **INT),
    "itemchar": Type("i", "d", **INT), "itemuchar": Type("i", "u", **INT),
    "itemdouble": Type("f", "g", "double", "(double)"),
}

BLOCK = re.compile(r"begin_wpp\s+config\b(.*?)end_wpp", re.S)
FUNCTION = re.compile(r"^\s*(?:FUNC\s+)?(\w+)\s*(?:\{([^}]*)\})?\s*\((.*)\)\s*;?\s*$", re.S)
ENUM = re.compile(r"\benum\s+(?:class\s+)?(\w*)\s*(?::\s*\w+\s*)?\{([^}]*)\}\s*(\w*)")


def split_list(text):
    """Splits at commas outside parentheses and quotes."""
    parts, depth, start, quote = [], 0, 0, None
    at = 0
    while at < len(text):
        c = text[at]
        if quote:
            if c == "\\":
                at += 1
            elif c == quote:
                quote = None
        elif c in "\"'":
            quote = c
        elif c in "([{":
            depth += 1
        elif c in ")]}":
            depth -= 1
        elif c == "," and depth == 0:
            parts.append(text[start:at].strip())
            start = at + 1
        at += 1
    last = text[start:].strip()
    return parts + [last] if last or parts else []


class Config:
    def __init__(self):
        self.functions = {}
        self.prefixes = {}  # function: (raw text, arguments)
        self.suffixes = {}
        self.types = {}
        self.enums = {}
        self.wanted = []    # types that name an enumeration which may come later
        self.function_add("DoTraceMessage(LEVEL,MSG,...)")

    def function_add(self, signature):
        match = FUNCTION.match(signature)
        if not match:
            if signature.strip():
                raise WppError(f"'{signature}' is no trace function; it is written "
                               "NAME{VARIABLE=VALUE}(PARAMETER,MSG,...)")
            return
        name, variables, inside = match.groups()
        pairs = []
        for pair in split_list(variables or ""):
            key, _, value = pair.partition("=")
            pairs.append((key.strip(), value.strip()))
        parts = split_list(inside)
        nesting = 0 if not any(part.startswith("(") for part in parts) else \
            2 if len(parts) == 1 else 1
        flat = split_list(inside.replace("(", " ").replace(")", " "))
        named = [part for part in flat if part not in ("MSG", "...")]
        self.functions[name] = Function(name, pairs, named, nesting, "MSG" in flat,
                                        "..." in flat)

    def text_scan(self, text):
        for tag, body, alias in ENUM.findall(re.sub(r"//[^\n]*|/\*.*?\*/", "", text, flags=re.S)):
            names = ",".join(re.sub(r"\s+", "", part) for part in split_list(body) if part)
            for name in (tag, alias):
                if name:
                    self.enums[name] = names
        for block in BLOCK.findall(text):
            lines = [re.sub(r"^\s*(//|\*|;)?\s?", "", line) for line in block.split("\n")]
            for statement in self.statements("\n".join(lines)):
                self.statement_read(statement)
        self.wanted_resolve()

    def lines_scan(self, text):
        """A file that is nothing but configuration; // begins a comment."""
        for statement in self.statements(re.sub(r"//[^\n]*", "", text)):
            self.statement_read(statement)

    @staticmethod
    def statements(text):
        """Each statement runs to its closing parenthesis, over several lines if need be."""
        for match in re.finditer(r"^[ \t]*(FUNC\s+\w+|USEPREFIX|USESUFFIX|CUSTOM_TYPE|"
                                 r"DEFINE_\w+)", text, re.M):
            depth, at = 0, match.end()
            while at < len(text):
                if text[at] == "(":
                    depth += 1
                elif text[at] == ")":
                    depth -= 1
                    if depth == 0:
                        break
                elif text[at] == "\n" and depth == 0:
                    break
                at += 1
            yield text[match.start():at + 1].strip()

    def statement_read(self, statement):
        if statement.startswith("FUNC"):
            self.function_add(statement)
            return
        match = re.match(r"(\w+)\s*\((.*)\)\s*$", statement, re.S)
        if not match:
            return
        verb, parts = match.group(1), split_list(match.group(2))
        if verb in ("USEPREFIX", "USESUFFIX") and len(parts) >= 2:
            table = self.prefixes if verb == "USEPREFIX" else self.suffixes
            table[parts[0]] = (literal_text(parts[1]), parts[2:])
        elif verb == "CUSTOM_TYPE" and len(parts) == 2:
            self.custom_add(*parts)
        elif verb == "DEFINE_CPLX_TYPE" and len(parts) >= 4:
            item = ITEMS.get(parts[3].lower(), Type("x"))
            self.types[parts[0]] = Type(item.letter, item.spec, parts[2], "", parts[1])
        elif verb == "DEFINE_SIMPLE_TYPE" and len(parts) >= 3:
            item = ITEMS.get(parts[2].lower(), Type("i", "d", **INT))
            self.types[parts[0]] = item
        elif verb == "DEFINE_FLAVOR" and len(parts) >= 2:
            self.types[parts[0]] = self.types.get(parts[1], ITEMS.get(
                parts[2].lower() if len(parts) > 2 else "", Type("i", "d", **INT)))

    def custom_add(self, name, item):
        match = re.match(r"(\w+)\s*\((.*)\)$", item, re.S)
        if not match:
            self.types[name] = ITEMS.get(item.lower(), Type("i", "d", **INT))
            return
        kind, inside = match.group(1).lower(), match.group(2)
        if kind == "itemenum":
            self.types[name] = Type("i", "d", **INT)
            self.wanted.append((name, inside.strip()))
            return
        names = ",".join(re.sub(r"\s+", "", part) for part in split_list(inside))
        self.types[name] = Type("b" if kind.startswith("itemset") else "e", names, **INT)

    def wanted_resolve(self):
        for name, tag in self.wanted:
            if tag in self.enums:
                self.types[name] = Type("e", self.enums[tag], **INT)

    def type_named(self, name):
        return self.types.get(name) or NAMED.get(name.lower())


LITERAL = re.compile(r'(?:L|u8)?"((?:[^"\\]|\\.)*)"')


def literal_text(text):
    """The inside of adjacent string literals, escapes kept; anything else by its name."""
    pieces, at = [], 0
    for match in LITERAL.finditer(text):
        between = text[at:match.start()].strip()
        if between:
            pieces.append("<%s>" % between.replace('"', "").replace("%", "%%"))
        pieces.append(match.group(1))
        at = match.end()
    rest = text[at:].strip()
    if rest:
        pieces.append("<%s>" % rest.replace('"', "").replace("%", "%%").replace("\\", ""))
    return "".join(pieces)
