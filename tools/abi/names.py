# SPDX-License-Identifier: MIT
"""Status values, Win32 errors, bug checks: headers for drivers, tables for ourselves.

Comes in: abi/status.tsv, abi/win32.tsv, abi/bugchecks.tsv and abi/bugcheck_kinds.tsv, whose
rows say what the first parameter of some bug checks tells apart (each may be missing). Goes
out: wdk/shared/ntstatus.h, wdk/shared/bugcodes.h, status_names.c, win32_names.c,
bugcheck_names.c.
Always holds: a name stands once; of several names with one value the first is the one
that is shown.
"""
import os

import tables

WIN32_COLUMNS = ["name", "value", "text"]
STATUS_COLUMNS = ["name", "value", "win32", "text"]
BUGCHECK_COLUMNS = ["name", "code", "p1", "p2", "p3", "p4", "text"]
KIND_COLUMNS = ["name", "code", "p1", "p2", "p3", "p4", "text"]
PARAMETERS = ("p1", "p2", "p3", "p4")
NO_MAPPING = 317  # ERROR_MR_MID_NOT_FOUND
UNKNOWN = 0xFFFFFFFF
# Constants that stand among the values but name none of them.
PARTS = ("FACILITY_", "STATUS_SEVERITY_")


def read_table(path, columns, value, faults, optional):
    if not os.path.exists(path):
        return []
    seen = {}
    rows = tables.read(path, columns, faults, optional=optional)
    for row in rows:
        tables.identifier(row, "name", faults)
        if row["name"] in seen:
            faults.add(row.where, "%s already stands at %s" % (row["name"], seen[row["name"]]))
        seen[row["name"]] = row.where
        row["number"] = tables.number(row, value, faults)
    return rows


def read(abi, faults):
    """(status rows, Win32 rows, bug-check rows, rows of their kinds)"""
    status = read_table(os.path.join(abi, "status.tsv"), STATUS_COLUMNS, "value", faults,
                        ("win32", "text"))
    for row in status:
        row["error"] = tables.number(row, "win32", faults) if row["win32"] else UNKNOWN
    bugchecks = read_table(os.path.join(abi, "bugchecks.tsv"), BUGCHECK_COLUMNS, "code", faults,
                           PARAMETERS + ("text",))
    win32 = read_table(os.path.join(abi, "win32.tsv"), WIN32_COLUMNS, "value", faults, ("text",))
    kinds = read_table(os.path.join(abi, "bugcheck_kinds.tsv"), KIND_COLUMNS, "code", faults,
                       PARAMETERS + ("text",))
    for row in kinds:
        row["kind"] = tables.number(row, "p1", faults)
        row["p1"] = row["name"]
    return status, win32, bugchecks, kinds


def header(guard, title, rows, line):
    out = ["/* SPDX-License-Identifier: MIT */\n/* %s */\n#ifndef %s\n#define %s\n\n"
           % (title, guard, guard)]
    width = max([len(row["name"]) for row in rows] + [0])
    out += [line(row, width) for row in rows]
    out.append("\n#endif\n")
    return "".join(out)


def status_header(rows):
    return header("_NTSTATUS_", "ntstatus.h - status values; generated from abi/status.tsv.", rows,
                  lambda row, width: "#define %-*s ((NTSTATUS)0x%08XL)\n"
                  % (width, row["name"], row["number"]))


def bugcheck_header(rows):
    return header("_BUGCODES_", "bugcodes.h - bug-check codes; generated from abi/bugchecks.tsv.",
                  rows, lambda row, width: "#define %-*s ((ULONG)0x%08XL)\n"
                  % (width, row["name"], row["number"]))


def first_of_each(rows):
    """Sorted by number; of equal numbers the first in the table."""
    chosen = {}
    for row in rows:
        if row["name"].startswith(PARTS):
            continue
        chosen.setdefault(row["number"], row)
    return [chosen[key] for key in sorted(chosen)]


# Binary search over rows that are sorted by their first member.
FIND = """
static const struct %(kind)s *%(find)s(uint32_t number)
{
    uint32_t low = 0;
    uint32_t high = %(count)d;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (%(rows)s[middle].%(key)s == number)
            return &%(rows)s[middle];
        if (number < %(rows)s[middle].%(key)s)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}
"""

STATUS_BODY = """
const char *abi_status_name(uint32_t status)
{
    const struct status_row *row = status_find(status);
    return row != NULL ? row->name : NULL;
}

const char *abi_status_text(uint32_t status)
{
    const struct status_row *row = status_find(status);
    return row != NULL ? row->text : "";
}

uint32_t abi_status_to_win32(uint32_t status)
{
    const struct status_row *row = status_find(status);

    if (row != NULL && row->win32 != NO_WIN32)
        return row->win32;
    if ((status & 0xffff0000u) == 0xc0070000u || (status & 0xffff0000u) == 0x80070000u)
        return status & 0xffffu;
    return NO_MAPPING;
}
"""


def status_source(rows):
    rows = first_of_each(rows)
    out = [tables.banner("abi/status.tsv"), '#include "base/abi_names.h"\n\n#include <stddef.h>\n\n',
           "#define NO_WIN32   0xffffffffu\n#define NO_MAPPING %du\n\n" % NO_MAPPING,
           "struct status_row {\n    uint32_t value;\n    uint32_t win32;\n"
           "    const char *name;\n    const char *text;\n};\n\n",
           "static const struct status_row status_rows[] = {\n"]
    for row in rows:
        out.append("    {0x%08xu, %s, %s, %s},\n" % (
            row["number"], "NO_WIN32" if row["error"] == UNKNOWN else "%du" % row["error"],
            tables.c_string(row["name"]), tables.c_string(row["text"])))
    out += ['    {0xffffffffu, NO_WIN32, NULL, ""},\n};\n',
            FIND % {"kind": "status_row", "find": "status_find", "rows": "status_rows",
                    "key": "value", "count": len(rows)}, STATUS_BODY]
    return "".join(out)


WIN32_BODY = """
const char *abi_win32_name(uint32_t error)
{
    const struct win32_row *row = win32_find(error);
    return row != NULL ? row->name : NULL;
}

const char *abi_win32_text(uint32_t error)
{
    const struct win32_row *row = win32_find(error);
    return row != NULL ? row->text : NULL;
}
"""


def win32_source(rows):
    rows = first_of_each(rows)
    out = [tables.banner("abi/win32.tsv"), '#include "base/abi_names.h"\n\n#include <stddef.h>\n\n',
           "struct win32_row {\n    uint32_t value;\n    const char *name;\n"
           "    const char *text;\n};\n\nstatic const struct win32_row win32_rows[] = {\n"]
    for row in rows:
        out.append("    {%du, %s, %s},\n" % (row["number"], tables.c_string(row["name"]),
                                            tables.c_string(row["text"])))
    out += ["    {0xffffffffu, NULL, NULL},\n};\n",
            FIND % {"kind": "win32_row", "find": "win32_find", "rows": "win32_rows",
                    "key": "value", "count": len(rows)}, WIN32_BODY]
    return "".join(out)


BUGCHECK_BODY = """
const struct abi_bugcheck *abi_bugcheck_find(uint32_t code)
{
    return bugcheck_find(code);
}

const struct abi_bugcheck *abi_bugcheck_kind(uint32_t code, uint64_t parameter1)
{
    for (uint32_t i = 0; i < sizeof(kind_rows) / sizeof(kind_rows[0]); i++)
        if (kind_rows[i].code == code && kind_values[i] == parameter1)
            return &kind_rows[i];
    return NULL;
}
"""


def bugcheck_rows(name, rows):
    out = ["static const struct abi_bugcheck %s[] = {\n" % name]
    for row in rows:
        out.append("    {0x%08xu, %s, %s, {%s}},\n" % (
            row["number"], tables.c_string(row["name"]), tables.c_string(row["text"]),
            ", ".join(tables.c_string(row[p]) for p in PARAMETERS)))
    return "".join(out + ['    {0xffffffffu, NULL, "", {"", "", "", ""}},\n};\n'])


def bugcheck_source(rows, kinds):
    rows = first_of_each(rows)
    out = [tables.banner("abi/bugchecks.tsv"),
           '#include "base/abi_names.h"\n\n#include <stddef.h>\n\n',
           bugcheck_rows("bugcheck_rows", rows), bugcheck_rows("kind_rows", kinds),
           "static const uint64_t kind_values[] = {%s};\n" % ", ".join(
               ["0x%x" % row["kind"] for row in kinds] + ["0"]),
            FIND % {"kind": "abi_bugcheck", "find": "bugcheck_find", "rows": "bugcheck_rows",
                    "key": "code", "count": len(rows)}, BUGCHECK_BODY]
    return "".join(out)


def emit(status, win32, bugchecks, kinds, output):
    output.write("wdk/shared/ntstatus.h", status_header(status))
    output.write("wdk/shared/bugcodes.h", bugcheck_header(bugchecks))
    output.write("status_names.c", status_source(status))
    output.write("win32_names.c", win32_source(win32))
    output.write("bugcheck_names.c", bugcheck_source(bugchecks, kinds))
