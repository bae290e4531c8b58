# SPDX-License-Identifier: MIT
"""The status page: what is there, what is not, in Markdown.

Comes in: the checked rows of the tables. Goes out: the text of status.md.
Always holds: every row is counted once.
"""
import re

FAMILY = re.compile(r"^(FsRtl|Interlocked|[A-Z][a-z0-9]*|[A-Z_0-9]+)")
CRT = "C runtime"
# Names that hide their family behind a small letter.
ODD = {"vDbg": "Dbg", "x86Bios": "Hal"}


def family(name):
    """Ke, Io, FsRtl …; names in small letters are the C runtime's."""
    for prefix, of in ODD.items():
        if name.startswith(prefix):
            return of
    if name[0] == "_" or name[0].islower():
        return CRT
    return FAMILY.match(name).group(1)


def count(rows):
    """(done, partial, absent)"""
    of = [row["status"] for row in rows]
    there = of.count("done") + of.count("forward")
    return there, of.count("partial"), of.count("absent")


def table(title, groups):
    out = ["| %s | done | partial | absent |\n|---|--:|--:|--:|\n" % title]
    sums = [0, 0, 0]
    for name, rows in groups:
        numbers = count(rows)
        sums = [total + one for total, one in zip(sums, numbers)]
        out.append("| %s | %d | %d | %d |\n" % ((name,) + numbers))
    out.append("| all | %d | %d | %d |\n\n" % tuple(sums))
    return out


def grouped(rows, key):
    groups = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return sorted(groups.items())


def listed(rows, status):
    """One folded paragraph a family of the rows with this status."""
    out = []
    chosen = [row for row in rows if row["status"] == status]
    for name, group in grouped(chosen, lambda row: family(row["name"])):
        out.append("<details><summary>%s (%d)</summary>\n\n%s\n\n</details>\n\n" % (
            name, len(group), " ".join("`%s`" % row["name"] for row in group)))
    return out


def page(exports, calls, modules, entries=(), sixteen=()):
    out = ["# Status\n\nGenerated from the tables under `abi/`. *done*: behaves as documented "
           "as far as its tests reach. *partial*: differs; the comment above the function "
           "says how. *absent*: links and loads; when called it says so and stops.\n\n"]
    out.append("## Exports of ntoskrnl.exe and hal.dll\n\n")
    out += table("room", grouped(exports, lambda row: row["room"]))
    if calls:
        out.append("## System services\n\n")
        out += table("room", grouped(calls, lambda row: row["room"] or "nobody"))
    if modules:
        out.append("## DLLs of the program's side\n\n")
        out += table("DLL", modules)
    if sixteen:
        out.append("## 16-bit modules\n\n")
        out += table("module", sixteen)
    if entries:
        out.append("## Entries of KMDF's function table\n\n")
        out += table("header", grouped(entries, lambda row: row["header"]))
        out.append("Absent: %s\n\n" % " ".join(
            "`%s`" % row["name"] for row in entries if row["status"] == "absent"))
    partial = listed(exports, "partial")
    if partial:
        out += ["## Partial kernel exports\n\n"] + partial
    out += ["## Absent kernel exports, by family\n\n"] + listed(exports, "absent")
    return "".join(out)
