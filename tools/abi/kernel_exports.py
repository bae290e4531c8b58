# SPDX-License-Identifier: MIT
"""The exports of ntoskrnl.exe and hal.dll: rows, entry thunks, import definitions.

Comes in: abi/exports/<room>.tsv, and abi/versions.tsv for the versions that rows leave
out. Goes out: exports_kernel.c (the rows a binder searches), exports_facts.c (the same without addresses), ddi_entry.S (a thunk for every function that is there, a stub for every one
that is not), lib/<module>.def.
Always holds: a name belongs to one room; a row of `unassigned` gives way to a room's.
"""
import glob
import os
import re

import tables

COLUMNS = ["name", "module", "args", "status", "ntddi", "symbol", "doc"]
MODULES = {"ntoskrnl": 1, "hal": 2}
TABLE = "table"  # in no module: drivers get the address from a documented table
IMAGES = {"ntoskrnl": "ntoskrnl.exe", "hal": "hal.dll"}
STATUS = {"done": "ABI_DONE", "partial": "ABI_PARTIAL", "absent": "ABI_ABSENT"}
NOBODY = "unassigned"
ARGS = re.compile(r"^([0-9]+)(\+?)$")
VARIADIC_SLOTS = "DDI_VARIADIC_SLOTS"


def check(row, faults):
    """Adds to the row what the cells mean: bits, kind, count, version."""
    tables.identifier(row, "name", faults)
    row["symbol"] = row["symbol"] or row["name"]
    tables.identifier(row, "symbol", faults)
    row["bits"] = 0
    for module in row["module"].split(","):
        if module not in MODULES and module != TABLE:
            faults.add(row.where, 'module "%s" is not ntoskrnl, hal or table' % module)
        row["bits"] |= MODULES.get(module, 0)
    if row["status"] not in STATUS:
        faults.add(row.where, 'status "%s" is not done, partial or absent' % row["status"])
    row["count"] = 0
    match = ARGS.match(row["args"])
    if match and int(match.group(1)) <= 32:
        row["count"] = int(match.group(1))
        row["kind"] = "ABI_VARIADIC" if match.group(2) else "ABI_FUNCTION"
    elif row["args"] in ("data", "raw"):
        row["kind"] = "ABI_" + row["args"].upper()
    else:
        row["kind"] = "ABI_FUNCTION"
        faults.add(row.where, 'args "%s" is not a count, a count and "+", data or raw'
                   % row["args"])
    row["version"] = tables.ntddi(row, faults)


def versions(abi, faults):
    """Name to the row of abi/versions.tsv; empty where there is no such table."""
    path = os.path.join(abi, "versions.tsv")
    found = {}
    if not os.path.exists(path):
        return found
    for row in tables.read(path, ["name", "ntddi", "source"], faults):
        tables.identifier(row, "name", faults)
        if row["name"] in found:
            faults.add(row.where, "%s already stands at %s"
                       % (row["name"], found[row["name"]].where))
        row["version"] = tables.ntddi(row, faults)
        found[row["name"]] = row
    return found


def read(abi, faults):
    """The rows of all rooms, sorted by name in byte order."""
    first = versions(abi, faults)
    owned, spare = {}, {}
    for path in sorted(glob.glob(os.path.join(abi, "exports", "*.tsv"))):
        room = os.path.splitext(os.path.basename(path))[0]
        taken = spare if room == NOBODY else owned
        for row in tables.read(path, COLUMNS, faults, optional=("doc",)):
            row["room"] = room
            check(row, faults)
            if not row["ntddi"] and row["name"] in first:
                row["ntddi"] = first[row["name"]]["ntddi"]
                row["version"] = first[row["name"]]["version"]
            other = taken.get(row["name"])
            if other:
                faults.add(row.where, "%s already stands at %s" % (row["name"], other.where))
            taken[row["name"]] = row
    rows = {**spare, **owned}
    return [rows[name] for name in sorted(rows, key=lambda name: name.encode())]


def address(row):
    """The C expression of the address an importer is given; also what to declare."""
    if row["status"] == "absent":
        return None if row["kind"] == "ABI_DATA" else "ddi_entry_" + row["name"]
    if row["kind"] in ("ABI_DATA", "ABI_RAW"):
        return "abi_symbol_" + row["symbol"]
    return "ddi_entry_" + row["name"]


def rows_source(rows):
    out = [tables.banner("abi/exports"), '#include "base/abi_export.h"\n\n',
           "#include <stddef.h>\n\n"]
    declared = set()
    for row in rows:
        name = address(row)
        if name is None or name in declared:
            continue
        declared.add(name)
        if name.startswith("abi_symbol_"):
            out.append("extern const char %s[] __asm__(%s);\n"
                       % (name, tables.c_string(row["symbol"])))
        else:
            out.append("extern const char %s[];\n" % name)
    out.append("\nconst struct abi_export abi_kernel_exports[] = {\n")
    for row in rows:
        out.append("    {%s, %s, %s, %#010x, %d, %s, %s, %d},\n" % (
            tables.c_string(row["name"]), address(row) or "NULL", tables.c_string(row["room"]),
            row["version"], row["bits"], STATUS[row["status"]], row["kind"], row["count"]))
    if not rows:
        out.append('    {"", NULL, "", 0, 0, ABI_ABSENT, ABI_DATA, 0},\n')
    out.append("};\nconst uint32_t abi_kernel_export_count = %d;\n" % len(rows))
    return "".join(out)


def facts_source(rows):
    out = [tables.banner("abi/exports"), '#include "base/abi_export.h"\n\n',
           "const struct abi_export_fact abi_export_facts[] = {\n"]
    for row in rows:
        out.append("    {%s, %#010x, %d, %s},\n" % (
            tables.c_string(row["name"]), row["version"], row["bits"], STATUS[row["status"]]))
    if not rows:
        out.append('    {"", 0, 0, ABI_ABSENT},\n')
    out.append("};\nconst uint32_t abi_export_fact_count = %d;\n" % len(rows))
    return "".join(out)


def thunks_source(rows):
    out = [tables.banner("abi/exports"), '#include "callout/ddi_entry.inc"\n\n    .text\n',
           "    ddi_absent_tail ddi_absent, abi_kernel_exports, abi_export_absent\n"]
    for index, row in enumerate(rows):
        if row["kind"] == "ABI_DATA":
            continue
        if row["status"] == "absent":
            out.append("    ddi_absent_stub ddi_entry_%s, %d, ddi_absent\n" % (row["name"], index))
        elif row["kind"] != "ABI_RAW":
            slots = max(row["count"] - 4, 0)
            if row["kind"] == "ABI_VARIADIC":
                slots = VARIADIC_SLOTS
            out.append("    ddi_entry ddi_entry_%s, %s, %s, abi_kernel_exports + %d * 32\n"
                       % (row["name"], row["symbol"], slots, index))
    out.append('\n    .section .note.GNU-stack,"",@progbits\n')
    return "".join(out)


def import_definition(rows, module):
    """A .def of every public name, absent ones too: a driver may link to them."""
    out = ["; Generated from abi/exports/*.tsv by tools/abi; changes here are lost.\n",
           "LIBRARY %s\nEXPORTS\n" % IMAGES[module]]
    for row in rows:
        if row["bits"] & MODULES[module]:
            out.append("    %s%s\n" % (row["name"], " CONSTANT" if row["kind"] == "ABI_DATA" else ""))
    return "".join(out)


# Names under which a static library of Windows' kit reaches an export.
SECURE_DEVICE = ("; Generated by tools/abi; changes here are lost.\n"
                 "LIBRARY ntoskrnl.exe\nEXPORTS\n    WdmlibIoCreateDeviceSecure\n"
                 "    IoCreateDeviceSecure == WdmlibIoCreateDeviceSecure\n")


def emit(rows, output):
    output.write("exports_kernel.c", rows_source(rows))
    output.write("exports_facts.c", facts_source(rows))
    output.write("ddi_entry.S", thunks_source(rows))
    for module in MODULES:
        output.write("lib/%s.def" % module, import_definition(rows, module))
    output.write("lib/wdmsec.def", SECURE_DEVICE)
