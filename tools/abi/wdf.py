# SPDX-License-Identifier: MIT
"""The function table of KMDF: the client's half and the Framework's half from one list.

Comes in: abi/wdf/kmdf.tsv, a line an entry in the order of the table; abi/wdf/structs.tsv, a
line a member. Goes out: headers of the kit below wdk/wdf/kmdf/calls (indices; prototypes and
inlines a public header), below wdf/ what the Framework is built with (prototypes of its
entries, the table with a stub for each absent entry, names, sizes of structures), and
include/abi/wdf_asserts.h, which holds the headers to the layouts.
Always holds: indices have no hole, versions never go back, and the count of each version
is one of those that the contract knows.
"""
import os
import re

import tables

COLUMNS = ("index", "name", "return", "parameters", "minor", "header", "status", "doc")
STATUS = ("done", "partial", "absent")
# The first version 1.minor with so many entries. A client that claims another count is refused.
COUNTS = ((0, 383), (1, 386), (5, 387), (9, 396), (11, 432), (13, 438), (15, 444), (19, 446),
          (21, 448), (23, 451), (25, 453), (29, 454), (31, 458))
# A driver that is built against a table longer than this asks before it calls what lies behind.
ALWAYS_AVAILABLE = 453
RULE_COLUMNS = ("name", "irql", "check")
LEVELS = {"passive": "PASSIVE_LEVEL", "apc": "APC_LEVEL", "dispatch": "DISPATCH_LEVEL"}
SOURCE = "abi/wdf/kmdf.tsv"
STRUCT_COLUMNS = ("struct", "field", "offset", "size", "minor", "index", "note")
MINOR_GATE = re.compile(r"^(>=|<)(\d+)$")
# Entries whose inline is written by hand, because it does not go through the table.
BY_HAND = ("WdfDriverMiniportUnload",)
# What an absent entry answers where no is not 0; nothing and 0 are the others.
FAILURE = {"NTSTATUS": "STATUS_NOT_IMPLEMENTED", "POWER_ACTION": "PowerActionNone",
           "WDF_IO_TARGET_STATE": "WdfIoTargetStateUndefined"}


class Entry:
    """One entry of the table; parameters without the globals."""

    def __init__(self, row):
        self.index = int(row["index"])
        self.name = row["name"]
        self.result = row["return"]
        self.parameters = [p.strip() for p in row["parameters"].split(";") if p.strip()]
        self.minor = int(row["minor"])
        self.header = row["header"]

    def arguments(self):
        return [p.rsplit(" ", 1)[1].lstrip("*") for p in self.parameters]

    def typename(self):
        return "PFN_" + self.name.upper()


def check(rows, faults):
    """The table's own rules; a fault a row that breaks one."""
    counts = dict(COUNTS)
    minor = 0
    for place, row in enumerate(rows):
        tables.identifier(row, "name", faults)
        if tables.number(row, "index", faults) != place:
            faults.add(row.where, "index %s stands at %d" % (row["index"], place))
        now = tables.number(row, "minor", faults)
        if now != minor:
            if now < minor:
                faults.add(row.where, "1.%d after 1.%d: indices only grow" % (now, minor))
            elif counts.get(minor) != place:
                faults.add(row.where, "1.%d cannot end at %d" % (minor, place))
        minor = now
        if row["status"] not in STATUS:
            faults.add(row.where, 'status "%s" is none of %s' % (row["status"], ", ".join(STATUS)))
        if row["status"] == "partial" and not row["doc"]:
            faults.add(row.where, "partial without a reason")
        for parameter in filter(None, row["parameters"].split(";")):
            if " " not in parameter.strip():
                faults.add(row.where, 'parameter "%s" has no name' % parameter)


def read(abi, faults):
    """The rows of the table; none where a small table of a test has no such file."""
    path = os.path.join(abi, "wdf", "kmdf.tsv")
    if not os.path.exists(path):
        return []
    rows = tables.read(path, COLUMNS, faults)
    check(rows, faults)
    return rows


def check_structs(rows, faults):
    """Gates are gates, numbers are numbers, indices have no hole."""
    found = set()
    for row in rows:
        tables.identifier(row, "struct", faults)
        tables.number(row, "offset", faults)
        if row["size"]:
            tables.number(row, "size", faults)
        for word in row["minor"].split():
            if not MINOR_GATE.match(word):
                faults.add(row.where, 'minor "%s" is neither >= nor < of a number' % word)
        if row["index"]:
            found.add(tables.number(row, "index", faults))
    if rows and found != set(range(len(found))):
        faults.add(rows[0].where, "indices of structures have a hole before %d" % max(found))


def read_structs(abi, faults):
    path = os.path.join(abi, "wdf", "structs.tsv")
    if not os.path.exists(path):
        return []
    rows = tables.read(path, STRUCT_COLUMNS, faults)
    check_structs(rows, faults)
    return rows


def read_rules(abi, rows, faults):
    """The verifier's rules, by name of an entry."""
    path = os.path.join(abi, "wdf", "rules.tsv")
    if not os.path.exists(path):
        return {}
    known = {row["name"] for row in rows}
    rules = {}
    for row in tables.read(path, RULE_COLUMNS, faults):
        if row["name"] not in known:
            faults.add(row.where, "%s is no entry of the table" % row["name"])
        if row["name"] in rules:
            faults.add(row.where, "%s stands twice" % row["name"])
        if row["irql"] not in LEVELS:
            faults.add(row.where, "irql %s is none of %s" % (row["irql"], ", ".join(LEVELS)))
        if row["check"] not in ("", "own"):
            faults.add(row.where, "check %s is neither - nor own" % row["check"])
        rules[row["name"]] = row
    return rules


def gated(entries, line):
    """Lines of the entries, those of later versions in their #if."""
    out = []
    open_minor = 0
    for entry in entries:
        minor = entry.minor if entry.minor > COUNTS[3][0] else 0
        if minor != open_minor:
            if open_minor:
                out.append("#endif\n")
            if minor:
                out.append("#if KMDF_VERSION_MINOR >= %d\n" % minor)
            open_minor = minor
        out.append(line(entry))
    if open_minor:
        out.append("#endif\n")
    return "".join(out)


def indices(entries):
    """enum WDFFUNCENUM, ended by the count of the version that is compiled for."""
    out = [tables.banner(SOURCE), "typedef enum _WDFFUNCENUM {\n",
           gated(entries, lambda e: "    %sTableIndex = %d,\n" % (e.name, e.index))]
    word = "#if"
    for minor, number in reversed(COUNTS[3:]):
        out.append("%s KMDF_VERSION_MINOR >= %d\n" % (word, minor))
        out.append("    WdfFunctionTableNumEntries = %d,\n" % number)
        word = "#elif"
    out.append("#endif\n} WDFFUNCENUM;\n")
    return "".join(out)


def call(entry):
    """The type of an entry and the inline through which a client calls it."""
    types = ", ".join(["PWDF_DRIVER_GLOBALS DriverGlobals"] + entry.parameters)
    out = ["typedef %s(NTAPI *%s)(%s);\n" % (entry.result, entry.typename(), types)]
    if entry.name in BY_HAND:
        return "".join(out + ["\n"])
    give = "" if entry.result == "VOID" else "return "
    out.append("FORCEINLINE %s %s(%s)\n{\n" % (entry.result, entry.name,
                                                ", ".join(entry.parameters) or "VOID"))
    if entry.index >= ALWAYS_AVAILABLE:
        out.append("#if !defined(WDF_EVERYTHING_ALWAYS_AVAILABLE)\n"
                   "    if (!WDF_IS_FUNCTION_AVAILABLE(%s)) {\n" % entry.name)
        report = ("WdfDriverErrorReportApiMissing(WdfGetDriver(), NULL, %sTableIndex, %s)"
                  % (entry.name, "TRUE" if entry.result == "NTSTATUS" else "FALSE"))
        if entry.result == "NTSTATUS":
            out.append("        return %s;\n" % report)
        elif entry.result == "VOID":
            out.append("        %s;\n        return;\n" % report)
        else:
            out.append("        %s;\n        return (%s)0;\n" % (report, entry.result))
        out.append("    }\n#endif\n")
    out.append("    %s((%s)WdfFunctions[%sTableIndex])(%s);\n}\n\n" % (
        give, entry.typename(), entry.name, ", ".join(["WdfDriverGlobals"] + entry.arguments())))
    return "".join(out)


def calls(entries):
    """The part of one public header that is made here."""
    return (tables.banner(SOURCE) + "#if !defined(FX_FRAMEWORK)\n" +
            gated(entries, call).rstrip("\n") + "\n#endif\n")


def prototypes(entries):
    """wdf_entries.h: what the Framework's rooms must define, or leave absent."""
    out = [tables.banner(SOURCE), "#ifndef WDF_ENTRIES_H\n#define WDF_ENTRIES_H\n\n"
           "#include <ntddk.h>\n#include <wdf.h>\n#include <wdfminiport.h>\n#include <wdfcx.h>\n"
           "#include <usb.h>\n#include <usbdlib.h>\n#include <wdfusb.h>\n\n"
           "#define FX_ENTRY_COUNT %d\n\n" % len(entries),
           "/* What a version's table holds; a client's count must be one of these. */\n"
           "struct fx_table_version {\n    USHORT minor, count;\n};\n"
           "extern const struct fx_table_version fx_table_versions[%d];\n" % len(COUNTS),
           "extern const char *const fx_entry_names[FX_ENTRY_COUNT];\n"
           "extern const WDFFUNC fx_entries[FX_ENTRY_COUNT];\n"
           "/* The same behind the verifier's rules (abi/wdf/rules.tsv). */\n"
           "extern const WDFFUNC fx_verified_entries[FX_ENTRY_COUNT];\n\n"]
    for entry in entries:
        types = ", ".join(["PWDF_DRIVER_GLOBALS globals"] + entry.parameters)
        out.append("%s NTAPI imp_%s(%s);\n" % (entry.result, entry.name, types))
    return "".join(out + ["\n#endif\n"])


def absent(entry):
    """The stub of an entry that nobody has written yet."""
    answer = "" if entry.result == "VOID" else "    return %s;\n" % FAILURE.get(entry.result, "0")
    result = entry.result if entry.result in FAILURE or entry.result == "VOID" else "ULONG_PTR"
    return ("static %s NTAPI absent_%s(PWDF_DRIVER_GLOBALS globals)\n{\n"
            "    fx_absent(fx_globals_of(globals), %d, _ReturnAddress());\n%s}\n\n" % (
                result, entry.name, entry.index, answer))


def verified(entry, rule):
    """The wrapper of an entry for clients whose verifier is on."""
    types = ", ".join(["PWDF_DRIVER_GLOBALS globals"] + entry.parameters)
    names = entry.arguments()
    handle = "NULL"
    if entry.parameters and entry.parameters[0].split(" ")[0].startswith("WDF") and \
            "*" not in entry.parameters[0]:
        handle = names[0]
    if entry.result == "VOID":
        failure, give = "return", ""
    else:
        give = "return "
        failure = "return (%s){0}" % entry.result
        if entry.result == "NTSTATUS":
            failure = "return STATUS_INVALID_DEVICE_REQUEST"
        elif entry.result in FAILURE:
            failure = "return " + FAILURE[entry.result]
    prefix = "verify_" if rule["check"] == "own" else "imp_"
    return ("static %s NTAPI verified_%s(%s)\n{\n"
            "    if (!fx_verify_call(fx_globals_of(globals), %d, %s, %s, _ReturnAddress()))\n"
            "        %s;\n    %s%s%s(%s);\n}\n\n" % (
                entry.result, entry.name, types, entry.index, LEVELS[rule["irql"]], handle, failure,
                give, prefix, entry.name, ", ".join(["globals"] + names)))


def table(entries, status, rules):
    """wdf_table.c: stubs, the arrays, names, counts."""
    out = [tables.banner(SOURCE), '#include "fx.h"\n#include "verify/verify.h"\n'
           '#include "wdf_entries.h"\n#include <intrin.h>\n\n']
    out += [absent(entry) for entry in entries if status[entry.name] == "absent"]
    out.append("const WDFFUNC fx_entries[FX_ENTRY_COUNT] = {\n")
    for entry in entries:
        prefix = "absent_" if status[entry.name] == "absent" else "imp_"
        out.append("    (WDFFUNC)%s%s,\n" % (prefix, entry.name))
    out.append("};\n\n")
    is_ruled = {e.name for e in entries if e.name in rules and status[e.name] != "absent"}
    out += [verified(e, rules[e.name]) for e in entries if e.name in is_ruled]
    out.append("const WDFFUNC fx_verified_entries[FX_ENTRY_COUNT] = {\n")
    for entry in entries:
        prefix = "verified_" if entry.name in is_ruled else \
            "absent_" if status[entry.name] == "absent" else "imp_"
        out.append("    (WDFFUNC)%s%s,\n" % (prefix, entry.name))
    out.append("};\n\nconst char *const fx_entry_names[FX_ENTRY_COUNT] = {\n")
    out += ['    "%s",\n' % entry.name for entry in entries]
    out.append("};\n\nconst struct fx_table_version fx_table_versions[%d] = {\n" % len(COUNTS))
    out += ["    {%d, %d},\n" % pair for pair in COUNTS]
    return "".join(out + ["};\n"])


def condition(row):
    """The cell minor as one of the preprocessor; empty: always."""
    return " && ".join("KMDF_VERSION_MINOR %s %s" % MINOR_GATE.match(word).groups()
                       for word in row["minor"].split())


def structs_of(rows):
    """(index, name, first row of the whole) of those in the table of structures, in its order."""
    known = {}
    for row in rows:
        if row["index"]:
            known[int(row["index"])] = row
    return [(index, row["struct"], row) for index, row in sorted(known.items())]


def struct_indices(rows):
    """enum WDFSTRUCTENUM; the last names are of later versions, as with functions."""
    out = [tables.banner("abi/wdf/structs.tsv"), "typedef enum _WDFSTRUCTENUM {\n"]
    counts = []
    for index, name, row in structs_of(rows):
        if row["note"] == "unknown" and row["minor"]:
            counts.append((index, condition(row)))
            out.append("#if %s\n    INDEX_%s = %d,\n#endif\n" % (condition(row), name, index))
        else:
            out.append("    INDEX_%s = %d,\n" % (name, index))
    total = len(structs_of(rows))
    for index, gate in counts:
        out.append("#if !(%s)\n    WDF_STRUCTURE_TABLE_NUM_ENTRIES = %d,\n#else\n" % (gate, index))
    out.append("    WDF_STRUCTURE_TABLE_NUM_ENTRIES = %d,\n" % total)
    return "".join(out + ["#endif\n"] * len(counts) + ["} WDFSTRUCTENUM;\n"])


def struct_sizes(rows):
    """wdf_struct_sizes.h: what Size may be, newest first; 0 ends a list that is shorter."""
    sizes = {}
    for row in rows:
        if not row["field"] and row["size"]:
            sizes.setdefault(row["struct"], []).append(int(row["size"]))
    most = max(len(set(of)) for of in sizes.values())
    out = [tables.banner("abi/wdf/structs.tsv"),
           "#ifndef WDF_STRUCT_SIZES_H\n#define WDF_STRUCT_SIZES_H\n\n#include <wdf.h>\n\n"
           "struct fx_struct_sizes {\n    const char *name;\n    USHORT sizes[%d];\n};\n\n"
           "static const struct fx_struct_sizes "
           "fx_struct_sizes[WDF_STRUCTURE_TABLE_NUM_ENTRIES] = {\n" % most]
    for _, name, _ in structs_of(rows):
        of = ", ".join(str(size) for size in sorted(set(sizes.get(name, [0])), reverse=True))
        out.append('    [INDEX_%s] = {"%s", {%s}},\n' % (name, name, of))
    return "".join(out + ["};\n\n#endif\n"])


def asserts(rows):
    """wdf_asserts.h: after the headers, the layouts of the version that is compiled for."""
    out = [tables.banner("abi/wdf/structs.tsv"),
           "#ifdef __cplusplus\n#define WDF_ASSERT static_assert\n"
           "#else\n#define WDF_ASSERT _Static_assert\n#endif\n"]
    for row in rows:
        gate = condition(row)
        if row["field"]:
            what = "__builtin_offsetof(%s, %s) == %s" % (row["struct"], row["field"], row["offset"])
        elif row["size"]:
            what = "sizeof(%s) == %s" % (row["struct"], row["size"])
        else:
            continue
        line = 'WDF_ASSERT(%s, "%s");\n' % (what, what)
        out.append("#if %s\n%s#endif\n" % (gate, line) if gate else line)
    return "".join(out + ["#undef WDF_ASSERT\n"])


def emit(rows, structs, rules, output):
    if not rows:
        return
    entries = [Entry(row) for row in rows]
    status = {row["name"]: row["status"] for row in rows}
    folder = "wdk/wdf/kmdf/calls/"
    output.write(folder + "indices.h", indices(entries))
    for header in sorted({entry.header for entry in entries}):
        of = [entry for entry in entries if entry.header == header]
        output.write("%s%s_calls.h" % (folder, header), calls(of))
    if structs:
        output.write(folder + "struct_indices.h", struct_indices(structs))
        output.write("wdf/wdf_struct_sizes.h", struct_sizes(structs))
        output.write("include/abi/wdf_asserts.h", asserts(structs))
    output.write("wdf/wdf_entries.h", prototypes(entries))
    output.write("wdf/wdf_table.c", table(entries, status, rules))
